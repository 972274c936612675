package bot

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/memory"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/request"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// The app follows what is out: it asks OneTimeSecret what became of each secret,
// often at first, then ever more rarely, and changes the receipt and the message
// with the link. When to look next stands in the memory, where a lease keeps
// replicas from doing the same twice and gives it on when one dies.

const (
	// followBatch is how many receipts are looked at together: OneTimeSecret
	// tells 25 secrets at once since 0.24.
	followBatch = 25
	// followLease is for how long others leave them alone.
	followLease = 45 * time.Second
	// aloneLease is the same where one secret is asked about after the other, of
	// a receipt with twenty.
	aloneLease = 3 * time.Minute
	// followIdle is the pause when nothing is due.
	followIdle = time.Second
	// atOncePace and onePace are the pauses between calls. A server that tells 25
	// secrets at once is asked sixteen times a second at most, enough to look every
	// 15 s at 6,000 of them: of more, a look comes later, and costs no more. One
	// that tells one secret at a time is asked once a second at most.
	atOncePace = 60 * time.Millisecond
	onePace    = time.Second
	// maxFollowPause bounds the pause for a server that limits or is away.
	maxFollowPause = 5 * time.Minute
)

// looks are how often a secret is looked at while it is not older than that.
var looks = []struct{ age, every time.Duration }{
	{10 * time.Minute, 15 * time.Second},
	{time.Hour, time.Minute},
	{24 * time.Hour, 5 * time.Minute},
}

const (
	rareLook = 30 * time.Minute
	// atEnd is how long after its end a secret is looked at.
	atEnd = 2 * time.Second
	// nudgeFrom is how long a secret must live for its creator to hear that
	// nobody has opened it, an eighth of that before its end.
	nudgeFrom = 24 * time.Hour
)

// next is when to look at what was made at that time.
func (k kept) next(made, now time.Time) time.Time {
	every := rareLook
	for _, l := range looks {
		if now.Sub(made) < l.age {
			every = l.every
			break
		}
	}
	next := now.Add(every)
	for _, at := range []time.Time{k.Receipt.Ends().Add(atEnd), k.nudgeAt(made)} {
		if at.After(now) && at.Before(next) {
			next = at
		}
	}
	return next
}

// nudgeAt is when its creator hears that it ends unopened; the zero time is
// never.
func (k kept) nudgeAt(made time.Time) time.Time {
	lives := k.Receipt.Ends().Sub(made)
	if k.Nudged || lives < nudgeFrom-time.Minute {
		return time.Time{}
	}
	return k.Receipt.Ends().Add(-lives / 8)
}

