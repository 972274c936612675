package bot_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

func TestWhatHappensIsCounted(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.press(ana, w.receipt(ana), "Check")
		w.opens(w.link(w.last(ben, general)), "")
		w.press(ana, w.receipt(ana), "Burn")
		w.command(ana, secrets, "hunter2")
		w.press(ana, w.receipt(ana), "Burn")
		clear := w.ots.Fault(otsfake.Fault{Down: true})
		w.command(ana, general, "hunter2")
		w.settle(time.Minute)
		clear()
		w.slack.Disconnect("warning")
		w.settle(time.Minute)

		metrics := w.scrape()
		contains(t, metrics,
			`otsbot_interactions_total{kind="command",outcome="posted"} 1`,
			`otsbot_interactions_total{kind="command",outcome="posted_via_url"} 1`,
			`otsbot_interactions_total{kind="command",outcome="not_stored"} 1`,
			`otsbot_interactions_total{kind="burn",outcome="burned"} 1`,
			`otsbot_interactions_total{kind="burn",outcome="not_burned"} 1`,
			`otsbot_interactions_total{kind="check",outcome="checked"} 1`,
			`otsbot_ack_seconds_count 6`,
			`otsbot_interaction_seconds_count{kind="command"} 3`,
			`otsbot_ots_calls_total{method="share",outcome="ok"} 2`,
			`otsbot_ots_calls_total{method="share",outcome="unavailable"} 1`,
			`otsbot_ots_calls_total{method="burn",outcome="gone"} 1`,
			`otsbot_slack_calls_total{method="chat.postMessage",outcome="refused"} 1`,
			`otsbot_slack_calls_total{method="response_url",outcome="ok"}`,
			`otsbot_sockets{state="connected"} 2`,
			`otsbot_sockets{state="leaving"} 0`,
			`otsbot_reconnects_total{reason="warning"} 2`,
			`otsbot_in_flight 0`,
			`otsbot_busy_total 0`,
			`otsbot_panics_total 0`,
			`otsbot_secrets_total{event="created"} 2`,
			`otsbot_secrets_total{event="burned"} 1`,
			`otsbot_secrets_total{event="opened"} 1`,
			`otsbot_secrets_total{event="undelivered"} 0`,
		)
		problems, err := testutil.GatherAndLint(w.registries[0])
		if err != nil || len(problems) > 0 {
			t.Errorf("promlint: %v, %v", problems, err)
		}
	})
}

func TestWhatMattersIsAudited(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Passphrase": "short"})
		w.submit(ana, slackfake.Values{"Passphrase": "correct horse", "Expires after": "3600"})
		w.press(ana, w.receipt(ana), "Burn")
		w.submit(ana, slackfake.Values{"Passphrase": "wrong horse"})
		w.submit(ana, slackfake.Values{"Passphrase": "correct horse"})
		logs := w.logs.String()
		contains(t, logs,
			`"logger":"audit"`,
			`"fields":["passphrase"],"event":"refused","kind":"form"`,
			`"lifetime":3600,"passphrase":true,"thread":false,"from_message":false,"event":"shared","kind":"form","team_id":"T0FAKE001","channel_id":"CGENERAL","user_id":"UANA","fingerprint":"`,
			`"outcome":"posted","event":"delivered"`,
			`"outcome":"rejected","event":"burn_refused"`,
			`"outcome":"burned","event":"burned"`,
		)
	})
	inWorld(t, func(w *world) {
		w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
		w.slack.Fault(slackfake.Fault{Method: "response_url", Error: "used_url"})
		w.slack.Fault(slackfake.Fault{Method: "chat.postEphemeral", Error: "user_not_in_channel"})
		w.command(ana, general, "hunter2")
		w.command(ana, secrets, "hunter2")
		contains(t, w.logs.String(), `"event":"receipt_undeliverable"`, `"event":"delivery_failed"`,
			`"outcome":"burned_unposted","event":"burned"`)
	})
}

// Each line of an interaction with one secret, and each audit event of it,
// names it by the same fingerprint, so that all that became of it can be found.
func TestALineSaysWhichSecretItIsAbout(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.press(ana, w.receipt(ana), "Check")
		w.press(ana, w.receipt(ana), "Burn")
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Passphrase": "correct horse"})
		w.press(ana, w.receipt(ana), "Burn")
		w.submit(ana, slackfake.Values{"Passphrase": "wrong horse"})
		w.submit(ana, slackfake.Values{"Passphrase": "correct horse"})
		w.command(ana, general, "generate")
		w.submit(ana, slackfake.Values{"A link for you": []string{"yes"}}) // a second secret
		w.saysOfSecrets(
			"shared  A", "delivered posted A", "command posted A",
			"check checked A",
			"burned burned A", "burn burned A",
			"command form_opened none",
			"shared  B", "delivered posted B", "form posted B",
			"burn passphrase_asked B",
			"burn_refused rejected B", "burn_passphrase rejected B",
			"burned burned B", "burn_passphrase burned B",
			"command form_opened none",
			"shared  C", "delivered posted C", "shared  D", "delivered given_privately D", "form_generate posted C",
		)
	})
	// One that OneTimeSecret would keep for longer than is allowed.
	inWorldOf(t, slackfake.Options{}, otsfake.Options{Version: "0.20"}, func(w *world) {
		w.command(ana, general, "hunter2")
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		w.saysOfSecrets(
			"shared  A", "burned burned_unposted A", "command burned_unposted A",
			"command form_opened none",
			"shared  B", "burned burned_unposted B", "form burned_unposted B",
		)
	}, func(c *bot.Config) { c.TTL, c.TTLChoices = time.Minute, []time.Duration{time.Minute} })
}

// saysOfSecrets holds the log's lines of interactions and audit events against
// what they should say: event or kind, outcome, and which secret it is about.
func (w *world) saysOfSecrets(want ...string) {
	w.Helper()
	var lines []string
	names := map[string]string{"": "none"}
	for line := range strings.Lines(w.logs.String()) {
		var said struct{ Msg, Event, Kind, Outcome, Fingerprint string }
		if json.Unmarshal([]byte(line), &said) != nil || said.Msg != "interaction" && said.Msg != "audit" {
			continue
		}
		if names[said.Fingerprint] == "" {
			names[said.Fingerprint] = string(rune('A' + len(names) - 1))
		}
		lines = append(lines, strings.Join([]string{cmp.Or(said.Event, said.Kind), said.Outcome, names[said.Fingerprint]}, " "))
	}
	if !slices.Equal(lines, want) {
		w.Errorf("the log says\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}
