package socketmode

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// openings limits how often apps.connections.open is called, whatever the
// reason: Slack allows about 50 a minute for the whole app, every replica
// counted, and a refused app must not hammer it.
type openings struct {
	mu   sync.Mutex
	past []time.Time // the newest calls, oldest first, at most 20
}

// openingLimits: at most calls within the span.
var openingLimits = [...]struct {
	calls int
	span  time.Duration
}{{5, 10 * time.Second}, {20, time.Minute}}

func newOpenings() *openings { return &openings{} }

// wait returns when one more call is allowed, and counts it.
func (o *openings) wait(ctx context.Context) error {
	for {
		pause := o.claim(time.Now())
		if pause <= 0 {
			return nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// claim counts a call at now, or says how long to wait before asking again.
func (o *openings) claim(now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, limit := range openingLimits {
		if len(o.past) < limit.calls {
			continue
		}
		earliest := o.past[len(o.past)-limit.calls].Add(limit.span)
		if earliest.After(now) {
			return earliest.Sub(now)
		}
	}
	o.past = append(o.past, now)
	if most := openingLimits[len(openingLimits)-1].calls; len(o.past) > most {
		o.past = o.past[1:]
	}
	return 0
}

const (
	firstPause = 500 * time.Millisecond
	maxPause   = 30 * time.Second
	// steady is how long a socket must have lived for its end to count as a
	// refresh and not as a failure.
	steady = 10 * time.Second
)

// backoff is the growing pause before the next try of one keeper.
type backoff struct{ failures int }

// after says how long to pause once a socket ended for reason, having lived
// for that long. A planned refresh is followed at once.
func (b *backoff) after(reason string, lived time.Duration) time.Duration {
	switch reason {
	case renewed:
		return 0
	case "link_disabled", "too_many_websockets":
		// Slack will say the same again until somebody acts.
		b.failures = max(b.failures+1, 4)
	case "warning", "refresh_requested", "silent", "closed":
		if lived >= steady {
			b.failures = 0
			return 0
		}
		b.failures++
	default:
		b.failures++
	}
	pause := min(firstPause<<min(b.failures-1, 10), maxPause)
	return pause/2 + rand.N(pause/2+1) // jitter: replicas must not come back in step
}

// FatalError says that Slack refuses this app until somebody mends its
// settings: trying again cannot help.
type FatalError struct {
	Code string // Slack's own word
	Mend string // which setting or scope, in words
}

func (e *FatalError) Error() string { return fmt.Sprintf("Slack says %s: %s", e.Code, e.Mend) }
