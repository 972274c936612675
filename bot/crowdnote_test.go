package bot_test

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// longNote is as long as a note can be, and hard to compress.
const longNote = "Login svc_deploy_01 at db-7.example.com:5432 (VPN: gw2.example.net). Rotate before Friday! Runbook " +
	"https://wiki.example.com/x/K3v9Qz, dashboard /d/8fJq2LwZ. Ask Dan, Joy or Max if MFA fails; ticket OPS-48213, " +
	"change CHG0093771. Jump host jh-04 only, never laptops. Schema v17/b, role \"rw_lim\"."

// A receipt of many people lives in its message alone where nothing else remembers
// it, and is written anew from what a form brought along.
func TestTheNoteOfACrowdOutlivesARestart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, button string
		people       int
		refused      bool // Slack takes no message to them, so the receipt has their links
		then         string
	}{
		{"all are burned", "Burn all", 12, false, "Burned before anyone opened it."},
		{"one is burned", "row %s/Burn", 12, false, "Burned before anyone opened it."},
		{"the passphrase is sent", "Send the passphrase", 12, false, "The passphrase was sent too."},
		{"all of the most are burned", "Burn all", 20, false, "Burned before anyone opened it."},
		{"none went out", "Burn all", 20, true, "Burned before anyone opened it."},
	} {
		t.Run(c.name, func(t *testing.T) {
			inTeam(t, func(w *world) {
				var to []string
				for i := range c.people {
					id := w.slack.AddUser(slackfake.User{Name: fmt.Sprintf("p%02d", i)}).ID
					to = append(to, id)
					if c.refused {
						w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: id, Error: "messages_tab_disabled"})
					}
				}
				w.sendsTo(slackfake.Values{passphrase: "correct horse", noteField: longNote}, to...)
				w.settle(time.Minute)
				w.sees(w.receipt(ana), "Note: "+longNote)
				_ = w.stop()
				w.restart() // which remembers nothing
				button := c.button
				if button == "row %s/Burn" {
					button = fmt.Sprintf(button, to[0])
				}
				w.press(ana, w.receipt(ana), button)
				w.submit(ana, slackfake.Values{passphrase: "correct horse"})
				w.settle(time.Minute)
				w.sees(w.receipt(ana), c.then, "Note: "+longNote)
				if !c.refused {
					for _, m := range w.messages(to[0], w.slack.AppDM(to[0])) {
						w.sees(m, "Note: "+longNote)
					}
				}
			})
		})
	}
}

// Nor is it lost where the form for another try has no room for it, and the receipt
// is known from its message alone.
func TestTheNoteOfACrowdOutlivesAnotherTry(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		var to []string
		var takeThem []func()
		for i := range 20 {
			id := w.slack.AddUser(slackfake.User{ID: "U0" + rand.Text()[:9], Name: fmt.Sprintf("p%02d", i)}).ID
			to = append(to, id)
			takeThem = append(takeThem, w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: id, Error: "messages_tab_disabled"}))
		}
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Status: 502, Times: 1})
		w.sendsTo(slackfake.Values{passphrase: "correct horse", noteField: longNote}, to...)
		w.settle(time.Minute)
		for _, again := range takeThem {
			again()
		}
		_ = w.stop()
		w.restart() // which remembers nothing
		w.press(ana, w.receipt(ana), "Try again for 20 people")
		contains(t, w.slack.View(ana).PlainText(), "Note: "+longNote)
		w.submit(ana, slackfake.Values{"Secret": "hunter3", passphrase: "correct horse"})
		w.settle(time.Minute)
		w.sees(w.receipt(ana), "Note: "+longNote)
		for _, user := range to {
			w.sees(w.last(user, w.slack.AppDM(user)), "Note: "+longNote)
			w.gets(user, "correct horse")
		}
	})
}
