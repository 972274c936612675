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

const (
	cid, dan, fay = "UCID", "UDAN", "UFAY"

	people     = "Or send each person their own link"
	passphrase = "Passphrase"
)

// inTeam is inWorld with some more people.
func inTeam(t *testing.T, f func(w *world), changes ...func(*bot.Config)) {
	t.Helper()
	inWorld(t, func(w *world) {
		for _, id := range []string{cid, dan, fay} {
			w.slack.AddUser(slackfake.User{ID: id, Name: strings.ToLower(id[1:])})
		}
		f(w)
	}, changes...)
}

// sendsTo is somebody who fills in the form for several people.
func (w *world) sendsTo(values slackfake.Values, to ...string) *slackfake.Interaction {
	w.Helper()
	w.command(ana, general, "")
	all := slackfake.Values{"Secret": "hunter2", people: to}
	for label, value := range values {
		all[label] = value
	}
	return w.submit(ana, all)
}

// beginsToSend is sendsTo, of which nobody waits for the end.
func (w *world) beginsToSend(to ...string) {
	w.Helper()
	w.command(ana, general, "")
	if err := w.slack.Fill(ana, slackfake.Values{"Secret": "hunter2", people: to}); err != nil {
		w.Fatal(err)
	}
	go func() { _, _ = w.slack.Submit(w.Context(), ana, nil) }()
	synctest.Wait()
}

// gets is what a person finds behind the newest link in their DM with the app.
func (w *world) gets(user, phrase string) string {
	w.Helper()
	return w.opens(w.link(w.last(user, w.slack.AppDM(user))), phrase)
}

func TestEachPersonGetsALinkOfTheirOwn(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(slackfake.Values{"Public note (everyone who sees the link can read it)": "staging"}, ben, cid, dan)
		links := map[string]bool{}
		for _, user := range []string{ben, cid, dan} {
			m := w.last(user, w.slack.AppDM(user))
			w.sees(m, "shared a secret with you", "This link is only for you", "staging")
			links[w.link(m)] = true
		}
		if len(links) != 3 || w.ots.Secrets() != 3 {
			t.Errorf("%d links to %d secrets, want 3 of each", len(links), w.ots.Secrets())
		}
		if got := w.gets(cid, ""); got != "hunter2" {
			t.Errorf("cid opens %q", got)
		}
		receipt := w.receipt(ana)
		w.sees(receipt, "3 people", "@ben: Sent.", "@cid: Sent.", "@dan: Sent.")
		if n := len(w.messages(ben, general)); n != 0 {
			t.Errorf("%d messages in the conversation that was preselected", n)
		}
		if w.slack.View(ana) != nil {
			t.Error("the form is still open")
		}
		w.press(ana, receipt, "Check all")
		w.sees(w.receipt(ana), "@ben: Not opened yet.", "@cid: Opened", "@dan: Not opened yet.")
	})
}

func TestAConversationThatWasChosenBesidesIsAsked(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		seen := w.sendsTo(slackfake.Values{"Post the link in": random}, ben)
		contains(t, seen.Errors["people"], "You also chose a conversation")
		if w.ots.Secrets() != 0 {
			t.Error("something was stored")
		}
	})
}

func TestBurningForOneLeavesTheOthers(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(nil, ben, cid)
		seen := w.press(ana, w.receipt(ana), "row UBEN/Burn")
		if seen.Confirm == nil {
			t.Error("Slack asked for no confirmation")
		}
		w.sees(w.receipt(ana), "@ben: :fire: Burned before anyone opened it.", "@cid: Sent.")
		w.sees(w.last(ben, w.slack.AppDM(ben)), "burned this secret")
		if got := w.gets(cid, ""); got != "hunter2" {
			t.Errorf("cid opens %q", got)
		}
	})
}

func TestBurningForAllReadsTheRowsOfItsOwnMessage(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(nil, ben, cid, dan)
		receipt := w.receipt(ana)
		w.gets(ben, "")
		w.sendsTo(nil, fay) // another receipt, which stays
		_ = w.stop()
		w.restart()
		w.press(ana, receipt, "Burn all")
		burned := w.messages(ana, w.slack.AppDM(ana))[0]
		w.sees(burned, "@ben: Opened", "@cid: :fire: Burned", "@dan: :fire: Burned")
		lacks(t, strings.Join(burned.Buttons(), " "), "Burn", "Check")
		if got := w.gets(fay, ""); got != "hunter2" {
			t.Errorf("fay opens %q", got)
		}
	})
}

