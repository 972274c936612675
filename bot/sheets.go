package bot

import (
	"sync"
	"time"

	"otsbot/bot/internal/receipt"
)

// receipts sees to it that each receipt has one writer at a time, in this
// process, and that the next one starts from where it ended: what a pressed
// button or a form brings along may be older. How it ended is in the memory, or,
// where that could not take it, here.
type receipts struct {
	mu  sync.Mutex
	all map[string]*sheet // by Receipt.ID
}

// sheet is what is remembered of one receipt.
type sheet struct {
	busy   chan struct{}    // closed when its writer is done; nil if it has none
	change int              // the newest that was written
	newest *receipt.Receipt // while somebody may still have an older one on the screen
	forget []*time.Timer
}

const (
	// keysKept is for how long a receipt is remembered after a change; its
	// message has it.
	keysKept = 10 * time.Minute
	// changeKept is for how long it is remembered that a receipt changed, so
	// that a form from before the change is not taken for the newest.
	changeKept = 24 * time.Hour
)

// hold claims a receipt, or returns false if somebody keeps it for longer than
// limit.
func (r *receipts) hold(id string, limit time.Duration) (*sheet, bool) {
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	for {
		s, free := r.claim(id)
		if free == nil {
			return s, true
		}
		select {
		case <-free:
		case <-timeout.C:
			return nil, false
		}
	}
}

// claim returns the sheet, or what to wait for.
func (r *receipts) claim(id string) (*sheet, chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.all[id]
	if s == nil {
		s = &sheet{}
		if r.all == nil {
			r.all = map[string]*sheet{}
		}
		r.all[id] = s
	}
	if s.busy != nil {
		return nil, s.busy
	}
	s.busy = make(chan struct{})
	return s, nil
}

// release lets the next one write, and sees to it that what isn't of use any
// more is gone after a while.
func (r *receipts) release(id string, s *sheet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(s.busy)
	s.busy = nil
	for _, timer := range s.forget {
		timer.Stop()
	}
	s.forget = nil
	if s.change == 0 {
		delete(r.all, id)
		return
	}
	later := func(after time.Duration, f func()) {
		s.forget = append(s.forget, time.AfterFunc(after, func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			if s.busy == nil {
				f()
			}
		}))
	}
	later(keysKept, func() { s.newest = nil })
	later(changeKept, func() { delete(r.all, id) })
}

// newest is a receipt as it was last written, or errChanged if it is only known
// that it has changed. With several people that matters: somebody may have a
// secret by now that it doesn't show. One secret alone is asked about anew.
func (r *receipts) newest(was receipt.Receipt) (receipt.Receipt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch s := r.all[was.ID]; {
	case s == nil:
	case s.newest != nil && s.change >= was.Change:
		return s.newest.Copy(), nil
	case s.change > was.Change && was.To.Sort == receipt.ToPeople:
		return was, errChanged
	}
	return was.Copy(), nil
}
