package bot

import (
	"context"
	"slices"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// The passphrase on another road: a second one-time link, to each person who
// has the first, when the creator says so. The passphrase is stored nowhere,
// so the creator types it again.

// askPhraseToSend opens the form.
func (b *Bot) askPhraseToSend(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	r, _, err := b.ledger.receiptOf(ctx, in, cb)
	if err != nil {
		_ = ack(nil)
		return b.refuseButton(ctx, in, err)
	}
	in = in.about(r.Fingerprint())
	sealed := b.sealed(ctx, text.CallbackSendPhrase, r, func(r receipt.Receipt) any { return r })
	opened := b.slack.OpenView(ctx, cb.TriggerID, b.words(in.userID).PhraseForm(sealed, r.People(r.DueForPhrase()), ""))
	return in.ended(b.opened(ctx, in, opened, ack))
}

// sendPhrase is the submitted form: a secret each that holds the passphrase.
func (b *Bot) sendPhrase(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	var held receipt.Receipt
	if b.seal.Unwrap(sealedFor(text.CallbackSendPhrase, cb.User.ID), cb.View.PrivateMetadata, &held) != nil {
		return b.refuseStale(ctx, in, ack)
	}
	form := func(say string) func() slack.ModalViewRequest {
		return func() slack.ModalViewRequest {
			return b.words(in.userID).PhraseForm(cb.View.PrivateMetadata, held.People(held.DueForPhrase()), say)
		}
	}
	r := b.patiently(ctx, in, cb, ack, form(b.words(in.userID).Working))
	defer r.late()
	phrase := otsclient.NewPlaintext(cb.View.Text(text.BlockPhrase))
	problem := func(say string) { r.problem(text.BlockPhrase, b.words(in.userID).PhraseNotSent(say), form(say)) }
	say := b.words(in.userID).BadPhrase(phrase)
	if phrase.IsZero() {
		say = b.words(in.userID).PhraseLength
	}
	if say != "" { // of what was typed
		r.problem(text.BlockPhrase, say, form(say))
		return outcomeRejected
	}
	ended := outcomeRejected
	err := b.ledger.change(ctx, in, held, func(w *writing) { ended = b.sendPhraseToAll(ctx, in, phrase, w, r, problem) })
	if err != nil {
		problem(notHeld(b.words(in.userID), err))
	}
	return ended
}

// sendPhraseToAll is sendPhrase with the receipt in hand.
func (b *Bot) sendPhraseToAll(ctx context.Context, in *interaction, phrase otsclient.Plaintext, w *writing, r *reply, problem func(string)) outcome {
	due := w.DueForPhrase()
	s := share{creator: in.person(), secret: phrase, to: receipt.People(w.People(due)), ttl: max(time.Until(w.Ends()), time.Minute)}
	if len(s.to.People) == 0 { // burned or opened since the form was opened
		problem(b.words(in.userID).ReceiptChanged)
		return outcomeTooLate
	}
	if no := b.gate.forbidden(ctx, in, &s); no != nil {
		problem(no.say)
		return outcomeRejected
	}
	failures := make([]error, len(w.Rows))
	each(len(w.Rows), func(i int) {
		if due(w.Rows[i]) {
			failures[i] = b.courier.sendPhraseTo(ctx, in, s, w.Receipt, &w.Rows[i])
		}
	})
	left := w.Count(func(r receipt.Row) bool { return slices.Contains(s.to.People, r.To) && r.Phrase != receipt.PhraseSent })
	failure := gravest(failures)
	live := w.Count(func(r receipt.Row) bool { return r.Phrase == receipt.PhraseLive && slices.Contains(s.to.People, r.To) })
	if failure != nil && left == len(s.to.People) && live == 0 {
		problem(b.vault.notConcealed(in, failure, s, text.Attempt{}))
		return concealOutcome(failure).outcome
	}
	say := b.words(in.userID).PhraseSent
	if left > 0 {
		say = b.words(in.userID).PhrasePartly
	}
	r.show(b.words(in.userID).PhraseDone(say), text.Marked(say))
	if left > 0 {
		return outcomePartly
	}
	return outcomePosted
}

// sendPhraseTo notes in the row what became of it. A second link that did not
// arrive is burned: another press makes a new one.
func (c *courier) sendPhraseTo(ctx context.Context, in *interaction, s share, r receipt.Receipt, row *receipt.Row) error {
	kept, err := c.vault.conceal(ctx, in, s)
	if err != nil {
		row.Phrase = receipt.PhraseNotSent
		return err
	}
	ends := kept.receipt().Ends()
	w := c.words(row.To)
	m := w.PhraseLink(text.Shared{Creator: s.creator.user, Link: c.vault.ots.SecretLink(kept.Shared), Expires: ends, Note: w.NoteFor(r)})
	posted := slackapi.Twice(func() slackapi.Result {
		_, r := c.slack.Post(ctx, row.To, m, "")
		return r
	})
	if !posted.OK() {
		ctx, cancel := outlive(ctx)
		defer cancel()
		row.Phrase = receipt.PhraseNotSent
		switch over := kept.burn(ctx, text.HeldByNobody); {
		case over.Fate == receipt.Opened: // so it did arrive
			row.Phrase = receipt.PhraseSent
		case !over.Fate.Final():
			row.Phrase, row.Until = receipt.PhraseLive, ends.Unix()
		case posted.Unproven:
			row.Phrase = receipt.PhraseUnproven
		}
		c.event(auditDeliveryFailed, kept.in, zap.String("recipient_id", row.To), zap.String("code", string(posted.Code)), zap.Bool("unproven", posted.Unproven))
		return nil
	}
	row.Phrase = receipt.PhraseSent
	kept.settled()
	c.event(auditDelivered, kept.in, zap.String("recipient_id", row.To), zap.String("outcome", string(outcomePosted)))
	return nil
}
