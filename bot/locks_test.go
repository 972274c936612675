package bot_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot"
	"otsbot/bot/internal/memory"
	"otsbot/bot/internal/seal"
	"otsbot/bot/slackfake"
	"otsbot/internal/redistest"
	"otsbot/internal/tcpproxy"
	"otsbot/otsclient/otsfake"
)

// doubtful are two replicas with one Redis, of which the first has trouble to reach
// it.
type doubtful struct {
	*world
	between       *tcpproxy.Proxy // the first and Redis
	one           *bot.Bot        // the first
	first, second int             // their connections to Slack
	truly         func(f func())  // calls f outside of the bubble, in true time
}

func inDoubt(t *testing.T, f func(w *doubtful)) {
	t.Helper()
	redis := redistest.New(t) // outside of the bubble, both
	between, err := tcpproxy.New("unix", redis.Socket, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(between.Close)
	calls, called := make(chan func()), make(chan struct{})
	t.Cleanup(func() { close(calls) })
	go func() {
		for f := range calls {
			f()
			called <- struct{}{}
		}
	}()
	ahead := aheadOfRedis()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(ahead))
		w := &doubtful{between: between, truly: func(f func()) { calls <- f; <-called }}
		w.world = newWorld(t, slackfake.Options{}, otsfake.Options{}, func(c *bot.Config) {
			c.StoreURL, c.Connections = "redis://"+between.Addr+"?prefix=otsbot", 1
			c.StoreTimeout = 10 * time.Second // of the true time, too
			c.KeepTimeBy(time.Now)
		})
		if err := w.slack.WaitConnected(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		w.one, w.redis = w.bot, redis
		w.cfg.StoreURL = redis.URL("otsbot")
		w.runAnother()
		numbers := w.slack.ConnectionNumbers()
		w.first, w.second = numbers[0], numbers[1]
		w.plays(func(*world) { f(w) })
	})
}

// typed is the envelope of a command.
func (w *doubtful) typed() slackfake.Envelope {
	w.Helper()
	e, err := w.slack.PrepareCommand(ana, general, "/secret", "hunter2")
	if err != nil {
		w.Fatal(err)
	}
	return e
}

// once waits until all is over, and fails if it wasn't done once.
func (w *doubtful) once() {
	w.Helper()
	w.settle(time.Minute)
	if n, posts := w.ots.Secrets(), len(w.slack.Calls("chat.postMessage")); n != 1 || posts != 2 {
		w.Errorf("%d secrets and %d messages of one command, want the link and the receipt", n, posts)
	}
}

func TestAnExtensionWhoseAnswerIsLostMakesNoSecondSecret(t *testing.T) {
	t.Parallel()
	inDoubt(t, func(w *doubtful) {
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: 10 * time.Second, Times: 1})
		e := w.typed()
		w.did(w.slack.Send(w.Context(), e, w.first))
		w.settle(time.Second)
		w.did(w.slack.Send(w.Context(), e, w.second)) // the ack of the first was lost, say
		w.settle(1500 * time.Millisecond)
		w.between.Lose.Store(true) // before the lease is extended
		w.settle(time.Second)
		w.between.Lose.Store(false)
		w.once()
	})
}

func TestAClaimWhoseAnswerIsLostMakesNoSecondSecret(t *testing.T) {
	t.Parallel()
	inDoubt(t, func(w *doubtful) {
		e := w.typed()
		w.between.Lose.Store(true)
		w.did(w.slack.Send(w.Context(), e, w.first))
		w.settle(2 * time.Second)
		if w.ots.Secrets() != 1 {
			w.Error("a store without an answer holds up people")
		}
		w.between.Lose.Store(false)
		w.did(w.slack.Send(w.Context(), e, w.second))
		w.once()
	})
}

// A Redis that comes back with nothing is told again what is being worked on, and
// what was done.
func TestARedisThatStartsAgainMakesNoSecondSecret(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		takes time.Duration
		waits bool // the other replica, since before
	}{
		"while it is worked on":                {12 * time.Second, false},
		"while it is worked on and waited for": {12 * time.Second, true},
		"after it was done":                    {3 * time.Second, false},
		"after it was done, and is waited for": {3 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inDoubt(t, func(w *doubtful) {
				w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: c.takes, Times: 1})
				e := w.typed()
				w.did(w.slack.Send(w.Context(), e, w.first))
				w.settle(time.Second)
				if c.waits {
					w.did(w.slack.Send(w.Context(), e, w.second))
				}
				w.redis.Kill()
				w.settle(5 * time.Second)
				w.truly(func() { w.redis.Start(t) })
				w.settle(3 * time.Second)
				if !c.waits {
					w.did(w.slack.Send(w.Context(), e, w.second))
				}
				w.once()
			})
		})
	}
}

