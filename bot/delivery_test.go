package bot_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// Each row is trouble, and what the creator then reads, where. Nothing may be
// left over: the secret is posted, or its creator has the link, or it is gone.
func TestTroubleEndsWithASentence(t *testing.T) {
	t.Parallel()
	noDMs := func(w *world) { w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true }) }
	fault := func(f slackfake.Fault) func(*world) { return func(w *world) { w.slack.Fault(f) } }
	ots := func(f otsfake.Fault) func(*world) { return func(w *world) { w.ots.Fault(f) } }
	both := func(a, b func(*world)) func(*world) { return func(w *world) { a(w); b(w) } }
	archive := func(w *world) {
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, Error: "is_archived"})
	}
	dead := slackfake.Fault{Method: "response_url", Error: "used_url"}

	const (
		posted   = "posted"   // ben can open it
		private  = "private"  // ana alone has the link
		nowhere  = "nowhere"  // nothing is stored
		perhaps  = "perhaps"  // nobody has a link
		burnt    = "burnt"    // stored, and burned again
		whatever = "whatever" // Slack didn't say: both
	)
	for _, c := range []struct {
		name    string
		channel string
		trouble func(*world)
		ends    string
		says    []string
	}{
		{"OneTimeSecret is down", general, ots(otsfake.Fault{Down: true}), nowhere, []string{"can't be reached", "Nothing was stored"}},
		{"a proxy says that it has no server, or lost it", general, ots(otsfake.Fault{Status: 503, AfterEffect: true, Times: 1}), perhaps, []string{"may or may not be stored"}},
		{"OneTimeSecret takes eight seconds", general, ots(otsfake.Fault{Delay: 8 * time.Second, Times: 1}), posted, nil},
		{"OneTimeSecret never answers", general, ots(otsfake.Fault{Hang: true, Times: 1}), perhaps, []string{"no clear answer", "may or may not be stored", "expires by "}},
		{"OneTimeSecret refuses the account", general, ots(otsfake.Fault{Status: 404, Body: `{"message":"Not authorized"}`}), nowhere, []string{"doesn't accept this app's account", "whoever runs this app"}},
		{"OneTimeSecret limits the rate", general, ots(otsfake.Fault{Status: 404, Body: `{"message":"Cripes! You have been rate limited."}`}), nowhere, []string{"limiting how many secrets", "Nothing was stored"}},
		{"a proxy limits the rate for a second", general, ots(otsfake.Fault{Status: 429, Header: http.Header{"Retry-After": {"1"}}, Times: 1}), posted, nil},
		{"a proxy limits the rate", general, ots(otsfake.Fault{Status: 429, Header: http.Header{"Retry-After": {"120"}}}), nowhere, []string{"limiting how many secrets", "in 2 minutes"}},
		{"OneTimeSecret answers a web page", general, ots(otsfake.Fault{Status: 404, HTML: true, AfterEffect: true}), perhaps, []string{"may or may not be stored"}},
		{"OneTimeSecret loses its database in the middle", general, ots(otsfake.Fault{Status: 404, Body: `{"message":"An error occurred :[","shrimp":"x"}`, AfterEffect: true}), perhaps, []string{"may or may not be stored"}},
		{"OneTimeSecret has no API", general, ots(otsfake.Fault{Status: 404, Body: `{"error":"Not Found"}`}), nowhere, []string{"its API can't", "Nothing was stored", "whoever runs this app"}},
		{"OneTimeSecret has sharing disabled for the domain", general, ots(otsfake.Fault{Status: 404, Body: `{"message":"Public sharing disabled for domain: s.example.com"}`}), nowhere, []string{"disabled for domain: s.example.com", "Nothing was stored", "whoever runs this app"}},
		{"OneTimeSecret answers without end", general, ots(otsfake.Fault{Endless: true, Times: 1}), perhaps, []string{"may or may not be stored"}},
		{"OneTimeSecret redirects", general, ots(otsfake.Fault{Redirect: "http://elsewhere.test/"}), nowhere, []string{"can't be reached", "Nothing was stored"}},
		{"OneTimeSecret hangs up after storing", general, ots(otsfake.Fault{Drop: true, AfterEffect: true, Times: 1}), perhaps, []string{"may or may not be stored"}},

		{"a channel archived a moment ago, the URL dead", general, both(fault(dead), archive), private, []string{"the channel is archived"}},
		{"a restricted channel: no way round an admin's rule", general, fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, Error: "restricted_action"}), private, []string{"not everyone can post in that channel"}},
		{"an archived channel, the URL alive", general, archive, private, []string{"the channel is archived"}},
		{"the bot token was revoked, the URL alive", general, fault(slackfake.Fault{Method: "chat.postMessage", Error: "token_revoked"}), posted, nil},
		{"Slack says that admins forbid it", general, fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, Error: "ekm_access_denied"}), private, []string{"your organization's admins don't allow it"}},
		{"Slack answers 503, then that the app is no member", secrets, fault(slackfake.Fault{Method: "chat.postMessage", Channel: secrets, Status: 503, Times: 1}), posted, nil},
		{"the response URL posts and says nothing", secrets, fault(slackfake.Fault{Method: "response_url", Status: 200, AfterEffect: true}), posted, nil},
		{"the response URL posts and says that there is nothing to say", secrets, fault(slackfake.Fault{Method: "response_url", Status: 204, AfterEffect: true}), posted, nil},
		{"the response URL answers a web page", secrets, fault(slackfake.Fault{Method: "response_url", HTML: true}), private, []string{"Slack didn't confirm that"}},
		{"a private channel, the URL dead", secrets, fault(dead), private, []string{"I'm not in that conversation"}},
		{"a DM between people, the URL dead", between, fault(dead), private, []string{"I'm not in that conversation"}},
		{"Slack answers 500 once, before posting", general, fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, Status: 500, Times: 1}), posted, nil},
		{"Slack answers 500 to each post", general, fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, Status: 500}), private, []string{"Slack didn't confirm that"}},
		{"Slack posts and answers 500 each time", general, fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, Status: 503, AfterEffect: true}), whatever, []string{"Slack didn't confirm that"}},
		{"Slack limits the rate for a second", general, fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, RetryAfter: time.Second, Times: 1}), posted, nil},
		{"Slack limits the rate and names no time", general, fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, Status: 429, NoRetryAfter: true, Times: 1}), posted, nil},
		{"Slack limits the rate for an hour, the URL dead", general, both(fault(dead), fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, RetryAfter: time.Hour})), private, []string{"limiting how many messages"}},
		{"the app lacks a scope, the URL dead", general, both(fault(dead), fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, Error: "missing_scope"})), private, []string{"this app isn't installed correctly"}},

		{"DMs are off", general, noDMs, posted, []string{"Receipt for the secret"}},
		{"DMs are off and the app is no member", secrets, noDMs, posted, []string{"Receipt for the secret"}},
		{"both roads are dead and DMs are off, in a channel of the app's", general, func(w *world) {
			noDMs(w)
			w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, Error: "restricted_action"})
			w.slack.Fault(dead)
		}, private, []string{"not everyone can post"}},
		{"nobody can be reached at all", secrets, func(w *world) { noDMs(w); w.slack.Fault(dead) }, burnt, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				before := len(w.messages(ana, c.channel))
				if c.trouble != nil {
					c.trouble(w)
				}
				w.command(ana, c.channel, "hunter2")
				w.settle(2 * time.Minute)

				atBen := w.messages(ben, c.channel)
				switch live := w.ots.Secrets(); c.ends {
				case posted:
					if got := w.opens(w.link(atBen[len(atBen)-1]), ""); got != "hunter2" {
						t.Errorf("ben opens %q", got)
					}
					if len(atBen) != before+1 {
						t.Errorf("%d messages for one secret", len(atBen)-before)
					}
				case private, whatever:
					if c.ends == private && len(atBen) != before {
						t.Errorf("ben sees %q", atBen[len(atBen)-1].PlainText())
					}
					if c.ends == whatever && len(atBen) != before+2 {
						t.Errorf("%d posts of open outcome, want two and no more", len(atBen)-before)
					}
					if got := w.opens(codeLink(t, w.toldTo(ana, c.channel)), ""); got != "hunter2" {
						t.Errorf("ana's link opens %q", got)
					}
				case nowhere, burnt:
					if live != 0 {
						t.Errorf("%d secrets are left over", live)
					}
				}
				if len(c.says) > 0 {
					w.sees(w.toldTo(ana, c.channel), c.says...)
				}
			})
		})
	}
}

