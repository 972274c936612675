package memory

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// Lock is a lock that its holder has until it releases it or the lease is over.
type Lock struct {
	// Fence is greater than that of everybody who had the lock before: what
	// they write late can be told by it. 0 if the store didn't say.
	Fence int64

	holding
}

// How long a waiting Lock sleeps before it tries again.
const (
	tryFirst = 5 * time.Millisecond
	tryLast  = 50 * time.Millisecond
)

// Lock takes a lock by its name, over all replicas, for as long as the lease. It
// waits until ctx is done and then returns ErrHeld. With any other error it
// returns a lock all the same, of which nobody knows whether it was taken: Extend
// takes it as soon as the store can be asked, and Release gives it back.
func (m *Memory) Lock(ctx context.Context, name string, lease time.Duration) (*Lock, error) {
	l := &Lock{holding: holding{m: m, kind: kindLock, ids: []string{name}}}
	held := false
	for wait := tryFirst; ; wait = min(2*wait, tryLast) {
		version, err := l.take(ctx, lease)
		switch {
		case err == nil:
			l.Fence = version
			return l, nil
		case errors.Is(err, ErrChanged):
			held = true
		case held: // it was a moment ago, and this try was cut short, or the store went away
			_ = l.Release(context.WithoutCancel(ctx)) // or it ends by itself
			return nil, ErrHeld
		default:
			return l, err
		}
		timer := time.NewTimer(wait/2 + rand.N(wait/2))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, ErrHeld
		case <-timer.C:
		}
	}
}

// Extend keeps the lock for another lease from now. ErrChanged says that the
// lease was over and another has taken it.
func (l *Lock) Extend(ctx context.Context, lease time.Duration) error {
	_, err := l.take(ctx, lease)
	return err
}

// Release gives the lock back. ErrChanged says that the lease was over and
// another has it: what the holder did last may have been beside it.
func (l *Lock) Release(ctx context.Context) error { return l.drop(ctx) }