func TestWhoCannotBeReachedStandsInTheRowAndCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		mend := w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: dan, Error: "messages_tab_disabled"})
		w.sendsTo(nil, ben, cid, dan, eve, fay)
		receipt := w.receipt(ana)
		w.sees(receipt, "@ben: Sent.", "@cid: Sent.", "@dan: :warning: Not delivered. They can't get messages from me.", "@eve: Sent.", "@fay: Sent.", "You can give them this link yourself")
		mend()
		w.press(ana, receipt, "Try again for 1 person")
		w.sees(w.receipt(ana), "@dan: Sent.")
		if got := w.gets(dan, ""); got != "hunter2" {
			t.Errorf("dan opens %q", got)
		}
		for _, user := range []string{ben, cid, eve, fay} {
			if n := len(w.messages(user, w.slack.AppDM(user))); n != 1 {
				t.Errorf("%s got %d messages", user, n)
			}
		}
		if w.ots.Secrets() != 4 {
			t.Errorf("%d secrets are left, want those that nobody opened", w.ots.Secrets())
		}
	})
}

func TestTheFormStaysForWhomOneTimeSecretFailed(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: time.Nanosecond, Times: 2}) // goes well
		mend := w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true})
		w.sendsTo(nil, ben, cid, dan)
		served := 0
		for _, user := range []string{ben, cid, dan} {
			served += len(w.messages(user, w.slack.AppDM(user)))
		}
		if served != 2 {
			t.Fatalf("%d people got a link, want 2", served)
		}
		w.sees(w.receipt(ana), "Not delivered. OneTimeSecret can't be reached, so nothing was stored for them.")
		view := w.slack.View(ana)
		if view == nil || view.Input("Secret").Value != "hunter2" {
			t.Fatal("what was typed is lost")
		}
		contains(t, view.PlainText(), "can't be reached", "The others have their links")

		mend()
		w.submit(ana, nil)
		receipt := w.receipt(ana)
		lacks(t, receipt.PlainText(), "No link", "Waiting")
		if n := len(w.messages(ana, w.slack.AppDM(ana))); n != 1 {
			t.Errorf("%d receipts", n)
		}
		for _, user := range []string{ben, cid, dan} {
			if n := len(w.messages(user, w.slack.AppDM(user))); n != 1 {
				t.Errorf("%s got %d messages", user, n)
			}
			if got := w.gets(user, ""); got != "hunter2" {
				t.Errorf("%s opens %q", user, got)
			}
		}
	})
}

func TestAReceiptHasOnePassphrase(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: time.Nanosecond, Times: 1}) // goes well
		mend := w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true})
		w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben, cid)
		w.settle(time.Minute)
		mend()
		seen := w.submit(ana, slackfake.Values{passphrase: ""})
		contains(t, seen.Errors["passphrase"], "Please use the same one here")
		w.submit(ana, slackfake.Values{passphrase: "correct horse"})
		lacks(t, w.receipt(ana).PlainText(), "No link", "Waiting")
		if got := w.gets(cid, "correct horse"); got != "hunter2" {
			t.Errorf("cid opens %q", got)
		}
	})
}

// A generated one would be another than the others have.
func TestAReceiptIsNotOfferedASecondPassphrase(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: time.Nanosecond, Times: 1}) // goes well
		mend := w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true})
		w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben, cid)
		w.settle(time.Minute)
		mend()
		if _, err := w.slack.PressInView(w.Context(), ana, "Generate a passphrase"); err == nil {
			t.Error("the form for the others offers a passphrase of its own")
		}
	})
}

func TestAReceiptThatCouldNotBeChangedAtOnceIsNotPostedTwice(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.slack.Fault(slackfake.Fault{Method: "chat.update", Status: 503, Times: 1})
		w.sendsTo(nil, ben, cid)
		if n := len(w.messages(ana, w.slack.AppDM(ana))); n != 1 {
			t.Errorf("%d receipts", n)
		}
		w.sees(w.receipt(ana), "@ben: Sent.", "@cid: Sent.")
	})
}