// toldTo is the newest thing that a person was told in private, in the DM or
// where they are.
func (w *world) toldTo(user, channel string) slackfake.Message {
	w.Helper()
	var newest slackfake.Message
	for _, in := range []string{channel, w.slack.AppDM(user)} {
		for _, m := range w.messages(user, in) {
			if (m.Ephemeral || in != channel) && m.TS > newest.TS {
				newest = m
			}
		}
	}
	if newest.TS == "" {
		w.Fatalf("%s was told nothing", user)
	}
	return newest
}

func TestAReceiptThatIsEphemeralCanStillCheckAndBurn(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
		w.command(ana, secrets, "hunter2")
		receipt := w.toldTo(ana, secrets)
		w.sees(receipt, "Slack doesn't let me edit the message with the link")
		w.press(ana, receipt, "Check")
		w.sees(w.toldTo(ana, secrets), "Not opened yet")
		w.press(ana, w.toldTo(ana, secrets), "Burn")
		w.sees(w.toldTo(ana, secrets), "You burned it")
		for _, m := range w.messages(ben, secrets) {
			lacks(t, m.PlainText(), "Receipt")
		}
	})
}

func TestServersThatCannotBeAskedLeaveTheButtons(t *testing.T) {
	t.Parallel()
	for _, button := range []string{"Check", "Burn"} {
		inWorld(t, func(w *world) {
			w.command(ana, general, "hunter2")
			w.ots.Fault(otsfake.Fault{Down: true, Times: 20})
			w.press(ana, w.receipt(ana), button)
			w.settle(time.Minute)
			w.sees(w.receipt(ana), "couldn't be reached")
			if len(w.receipt(ana).Buttons()) != 2 {
				t.Errorf("buttons left: %q", w.receipt(ana).Buttons())
			}
			if w.ots.Secrets() != 1 {
				t.Error("the secret is gone")
			}
		})
	}
}

