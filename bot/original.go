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
	Words   []byte         `json:"w,omitempty"` // marks of its words, to see whether it was cut
	// ResponseURL is the way into conversations where the app is no member.
	// It comes with the shortcut and not with the form, so the form carries
	// it, sealed: neither the client nor Slack's records have it.
	ResponseURL string `json:"r,omitempty"`
}

// leak says that the secret stands in a message that others can read.
type leak struct{ origin }

// leak returns the message if it shows the secret, or nil: the secret is all of
// its text, or was cut out of it.
func (o *origin) leak(s *seal.Keys, secret otsclient.Plaintext) *leak {
	for _, k := range s.Each() {
		if markOf(k, secret) == o.Mark || amongWords(k, secret, o.Words) {
			return &leak{*o}
		}
	}
	return nil
}

// markOf tells later whether a text is still the same.
func markOf(s *seal.Keys, text otsclient.Plaintext) string {
	return base64.RawURLEncoding.EncodeToString(s.Mark(text.Reveal())[:16])
}

// maxWords bounds the marks of a message's words: the form that carries them
// has room for some 2,000 bytes. Of what is longer, only the whole is known.
const maxWords = 200

// wordsOf marks each word of a message, as it is and without what people write
// around a password. Whoever shares a message's secret mostly cuts it out of a
// sentence.
func wordsOf(s *seal.Keys, text otsclient.Plaintext) []byte {
	var marks []byte
	seen := map[string]bool{}
	for word := range strings.FieldsSeq(text.Reveal()) {
		bare := strings.Trim(word, "`*_~\"'“”‘’«»()[]{}<>,.;:!?")
		for _, piece := range []string{word, bare, bare[strings.LastIndexAny(bare, ":=")+1:]} {
			if piece == "" || seen[piece] {
				continue
			}
			if len(seen) == maxWords {
				return marks
			}
			seen[piece] = true
			marks = append(marks, markOfWord(s, piece)...)
		}
	}
	return marks
}

// amongWords says whether every word of a secret was marked.
func amongWords(s *seal.Keys, secret otsclient.Plaintext, marks []byte) bool {
	known := map[string]bool{}
	for mark := range slices.Chunk(marks, wordMark) {
		known[string(mark)] = true
	}
	words := strings.Fields(secret.Reveal())
	for _, word := range words {
		if !known[string(markOfWord(s, word))] {
			return false
		}
	}
	return len(words) > 0
}

// wordMark bytes are few, so that there is room for many, and enough: it is
// compared with at most maxWords others.
const wordMark = 3

func markOfWord(s *seal.Keys, word string) []byte { return s.Mark("word " + word)[:wordMark] }

// adviseLeak tells the author of a message that still shows the secret to
// delete it and to change the credential. Who used the shortcut reads the same
// on the receipt. Only a direct message counts as told: Slack says ok to an
// ephemeral one that nobody is there to see, and keeps none.
func (c *courier) adviseLeak(ctx context.Context, s share) {
	l := s.leaked
	if l == nil || l.Author == "" || l.Author == s.creator.user {
		return
	}
	w := c.words(s.creator.user)
	author, advice := person{user: l.Author, channel: l.Channel}, c.words(l.Author).LeakAdvice(s.creator.user, l.written(), l.Facts)
	if u, known := c.slack.User(ctx, l.Author); known && u.Deleted {
		// Slack takes a message to somebody who has left, and nobody reads it.
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
