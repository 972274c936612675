package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/otsclient"
)

const (
	callbackMessage = "share_message" // message shortcut, see manifest.yaml
	callbackGlobal  = "share_secret"  // global shortcut
)

// origin is the message that a form was opened from.
type origin struct {
	Channel string `json:"c"`
	Thread  string `json:"t"`           // ts of the thread's first message
	TS      string `json:"m"`           // ts of the message itself
	Author  string `json:"a,omitempty"` // "" if an app wrote it
	Host    string `json:"h,omitempty"` // of the workspace, for a link to the message
	Facts   facets `json:"f,omitzero"`
	Mark    string `json:"k"` // of the text, to see whether it was changed
	// ResponseURL is the way into conversations where the app is no member.
	// It comes with the shortcut and not with the form, so the form carries
	// it, sealed: neither the client nor Slack's records have it.
	ResponseURL string `json:"r,omitempty"`
}

// leak says that the secret stands in a message that others can read.
type leak struct{ origin }

// leak returns the message that the secret with that mark was copied from as
// it was, or nil.
func (o *origin) leak(mark string) *leak {
	if mark != o.Mark {
		return nil
	}
	return &leak{*o}
}

// fromMessage is the shortcut on a message: a form filled with what stands in
// it, to be checked. The link goes into the message's thread. The payload is
// read here and not by slack-go, which refuses a whole payload for one block
// that it doesn't know, and any app's message may hold one.
func (b *Bot) fromMessage(ctx context.Context, in *interaction, payload json.RawMessage, ack ackFunc) outcome {
	cut := readObject(payload)
	message := cut.object("message")
	if message == nil {
		return b.unreadable(ctx, in, ack)
	}
	read := readMessage(message)
	if say := unusable(read); say != "" {
		_ = ack(nil)
		b.event(auditRefused, in, zap.Strings("fields", []string{blockSecret}))
		b.tell(ctx, in, say)
		return outcomeRejected
	}
	ts := either(message.text("ts"), cut.text("message_ts"))
	st := formState{Parts: partsFor(read.text.Reveal()), Origin: &origin{
		Channel: cut.object("channel").text("id"),
		Thread:  either(message.text("thread_ts"), ts),
		TS:      ts,
		Author:  read.author,
		Host:    b.workspaceHost(cut.object("team").text("domain")),
		Facts:   read.facts,
		// The mark is of what the form gives back: Slack trims nothing there.
		Mark:        b.seal.markOf(read.text),
		ResponseURL: cut.text("response_url"),
	}}
	return b.openShortcut(ctx, in, cut.text("trigger_id"), st, read.text, ack)
}

func unusable(read source) string {
	switch blank := strings.TrimSpace(read.text.Reveal()) == ""; {
	case blank && read.facts.Files > 0:
		return sayFileOnly
	case blank:
		return sayNoText
	case read.text.Len() > maxSecret:
		return tooLong(read.text.Len())
	}
	return ""
}

// globalShortcut opens the form with no conversation chosen: there is none.
func (b *Bot) globalShortcut(ctx context.Context, in *interaction, cb slack.InteractionCallback, ack ackFunc) outcome {
	return b.openShortcut(ctx, in, cb.TriggerID, formState{Parts: 1}, otsclient.Plaintext{}, ack)
}

// openShortcut opens the form before the ack: the trigger lives three seconds,
// and a shortcut's ack can say nothing.
func (b *Bot) openShortcut(ctx context.Context, in *interaction, trigger string, st formState, text otsclient.Plaintext, ack ackFunc) outcome {
	if no := b.mayShareAtAll(in); no != nil {
		_ = ack(nil)
		b.tell(ctx, in, no.say)
		return outcomeRejected
	}
	code := b.openSecret(ctx, in.userID, trigger, st, text, "")
	_ = ack(nil)
	if code != "" {
		b.tell(ctx, in, sayNotOpened(code))
		return outcomeFormFailed
	}
	return outcomeFormOpened
}

// adviseLeak tells the author of a message that still shows the secret to
// delete it and to change the credential. Who used the shortcut reads the same
// on the receipt. Only a direct message counts as told: Slack says ok to an
// ephemeral one that nobody is there to see, and keeps none.
func (b *Bot) adviseLeak(ctx context.Context, s share) {
	l := s.leaked
	if l == nil || l.Author == "" || l.Author == s.creator.user {
		return
	}
	author, advice := person{user: l.Author, channel: l.Channel}, leakAdvice(s.creator.user, l)
	if _, err := b.reach(ctx, author, advice, viaDM); err != nil {
		b.log.Warn("author of the original not told", zap.Error(err), zap.String("user_id", l.Author))
		_, _ = b.reach(ctx, author, advice, viaEphemeral)
		_, _ = b.reach(ctx, s.creator, marked(fmt.Sprintf(sayAuthorNotTold, l.Author)), viaDM, viaHook, viaEphemeral)
	}
}

func leakAdvice(creator string, l *leak) message {
	return marked(fmt.Sprintf(":warning: <@%s> put the secret in %s behind a one-time link. The message still shows it: please delete it, and change the credential, since others may have seen it. I can't delete it for you.%s",
		creator, l.link(), l.Facts.elsewhere()))
}

// originalAdvice is the same for whoever used the shortcut.
func originalAdvice(f facets) string {
	if f.App {
		return sayOriginalOfApp + f.elsewhere()
	}
	return sayOriginal + f.elsewhere()
}

// link leads to the original message, if the workspace's address is known. A
// reply is found only with its thread.
func (l *leak) link() string {
	switch {
	case l.Host != "":
		link := fmt.Sprintf("https://%s/archives/%s/p%s", l.Host, l.Channel, strings.ReplaceAll(l.TS, ".", ""))
		if l.Thread != l.TS {
			link += "?thread_ts=" + l.Thread + "&cid=" + l.Channel
		}
		return "<" + escape(link) + "|your message>"
	case strings.HasPrefix(l.Channel, "D"):
		return "your message in a direct message"
	}
	return fmt.Sprintf("your message in <#%s>", l.Channel)
}

// workspaceHost is where a workspace's messages are; "" if its domain isn't
// known: Slack sends none for a whole Enterprise Grid.
func (b *Bot) workspaceHost(domain string) string {
	if domain == "" {
		return ""
	}
	if api, err := url.Parse(b.cfg.APIURL); err == nil && strings.HasSuffix("."+api.Hostname(), ".slack-gov.com") {
		return domain + ".slack-gov.com" // GovSlack
	}
	return domain + ".slack.com"
}

func sayNotOpened(code string) string {
	switch code {
	case "expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id":
		return sayFormLate
	}
	return sayFormFailed
}
