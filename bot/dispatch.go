package bot

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/socketmode"
)

// take is called on the socket's reader, with each envelope once: it finds out
// whether there is room, and hands over.
func (b *Bot) take(e *socketmode.Envelope) {
	started := time.Now()
	p := payload.Read(e.Payload)
	in := &interaction{
		kind:        e.Type,
		inputs:      p.View.Inputs(),
		unread:      p.View.Unread(),
		envelopeID:  e.ID,
		teamID:      p.Workspace(b.slack.Known().Workspace()),
		channelID:   cmp.Or(p.ChannelID, p.Channel.ID),
		userID:      cmp.Or(p.UserID, p.User.ID),
		responseURL: p.ResponseURL,
		accepts:     e.Accepts,
		reack:       e.Replace,
		started:     started,
	}
	work := b.work.begin(in.userID)
	if work == nil {
		b.busy(in, e)
		return
	}
	go b.handle(work, in, e, p)
}

// busy refuses at once what there is no room for. Where the ack can say it, no
// call is made; buttons and shortcuts need one, and few of those at a time. Past
// those there is no ack: Slack then says itself that it failed, and delivers it
// again, perhaps to a replica that has room.
func (b *Bot) busy(in *interaction, e *socketmode.Envelope) {
	b.metrics.busy.Inc()
	b.log.Warn("interaction refused: busy", zap.String("kind", in.kind), zap.String("user_id", in.userID), zap.String("envelope_id", in.envelopeID))
	var payload any
	switch {
	case in.accepts && in.kind == socketmode.Commands:
		payload = ephemeralAck(plain(sayBusy))
	case in.accepts && len(in.inputs) > 0:
		payload = fieldErrors(in.field(""), sayBusy)
	default:
		select {
		case b.apologies <- struct{}{}:
			go func() {
				defer func() { <-b.apologies }()
				defer survive(b.log, b.metrics, "apology")
				b.tell(b.work.context(), in, sayBusy)
			}()
		default:
			e.Forget()
			return
		}
	}
	_ = e.Ack(payload) // a sentence always fits
}

// handle works on one envelope, on a goroutine of its own.
func (b *Bot) handle(work *job, in *interaction, e *socketmode.Envelope, p payload.Payload) {
	ctx := work.ctx
	defer b.work.end(work)
	defer survive(b.log, b.metrics, "answer to a bug") // whatever the recovery below meets
	ack := func(payload any) error {
		err := e.Ack(payload)
		if !errors.Is(err, socketmode.ErrAcked) {
			in.ackedAt = time.Now()
			b.work.acked()
		}
		return err
	}
	// Whatever happens, Slack gets its ack: else it redelivers for ever.
	defer func() { _ = ack(nil) }()
	defer func() {
		if value := recover(); value != nil {
			var say any
			if in.accepts && len(in.inputs) > 0 { // a form stays open with what was typed
				say = fieldErrors(in.field(""), sayPanic)
			}
			_ = ack(say)
			b.panicked(ctx, in, value)
		}
	}()
	outcome := b.dispatch(ctx, in, p, ack)
	_ = ack(nil)
	b.summarize(in, outcome)
}

// dispatch calls the handler of what the person did.
func (b *Bot) dispatch(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) outcome {
	switch {
	case in.kind == socketmode.Commands && (p.Text.Odd || in.userID == ""):
		return b.unreadable(ctx, in, ack)
	case in.kind == socketmode.Commands:
		in.kind = "command"
		return b.command(ctx, in, slack.SlashCommand{Command: cmp.Or(p.Command, "/secret"), Text: p.Text.Value, TriggerID: p.TriggerID}, ack)
	case in.kind != socketmode.Interactive:
		// Nothing else is subscribed to; an ack keeps Slack from redelivering it.
		return b.unmatched(in, p)
	case p.Type == string(slack.InteractionTypeMessageAction) && p.CallbackID == callbackMessage:
		in.kind = "message_shortcut"
		return b.fromMessage(ctx, in, p, ack)
	case p.Type == string(slack.InteractionTypeShortcut) && p.CallbackID == callbackGlobal:
		in.kind = "global_shortcut"
		return b.globalShortcut(ctx, in, p, ack)
	case p.Type == string(slack.InteractionTypeBlockActions) && len(p.Actions) > 0:
		return b.button(ctx, in, p, ack)
	case p.Type == string(slack.InteractionTypeViewSubmission), in.accepts && len(in.inputs) > 0: // a form, even if its type is missing
		return b.submitted(ctx, in, p, ack)
	}
	return b.unmatched(in, p)
}

// submitted is a form that was sent. Whatever is wrong with it, it stays open
// with what was typed: an empty ack would close it.
func (b *Bot) submitted(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) outcome {
	if len(in.unread) > 0 {
		in.kind = "unreadable"
		problems := map[string]string{}
		for _, block := range in.unread {
			problems[in.field(block)] = sayFieldUnread
		}
		b.refuseForm(ctx, in, ack, problems)
		return outcomeUnreadable
	}
	switch p.View.CallbackID {
	case callbackForm, callbackWorking:
		in.kind = "form"
		return b.form(ctx, in, p, ack)
	case callbackPassphrase:
		in.kind = "burn_passphrase"
		return b.burnSubmitted(ctx, in, p, ack)
	case callbackSendPhrase:
		in.kind = "send_passphrase"
		return b.sendPhrase(ctx, in, p, ack)
	}
	if len(in.inputs) == 0 {
		return b.unmatched(in, p)
	}
	b.unmatched(in, p)
	b.refuseWhole(ctx, in, ack, sayStaleForm)
	return outcomeRefused
}

func (b *Bot) button(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) outcome {
	pressed := p.Actions[0]
	switch pressed.ActionID {
	case actionCheck:
		in.kind = "check"
		return b.check(ctx, in, p, ack)
	case actionBurn, actionBurnOne:
		in.kind = "burn"
		return b.burn(ctx, in, p, ack)
	case actionSendAgain:
		in.kind = "send_again"
		return b.sendAgain(ctx, in, p, ack)
	case actionSendPhrase:
		in.kind = "send_passphrase"
		return b.askPhraseToSend(ctx, in, p, ack)
	case actionCannot:
		in.kind = "cannot_open"
		return b.cannotOpen(ctx, in, p, pressed.Value, ack)
	case actionAfresh:
		in.kind = "open_form"
		return b.shareAfresh(ctx, in, p, pressed.Value, ack)
	case actionReopen:
		in.kind = "open_form"
		return b.openAnew(ctx, in, p, pressed.Value, ack)
	case actionMoreRoom, actionGenerate, actionType, actionMakePhrase, actionTypePhrase, actionMail, actionNoMail:
		in.kind = "form_button"
		return b.formButton(ctx, in, p, pressed.ActionID, ack)
	}
	return b.unmatched(in, p)
}

// unreadable answers a payload without what is needed. The payload is in no
// log: it holds what was typed.
func (b *Bot) unreadable(ctx context.Context, in *interaction, ack ackFunc) outcome {
	in.kind = "unreadable"
	b.answer(ctx, in, ack, plain(sayUnreadable)) // in the ack: it may not be known who typed it
	return outcomeUnreadable
}
