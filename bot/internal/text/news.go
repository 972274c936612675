package text

import (
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
)

// Whither is a sentence about a secret, for each way that its link can go. Its
// first argument is the people or the conversation, and none of the others has it.
type Whither struct{ Person, Place, Mail, Link string }

// Elsewhere is the same of links that didn't go to people.
type Elsewhere struct{ Place, Mail, Link string }

// whither picks the sentence, and says to whom or where.
func whither(w Whither, r receipt.Receipt, row receipt.Row) (format, to string) {
	switch {
	case r.To.Sort == receipt.ToPeople:
		return w.Person, mention(row.To)
	case r.To.Sort == receipt.ToConversation && row.Step == receipt.Sent:
		return w.Place, "<#" + r.To.Channel + ">"
	case r.To.Sort == receipt.ToMail:
		return w.Mail, ""
	}
	return w.Link, ""
}

// OpenedNews tells its creator that a secret was opened.
func (p *Printer) OpenedNews(r receipt.Receipt, row receipt.Row) Message {
	say, when := p.c.News.Opened, ""
	if row.Opened != 0 {
		say, when = p.c.News.OpenedAt, p.moment(time.Unix(row.Opened, 0))
	}
	format, to := whither(say, r, row)
	m := Marked(":unlock: " + sprint(format, to, when))
	if r.Note != "" {
		m.Blocks = append(m.Blocks, p.note(r.Note))
	}
	return m
}

// ActionBurnKept is a Burn button that stands elsewhere than on the receipt.
const ActionBurnKept = "burn_kept"

// UnopenedNews tells its creator that a secret ends, and nobody has opened it,
// or not everybody. burn and again are the values of the buttons.
func (p *Printer) UnopenedNews(r receipt.Receipt, burn, again string) Message {
	ends, who := p.moment(r.Ends()), r.People(receipt.Row.Openable)
	un := p.c.News.Unopened
	format, to := whither(Whither{Place: un.Place, Mail: un.Mail, Link: un.Link}, r, r.Rows[0])
	say := sprint(format, to, ends)
	if r.To.Sort == receipt.ToPeople {
		say = p.count(len(who), p.c.News.UnopenedBy, p.enumerate(mentioned(who)), ends)
	}
	m := Marked(":hourglass: " + say)
	if r.Note != "" {
		m.Blocks = append(m.Blocks, p.note(r.Note))
	}
	c := p.c.ReceiptButtons
	button := slack.NewButtonBlockElement(ActionBurnKept, burn, plainText(c.Burn))
	button.AccessibilityLabel = c.BurnHint
	if len(who) > 1 {
		button.Text, button.AccessibilityLabel = plainText(c.BurnAll), ""
	}
	button.Style = slack.StyleDanger
	if !r.Phrase {
		button.Confirm = p.confirmBurns(max(len(who), 1))
	}
	m.Blocks = append(m.Blocks, slack.NewActionBlock("unopened", button,
		slack.NewButtonBlockElement(receipt.ActionReopen, again, plainText(p.c.Personal.Again))))
	return m
}
