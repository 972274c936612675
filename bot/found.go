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
		for i := range w.Rows {
			row := &w.Rows[i]
			if now, ok := news[row.Key]; ok && row.Live() {
				was := *row
				row.Saw(now)
				was.Seen = now
				over = append(over, was)
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
		f.tellOpened(ctx, r, over)
	}
}

// tellOpened tells its creator what was opened.
func (f *follower) tellOpened(ctx context.Context, r receipt.Receipt, over []receipt.Row) {
	for _, row := range over {
		if row.Fate != receipt.Opened {
			continue
		}
		if _, posted := f.slack.Post(ctx, r.Creator, f.words(r.Creator).OpenedNews(r, row), ""); !posted.OK() {
			f.log.Warn("creator not told that it was opened", zap.String("code", string(posted.Code)), zap.String("fingerprint", row.Fingerprint()))
		}
	}
}

// nudges says whether it is time for its creator to hear that it ends unopened.
func (f *follower) nudges(k kept, made, now time.Time) bool {
	at := k.nudgeAt(made)
	return f.nudging && !at.IsZero() && !now.Before(at) && now.Before(k.Receipt.Ends()) && k.Receipt.Count(receipt.Row.Out) > 0
}

// nudge tells its creator that nobody has opened it yet.
func (f *follower) nudge(ctx context.Context, r receipt.Receipt) {
	if _, posted := f.slack.Post(ctx, r.Creator, f.words(r.Creator).UnopenedNews(r, f.seal.Sign(text.ActionBurnKept, pointer{ID: r.ID, Creator: r.Creator}), f.seal.Sign(receipt.ActionReopen, receipt.Opener{Creator: r.Creator})), ""); !posted.OK() {
		f.log.Warn("creator not told that it ends", zap.String("code", string(posted.Code)), zap.String("fingerprint", r.Fingerprint()))
	}
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
