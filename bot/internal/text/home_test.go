package text

import (
	"slices"
	"testing"

	"otsbot/bot/internal/receipt"
)

// The Home tab claims no more than is known.
func TestHomeSaysWhatIsKnown(t *testing.T) {
	for _, c := range Languages() {
		p := New(c, Settings{})
		for fate, want := range map[receipt.Fate]string{
			receipt.Unseen:      "",
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

// Of several, those that nobody has looked at, or could not, count for themselves;
// and where that is all there is to say, it goes without saying.
func TestHomeCountsApartWhatIsKnown(t *testing.T) {
	p := New(english(), Settings{})
	row := func(fate receipt.Fate) receipt.Row {
		return receipt.Row{Key: "k", Step: receipt.Sent, Seen: receipt.Seen{Fate: fate}}
	}
	unseen, waiting, unanswered := row(receipt.Unseen), row(receipt.Waiting), row(receipt.NoAnswer)
	kept, opened := row(receipt.BurnNotDone), row(receipt.Opened)
	w := p.c.Home
	for _, is := range []struct {
		rows []receipt.Row
		want []string
	}{
		{[]receipt.Row{unseen, unseen}, nil},
		{[]receipt.Row{unseen, unanswered}, nil},
		{[]receipt.Row{waiting, unseen, unanswered}, []string{p.count(1, w.SomeWaiting), p.count(2, w.SomeUnknown)}},
		{[]receipt.Row{waiting, kept}, []string{p.count(2, w.SomeWaiting)}},
		{[]receipt.Row{unseen, opened}, []string{p.count(1, w.SomeUnknown), p.count(1, w.SomeOpened)}},
	} {
		if got := p.homeState(receipt.Receipt{Rows: is.rows}); !slices.Equal(got, is.want) {
			t.Errorf("%v: %q, want %q", is.rows, got, is.want)
		}
	}
}
