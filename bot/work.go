package bot

import (
	"context"
	"sync"
	"time"
)

// maxInFlight bounds the interactions worked on at once. Past it people are
// told "busy, nothing was stored" rather than kept waiting: OneTimeSecret
// needs 5 to 40 ms a secret and Slack allows about one message a second and
// channel, so a longer queue would only outlive its triggers.
const maxInFlight = 256

// maxOfOne is how many of those one person may have, or all events together that no
// person did: a flood leaves room for others. Nobody's hands come near it.
const maxOfOne = maxInFlight / 8

// overdue is more than all limits of an interaction together: twenty people one
// after the other, each with a call that stores, two that post and one that
// burns. What is older hangs.
const overdue = 30 * time.Minute

// workload counts what is being worked on, so that stopping can wait for it.
type workload struct {
	limit int

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at every change
	ctx     context.Context
	unacked int
	running map[*job]struct{}
	ofOne   map[string]int // how many each person has
	open    map[string]int // fingerprints of secrets created and not yet delivered or burned
}

// job is one interaction that is worked on.
type job struct {
	ctx   context.Context
	user  string
	since time.Time
}

func newWorkload(limit int) *workload {
	return &workload{
		limit:   limit,
		running: map[*job]struct{}{},
		ofOne:   map[string]int{},
		changed: make(chan struct{}),
		ctx:     context.Background(),
		open:    map[string]int{},
	}
}

func (w *workload) context() context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ctx
}

func (w *workload) start(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ctx = ctx
}

// change runs f under the lock and wakes whoever waits.
func (w *workload) change(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
	close(w.changed)
	w.changed = make(chan struct{})
}

// begin claims a place for what a person did, or returns nil if there is none
// for them.
func (w *workload) begin(user string) (j *job) {
	w.change(func() {
		if len(w.running) >= w.limit || w.ofOne[user] >= maxOfOne {
			return
		}
		j = &job{w.ctx, user, time.Now()}
		w.running[j] = struct{}{}
		w.ofOne[user]++
		w.unacked++
	})
	return j
}

// hangs says whether something is worked on that should long have ended.
func (w *workload) hangs() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for j := range w.running {
		if time.Since(j.since) > overdue {
			return true
		}
	}
	return false
}

func (w *workload) inFlight() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.running)
}

func (w *workload) acked() { w.change(func() { w.unacked-- }) }

func (w *workload) end(j *job) {
	w.change(func() {
		delete(w.running, j)
		if w.ofOne[j.user]--; w.ofOne[j.user] == 0 {
			delete(w.ofOne, j.user)
		}
	})
}

// created and settled bracket the time in which a secret exists that nobody
// has been told about.
func (w *workload) created(fingerprint string) { w.change(func() { w.open[fingerprint]++ }) }
func (w *workload) settled(fingerprint string) { w.change(func() { delete(w.open, fingerprint) }) }

func (w *workload) leftovers() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var left []string
	for fingerprint := range w.open {
		left = append(left, fingerprint)
	}
	return left
}

func (w *workload) waitAcked(limit time.Duration) bool {
	return w.wait(limit, func() bool { return w.unacked == 0 })
}

func (w *workload) waitIdle(limit time.Duration) bool {
	return w.wait(limit, func() bool { return len(w.running) == 0 })
}

func (w *workload) wait(limit time.Duration, cond func() bool) bool {
	timeout := time.NewTimer(max(limit, 0))
	defer timeout.Stop()
	for {
		w.mu.Lock()
		done, changed := cond(), w.changed
		w.mu.Unlock()
		if done {
			return true
		}
		select {
		case <-changed:
		case <-timeout.C:
			return false
		}
	}
}
