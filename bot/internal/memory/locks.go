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
	// they write late can be told by it.
	Fence int64

	m       *Memory
	key     key
	version int64
}

// How long a waiting Lock sleeps before it tries again.
const (
	tryFirst = 5 * time.Millisecond
	tryLast  = 50 * time.Millisecond
)

// Lock takes a lock by its name, over all replicas, for as long as the lease. It
// waits until ctx is done and then returns ErrHeld.
func (m *Memory) Lock(ctx context.Context, name string, lease time.Duration) (*Lock, error) {
	k, err := m.key(ctx, kindLock, name)
	if err != nil {
		return nil, err
	}
	held := false
	for wait := tryFirst; ; wait = min(2*wait, tryLast) {
		r := record{key: k, until: m.in(lease), value: m.seal(k, nil)}
		version, err := m.store.write(ctx, m.now(), []write{{record: r}})
		if err == nil {
			return &Lock{Fence: version, m: m, key: k, version: version}, nil
		}
		switch {
		case errors.Is(err, ErrChanged):
			held = true
		case held && ctx.Err() != nil: // the last try was cut short
			return nil, ErrHeld
		default:
			return nil, err
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
	r := record{key: l.key, until: l.m.in(lease), value: l.m.seal(l.key, nil)}
	version, err := l.m.store.write(ctx, l.m.now(), []write{{record: r, was: l.version}})
	if err == nil {
		l.version = version
	}
	return err
}

// Release gives the lock back. ErrChanged says that the lease was over and
// another has it: what the holder did last may have been beside it.
func (l *Lock) Release(ctx context.Context) error {
	w := write{record: record{key: l.key}, was: l.version, drop: true}
	_, err := l.m.store.write(ctx, l.m.now(), []write{w})
	return err
}
