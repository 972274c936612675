package bot_test

import (
	"testing"
	"time"

	"otsbot/bot/slackfake"
)

func TestARateLimitHoldsBackItsOwnKindAlone(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, RetryAfter: 10 * time.Second, Times: 1})
		for range 5 {
			go func() { _, _ = w.slack.Command(w.Context(), ana, general, "/secret", "hunter2") }()
			time.Sleep(time.Second)
		}
		started := time.Now()
		w.command(ana, random, "elsewhere")
		if took := time.Since(started); took > 0 || len(w.messages(ben, random)) != 1 {
			t.Errorf("another channel waited %v", took)
		}
		w.settle(time.Minute)
		if n := len(w.messages(ben, general)); n != 5 {
			t.Errorf("%d links after the wait, want 5", n)
		}
		var refused time.Time
		for _, c := range w.slack.Calls("chat.postMessage") {
			switch {
			case c.Channel != general:
			case c.Status == 429:
				refused = c.At
			case c.At.Before(refused.Add(10 * time.Second)):
				t.Errorf("a call after %v, though Slack asked for ten seconds", c.At.Sub(refused))
			}
		}
		if refused.IsZero() {
			t.Error("Slack refused nothing")
		}
	})
}