func TestASecretWithAPassphraseIsBurnedOnlyWithIt(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Passphrase": "correct horse"})
		w.sees(w.last(ben, general), "You need a passphrase to open it. If you don't have it, ask @ana")
		w.sees(w.receipt(ana), "Needed to open or burn it")

		w.press(ana, w.receipt(ana), "Burn")
		view := w.slack.View(ana)
		if view == nil || view.Input("Passphrase") == nil {
			t.Fatal("no form asks for the passphrase")
		}
		seen := w.submit(ana, slackfake.Values{"Passphrase": "wrong horse"})
		contains(t, seen.Errors["passphrase"], "isn't the passphrase")
		if w.ots.Secrets() != 1 {
			t.Error("it was burned with a wrong passphrase")
		}
		w.submit(ana, slackfake.Values{"Passphrase": "correct horse"})
		contains(t, w.slack.View(ana).PlainText(), "You burned it")
		w.sees(w.receipt(ana), "You burned it")
		w.sees(w.last(ben, general), "burned this secret")
	})
}

func TestAServerWithoutAPIV1StillSharesChecksAndBurns(t *testing.T) {
	t.Parallel()
	withoutV1 := otsfake.Options{WithoutV1: true}
	inWorldOf(t, slackfake.Options{}, withoutV1, func(w *world) {
		w.command(ana, general, "hunter2")
		w.press(ana, w.receipt(ana), "Check")
		w.sees(w.receipt(ana), "Not opened yet")
		w.press(ana, w.receipt(ana), "Burn")
		w.sees(w.receipt(ana), "You burned it")
		w.sees(w.last(ben, general), "burned this secret")

		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter3", "Passphrase": "correct horse"})
		w.press(ana, w.receipt(ana), "Burn")
		seen := w.submit(ana, slackfake.Values{"Passphrase": "wrong horse"})
		contains(t, seen.Errors["passphrase"], "isn't the passphrase")
		w.submit(ana, slackfake.Values{"Passphrase": "correct horse"})
		w.sees(w.receipt(ana), "You burned it")
		if w.ots.Secrets() != 0 {
			t.Errorf("%d secrets are left", w.ots.Secrets())
		}
		if n := strings.Count(w.logs.String(), "no API v1"); n != 1 {
			t.Errorf("%d warnings", n)
		}
	})
}

