package memory

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// One answer that was late makes all that begin meanwhile fail. What must not be
// done twice for that waits a moment, and nobody waits for a Redis that is away.
func TestWhoeverAwaitsARedisWaitsAMoment(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		down, after, waits time.Duration
		up                 bool
	}{
		"up":                   {0, 0, 0, true},
		"up again soon":        {30 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, true},
		"away, since just now": {time.Hour, 10 * time.Millisecond, moment - 10*time.Millisecond, false},
		"away for longer":      {time.Hour, moment, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var b breaker
				back := time.Now().Add(c.down)
				b.start(func(ctx context.Context) error {
					select {
					case <-time.After(time.Until(back)):
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				})
				defer b.end()
				if c.down > 0 {
					want(t, b.trip(errTime), ErrDown)
				}
				time.Sleep(c.after)
				start := time.Now()
				b.await(ctx)
				if took := time.Since(start); took != c.waits {
					t.Fatalf("waited %v", took)
				}
				if _, err := b.health(); (err == nil) != c.up {
					t.Fatal(err)
				}
			})
		})
	}
}
