package bot

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatFollowsNeverOvertakesTheAck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		written := false
		late := patiently(2*time.Second, func() { time.Sleep(time.Second); written = true }) // a slow socket
		time.Sleep(2500 * time.Millisecond)
		if !late() || !written {
			t.Error("the outcome would have gone out before the ack was written")
		}
		if !late() {
			t.Error("asked again, it says something else")
		}
		early := patiently(2*time.Second, func() { t.Error("acked as late, though it was in time") })
		time.Sleep(time.Second)
		if early() {
			t.Error("in time is late")
		}
		time.Sleep(5 * time.Second)
	})
}
