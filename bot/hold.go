package bot

import (
	"slices"
	"sync"
	"time"
)

// receipts sees to it that one thing at a time changes a group's receipt, in
// this process, and that the next one starts from where it ended: what a
// pressed button brings along may be older. Across replicas the later change
// wins; Check all puts that right.
type receipts struct {
	mu     sync.Mutex
	busy   map[place]chan struct{} // closed when it is free again
	latest facts[group]
}

// holdTime is how long a press waits for another: most are over sooner, and
// with openTime after it the ack must still be inside three seconds.
const holdTime = 500 * time.Millisecond

// hold claims the group's receipt and brings the group up to date, or returns
// false if somebody keeps it.
func (r *receipts) hold(g *group) bool {
	timeout := time.NewTimer(holdTime)
	defer timeout.Stop()
	for {
		free := r.claim(g.At)
		if free == nil {
			break
		}
		select {
		case <-free:
		case <-timeout.C:
			return false
		}
	}
	// Another replica may have changed the receipt since.
	if latest, ok := r.latest.get(g.At.Channel + g.At.TS); ok && latest.Change > g.Change {
		*g = latest.copied()
	}
	return true
}

// claim returns nil, or what to wait for.
func (r *receipts) claim(at place) chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if free := r.busy[at]; free != nil {
		return free
	}
	if r.busy == nil {
		r.busy = map[place]chan struct{}{}
	}
	r.busy[at] = make(chan struct{})
	return nil
}

func (r *receipts) release(at place) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.busy[at])
	delete(r.busy, at)
}

func (r *receipts) saved(g group) { r.latest.put(g.At.Channel+g.At.TS, g.copied()) }

func (g group) copied() group {
	g.Rows = slices.Clone(g.Rows)
	return g
}

// atOnce bounds the calls that one person's action makes side by side.
const atOnce = 4

// each runs f for 0 to n-1, some side by side, and returns when all have
// ended. A panic in one of them becomes the caller's.
func each(n int, f func(i int)) {
	var wg sync.WaitGroup
	slots, bugs := make(chan struct{}, atOnce), make(chan any, n)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() {
				if bug := recover(); bug != nil {
					bugs <- bug
				}
				<-slots
			}()
			f(i)
		})
	}
	wg.Wait()
	select {
	case bug := <-bugs:
		panic(bug)
	default:
	}
}
