package bot_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// lure is what somebody could call themselves, to speak for the app.
const (
	lure  = "https://evil.example/login " + claim
	claim = "*Share is safe* :white_check_mark: <!channel>"
)

// standsPlain fails unless its claim stands somewhere as it is, in plain text, and
// nowhere that Slack would mark it up.
func standsPlain(t *testing.T, blocks json.RawMessage) {
	t.Helper()
	var decoded any
	if err := json.Unmarshal(blocks, &decoded); err != nil {
		t.Fatal(err)
	}
	plain := false
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			text, _ := v["text"].(string)
			switch {
			case v["type"] == "mrkdwn" && strings.Contains(text, "evil.example") || v["type"] == "mrkdwn" && strings.Contains(text, "Share is safe"):
				t.Errorf("it is marked up: %s", text)
			case v["type"] == "plain_text" && strings.Contains(text, claim) && v["emoji"] != true:
				plain = true
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(decoded)
	if !plain {
		t.Errorf("%q doesn't stand as it is in:\n%s", claim, blocks)
	}
}

func TestAnOutsidersNameIsNoMarkupInTheWarningAboutThem(t *testing.T) {
	t.Parallel()
	underRules(t, allScopes, bot.Policy{External: bot.ExternalWarn}, func(w *world) {
		w.slack.EditUser(finn, func(u *slackfake.User) { u.Name = lure })
		w.did(w.slack.Send(w.Context(), w.chosen(finn)))
		standsPlain(t, w.slack.View(ana).Blocks)
	})
}

func TestTheSupportContactIsNoMarkup(t *testing.T) {
	t.Parallel()
	policy := bot.Policy{ChannelsDeny: []string{general}, Support: lure}
	underRules(t, nil, policy, func(w *world) {
		w.command(ana, general, "hunter2")
		standsPlain(t, w.toldTo(ana, general).Blocks)
	})
	policy = bot.Policy{UsersDeny: []string{ana}, Support: lure}
	underRules(t, nil, policy, func(w *world) {
		var ack struct{ Blocks json.RawMessage }
		if err := json.Unmarshal(w.command(ana, general, "").AckPayload, &ack); err != nil {
			t.Fatal(err)
		}
		standsPlain(t, ack.Blocks)
	})
}

func TestAServersReasonIsNoMarkup(t *testing.T) {
	t.Parallel()
	reason, _ := json.Marshal(map[string]string{"message": "Public sharing disabled for domain: " + lure})
	refusal := otsfake.Fault{Path: "/api/v1/share", Status: 404, Body: string(reason)}
	inWorld(t, func(w *world) {
		w.ots.Fault(refusal)
		w.command(ana, general, "hunter2")
		standsPlain(t, w.toldTo(ana, general).Blocks)
	})
}

// A slow refusal stands in the form or, if that was closed, in a message.
func TestAServersReasonIsNoMarkupWhenItComesLate(t *testing.T) {
	t.Parallel()
	reason, _ := json.Marshal(map[string]string{"message": "Public sharing disabled for domain: " + lure})
	for _, closed := range []bool{false, true} {
		inWorld(t, func(w *world) {
			w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: 3 * time.Second, Status: 404, Body: string(reason)})
			if closed {
				w.slack.Fault(slackfake.Fault{Method: "views.update", Error: "not_found"})
			}
			w.command(ana, general, "")
			w.submit(ana, slackfake.Values{"Secret": "hunter2"})
			w.settle(5 * time.Second)
			if closed {
				standsPlain(t, w.toldTo(ana, general).Blocks)
			} else {
				standsPlain(t, w.slack.View(ana).Blocks)
			}
		})
	}
}
