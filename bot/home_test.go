package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// withHome is a Slack whose app was made from the manifest of today.
var withHome = slackfake.Options{HomeTab: true, Events: []string{"app_home_opened"}}

func (w *world) opensHome(user string) {
	w.Helper()
	w.did(w.slack.OpenApp(w.Context(), user, slackfake.HomeTab))
}

func (w *world) home(user string) string {
	w.Helper()
	v := w.slack.Home(user)
	if v == nil {
		w.Fatalf("%s sees no Home tab", user)
	}
	return v.PlainText()
}

func (w *world) pressHome(user, button string) *slackfake.Interaction {
	w.Helper()
	return w.did(w.slack.PressInHome(w.Context(), user, button))
}

// inHome runs f on both, with a Home tab and what is out followed.
func inHome(t *testing.T, f func(w *world), changes ...func(*bot.Config)) {
	t.Helper()
	onBothOf(t, withHome, f, append([]func(*bot.Config){following}, changes...)...)
}

func TestHomeShowsWhatIsOutAndHowItEnded(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		w.opensHome(ana)
		contains(w.T, w.home(ana), "My secrets", "No active secrets to show")
		w.command(ana, general, "hunter2")
		contains(w.T, w.home(ana), "1 active secret", "In #general", "Not opened yet", "[Burn]")
		lacks(w.T, w.home(ana), "None of your secrets", "/secret/", "hunter2")
		w.opens(w.link(w.last(ben, general)), "")
		w.settle(20 * time.Second)
		contains(w.T, w.home(ana), "No active secrets to show", "Ended in the last seven days", "In #general · Opened")
		w.opensHome(ben)
		lacks(w.T, w.home(ben), "general", "Ended")
	})
}

func TestASecretIsBurnedFromHome(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.opensHome(ana)
		w.pressHome(ana, "Burn")
		contains(w.T, w.home(ana), "In #general · Burned")
		w.sees(w.receipt(ana), "You burned it", "before anyone opened it")
		w.sees(w.last(ben, general), "burned this secret")
	})
}

func TestBurnAllCountsAndLeavesWhatNeedsAPassphrase(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		for range 3 {
			w.command(ana, general, "hunter2")
		}
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Passphrase": "correct horse"})
		w.opensHome(ana)
		contains(w.T, w.home(ana), "4 active secrets", "Needs a passphrase")
		seen := w.pressHome(ana, "Burn all")
		if seen.Confirm == nil || !strings.Contains(fmt.Sprint(*seen.Confirm), "Burn 3 secrets?") {
			w.Errorf("confirmed by %+v", seen.Confirm)
		}
		contains(w.T, w.home(ana), "1 active secret")
		w.sees(w.last(ana, w.slack.AppDM(ana)), "3 secrets were burned.", "1 secret can be burned only with its passphrase")
		w.pressHome(ana, "Burn")
		w.submit(ana, slackfake.Values{"Passphrase": "correct horse"})
		contains(w.T, w.home(ana), "No active secrets to show")
	})
}

func TestHomeHasPages(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		for range 60 {
			w.command(ana, general, "hunter2")
			w.settle(2 * time.Second)
		}
		w.opensHome(ana)
		contains(w.T, w.home(ana), "60 active secrets", "[Show older]")
		lacks(w.T, w.home(ana), "[Show newer]")
		w.pressHome(ana, "Show older")
		w.pressHome(ana, "Show older")
		contains(w.T, w.home(ana), "[Show newer]")
		lacks(w.T, w.home(ana), "[Show older]")
		if n := strings.Count(w.home(ana), "[Burn]"); n != 10 {
			w.Errorf("%d on the last page, want 10", n)
		}
	})
}

func TestHomeIsTheSameAfterARestartWithAStore(t *testing.T) {
	t.Parallel()
	again := func(w *world) {
		w.command(ana, general, "hunter2")
		w.kill()
		w.restart()
		w.opensHome(ana)
	}
	with := func(w *world) {
		again(w)
		contains(w.T, w.home(ana), "1 active secret")
		lacks(w.T, w.home(ana), "This list starts")
	}
	file := "file:" + t.TempDir() + "/otsbot.db"
	t.Run("a file", func(t *testing.T) {
		inWorldOf(t, withHome, otsfake.Options{}, with, following, func(c *bot.Config) { c.StoreURL = file })
	})
	t.Run("two replicas", func(t *testing.T) { inReplicas(t, withHome, with, following) })
	t.Run("none", func(t *testing.T) {
		inWorldOf(t, withHome, otsfake.Options{}, func(w *world) {
			again(w)
			contains(w.T, w.home(ana), "No active secrets to show", "This list goes back to when the app last started")
		}, following)
	})
}

