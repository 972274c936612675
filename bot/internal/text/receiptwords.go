package text

import (
	"fmt"
	"strings"
	"time"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
)

// remarks are what the receipt says besides. What only mattered while a secret
// could be opened is left out in the end.
func (p *Printer) remarks(r receipt.Receipt, with Beside) (lines []string) {
	add := func(symbol, say string) {
		if say != "" {
			lines = append(lines, symbol+say)
		}
	}
	if r.Original != nil {
		add(":warning: ", p.originalAdvice(*r.Original))
	}
	if r.Count(receipt.Row.Live) == 0 {
		return lines
	}
	people, row := r.To.Sort == receipt.ToPeople, r.Rows[0]
	if row.Why != "" && !people {
		add(":warning: ", p.notPosted(row.Why))
	}
	add(":warning: ", p.Odd(r.Remarks))
	if r.Asked != 0 {
		add("", fmt.Sprintf(p.c.Receipt.OtherLifetime, p.lifetime(time.Duration(r.Asked)*time.Second), p.lifetime(time.Duration(r.Given)*time.Second)))
	}
	if alone(r) {
		add("", p.NobodyElse)
	}
	if r.Astray(row) {
		add("", p.Astray)
	}
	if row.Secret != "" && !people {
		// As code: a link that could be clicked would be opened by accident.
		add(":point_right: ", fmt.Sprintf(p.c.Receipt.LinkToHandOn, Escape(with.Links.SecretLink(r.Link(row)))))
	}
	return lines
}

func (p *Printer) phrase(r receipt.Receipt) string {
	if r.Phrase {
		return p.count(len(r.Rows), p.c.Receipt.PhraseNeeded)
	}
	return p.c.Receipt.PhraseNone
}

func (p *Printer) who(r receipt.Receipt) string {
	switch step := r.Rows[0].Step; {
	case step == receipt.Perhaps:
		return p.c.Receipt.PerhapsAnyone
	case step != receipt.Sent, alone(r):
		return p.c.Receipt.HolderOnce
	case r.To.Sort == receipt.ToMail:
		return p.c.Receipt.ReaderOnce
	}
	return p.c.Receipt.AnyoneOnce
}

// where says where the link went. A direct message has no name that Slack would
// put in place of its id.
func (p *Printer) where(r receipt.Receipt) string {
	c, row, channel := p.c.Receipt, r.Rows[0], "<#"+r.To.Channel+">"
	switch dm := isDM(r.To.Channel); {
	case row.Step == receipt.Perhaps && dm:
		return c.PerhapsInDM
	case row.Step == receipt.Perhaps:
		return fmt.Sprintf(c.PerhapsIn, channel)
	case row.Step != receipt.Sent:
		return c.Nowhere
	case r.To.Sort == receipt.ToMail:
		return fmt.Sprintf(c.Mailed, Escape(strings.ReplaceAll(r.To.Mail, "`", "")))
	case alone(r):
		return c.Here
	case row.InThread && dm:
		return c.InDMThread
	case row.InThread:
		return fmt.Sprintf(c.InThread, channel)
	case dm:
		return c.InDM
	}
	return channel
}

// state says what became of a secret, as of a moment.
func (p *Printer) state(s receipt.Seen) string {
	c, late := p.c.States, ""
	if s.Late {
		late = c.TooLate
	}
	as := func(say string) string { return fmt.Sprintf(say, p.moment(time.Unix(s.AsOf, 0))) }
	switch s.Fate {
	case receipt.NoAnswer:
		return as(c.NoAnswer)
	case receipt.NotFound:
		if s.Forgotten() {
			return as(c.Forgotten)
		}
		return as(c.NotFound)
	case receipt.Waiting:
		return as(c.Waiting)
	case receipt.Overdue:
		return as(c.Overdue)
	case receipt.BurnedNow:
		return as(c.BurnedNow)
	case receipt.BurnedOnTrust:
		return as(c.BurnedOnTrust)
	case receipt.BurnNotDone:
		return as(c.BurnNotDone)
	case receipt.Burned:
		if s.Late {
			return as(c.BurnedBefore)
		}
		return as(c.Burned)
	case receipt.Opened:
		if s.Opened == 0 {
			return p.Together(late, as(c.Opened))
		}
		return p.Together(late, fmt.Sprintf(c.OpenedAt, p.moment(time.Unix(s.AsOf, 0)), p.moment(time.Unix(s.Opened, 0))))
	case receipt.Expired:
		return p.Together(late, as(c.Expired))
	case receipt.Gone:
		return p.Together(late, as(c.Gone))
	}
	return as(c.Strange)
}

// BurnEnded is of secrets of which none can be opened any more.
func (p *Printer) BurnEnded(r receipt.Receipt, burned bool) string {
	switch {
	case r.To.Sort != receipt.ToPeople:
		return p.state(r.Rows[0].Seen)
	case burned:
		return ":fire: " + p.c.Burns.Done
	}
	return p.c.Burns.TooLate
}

