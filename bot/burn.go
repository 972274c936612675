package bot

import (
	"context"
	"errors"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
)

// burn is the Burn button of a receipt, already confirmed in Slack. A secret
// with a passphrase can be burned only with it, so a form asks for it.
func (b *Bot) burn(ctx context.Context, in *interaction, cb payload.Payload, value string, ack ackFunc) outcome {
	h, err := readHandle(b.seal, actionBurn, value, cb.User.ID)
	if err != nil {
		_ = ack(nil)
		return b.refuseButton(ctx, in, err)
	}
	in.fingerprint = h.fingerprint()
	seen := b.receipts.seen(in.fingerprint)
	if h.Phrase {
		return b.askPhrase(ctx, in, cb, h, ack)
	}
	_ = ack(nil) // before the burn, which may take longer than Slack waits
	now, err := b.burnSecret(ctx, h, otsclient.Plaintext{})
	if err != nil {
		h.Phrase = true // somebody set one: the next press asks for it
		b.rewrite(ctx, in, receiptAt(cb), h, now, seen)
		b.tell(ctx, in, sayNeedsPhrase)
		return outcomeAsked
	}
	return b.showBurned(ctx, in, receiptAt(cb), h, now, seen)
}

// askPhrase opens the form before the ack: the trigger lives three seconds.
func (b *Bot) askPhrase(ctx context.Context, in *interaction, cb payload.Payload, h handle, ack ackFunc) outcome {
	opened := b.slack.OpenView(ctx, cb.TriggerID, burnView(b.seal.Wrap(sealedFor(callbackPassphrase, h.Creator), sealedReceipt{Handle: h, Place: receiptAt(cb)}), "", true))
	_ = ack(nil)
	if !opened.OK() {
		b.tell(ctx, in, sayBurnFormFailed)
		return outcomeFormFailed
	}
	return outcomeAsked
}

// sealedReceipt is what the passphrase form remembers, encrypted.
type sealedReceipt struct {
	Handle handle         `json:"h,omitzero"`
	Place  slackapi.Place `json:"at,omitzero"`
	Group  *kept          `json:"g,omitempty"` // of a receipt with rows, instead
	Only   string         `json:"o,omitempty"` // whose row; "" is all
}

// burnWithPassphrase is the submitted passphrase form. As with the other form,
// the work comes before the ack, so that a wrong passphrase stands at its
// field.
func (b *Bot) burnWithPassphrase(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) outcome {
	var receipt sealedReceipt
	if b.seal.Unwrap(sealedFor(callbackPassphrase, cb.User.ID), cb.View.PrivateMetadata, &receipt) != nil {
		b.tampered(in, tamperingForm)
		b.refuseWhole(ctx, in, ack, sayStaleForm)
		return outcomeRefused
	}
	h := receipt.Handle
	phrase := otsclient.NewPlaintext(cb.View.Text(blockPhrase))
	ask := receipt.Group == nil || receipt.Group.Group.Phrase
	form := func(say string) func() slack.ModalViewRequest {
		return func() slack.ModalViewRequest { return burnView(cb.View.PrivateMetadata, say, ask) }
	}
	r := b.patiently(ctx, in, cb, ack, form(sayWorking))
	defer r.late()
	if receipt.Group != nil {
		return b.burnRowsWithPassphrase(ctx, in, receipt, phrase, r, form)
	}
	in.fingerprint = h.fingerprint()
	seen := b.receipts.seen(in.fingerprint)
	now, err := b.burnSecret(ctx, h, phrase)
	if say := phraseProblem(err, now); say != "" {
		b.event(auditBurnRefused, in, zap.String("outcome", string(outcomeRejected)))
		r.problem(blockPhrase, say, form(say))
		return outcomeRejected
	}
	r.show(doneView("Burn the secret", now.words()), marked(now.words()))
	return b.showBurned(ctx, in, receipt.Place, h, now, seen)
}

func phraseProblem(err error, now status) string {
	switch {
	case errors.Is(err, otsclient.ErrWrongPassphrase):
		return sayWrongPhrase
	case errors.Is(err, otsclient.ErrLocked):
		return sayPhraseLocked
	case now.open:
		return sayBurnUnknown
	case now.kept:
		return sayStillThere
	}
	return ""
}

// burnSecret burns and says how the secret is now, or that the passphrase is
// wrong or locked. A 200 alone is not enough: the receipt must never say
// "burned" of a secret that was opened first, and the answer's own state is
// stale on most versions, so the metadata is read again.
func (b *Bot) burnSecret(ctx context.Context, h handle, phrase otsclient.Plaintext) (status, error) {
	started := time.Now()
	err := b.ots.Burn(ctx, h.key(), phrase)
	b.metrics.ots("burn", started, err)
	if errors.Is(err, otsclient.ErrWrongPassphrase) || errors.Is(err, otsclient.ErrLocked) {
		return status{asOf: time.Now(), state: otsclient.StateWaiting}, err
	}
	if err != nil && !errors.Is(err, otsclient.ErrGone) {
		b.log.Warn("burn secret", zap.Error(err), zap.String("fingerprint", h.fingerprint()))
	}
	now := b.look(ctx, h)
	switch {
	case err == nil && now.open:
		now.trust, now.open, now.state = true, false, otsclient.StateBurned
	case now.open:
	case now.state == otsclient.StateWaiting && errors.Is(err, otsclient.ErrGone) && h.Phrase:
		return now, otsclient.ErrWrongPassphrase // 0.12 says no more than that
	case now.state == otsclient.StateWaiting:
		now.kept = true
	case err == nil && now.state == otsclient.StateBurned:
		now.burned = true
	case now.state == otsclient.StateBurned && !errors.Is(err, otsclient.ErrGone):
		// The answer was lost, or is none that is known: burned now or before.
	default:
		now.late = true
	}
	return now, nil
}

// showBurned rewrites the receipt.
func (b *Bot) showBurned(ctx context.Context, in *interaction, at slackapi.Place, h handle, now status, seen int) outcome {
	b.rewrite(ctx, in, at, h, now, seen)
	return b.noteBurn(ctx, in, h, now)
}

// noteBurn counts a burn that came to its end, and rewrites the message with
// the link, where it can be edited.
func (b *Bot) noteBurn(ctx context.Context, in *interaction, h handle, now status) outcome {
	if now.open || now.kept {
		return outcomeNoAnswer
	}
	if now.late || now.state != otsclient.StateBurned {
		b.event(auditBurnRefused, in, zap.String("outcome", string(outcomeTooLate)), zap.Stringer("state", now.state))
		return outcomeTooLate
	}
	b.metrics.secrets.WithLabelValues(secretBurned).Inc()
	b.event(auditBurned, in, zap.String("outcome", string(outcomeBurned)))
	if h.Road == roadPost && h.TS != "" {
		if r := b.slack.Update(ctx, slackapi.Place{Channel: h.Channel, TS: h.TS}, withdrawn(h.Creator, now)); !r.OK() {
			b.log.Warn("announcement not changed", zap.String("code", string(r.Code)), zap.String("fingerprint", in.fingerprint))
		}
	}
	return outcomeBurned
}
