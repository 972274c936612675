package bot

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"go.uber.org/zap"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// origin is the message that a form was opened from.
type origin struct {
	Channel string         `json:"c"`
	Thread  string         `json:"t"`           // ts of the thread's first message
	TS      string         `json:"m"`           // ts of the message itself
	Author  string         `json:"a,omitempty"` // "" if an app wrote it
	Host    string         `json:"h,omitempty"` // of the workspace, for a link to the message
	Facts   authored.Facts `json:"f,omitzero"`
	Mark    string         `json:"k"`           // of the text, to see whether it was changed
	Pieces  marks          `json:"p,omitempty"` // of what it and those that it quotes say, to see where a part of it stands
	Quotes  []string       `json:"q,omitempty"` // where those are; "" if that is not known, or there is no room
	// ResponseURL is the way into conversations where the app is no member.
	// It comes with the shortcut and not with the form, so the form carries
	// it, sealed: neither the client nor Slack's records have it.
	ResponseURL string `json:"r,omitempty"`
}

// maxAddresses bounds the addresses of quoted messages: the form has no room for
// more of them. One fits always.
const maxAddresses = 300

// addresses are those of quoted messages, as far as there is room.
func addresses(quotes []authored.Quote) (all []string) {
	left := maxAddresses
	for _, q := range quotes[:min(len(quotes), maxQuotes)] {
		if len(q.Source) > left {
			q.Source = ""
		}
		left -= len(q.Source)
		all = append(all, q.Source)
	}
	return all
}

// leak is a message that shows the secret, or may.
type leak struct {
	origin
	says authored.Original
}

// known says that it shows the secret.
func (l *leak) known() bool { return l != nil && !l.says.Perhaps }

// leak is the message with what is known of where the secret still stands: it is
// all of the text, or was cut out of it. Nobody can tell if people changed it so
// that it isn't recognised, or typed another.
func (o *origin) leak(s *seal.Keys, secret otsclient.Plaintext) *leak {
	l := &leak{*o, authored.Original{App: o.Facts.App, Files: o.Facts.Files}}
	for _, k := range s.Each() {
		shown, quotes := o.Pieces.find(k, secret)
		if markOf(k, secret) == o.Mark {
			shown, quotes = true, ^byte(0)
		}
		if shown {
			l.quoting(quotes)
			return l
		}
	}
	l.says.Perhaps, l.says.Link = true, l.written().Link
	return l
}

// quoting notes which of the quoted messages show the secret too.
func (l *leak) quoting(quotes byte) {
	for i, address := range l.Quotes {
		if quotes&(own<<(i+1)) != 0 {
			l.says.Quotes++
			l.says.Sources = append(l.says.Sources, address)
		}
	}
	if slices.Contains(l.says.Sources, "") {
		l.says.Sources = nil
	}
}

// markOf tells later whether a text is still the same.
func markOf(s *seal.Keys, text otsclient.Plaintext) string {
	return base64.RawURLEncoding.EncodeToString(s.Mark(text.Reveal())[:16])
}

// adviseLeak tells the author of a message that is known to show the secret to
// delete it and to change the credential. Who used the shortcut reads the same
// on the receipt. Only a direct message counts as told: Slack says ok to an
// ephemeral one that nobody is there to see, and keeps none.
func (c *courier) adviseLeak(ctx context.Context, s share) {
	l := s.leaked
	if !l.known() || l.Author == "" || l.Author == s.creator.user {
		return
	}
	w := c.words(s.creator.user)
	author, advice := person{user: l.Author, channel: l.Channel}, c.words(l.Author).LeakAdvice(s.creator.user, l.written(), l.says)
	if c.left(ctx, l.Author) {
		c.askCreator(ctx, s, w.AuthorLeft(l.Author))
		return
	}
	if _, err := c.reach(ctx, author, advice, viaDM); err != nil {
		c.log.Warn("author of the original not told", zap.Error(err), zap.String("user_id", l.Author))
		_, _ = c.reach(ctx, author, advice, viaEphemeral)
		c.askCreator(ctx, s, w.AuthorNotTold(l.Author))
	}
}

// askCreator asks whoever used the shortcut to see to it that the original goes.
func (c *courier) askCreator(ctx context.Context, s share, say string) {
	_, _ = c.reach(ctx, s.creator, text.Marked(say), viaDM, viaHook, viaEphemeral)
}

// written is where the original message is; its address only if that of the
// workspace is known. A reply is found only with its thread.
func (l *leak) written() text.Written {
	if l.Host == "" {
		return text.Written{Channel: l.Channel}
	}
	link := fmt.Sprintf("https://%s/archives/%s/p%s", l.Host, l.Channel, strings.ReplaceAll(l.TS, ".", ""))
	if l.Thread != l.TS {
		link += "?thread_ts=" + l.Thread + "&cid=" + l.Channel
	}
	return text.Written{Link: link}
}

// workspaceHost is where a workspace's messages are; "" if its domain isn't
// known: Slack sends none for a whole Enterprise Grid.
func (c Config) workspaceHost(domain string) string {
	if domain == "" {
		return ""
	}
	if api, err := url.Parse(c.APIURL); err == nil && strings.HasSuffix("."+api.Hostname(), ".slack-gov.com") {
		return domain + ".slack-gov.com" // GovSlack
	}
	return domain + ".slack.com"
}
