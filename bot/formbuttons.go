package bot

import (
	"context"

	"github.com/slack-go/slack"

	"otsbot/otsclient"
)

// formButton is a button inside the form: "More room", "Generate a password
// instead", "Type it instead". The view is changed in place; Slack keeps what
// was typed in the inputs that stay.
func (b *Bot) formButton(ctx context.Context, in *interaction, cb slack.InteractionCallback, pressed string, ack ackFunc) outcome {
	_ = ack(nil) // a button's ack can say nothing, and changing a view needs no trigger
	var st formState
	if b.seal.open(cb.View.PrivateMetadata, cb.User.ID, &st) != nil || cb.View.CallbackID != callbackForm {
		return outcomeRefused
	}
	var text otsclient.Plaintext
	switch pressed {
	case actionMoreRoom:
		if st.Filled {
			// That Slack keeps what somebody typed is documented; that it keeps
			// what a form came with, untouched, is not. So it goes in again.
			text = values(cb.View.State.Values).secret(st.Parts)
		}
		st.Parts = min(st.Parts+1, maxParts)
	case actionGenerate:
		st.Generate = true
	case actionType:
		st.Generate = false
	}
	view := b.formView(cb.User.ID, st, text, "")
	if b.updateView(ctx, cb.View.ID, view) != "" {
		return outcomeFormFailed
	}
	return outcomeFormOpened
}

// reopen is the button that offers the form where only the creator reads.
func (b *Bot) reopen(ctx context.Context, in *interaction, cb slack.InteractionCallback, ack ackFunc) outcome {
	code := b.openView(ctx, cb.TriggerID, b.formView(cb.User.ID, formState{Parts: 1}, otsclient.Plaintext{}, ""))
	_ = ack(nil) // after the form: the trigger lives three seconds
	if code != "" {
		b.tell(ctx, in, sayNotOpened(code))
		return outcomeFormFailed
	}
	return outcomeFormOpened
}
