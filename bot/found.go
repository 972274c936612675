package bot

import (
	"context"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/memory"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/request"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

// learned writes what was found into the receipt and the message with the link,
// and then tells its creator if they wished to hear it.
func (f *follower) learned(r receipt.Receipt, news map[string]receipt.Seen) {
	ctx, cancel := f.toTheEnd() // what is begun is told to the end
	defer cancel()
	in := &interaction{kind: "follow", teamID: f.slack.Known().Workspace(), channelID: r.To.Channel, userID: r.Creator, started: time.Now()}
	var over []receipt.Row
	err := f.ledger.changeUnasked(ctx, in, r, func(w *writing) {
		over = nil
		f.endOverdue(ctx, in, w, news)
		for i := range w.Rows {
			row := &w.Rows[i]
			if now, ok := news[row.Key]; ok && row.Live() {
				was := *row
				row.Saw(now)
				if was.Seen = now; now.Fate.Final() {
					over = append(over, was)
				}
			}
		}
	})
	if err != nil {
		return // the lease ends, and it is looked at again
	}
	for _, row := range over {
		f.metrics.found.WithLabelValues(row.Fate.String()).Inc()
		f.event(auditFound, in.about(row.Fingerprint()), zap.Stringer("state", row.Fate))
	}
	if r.Tell {
		f.tellOpened(r, over)
	}
}

// tellOpened tells its creator what was opened.
func (f *follower) tellOpened(r receipt.Receipt, over []receipt.Row) {
	ctx, cancel := f.toTheEnd()
	defer cancel()
	for _, row := range over {
		if row.Fate != receipt.Opened {
			continue
		}
		if posted := f.news(ctx, r.Creator, f.words(r.Creator).OpenedNews(r, row)); !posted.OK() {
			f.log.Warn("creator not told that it was opened", zap.String("code", string(posted.Code)), zap.String("fingerprint", row.Fingerprint()))
		}
	}
}

// news posts something that nobody asked for just now.
func (f *follower) news(ctx context.Context, creator string, m text.Message) slackapi.Result {
	return slackapi.Twice(func() slackapi.Result {
		_, posted := f.slack.Post(ctx, creator, m, "")
		return posted
	})
}

// nudges says whether it is time for its creator to hear that it ends unopened.
func (f *follower) nudges(k kept, made, now time.Time) bool {
	at := k.nudgeAt(made)
	return f.nudging && !at.IsZero() && !now.Before(at) && now.Before(k.Receipt.Ends()) && k.Receipt.Count(receipt.Row.Out) > 0
}

// nudge tells its creator, once, that nobody has opened it yet. That is noted
// before it is said. If it wasn't said, as far as is known, the next look tries
// again, but for those who get no messages.
func (f *follower) nudge(ctx context.Context, e *memory.Entry, k kept) {
	k.Nudged = true
	k.fill(e, time.Now())
	if f.memory.Put(ctx, e) != nil {
		return // somebody has changed it, or the store is down: another time
	}
	ctx, cancel := f.toTheEnd()
	defer cancel()
	r := k.Receipt
	burn := f.seal.Sign(text.ActionBurnKept, pointer{ID: r.ID, Creator: r.Creator})
	again := receipt.Opener{Creator: r.Creator, Note: r.Note}
	if r.To.Sort == receipt.ToPeople {
		again.People = r.People(receipt.Row.Openable)
	}
	posted := f.news(ctx, r.Creator, f.words(r.Creator).UnopenedNews(r, burn, f.seal.Sign(receipt.ActionReopen, again)))
	if posted.OK() {
		return
	}
	f.log.Warn("creator not told that it ends", zap.String("code", string(posted.Code)), zap.String("fingerprint", r.Fingerprint()))
	if posted.Refused() && !posted.Code.NoSuchPerson() && !posted.Code.MessagesOff() && !posted.Code.Deactivated() {
		f.unnudged(ctx, e.ID)
	}
}

// unnudged notes that its creator did not hear it, also while the process is stopping.
func (f *follower) unnudged(ctx context.Context, id string) {
	ctx, cancel := outlive(ctx)
	defer cancel()
	_ = f.memory.Update(ctx, id, func(e *memory.Entry) error { // else they don't hear it
		k := readKept(*e)
		k.Nudged = false
		k.fill(e, time.Now())
		return nil
	})
}

// requestEnded is a request whose time has come, which the follower noticed.
func (f *follower) requestEnded(e *memory.Entry, r request.Request) {
	ctx, cancel := f.toTheEnd()
	defer cancel()
	if !time.Now().Before(r.Ends()) && !r.Partial {
		f.requests.closeAll(ctx, r)
		f.requests.showCard(ctx, r)
	}
	keepRequest(e, r)
	_ = f.memory.Put(ctx, e) // or the lease ends, and it is done again
}

// toTheEnd is for what the follower has begun to say, also while the process is
// stopping: as long as that waits for the work of people.
func (f *follower) toTheEnd() (context.Context, context.CancelFunc) {
	return context.WithTimeout(f.during(), 2*slackapi.PostTimeout)
}
