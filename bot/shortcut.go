package bot

import (
	"cmp"
	"context"
	"strings"

	"go.uber.org/zap"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

const (
	callbackMessage = "share_message" // message shortcut, see manifest.yaml
	callbackGlobal  = "share_secret"  // global shortcut
	callbackAsk     = "ask_secret"    // global shortcut, see ask.go
)

// fromMessage is the shortcut on a message: a form filled with what stands in
// it, to be checked. The link goes into the message's thread.
func (b *Bot) fromMessage(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) result {
	message := p.Message
	if message == nil {
		return b.unreadable(ctx, in, onMessage, ack)
	}
	read := authored.Read(message)
	if say := unusable(b.words(in.userID), read); say != "" {
		_ = ack(nil)
		b.event(auditRefused, in, zap.Strings("fields", []string{text.BlockSecret}))
		b.tell(ctx, in, say)
		return outcomeRejected
	}
	ts := cmp.Or(message.Text("ts"), p.MessageTS)
	st := formState{Shape: text.Shape{Parts: text.PartsFor(read.Text.Reveal())}, Origin: &origin{
		Channel: p.Channel.ID,
		Thread:  cmp.Or(message.Text("thread_ts"), ts),
		TS:      ts,
		Author:  read.Author,
		Host:    b.cfg.workspaceHost(p.Team.Domain),
		Facts:   read.Facts,
		// The mark is of what the form gives back: Slack trims nothing there.
		Mark:        markOf(b.seal, read.Text),
		Pieces:      marksOf(b.seal, read),
		Quotes:      addresses(read.Quotes),
		ResponseURL: p.ResponseURL,
	}}
	return b.forms.openFromShortcut(ctx, in, p.TriggerID, st, read.Text, ack)
}

// unusable is what to say of a message of which there is no text, or too much. That it
// has none is said only where nobody sees any.
func unusable(w *text.Printer, read authored.Message) string {
	f := read.Facts
	switch blank := strings.TrimSpace(read.Text.Reveal()) == ""; {
	case blank && (f.Unknown || f.Preview || f.Buttons || f.Textless && f.Files == 0):
		return w.NotRead
	case blank && f.Files > 0:
		return w.FileOnly
	case blank:
		return w.NoText
	case read.Text.Len() > otsclient.MaxSecretBytes:
		return w.TooBig(read.Text.Len())
	}
	return ""
}

// globalShortcut opens the form with no conversation chosen: there is none.
func (b *Bot) globalShortcut(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	return b.forms.openFromShortcut(ctx, in, cb.TriggerID, formState{Shape: text.Shape{Parts: 1}}, otsclient.Plaintext{}, ack)
}
