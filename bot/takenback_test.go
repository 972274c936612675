package bot_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// Somebody may have a link as soon as Slack was asked to post it: whoever takes
// it back says so, and what OneTimeSecret says became of the secret.
func TestALinkThatMayBePostedIsNotCalledNobodys(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		trouble func(w *world)
		says    []string
		lacks   []string
		left    bool
	}{
		{"it could be burned", func(*world) {}, []string{"Slack didn't confirm that the link was posted", "burned the secret", "Nobody can open it"}, []string{"couldn't deliver", "Nobody has"}, false},
		{"it could not", func(w *world) { w.ots.Fault(otsfake.Fault{Hang: true}) },
			[]string{"Slack didn't confirm that the link was posted", "OneTimeSecret didn't confirm that the secret was burned", "expires by "}, []string{"couldn't deliver", "Nobody has", "Nobody can open it"}, true},
		{"somebody opened it first", func(w *world) { w.opens(w.link(w.last(ben, general)), "") },
			[]string{"Slack didn't confirm that the link was posted", "was opened", "change the credential"}, []string{"Nobody", "burned", "expires by "}, false},
		{"it was burned, and OneTimeSecret doesn't say what it found", func(w *world) {
			w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*/burn", Delay: time.Millisecond, Times: 1})
			w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*", Down: true})
		}, []string{"Slack didn't confirm that the link was posted", "Nobody can open the secret anymore", "didn't say whether anyone had opened it first"}, []string{"Nobody has", "I burned"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Delay: time.Hour, AfterEffect: true})
				go func() { _, _ = w.slack.Command(w.Context(), ana, general, "/secret", "hunter2") }()
				synctest.Wait()
				c.trouble(w)
				if err := w.stop(); (err != nil) != c.left {
					t.Errorf("stopped with %v", err)
				}
				told := w.toldTo(ana, general)
				w.sees(told, c.says...)
				lacks(t, told.PlainText(), c.lacks...)
			}, func(c *bot.Config) { c.ShutdownTimeout = 10 * time.Second })
		})
	}
}

// A 200 alone says too little, as for Burn on a receipt.
func TestASecretIsNotCalledBurnedThatIsStillThere(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, Error: "restricted_action"})
		w.slack.Fault(slackfake.Fault{Method: "response_url", Error: "used_url", Times: 1})
		w.slack.Fault(slackfake.Fault{Method: "chat.postEphemeral", Error: "user_not_in_channel"})
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*/burn", Status: 200, Body: `{"state":{"state":"burned"},"secret_shortkey":"abc"}`})
		w.command(ana, general, "hunter2")
		w.settle(time.Minute)
		told := w.toldTo(ana, general)
		w.sees(told, "I couldn't deliver the link.", "OneTimeSecret didn't confirm that the secret was burned", "Nobody has a link to it", "expires by ")
		contains(t, w.logs.String(), `"event":"left_live"`)
	})
}

// A receipt that may have arrived has the link.
func TestALinkOnAReceiptThatMayHaveArrivedIsNotCalledNobodys(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, Error: "restricted_action"})
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ana, Status: 503, AfterEffect: true})
		w.slack.Fault(slackfake.Fault{Method: "response_url", Error: "used_url", Times: 1})
		w.slack.Fault(slackfake.Fault{Method: "chat.postEphemeral", Error: "user_not_in_channel"})
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*/burn", Down: true})
		w.command(ana, general, "hunter2")
		w.settle(time.Minute)
		told := w.toldTo(ana, general)
		w.sees(told, "I couldn't deliver the link.", "OneTimeSecret didn't confirm that the secret was burned", "expires by ")
		lacks(t, told.PlainText(), "Nobody has")
	})
}

// OneTimeSecret mails a link before the app knows of it.
func TestALinkThatMayBeMailedIsNotCalledNobodys(t *testing.T) {
	t.Parallel()
	minute := func(c *bot.Config) { c.TTL, c.TTLChoices = time.Minute, []time.Duration{time.Minute} }
	const mailed = "OneTimeSecret may have emailed a link"
	for _, c := range []struct {
		name    string
		version string
		fault   otsfake.Fault
		says    []string
		lacks   []string
	}{
		{"the answer is lost", "", otsfake.Fault{Path: "/api/v1/share", Drop: true, AfterEffect: true, Times: 1},
			[]string{"may or may not be stored", mailed, "expires by ", "a second email"}, []string{"Nobody has", "You can try again"}},
		{"the lifetime is ignored, and it is burned", "0.20", otsfake.Fault{Path: "/none"},
			[]string{"longer than the 1 minute", "I burned the secret. Nobody can open it."}, []string{"Nobody has"}},
		{"the lifetime is ignored, and it can't be burned", "0.20", otsfake.Fault{Path: "/api/v1/private/*/burn", Down: true},
			[]string{"longer than the 1 minute", "OneTimeSecret didn't confirm that the secret was burned", mailed, "expires by "}, []string{"Nobody has"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			change := []func(*bot.Config){mailing}
			if c.version != "" {
				change = append(change, minute)
			}
			inWorldOf(t, slackfake.Options{}, otsfake.Options{Version: c.version, Username: "bot@example.com", APIToken: "abc"}, func(w *world) {
				w.command(ana, general, "")
				w.did(w.slack.PressInView(w.Context(), ana, "Email the link instead"))
				w.ots.Fault(c.fault)
				seen := w.submit(ana, slackfake.Values{"Secret": "hunter2", "Email the link to": "partner@example.com"})
				w.settle(time.Minute)
				shown := w.slack.View(ana).PlainText()
				for _, problem := range seen.Errors {
					shown += "\n" + problem
				}
				contains(t, shown, c.says...)
				lacks(t, shown, c.lacks...)
			}, change...)
		})
	}
}