// follow looks at what is due until ctx is done.
func (b *Bot) follow(ctx context.Context) {
	f := follower{Bot: b}
	for ctx.Err() == nil {
		pause := f.round(ctx)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// follower is the one goroutine that follows.
type follower struct {
	*Bot
	trouble time.Duration // the pause for it, which grows
	atOnce  bool          // the server is seen to tell many at once

	// Of one round: secrets that were asked about alone, and whether one of them
	// got no answer.
	alone      atomic.Int32
	unanswered atomic.Bool
}

// round looks at what is due, and says how long to pause.
func (f *follower) round(ctx context.Context) (pause time.Duration) {
	pause = followIdle
	defer f.survive("follower")
	n, lease := 1, aloneLease
	if f.atOnce {
		n, lease = followBatch, followLease
	}
	f.alone.Store(0)
	f.unanswered.Store(false)
	taken := time.Now()
	due, err := f.memory.Due(ctx, n, lease)
	if err != nil || len(due) == 0 {
		return followIdle
	}
	err = f.look(ctx, due, taken, lease)
	if err == nil && f.unanswered.Load() {
		err = errNoAnswer
	}
	f.atOnce = f.ots.AsksManyAtOnce() && (f.atOnce || err == nil)
	if err != nil {
		f.trouble = min(max(2*f.trouble, 15*time.Second), maxFollowPause)
		f.log.Info("following pauses", zap.Error(err), zap.Duration("pause", max(f.trouble, otsclient.RetryAfter(err))))
		return max(f.trouble, min(otsclient.RetryAfter(err), maxFollowPause))
	}
	f.trouble = 0
	if f.atOnce && f.alone.Load() == 0 {
		return atOncePace
	}
	return onePace
}

// look asks about the secrets of some entries, and does what follows as long as
// they are left to it.
func (f *follower) look(ctx context.Context, due []memory.Entry, taken time.Time, lease time.Duration) error {
	var keys []otsclient.Key
	all := make([]kept, len(due))
	for i, e := range due {
		if r, ok := readRequest(e); ok {
			f.requestEnded(&due[i], r)
			continue
		}
		all[i] = readKept(e)
		f.metrics.followLag.Observe(taken.Sub(e.Next).Seconds())
		for _, row := range all[i].Receipt.Rows {
			if row.Live() {
				keys = append(keys, row.MetadataKey())
			}
		}
	}
	told, err := f.states(ctx, keys)
	if err != nil && len(told) == 0 {
		return err
	}
	found := map[string]receipt.Seen{}
	for _, meta := range told {
		found[meta.Key.Reveal()] = f.vault.seen(meta)
	}
	var waits []memory.Entry // most: they are written together
	var others []int
	for i, k := range all {
		switch now := time.Now(); {
		case k.Receipt.ID == "":
		case f.waits(k, due[i].At, now, found):
			due[i].Next = k.next(due[i].At, now)
			waits = append(waits, due[i])
		default:
			others = append(others, i)
		}
	}
	if len(waits) > 0 {
		_ = f.memory.Later(ctx, waits) // else the store is down, and their lease ends
	}
	each(len(others), func(n int) {
		if i := others[n]; time.Since(taken) < lease/2 {
			f.entry(ctx, &due[i], all[i], found, err == nil)
		}
	})
	return err
}

// waits says that nothing is to be done but to look again.
func (f *follower) waits(k kept, made, now time.Time, found map[string]receipt.Seen) bool {
	for _, row := range k.Receipt.Rows {
		if is, told := found[row.Key]; row.Live() && (!told || is.Fate.Final()) {
			return false
		}
	}
	return !f.cfg.NotifyExpiring || !f.nudges(k, made, now)
}

// states asks about secrets: at once, or one after the other with a pause in
// between.
func (f *follower) states(ctx context.Context, keys []otsclient.Key) (told []otsclient.Metadata, err error) {
	some := len(keys)
	if !f.atOnce {
		some = 1
	}
	for part := range slices.Chunk(keys, max(some, 1)) {
		if len(told) > 0 {
			select {
			case <-time.After(onePace):
			case <-ctx.Done():
				return told, ctx.Err()
			}
		}
		started := time.Now()
		meta, err := f.ots.States(ctx, part)
		f.metrics.ots("states", started, err)
		told = append(told, meta...)
		if err != nil {
			return told, err
		}
	}
	return told, nil
}

// entry does what was found of one receipt's secrets. Those that are missing
// from a whole answer are asked about once more, alone: only then are they gone.
func (f *follower) entry(ctx context.Context, e *memory.Entry, k kept, found map[string]receipt.Seen, whole bool) {
	news, unopened := map[string]receipt.Seen{}, true
	for _, row := range k.Receipt.Rows {
		if !row.Live() {
			continue
		}
		now, told := found[row.Key]
		if !told && whole && f.alone.Add(1) == 1 { // one a round: a server that forgot all is not asked for each
			now = f.vault.look(ctx, k.Receipt, row)
			told = now.Fate != receipt.NoAnswer
			f.unanswered.Store(!told)
		}
		if told && now.Fate.Final() {
			news[row.Key] = now
		}
		unopened = unopened && told && now.Fate == receipt.Waiting
	}
	if len(news) > 0 {
		f.learned(k.Receipt, news)
		return
	}
	now := time.Now()
	nudge := f.cfg.NotifyExpiring && unopened && f.nudges(k, e.At, now)
	if nudge {
		k.Nudged = true
		k.fill(e, now)
	} else { // nearly always: the payload stays as it is
		e.Next = k.next(e.At, now)
	}
	if f.memory.Put(ctx, e) == nil && nudge { // else somebody has changed it, or the store is down: another time
		f.nudge(ctx, k.Receipt)
	}
}

// nudges says whether it is time for its creator to hear that it ends unopened.
func (f *follower) nudges(k kept, made, now time.Time) bool {
	at := k.nudgeAt(made)
	return !at.IsZero() && !now.Before(at) && now.Before(k.Receipt.Ends()) && k.Receipt.Count(receipt.Row.Out) > 0
}

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

// toTheEnd is for what the follower has begun to say, also while the process is
// stopping: as long as that waits for the work of people.
func (b *Bot) toTheEnd() (context.Context, context.CancelFunc) {
	return context.WithTimeout(b.work.context(), 2*slackapi.PostTimeout)
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

// nudge tells its creator that nobody has opened it yet.
func (f *follower) nudge(ctx context.Context, r receipt.Receipt) {
	if _, posted := f.slack.Post(ctx, r.Creator, f.words(r.Creator).UnopenedNews(r, f.seal.Sign(text.ActionBurnKept, pointer{ID: r.ID, Creator: r.Creator}), f.seal.Sign(receipt.ActionReopen, receipt.Opener{Creator: r.Creator})), ""); !posted.OK() {
		f.log.Warn("creator not told that it ends", zap.String("code", string(posted.Code)), zap.String("fingerprint", r.Fingerprint()))
	}
}

var (
	errNotWritten = errors.New("receipt could not be written")
	errNoAnswer   = errors.New("OneTimeSecret gave no answer about a secret")
)

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
