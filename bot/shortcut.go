package bot

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/otsclient"
)

const (
	callbackMessage = "share_message" // message shortcut, see manifest.yaml
	callbackGlobal  = "share_secret"  // global shortcut
)

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
		Words:       b.seal.wordsOf(read.text),
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

func sayNotOpened(code string) string {
	switch code {
	case "expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id":
		return sayFormLate
	}
	return sayFormFailed
}
