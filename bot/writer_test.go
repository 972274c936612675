package bot_test

import (
	"strings"
	"testing"
	"time"

	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// Two forms of one receipt, both sent: nobody gets two secrets, and the receipt
// can burn all there are.
func TestTwoFormsOfOneReceiptMakeOneSecretEach(t *testing.T) {
	t.Parallel()
	for name, slow := range map[string]time.Duration{"one after the other": 0, "at once": time.Second} {
		t.Run(name, func(t *testing.T) {
			inTeam(t, func(w *world) {
				mend := w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true})
				w.sendsTo(nil, ben, cid)
				_, _ = w.slack.CloseView(w.Context(), ana)
				receipt := w.receipt(ana)
				var forms []slackfake.Envelope
				for range 2 {
					w.press(ana, receipt, "Try again for 2 people")
					_ = w.slack.Fill(ana, slackfake.Values{"Secret": "hunter2"})
					form, err := w.slack.PrepareSubmit(ana)
					if err != nil {
						t.Fatal(err)
					}
					forms = append(forms, form)
				}
				mend()
				if slow > 0 {
					w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: slow})
					go func() { _, _ = w.slack.Send(w.Context(), forms[0]) }()
					time.Sleep(slow / 2)
				} else {
					w.did(w.slack.Send(w.Context(), forms[0]))
				}
				seen := w.did(w.slack.Send(w.Context(), forms[1]))
				w.settle(time.Minute)
				if n := w.ots.Secrets(); n != 2 {
					t.Errorf("%d secrets for two people", n)
				}
				if slow == 0 {
					contains(t, seen.Errors["secret"], "Everyone on that receipt already has a link")
				}
				w.press(ana, w.receipt(ana), "Burn all")
				if n := w.ots.Secrets(); n != 0 {
					t.Errorf("%d secrets are left that the receipt can't burn", n)
				}
			})
		})
	}
}

// A burn overtakes a Check that OneTimeSecret is slow to answer: what the Check
// learned is old by then.
func TestASlowCheckBringsNoBurnedSecretBack(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		receipt := w.receipt(ana)
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*", Status: 200, Delay: 5 * time.Second, Times: 1,
			Body: `{"state":"new","secret_key":"x","passphrase_required":false,"secret_ttl":100}`})
		go func() { _, _ = w.slack.Press(w.Context(), ana, receipt, "Check") }()
		time.Sleep(time.Second)
		w.press(ana, receipt, "Burn")
		w.sees(w.receipt(ana), "You burned it", "before anyone opened it")
		w.settle(10 * time.Second)
		w.sees(w.receipt(ana), "You burned it", "before anyone opened it")
		if buttons := w.receipt(ana).Buttons(); len(buttons) != 0 {
			t.Errorf("buttons %q are back on a secret that is burned", buttons)
		}
	})
}

// A form that was open for long brings back a receipt of which the process
// remembers only that it has changed.
func TestAFormFromBeforeAChangeOfItsReceiptIsSentBack(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		mend := w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true})
		w.sendsTo(nil, ben, cid)
		_, _ = w.slack.CloseView(w.Context(), ana)
		receipt := w.receipt(ana)
		mend()
		w.press(ana, receipt, "Try again for 2 people")
		_ = w.slack.Fill(ana, slackfake.Values{"Secret": "hunter2"})
		form, err := w.slack.PrepareSubmit(ana)
		if err != nil {
			t.Fatal(err)
		}
		w.press(ana, receipt, "Try again for 2 people")
		w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		w.settle(time.Hour)
		w.did(w.slack.Send(w.Context(), form))
		contains(t, w.logs.String(), `"kind":"form_people","outcome":"rejected"`)
		if n := w.ots.Secrets(); n != 2 {
			t.Errorf("%d secrets for two people", n)
		}
		w.press(ana, w.receipt(ana), "Burn all")
		if n := w.ots.Secrets(); n != 0 {
			t.Errorf("%d secrets are left that the receipt can't burn", n)
		}
	})
}

