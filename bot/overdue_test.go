package bot_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// outliving is a server that gives a secret seven days anew when its page is
// looked at.
var outliving = otsfake.Options{Version: "0.24"}

// overdue is how a receipt says that a secret has outlived its end.
const overdue = "Not opened yet. It should have expired by now, but its link still works"

// forgotten is how it says that nobody can be asked about it any more.
const forgotten = "Its link may still work, and I can't burn it"

// looked shares a secret whose page is looked at.
func (w *world) looked(typed slackfake.Values) (link string) {
	w.Helper()
	w.command(ana, general, "")
	w.submit(ana, typed)
	link = w.link(w.last(ben, general))
	if !w.ots.Look(link) {
		w.Fatal("there is nothing to look at")
	}
	return link
}

// stays checks that a secret that has outlived its end is said to be so, with Burn
// at hand, and that its link isn't taken away.
func (w *world) stays(link, state string) {
	w.Helper()
	w.sees(w.receipt(ana), state, "Was due to expire")
	contains(w.T, w.home(ana), "1 active secret", state, "Was due to expire", "[Burn]")
	w.waits(link)
}

// burns is how often OneTimeSecret was to burn something.
func (w *world) burns() (n int) {
	for _, asked := range w.ots.Journal() {
		if strings.HasSuffix(asked.Path, "/burn") {
			n++
		}
	}
	return n
}

func TestASecretThatOutlivesItsEndIsBurnedThen(t *testing.T) {
	t.Parallel()
	for name, atOnce := range map[string]bool{"25 at once": true, "one by one": false} {
		t.Run(name, func(t *testing.T) {
			inWorldOf(t, slackfake.Options{}, outliving, func(w *world) {
				if !atOnce {
					defer w.ots.Fault(otsfake.Fault{Path: "/api/v3/guest/receipts", Status: http.StatusNotFound})()
				}
				w.looked(slackfake.Values{"Secret": "hunter2"})
				w.settle(5*time.Minute - time.Second)
				w.sees(w.receipt(ana), "Not opened yet", "[Burn]")
				w.settle(20 * time.Second)
				w.sees(w.receipt(ana), "Expired")
				w.sees(w.last(ben, general), "has expired")
				if n := w.ots.Secrets(); n != 0 {
					t.Errorf("%d secrets can be opened", n)
				}
				for _, event := range []string{`"outcome":"burned_overdue","event":"burned"`, `"state":"expired","event":"found"`} {
					if n := strings.Count(w.logs.String(), event); n != 1 {
						t.Errorf("%d times %s", n, event)
					}
				}
			}, following, fiveMinutes)
		})
	}
}

func TestThoseOfAGroupThatOutliveTheirEndAreBurnedThen(t *testing.T) {
	t.Parallel()
	inWorldOf(t, slackfake.Options{}, outliving, func(w *world) {
		w.sendsTo(nil, ben, eve)
		for _, user := range []string{ben, eve} {
			w.ots.Look(w.link(w.last(user, w.slack.AppDM(user))))
		}
		w.gets(eve, "")
		w.settle(5*time.Minute + 20*time.Second)
		w.sees(w.receipt(ana), "@ben: Expired", "@eve: Opened")
		if n := w.ots.Secrets(); n != 0 {
			t.Errorf("%d secrets can be opened", n)
		}
	}, following, fiveMinutes)
}

