package socketmode

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// once makes sure that what a person did is done once. Slack redelivers an
// envelope whose ack it did not see, slash commands too, and it is open
// whether the envelope id stays the same. So both ids count, the envelope's
// and the trigger's. Never the view's id or hash: a corrected form keeps them.
//
// A duplicate gets the first one's ack again, as soon as there is one.
//
// This holds within a process. Across processes a window remains: the ack was
// lost and another replica gets the envelope.
type once struct {
	mu      sync.Mutex
	now     map[claim]*answer
	before  map[claim]*answer
	rotated time.Time
	held    atomic.Int64 // bytes of payloads kept for a redelivery
}

const (
	// remembered is for how long at least an envelope is known. Slack
	// redelivers within seconds, events within five minutes; replays after up
	// to an hour have been seen.
	remembered = time.Hour
	// rememberedKeys bounds the memory: two generations of so many keys, in
	// all some 15 MB.
	rememberedKeys = 1 << 16
	// repeatable is for how long an ack is repeated with its payload, which may
	// hold what somebody typed or a passphrase. Later ones only close the
	// envelope: nobody waits for what they say.
	repeatable = 30 * time.Second
	// maxHeld bounds those payloads.
	maxHeld = 8 << 20
)

// claim stands for a key in a few bytes: trigger ids are kept nowhere.
type claim [16]byte

func claimOf(key string) claim {
	sum := sha256.Sum256([]byte(key))
	return claim(sum[:16])
}

func newOnce() *once {
	return &once{now: map[claim]*answer{}, before: map[claim]*answer{}}
}

// answer is what an envelope was, or will be, acked with.
type answer struct {
	mu      sync.Mutex
	given   bool
	payload json.RawMessage
	drop    *time.Timer   // ends the payload
	held    *atomic.Int64 // the bytes of all payloads
	waiting []arrival
}

// first claims the keys. If one of them is known already, it returns the
// answer of the envelope that had it, and false.
func (o *once) first(keys ...string) (*answer, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if now := time.Now(); len(o.now) >= rememberedKeys || now.Sub(o.rotated) > remembered {
		o.before, o.now, o.rotated = o.now, map[claim]*answer{}, now
	}
	found := (*answer)(nil)
	for _, key := range keys {
		if a := cmp.Or(o.now[claimOf(key)], o.before[claimOf(key)]); a != nil {
			found = a
		}
	}
	isFirst := found == nil
	if isFirst {
		found = &answer{held: &o.held}
	}
	for _, key := range keys {
		o.now[claimOf(key)] = found
	}
	return found, isFirst
}

// forget gives up a claim: the envelope will be handled when it comes again.
func (o *once) forget(keys ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, key := range keys {
		delete(o.now, claimOf(key))
		delete(o.before, claimOf(key))
	}
}

// ErrAcked is what an ack returns that came second.
var ErrAcked = errors.New("envelope was acked already")

// give acks the first arrival and every duplicate that came before it. Only
// the first call counts.
func (a *answer) give(to arrival, payload json.RawMessage) error {
	a.mu.Lock()
	if a.given {
		a.mu.Unlock()
		return ErrAcked
	}
	a.given = true
	a.keep(payload)
	waiting := a.waiting
	a.waiting = nil
	a.mu.Unlock()
	err := to.conn.ack(to.id, payload)
	for _, d := range waiting {
		if d.conn.ack(d.id, payload) == nil {
			err = nil // Slack has its answer, if on another arrival
		}
	}
	return err
}

// change sets what duplicates are acked with from now on: "still working" would
// overwrite the outcome that has followed.
func (a *answer) change(payload json.RawMessage) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keep(payload)
}

// keep keeps a payload for a redelivery, for repeatable and if there is room.
// Called with the lock held.
func (a *answer) keep(payload json.RawMessage) {
	a.let()
	size := int64(len(payload))
	if size == 0 || a.held.Add(size) > maxHeld {
		a.held.Add(-size)
		return
	}
	a.payload = payload
	var timer *time.Timer
	timer = time.AfterFunc(repeatable, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.drop == timer {
			a.let()
		}
	})
	a.drop = timer
}

// let lets the payload go. Called with the lock held.
func (a *answer) let() {
	if a.drop != nil {
		a.drop.Stop()
	}
	a.held.Add(-int64(len(a.payload)))
	a.payload, a.drop = nil, nil
}

// repeat acks a duplicate like the first arrival, now or once that was acked.
func (a *answer) repeat(d arrival) {
	a.mu.Lock()
	given, payload := a.given, a.payload
	if !given {
		a.waiting = append(a.waiting, d)
	}
	a.mu.Unlock()
	if given {
		_ = d.conn.ack(d.id, payload)
	}
}
