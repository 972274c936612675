package bot

import (
	"context"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

// progressEvery is how often a receipt is changed while links go out.
// chat.update allows about 50 a minute in all,
// https://docs.slack.dev/apis/web-api/rate-limits
const progressEvery = time.Second

// sentTo is how sharing with several people ended.
func sentTo(r receipt.Receipt, failure error) outcome {
	switch sent := r.Count(func(row receipt.Row) bool { return row.Step == receipt.Sent }); {
	case sent == len(r.Rows):
		return outcomePosted
	case sent > 0:
		return outcomePartly
	case failure != nil && r.Count(receipt.Row.Live) == 0:
		return concealOutcome(failure).outcome
	}
	return outcomeNotPosted
}

// send sends the links of some rows, and keeps the receipt up to date.
func (w *writing) send(ctx context.Context, in *interaction, note string, which func(receipt.Row) bool) {
	var due []int
	for i, row := range w.Rows {
		if which(row) {
			due = append(due, i)
		}
	}
	// Only this goroutine touches the rows: the others bring theirs here.
	type result struct {
		i   int
		row receipt.Row
	}
	results := make(chan result, len(due))
	as := w.Copy()
	as.Note = note // the receipt may have no room for it
	ended := make(chan any, 1)
	go func() {
		defer close(results)
		defer func() { ended <- recover() }()
		each(len(due), func(n int) { results <- result{due[n], w.ledger.sendLink(ctx, in, as, as.Rows[due[n]])} })
	}()
	last := time.Now()
	for done := range results {
		w.Rows[done.i] = done.row
		if time.Since(last) >= progressEvery {
			w.refresh(ctx)
			last = time.Now()
		}
	}
	_ = w.save(ctx)
	if bug := <-ended; bug != nil {
		panic(bug)
	}
}

// sendLink sends one person their link, in their DM with the app. The link
// stays in the receipt if it may not have arrived.
func (l *ledger) sendLink(ctx context.Context, in *interaction, r receipt.Receipt, row receipt.Row) receipt.Row {
	one := in.about(row.Fingerprint())
	w := l.words(row.To)
	m := w.Personal(text.Shared{Creator: r.Creator, Link: l.link(r, row), Expires: r.Ends(), Phrase: r.Phrase, Note: w.NoteFor(r)}, l.cannotValue(r, row.To))
	var at slackapi.Place
	posted := slackapi.Twice(func() (r slackapi.Result) {
		at, r = l.slack.Post(ctx, row.To, m, "")
		return r
	})
	if posted.OK() {
		row.Went(slackapi.Place{Channel: at.Channel, TS: at.TS})
		l.event(auditDelivered, one, zap.String("recipient_id", row.To), zap.String("outcome", string(outcomePosted)))
		return row
	}
	row.Step, row.Why = receipt.NotSent, string(posted.Code)
	if posted.Unproven {
		row.Step, row.Why = receipt.Perhaps, receipt.Unproven
	}
	l.event(auditDeliveryFailed, one, zap.String("recipient_id", row.To), zap.String("code", string(posted.Code)), zap.Bool("unproven", posted.Unproven))
	return row
}

// sendAgain sends the links that did not arrive once more, and opens the form
// for those who have none: their secret is stored nowhere.
func (b *Bot) sendAgain(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	r, _, err := b.ledger.receiptOf(ctx, in, cb)
	switch {
	case err != nil:
		_ = ack(nil)
		return b.refuseButton(ctx, in, err)
	case r.Count(receipt.Row.Missing) > 0:
		// Whoever has a link that did not arrive is served with the others.
		if r.Crowded() {
			b.ledger.remember(ctx, r) // the form may have no room for the note
		}
		st := formState{Receipt: &r}
		if r.Answers != nil {
			st.Answers = &answering{Question: r.Answers.Question, At: r.Answers.At}
		}
		return b.forms.openFromButton(ctx, in, cb, st, ack)
	}
	_ = ack(nil)
	in = in.about(r.Fingerprint())
	if r.Answers != nil {
		return in.ended(b.sendAnswerAgain(ctx, in, r))
	}
	return in.ended(b.sendUnsent(ctx, in, r, func() string { return "" }))
}

// sendUnsent sends the links that are stored, unless over says why not.
func (b *Bot) sendUnsent(ctx context.Context, in *interaction, r receipt.Receipt, over func() string) outcome {
	return b.ledger.pressed(ctx, in, r, func(w *writing) outcome {
		s := share{creator: in.person(), to: receipt.People(w.People(receipt.Row.Unsent))}
		if no := b.gate.mayGoOut(ctx, in, s); no != nil {
			b.tell(ctx, in, no.say)
			return outcomeRejected
		}
		if w.Count(receipt.Row.Unsent) > 0 {
			if say := over(); say != "" {
				b.tell(ctx, in, say)
				return outcomeClosed
			}
		}
		w.send(ctx, in, w.Note, receipt.Row.Unsent)
		return sentTo(w.Receipt, nil)
	})
}
