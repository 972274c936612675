package bot_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"otsbot/bot/slackfake"
)

// published is how often the app set somebody's Home tab.
func (w *world) published() int { return len(w.slack.Calls("views.publish")) }

// An event that Slack delivers again, to whichever replica, is taken once.
func TestAHomeEventThatComesAgainIsTakenOnce(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		e, err := w.slack.PrepareOpenApp(ana, slackfake.HomeTab)
		if err != nil {
			w.Fatal(err)
		}
		numbers := w.slack.ConnectionNumbers()
		for i := range 4 {
			w.did(w.slack.Send(w.Context(), e, numbers[i%len(numbers)]))
			w.settle(time.Minute)
		}
		if n := w.published(); n != 1 {
			w.Errorf("published %d times", n)
		}
	})
}

// Events that come late, the newest first, leave what is true now.
func TestHomeEventsThatComeLateAndOutOfOrder(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		w.slack.HoldEvents(true)
		for range 3 {
			w.opensHome(ana)
			w.command(ana, general, "hunter2")
			w.settle(15 * time.Minute)
		}
		w.press(ana, w.receipt(ana), "Burn")
		if n := w.published(); n != 0 {
			w.Errorf("published %d times before anybody looks", n)
		}
		w.slack.HoldEvents(false)
		w.settle(time.Minute)
		contains(w.T, w.home(ana), "2 active secrets", "In #general · Burned")
	})
}

// Slack doesn't take the tab: the log says so, what else was pressed is done, and
// the next press shows all.
func TestAHomeThatSlackDoesntTakeIsMendedByTheNextPress(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slackfake.Fault{
		"refused":         {Error: "internal_error"},
		"limited":         {RetryAfter: time.Minute},
		"limited, why":    {Error: "ratelimited"},
		"cut":             {Drop: true},
		"a web page":      {HTML: true},
		"an error of 500": {Status: 500},
		"no answer":       {Delay: time.Minute},
	} {
		fault.Method = "views.publish"
		for button, shows := range map[string]string{
			"Burn": "In #general · Burned", "Burn all": "In #general · Burned", "Show older": "[Show newer]",
			"Share a secret": "27 active secrets", "Ask for a secret": "27 active secrets",
		} {
			if name != "refused" && button != "Burn" && button != "Share a secret" {
				continue
			}
			t.Run(name+", "+button, func(t *testing.T) {
				inHome(t, func(w *world) {
					for range 26 {
						w.command(ana, general, "hunter2")
						w.settle(time.Second)
					}
					w.opensHome(ana)
					mend := w.slack.Fault(fault)
					w.command(ana, general, "hunter2")
					w.settle(time.Minute)
					contains(w.T, w.home(ana), "26 active secrets")
					contains(w.T, w.logs.String(), "Home tab not published")
					mend()
					w.pressHome(ana, button)
					w.settle(10 * time.Second)
					contains(w.T, w.home(ana), shows)
				})
			})
		}
	}
}

// now is the time outside of a bubble.
func now(t *testing.T) time.Time {
	t.Helper()
	var is syscall.Timeval
	if err := syscall.Gettimeofday(&is); err != nil {
		t.Fatal(err)
	}
	return time.Unix(is.Unix())
}

// A tab with 200 secrets in it is there in less than a second.
func TestAHomeWith200SecretsIsThereInASecond(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		for range 200 {
			w.command(ana, general, "hunter2")
			w.settle(time.Second)
		}
		began, begun := now(w.T), time.Now()
		w.opensHome(ana)
		took, waited := now(w.T).Sub(began), time.Since(begun)
		contains(w.T, w.home(ana), "200 active secrets")
		if took > time.Second || waited > 0 {
			w.Errorf("it took %v, and %v were waited", took, waited)
		}
		w.Logf("%v", took)
	})
}

// Whoever shares, asks or is sent something: nobody's tab shows what is another's.
func TestSomebodyElsesSecretsAreOnNobodysHome(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		share := func(user, note string) {
			w.command(user, general, "")
			w.submit(user, slackfake.Values{"Secret": "hunter2", "Public note (everyone who sees the link can read it)": note})
		}
		all := []string{ana, ben}
		for _, user := range all {
			w.opensHome(user)
		}
		share(ana, "note of UANA")
		share(ben, "note of UBEN")
		w.answers(ben, w.asks(ben)) // ben's secret, of which ana has the link
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter2", people: []string{ben, eve}, "Public note (everyone who sees the link can read it)": "group of UANA"})
		w.settle(time.Minute)
		w.opens(w.link(w.messages(ben, general)[0]), "")
		w.settle(time.Minute)
		for _, user := range all {
			if user == ana {
				contains(w.T, w.home(user), "note of UANA", "group of UANA")
				lacks(w.T, w.home(user), "note of UBEN", "Asked for")
			} else {
				contains(w.T, w.home(user), "note of UBEN", "Asked for: the staging password")
				lacks(w.T, w.home(user), "of UANA")
			}
			lacks(w.T, w.home(user), "hunter2", "/secret/")
			w.opensHome(user)
		}
		w.pressHome(ben, "Burn all")
		contains(w.T, w.home(ana), "active secret")
		for _, e := range w.slack.Calls("views.publish") {
			other := ana
			if strings.Contains(e.Body, `"user_id":"`+ana+`"`) {
				other = ben
			}
			lacks(w.T, e.Body, "of "+other)
		}
	})
}

// A store that is away is said: the list may lack something.
func TestAHomeWhoseStoreIsDownSaysSo(t *testing.T) {
	t.Parallel()
	inReplicas(t, withHome, func(w *world) {
		w.command(ana, general, "hunter2")
		w.opensHome(ana)
		w.redis.Kill()
		w.opensHome(ana)
		contains(w.T, w.home(ana), "I can't look up your secrets right now")
	}, following)
}