func TestAHomeThatCouldNotBePublishedIsMendedByTheNextPress(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		mend := w.slack.Fault(slackfake.Fault{Method: "views.publish", Error: "internal_error"})
		w.opensHome(ana)
		mend()
		w.command(ana, general, "hunter2")
		contains(w.T, w.home(ana), "1 active secret")
	})
}

func TestAHomesButtonsAreItsOwnersAlone(t *testing.T) {
	t.Parallel()
	for _, button := range []string{"Burn", "Burn all", "Share a secret", "Ask for a secret"} {
		t.Run(button, func(t *testing.T) {
			inHome(t, func(w *world) {
				for range 2 {
					w.command(ana, general, "hunter2")
				}
				w.opensHome(ana)
				env, err := w.slack.PreparePressInHome(ana, button)
				if err != nil {
					w.Fatal(err)
				}
				foreign, forged := env, env
				foreign.ID += "-foreign"
				foreign.Payload = replace(w.T, env.Payload, `"user":{"id":"`+ana+`"`, `"user":{"id":"`+eve+`"`)
				forged.Payload = replaceValue(w.T, env.Payload, `{\"u\":\"`+ana+`\"}`)
				for what, pressed := range map[string]slackfake.Envelope{"foreign_button": foreign, "button": forged} {
					pressed.Payload = replace(w.T, pressed.Payload, triggerOf(payloadOf(w.T, env)), what+".trigger")
					w.did(w.slack.Send(w.Context(), pressed))
					if n := strings.Count(w.logs.String(), `"what":"`+what+`"`); n != 1 {
						w.Errorf("%d events of a %s", n, what)
					}
				}
				if n := w.ots.Secrets(); n != 2 {
					w.Errorf("%d secrets left", n)
				}
				if w.slack.View(ana) != nil || w.slack.View(eve) != nil {
					w.Error("a form opened")
				}
				contains(w.T, w.home(ana), "2 active secrets")
			})
		})
	}
}

func TestAnAppFromTheOldManifestGoesOnWithoutHome(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.press(ana, w.receipt(ana), "Burn")
		if n := len(w.slack.Calls("views.publish")); n != 0 {
			w.Errorf("%d calls for a tab that there isn't", n)
		}
	}, following)
}

func TestBurnAllSaysWhatWasTooLate(t *testing.T) {
	t.Parallel()
	onBothOf(t, withHome, func(w *world) { // which nobody follows
		w.command(ana, general, "hunter2")
		w.opens(w.link(w.last(ben, general)), "")
		w.command(ana, general, "hunter2")
		w.opensHome(ana)
		w.pressHome(ana, "Burn all")
		w.sees(w.last(ana, w.slack.AppDM(ana)), "1 secret was burned.", "1 secret had already been opened or burned")
	})
}

func TestABurnFromHomeThatIsNotDoneIsSaid(t *testing.T) {
	t.Parallel()
	refused, away := otsfake.Fault{Path: "/api/v1/private/*/burn", Status: 500}, otsfake.Fault{Down: true}
	for name, c := range map[string]struct {
		fault   otsfake.Fault
		button  string
		secrets int
		says    string
	}{
		"one, no answer":    {away, "Burn", 1, "so I don't know whether it was"},
		"one, still there":  {refused, "Burn", 1, "OneTimeSecret didn't burn the secret, so nothing has changed"},
		"all, no answer":    {away, "Burn all", 2, "2 secrets may or may not be burned: OneTimeSecret didn't confirm it"},
		"all, still there":  {refused, "Burn all", 2, "OneTimeSecret didn't burn 2 secrets"},
		"all, some of each": {otsfake.Fault{Path: "/api/v1/private/*/burn", Status: 500, Times: 1}, "Burn all", 2, "1 secret was burned. OneTimeSecret didn't burn 1 secret."},
	} {
		t.Run(name, func(t *testing.T) {
			inHome(t, func(w *world) {
				for range c.secrets {
					w.command(ana, general, "hunter2")
				}
				w.opensHome(ana)
				mend := w.ots.Fault(c.fault)
				w.pressHome(ana, c.button)
				w.settle(time.Minute)
				said := w.last(ana, w.slack.AppDM(ana))
				w.sees(said, c.says)
				for _, other := range []string{"didn't burn", "may or may not", "I don't know whether"} {
					if !strings.Contains(c.says, other) {
						lacks(w.T, said.PlainText(), other)
					}
				}
				mend()
			})
		})
	}
}

