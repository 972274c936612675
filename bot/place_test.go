package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// Slack says ok and posts in the conversation itself, where the thread's first
// message is gone by then.
func TestAThreadThatIsGoneIsNotClaimed(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		leak := w.wrote(ben, general, "hunter2")
		w.shortcut(ana, leak)
		if err := w.slack.DeleteMessage(ben, leak); err != nil {
			t.Fatal(err)
		}
		w.submit(ana, nil)
		if posted := w.last(ben, general); posted.ThreadTS != "" || w.opens(w.link(posted), "") != "hunter2" {
			t.Fatalf("posted in thread %q", posted.ThreadTS)
		}
		w.sees(w.receipt(ana), "Slack didn't confirm that the link is in the thread")
		lacks(t, w.receipt(ana).PlainText(), "A thread in")
	})
}

// OneTimeSecret may grant more than was asked for; more than the admin's
// longest choice is not let stand.
func TestALifetimeLongerThanTheLongestIsBurnedAndSaid(t *testing.T) {
	t.Parallel()
	minute := func(c *bot.Config) { c.TTL, c.TTLChoices = time.Minute, []time.Duration{time.Minute} }
	old := otsfake.Options{Version: "0.20"} // gives five minutes at least
	t.Run("a command", func(t *testing.T) {
		inWorldOf(t, slackfake.Options{}, old, func(w *world) {
			w.command(ana, general, "hunter2")
			w.sees(w.last(ana, general), "was going to keep the secret for 5 minutes", "longer than the 1 minute", "burned the secret")
			if n := len(w.messages(ben, general)); n != 0 {
				t.Errorf("%d messages in the conversation", n)
			}
			if n := w.ots.Secrets(); n != 0 {
				t.Errorf("%d secrets are live", n)
			}
		}, minute)
	})
	t.Run("people", func(t *testing.T) {
		inWorldOf(t, slackfake.Options{}, old, func(w *world) {
			w.sendsTo(nil, ben, eve)
			w.sees(w.receipt(ana), "longer than allowed here, so I burned it")
			if n := w.ots.Secrets(); n != 0 {
				t.Errorf("%d secrets are live", n)
			}
		}, minute)
	})
}

// A link that opens without the passphrase it was shared with reaches nobody.
func TestASecretStoredWithoutItsPassphraseIsBurnedAndSaid(t *testing.T) {
	t.Parallel()
	drops := otsfake.Options{PassphrasesDropped: true}
	phrase := slackfake.Values{"Secret": "hunter2", "Passphrase": "correct horse"}
	t.Run("a conversation", func(t *testing.T) {
		inWorldOf(t, slackfake.Options{}, drops, func(w *world) {
			w.command(ana, general, "")
			seen := w.submit(ana, phrase)
			contains(t, fmt.Sprint(seen.Errors), "stored the secret without its passphrase", "burned the secret", "whoever runs this app")
			if n := len(w.messages(ben, general)); n != 0 {
				t.Errorf("%d messages in the conversation", n)
			}
			if n := w.ots.Secrets(); n != 0 {
				t.Errorf("%d secrets are live", n)
			}
			contains(t, w.logs.String(), `"passphrase":false`, `"msg":"conceal secret","error":"OneTimeSecret keeps a secret without its passphrase"`)
		})
	})
	t.Run("people", func(t *testing.T) {
		inWorldOf(t, slackfake.Options{}, drops, func(w *world) {
			w.sendsTo(phrase, ben, eve)
			w.sees(w.receipt(ana), "without its passphrase, so I burned it")
			if n := w.ots.Secrets(); n != 0 {
				t.Errorf("%d secrets are live", n)
			}
		})
	})
	t.Run("without one", func(t *testing.T) {
		inWorldOf(t, slackfake.Options{}, drops, func(w *world) {
			w.command(ana, general, "hunter2")
			if got := w.opens(w.link(w.last(ben, general)), ""); got != "hunter2" {
				t.Errorf("it opens as %q", got)
			}
		})
	})
}

// Whoever reads the link reads the note, byte for byte; its creator finds it on
// the receipt.
func TestANoteIsShownAsItWasTyped(t *testing.T) {
	t.Parallel()
	const note = "login svc_deploy_01 at db.example:5432, ~x~ *y* <!channel> <https://evil.example|click> & :+1:"
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Public note (everyone who sees the link can read it)": note})
		if n := len(w.last(ben, general).Links()); n != 1 {
			t.Errorf("%d links in the message, want the one-time link alone", n)
		}
		for _, m := range []slackfake.Message{w.last(ben, general), w.receipt(ana)} {
			if !strings.Contains(m.PlainText(), "Note: "+note) {
				t.Errorf("the note is not as it was typed in %q", m.PlainText())
			}
			if got := string(m.Blocks); !strings.Contains(got, `"type":"plain_text"`) || strings.Contains(got, "\u2060") {
				t.Errorf("the note has markup or invisible characters in it: %s", got)
			}
		}
	})
}

// A form whose outcome comes late says where the receipt is, and only if it got
// there.
func TestAReceiptThatNobodyGotIsNotClaimed(t *testing.T) {
	t.Parallel()
	inMail(t, func(w *world) {
		w.command(ana, general, "")
		w.did(w.slack.PressInView(w.Context(), ana, "Email the link instead"))
		w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
		w.slack.Fault(slackfake.Fault{Method: "chat.postEphemeral", Error: "user_not_in_channel"})
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: 4 * time.Second, Times: 1})
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Email the link to": "partner@example.com"})
		w.settle(time.Minute)
		shown := w.slack.View(ana).PlainText()
		contains(t, shown, "OneTimeSecret is emailing the link", "I couldn't reach you in Slack")
		lacks(t, shown, "direct messages from me")
	})
}