// dies leaves a claim behind as of a replica that died at an envelope.
func (w *doubtful) dies(e slackfake.Envelope) {
	w.Helper()
	keys, err := seal.New([]byte(w.cfg.BotToken))
	if err != nil {
		w.Fatal(err)
	}
	dead, err := memory.Open(w.redis.URL("otsbot"), memory.Config{Sealer: keys, Timeout: w.cfg.StoreTimeout, Now: time.Now})
	if err != nil {
		w.Fatal(err)
	}
	if c, err := dead.Claim(w.Context(), 5*time.Second, "envelope "+e.ID); err != nil || !c.Won {
		w.Fatal(c, err)
	}
	if err := dead.Close(); err != nil {
		w.Fatal(err)
	}
}

func TestWhatAReplicaDiedAtIsDoneThoughTheStoreIsAwayForAMoment(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]func(w *doubtful, is bool){
		"no answers": func(w *doubtful, is bool) { w.between.Lose.Store(is) },
		"gone":       func(w *doubtful, is bool) { w.between.Cut(is) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inDoubt(t, func(w *doubtful) {
				e := w.typed()
				w.dies(e)
				w.did(w.slack.Send(w.Context(), e, w.first))
				w.settle(2500 * time.Millisecond)
				away(w, true)
				w.settle(20 * time.Second)
				away(w, false)
				w.once()
			})
		})
	}
}

func TestWhereNobodyKnowsWhatADeadReplicaDidItsPersonIsTold(t *testing.T) {
	t.Parallel()
	inDoubt(t, func(w *doubtful) {
		e := w.typed()
		w.dies(e)
		w.did(w.slack.Send(w.Context(), e, w.first))
		w.between.Cut(true)
		w.settle(2 * time.Minute)
		w.sees(w.last(ana, general), "The link may already be posted", "before you try again")
		if n := w.ots.Secrets(); n != 0 {
			w.Errorf("%d secrets: the other may have made one", n)
		}
		contains(w.T, w.logs.String(), `"msg":"nobody knows what another replica did"`)
	})
}

// A replica that stops doesn't forget for whom it waits.
func TestWhoWaitsForADeadReplicaIsToldAtTheEnd(t *testing.T) {
	t.Parallel()
	inDoubt(t, func(w *doubtful) {
		e := w.typed()
		w.dies(e)
		w.did(w.slack.Send(w.Context(), e, w.first))
		w.between.Cut(true)
		if err := w.stop(); err != nil {
			t.Error(err)
		}
		w.sees(w.last(ana, general), "The link may already be posted")
	})
}

func TestALockWhoseAnswerIsLostIsHeldAndGivenBack(t *testing.T) {
	t.Parallel()
	inDoubt(t, func(w *doubtful) {
		is := func(free bool) {
			w.Helper()
			release, ok := w.bot.Hold(w.Context(), "receipt", time.Second)
			if release(); ok != free {
				w.Fatalf("free: %v, want %v", ok, free)
			}
		}
		w.between.Lose.Store(true)
		release, ok := w.one.Hold(w.Context(), "receipt", time.Second)
		if !ok {
			w.Fatal("a store without an answer holds up its writers")
		}
		w.between.Lose.Store(false)
		for range 3 {
			w.settle(bot.LockLease)
			is(false)
		}
		w.between.Lose.Store(true)
		release()
		w.between.Lose.Store(false)
		w.settle(3 * time.Second) // much less than its lease
		is(true)
		lacks(w.T, w.logs.String(), "another replica's")
	})
}

func TestALeaseThatIsLostToAnotherIsSaidOnce(t *testing.T) {
	t.Parallel()
	inDoubt(t, func(w *doubtful) {
		release, ok := w.one.Hold(w.Context(), "receipt", time.Second)
		if !ok {
			w.Fatal("nobody has it")
		}
		w.between.Cut(true)
		w.settle(2 * bot.LockLease)
		another, ok := w.bot.Hold(w.Context(), "receipt", time.Second)
		if !ok {
			w.Fatal("whoever can't extend it may be dead")
		}
		w.between.Cut(false)
		w.settle(time.Minute)
		release()
		another()
		const lost = `"msg":"a lease is another replica's: both may do the same","lease":"receipt"`
		if n := strings.Count(w.logs.String(), lost); n != 1 {
			w.Errorf("said %d times:\n%s", n, w.logs)
		}
	})
}
