package bot_test

import (
	"net/http"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// notFound is how a receipt says that OneTimeSecret doesn't know a secret.
const notFound = "Not found: OneTimeSecret doesn't know this secret"

// doesntKnow has the server know no secret, as one without its database, or
// another one.
func doesntKnow(w *world) (knowsAgain func()) {
	many := w.ots.Fault(otsfake.Fault{Path: "/api/v3/guest/receipts", Status: http.StatusOK, Body: `{"records":[],"count":0}`})
	one := w.ots.Fault(otsfake.Fault{Path: askedAlone, Status: http.StatusNotFound, Body: `{"message":"Unknown secret"}`})
	burn := w.ots.Fault(otsfake.Fault{Path: askedAlone + "/burn", Status: http.StatusNotFound, Body: `{"message":"Unknown secret"}`})
	return func() { many(); one(); burn() }
}

// waits checks that nothing is taken away from a secret of ana's.
func (w *world) waits(link string) {
	w.Helper()
	w.sees(w.receipt(ana), "[Check]", "[Burn]")
	if posted := w.last(ben, general); len(posted.Links()) != 1 || w.link(posted) != link {
		w.Errorf("the message has its link no more:\n%s", posted.PlainText())
	}
	lacks(w.T, w.logs.String(), `"event":"found"`, `"event":"burn`)
}

func TestAGatewayWithoutItsRouteTakesNoLinkAway(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"an API gateway": `{"message":"Not Found"}`,
		"hapi":           `{"statusCode":404,"error":"Not Found","message":"Not Found"}`,
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, "hunter2")
				link := w.link(w.last(ben, general))
				back := w.ots.Fault(otsfake.Fault{Status: http.StatusNotFound, Body: body})
				w.settle(2 * time.Minute)
				w.waits(link)
				for _, button := range []string{"Check", "Burn"} {
					w.press(ana, w.receipt(ana), button)
					w.sees(w.receipt(ana), "Unknown: OneTimeSecret couldn't be reached")
					w.waits(link)
				}
				back()
				if took := w.seenOpened(link); took > 5*time.Minute+time.Minute {
					t.Errorf("its opening is seen after %v", took)
				}
			}, following)
		})
	}
}

func TestASecretThatTheServerDoesntKnowIsNotOverBeforeItsEnd(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]otsfake.Options{"25 at once": {}, "one by one": {Version: "0.22"}} {
		for _, asks := range []string{"Check", "Burn", "the follower"} {
			t.Run(asks+", "+name, func(t *testing.T) {
				inWorldOf(t, slackfake.Options{}, server, func(w *world) {
					w.command(ana, general, "hunter2")
					link := w.link(w.last(ben, general))
					knowsAgain := doesntKnow(w)
					button := asks
					look := func() {
						if w.settle(20 * time.Second); !w.cfg.Follow {
							w.press(ana, w.receipt(ana), button)
						}
					}
					look()
					w.sees(w.receipt(ana), notFound, "I don't know whether anyone opened it")
					w.waits(link)
					button = "Check"
					knowsAgain()
					look()
					w.sees(w.receipt(ana), "Not opened yet")
					knowsAgain = doesntKnow(w)
					look()
					w.sees(w.receipt(ana), notFound)
					w.waits(link)
					w.settle(5 * time.Minute)
					look()
					w.sees(w.receipt(ana), "Gone: opened, burned or expired")
					w.sees(w.last(ben, general), "no longer works")
					knowsAgain()
				}, fiveMinutes, func(c *bot.Config) { c.Follow = asks == "the follower" })
			})
		}
	}
}

// Once the metadata is over too, nobody can say that it ended unopened.
func TestWhatAServerHasForgottenMayHaveBeenOpened(t *testing.T) {
	t.Parallel()
	for _, button := range []string{"Check", "Burn"} {
		t.Run(button, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, "hunter2")
				w.opens(w.link(w.last(ben, general)), "")
				w.settle(11 * time.Minute)
				w.press(ana, w.receipt(ana), button)
				w.sees(w.receipt(ana), "Gone: opened, burned or expired", "change the credential")
				w.sees(w.last(ben, general), "was opened or burned, or it has expired")
			}, fiveMinutes)
		})
	}
}
