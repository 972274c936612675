package bot_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// Whatever happens to the sockets, no command is lost and none is done twice,
// given that Slack redelivers what was not acked.
func TestNoCommandIsLostWhenSocketsGo(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(*slackfake.Workspace){
		"warning":                func(s *slackfake.Workspace) { s.Disconnect("warning") },
		"refresh_requested":      func(s *slackfake.Workspace) { s.Disconnect("refresh_requested") },
		"one warning":            func(s *slackfake.Workspace) { s.Disconnect("warning", s.ConnectionNumbers()[0]) },
		"too_many_websockets":    func(s *slackfake.Workspace) { s.Disconnect("too_many_websockets", s.ConnectionNumbers()[0]) },
		"one connection is cut":  func(s *slackfake.Workspace) { s.KillConnections(s.ConnectionNumbers()[0]) },
		"one peer is dead":       func(s *slackfake.Workspace) { s.HangConnections(s.ConnectionNumbers()[0]) },
		"no pings on any socket": func(s *slackfake.Workspace) { s.StopPings(true) },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				const rate, seconds = 20, 5
				stuck := 0
				results := make(chan *slackfake.Interaction, rate*seconds)
				for i := range rate * seconds {
					if i == rate*2 {
						trouble(w.slack)
					}
					go func() {
						seen, _ := w.slack.Command(w.Context(), ana, general, "/secret", fmt.Sprintf("secret %d", i))
						results <- seen
					}()
					time.Sleep(time.Second / rate)
				}
				w.settle(time.Minute)
				for range rate * seconds {
					if seen := <-results; seen == nil || seen.Error != "" {
						stuck++
					}
				}
				// What a dead peer swallowed, Slack redelivers after the
				// person was told; the link still comes, once.
				if n := len(w.messages(ben, general)); n != rate*seconds {
					t.Errorf("%d links for %d commands (%d people saw an error)", n, rate*seconds, stuck)
				}
				if opens := len(w.slack.Calls("apps.connections.open")); opens < 3 {
					t.Errorf("%d sockets were opened in all: the lost one was not replaced", opens)
				}
				if stuck > 0 && name != "one peer is dead" && name != "one connection is cut" && name != "too_many_websockets" {
					t.Errorf("%d people saw an error", stuck)
				}
				// Without pings each socket is replaced every half minute, and
				// read on beside its successor for another.
				if got := w.slack.Connections(); got != 2 && !(name == "no pings on any socket" && got <= 4) {
					t.Errorf("%d sockets in the end, want 2", got)
				}
			})
		})
	}
}

func TestOpeningIsLimitedWhateverTheReason(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"link_disabled", "too_many_websockets", "warning", ""} {
		t.Run("at once: "+reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, slackfake.Options{}, otsfake.Options{})
				mend := w.slack.Fault(slackfake.Fault{Method: "socket", Error: reason, Drop: reason == ""})
				w.slack.KillConnections() // those that were quicker than the fault
				w.settle(10 * time.Minute)
				calls := w.slack.Calls("apps.connections.open")
				for i := range calls {
					for _, limit := range []struct {
						n    int
						span time.Duration
					}{{5, 10 * time.Second}, {20, time.Minute}} {
						if i >= limit.n && calls[i].At.Sub(calls[i-limit.n].At) < limit.span {
							t.Fatalf("%d opens within %v", limit.n+1, calls[i].At.Sub(calls[i-limit.n].At))
						}
					}
				}
				if w.bot.Ready() && reason != "warning" { // a warned socket serves for ten more seconds
					t.Error("ready without a socket that lasts")
				}
				if !w.bot.Live() {
					t.Error("not live: a restart would not help")
				}
				mend()
				w.settle(time.Minute)
				if !w.bot.Ready() || w.slack.Connections() != 2 {
					t.Errorf("a minute after Slack has recovered there are %d sockets", w.slack.Connections())
				}
			})
		})
	}
}

func TestTenSocketsAreNeverEleven(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		if err := w.slack.WaitConnected(w.Context(), 10); err != nil {
			t.Fatal(err)
		}
		w.settle(2 * time.Minute) // else the limit of openings keeps them apart
		w.slack.Disconnect("warning", w.slack.ConnectionNumbers()[:5]...)
		w.settle(5 * time.Minute)
		contains(t, fmt.Sprint(w.slack.Connections()), "10")
		for _, e := range w.slack.Journal() {
			lacks(t, e.Method+e.Body+e.Answer, "too_many_websockets")
		}
	}, func(c *bot.Config) { c.Connections = 10 })
}

func TestWhatCannotHealEndsRunAndNamesTheSetting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, slackfake.Options{}, otsfake.Options{}, func(c *bot.Config) { c.AppToken = "xapp-wrong" })
		err := w.ended()
		var fatal *bot.FatalError
		if !errors.As(err, &fatal) {
			t.Fatalf("Run returned %v", err)
		}
		contains(t, err.Error(), "SLACK_APP_TOKEN")
		lacks(t, err.Error(), "xapp-wrong")
	})
}

func TestAWrongBotTokenShowsAtTheStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, slackfake.Options{}, otsfake.Options{}, func(c *bot.Config) { c.BotToken = "xoxb-wrong" })
		err := w.ended()
		var fatal *bot.FatalError
		if !errors.As(err, &fatal) {
			t.Fatalf("Run returned %v", err)
		}
		contains(t, err.Error(), "SLACK_BOT_TOKEN")
	})
}

func TestSlackIsWaitedForAtTheStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, slackfake.Options{}, otsfake.Options{}, func(c *bot.Config) { c.APIURL = "http://slack.test/down/" })
		w.settle(time.Minute)
		if w.bot.Ready() || !w.bot.Live() {
			t.Errorf("ready %v, live %v", w.bot.Ready(), w.bot.Live())
		}
		if err := w.stop(); err != nil {
			t.Errorf("stopped with %v", err)
		}
	})
}

func TestSlowWorkDelaysNoOtherAck(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.ots.Fault(otsfake.Fault{Delay: 10 * time.Second})
		for i := range bot.MaxOfOne {
			seen, err := w.slack.Command(w.Context(), ana, general, "/secret", fmt.Sprintf("secret %d", i))
			if err != nil || seen.AckAfter > 0 { // in the bubble's time, only waiting takes any
				t.Fatalf("ack after %v, %v", seen.AckAfter, err)
			}
		}
		w.settle(2 * time.Minute)
		if n := len(w.messages(ben, general)); n != bot.MaxOfOne {
			t.Errorf("%d links", n)
		}
	})
}

func TestAReasonThatIsNewIsInNoLog(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.Disconnect("CANARY-reason")
		w.settle(time.Minute)
		lacks(t, w.logs.String()+w.scrape(), "CANARY")
		if w.slack.Connections() != 2 {
			t.Error("the sockets were not replaced")
		}
	})
}

func TestTheSocketsURLIsInNoLog(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.KillConnections()
		w.settle(time.Minute)
		if strings.Contains(w.logs.String(), "ticket") || strings.Contains(w.logs.String(), "/link/") {
			t.Errorf("the log holds the socket's URL:\n%s", w.logs.String())
		}
	})
}
