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
	"otsbot/bot/internal/seal"
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

// follower looks at what is out by itself, on one goroutine.
type follower struct {
	*voice
	memory   *memory.Memory
	vault    *vault
	ledger   *ledger
	requests *requests // which end, too
	seal     *seal.Keys
	nudging  bool // creators hear that what they shared ends unopened

	trouble time.Duration // the pause for it, which grows
	atOnce  bool          // the server is seen to tell many at once

	// Of one round: secrets that were asked about alone, and whether one of them
	// got no answer.
	alone      atomic.Int32
	unanswered atomic.Bool
}

// follow looks at what is due until ctx is done.
func (f *follower) follow(ctx context.Context) {
	for ctx.Err() == nil {
		pause := f.round(ctx)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
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
	f.atOnce = f.vault.ots.AsksManyAtOnce() && (f.atOnce || err == nil)
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
	return !f.nudges(k, made, now)
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
		meta, err := f.vault.states(ctx, part)
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
	nudge := unopened && f.nudges(k, e.At, now)
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

var errNoAnswer = errors.New("OneTimeSecret gave no answer about a secret")
