package bot

import (
	"context"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/text"
)

// formButton is a button inside the form: "Add another field", "Generate a
// password", "Email the link instead". The view is changed in place; Slack keeps what
// was typed in the inputs that stay.
func (b *Bot) formButton(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	_ = ack(nil) // a button's ack can say nothing, and changing a view needs no trigger
	pressed := cb.Actions[0].ActionID
	var st formState
	if b.seal.Unwrap(sealedFor(text.CallbackForm, cb.User.ID), cb.View.PrivateMetadata, &st) != nil {
		b.tampered(in, tamperingForm)
		b.tell(ctx, in, b.words(in.userID).StaleForm)
		return outcomeRefused
	}
	if cb.View.CallbackID != text.CallbackForm { // it is being worked on
		return outcomeRefused
	}
	if st.Filled && in.odd { // drawing it anew could lose the text
		b.tell(ctx, in, b.words(in.userID).FormUnread)
		return outcomeUnreadable
	}
	if pressed == text.ActionMail && !b.forms.offersMail(st) || pressed == text.ActionGenerate && st.Origin != nil {
		b.tampered(in, tamperingAction)
		b.tell(ctx, in, b.words(in.userID).NotOffered)
		return outcomeRefused
	}
	secret := st.again(cb)
	switch pressed {
	case text.ActionMoreRoom:
		st.Parts = min(st.Parts+1, text.MaxParts)
	case text.ActionGenerate:
		st.Generate = true
	case text.ActionType:
		st.Generate = false
	case text.ActionMakePhrase:
		st.MakePhrase = !st.continues()
	case text.ActionTypePhrase:
		st.MakePhrase = false
	case text.ActionMail:
		st.Mail = true
	case text.ActionNoMail:
		st.Mail = false
	}
	view := b.forms.view(cb.User.ID, st, secret, "")
	if r := b.slack.UpdateView(ctx, cb.View.ID, view); !r.OK() {
		if !r.Code.ViewGone() { // else the form was closed
			b.tell(ctx, in, b.words(in.userID).FormUnchanged)
		}
		return outcomeFormFailed
	}
	return outcomeFormOpened
}

// openAnew is the button that opens the form, which is empty but for the people and
// the note of what is shared again.
func (b *Bot) openAnew(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	o, err := opener(b.seal, cb, cb.User.ID)
	if err != nil {
		_ = ack(nil)
		return b.refuseButton(ctx, in, err)
	}
	return b.forms.openFromButton(ctx, in, cb, formState{Shape: text.Shape{People: o.People, Note: o.Note}}, ack)
}
