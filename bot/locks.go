package bot

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/memory"
)

// locks see to it that of several replicas with one store only one does a thing.
// A store that can't be asked holds up nobody: what was to be told it, it is told
// when it can be.
type locks struct {
	*telemetry
	memory *memory.Memory

	mu   sync.Mutex
	owed []func(context.Context) error // what the store could not be told, see settle
}

const (
	// lockLease is when a lock is free again if its replica died.
	lockLease = 30 * time.Second
	// lockWait is how long a writer waits for one on another replica.
	lockWait = 20 * time.Second
	// leaseSoon is when a store that didn't answer is asked again, at first:
	// another replica may be about to ask it the same. leaseAgain is when in the end.
	leaseSoon  = 20 * time.Millisecond
	leaseAgain = time.Second
	// maxOwed bounds what the store is still to be told.
	maxOwed = 10_000
)

// lock holds a receipt over all replicas, where there may be others.
func (l *locks) lock(ctx context.Context, id string) (unlock func(), ok bool) {
	if !l.memory.Shared() {
		return func() {}, true
	}
	return l.hold(ctx, "receipt "+id, lockWait)
}

// hold takes a lock by its name and keeps it until release. It is false if another
// has it for as long as the wait; a store that can't be asked holds up nobody.
func (l *locks) hold(ctx context.Context, name string, wait time.Duration) (release func(), ok bool) {
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	held, err := l.memory.Lock(waiting, name, lockLease)
	if errors.Is(err, memory.ErrHeld) {
		return func() {}, false
	}
	return l.keep(ctx, lease{name: name, lasts: lockLease, unanswered: err != nil, extend: held.Extend,
		end: func(ctx context.Context) error {
			err := held.Release(ctx)
			if errors.Is(err, memory.ErrChanged) { // perhaps since it was given back before, by a write without an answer
				return nil
			}
			return err
		}}), true
}

// lease is what this replica has for a while, or may have: nobody knows what became
// of a write that was not answered.
type lease struct {
	name       string
	lasts      time.Duration
	unanswered bool
	extend     func(context.Context, time.Duration) error
	end        func(context.Context) error // gives it back, or says that it is done
}

// keep extends a lease until it is ended. That waits for the store's answer, so
// that nothing comes after the end.
func (l *locks) keep(ctx context.Context, has lease) (end func()) {
	ctx = context.WithoutCancel(ctx)
	var lost sync.Once
	told := func(err error) error {
		if errors.Is(err, memory.ErrChanged) {
			lost.Do(func() {
				l.log.Warn("a lease is another replica's: both may do the same", zap.String("lease", has.name))
			})
		}
		return err
	}
	stopped, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		defer l.survive("lease")
		next, again := has.lasts/4, leaseSoon
		if has.unanswered {
			next = again
		}
		for {
			select {
			case <-time.After(next):
			case <-stopped:
				return
			}
			switch err := told(has.extend(ctx, has.lasts)); {
			case err == nil:
				next, again = has.lasts/4, leaseSoon
			case unanswered(err):
				next, again = again, min(2*again, leaseAgain)
			default:
				return
			}
		}
	}()
	return func() {
		close(stopped)
		<-ended
		end := func(ctx context.Context) error { return told(has.end(ctx)) }
		if unanswered(end(ctx)) {
			l.owe(end)
		}
	}
}

// unanswered says whether the store is still to be told: it did not take it, or
// nobody knows. A full one has no room for that, and receipts wait for what there
// will be.
func unanswered(err error) bool {
	return err != nil && !errors.Is(err, memory.ErrChanged) && !errors.Is(err, memory.ErrFull)
}

// owe notes what the store could not be told.
func (l *locks) owe(end func(context.Context) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.owed = append(l.owed, end)
	l.owed = l.owed[max(0, len(l.owed)-maxOwed):] // leases end by themselves
}

// settle tells the store what it could not be told before, until it can't again.
func (l *locks) settle(ctx context.Context) {
	l.mu.Lock()
	owed := l.owed
	l.owed = nil
	l.mu.Unlock()
	for i, end := range owed {
		if unanswered(end(ctx)) {
			l.mu.Lock()
			l.owed = append(owed[i:], l.owed...)
			l.mu.Unlock()
			return
		}
	}
}
