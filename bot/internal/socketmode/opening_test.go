package socketmode

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

func TestOpeningsKeepWithinTheirLimits(t *testing.T) {
	o, now := newOpenings(), time.Unix(1_000_000, 0)
	var calls []time.Time
	for range 200 {
		if wait := o.claim(now); wait > 0 {
			now = now.Add(wait)
			continue
		}
		calls = append(calls, now)
		now = now.Add(time.Duration(rand.IntN(300)) * time.Millisecond)
	}
	for _, limit := range []struct {
		calls int
		span  time.Duration
	}{{5, 10 * time.Second}, {20, time.Minute}} {
		for i := limit.calls; i < len(calls); i++ {
			if span := calls[i].Sub(calls[i-limit.calls]); span < limit.span {
				t.Errorf("%d calls in %v, allowed are %d in %v", limit.calls+1, span, limit.calls, limit.span)
			}
		}
	}
	if len(o.past) > 20 {
		t.Errorf("%d calls are remembered", len(o.past))
	}
	if len(calls) < 50 {
		t.Errorf("only %d of 200 tries were allowed", len(calls))
	}
}

func TestPausesGrowAndEnd(t *testing.T) {
	var b backoff
	for i := range 20 {
		wait := b.after("not_opened", time.Second)
		if most := min(firstPause<<i, maxPause); wait > most || wait < most/2 {
			t.Errorf("pause %d is %v, want between %v and %v", i+1, wait, most/2, most)
		}
	}
	if wait := b.after("refresh_requested", time.Hour); wait != 0 {
		t.Errorf("a planned refresh waits %v", wait)
	}
	if wait := b.after("warning", time.Second); wait > firstPause || wait < firstPause/2 {
		t.Errorf("after a steady socket the pause starts at %v", wait)
	}
	if wait := b.after("closed", steady-1); wait <= firstPause/2 {
		t.Errorf("a socket that didn't last is followed after %v", wait)
	}
	var c backoff
	if wait := c.after("link_disabled", time.Hour); wait < 2*time.Second {
		t.Errorf("a disabled link is tried again after %v", wait)
	}
}

func TestReplicasDoNotComeBackInStep(t *testing.T) {
	pauses := map[time.Duration]bool{}
	for range 20 {
		pauses[new(backoff).after("not_opened", 0)] = true
	}
	if len(pauses) < 2 {
		t.Error("the first pause is the same each time")
	}
}

func TestWaitingForAnOpeningEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOpenings()
		for range 5 {
			if err := o.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		started := time.Now()
		if err := o.wait(ctx); err == nil || time.Since(started) != time.Second {
			t.Errorf("%v after %v", err, time.Since(started))
		}
	})
}
