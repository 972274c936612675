package text

import (
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
)

// Shared is a secret whose link is brought to somebody.
type Shared struct {
	Creator string
	Link    string
	Expires time.Time
	Phrase  bool   // a passphrase is needed
	Note    string // as it was typed
}

// Announcement is the message in the conversation: the one place of the
// one-time link.
func (p *Printer) Announcement(s Shared) Message {
	c, who := p.c.Announcement, mention(s.Creator)
	needs := ""
	if s.Phrase {
		needs = sprint(p.c.Announcement.NeedsPhrase, who)
	}
	return Message{
		Text: p.heard(sprint(c.Heard, who), s),
		Blocks: append(p.linked(sprint(c.Link, who, Escape(s.Link)), s.Note),
			small(p.Together(sprint(c.Once, p.moment(s.Expires), who), needs, sprint(c.Used, who)))),
	}
}

// Personal is the message to one of several people, with a link of their own.
// cannot is the value of its button.
func (p *Printer) Personal(s Shared, cannot string) Message {
	c, who := p.c.Personal, mention(s.Creator)
	needs := ""
	if s.Phrase {
		needs = sprint(p.c.Announcement.NeedsPhrase, who)
	}
	return Message{
		Text: p.heard(sprint(c.Heard, who), s),
		Blocks: append(p.linked(sprint(c.Link, who, Escape(s.Link)), s.Note),
			small(p.Together(sprint(c.Once, p.moment(s.Expires), who), needs)), p.cannotButton(cannot)),
	}
}

// linked is a line with a link, and a note.
func (p *Printer) linked(line, note string) []slack.Block {
	if note == "" {
		return []slack.Block{section(line)}
	}
	return []slack.Block{section(line), p.note(note)}
}

// heard is what a screen reader and a notification say of a link: they read the
// text alone, never the blocks.
func (p *Printer) heard(say string, s Shared) string {
	needs := ""
	if s.Phrase {
		needs = p.c.Announcement.HeardPhrase
	}
	return p.Together(say, sprint(p.c.Announcement.HeardOnce, p.moment(s.Expires)), needs)
}

// PhraseLink brings somebody the passphrase of a secret that they have the link
// of. The note tells which, if they have several.
func (p *Printer) PhraseLink(s Shared) Message {
	c, who := p.c.PhraseLink, mention(s.Creator)
	return Message{
		Text:   p.heard(sprint(c.Heard, who), s),
		Blocks: append(p.linked(sprint(c.Link, who, Escape(s.Link)), s.Note), small(sprint(c.Once, p.moment(s.Expires)))),
	}
}

// ActionCannot is the button of somebody whose link doesn't open.
const ActionCannot = "cannot_open"

func (p *Printer) cannotButton(value string) *slack.ActionBlock {
	cannot := slack.NewButtonBlockElement(ActionCannot, value, plainText(p.c.Personal.Cannot))
	cannot.AccessibilityLabel = p.c.Personal.CannotHint
	return slack.NewActionBlock("personal", cannot)
}

// CannotOpen tells the creator that somebody's link doesn't open. phrase says
// that they may lack the passphrase; again is the value of the button.
func (p *Printer) CannotOpen(to string, phrase bool, note, again string) Message {
	c := p.c.Personal
	say, advice := sprint(c.CannotOpen, mention(to)), c.CannotAdvice
	if phrase {
		advice = c.CannotAdvicePhrase
	}
	button := slack.NewButtonBlockElement(receipt.ActionReopen, again, plainText(c.Again))
	button.AccessibilityLabel = c.AgainHint
	return Message{Text: say, Blocks: append(p.linked(say, note), small(advice), slack.NewActionBlock("plea", button))}
}

// CreatorKnows is what somebody reads who said so.
func (p *Printer) CreatorKnows(creator string) string {
	return sprint(p.c.Personal.CreatorKnows, mention(creator))
}

// Answered is their message, as it was, without its button.
func (p *Printer) Answered(was Message, creator string) Message {
	say := p.CreatorKnows(creator)
	m := Message{Text: p.Together(was.Text, say)}
	for _, block := range was.Blocks {
		if block.BlockType() != slack.MBTAction {
			m.Blocks = append(m.Blocks, block)
		}
	}
	m.Blocks = append(m.Blocks, small(say))
	return m
}

// AnnouncementOver replaces a message with a link when the link doesn't work
// any more. That nobody had opened it, or that somebody has, is said only if
// OneTimeSecret said so. cannot is the value of the button that one of several
// people still has then.
func (p *Printer) AnnouncementOver(r receipt.Receipt, row receipt.Row, cannot string) Message {
	m := Marked(p.over(r, row.Seen))
	if note := p.NoteFor(r); note != "" {
		m.Blocks = append(m.Blocks, p.note(note))
	}
	if r.To.Sort == receipt.ToPeople && row.Fate == receipt.Opened {
		m.Blocks = append(m.Blocks, p.cannotButton(cannot))
	}
	return m
}

func (p *Printer) over(r receipt.Receipt, now receipt.Seen) string {
	who, c := mention(r.Creator), p.c.Over.Here
	if r.To.Sort == receipt.ToPeople {
		c = p.c.Over.WithYou
	}
	switch now.Fate {
	case receipt.BurnedNow:
		return sprint(p.c.Over.BurnedNow, who, p.moment(time.Unix(now.AsOf, 0)))
	case receipt.BurnedOnTrust:
		return sprint(p.c.Over.BurnedOnTrust, who, p.moment(time.Unix(now.AsOf, 0)))
	case receipt.Burned:
		return sprint(c.Burned, who)
	case receipt.Opened:
		if now.Opened != 0 {
			return sprint(c.OpenedAt, who, p.moment(time.Unix(now.Opened, 0)))
		}
		return sprint(c.Opened, who)
	case receipt.Expired:
		return sprint(c.Expired, who)
	}
	return sprint(c.Gone, who)
}
