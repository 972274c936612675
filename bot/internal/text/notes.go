package text

import "otsbot/bot/internal/slackapi"

// CreatorNotTold says that somebody didn't hear that their link doesn't open.
func (p *Printer) CreatorNotTold(creator string) string {
	return sprint(p.c.Notes.CreatorNotTold, mention(creator))
}

// CreatorLeft says that whoever shared a secret can't be told any more.
func (p *Printer) CreatorLeft(creator string) string {
	support := ""
	if p.set.Support != "" {
		support = sprint(p.c.Refusals.Support, Escape(p.set.Support))
	}
	return p.Together(sprint(p.c.Notes.CreatorLeft, mention(creator)), support)
}

// AuthorNotTold says that a message's author could not be asked to delete it.
func (p *Printer) AuthorNotTold(author string) string {
	return sprint(p.c.Notes.AuthorNotTold, mention(author))
}

// AuthorLeft says that a message's author can't be asked any more.
func (p *Printer) AuthorLeft(author string) string {
	return sprint(p.c.Notes.AuthorLeft, mention(author))
}

// PhraseOfAll keeps one receipt to one passphrase, or to none: it says on each
// link whether one is needed, and burns them all with it.
func (p *Printer) PhraseOfAll(needed bool) string {
	if needed {
		return p.c.Notes.PhraseLikeOthers
	}
	return p.c.Notes.NoPhraseEither
}

// NotOpened turns Slack's code for a form that didn't open into words.
func (p *Printer) NotOpened(code slackapi.Code) string {
	if code.TriggerOver() {
		return p.FormLate
	}
	return p.FormFailed
}
