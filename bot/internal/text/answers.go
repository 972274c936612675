package text

import (
	"errors"
	"strings"
	"time"

	"otsbot/otsclient"
)

// Help answers `/secret help` with what this app offers; name is the command's own.
func (p *Printer) Help(name string) Message {
	c, name := p.c.Help, Escape(name)
	toPeople := p.set.RecipientsMax > 0
	form := c.Form
	if !toPeople {
		form = c.FormAlone
	}
	lines := []string{sprint(c.What, name), sprint(form, name)}
	if p.set.Inline {
		lines = append(lines, sprint(c.Inline, name))
	}
	lines = append(lines, sprint(c.Generate, name))
	if toPeople {
		lines = append(lines, sprint(c.Ask, name))
	}
	lines = append(lines, sprint(c.Help, name), sprint(c.Receipt, p.lifetime(p.set.TTL)), c.Way)
	return Marked(strings.Join(lines, "\n"))
}

// Attempt is a share that OneTimeSecret, or a rule, kept from being stored.
type Attempt struct {
	Asked  time.Duration // the lifetime of the secret that may exist
	Now    time.Time
	Mailed bool // OneTimeSecret was to mail its link
	More   bool // others of the same receipt have theirs
	Once   bool // it can't be tried again
}

// NotConcealed turns an error of OneTimeSecret into what the creator reads, as
// plain text: a form's field shows no markup.
func (p *Printer) NotConcealed(err error, a Attempt) string {
	c, kept := p.c.Failures, p.c.Failures.NothingStored
	if a.More {
		kept = c.NothingMoreStored
	}
	if a.Once {
		kept.Retry, kept.RetryIn, kept.DontRetry = kept.So, kept.So, kept.So
	}
	switch reason := strings.TrimSuffix(otsclient.Reason(err), "."); {
	case errors.Is(err, otsclient.ErrNotAllowed):
		return p.Together(sprint(c.NotAllowed, reason), kept.So, c.TellAdmin)
	case errors.Is(err, otsclient.ErrNoAPI):
		return p.Together(c.NoAPI, kept.DontRetry, c.TellAdmin)
	case errors.Is(err, otsclient.ErrRejected) && reason == "":
		return p.Together(c.Rejected, kept.So)
	case errors.Is(err, otsclient.ErrRejected):
		return p.Together(sprint(c.RejectedBecause, reason), kept.So)
	case errors.Is(err, otsclient.ErrNotAuthorized):
		return p.Together(c.NotAuthorized, kept.So, c.TellAdmin)
	case errors.Is(err, otsclient.ErrRateLimited):
		if after := otsclient.RetryAfter(err); after > 0 {
			return p.Together(c.RateLimited, sprint(kept.RetryIn, p.wait(after)))
		}
		return p.Together(c.RateLimited, kept.Retry)
	case errors.Is(err, otsclient.ErrOutcomeUnknown):
		return p.perhapsStored(kept.Perhaps, a)
	}
	return p.Together(c.Unreachable, kept.Retry)
}

// perhapsStored says who may have the link of a secret that may be stored.
func (p *Printer) perhapsStored(say string, a Attempt) string {
	link, again := HeldByNobody, p.c.Failures.UnknownRetry
	switch {
	case a.Once:
		again = ""
	case a.Mailed:
		again = p.c.Failures.UnknownRetryMail
	}
	if a.Mailed {
		link = PerhapsMailed
	}
	return p.Together(say, p.holder(link), p.ends(a.Now.Add(a.Asked)), again)
}

// wait says how long to wait, in whole minutes.
func (p *Printer) wait(d time.Duration) string {
	return p.lifetime((d + time.Minute - 1).Truncate(time.Minute))
}

// TooLongLived says that OneTimeSecret granted more than the most that anybody
// may have, and what came of taking the secret back.
func (p *Printer) TooLongLived(granted, most time.Duration, u Undone) string {
	c := p.c.Failures
	return p.Together(sprint(c.TooLong, p.lifetime(granted), p.lifetime(most)), p.fateOf(u), c.TellAdmin)
}

// Unprotected says that OneTimeSecret kept a secret that opens without its
// passphrase, and what came of taking it back.
func (p *Printer) Unprotected(u Undone) string {
	return p.Together(p.c.Failures.NoPhrase, p.fateOf(u), p.c.Failures.TellAdmin)
}

// TooBig counts as the server does, in bytes.
func (p *Printer) TooBig(bytes int) string {
	return p.count(bytes-otsclient.MaxSecretBytes, p.c.Failures.TooBig)
}

// Link is what became of a link.
type Link int

// What can become of it; the zero value is not one of them.
const (
	Posted Link = iota + 1
	Given       // to its creator
	Mailed
)

// Told is how its creator heard of it.
type Told int

// The zero value is that they didn't.
const (
	ToldNowhere Told = iota
	ToldInDM
	ToldInPlace // where only they see it
)

// Done is what a form says whose outcome came late.
func (p *Printer) Done(l Link, t Told) string {
	c := p.c.Done
	say, at := c.Posted, c.Receipt
	switch l {
	case Given:
		say, at = c.Given, c.Link
	case Mailed:
		say = c.Mailed
	}
	where := at.Nowhere
	switch t {
	case ToldInDM:
		where = at.InDM
	case ToldInPlace:
		where = at.InPlace
	}
	return ":white_check_mark: " + p.Together(say, where)
}

// NotDone is the same of one that was undone.
func (p *Printer) NotDone(undone string) string { return ":warning: " + Escape(undone) }