// A form that was closed before its passphrase was shown says what it can of a
// link that OneTimeSecret has mailed by then.
func TestAMailedLinkWhosePassphraseNobodySawIsNotCalledNobodys(t *testing.T) {
	t.Parallel()
	inMail(t, func(w *world) {
		w.command(ana, general, "")
		w.did(w.slack.PressInView(w.Context(), ana, "Generate a passphrase"))
		w.did(w.slack.PressInView(w.Context(), ana, "Email the link instead"))
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: 4 * time.Second, Times: 1})
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*/burn", Down: true})
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Email the link to": "partner@example.com"})
		if _, err := w.slack.CloseView(w.Context(), ana); err != nil {
			t.Fatal(err)
		}
		w.settle(2 * time.Minute)
		told := w.toldTo(ana, general)
		w.sees(told, "The form was closed", "OneTimeSecret didn't confirm that the secret was burned", "OneTimeSecret may have emailed a link")
		lacks(t, told.PlainText(), "Nobody has", "couldn't deliver")
	})
}

// The link of one's own is a second secret: what isn't stored of it says nothing
// of the first, and another try would make another password.
func TestASecondLinkThatCannotBeMadeSaysNothingOfTheFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault otsfake.Fault
		says  string
	}{
		{"limited", otsfake.Fault{Status: 429, Header: http.Header{"Retry-After": {"120"}}}, "Nothing else was stored."},
		{"down", otsfake.Fault{Down: true}, "Nothing else was stored."},
		{"lost", otsfake.Fault{Drop: true, AfterEffect: true}, "another copy of the secret may or may not be stored. Nobody has a link to it."},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, "generate")
				w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: time.Millisecond, Times: 1}) // the first
				c.fault.Path = "/api/v1/share"
				w.ots.Fault(c.fault)
				w.submit(ana, slackfake.Values{"A link for you": []string{"yes"}})
				w.settle(time.Minute)
				w.link(w.last(ben, general))
				told := w.toldTo(ana, general)
				w.sees(told, "I couldn't make you a link of your own.", c.says)
				lacks(t, told.PlainText(), "Nothing was stored", "ry again")
			})
		})
	}
}

// A form that stands after its secret was taken back says so too: what it said
// before isn't so any more.
func TestAFormSaysThatItsSecretWasTakenBack(t *testing.T) {
	t.Parallel()
	slow := func(w *world) { w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: 4 * time.Second, Times: 1}) }
	for name, c := range map[string]struct {
		trouble func(w *world)
		phrase  bool
		values  slackfake.Values
	}{
		"people, late":                      {slow, false, slackfake.Values{people: []string{ben}}},
		"people, with a passphrase":         {func(*world) {}, true, slackfake.Values{people: []string{ben}}},
		"people, one of whom has no secret": {func(w *world) { w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true, Times: 1}) }, false, slackfake.Values{people: []string{ben, eve}}},
		"a conversation, with a passphrase": {func(*world) {}, true, slackfake.Values{"Post the link in": general}},
	} {
		t.Run(name, func(t *testing.T) {
			inTeam(t, func(w *world) {
				w.command(ana, general, "")
				if c.phrase {
					w.did(w.slack.PressInView(w.Context(), ana, "Generate a passphrase"))
				}
				c.trouble(w)
				c.values["Secret"] = "hunter2"
				// The first receipt comes through, and nothing after it.
				w.slack.Fault(slackfake.Fault{Method: "chat.update", Error: "cant_update_message"})
				w.slack.Fault(slackfake.Fault{Method: "response_url", Error: "used_url"})
				w.slack.Fault(slackfake.Fault{Method: "chat.postEphemeral", Error: "user_not_in_channel"})
				// The ack has its way to go, on another connection.
				w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*/burn", Delay: time.Second})
				if c.values[people] != nil {
					w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ana, Times: 1, Delay: time.Millisecond})
				} else {
					w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, Error: "restricted_action"})
				}
				w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ana, Error: "messages_tab_disabled"})
				seen := w.submit(ana, c.values)
				w.settle(time.Minute)
				if seen.Error != "" {
					t.Errorf("the form says %q", seen.Error)
				}
				if n := w.ots.Secrets(); n != 0 {
					t.Errorf("%d secrets are left", n)
				}
				view := w.slack.View(ana)
				if view == nil {
					t.Fatal("the form is closed")
				}
				shown := view.PlainText()
				contains(t, shown, "I burned the secret. Nobody can open it.")
				lacks(t, shown, "on their way", "on its way", "Copy it now")
			})
		})
	}
}

// Of several, some may be burned and some not.
func TestABurnOfSeveralSaysWhatBecameOfEach(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.sendsTo(slackfake.Values{"Secret": "hunter2", "Passphrase": "correct horse"}, ben, eve)
		w.press(ana, w.receipt(ana), "Burn all")
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*/burn", Status: 500, Times: 1})
		w.submit(ana, slackfake.Values{"Passphrase": "correct horse"})
		w.settle(time.Minute)
		seen := w.slack.View(ana).PlainText()
		contains(t, seen, "1 secret was burned", "didn't burn 1 secret")
		lacks(t, seen, "nothing has changed")
		if n := w.ots.Secrets(); n != 1 {
			t.Errorf("%d secrets are live", n)
		}
	})
}
