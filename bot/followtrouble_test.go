package bot_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

func forADay(c *bot.Config) { c.TTL = 24 * time.Hour }

// heard is how often the app told somebody something.
func (w *world) heard(user, what string) (n int) {
	for _, m := range w.messages(user, w.slack.AppDM(user)) {
		if strings.Contains(m.PlainText(), what) {
			n++
		}
	}
	return n
}

const unopened = "Nobody has opened"

func TestThatItEndsIsToldThoughSlackDidNotTakeItAtFirst(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		all := map[string]struct {
			fault slackfake.Fault
			told  int
		}{
			"UHICCUP":  {slackfake.Fault{Status: 503, Times: 1}, 1},
			"ULIMITED": {slackfake.Fault{RetryAfter: 20 * time.Minute, Times: 1}, 1},
			"UREFUSED": {slackfake.Fault{Error: "no_permission", Times: 3}, 1},
			"UDMSOFF":  {slackfake.Fault{Error: "messages_tab_disabled", Times: 1}, 0},
			"UPERHAPS": {slackfake.Fault{Drop: true, Times: 2}, 0}, // it may have arrived
		}
		for user := range all {
			w.slack.AddUser(slackfake.User{ID: user, Name: strings.ToLower(user)})
			w.slack.AddChannel(slackfake.Channel{ID: "C" + user, Name: strings.ToLower(user), Members: []string{user}, AppMember: true})
			w.command(user, "C"+user, "hunter2")
		}
		w.settle(20 * time.Hour)
		for user, c := range all {
			c.fault.Method, c.fault.Channel = "chat.postMessage", user
			w.slack.Fault(c.fault)
		}
		w.settle(3*time.Hour + 55*time.Minute)
		for user, c := range all {
			if n := w.heard(user, unopened); n != c.told {
				t.Errorf("%s is told %d times that it ends, want %d", user, n, c.told)
			}
		}
	}, following, forADay)
}

func TestThatItWasOpenedIsToldThoughSlackDidNotTakeItAtFirst(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.opens(w.link(w.last(ben, general)), "")
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ana, Status: 503, Times: 1})
		w.settle(time.Minute)
		if n := w.heard(ana, "The secret you shared in #general was opened"); n != 1 {
			t.Errorf("told %d times", n)
		}
	}, following, func(c *bot.Config) { c.NotifyOpened = true })
}

func TestWhatIsFoundIsShownOnceSlackTakesTheTokenAgain(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.opens(w.link(w.last(ben, general)), "")
		again := w.slack.Fault(slackfake.Fault{Method: "chat.update", Error: "token_revoked"})
		w.settle(5 * time.Minute)
		again()
		w.settle(3 * time.Minute)
		w.sees(w.receipt(ana), "Opened")
		w.sees(w.last(ben, general), "was opened", "no longer works")
		if n := strings.Count(w.logs.String(), `"event":"found"`); n != 1 {
			t.Errorf("found %d times", n)
		}
	}, following)
}

// A message that waits for Slack's limit when the process is to stop is posted
// if there is time, and otherwise by the process that comes after it.
func TestTheOneReminderOutlivesAStop(t *testing.T) {
	t.Parallel()
	store := "file:" + filepath.Join(t.TempDir(), "otsbot.db")
	inWorld(t, func(w *world) {
		limits := map[string]time.Duration{ana: 5 * time.Second, ben: 25 * time.Second}
		for user := range limits {
			w.command(user, general, "hunter2")
		}
		w.settle(20*time.Hour + 55*time.Minute)
		posts := len(w.slack.Calls("chat.postMessage"))
		for user, limit := range limits {
			w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: user, RetryAfter: limit, Times: 1})
		}
		for len(w.slack.Calls("chat.postMessage")) < posts+len(limits) {
			w.settle(100 * time.Millisecond)
		}
		_ = w.stop()
		w.restart()
		w.settle(2 * time.Hour)
		for user := range limits {
			if n := w.heard(user, unopened); n != 1 {
				t.Errorf("%s is told %d times", user, n)
			}
		}
	}, following, forADay, func(c *bot.Config) { c.StoreURL = store })
}

// seenOpened is how long it takes until a secret that was just opened is shown so.
func (w *world) seenOpened(link string) time.Duration {
	w.Helper()
	w.opens(link, "")
	started := time.Now()
	for !strings.Contains(w.receipt(ana).PlainText(), "Opened") {
		if w.settle(time.Second); time.Since(started) > time.Hour {
			w.Fatal("not seen within the hour")
		}
	}
	return time.Since(started)
}

const askedAlone = "/api/v1/private/*"

// alone is the path of the first question about one secret alone.
func (w *world) alone() string {
	w.Helper()
	for _, asked := range w.ots.Journal() {
		if ok, _ := filepath.Match(askedAlone, asked.Path); ok {
			return asked.Path
		}
	}
	w.Fatal("no secret was asked about alone")
	return ""
}

