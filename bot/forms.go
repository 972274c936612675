package bot

import (
	"cmp"
	"context"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// secretForms are the forms for a secret: when they open, how they look
// (formstate.go), and what stands in one that was sent (formread.go).
type secretForms struct {
	*voice
	gate *gate
	seal *seal.Keys
	set  text.Settings
}

// filled is what a form comes with: a text, what is said on top, and what is
// said instead where no form opens.
type filled struct {
	text               otsclient.Plaintext
	problem, otherwise string
}

// open opens the form for a secret.
func (f *secretForms) open(ctx context.Context, user, trigger string, st formState, text otsclient.Plaintext, problem string) slackapi.Result {
	st.External = f.gate.OffersExternal(ctx)
	return f.slack.OpenView(ctx, trigger, f.view(user, st, text, problem))
}

// openFromCommand opens the form before anything else, the ack included: the trigger
// lives for three seconds. What Slack says to it can then go into the ack.
func (f *secretForms) openFromCommand(ctx context.Context, in *interaction, trigger string, st formState, with filled, ack ackFunc) outcome {
	st.Parts, st.Here = text.PartsFor(with.text.Reveal()), in.channelID
	if no := f.gate.mayShareAtAll(in); no != nil {
		f.answer(ctx, in, ack, text.Plain(no.say))
		return outcomeRejected
	}
	if opened := f.open(ctx, in.userID, trigger, st, with.text, with.problem); !opened.OK() {
		f.answer(ctx, in, ack, text.Plain(cmp.Or(with.otherwise, f.words(in.userID).NotOpened(opened.Code))))
		return outcomeFormFailed
	}
	_ = ack(nil)
	return outcomeFormOpened
}

// openFromShortcut is that of a shortcut, whose ack can say nothing.
func (f *secretForms) openFromShortcut(ctx context.Context, in *interaction, trigger string, st formState, text otsclient.Plaintext, ack ackFunc) outcome {
	if no := f.gate.mayShareAtAll(in); no != nil {
		_ = ack(nil)
		f.tell(ctx, in, no.say)
		return outcomeRejected
	}
	return f.opened(ctx, in, f.open(ctx, in.userID, trigger, st, text, ""), ack)
}

// openFromButton is that of a button: on a receipt that nobody else reads,
// or to send somebody a new link.
func (f *secretForms) openFromButton(ctx context.Context, in *interaction, cb payload.Payload, st formState, ack ackFunc) outcome {
	st.Parts = 1
	return f.opened(ctx, in, f.open(ctx, cb.User.ID, cb.TriggerID, st, otsclient.Plaintext{}, ""), ack)
}
