package bot

import (
	"context"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/request"
	"otsbot/bot/internal/text"
)

// askShortcut is the global shortcut "Ask for a secret".
func (b *Bot) askShortcut(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) result {
	return b.openAsk(ctx, in, p.TriggerID, askState{}, ack)
}

// askPressed is the button on the Home tab.
func (b *Bot) askPressed(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) result {
	if _, err := opener(b.seal, p, in.userID); err != nil {
		_ = ack(nil)
		return b.refuseButton(ctx, in, err)
	}
	return b.openAsk(ctx, in, p.TriggerID, askState{}, ack)
}

// openAsk opens the form before the ack: the trigger lives three seconds. Only a
// command's ack can say why it doesn't open.
func (b *Bot) openAsk(ctx context.Context, in *interaction, trigger string, st askState, ack ackFunc) outcome {
	say := func(what string) {
		if in.kind == "command" {
			b.answer(ctx, in, ack, text.Plain(what))
			return
		}
		_ = ack(nil)
		b.tell(ctx, in, what)
	}
	if no := b.gate.mayAskAtAll(ctx, in); no != nil {
		say(no.say)
		return outcomeRejected
	}
	if opened := b.slack.OpenView(ctx, trigger, b.requests.view(in.userID, st, "")); !opened.OK() {
		say(b.words(in.userID).NotOpened(opened.Code))
		return outcomeFormFailed
	}
	_ = ack(nil)
	return outcomeFormOpened
}

// ask is the submitted form. People are asked before the ack, so that a failure
// stands at its field.
func (b *Bot) ask(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	var st askState
	if b.seal.Unwrap(sealedFor(text.CallbackAsk, in.userID), cb.View.PrivateMetadata, &st) != nil {
		return b.refuseStale(ctx, in, ack)
	}
	if cb.View.CallbackID == text.CallbackAskWorking {
		b.refuseWhole(ctx, in, ack, stillWorking(b.words(in.userID), formState{Started: st.Started}, time.Now()))
		return outcomeRefused
	}
	block, what := b.forms.forged(in.userID, cb)
	if what == "" && len(cb.View.People(text.BlockPeople)) > request.MaxPeople {
		block, what = text.BlockPeople, tamperingChoice
	}
	if what != "" {
		b.tampered(in, what)
		b.refuseForm(ctx, in, ack, map[string]string{block: b.words(in.userID).NotOffered})
		return outcomeRefused
	}
	asked, problems := b.requests.read(in, cb, st)
	if len(problems) > 0 {
		b.refuseForm(ctx, in, ack, problems)
		return outcomeRejected
	}
	r := b.patiently(ctx, in, cb, ack, func() slack.ModalViewRequest { return b.requests.workingView(in.userID, st, time.Now()) })
	defer r.late()
	if no := b.gate.mayAsk(ctx, in, asked); no != nil {
		r.problem(no.block, no.say, func() slack.ModalViewRequest { return b.requests.view(in.userID, st, no.say) })
		return outcomeRejected
	}
	block, say, ended := b.requests.askPeople(ctx, in, &asked)
	switch {
	case say != "":
		r.problem(block, say, func() slack.ModalViewRequest { return b.requests.view(in.userID, st, say) })
	case r.late():
		r.change(b.words(in.userID).AskDone())
	default:
		r.close()
	}
	return ended
}
