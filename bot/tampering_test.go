package bot_test

import (
	"strings"
	"testing"

	"otsbot/bot/slackfake"
)

// tampering is the audit event of something that came back altered.
func tampering(what, kind, user string) []string {
	return []string{`"what":"` + what + `","event":"tampering_refused","kind":"` + kind + `"`, `"user_id":"` + user + `"`}
}

// Each row alters what a client sends back. Nothing may come of it, and a
// security team can see who tried what.
func TestEveryRefusedTamperingIsAudited(t *testing.T) {
	pressed := func(button string) func(w *world) slackfake.Envelope {
		return func(w *world) slackfake.Envelope {
			w.command(ana, general, "hunter2")
			env, err := w.slack.PreparePress(ana, w.receipt(ana), button)
			if err != nil {
				t.Fatal(err)
			}
			return env
		}
	}
	forged := func(button string) func(w *world) slackfake.Envelope {
		return func(w *world) slackfake.Envelope {
			env := pressed(button)(w)
			env.Payload = replaceValue(t, env.Payload, `{\"v\":1,\"k\":\"CANARY\"}`)
			return env
		}
	}
	foreign := func(button string) func(w *world) slackfake.Envelope {
		return func(w *world) slackfake.Envelope {
			env := pressed(button)(w)
			env.Payload = replace(t, env.Payload, `"id":"`+ana+`"`, `"id":"`+eve+`"`)
			return env
		}
	}
	for _, c := range []struct {
		name             string
		sent             func(w *world) slackfake.Envelope
		what, kind, user string
	}{
		{"a forged Check", forged("Check"), "button", "check", ana},
		{"a forged Burn", forged("Burn"), "button", "burn", ana},
		{"another's Check", foreign("Check"), "foreign_button", "check", eve},
		{"another's Burn", foreign("Burn"), "foreign_button", "burn", eve},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				env := c.sent(w)
				stored, said := w.ots.Secrets(), len(w.messages(ben, general))
				w.did(w.slack.Send(w.Context(), env))
				logs := w.logs.String()
				contains(t, logs, tampering(c.what, c.kind, c.user)...)
				lacks(t, logs, "CANARY")
				if n := strings.Count(logs, "tampering_refused"); n != 1 {
					t.Errorf("%d events, want one", n)
				}
				if w.ots.Secrets() != stored || len(w.messages(ben, general)) != said {
					t.Error("something was stored, burned or posted")
				}
			})
		})
	}
}