// RowsLeft is of several secrets of which some refused the passphrase, or, if it
// is locked, any.
func (p *Printer) RowsLeft(burned, locked bool) string {
	say, others := p.c.Burns.NoneBurned, p.c.Burns.OthersDiffer
	if burned {
		say = p.c.Burns.SomeBurned
	}
	if locked {
		others = p.PhraseLocked
	}
	return ":warning: " + p.Together(say, others)
}

// inRow says it in a row, where the receipt says as of when.
func (p *Printer) inRow(s receipt.Seen) string {
	c := p.c.Rows
	switch s.Fate {
	case receipt.NoAnswer:
		return c.NoAnswer
	case receipt.NotFound:
		if s.Forgotten() {
			return c.Forgotten
		}
		return c.NotFound
	case receipt.Waiting:
		return c.Waiting
	case receipt.Overdue:
		return c.Overdue
	case receipt.BurnedNow:
		return c.BurnedNow
	case receipt.BurnedOnTrust:
		return c.BurnedOnTrust
	case receipt.BurnNotDone:
		return c.BurnNotDone
	case receipt.Opened:
		if s.Opened == 0 {
			return c.Opened
		}
		return fmt.Sprintf(c.OpenedAt, p.moment(time.Unix(s.Opened, 0)))
	case receipt.Burned:
		return c.Burned
	case receipt.Expired:
		return c.Expired
	case receipt.Gone:
		return c.Gone
	}
	return c.Strange
}

// says is what a person has, and what became of it, without a link.
func (p *Printer) says(r receipt.Receipt, row receipt.Row) (said []string) {
	c := p.c.Rows
	switch row.Step {
	case receipt.Pending:
		return []string{c.Pending}
	case receipt.Failed:
		return []string{":warning: " + p.Together(c.NoLink, p.notStored(row.Why))}
	case receipt.Stored:
		said = append(said, c.Stored)
	case receipt.NotSent:
		why := p.notSent(row.Why)
		if r.Crowded() && row.Why != receipt.NotBurned { // there is no room for it
			why = ""
		}
		said = append(said, ":warning: "+p.Together(c.NoLink, why))
	case receipt.Perhaps:
		said = append(said, ":warning: "+c.Perhaps)
	case receipt.Sent:
		if row.Fate == receipt.Unseen {
			said = append(said, c.Sent)
		}
	}
	if row.Fate != receipt.Unseen {
		said = append(said, p.inRow(row.Seen))
	}
	switch row.Phrase {
	case receipt.PhraseSent:
		return append(said, c.PhraseSent)
	case receipt.PhraseNotSent:
		return append(said, ":warning: "+c.PhraseNotSent)
	case receipt.PhraseUnproven:
		return append(said, ":warning: "+c.PhraseUnproven)
	case receipt.PhraseLive:
		if r.Crowded() {
			return append(said, ":warning: "+c.PhraseLiveBrief)
		}
		return append(said, ":warning: "+fmt.Sprintf(c.PhraseLive, p.moment(time.Unix(row.Until, 0))))
	}
	return said
}

func (p *Printer) notStored(why string) string {
	c := p.c.NotStored
	switch why {
	case receipt.MaybeStored:
		return c.MaybeStored
	case receipt.TooLong:
		return c.TooLong
	case receipt.LeftLive:
		return c.LeftLive
	case receipt.NoPhrase:
		return c.NoPhrase
	case receipt.NoPhraseLive:
		return c.NoPhraseLive
	case receipt.NoAPI:
		return c.NoAPI
	case receipt.NotAuthorized:
		return c.NotAuthorized
	case receipt.Rejected:
		return c.Rejected
	case receipt.RateLimited:
		return c.RateLimited
	}
	return c.Unreachable
}

// notPosted turns Slack's code for a refused post into words.
func (p *Printer) notPosted(why string) string {
	c := p.c.NotPosted
	switch code := slackapi.Code(why); {
	case why == receipt.Unproven:
		return c.Unproven
	case why == receipt.NotMailed:
		return c.NotMailed
	case code.Archived():
		return c.Archived
	case code.NotMember(), code.NoResponseURL():
		return c.NotMember
	case code.DeadResponseURL():
		return c.DeadResponseURL
	case code.Limited():
		return c.Limited
	case code.Unreachable():
		return c.Unreachable
	case code.Forbidden():
		return c.Forbidden
	case code.TokenRefused(), code.ScopeMissing():
		return c.Broken
	case code.Restricted():
		return c.Restricted
	}
	return c.Refused
}

// notSent does so for a refused direct message.
func (p *Printer) notSent(why string) string {
	c := p.c.NotSent
	switch code := slackapi.Code(why); {
	case why == receipt.NotBurned:
		return c.NotBurned
	case code.Deactivated():
		return c.Deactivated
	case code.NoSuchPerson():
		return c.NoSuchPerson
	case code.MessagesOff():
		return c.MessagesOff
	case code.Limited():
		return c.Limited
	case code.Unreachable():
		return c.Unreachable
	case code.Forbidden():
		return c.Forbidden
	case code.TokenRefused(), code.ScopeMissing():
		return c.Broken
	}
	return c.Refused
}
