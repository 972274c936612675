package bot

import (
	"context"
	"errors"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// burn is a Burn button of a receipt: of all of it, or of one row. It is
// already confirmed in Slack, or the form that it opens is the confirmation: a
// secret with a passphrase can be burned only with it.
func (b *Bot) burn(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	r, only, err := b.ledger.receiptOf(ctx, in, cb)
	if err != nil {
		_ = ack(nil)
		return b.refuseButton(ctx, in, err)
	}
	ended, _ := b.burnOf(ctx, in, cb, r, only, ack) // the receipt says what is left
	return ended
}

// burnOf is a Burn button of a receipt, wherever the button stands. left says what
// is known of what was not burned.
func (b *Bot) burnOf(ctx context.Context, in *interaction, cb payload.Payload, r receipt.Receipt, only string, ack ackFunc) (_ result, left string) {
	in = in.about(r.Fingerprint())
	which := burnable(only)
	if r.Count(which) > 0 && (r.Phrase || only != "" && r.Crowded()) {
		return in.ended(b.askToBurn(ctx, in, cb, r, only, ack)), ""
	}
	_ = ack(nil) // before the burn, which may take longer than Slack waits
	ended := b.ledger.pressed(ctx, in, r, func(w *writing) outcome {
		before := w.Copy()
		if w.Count(which) == 0 { // a press of a moment ago was faster
			_ = w.save(ctx)
			return outcomeTooLate
		}
		ended, wrong := b.vault.burnRows(ctx, in, w, which, otsclient.Plaintext{})
		switch {
		case wrong != nil: // somebody set a passphrase: the next press asks for it
			_ = w.save(ctx) // the words below are about a button that is there by then
			b.tell(ctx, in, b.words(in.userID).NeedsPhrase)
			return outcomeAsked
		case w.Count(which) > 0:
			left = notBurned(b.words(in.userID), before, w.Receipt)
			return outcomeNoAnswer
		}
		return ended
	})
	return in.ended(ended), left
}

// notBurned says what is known of secrets of a receipt that were to be burned.
func notBurned(w *text.Printer, before, now receipt.Receipt) string {
	var all text.BurnedAll
	tally(&all, before, now)
	switch all {
	case text.BurnedAll{Kept: 1}:
		return w.StillThere
	case text.BurnedAll{Unknown: 1}:
		return w.BurnUnknown
	}
	return w.BurnedAll(all)
}

// burnForm is what the form remembers, sealed: a view is no place for keys.
type burnForm struct {
	Receipt receipt.Receipt `json:"r"`
	Only    string          `json:"o,omitempty"` // whose row; "" is all
}

// askToBurn opens the form before the ack: the trigger lives three seconds.
func (b *Bot) askToBurn(ctx context.Context, in *interaction, cb payload.Payload, r receipt.Receipt, only string, ack ackFunc) outcome {
	sealed := b.sealed(ctx, text.CallbackBurn, r, func(r receipt.Receipt) any { return burnForm{r, only} })
	opened := b.slack.OpenView(ctx, cb.TriggerID, b.words(in.userID).BurnForm(sealed, "", r.Phrase))
	_ = ack(nil)
	if !opened.OK() {
		b.tell(ctx, in, b.words(in.userID).BurnFormFailed)
		return outcomeFormFailed
	}
	return outcomeAsked
}

// sealed is what a form of a receipt's button remembers. The message would be written
// anew without a note that is left out of it, so the memory has to know that one, also
// if it has forgotten the receipt.
func (b *Bot) sealed(ctx context.Context, callback string, r receipt.Receipt, remembers func(receipt.Receipt) any) string {
	sealed, whole := sealReceipt(b.seal, sealedFor(callback, r.Creator), r, remembers)
	if !whole {
		b.ledger.remember(ctx, r)
	}
	return sealed
}

// burnable are the live rows, or the one of a person.
func burnable(only string) func(receipt.Row) bool {
	return func(r receipt.Row) bool { return r.Live() && (only == "" || r.To == only) }
}

// burnSubmitted is that form, sent. As with the other form, the work comes
// before the ack, so that a wrong passphrase stands at its field.
func (b *Bot) burnSubmitted(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	var held burnForm
	if b.seal.Unwrap(sealedFor(text.CallbackBurn, cb.User.ID), cb.View.PrivateMetadata, &held) != nil {
		return b.refuseStale(ctx, in, ack)
	}
	in = in.about(held.Receipt.Fingerprint())
	r := b.patiently(ctx, in, cb, ack, func() slack.ModalViewRequest {
		return b.words(in.userID).BurnForm(cb.View.PrivateMetadata, b.words(in.userID).Working, held.Receipt.Phrase)
	})
	defer r.late()
	problem := func(say string) {
		r.problem(text.BlockPhrase, say, func() slack.ModalViewRequest {
			return b.words(in.userID).BurnForm(cb.View.PrivateMetadata, say, held.Receipt.Phrase)
		})
	}
	phrase, ended := otsclient.NewPlaintext(cb.View.Text(text.BlockPhrase)), outcomeRejected
	err := b.ledger.change(ctx, in, held.Receipt, func(w *writing) {
		var say string
		var done bool
		if ended, say, done = b.burnWith(ctx, in, w, burnable(held.Only), phrase); !done {
			problem(say)
			return
		}
		r.show(b.words(in.userID).BurnDone(say), text.Marked(say))
	})
	if err != nil {
		problem(notHeld(b.words(in.userID), err))
	}
	return in.ended(ended)
}

// burnWith burns some rows with a passphrase. It returns what to say, and
// whether the form has no more to ask.
func (b *Bot) burnWith(ctx context.Context, in *interaction, w *writing, which func(receipt.Row) bool, phrase otsclient.Plaintext) (_ outcome, say string, done bool) {
	was, before := w.Copy(), w.Count(which)
	burned, wrong := b.vault.burnRows(ctx, in, w, which, phrase)
	left, words := w.Count(which), b.words(in.userID)
	switch {
	case wrong != nil && left == before:
		b.event(auditBurnRefused, in, zap.String("outcome", string(outcomeRejected)))
		if errors.Is(wrong, otsclient.ErrWrongPassphrase) {
			return outcomeRejected, words.WrongPhrase, false
		}
		return outcomeRejected, words.PhraseLocked, false
	case wrong != nil:
		locked := errors.Is(wrong, otsclient.ErrLocked) && !errors.Is(wrong, otsclient.ErrWrongPassphrase)
		return burned, words.RowsLeft(burned == outcomeBurned, locked), true
	case left == 0:
		return burned, words.BurnEnded(w.Receipt, burned == outcomeBurned), true
	case left < before:
		now := w.Copy()
		now.Phrase = false // none is missing
		return outcomeNoAnswer, notBurned(words, was, now), true
	case w.Count(func(r receipt.Row) bool { return which(r) && r.Fate == receipt.BurnNotDone }) == left:
		return outcomeNoAnswer, words.StillThere, false
	}
	return outcomeNoAnswer, words.BurnUnknown, false
}