// What is being written is not tried, and said to be so: OneTimeSecret wasn't asked.
func TestBurnAllSaysWhatItDidNotTry(t *testing.T) {
	t.Parallel()
	onBothOf(t, withHome, func(w *world) { // which nobody follows
		w.command(ana, general, "hunter2")
		w.settle(time.Second)
		w.command(ana, general, "hunter3")
		w.opensHome(ana)
		busy := w.receipt(ana) // the newer one, which is tried first
		for _, method := range []string{"chat.update", "response_url"} {
			w.slack.Fault(slackfake.Fault{Method: method, Delay: time.Hour})
		}
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Delay: time.Hour, Times: 1})
		go func() { _, _ = w.slack.Press(w.Context(), ana, busy, "Check") }()
		synctest.Wait()
		go func() { _, _ = w.slack.PressInHome(w.Context(), ana, "Burn all") }()
		w.settle(5 * time.Minute)
		w.told(ana, w.slack.AppDM(ana), "1 secret was burned. I skipped 1 secret because its receipt was being updated.")
		for _, m := range w.messages(ana, w.slack.AppDM(ana)) {
			lacks(w.T, m.PlainText(), "OneTimeSecret didn't burn")
		}
	})
}

func TestAHomeThatChangedWhileItFailedIsMendedByTheNextPress(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		mend := w.slack.Fault(slackfake.Fault{Method: "views.publish", Delay: 20 * time.Second, Error: "internal_error"})
		go func() { _, _ = w.slack.OpenApp(w.Context(), ana, slackfake.HomeTab) }()
		w.settle(time.Second)
		w.command(ana, general, "hunter2")
		w.settle(time.Minute)
		mend()
		w.opensHome(ana)
		contains(w.T, w.home(ana), "1 active secret")
	})
}

// A press shows what is, also on a tab that nobody kept up to date any more.
func TestAHomeThatWasLeftOpenForLongIsMendedByAPress(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.opensHome(ana)
		w.settle(3 * time.Hour)
		w.pressHome(ana, "Burn")
		contains(w.T, w.home(ana), "In #general · Burned")
	})
}

// Whichever replica published the page that somebody looks at.
func TestAHomeStaysOnItsPage(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		for range 30 {
			w.command(ana, general, "hunter2")
			w.settle(2 * time.Second)
		}
		w.opensHome(ana)
		w.pressHome(ana, "Show older")
		for range 4 {
			w.command(ana, general, "hunter2")
			contains(w.T, w.home(ana), "[Show newer]")
			w.settle(2 * time.Second)
		}
		lacks(w.T, w.home(ana), "[Show older]")
	})
}

// Nobody asks OneTimeSecret, or it doesn't answer: what was seen stays so as of then,
// and past a secret's end nothing is known of it.
func TestHomeClaimsNothingOfWhatNobodyWasAskedAbout(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		follow bool
		away   func(w *world)
	}{
		"nothing is followed":   {false, func(*world) {}},
		"OneTimeSecret is away": {true, func(w *world) { w.ots.Fault(otsfake.Fault{Down: true}) }},
	} {
		t.Run(name, func(t *testing.T) {
			inHome(t, func(w *world) {
				w.command(ana, general, "hunter2")
				w.opens(w.link(w.last(ben, general)), "")
				c.away(w)
				w.settle(30 * time.Minute)
				w.opensHome(ana)
				contains(w.T, w.home(ana), "1 active secret", "Not opened yet (as of ")
				w.settle(time.Hour)
				w.opensHome(ana)
				contains(w.T, w.home(ana), "No active secrets to show", "Ended", "In #general · Over, but I don't know what became of it · Was due to expire about ")
				lacks(w.T, w.home(ana), "Not opened yet", "[Burn]")
			}, func(c2 *bot.Config) { c2.Follow, c2.TTL = c.follow, time.Hour })
		})
	}
}

func TestBurnAllBurnsAsManySecretsAsItAsksFor(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		w.sendsTo(nil, ben, eve)
		w.command(ana, general, "hunter3")
		w.opensHome(ana)
		contains(w.T, w.home(ana), "3 active secrets", "With @ben and @eve")
		seen := w.pressHome(ana, "Burn all")
		if seen.Confirm == nil || !strings.Contains(fmt.Sprint(*seen.Confirm), "Burn 3 secrets?") || w.ots.Secrets() != 0 {
			w.Errorf("%d are left, confirmed by %+v", w.ots.Secrets(), seen.Confirm)
		}
	})
}

func TestHomeSaysWhoGotNoLink(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		mend := w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ben, Error: "messages_tab_disabled"})
		w.sendsTo(nil, ben, eve)
		w.opensHome(ana)
		contains(w.T, w.home(ana), "With @eve · Not delivered: @ben")
		mend()
		w.press(ana, w.receipt(ana), "Try again for 1 person")
		w.settle(time.Second)
		contains(w.T, w.home(ana), "With @ben and @eve")
		w.ots.Fault(otsfake.Fault{Status: 500, Path: "/api/v1/private/*/burn"})
		w.press(ana, w.receipt(ana), "Burn all")
		w.settle(time.Second)
		contains(w.T, w.home(ana), "2 couldn't be burned · As of ")
		lacks(w.T, w.home(ana), "not opened yet")
	})
}
