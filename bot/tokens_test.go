package bot_test

import (
	"strings"
	"testing"

	"otsbot/bot"
)

// The bot token is the key of buttons, too, as long as no other is set.
func TestANewBotTokenIsUsedAndOldButtonsLiveOn(t *testing.T) {
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
	inWorld(t, func(w *world) {
		w.slack.SetBotTokens(w.slack.BotToken(), "xoxb-CANARY")
		w.slack.SetBotTokens(w.slack.BotToken()) // revoked
		for token, says := range map[string]string{
			"xoxb-CANARY":       "Slack says token_revoked",
			"xoxb-CANARY-other": "Slack says invalid_auth",
			w.slack.AppToken():  "Slack says not_allowed_token_type",
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
