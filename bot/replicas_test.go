package bot_test

import (
	"errors"
	"flag"
	"os"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/internal/redistest"
	"otsbot/otsclient/otsfake"
)

// TestMain has all tests begin at once: those that wait for a store, and for real
// seconds, do so while the others work, which take turns for a processor.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.fuzz").Value.String() == "" { // of which it would be the processes
		_ = flag.Set("test.parallel", "1000")
	}
	os.Exit(m.Run())
}

// turns has one place for each bubble that may run: bubbles are only ever busy, and
// more of them than that would take the time of those that run in real seconds.
var turns = make(chan struct{}, runtime.GOMAXPROCS(0)+1)

// inTurn waits for a place, which is free again when the test calls done.
func inTurn() (done func()) {
	turns <- struct{}{}
	return func() { <-turns }
}

// onBoth runs f twice: with one replica, which remembers in memory, and with two
// that share a Redis. Slack then gives what people do to each of them in turn.
func onBoth(t *testing.T, f func(w *world), changes ...func(*bot.Config)) {
	t.Helper()
	onBothOf(t, slackfake.Options{}, f, changes...)
}

// onBothOf is onBoth with another Slack.
func onBothOf(t *testing.T, so slackfake.Options, f func(w *world), changes ...func(*bot.Config)) {
	t.Helper()
	t.Run("one replica", func(t *testing.T) {
		t.Parallel()
		inWorldOf(t, so, otsfake.Options{}, f, changes...)
	})
	t.Run("two replicas", func(t *testing.T) {
		t.Parallel()
		inReplicas(t, so, f, changes...)
	})
}

// inReplicas runs f in a bubble with two replicas that share a Redis. That is a
// real one: the bubble's time stands still while somebody waits for it.
func inReplicas(t *testing.T, so slackfake.Options, f func(w *world), changes ...func(*bot.Config)) {
	t.Helper()
	defer inTurn()()
	redis := redistest.New(t) // outside of the bubble
	shared := func(c *bot.Config) {
		c.StoreURL, c.StoreTimeout, c.Connections = redis.URL("otsbot"), 10*time.Second, 1
		c.KeepTimeBy(time.Now)
	}
	ahead := aheadOfRedis()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(ahead))
		w := newWorld(t, so, otsfake.Options{}, append([]func(*bot.Config){shared}, changes...)...)
		w.redis = redis
		w.runAnother()
		w.plays(f)
	})
}

// aheadOfRedis is when a bubble with a Redis begins. Redis drops by its own time
// what is over, and that goes on while the bubble's stands still, an hour at most.
func aheadOfRedis() time.Time { return time.Now().Add(time.Hour).Round(0) }

// runAnother starts one more replica, which ends with the first.
func (w *world) runAnother() {
	w.Helper()
	first, registries := w.stop, w.registries
	w.run()
	second := w.stop
	w.stop = func() error {
		ended := make(chan error, 1)
		go func() { ended <- first() }()
		err := second()
		return errors.Join(<-ended, err)
	}
	w.registries = append(registries, w.registries...)
	if err := w.slack.WaitConnected(w.Context(), 2); err != nil {
		w.Fatal(err)
	}
	synctest.Wait()
}