// One secret of which the server says nothing but that it failed.
func TestASecretThatGetsNoAnswerIsInNobodysWay(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]otsfake.Options{"25 at once": {}, "one by one": {Version: "0.22"}} {
		t.Run(name, func(t *testing.T) {
			inWorldOf(t, slackfake.Options{}, server, func(w *world) {
				w.command(ana, general, "hunter2")
				w.settle(time.Minute)
				if server.Version == "" {
					w.ots.Forget(w.link(w.last(ben, general)))
					w.ots.Fault(otsfake.Fault{Path: askedAlone, Status: 500})
				} else {
					w.ots.Fault(otsfake.Fault{Path: w.alone(), Status: 500})
				}
				w.settle(20 * time.Minute)
				w.command(ana, general, "hunter3")
				w.settle(20 * time.Second)
				if took := w.seenOpened(w.link(w.last(ben, general))); took > 20*time.Second {
					t.Errorf("another's opening is seen after %v", took)
				}
				lacks(t, w.logs.String(), "following pauses")
			}, following)
		})
	}
}

func TestARowThatGetsNoAnswerIsNotInTheWayOfTheOthers(t *testing.T) {
	t.Parallel()
	inWorldOf(t, slackfake.Options{}, otsfake.Options{Version: "0.22"}, func(w *world) {
		w.slack.AddUser(slackfake.User{ID: cid, Name: "cid"})
		w.sendsTo(nil, ben, cid)
		w.settle(18 * time.Second)
		w.ots.Fault(otsfake.Fault{Path: w.alone(), Status: 500})
		w.gets(ben, "")
		w.gets(cid, "")
		w.settle(time.Minute)
		if seen := w.receipt(ana).PlainText(); strings.Count(seen, "Opened") != 1 {
			t.Errorf("seen:\n%s", seen)
		}
	}, following)
}

func TestALimitAtOneSecretIsOneForAll(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.settle(time.Minute)
		w.ots.Forget(w.link(w.last(ben, general)))
		w.ots.Fault(otsfake.Fault{Path: askedAlone, Status: 429, Header: http.Header{"Retry-After": {"3600"}}})
		w.settle(time.Minute)
		contains(t, w.logs.String(), `"msg":"following pauses","error":"read metadata: rate limited: status 429","pause":300`)
	}, following)
}

// A server that forgot all, as when its database is lost, is asked about one
// secret a second, and all the same it doesn't take hours until that is known.
func TestWhatAServerForgotIsSoonKnown(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		var all []string
		for i := range 10 {
			id := fmt.Sprintf("UP%02d", i)
			w.slack.AddUser(slackfake.User{ID: id, Name: strings.ToLower(id)})
			all = append(all, id)
		}
		w.sendsTo(nil, all...)
		for i := range 20 {
			w.command(ana, general, fmt.Sprint("hunter", i))
			w.settle(time.Second)
		}
		w.settle(2 * time.Hour)
		for _, id := range all {
			w.ots.Forget(w.link(w.last(id, w.slack.AppDM(id))))
		}
		for _, m := range w.messages(ben, general) {
			w.ots.Forget(w.link(m))
		}
		forgot := time.Now()
		w.settle(20 * time.Minute)
		said := 0
		for _, m := range w.messages(ana, w.slack.AppDM(ana)) {
			said += strings.Count(m.PlainText(), "Not found:")
		}
		if said != 30 {
			t.Errorf("of %d secrets of 30 it is said that they aren't found", said)
		}
		if n := w.heard(ana, "[Check"); n != 21 {
			t.Errorf("%d receipts have their buttons", n)
		}
		asked, last := 0, forgot
		for _, q := range w.ots.Journal() {
			if ok, _ := filepath.Match(askedAlone, q.Path); !ok || q.Time.Before(forgot) {
				continue
			}
			if asked++; asked > 1 && q.Time.Sub(last) < time.Second {
				t.Error("two questions within a second")
			}
			last = q.Time
		}
		if asked != 30 {
			t.Errorf("%d questions about 30 secrets", asked)
		}
	}, following)
}

func TestRequestsThatEndTogetherAreClosedOnceAndKeepNoSecretWaiting(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		for i := range 12 {
			w.asksIn(general, slackfake.Values{whatField: fmt.Sprint("key ", i)})
		}
		w.settle(24*time.Hour - 5*time.Minute)
		w.command(ana, general, "hunter2")
		link := w.link(w.last(ben, general))
		w.settle(4*time.Minute + 50*time.Second)
		before := len(w.slack.Calls("chat.update"))
		w.slack.Fault(slackfake.Fault{Method: "chat.update", Delay: 8 * time.Second})
		w.settle(12 * time.Second)
		if took := w.seenOpened(link); took > time.Minute {
			t.Errorf("an opening is seen after %v", took)
		}
		w.settle(5 * time.Minute)
		if n := len(w.slack.Calls("chat.update")) - before; n != 12+12+2 {
			t.Errorf("%d changes of 12 requests and their cards, and of a secret's two messages", n)
		}
	}, following)
}
