package bot

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/memory"
	"otsbot/bot/internal/receipt"
)

// What the app remembers of receipts, so that it can follow their secrets, list
// them, and write them together with other replicas. Nothing depends on it: a
// receipt's buttons hold all that they need, and what the store can't take now
// waits here until it can.

// kept is a receipt as it is remembered, sealed by package memory.
type kept struct {
	Receipt receipt.Receipt `json:"r"`
	Nudged  bool            `json:"n,omitempty"` // its creator heard that it ends soon, unopened
}

// lastSeen is for how long a secret is remembered past its end, if nobody could
// be asked what became of it.
const lastSeen = 7 * 24 * time.Hour

var errOlder = errors.New("a newer receipt is remembered")

// remember notes a receipt as it was just written, and says whether that is so.
// It waits as long as the store may take, and no longer.
func (l *ledger) remember(ctx context.Context, r receipt.Receipt) bool {
	if r.Count(receipt.Row.Missing) == len(r.Rows) && r.Change <= 1 {
		return false // nothing is stored yet
	}
	if err := l.keep(ctx, r); err != nil && !errors.Is(err, errOlder) {
		l.unkept.add(r)
		l.log.Debug("receipt waits for the store", zap.Error(err))
		return false
	}
	l.unkept.done(r)
	return true
}

// keep stores a receipt over an older one.
func (l *ledger) keep(ctx context.Context, r receipt.Receipt) error {
	now := time.Now()
	fresh := memory.Entry{ID: r.ID, Creator: r.Creator, At: now}
	kept{Receipt: r}.fill(&fresh, now)
	if r.Change <= 1 { // nearly always: one call less
		if err := l.memory.Put(ctx, &fresh); !errors.Is(err, memory.ErrChanged) {
			return err
		}
	}
	err := l.memory.Update(ctx, r.ID, func(e *memory.Entry) error {
		was := readKept(*e)
		if was.Receipt.Change > r.Change {
			return errOlder
		}
		was.Receipt = r
		was.fill(e, now)
		return nil
	})
	if errors.Is(err, memory.ErrNotFound) {
		return l.memory.Put(ctx, &fresh)
	}
	return err
}

func readKept(e memory.Entry) (k kept) {
	_ = json.Unmarshal(e.Payload, &k) // sealed, so ours; an empty one is older than any
	return k
}

// fill writes k into its entry. What is over has no key any more, and isn't
// looked at again.
func (k kept) fill(e *memory.Entry, now time.Time) {
	k.Receipt = k.Receipt.WithoutKeys()
	payload, _ := json.Marshal(k) // strings and numbers
	if k.Receipt.Count(receipt.Row.Live) == 0 {
		e.End(payload, now)
		return
	}
	e.Payload, e.Next, e.Until = payload, k.next(e.At, now), k.Receipt.Ends().Add(lastSeen)
}

// recall is a receipt as it is remembered.
func (l *ledger) recall(ctx context.Context, id string) (receipt.Receipt, bool) {
	if r, ok := l.unkept.get(id); ok {
		return r, true
	}
	e, err := l.memory.Get(ctx, id)
	if err != nil {
		return receipt.Receipt{}, false
	}
	k := readKept(e)
	return k.Receipt, k.Receipt.ID == id
}

// maxListed bounds what is listed of one person.
const maxListed = 500

// listed is what somebody has out, and what ended in the last days, or must have,
// the newest first. complete is false if the store could not be asked.
func (l *ledger) listed(ctx context.Context, creator string) (live, ended []receipt.Receipt, complete bool) {
	entries, err := l.memory.List(ctx, creator, maxListed)
	for _, e := range entries {
		r := readKept(e).Receipt
		if newer, ok := l.unkept.get(e.ID); ok {
			r = newer
		}
		switch {
		case r.ID == "" || r.Creator != creator:
		case r.Count(receipt.Row.Live) > 0 && time.Now().Before(r.Ends()), r.Overdue():
			live = append(live, r)
		default:
			ended = append(ended, r)
		}
	}
	return live, ended, err == nil
}

// maxUnkept bounds what waits for the store.
const maxUnkept = 10_000

// unkept are receipts that the store could not take.
type unkept struct {
	mu  sync.Mutex
	all map[string]receipt.Receipt
}

func (u *unkept) add(r receipt.Receipt) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.all == nil {
		u.all = map[string]receipt.Receipt{}
	}
	if was, ok := u.all[r.ID]; ok && was.Change > r.Change || !ok && len(u.all) >= maxUnkept {
		return
	}
	u.all[r.ID] = r.Copy()
}

func (u *unkept) get(id string) (receipt.Receipt, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	r, ok := u.all[id]
	return r.Copy(), ok
}

// done forgets what is kept by now.
func (u *unkept) done(r receipt.Receipt) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.all[r.ID].Change <= r.Change {
		delete(u.all, r.ID)
	}
}

func (u *unkept) count() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.all)
}

func (u *unkept) waiting() []receipt.Receipt {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Collect(maps.Values(u.all))
}

// storeAgain gives the store what it could not take before, until it can't
// again, and says why.
func (l *ledger) storeAgain(ctx context.Context) error {
	for _, r := range l.unkept.waiting() {
		if err := l.keep(ctx, r); err != nil && !errors.Is(err, errOlder) {
			return err
		}
		l.unkept.done(r)
	}
	return nil
}
