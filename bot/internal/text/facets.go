package text

import (
	"cmp"
	"strings"

	"otsbot/bot/internal/authored"
)

// included says in the form what of the message is in the text field and what
// isn't; "" if it is all of it.
func (p *Printer) included(f authored.Facts) string {
	said := []string{}
	for _, fact := range []struct {
		is  bool
		say string
	}{
		{f.Forwarded, p.c.Facets.ForwardedIn},
		{f.Textless, p.c.Facets.Textless},
		{f.Files > 0, p.filesLeft(f)},
		{f.Picture, p.c.Facets.PictureLeft},
		{f.Preview, p.c.Facets.PreviewLeft},
		{f.Buttons, p.c.Facets.ButtonsLeft},
		{f.Unknown, p.c.Facets.PartUnread},
	} {
		if fact.is {
			said = append(said, fact.say)
		}
	}
	return p.Together(said...)
}

// filesLeft names the files.
func (p *Printer) filesLeft(f authored.Facts) string {
	var each []string
	for _, name := range f.Names[:min(f.Files, len(f.Names))] {
		each = append(each, cmp.Or(strings.Join(strings.Fields(name), " "), p.c.Facets.Nameless))
	}
	names := strings.Join(each, p.c.Comma)
	if more := f.Files - len(each); more > 0 {
		names = p.count(more, p.c.Facets.AndMore, names)
	}
	return p.count(f.Files, p.c.Facets.FilesLeft, names)
}

// elsewhere says where else the secret may stand, to whoever is asked to delete
// the message.
func (p *Printer) elsewhere(f authored.Facts) string {
	forwards, files := "", ""
	switch {
	case f.Forwarded && f.Source != "":
		forwards = sprint(p.c.Facets.ForwardsLinked, Escape(f.Source))
	case f.Forwarded:
		forwards = p.c.Facets.Forwards
	}
	if f.Files > 0 {
		files = p.count(f.Files, p.c.Facets.FilesToo)
	}
	return p.Together(forwards, files)
}

// Written is where a message stands: its address, if that is known, else its
// conversation.
type Written struct{ Link, Channel string }

// LeakAdvice tells the author of a message whose secret somebody put behind a
// link to delete it, and to change the credential.
func (p *Printer) LeakAdvice(creator string, at Written, f authored.Facts) Message {
	n, who := p.c.Facets, mention(creator)
	say := ""
	switch {
	case at.Link != "":
		say = sprint(n.LeakAt, who, Escape(at.Link))
	case isDM(at.Channel):
		say = sprint(n.LeakInDM, who)
	default:
		say = sprint(n.LeakIn, who, "<#"+at.Channel+">")
	}
	return Marked(p.Together(say, p.elsewhere(f)))
}

// originalAdvice is the same for whoever used the shortcut.
func (p *Printer) originalAdvice(f authored.Facts) string {
	if f.App {
		return p.Together(p.c.Facets.OriginalOfApp, p.elsewhere(f))
	}
	return p.Together(p.c.Facets.Original, p.elsewhere(f))
}

// isDM goes by the id: a direct message has no name that Slack would put in
// place of it.
func isDM(channel string) bool { return strings.HasPrefix(channel, "D") }
