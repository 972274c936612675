package bot

import (
	"cmp"
	"context"
	"strings"
	"time"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
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
	found := b.vault.lookAt(ctx, r, receipt.Row.Live)
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

// receiptAt is where the pressed button stands. The client says so, so only a
// DM counts: what the app posted in a conversation can't be overwritten so.
func receiptAt(cb payload.Payload) slackapi.Place {
	channel := cmp.Or(cb.Container.ChannelID, cb.Channel.ID)
	if cb.Container.IsEphemeral || !strings.HasPrefix(channel, "D") {
		return slackapi.Place{}
	}
	return slackapi.Place{Channel: channel, TS: cmp.Or(cb.Container.MessageTS, cb.Message.Text("ts"))}
}
