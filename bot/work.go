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

// workload counts what is being worked on, so that stopping can wait for it.
type workload struct {
	slots chan struct{}

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at every change
	ctx     context.Context
	unacked int
	running int
	open    map[string]int // fingerprints of secrets created and not yet delivered or burned
}

func newWorkload(limit int) *workload {
	return &workload{
		slots:   make(chan struct{}, limit),
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

// begin claims a slot, or says that there is none.
func (w *workload) begin() (ctx context.Context, ok bool) {
	select {
	case w.slots <- struct{}{}:
	default:
		return nil, false
	}
	w.change(func() { w.running++; w.unacked++; ctx = w.ctx })
	return ctx, true
}

func (w *workload) inFlight() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.running
}

func (w *workload) acked() { w.change(func() { w.unacked-- }) }

func (w *workload) end() {
	w.change(func() { w.running-- })
	<-w.slots
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
	return w.wait(limit, func() bool { return w.running == 0 })
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
