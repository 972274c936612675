package text

import (
	"testing"

	"otsbot/bot/internal/receipt"
)

// The Home tab claims no more than is known.
func TestHomeSaysWhatIsKnown(t *testing.T) {
	for _, c := range Languages() {
		p := New(c, Settings{})
		for fate, want := range map[receipt.Fate]string{
			receipt.Waiting:     c.Home.NotOpened,
			receipt.NoAnswer:    c.Rows.NoAnswer,
			receipt.Strange:     c.Rows.Strange,
			receipt.BurnNotDone: c.Rows.BurnNotDone,
		} {
			if got := p.homeFate(receipt.Row{Key: "k", Seen: receipt.Seen{Fate: fate}}); got != want {
				t.Errorf("%q: %q, want %q", fate, got, want)
			}
		}
		for _, is := range []struct {
			to   receipt.Destination
			step receipt.Step
			not  string
		}{
			{receipt.Email("p*****@e*****.com"), receipt.NotSent, c.Home.Mailed},
			{receipt.Conversation("C1"), receipt.Perhaps, c.Home.Yourself},
		} {
			if got := p.homeWhere(receipt.Receipt{To: is.to, Rows: []receipt.Row{{Step: is.step}}}); got == is.not {
				t.Errorf("%s: %q", is.step, got)
			}
		}
	}
}
