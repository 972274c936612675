package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/otsclient"
)

const (
	callbackMessage = "share_message" // message shortcut, see manifest.yaml
	callbackGlobal  = "share_secret"  // global shortcut
)

// messageShortcut is the part of a message shortcut's payload that is used.
// It is decoded here and not by slack-go, which refuses a whole payload for
// one block that it doesn't know, and any app's message may hold one.
type messageShortcut struct {
	CallbackID  string `json:"callback_id"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	Team        struct{ Domain string }
	Channel     struct{ ID string }
	User        struct{ ID string }
	MessageTS   string        `json:"message_ts"`
	Message     sourceMessage `json:"message"`
}

// origin is the message that a form was opened from.
type origin struct {
	Channel string `json:"c"`
	Thread  string `json:"t"`           // ts of the thread's first message
	TS      string `json:"m"`           // ts of the message itself
	Author  string `json:"a,omitempty"` // "" if an app wrote it
	Domain  string `json:"d,omitempty"` // of the workspace, for a link to the message
	Mark    string `json:"k"`           // of the text, to see whether it was changed
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

// fromMessage is the shortcut on a message: a form filled with what its author
// wrote, to be checked. The link goes into the message's thread.
func (b *Bot) fromMessage(ctx context.Context, in *interaction, payload json.RawMessage, ack ackFunc) outcome {
	var cut messageShortcut
	_ = json.Unmarshal(payload, &cut) // a field of another shape stays empty, and loses nothing else
	text := otsclient.NewPlaintext(cut.Message.authored())
	if say := unusable(text, len(cut.Message.Files) > 0); say != "" {
		_ = ack(nil)
		b.event(auditRefused, in, zap.Strings("fields", []string{blockSecret}))
		b.tell(ctx, in, say)
		return outcomeRejected
	}
	st := formState{Parts: partsFor(text.Reveal()), Origin: &origin{
		Channel: cut.Channel.ID,
		Thread:  either(cut.Message.ThreadTS, either(cut.Message.TS, cut.MessageTS)),
		TS:      either(cut.Message.TS, cut.MessageTS),
		Author:  cut.Message.User,
		Domain:  cut.Team.Domain,
		// The mark is of what the form gives back: Slack trims nothing there.
		Mark:        b.seal.markOf(text),
		ResponseURL: cut.ResponseURL,
	}}
	return b.openShortcut(ctx, in, cut.TriggerID, st, text, ack)
}

func unusable(text otsclient.Plaintext, files bool) string {
	switch blank := strings.TrimSpace(text.Reveal()) == ""; {
	case blank && files:
		return sayFileOnly
	case blank:
		return sayNoText
	case text.Len() > maxSecret:
		return tooLong(text.Len())
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
	code := b.openView(ctx, trigger, b.formView(in.userID, st, text, ""))
	_ = ack(nil)
	if code != "" {
		b.tell(ctx, in, sayNotOpened(code))
		return outcomeFormFailed
	}
	return outcomeFormOpened
}

// adviseLeak tells the author of a message that still shows the secret to
// delete it and to change the credential. Who used the shortcut reads the same
// on the receipt.
func (b *Bot) adviseLeak(ctx context.Context, s share) {
	l := s.leaked
	if l == nil || l.Author == "" || l.Author == s.creator.user {
		return
	}
	author := person{user: l.Author, channel: l.Channel}
	if _, err := b.reach(ctx, author, leakAdvice(s.creator.user, l), viaDM, viaEphemeral); err != nil {
		b.log.Warn("author of the original not told", zap.Error(err), zap.String("user_id", l.Author))
		_, _ = b.reach(ctx, s.creator, marked(fmt.Sprintf(sayAuthorNotTold, l.Author)), viaDM, viaHook, viaEphemeral)
	}
}

func leakAdvice(creator string, l *leak) message {
	return marked(fmt.Sprintf(":warning: <@%s> put the secret in %s behind a one-time link. The message still shows it: please delete it, and change the credential, since others may have seen it. I can't delete it for you.",
		creator, l.link()))
}

// link leads to the original message, if the workspace's address is known.
func (l *leak) link() string {
	if l.Domain == "" {
		return fmt.Sprintf("your message in <#%s>", l.Channel)
	}
	return fmt.Sprintf("<https://%s.slack.com/archives/%s/p%s|your message>", escape(l.Domain), l.Channel, strings.ReplaceAll(l.TS, ".", ""))
}

func sayNotOpened(code string) string {
	switch code {
	case "expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id":
		return sayFormLate
	}
	return sayFormFailed
}