// A form that was open for long brings back rows as they were.
func TestAnotherTryLooksAtTheOthersAgain(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: time.Nanosecond, Times: 1}) // goes well
		mend := w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true})
		w.sendsTo(nil, ben, cid)
		w.settle(time.Minute)
		form, err := w.slack.PrepareSubmit(ana)
		if err != nil {
			t.Fatal(err)
		}
		w.press(ana, w.receipt(ana), "Burn all")
		mend()
		if err := w.stop(); err != nil {
			t.Fatal(err)
		}
		w.restart() // which remembers nothing
		w.did(w.slack.Send(w.Context(), form))
		w.sees(w.receipt(ana), "Burned: nobody can open it.", "Sent.")
	})
}

// Two processes that know nothing of each other: the receipt itself says which
// of its states is the newer.
func TestAnotherReplicaSeesWhatTheFirstOneChanged(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		mend := w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: cid, Error: "messages_tab_disabled"})
		w.sendsTo(nil, ben, cid)
		mend()
		first := w.slack.ConnectionNumbers()
		stop := w.stop
		w.run()
		if err := w.slack.WaitConnected(w.Context(), 4); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = stop() }()
		second := w.slack.ConnectionNumbers()[len(first):]
		on := func(button string, conns []int) {
			env, err := w.slack.PreparePress(ana, w.receipt(ana), button)
			if err != nil {
				t.Fatal(err)
			}
			w.did(w.slack.Send(w.Context(), env, conns...))
		}
		on("Try again for 1 person", second)
		w.sees(w.receipt(ana), "@cid: Sent.")
		on("Check all", first)
		w.sees(w.receipt(ana), "@ben: Not opened yet.", "@cid: Not opened yet.")
		lacks(t, w.receipt(ana).PlainText(), "No link")
	})
}

func TestNothingIsStoredWithoutAReceipt(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
		seen := w.sendsTo(nil, ben)
		contains(t, seen.Errors["people"], "can't send you a direct message", "Nothing was stored")
		if len(w.ots.Journal()) != 0 || len(w.messages(ben, w.slack.AppDM(ben))) != 0 {
			t.Error("something was done")
		}
	})
}

func TestAKilledProcessLeavesAReceiptThatSaysWhoHasWhat(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		// Killed while the third of five is being served: nothing that it
		// would still do reaches anybody.
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ben, Delay: 1500 * time.Millisecond})
		for _, slow := range []string{dan, eve, fay} {
			defer w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: slow, Delay: time.Hour, Times: 1})()
		}
		w.beginsToSend(ben, cid, dan, eve, fay)
		w.settle(2 * time.Second)
		w.kill()
		w.sees(w.receipt(ana), "@ben: Sent.", "@cid: Sent.", "@dan: Being sent", "@eve: Being sent", "@fay: Being sent")

		w.restart()
		w.press(ana, w.receipt(ana), "Check all")
		w.sees(w.receipt(ana), "@ben: Not opened yet.", "@dan: Being sent. They may or may not have the link yet. Not opened yet.")
		w.press(ana, w.receipt(ana), "Try again for 3 people")
		w.sees(w.receipt(ana), "@dan: Not opened yet.", "@fay: Not opened yet.")
		for _, user := range []string{ben, cid, dan, eve, fay} {
			if got := w.gets(user, ""); got != "hunter2" {
				t.Errorf("%s opens %q", user, got)
			}
		}
	})
}

func TestAProcessKilledBeforeItStoredAnything(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		mend := w.ots.Fault(otsfake.Fault{Hang: true})
		w.beginsToSend(ben, cid)
		w.settle(2500 * time.Millisecond) // past the ack: else Slack would deliver it again
		w.kill()
		_, _ = w.slack.CloseView(w.Context(), ana)
		w.sees(w.receipt(ana), "@ben: Waiting to be sent. No link yet.", "I was interrupted")
		mend()
		w.restart()
		w.press(ana, w.receipt(ana), "Try again for 2 people")
		w.submit(ana, slackfake.Values{"Secret": "hunter3"})
		w.sees(w.receipt(ana), "@ben: Sent.", "@cid: Sent.")
		if got := w.gets(cid, ""); got != "hunter3" {
			t.Errorf("cid opens %q", got)
		}
	})
}

