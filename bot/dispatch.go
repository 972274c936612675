package bot

import (
	"cmp"
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/socketmode"
	"otsbot/bot/internal/text"
)

// take is called on the socket's reader, with each envelope once: it finds out
// whether there is room, and hands over.
func (b *Bot) take(e *socketmode.Envelope) {
	p := payload.Read(e.Payload)
	in := b.interactionOf(e, p)
	if b.trial.seen != nil && !in.isLive(p) {
		// Slack brings it to the bot that runs, which knows more. That is three
		// seconds later, when a trigger is over: a form has to be asked for again.
		e.Forget()
		return
	}
	work := b.work.begin(in.userID)
	if work == nil {
		b.busy(in, e)
		return
	}
	go b.handle(work, in, e, p)
}

// interactionOf reads who did something, where, and how it is acked.
func (b *Bot) interactionOf(e *socketmode.Envelope, p payload.Payload) *interaction {
	user := doer(e.Type, p)
	in := &interaction{
		kind:        e.Type,
		inputs:      p.View.Inputs(),
		envelopeID:  e.ID,
		teamID:      p.Workspace(b.slack.Known().Workspace()),
		channelID:   cmp.Or(p.ChannelID, p.Channel.ID),
		userID:      user,
		nobody:      e.Type == events && user == "",
		responseURL: p.ResponseURL,
		accepts:     e.Accepts,
		reack:       e.Replace,
		started:     time.Now(),
	}
	in.unread, in.odd = p.View.Unread()
	in.form = in.accepts && in.asks(p).what == forms && !p.View.AsksNothing()
	return in
}

// doer is who did it. An event has nobody, though it may be about somebody, but for
// the one that comes when somebody opens the app.
func doer(kind string, p payload.Payload) string {
	if kind == events && p.Event.Type != eventHomeOpened {
		return ""
	}
	return cmp.Or(p.UserID, p.User.ID, string(p.Event.User))
}

// busy refuses at once what there is no room for. Where the ack can say it, no
// call is made; buttons and shortcuts need one, and few of those at a time. Past
// those there is no ack: Slack then says itself that it failed, and delivers it
// again, perhaps to a replica that has room. So it is with what nobody did.
func (b *Bot) busy(in *interaction, e *socketmode.Envelope) {
	if in.nobody {
		b.log.Info("event left for later: busy", zap.String("envelope_id", in.envelopeID))
		e.Forget()
		return
	}
	b.metrics.busy.Inc()
	b.log.Warn("interaction refused: busy", zap.String("kind", in.kind), zap.String("user_id", in.userID), zap.String("envelope_id", in.envelopeID))
	var payload any
	if in.form {
		payload = fieldErrors(in.field(""), b.wordsNow(in.userID).Busy)
	}
	switch {
	case in.accepts && in.kind == socketmode.Commands:
		payload = ephemeralAck(text.Plain(b.wordsNow(in.userID).Busy))
	case !in.reads():
		select {
		case b.apologies <- struct{}{}:
			go func() {
				defer func() { <-b.apologies }()
				defer b.survive("apology")
				b.tell(b.work.context(), in, b.wordsNow(in.userID).Busy)
			}()
		default:
			if !in.form {
				e.Forget()
				return
			}
		}
	}
	_ = e.Ack(payload) // a sentence always fits
}

// handle works on one envelope, on a goroutine of its own.
func (b *Bot) handle(work *job, in *interaction, e *socketmode.Envelope, p payload.Payload) {
	ctx := work.ctx
	defer b.work.end(work)
	defer b.survive("answer to a bug") // whatever the recovery below meets
	var ackedAt time.Time
	ack := func(payload any) error {
		err := e.Ack(payload)
		if !errors.Is(err, socketmode.ErrAcked) {
			ackedAt = time.Now()
			b.work.acked()
		}
		return err
	}
	// Whatever happens, Slack gets its ack: else it redelivers for ever.
	defer func() { _ = ack(nil) }()
	defer func() {
		if value := recover(); value != nil {
			var say any
			if in.form { // it stays open with what was typed
				say = fieldErrors(in.field(""), b.words(in.userID).Panic)
			}
			_ = ack(say)
			b.panicked(ctx, in, value)
			b.summarize(in, ackedAt, outcomePanicked)
		}
	}()
	b.reader(in.userID) // so that their language is known when something is said
	if b.memory.Shared() && in.kind == commands && b.forms.sharesAsTyped(p) {
		_ = ack(nil) // which is its ack wherever it is shared, so nobody waits for the store
	}
	done, err := b.locks.claim(ctx, idsOf(e.ID, p), func() { b.leave(in, ack) })
	if errors.Is(err, errUnheard) {
		b.unheard(ctx, in)
	}
	if err != nil {
		return
	}
	defer done()
	ended := b.route(ctx, in, p, ack)
	_ = ack(nil)
	b.summarize(in, ackedAt, ended)
}

// leave acks what another replica does. What that acked is not known here, so its
// envelope is acked without a word, and a form stays open: closing it could lose
// what was typed.
func (v *voice) leave(in *interaction, ack ackFunc) {
	v.log.Info("envelope is another replica's", zap.String("envelope_id", in.envelopeID))
	if in.form {
		_ = ack(fieldErrors(in.field(""), v.words(in.userID).Stuck))
		return
	}
	_ = ack(nil)
}

// unheard says to who did something that another replica took it, and that nobody
// knows what came of it. A form has said so by its ack, if that can be read, and an event
// asks for nothing.
func (v *voice) unheard(ctx context.Context, in *interaction) {
	v.log.Warn("nobody knows what another replica did", zap.String("kind", in.kind), zap.String("user_id", in.userID), zap.String("envelope_id", in.envelopeID))
	if in.kind != events && !in.reads() {
		v.tell(ctx, in, v.words(in.userID).Panic)
	}
}
