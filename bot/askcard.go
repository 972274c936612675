package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/request"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

// Why a press on the card changes nothing.
var (
	errNobodyWaits = errors.New("nobody is left to be asked")
	errTooSoon     = errors.New("reminded within a day")
)

// remind asks those once more who have said nothing yet, once a day.
func (b *Bot) remind(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	_ = ack(nil) // first: a button's ack can say nothing
	told, err := b.requests.cardPressed(in, cb)
	if err != nil {
		return b.refuseButton(ctx, in, err)
	}
	w, at, before := b.words(in.userID), time.Now(), int64(0)
	r, err := b.requests.settle(ctx, told, func(r *request.Request) error {
		switch again := time.Unix(r.Reminded, 0).Add(request.RemindEvery); {
		case !r.Open(at) || len(r.Due()) == 0:
			return errNobodyWaits
		case r.Reminded != 0 && at.Before(again):
			return errTooSoon
		}
		before, r.Reminded = r.Reminded, at.Unix()
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
	reached, refused := b.requests.askAgain(ctx, in, r, due)
	r, _ = b.requests.settle(ctx, r, func(r *request.Request) error {
		r.Went(due)
		if refused == len(due) && r.Reminded == at.Unix() { // the day is not used up
			r.Reminded = before
		}
		return nil
	})
	b.requests.showCard(ctx, r)
	b.tell(ctx, in, reminded(w.AskSaid(), len(due), reached, refused))
	if reached == 0 && refused == len(due) {
		return outcomeNotAsked
	}
	b.event(auditReminded, in, zap.Int("people", reached))
	return outcomeReminded
}

// askAgain asks some people once more, and says how many it reached, and at how
// many Slack refused it; of the others nobody knows. What they were asked before
// loses its buttons.
func (rq *requests) askAgain(ctx context.Context, in *interaction, r request.Request, due []request.Row) (reached, refused int) {
	posted := make([]slackapi.Result, len(due))
	each(len(due), func(i int) {
		was := due[i].Place
		posted[i] = rq.askOne(ctx, in, r, &due[i], true)
		if posted[i].OK() && was.TS != "" {
			rq.slack.Update(ctx, was, rq.words(due[i].To).AskedAgain(r.Question(due[i].To)))
		}
	})
	for _, p := range posted {
		switch {
		case p.OK():
			reached++
		case p.Refused():
			refused++
		}
	}
	return reached, refused
}

// reminded says how many of those were reached who are due.
func reminded(said text.AskSentences, due, reached, refused int) string {
	switch {
	case reached == due:
		return said.RemindedAll
	case reached > 0:
		return said.RemindedSome
	case refused == due:
		return said.RemindedNone
	}
	return said.RemindedPerhaps
}

// withdraw takes a request back. It is confirmed already.
func (b *Bot) withdraw(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	_ = ack(nil)
	told, err := b.requests.cardPressed(in, cb)
	if err != nil {
		return b.refuseButton(ctx, in, err)
	}
	first := false
	r, kept, _ := b.requests.note(ctx, told, func(r *request.Request) error {
		first = !r.Over
		r.Over = true
		return nil
	})
	stands := func(row request.Row) bool { return row.Place.TS == "" } // where the app can't edit it
	if !kept && slices.ContainsFunc(r.Due(), stands) {
		b.tell(ctx, in, b.words(in.userID).AskSaid().WithdrawFailed)
		return outcomeRefused
	}
	b.requests.closeAll(ctx, r)
	b.requests.showCard(ctx, r)
	if first {
		b.event(auditWithdrawn, in)
		b.tell(ctx, in, b.words(in.userID).AskSaid().WithdrawnNow)
	}
	return outcomeWithdrawn
}
