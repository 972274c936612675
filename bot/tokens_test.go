package bot_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// The bot token is the key of buttons, too, as long as no other is set.
func TestANewBotTokenIsUsedAndOldButtonsLiveOn(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		old := w.slack.BotToken()
		w.command(ana, general, "hunter2")
		receipt := w.receipt(ana)

		w.slack.SetBotTokens(old, "xoxb-2")
		if err := w.bot.SetBotToken(w.Context(), "xoxb-2"); err != nil {
			t.Fatal(err)
		}
		w.slack.SetBotTokens("xoxb-2")
		w.press(ana, receipt, "Check")
		w.sees(w.receipt(ana), "Not opened yet")
		w.command(ana, general, "hunter3")
		w.press(ana, w.receipt(ana), "Burn")
		w.sees(w.receipt(ana), "You burned it")
		w.press(ana, receipt, "Burn")
		if left := w.ots.Secrets(); left != 0 {
			t.Errorf("%d secrets are left", left)
		}
	})
}

func TestABadBotTokenChangesNothing(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.SetBotTokens(w.slack.BotToken(), "xoxb-CANARY")
		w.slack.SetBotTokens(w.slack.BotToken()) // revoked
		for token, says := range map[string]string{
			"xoxb-CANARY":       "refused by Slack: token_revoked",
			"xoxb-CANARY-other": "refused by Slack: invalid_auth",
			w.slack.AppToken():  "refused by Slack: not_allowed_token_type",
		} {
			if err := w.bot.SetBotToken(w.Context(), token); err == nil || err.Error() != says {
				t.Errorf("%v, want %q", err, says)
			}
		}
		w.command(ana, general, "hunter2")
		w.link(w.last(ben, general))
		if strings.Contains(w.logs.String(), "CANARY") || strings.Contains(w.logs.String(), "refuses the bot token") {
			t.Errorf("logged:\n%s", w.logs.String())
		}
	})
}

func TestEncryptionKeysChangeWhileTheAppRuns(t *testing.T) {
	t.Parallel()
	first, second := []byte("01234567890123456789012345678901"), []byte("abcdefghijklmnopqrstuvwxyzabcdef")
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		receipt := w.receipt(ana)
		if err := w.bot.SetEncryptionKeys(second, first); err != nil {
			t.Fatal(err)
		}
		w.press(ana, receipt, "Check")
		w.sees(w.receipt(ana), "Not opened yet")
		w.command(ana, general, "hunter3")
		if err := w.bot.SetEncryptionKeys(second); err != nil {
			t.Fatal(err)
		}
		w.press(ana, w.receipt(ana), "Burn")
		w.press(ana, receipt, "Burn") // as it was drawn, with the key that is gone
		if left := w.ots.Secrets(); left != 1 {
			t.Errorf("%d secrets are left, want the one whose button nobody can read", left)
		}
		if err := w.bot.SetEncryptionKeys(); err == nil {
			t.Error("no key at all is taken")
		}
	}, func(c *bot.Config) { c.EncryptionKeys = [][]byte{first} })
}

// newAppToken changes the app token, which both Slack and the bot have.
func (w *world) newAppToken(token string) {
	w.Helper()
	w.slack.SetAppTokens(w.slack.AppToken(), token)
	if err := w.bot.SetAppToken(w.Context(), token); err != nil {
		w.Fatal(err)
	}
	w.slack.SetAppTokens(token)
}

func TestANewAppTokenOpensTheSocketsAnew(t *testing.T) {
	t.Parallel()
	for _, connections := range []int{2, 3, 10} { // with ten there is no room for one more
		inWorldOf(t, slackfake.Options{}, otsfake.Options{}, func(w *world) {
			if err := w.slack.WaitConnected(w.Context(), connections); err != nil {
				t.Fatal(err)
			}
			before := w.slack.ConnectionNumbers()
			w.newAppToken("xapp-1-A0FAKE001-2-CANARY")
			synctest.Wait() // until Slack has noticed what was closed
			now := w.slack.ConnectionNumbers()
			if len(now) != connections || now[0] <= before[len(before)-1] {
				t.Errorf("with %d connections: %v, and before %v", connections, now, before)
			}
			w.command(ana, general, "hunter2")
			w.link(w.last(ben, general))
			w.slack.Disconnect("warning")
			w.settle(time.Minute)
			if n := w.slack.Connections(); n != connections {
				t.Errorf("%d connections after a refresh, want %d", n, connections)
			}
			lacks(t, w.logs.String(), "CANARY")
		}, func(c *bot.Config) { c.Connections = connections })
	}
}

// Whoever waits for an ack keeps the socket that the ack belongs on.
func TestASocketThatIsOpenedAnewAnswersWhatItHas(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: 1500 * time.Millisecond})
		var people sync.WaitGroup
		for range 8 {
			people.Go(func() {
				_, err := w.slack.Command(w.Context(), ana, general, "/secret", "")
				if err == nil {
					_, err = w.slack.Submit(w.Context(), ana, slackfake.Values{"Secret": "hunter2", "Post the link in": general})
				}
				if err != nil {
					t.Error(err)
				}
			})
			w.settle(400 * time.Millisecond)
		}
		w.newAppToken("xapp-1-A0FAKE001-2-new")
		people.Wait()
		w.settle(time.Minute)
		for _, e := range w.slack.Journal() {
			if e.Attempt > 1 {
				t.Errorf("delivered for the %dth time: %s", e.Attempt, e.EnvelopeID)
			}
		}
	})
}

func TestABadAppTokenChangesNothing(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		before := w.slack.ConnectionNumbers()
		for token, says := range map[string]string{
			"xapp-1-A0OTHER-1-CANARY":   "it is another app's",
			"xapp-1-A0FAKE001-1-CANARY": "refused by Slack: invalid_auth",
			w.slack.BotToken():          "refused by Slack: not_allowed_token_type",
		} {
			if err := w.bot.SetAppToken(w.Context(), token); err == nil || err.Error() != says {
				t.Errorf("%v, want %q", err, says)
			}
		}
		if now := w.slack.ConnectionNumbers(); !slices.Equal(now, before) {
			t.Errorf("connections %v, and before %v", now, before)
		}
		lacks(t, w.logs.String(), "CANARY")
	})
}
