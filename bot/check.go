package bot

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
)

// check is the Check button of a receipt: read the metadata of each secret that
// can still be opened, and show the state as of now. It is read before the
// receipt is claimed: a slow Check keeps nobody from burning.
func (b *Bot) check(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	_ = ack(nil) // first: a button's ack can say nothing, and the rest may take long
	r, _, err := b.ledger.receiptOf(ctx, in, cb)
	if err != nil {
		return b.refuseButton(ctx, in, err)
	}
	in = in.about(r.Fingerprint())
	found := b.lookAt(ctx, r, receipt.Row.Live)
	ended := b.ledger.pressed(ctx, in, r, func(w *writing) outcome {
		w.saw(found)
		w.Checked = time.Now().Unix()
		return outcomeChecked
	})
	for _, now := range found {
		if now.Fate == receipt.NoAnswer {
			return in.ended(outcomeNoAnswer)
		}
	}
	return in.ended(ended)
}

// lookAt asks OneTimeSecret about some rows. What it finds is by metadata key.
func (b *Bot) lookAt(ctx context.Context, r receipt.Receipt, which func(receipt.Row) bool) map[string]receipt.Seen {
	found := make([]receipt.Seen, len(r.Rows))
	each(len(r.Rows), func(i int) {
		if which(r.Rows[i]) {
			found[i] = b.look(ctx, r, r.Rows[i])
		}
	})
	byKey := map[string]receipt.Seen{}
	for i, now := range found {
		if now.Fate != receipt.Unseen {
			byKey[r.Rows[i].Key] = now
		}
	}
	return byKey
}

// saw notes what was found of those rows that are still live: what was learned
// before another change brings no burned secret back.
func (w *writing) saw(found map[string]receipt.Seen) {
	for i := range w.Rows {
		row := &w.Rows[i]
		if now, ok := found[row.Key]; ok && row.Live() {
			row.Saw(now)
		}
	}
}

// look asks OneTimeSecret for the state of a secret.
func (b *Bot) look(ctx context.Context, r receipt.Receipt, row receipt.Row) receipt.Seen {
	started := time.Now()
	meta, err := b.ots.Metadata(ctx, row.MetadataKey())
	b.metrics.ots("metadata", started, err)
	now := b.seen(meta)
	switch {
	case errors.Is(err, otsclient.ErrGone):
		// The server forgot it: metadata lives twice as long as the secret.
		now.Fate = receipt.Gone
		if time.Now().After(r.Ends()) {
			now.Fate = receipt.Expired
		}
	case err != nil:
		b.log.Warn("read metadata", zap.Error(err), zap.String("fingerprint", row.Fingerprint()))
		now.Fate = receipt.NoAnswer
	}
	return now
}

// seen is what OneTimeSecret says of a secret, as of now.
func (b *Bot) seen(meta otsclient.Metadata) receipt.Seen {
	if meta.State == otsclient.StateOpened {
		b.metrics.secrets.WithLabelValues(secretOpened).Inc()
	}
	now := receipt.Seen{AsOf: time.Now().Unix(), Fate: receipt.FateOf(meta.State)}
	if !meta.Received.IsZero() {
		now.Opened = meta.Received.Unix()
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