func TestTwentyPeopleFitIntoOneReceipt(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		var to []string
		for i := range 20 {
			id := "U0123456" + strings.Repeat(string(rune('A'+i)), 3)
			w.slack.AddUser(slackfake.User{ID: id, Name: "p" + id[8:]})
			to = append(to, id)
		}
		w.sendsTo(slackfake.Values{passphrase: "correct horse"}, to...)
		w.settle(time.Minute)
		receipt := w.receipt(ana)
		if got := strings.Count(receipt.PlainText(), "Sent."); got != 20 {
			t.Errorf("%d are served", got)
		}
		w.press(ana, receipt, "Burn all")
		w.submit(ana, slackfake.Values{passphrase: "correct horse"})
		w.settle(time.Minute)
		if got := strings.Count(w.receipt(ana).PlainText(), "Burned before anyone opened it."); got != 20 || w.ots.Secrets() != 0 {
			t.Errorf("%d are burned, %d secrets are left", got, w.ots.Secrets())
		}
	})
}

func TestARowInACrowdIsConfirmedByAForm(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		to := []string{ben, cid, dan, eve, fay}
		for i := range 6 {
			to = append(to, w.slack.AddUser(slackfake.User{Name: "p" + string(rune('a'+i))}).ID)
		}
		w.sendsTo(nil, to...)
		w.press(ana, w.receipt(ana), "row UBEN/Burn")
		if n := w.ots.Secrets(); n != 11 {
			t.Fatalf("burned without asking: %d are left", n)
		}
		w.submit(ana, nil)
		w.sees(w.receipt(ana), "@ben: :fire: Burned before anyone opened it.")
		if n := w.ots.Secrets(); n != 10 {
			t.Errorf("%d secrets are left", n)
		}
	})
}

func TestTheReceiptIsItsCreatorsAlone(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(nil, ben, cid)
		receipt := w.receipt(ana)
		for _, button := range []string{"row UBEN/Burn", "Burn all", "Check all"} {
			env, err := w.slack.PreparePress(ana, receipt, button)
			if err != nil {
				t.Fatal(err)
			}
			env.Payload = replace(t, env.Payload, `"user":{"id":"UANA"`, `"user":{"id":"UEVE"`)
			w.did(w.slack.Send(w.Context(), env))
		}
		if w.ots.Secrets() != 2 {
			t.Error("somebody else burned")
		}
		w.sees(w.receipt(ana), "Only the person who shared this secret can do that.")
	})
}

func TestTwoPressesAtOnceBurnBothRows(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(nil, ben, cid)
		receipt := w.receipt(ana) // as both presses saw it
		w.press(ana, receipt, "row UBEN/Burn")
		w.press(ana, receipt, "row UCID/Burn")
		w.sees(w.receipt(ana), "@ben: :fire: Burned", "@cid: :fire: Burned")
	})
}

func TestBurnAllOfWhatWasOpenedFirstBurnsNothing(t *testing.T) {
	t.Parallel()
	for _, phrase := range []string{"", "correct horse"} {
		inTeam(t, func(w *world) {
			w.sendsTo(slackfake.Values{passphrase: phrase}, ben)
			w.gets(ben, phrase)
			w.press(ana, w.receipt(ana), "Burn all")
			if phrase != "" {
				w.submit(ana, slackfake.Values{passphrase: phrase})
				w.sees(w.receipt(ana), "Opened")
				contains(t, w.slack.View(ana).PlainText(), "It was too late to burn them")
				lacks(t, w.slack.View(ana).PlainText(), "🔥", ":fire:", "Done")
			}
			w.settle(time.Second)
			lacks(t, w.logs.String(), `"outcome":"burned"`)
		})
	}
}

func TestAPassphraseBurnOfAGroupThatOneTimeSecretRefusedSaysSo(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben, cid)
		w.press(ana, w.receipt(ana), "Burn all")
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*/burn", Status: 429})
		said := fmt.Sprint(w.submit(ana, slackfake.Values{passphrase: "correct horse"}).Errors)
		contains(t, said, "didn't burn the secret")
		lacks(t, said, "didn't answer")
	})
}
