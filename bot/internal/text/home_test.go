package text

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
)

// Beside Home nobody says as of when something is so, and a tab stays on a screen
// for long.
func TestHomeSaysWhatIsKnownAsOfWhen(t *testing.T) {
	const day = 24 * 60 * 60
	for _, c := range Languages() {
		p := New(c, Settings{})
		for fate, want := range map[receipt.Fate]string{
			receipt.Unseen:      "",
			receipt.Waiting:     c.States.Waiting,
			receipt.Overdue:     c.States.Overdue,
			receipt.NoAnswer:    c.States.NoAnswer,
			receipt.Strange:     c.States.Strange,
			receipt.NotFound:    c.States.NotFound,
			receipt.BurnNotDone: c.States.BurnNotDone,
		} {
			if want != "" {
				want = fmt.Sprintf(want, p.moment(time.Unix(day, 0)))
			}
			if got := p.homeFate(receipt.Row{Key: "k", Seen: receipt.Seen{Fate: fate, AsOf: day}}); got != want {
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

// Only who has a link is said to.
func TestHomeSaysWhoHasALink(t *testing.T) {
	p := New(english(), Settings{})
	for want, steps := range map[string][]receipt.Step{
		"With <@UA>":                        {receipt.Sent},
		"With <@UA>, <@UB> and <@UC>":       {receipt.Sent, receipt.Sent, receipt.Sent},
		"With <@UA>, <@UB> and 2 others":    {receipt.Sent, receipt.Sent, receipt.Sent, receipt.Sent},
		"Not delivered: <@UA>":              {receipt.NotSent},
		"With <@UB> · Not delivered: <@UA>": {receipt.NotSent, receipt.Sent},
		"With <@UB> · Delivery not confirmed: <@UA> and <@UC> · Not delivered: <@UD> and <@UE>": {receipt.Perhaps, receipt.Sent, receipt.Stored, receipt.Failed, receipt.Pending},
	} {
		r := receipt.Receipt{To: receipt.People(nil)}
		for i, step := range steps {
			r.Rows = append(r.Rows, receipt.Row{To: "U" + string(rune('A'+i)), Step: step})
		}
		if got := p.homeWhere(r); got != want {
			t.Errorf("%q: %q, want %q", steps, got, want)
		}
	}
}

func homeRow(fate receipt.Fate, asOf int64) receipt.Row {
	return receipt.Row{Key: "k", Step: receipt.Sent, Seen: receipt.Seen{Fate: fate, AsOf: asOf}}
}

// Of several, those that nobody has looked at, or could not, count for themselves;
// and where that is all there is to say, it goes without saying.
func TestHomeCountsApartWhatIsKnown(t *testing.T) {
	p := New(english(), Settings{})
	unseen, waiting, unanswered := homeRow(receipt.Unseen, 0), homeRow(receipt.Waiting, 120), homeRow(receipt.NoAnswer, 60)
	strange, kept, opened := homeRow(receipt.Strange, 120), homeRow(receipt.BurnNotDone, 120), homeRow(receipt.Opened, 30)
	w := p.c.Home
	asOf := func(seconds int64) string { return fmt.Sprintf(w.AsOf, p.moment(time.Unix(seconds, 0))) }
	for _, is := range []struct {
		rows []receipt.Row
		want []string
	}{
		{[]receipt.Row{unseen, unseen}, nil},
		{[]receipt.Row{unseen, unanswered}, nil},
		{[]receipt.Row{waiting, unseen, unanswered}, []string{p.count(1, w.SomeWaiting), p.count(2, w.SomeUnknown), asOf(60)}},
		{[]receipt.Row{waiting, kept, strange}, []string{p.count(1, w.SomeWaiting), p.count(1, w.SomeKept), p.count(1, w.SomeUnknown), asOf(120)}},
		{[]receipt.Row{kept, kept}, []string{p.count(2, w.SomeKept), asOf(120)}},
		{[]receipt.Row{unseen, opened}, []string{p.count(1, w.SomeUnknown), p.count(1, w.SomeOpened)}},
	} {
		if got := p.homeState(receipt.Receipt{Rows: is.rows}); !slices.Equal(got, is.want) {
			t.Errorf("%v: %q, want %q", is.rows, got, is.want)
		}
	}
}

// What was known before a secret's end says nothing of it after that.
func TestHomeDoesntKnowWhatBecameOfWhatNobodyWasAskedAbout(t *testing.T) {
	for _, c := range Languages() {
		p := New(c, Settings{})
		w, until := c.Home, fmt.Sprintf(c.Home.WasUntil, p.moment(time.Unix(600, 0)))
		waiting, kept, opened := homeRow(receipt.Waiting, 120), homeRow(receipt.BurnNotDone, 120), homeRow(receipt.Opened, 120)
		for _, is := range []struct {
			rows []receipt.Row
			want []string
		}{
			{[]receipt.Row{waiting}, []string{w.Over, until}},
			{[]receipt.Row{waiting, kept, opened}, []string{p.count(2, w.SomeUnknown), p.count(1, w.SomeOpened), until}},
			{[]receipt.Row{opened, opened}, []string{p.count(2, w.SomeOpened)}},
		} {
			block := p.homeEnded(receipt.Receipt{To: receipt.Oneself(), Expires: 600, Rows: is.rows}).(*slack.ContextBlock)
			got, want := block.ContextElements.Elements[0].(*slack.TextBlockObject).Text, strings.Join(append([]string{w.Yourself}, is.want...), " · ")
			if got != want {
				t.Errorf("%v: %q, want %q", is.rows, got, want)
			}
		}
	}
}

// Burn all leaves what needs a passphrase, and the question counts secrets.
func TestHomeAsksForAsManySecretsAsItBurns(t *testing.T) {
	p := New(english(), Settings{})
	one, several, phrase := receipt.New("UANA", receipt.Oneself(), time.Now(), false), receipt.New("UANA", receipt.People([]string{"UB", "UC", "UD"}), time.Now(), false), receipt.New("UANA", receipt.Oneself(), time.Now(), true)
	for _, r := range []receipt.Receipt{one, several, phrase} {
		for i := range r.Rows {
			r.Rows[i].Key, r.Rows[i].Step = "k", receipt.Sent
		}
	}
	several.Rows[2].Fate = receipt.Opened
	for _, is := range []struct {
		live  []receipt.Receipt
		title string // "" if there is no such button
		means string
	}{
		{[]receipt.Receipt{several}, "", ""},
		{[]receipt.Receipt{several, phrase}, "", ""},
		{[]receipt.Receipt{one, several}, "Burn 3 secrets?", p.c.ReceiptButtons.BurnSomeMeans},
		{[]receipt.Receipt{one, several, phrase}, "Burn 3 secrets?", p.c.Home.BurnText},
	} {
		var asked *slack.ConfirmationBlockObject
		for _, b := range p.homeButtons(Home{Live: is.live}) {
			if b := b.(*slack.ButtonBlockElement); b.ActionID == ActionHomeBurnAll {
				asked = b.Confirm
			}
		}
		if (asked == nil) != (is.title == "") || asked != nil && (asked.Title.Text != is.title || asked.Text.Text != is.means) {
			t.Errorf("%d receipts: %+v, want %q", len(is.live), asked, is.title)
		}
	}
	h := Home{Link: func(receipt.Receipt) string { return "" }, Burn: func(receipt.Receipt) string { return "" }}
	if asked := p.homeLive(h, several, 1, 1)[0].(*slack.SectionBlock).Accessory.ButtonElement.Confirm; asked.Title.Text != "Burn 2 secrets?" {
		t.Errorf("of several: %q", asked.Title.Text)
	}
}