// What the app can't burn is said, until its creator does; and when OneTimeSecret
// has forgotten it while its link works, nobody says that it is gone.
func TestASecretWithAPassphraseThatOutlivesItsEndIsSaidTo(t *testing.T) {
	t.Parallel()
	typed := slackfake.Values{"Secret": "hunter2", "Passphrase": "correct horse"}
	for name, then := range map[string]func(*world, string){
		"and it is burned": func(w *world, link string) {
			w.press(ana, w.receipt(ana), "Burn")
			w.submit(ana, slackfake.Values{"Passphrase": "correct horse"})
			w.sees(w.receipt(ana), "You burned it")
			w.sees(w.last(ben, general), "burned this secret")
		},
		"and it is opened": func(w *world, link string) {
			w.opens(link, "correct horse")
			w.settle(30 * time.Minute)
			w.sees(w.receipt(ana), "Opened")
		},
		"and it is forgotten": func(w *world, link string) {
			w.settle(40 * time.Minute)
			w.stays(link, forgotten)
			w.press(ana, w.receipt(ana), "Check")
			w.stays(link, forgotten)
		},
		"and it is forgotten after a Check without an answer": func(w *world, link string) {
			again := w.ots.Fault(otsfake.Fault{Down: true})
			w.press(ana, w.receipt(ana), "Check")
			w.settle(30 * time.Second) // it asks again
			w.stays(link, "couldn't be reached")
			again()
			w.settle(40 * time.Minute)
			w.stays(link, forgotten)
		},
		"and it is forgotten after a Burn that failed": func(w *world, link string) {
			again := w.ots.Fault(otsfake.Fault{Path: askedAlone + "/burn", Status: http.StatusBadGateway})
			w.press(ana, w.receipt(ana), "Burn")
			w.submit(ana, slackfake.Values{"Passphrase": "correct horse"})
			w.stays(link, "Not burned")
			again()
			w.settle(40 * time.Minute)
			w.stays(link, forgotten)
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorldOf(t, withHome, outliving, func(w *world) {
				link := w.looked(typed)
				w.settle(5*time.Minute + 20*time.Second)
				w.opensHome(ana)
				w.stays(link, overdue)
				if heard := w.receipt(ana).Text; strings.Contains(heard, "Expires about") || !strings.Contains(heard, overdue) {
					t.Errorf("the text alone says %q", heard)
				}
				then(w, link)
			}, following, fiveMinutes)
		})
	}
}

func TestASecretThatOutlivesItsEndAndCannotBeBurnedIsSaidToAndTriedAgain(t *testing.T) {
	t.Parallel()
	inWorldOf(t, slackfake.Options{}, outliving, func(w *world) {
		link := w.looked(slackfake.Values{"Secret": "hunter2"})
		again := w.ots.Fault(otsfake.Fault{Path: askedAlone + "/burn", Status: http.StatusBadGateway})
		w.settle(5*time.Minute + 20*time.Second)
		w.sees(w.receipt(ana), overdue, "[Burn]")
		w.waits(link)
		edits, burns := len(w.slack.Calls("chat.update")), w.burns()
		w.settle(3 * time.Minute)
		if n := len(w.slack.Calls("chat.update")) - edits; n != 0 {
			t.Errorf("the receipt was changed %d times, and nothing is new", n)
		}
		if n := w.burns() - burns; n < 3 || n > 100 {
			t.Errorf("tried %d times in 3 minutes", n)
		}
		again()
		w.settle(time.Minute)
		w.sees(w.receipt(ana), "Expired")
		w.sees(w.last(ben, general), "has expired")
	}, following, fiveMinutes)
}

func TestCheckSaysThatASecretOutlivesItsEnd(t *testing.T) {
	t.Parallel()
	inWorldOf(t, slackfake.Options{}, outliving, func(w *world) {
		link := w.looked(slackfake.Values{"Secret": "hunter2"})
		w.settle(6 * time.Minute)
		w.press(ana, w.receipt(ana), "Check")
		w.sees(w.receipt(ana), overdue, "[Burn]")
		w.waits(link)
		w.press(ana, w.receipt(ana), "Burn")
		w.sees(w.receipt(ana), "You burned it")
	}, fiveMinutes, func(c *bot.Config) { c.Follow = false })
}

// A 200 is all that is known of it, so nobody says that it ended unopened.
func TestASecretThatOutlivesItsEndIsGoneIfNobodyKnowsWhetherItWasOpened(t *testing.T) {
	t.Parallel()
	inWorldOf(t, slackfake.Options{}, outliving, func(w *world) {
		w.looked(slackfake.Values{"Secret": "hunter2"})
		w.ots.Fault(otsfake.Fault{Path: askedAlone + "/burn", Delay: 2 * time.Second})
		for range 6 * 60 {
			if w.burns() > 0 {
				break
			}
			w.settle(time.Second)
		}
		w.ots.Fault(otsfake.Fault{Path: askedAlone, Status: http.StatusBadGateway})
		w.settle(time.Minute)
		w.sees(w.receipt(ana), "Gone: opened, burned or expired")
		w.sees(w.last(ben, general), "no longer works")
	}, following, fiveMinutes)
}
