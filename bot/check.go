package bot

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
)

// check is the Check button of a receipt: read the metadata, rewrite the
// receipt with the state as of now.
func (b *Bot) check(ctx context.Context, in *interaction, cb payload.Payload, value string, ack ackFunc) outcome {
	_ = ack(nil) // first: a button's ack can say nothing, and the rest may take long
	h, err := readHandle(b.seal, actionCheck, value, cb.User.ID)
	if err != nil {
		return b.refuseButton(ctx, in, err)
	}
	in.fingerprint = h.fingerprint()
	seen := b.receipts.seen(in.fingerprint)
	now := b.look(ctx, h)
	b.rewrite(ctx, in, receiptAt(cb), h, now, seen)
	if now.open {
		return outcomeNoAnswer
	}
	return outcomeChecked
}

func (b *Bot) refuseButton(ctx context.Context, in *interaction, err error) outcome {
	b.tamperedBy(in, err)
	say := sayNotOurs
	if errors.Is(err, errNotTheirs) {
		say = sayNotTheirs
	}
	b.tell(ctx, in, say)
	return outcomeRefused
}

// look asks OneTimeSecret for the state of a secret.
func (b *Bot) look(ctx context.Context, h handle) status {
	started := time.Now()
	meta, err := b.ots.Metadata(ctx, h.key())
	b.metrics.ots("metadata", started, err)
	if meta.State == otsclient.StateOpened {
		b.metrics.secrets.WithLabelValues(secretOpened).Inc()
	}
	now := status{asOf: time.Now(), state: meta.State, opened: meta.Received}
	switch {
	case errors.Is(err, otsclient.ErrGone):
		// The server forgot it: metadata lives twice as long as the secret.
		now.state = otsclient.StateGone
		if now.asOf.After(h.expires()) {
			now.state = otsclient.StateExpired
		}
	case err != nil:
		b.log.Warn("read metadata", zap.Error(err), zap.String("fingerprint", h.fingerprint()))
		now.open = true
	}
	return now
}

// receiptAt is where the pressed button stands. The client says so, so only a
// DM counts: what the app posted in a conversation can't be overwritten so.
func receiptAt(cb payload.Payload) slackapi.Place {
	channel := cmp.Or(cb.Container.ChannelID, cb.Channel.ID)
	if cb.Container.IsEphemeral || !strings.HasPrefix(channel, "D") {
		return slackapi.Place{}
	}
	return slackapi.Place{Channel: channel, TS: cmp.Or(cb.Container.MessageTS, cb.Message.Text("ts"))}
}

// rewrite changes a receipt where it stands: a DM by chat.update, an ephemeral
// message by the response_url of the press. If neither works, the state is
// told in words.
//
// Writers take turns, and what was learned before another one wrote does not
// overwrite what is final: seen is what was there when the secret was asked
// about. So a slow Check can't bring back the buttons of a burned secret.
func (b *Bot) rewrite(ctx context.Context, in *interaction, at slackapi.Place, h handle, now status, seen int) {
	if at.TS == "" && in.responseURL == "" {
		return // an ephemeral receipt, and its passphrase form has told the outcome
	}
	id := h.fingerprint()
	s, ok := b.receipts.hold(id, slackapi.PostTimeout)
	if !ok {
		b.say(ctx, in, marked(now.words()), viaHook, viaEphemeral, viaDM)
		return
	}
	defer b.receipts.release(id, s)
	if s.final && (!now.final() || s.change > seen && !now.burned && !now.trust) {
		return
	}
	b.receipts.wrote(s, now.final())
	m := b.receipt(h, now)
	changed := slackapi.Result{Code: "ephemeral"}
	if at.TS != "" {
		changed = b.slack.Update(ctx, at, m)
	}
	if !changed.OK() && in.responseURL != "" {
		changed = b.slack.Respond(ctx, in.responseURL, slackapi.Answer{Text: m.Text, Blocks: m.Blocks, ResponseType: slackapi.Ephemeral, ReplaceOriginal: true})
	}
	if !changed.OK() {
		b.log.Warn("receipt not changed", zap.String("code", string(changed.Code)), zap.String("fingerprint", in.fingerprint))
		b.say(ctx, in, marked(now.words()), viaHook, viaEphemeral, viaDM)
	}
}
