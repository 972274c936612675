package text

import (
	"time"

	"otsbot/bot/internal/receipt"
)

// Undone is a secret that was taken back.
type Undone struct {
	Fate   receipt.Fate // what OneTimeSecret says became of it
	Link   Holder
	Unseen bool // its passphrase was to be shown, and could not be
	Ends   time.Time
}

// Holder is who may have the link of a secret. Only what was seen counts: where
// a post or an e-mail was asked for and not refused, somebody may.
type Holder int

// The zero value is nobody.
const (
	HeldByNobody Holder = iota
	PerhapsPosted
	PerhapsMailed
	PerhapsYours // whoever shared it, who can't be told now that they may have it
)

// Undone says why a secret was taken back, and what came of it.
func (p *Printer) Undone(u Undone) string {
	c, again := p.c.Undone, ""
	if u.burned() {
		again = c.Again
	}
	return p.Together(p.whyUndone(u), p.fateOf(u), again)
}

func (p *Printer) whyUndone(u Undone) string {
	c := p.c.Undone
	switch {
	case u.Unseen:
		return c.PhraseUnseen
	case u.Link == PerhapsPosted:
		return c.PerhapsPosted
	case u.Link == HeldByNobody, u.Link == PerhapsYours:
		return c.Undelivered
	}
	return ""
}

// burned says that nobody opened it, and nobody can: what could not be asked
// after a burn may have been opened before, if anybody had a link.
func (u Undone) burned() bool {
	return u.Fate == receipt.BurnedNow || u.Fate == receipt.Burned || u.Fate.IsBurned() && u.Link == HeldByNobody
}

// fateOf says what became of it, and if that isn't known, who may have its link
// until when.
func (p *Printer) fateOf(u Undone) string {
	c := p.c.Undone
	switch {
	case u.Fate == receipt.Opened:
		return c.Opened
	case u.burned():
		return c.Burned
	case u.Fate.Final():
		return c.Over
	}
	return p.Together(c.NotBurned, p.holder(u.Link), p.ends(u.Ends))
}

// holder says who may have a link. Where it may be posted, that was said.
func (p *Printer) holder(h Holder) string {
	switch h {
	case HeldByNobody:
		return p.c.Undone.NoLink
	case PerhapsMailed:
		return p.c.Undone.PerhapsMailed
	}
	return ""
}

func (p *Printer) ends(at time.Time) string { return sprint(p.c.Undone.Ends, p.plainMoment(at)) }
