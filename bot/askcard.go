package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/request"
)

// Why a press on the card changes nothing.
var (
	errNobodyWaits = errors.New("nobody is left to be asked")
	errTooSoon     = errors.New("reminded within a day")
)

// remind asks those once more who have said nothing yet, once a day. What they
// were asked before loses its buttons.
func (b *Bot) remind(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	_ = ack(nil) // first: a button's ack can say nothing
	told, err := b.requests.cardPressed(in, cb)
	if err != nil {
		return b.refuseButton(ctx, in, err)
	}
	w, at := b.words(in.userID), time.Now()
	r, err := b.requests.settle(ctx, told, func(r *request.Request) error {
		switch again := time.Unix(r.Reminded, 0).Add(request.RemindEvery); {
		case !r.Open(at) || len(r.Due()) == 0:
			return errNobodyWaits
		case r.Reminded != 0 && at.Before(again):
			return errTooSoon
		}
		r.Reminded = at.Unix()
		return nil
	})
	switch {
	case errors.Is(err, errTooSoon):
		b.tell(ctx, in, w.TooSoon(time.Unix(r.Reminded, 0).Add(request.RemindEvery)))
		return outcomeRefused
	case err != nil:
		b.tell(ctx, in, w.AskSaid().NothingToRemind)
		b.requests.showCard(ctx, r)
		return outcomeRefused
	}
	due := r.Due()
	before := slices.Clone(due)
	each(len(due), func(i int) {
		b.requests.askOne(ctx, in, r, &due[i], true)
		if was := before[i].Place; was.TS != "" && due[i].Place != was {
			b.slack.Update(ctx, was, b.words(due[i].To).AskedAgain(r.Question(due[i].To)))
		}
	})
	missed := 0
	for i := range due {
		if due[i].Place == before[i].Place {
			missed++
		}
	}
	r, _ = b.requests.settle(ctx, r, func(r *request.Request) error { r.Went(due); return nil })
	b.requests.showCard(ctx, r)
	b.event(auditReminded, in, zap.Int("people", len(due)-missed))
	if missed > 0 {
		b.tell(ctx, in, w.AskSaid().RemindedSome)
	} else {
		b.tell(ctx, in, w.AskSaid().RemindedAll)
	}
	return outcomeReminded
}

// withdraw takes a request back. It is confirmed already.
func (b *Bot) withdraw(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	_ = ack(nil)
	told, err := b.requests.cardPressed(in, cb)
	if err != nil {
		return b.refuseButton(ctx, in, err)
	}
	first := false
	r, _ := b.requests.settle(ctx, told, func(r *request.Request) error {
		first = !r.Over
		r.Over = true
		return nil
	})
	b.requests.closeAll(ctx, r)
	b.requests.showCard(ctx, r)
	if first {
		b.event(auditWithdrawn, in)
		b.tell(ctx, in, b.words(in.userID).AskSaid().WithdrawnNow)
	}
	return outcomeWithdrawn
}
