package bot

import (
	"context"
	"math/rand/v2"
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
	alone   time.Time     // when a missing one was last asked about, alone
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
	taken := time.Now()
	due, err := f.memory.Due(ctx, n, lease)
	if err != nil || len(due) == 0 {
		return followIdle
	}
	if err := f.look(ctx, due, taken, lease); err != nil {
		f.trouble = min(max(2*f.trouble, 15*time.Second), maxFollowPause)
		pause = max(f.trouble, min(otsclient.RetryAfter(err), maxFollowPause))
		f.log.Info("following pauses", zap.Error(err), zap.Duration("pause", pause))
		return pause
	}
	f.trouble = 0
	if f.atOnce {
		return atOncePace
	}
	return onePace
}

// look asks about the secrets of some entries, and does what follows as long as
// they are left to it.
func (f *follower) look(ctx context.Context, due []memory.Entry, taken time.Time, lease time.Duration) error {
	all := make([]kept, len(due))
	var ended []func() // requests
	for i := range due {
		if r, ok := readRequest(due[i]); ok {
			ended = append(ended, func() { f.requestEnded(&due[i], r) })
			continue
		}
		all[i] = readKept(due[i])
		f.metrics.followLag.Observe(taken.Sub(due[i].Next).Seconds())
	}
	found, err := f.ask(ctx, all)
	var todo []func()
	var waits []memory.Entry // most: they are written together
	for i, k := range all {
		if k.Receipt.ID == "" {
			continue
		}
		e, now := &due[i], time.Now()
		switch news, unopened, left := k.told(found); {
		case len(news) > 0:
			todo = append(todo, func() { f.learned(k.Receipt, news); f.soon(ctx, e.ID, left) })
		case unopened && f.nudges(k, e.At, now):
			todo = append(todo, func() { f.nudge(ctx, e, k) })
		default:
			e.Next = k.again(e.At, now, left)
			waits = append(waits, *e)
		}
	}
	if len(waits) > 0 {
		_ = f.memory.Later(ctx, waits) // else the store is down, and their lease ends
	}
	todo = append(todo, ended...)
	each(len(todo), func(i int) {
		if time.Since(taken) < lease/2 {
			todo[i]()
		}
	})
	return err
}

// ask asks about all that is out, and returns what it found, by metadata key. Its
// error says that the next question would end like that, too.
func (f *follower) ask(ctx context.Context, all []kept) (map[string]receipt.Seen, error) {
	var keys []otsclient.Key
	for _, k := range all {
		for _, row := range k.Receipt.Rows {
			if row.Live() {
				keys = append(keys, row.MetadataKey())
			}
		}
	}
	found := make(map[string]receipt.Seen, len(keys))
	err := f.states(ctx, keys, found)
	if err == nil && len(found) < len(keys) {
		err = f.askAlone(ctx, all, found)
	}
	return found, err
}

// states asks about secrets: at once, or one after the other with a pause in
// between.
func (f *follower) states(ctx context.Context, keys []otsclient.Key, found map[string]receipt.Seen) error {
	some := max(len(keys), 1)
	if !f.atOnce {
		some = 1
	}
	for i := 0; i < len(keys); i += some {
		if i > 0 {
			select {
			case <-time.After(onePace):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		told, err := f.vault.states(ctx, keys[i:i+some])
		f.atOnce = f.vault.ots.AsksManyAtOnce() && (f.atOnce || err == nil)
		for _, meta := range told {
			found[meta.Key.Reveal()] = f.vault.seen(meta)
		}
		switch {
		case err != nil && some == 1 && otsclient.Stumbled(err): // the others are none the worse for it
			f.log.Warn("read metadata", zap.Error(err), zap.String("fingerprint", keys[i].Fingerprint()))
			found[keys[i].Reveal()] = receipt.Seen{Fate: receipt.NoAnswer}
		case err != nil:
			return err
		}
	}
	return nil
}

// askAlone asks once more about one of the secrets that are missing from a whole
// answer, alone: only then does the server not know it. One that forgot all is
// asked once a second, and about any of them, so that one that it never answers
// for keeps nobody waiting.
func (f *follower) askAlone(ctx context.Context, all []kept, found map[string]receipt.Seen) error {
	if time.Since(f.alone) < onePace {
		return nil
	}
	var of receipt.Receipt
	var missing receipt.Row
	n := 0
	for _, k := range all {
		for _, row := range k.Receipt.Rows {
			if _, told := found[row.Key]; !told && row.Live() && !k.isMissed(row) {
				if n++; rand.IntN(n) == 0 { // each with the same chance
					of, missing = k.Receipt, row
				}
			}
		}
	}
	if n == 0 {
		return nil
	}
	f.alone = time.Now()
	now, err := f.vault.ask(ctx, of, missing)
	if err != nil && !otsclient.Stumbled(err) {
		return err
	}
	found[missing.Key] = now
	return nil
}

// isMissed says of a secret that it was asked about alone, and is known to be one
// that the server doesn't know. Until its end there is no more to learn from that,
// nor at all of one that had outlived it.
func (k kept) isMissed(row receipt.Row) bool {
	return row.Fate == receipt.NotFound && (time.Now().Before(k.Receipt.Ends()) || row.Forgotten())
}

// isNews says of what was found that there is something to do: the receipt is to
// say it, or it is to be burned.
func (k kept) isNews(row receipt.Row, now receipt.Seen) bool {
	switch now.Fate {
	case receipt.NotFound:
		return row.Fate != receipt.NotFound
	case receipt.Waiting:
		return row.Fate == receipt.NotFound // the server has it again
	case receipt.Overdue:
		return row.Fate != receipt.Overdue || isToEnd(k.Receipt, now)
	}
	return now.Fate.Final()
}

// told sorts what was found of its secrets that are out: which are over or can't
// be found, whether all wait to be opened, and whether one was left without a
// question.
func (k kept) told(found map[string]receipt.Seen) (news map[string]receipt.Seen, unopened, left bool) {
	waiting, others := 0, 0
	for _, row := range k.Receipt.Rows {
		now, told := found[row.Key]
		now = k.Receipt.Dated(now)
		if !row.Live() || !told && k.isMissed(row) {
			continue
		}
		if k.isNews(row, now) {
			if news == nil {
				news = map[string]receipt.Seen{}
			}
			news[row.Key] = now
		}
		if now.Fate.Waits() {
			waiting++
		} else {
			others++
		}
		left = left || !told
	}
	return news, waiting > 0 && others == 0, left
}

// soon has another look at one of whose secrets some were left, if so, or could not
// be burned, which changes nothing.
func (f *follower) soon(ctx context.Context, id string, left bool) {
	_ = f.memory.Update(ctx, id, func(e *memory.Entry) error { // else it is looked at later
		if k := readKept(*e); !e.Next.IsZero() && (left || k.Receipt.Overdue()) {
			e.Next = k.again(e.At, time.Now(), left)
		}
		return nil
	})
}