// The keys of a receipt are in the receipt and, sealed, in the memory; beside it
// the process keeps none.
func TestTheProcessKeepsNoKeysBesideTheMemory(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(nil, ben, cid)
		w.command(ana, general, "hunter2")
		w.press(ana, w.receipt(ana), "Check")
		if n := w.bot.RememberedKeys(); n != 0 {
			t.Errorf("the keys of %d rows are kept", n)
		}
		if n := w.bot.RememberedReceipts(); n != 0 {
			t.Errorf("%d receipts are kept", n)
		}
	})
}

// A generated password that could not be stored for all is taken back; what
// could not be burned stays on the receipt, to be burned, and is sent to nobody.
func TestWhatCouldNotBeTakenBackStaysOnTheReceipt(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: time.Nanosecond, Times: 1}) // goes well
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true})
		mend := w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*/burn", Down: true})
		w.command(ana, general, "generate")
		w.submit(ana, slackfake.Values{people: []string{ben, cid}})
		w.settle(2 * time.Minute)
		w.sees(w.receipt(ana), "didn't confirm that the secret was burned. Please press Burn")
		lacks(t, w.slack.View(ana).PlainText(), "The others have their links", "Nothing was stored")
		contains(t, w.slack.View(ana).PlainText(), "See the receipt for the others.")
		if n := len(w.messages(ben, w.slack.AppDM(ben))) + len(w.messages(cid, w.slack.AppDM(cid))); n != 0 || w.ots.Secrets() != 1 {
			t.Errorf("%d links sent, %d secrets", n, w.ots.Secrets())
		}
		mend()
		w.press(ana, w.receipt(ana), "Burn all")
		if n := w.ots.Secrets(); n != 0 {
			t.Errorf("%d secrets are left", n)
		}
		contains(t, strings.Join(w.receipt(ana).Buttons(), " "), "Try again for 2 people")
	})
}

// A note of nothing but what HTML escapes stays on the receipt, whatever is
// pressed on it.
func TestANoteOfMarkupStaysOnTheReceipt(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		note := strings.Repeat("<&>", 100)
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter2", noteField: note})
		w.sees(w.receipt(ana), note)
		w.press(ana, w.receipt(ana), "Check")
		w.sees(w.receipt(ana), note, "Not opened yet")
	})
}

// An old screen of a receipt of which only its change is remembered: its one
// secret is asked about anew.
func TestAnOldScreenOfOneSecretStillBurns(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		old := w.receipt(ana)
		w.press(ana, old, "Check")
		w.settle(time.Hour)
		w.press(ana, old, "Burn")
		w.sees(w.receipt(ana), "You burned it", "before anyone opened it")
	})
}

// Where the creator takes no direct messages the receipt is ephemeral: each
// press replaces it, by what the press brings along.
func TestAnEphemeralReceiptIsReplaced(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
		w.command(ana, general, "hunter2")
		w.press(ana, w.toldTo(ana, general), "Check")
		w.sees(w.toldTo(ana, general), "Not opened yet")
		w.press(ana, w.toldTo(ana, general), "Burn")
		w.sees(w.toldTo(ana, general), "You burned it")
		if n := w.ots.Secrets(); n != 0 {
			t.Errorf("%d secrets are left", n)
		}
	})
}

// Whoever checks while links still go out gets an answer, and takes nothing from
// the receipt.
func TestACheckWhileLinksGoOutWaitsItsTurn(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: cid, Delay: 5 * time.Second})
		w.beginsToSend(ben, cid)
		w.settle(2 * time.Second)
		go func() { _, _ = w.slack.Press(w.Context(), ana, w.receipt(ana), "Check all") }()
		w.settle(10 * time.Second)
		w.sees(w.receipt(ana), "@ben: Not opened yet.", "@cid: ")
		lacks(t, w.receipt(ana).PlainText(), "Being sent", "No link")
	})
}
