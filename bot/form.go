package bot

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// form is a submitted form. The secret is concealed before the ack, so that a
// failure stands at its field and nobody has to type a secret twice. If that
// takes too long, the ack shows that it is still being worked on, and the
// outcome follows into the same form.
func (b *Bot) form(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	var st formState
	if b.seal.Unwrap(sealedFor(text.CallbackForm, cb.User.ID), cb.View.PrivateMetadata, &st) != nil {
		return b.refuseStale(ctx, in, ack)
	}
	in.kind = st.kind()
	if cb.View.CallbackID == text.CallbackWorking {
		b.refuseWhole(ctx, in, ack, stillWorking(b.words(in.userID), st, time.Now()))
		return outcomeRefused
	}
	block, what := b.forms.forged(cb.User.ID, cb)
	if what != "" {
		b.tampered(in, what)
		b.refuseForm(ctx, in, ack, map[string]string{block: b.words(in.userID).NotOffered})
		return outcomeRefused
	}
	s, problems := b.forms.read(in, cb, st)
	if len(problems) > 0 {
		b.event(auditRefused, in, zap.Strings("fields", slices.Sorted(maps.Keys(problems))))
		b.refuseForm(ctx, in, ack, problems)
		return outcomeRejected
	}
	r := b.patiently(ctx, in, cb, ack, func() slack.ModalViewRequest { return b.forms.workingView(cb.User.ID, st, time.Now()) })
	defer r.late()
	if outside := b.gate.outside(ctx, s, st.External && !st.fixedPlace()); outside != nil && outside.About != st.Warned {
		st.Warned = outside.About
		ask, unasked := b.words(in.userID).Outside(outside)
		r.again(b.forms.view(cb.User.ID, st, st.again(cb), ask), ask, text.Plain(unasked))
		return outcomeWarned
	}
	if no := b.gate.forbidden(ctx, in, &s); no != nil {
		r.problem(no.block, no.say, b.forms.with(in, st, s, no.say))
		return outcomeRejected
	}
	if st.Answers != nil {
		return b.shareAnswer(ctx, in, s, st, r)
	}
	if s.to.Sort == receipt.ToPeople {
		in.kind = "form_people"
		return b.courier.toPeople(ctx, in, s, st, r)
	}
	return b.shareFromForm(ctx, in, s, st, r)
}

// shareFromForm is the form's share with one conversation, one address, or
// nobody but its creator.
func (b *Bot) shareFromForm(ctx context.Context, in *interaction, s share, st formState, r *reply) result {
	kept, err := b.vault.conceal(ctx, in, s)
	if err != nil && b.vault.strongerPhrase(ctx, &s, err, 1) {
		kept, err = b.vault.conceal(ctx, in, s)
	}
	if err != nil {
		say := b.vault.notConcealed(in, err, s, text.Attempt{})
		r.problem(blockOf(err, s), say, b.forms.with(in, st, s, say))
		return concealOutcome(err)
	}
	if s.madePhrase {
		if !r.showHere(b.words(in.userID).PhraseOnce(s.passphrase)) {
			return kept.in.ended(kept.undo(ctx, kept.mailed(), true).outcome) // nobody could ever open it
		}
	} else {
		r.close()
	}
	d := b.courier.deliver(ctx, kept)
	if r.late() && !s.madePhrase || s.madePhrase && d.undone != "" {
		// Whoever closed the form meanwhile has been told already.
		r.change(b.words(in.userID).ShareDone(done(b.words(in.userID), d)))
	}
	if s.also && d.undone == "" {
		b.courier.also(ctx, in, s)
	}
	return kept.in.ended(d.outcome)
}

// blockOf is the field that OneTimeSecret's refusal is about.
func blockOf(err error, s share) string {
	switch field := otsclient.Field(err); {
	case s.to.Sort == receipt.ToMail && field == otsclient.FieldRecipient:
		return text.BlockMail
	case !s.madePhrase && field == otsclient.FieldPassphrase:
		return text.BlockPhrase
	}
	return ""
}

// stillWorking answers a second press. A form that was being worked on when
// the process ended says so for ever, so after a while it says what to do.
func stillWorking(w *text.Printer, st formState, now time.Time) string {
	if now.Sub(time.Unix(st.Started, 0)) > 2*time.Minute {
		return w.Stuck
	}
	return w.StillWorking(st.MakePhrase)
}

// done is what a form says whose outcome came late.
func done(w *text.Printer, d delivery) string {
	told := text.ToldInDM
	switch d.told {
	case viaHook, viaEphemeral:
		told = text.ToldInPlace
	case viaNone:
		told = text.ToldNowhere
	}
	switch d.outcome {
	case outcomePosted, outcomeViaURL:
		return w.Done(text.Posted, told)
	case outcomePrivate, outcomeNotPosted:
		return w.Done(text.Given, told)
	case outcomeMailed:
		return w.Done(text.Mailed, told)
	}
	return w.NotDone(d.undone)
}
