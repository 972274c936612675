package text

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
)

// homeLive is one receipt that is out, and which of how many on the page.
func (p *Printer) homeLive(h Home, r receipt.Receipt, at, of int) []slack.Block {
	w := p.c.Home
	where := p.homeWhere(r)
	if link := h.Link(r); link != "" {
		where += " · <" + link + "|" + w.Message + ">"
	}
	until := w.Until
	if r.Overdue() {
		until = w.WasUntil
	}
	facts := append(p.homeState(r), fmt.Sprintf(until, p.moment(r.Ends())))
	if r.Phrase {
		facts = append(facts, w.Phrase)
	}
	block := section("*" + where + "*\n" + strings.Join(facts, " · "))
	burn := slack.NewButtonBlockElement(h.ActionBurn, h.Burn(r), plainText(p.c.ReceiptButtons.Burn))
	burn.Style, burn.AccessibilityLabel = slack.StyleDanger, sprint(p.c.ReceiptButtons.BurnRowHint, at, of)
	if !r.Phrase { // else the form for the passphrase is the confirmation
		burn.Confirm = p.confirmBurns(r.Count(receipt.Row.Live))
	}
	block.Accessory = slack.NewAccessory(burn)
	if r.Note == "" {
		return []slack.Block{block}
	}
	return []slack.Block{block, slack.NewContextBlock("", plainText(r.Note))}
}

// homeEnded is one that is over. What is still live by what is known of it is so
// no more, and nobody knows what became of it.
func (p *Printer) homeEnded(r receipt.Receipt) slack.Block {
	w, facts := p.c.Home, []string{p.homeWhere(r)}
	switch {
	case r.Count(receipt.Row.Live) == 0:
		facts = append(facts, p.homeState(r)...)
	case len(r.Rows) == 1:
		facts = append(facts, w.Over, fmt.Sprintf(w.WasUntil, p.moment(r.Ends())))
	default:
		r = r.Copy()
		for i := range r.Rows {
			if r.Rows[i].Live() {
				r.Rows[i].Seen = receipt.Seen{}
			}
		}
		facts = append(append(facts, p.homeCounts(r)...), fmt.Sprintf(w.WasUntil, p.moment(r.Ends())))
	}
	say := slack.NewTextBlockObject(slack.MarkdownType, strings.Join(facts, " · "), false, false)
	if r.Note == "" {
		return slack.NewContextBlock("", say)
	}
	return slack.NewContextBlock("", say, plainText(r.Note))
}

// homeWhere is where a link went.
func (p *Printer) homeWhere(r receipt.Receipt) string {
	w := p.c.Home
	switch step := r.Rows[0].Step; {
	case r.To.Sort == receipt.ToPeople:
		return p.homePeople(r)
	case r.To.Sort == receipt.ToConversation && step == receipt.Perhaps:
		return p.where(r)
	case r.To.Sort == receipt.ToConversation && step == receipt.Sent:
		return fmt.Sprintf(w.In, "<#"+r.To.Channel+">")
	case r.To.Sort == receipt.ToMail && step == receipt.Sent:
		return w.Mailed
	}
	return w.Yourself
}

// homePeople are those who have a link, who may have one, and who have none.
func (p *Printer) homePeople(r receipt.Receipt) string {
	w := p.c.Home
	at := func(steps ...receipt.Step) (people []string) {
		for _, user := range r.People(func(row receipt.Row) bool { return slices.Contains(steps, row.Step) }) {
			people = append(people, mention(user))
		}
		return people
	}
	var said []string
	say := func(sentence string, people []string) {
		if len(people) > 0 {
			said = append(said, fmt.Sprintf(sentence, p.enumerate(people)))
		}
	}
	if with := at(receipt.Sent); len(with) > 3 {
		said = append(said, p.count(len(with)-2, w.WithOthers, strings.Join(with[:2], p.c.Comma)))
	} else {
		say(w.With, with)
	}
	say(w.MaybeWith, at(receipt.Stored, receipt.Perhaps))
	say(w.NotWith, at(receipt.Pending, receipt.Failed, receipt.NotSent))
	return strings.Join(said, " · ")
}

// homeState is what is known to have become of a receipt's secrets: nothing of
// those that nobody has looked at, unless it tells them from others.
func (p *Printer) homeState(r receipt.Receipt) []string {
	if len(r.Rows) == 1 {
		if fate := p.homeFate(r.Rows[0]); fate != "" {
			return []string{fate}
		}
		return nil
	}
	if r.Count(receipt.Row.Unknown) == len(r.Rows) {
		return nil
	}
	said, asOf := p.homeCounts(r), int64(0)
	for _, row := range r.Rows {
		if row.Live() && row.Fate != receipt.Unseen && (asOf == 0 || row.AsOf < asOf) {
			asOf = row.AsOf
		}
	}
	if asOf != 0 {
		said = append(said, fmt.Sprintf(p.c.Home.AsOf, p.moment(time.Unix(asOf, 0))))
	}
	return said
}

// homeCounts is how many of several secrets have become what.
func (p *Printer) homeCounts(r receipt.Receipt) (said []string) {
	w := p.c.Home
	for _, some := range []struct {
		of  Plural
		are func(receipt.Row) bool
	}{
		{w.SomeWaiting, func(row receipt.Row) bool { return row.Live() && row.Fate.Waits() }},
		{w.SomeKept, func(row receipt.Row) bool { return row.Live() && row.Fate == receipt.BurnNotDone }},
		{w.SomeUnknown, receipt.Row.Unknown},
		{w.SomeOpened, func(row receipt.Row) bool { return row.Fate == receipt.Opened }},
		{w.SomeBurned, func(row receipt.Row) bool { return row.Fate.IsBurned() }},
		{w.SomeExpired, func(row receipt.Row) bool { return row.Fate == receipt.Expired }},
		{w.SomeGone, func(row receipt.Row) bool { return row.Fate == receipt.Gone }},
		{w.SomeNoLink, receipt.Row.Missing},
	} {
		if n := r.Count(some.are); n > 0 {
			said = append(said, p.count(n, some.of))
		}
	}
	return said
}

// homeFate is what is known to have become of one secret, or "". What may have
// changed since is said as of when it was seen: a tab stays on a screen for long.
func (p *Printer) homeFate(row receipt.Row) string {
	w := p.c.Home
	switch {
	case row.Live() && row.Fate == receipt.Unseen:
		return ""
	case row.Live():
		return p.state(row.Seen)
	case row.Fate == receipt.Opened && row.Opened != 0:
		return fmt.Sprintf(w.OpenedAt, p.moment(time.Unix(row.Opened, 0)))
	case row.Fate == receipt.Opened:
		return w.Opened
	case row.Fate.IsBurned():
		return w.Burned
	case row.Fate == receipt.Expired:
		return w.Expired
	case row.Fate == receipt.Gone:
		return w.Gone
	}
	return w.NoLink
}