// With the right passphrase, whatever the server says that isn't a refusal.
func TestAnAnswerToABurnThatIsNoRefusalIsNotTakenForAWrongPassphrase(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Passphrase": "correct horse"})
		w.press(ana, w.receipt(ana), "Burn")
		clear := w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*/burn", Status: 404, Body: `{"message":"An error occurred :[","shrimp":"x"}`})
		seen := w.submit(ana, slackfake.Values{"Passphrase": "correct horse"})
		contains(t, seen.Errors["passphrase"], "didn't burn the secret", "nothing has changed")
		clear()
		w.submit(ana, slackfake.Values{"Passphrase": "correct horse"})
		w.sees(w.receipt(ana), "You burned it")
	})
}

func TestALockedPassphraseIsToldApart(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Passphrase": "correct horse"})
		w.press(ana, w.receipt(ana), "Burn")
		var seen *slackfake.Interaction
		for range 21 {
			seen = w.submit(ana, slackfake.Values{"Passphrase": "wrong horse"})
		}
		contains(t, seen.Errors["passphrase"], "too many wrong ones", "half an hour")
		seen = w.submit(ana, slackfake.Values{"Passphrase": "correct horse"})
		contains(t, seen.Errors["passphrase"], "too many wrong ones")
		w.settle(31 * time.Minute)
		w.submit(ana, slackfake.Values{"Passphrase": "correct horse"})
		w.sees(w.receipt(ana), "You burned it")
	})
}

func TestASecretWithAPassphraseThatReachesNobodyIsBurned(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
		w.slack.Fault(slackfake.Fault{Method: "response_url", Error: "used_url"})
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Passphrase": "correct horse", "Post the link in": secrets})
		if w.ots.Secrets() != 0 {
			t.Error("it is still live, and nobody knows of it")
		}
	})
}

func TestWhyItIsNotPostedStaysOnTheReceipt(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, Status: 500})
		w.command(ana, general, "hunter2")
		w.press(ana, w.receipt(ana), "Check")
		w.sees(w.receipt(ana), "Slack didn't confirm that", "Maybe in #general", "Not opened yet")
		lacks(t, w.receipt(ana).PlainText(), "Nowhere")
	})
}

func TestASlowBurnWithPassphraseFollowsIntoItsForm(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Passphrase": "correct horse"})
		w.press(ana, w.receipt(ana), "Burn")
		w.ots.Fault(otsfake.Fault{Delay: 5 * time.Second, Times: 1})
		seen := w.submit(ana, slackfake.Values{"Passphrase": "correct horse"})
		if seen.Error != "" || seen.AckAfter > 2500*time.Millisecond {
			t.Errorf("ack after %v, error %q", seen.AckAfter, seen.Error)
		}
		contains(t, w.slack.View(ana).PlainText(), "Still working")
		w.settle(10 * time.Second)
		contains(t, w.slack.View(ana).PlainText(), "You burned it")
		w.sees(w.receipt(ana), "You burned it")
	})
}
