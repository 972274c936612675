package bot

import (
	"context"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/text"
)

// tellMe is the button on a receipt with which its creator says whether they
// wish to hear that it was opened.
func (b *Bot) tellMe(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	_ = ack(nil)
	was, _, err := b.ledger.receiptOf(ctx, in, cb)
	if err != nil {
		return b.refuseButton(ctx, in, err)
	}
	in = in.about(was.Fingerprint())
	return in.ended(b.ledger.pressed(ctx, in, was, func(w *writing) outcome {
		w.Tell = !was.Tell
		return outcomeChecked
	}))
}

// pointer is what a button remembers that stands elsewhere than on the receipt:
// on a message about it, or on the Home tab.
type pointer struct {
	ID      string `json:"i"`
	Creator string `json:"u"`
	Only    string `json:"o,omitempty"` // whose row; "" is all
}

// burnKept is a Burn button that stands elsewhere.
func (b *Bot) burnKept(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	var p pointer
	err := b.seal.Read(text.ActionBurnKept, cb.Actions[0].Value, &p)
	if err == nil && p.Creator != cb.User.ID {
		err = receipt.ErrNotTheirs
	}
	if err != nil {
		_ = ack(nil)
		return b.refuseButton(ctx, in, err)
	}
	r, ok := b.ledger.recall(ctx, p.ID)
	if !ok || r.Creator != p.Creator {
		_ = ack(nil)
		b.tell(ctx, in, b.words(in.userID).Forgotten)
		b.homes.refresh(in.userID) // where it may stand
		return outcomeRefused
	}
	ended, left := b.burnOf(ctx, in, cb, r, p.Only, ack)
	if left != "" { // which the receipt says, and that is elsewhere
		b.tell(ctx, in, left)
	}
	return ended
}
