package text

import (
	"cmp"
	"fmt"
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
func (p *Printer) elsewhere(o authored.Original) string {
	files := ""
	if o.Files > 0 {
		files = p.count(o.Files, p.c.Facets.FilesToo)
	}
	return p.Together(p.quotes(o), files)
}

// quotes names the messages that it quotes and that show the secret too.
func (p *Printer) quotes(o authored.Original) string {
	c, linked := p.c.Facets, len(o.Sources) == o.Quotes
	switch {
	case o.Quotes == 0:
		return ""
	case o.Quotes == 1 && linked:
		return sprint(c.QuotesLinked, Escape(o.Sources[0]))
	case o.Quotes == 1:
		return c.Quotes
	case !linked:
		return c.QuotesSome
	}
	var links []string
	for i, address := range o.Sources {
		links = append(links, fmt.Sprintf("<%s|%d>", Escape(address), i+1))
	}
	return sprint(c.QuotesSomeLinked, strings.Join(links, p.c.Comma))
}

// Written is where a message stands: its address, if that is known, else its
// conversation.
type Written struct{ Link, Channel string }

// LeakAdvice tells the author of a message whose secret somebody put behind a
// link to delete it, and to change the credential.
func (p *Printer) LeakAdvice(creator string, at Written, o authored.Original) Message {
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
	return Marked(p.Together(say, p.elsewhere(o)))
}

// originalAdvice is the same for whoever used the shortcut. What nobody knows, it
// says with an if.
func (p *Printer) originalAdvice(o authored.Original) string {
	c := p.c.Facets
	switch {
	case o.Perhaps && o.Link != "":
		return sprint(c.OriginalPerhapsLinked, Escape(o.Link))
	case o.Perhaps:
		return c.OriginalPerhaps
	case o.App:
		return p.Together(c.OriginalOfApp, p.elsewhere(o))
	}
	return p.Together(c.Original, p.elsewhere(o))
}

// isDM goes by the id: a direct message has no name that Slack would put in
// place of it.
func isDM(channel string) bool { return strings.HasPrefix(channel, "D") }
