package bot

import (
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot/internal/socketmode"
)

func TestStoppingWaitsForAcksAndNotForWhatFollowsThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorkload(2)
		one, two := w.begin("U1"), w.begin("U2")
		if one == nil || two == nil {
			t.Fatal("there is room for two")
		}
		if w.begin("U3") != nil {
			t.Error("there is room for a third")
		}
		started := time.Now()
		time.AfterFunc(time.Second, w.acked)
		time.AfterFunc(2*time.Second, w.acked)
		if !w.waitAcked(socketmode.AckDeadline) || time.Since(started) != 2*time.Second {
			t.Errorf("waited %v for acks", time.Since(started))
		}
		if w.waitIdle(time.Second) {
			t.Error("idle while two are running")
		}
		w.end(one)
		w.end(two)
		if !w.waitIdle(0) || w.inFlight() != 0 || len(w.ofOne) != 0 {
			t.Error("not idle when all have ended")
		}
		if w.begin("U1") == nil {
			t.Error("there is no room again")
		}
	})
}

func TestWhatIsOlderThanAllItsLimitsHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &Bot{work: newWorkload(2), sockets: socketmode.New(socketmode.Config{}, nil)}
		stuck := b.work.begin("U1")
		for range 3 { // others come and go
			b.work.end(b.work.begin("U2"))
			time.Sleep(overdue / 3)
		}
		if !b.Live() {
			t.Error("called hanging while it may still be working")
		}
		time.Sleep(time.Second)
		if b.Live() {
			t.Error("an interaction hangs, and the process is called live")
		}
		b.work.end(stuck)
		if !b.Live() {
			t.Error("not live, though nothing hangs any more")
		}
	})
}
