package bot_test

import (
	"net/http"
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
				contains(t, w.logs.String(), `"outcome":"burned_overdue","event":"burned"`, `"state":"expired","event":"found"`)
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
			w.sees(w.receipt(ana), notFound)
			w.waits(link)
			w.press(ana, w.receipt(ana), "Check")
			w.sees(w.receipt(ana), notFound)
			w.waits(link)
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorldOf(t, withHome, outliving, func(w *world) {
				link := w.looked(typed)
				w.settle(5*time.Minute + 20*time.Second)
				w.sees(w.receipt(ana), overdue, "Was due to expire", "[Burn]")
				w.waits(link)
				w.opensHome(ana)
				contains(t, w.home(ana), "1 active secret", overdue, "Was due to expire", "[Burn]")
				then(w, link)
			}, following, fiveMinutes)
		})
	}
}

func TestASecretThatOutlivesItsEndAndCannotBeBurnedIsSaidToAndTriedAgain(t *testing.T) {
	t.Parallel()
	inWorldOf(t, slackfake.Options{}, outliving, func(w *world) {
		link := w.looked(slackfake.Values{"Secret": "hunter2"})
		burns := w.ots.Fault(otsfake.Fault{Path: askedAlone + "/burn", Status: http.StatusBadGateway})
		w.settle(5*time.Minute + 20*time.Second)
		w.sees(w.receipt(ana), overdue, "[Burn]")
		w.waits(link)
		burns()
		w.settle(2 * time.Minute)
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
