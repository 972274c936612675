package bot_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

const othersHold = "the app has connections that this process didn't open"

// another starts one more replica beside the world's own.
func (w *world) another() (stop func()) {
	w.Helper()
	cfg := w.cfg
	cfg.Metrics = nil
	b, err := bot.New(cfg)
	if err != nil {
		w.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	return func() { cancel(); <-ended }
}

func TestConnectionsOfOthersAreSaidOnceAndCounted(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.KillConnections() // ours alone, cut and opened again
		w.settle(time.Minute)
		lacks(t, w.logs.String(), othersHold)
		contains(t, w.scrape(), "otsbot_app_connections 2")

		stop := w.another()
		w.settle(time.Minute)
		for range 4 { // each refreshes one of its own, and then the other
			w.settle(5 * time.Minute)
			w.slack.Disconnect("warning", w.slack.ConnectionNumbers()[0])
		}
		w.settle(time.Minute)
		contains(t, w.scrape(), "otsbot_app_connections 4")
		if n := strings.Count(w.logs.String(), othersHold); n != 2 { // one of each replica
			t.Errorf("said %d times:\n%s", n, w.logs.String())
		}
		stop()
	})
}

// Five replicas with two sockets each are all that Slack allows: a refresh
// must not ask for an eleventh.
func TestFiveReplicasOfTwoSocketsRefreshWithoutARefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, slackfake.Options{}, otsfake.Options{})
		w.settle(time.Minute)
		for range 4 {
			defer w.another()()
			w.settle(time.Minute)
		}
		if n := w.slack.Connections(); n != 10 {
			t.Fatalf("%d connections", n)
		}
		refused := func() (n int) {
			for _, e := range w.slack.Journal() {
				if strings.Contains(e.Body, "too_many_websockets") {
					n++
				}
			}
			return n
		}
		// What each replica knows is from its own last hello: the first refresh
		// may find out for each that the app is full.
		for round, most := range []int{5, 0, 0} {
			before := refused()
			for _, number := range w.slack.ConnectionNumbers() {
				w.slack.Disconnect("warning", number)
				w.settle(20 * time.Second)
			}
			w.settle(2 * time.Minute)
			if n := refused() - before; n > most {
				t.Errorf("refresh %d: %d refused openings, want at most %d", round+1, n, most)
			}
			if n := w.slack.Connections(); n != 10 || !w.bot.Ready() {
				t.Errorf("refresh %d: %d connections, ready %v", round+1, n, w.bot.Ready())
			}
		}
		before := refused()
		w.slack.Disconnect("warning") // all at once
		w.settle(5 * time.Minute)
		if n := refused() - before; n > 0 || w.slack.Connections() != 10 {
			t.Errorf("all at once: %d refused openings, %d connections", n, w.slack.Connections())
		}
	})
}
