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
	t.Parallel()
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
	form := func(before, after string) func(w *world) slackfake.Envelope {
		return func(w *world) slackfake.Envelope {
			w.command(ana, general, "")
			env := w.filled(slackfake.Values{"Secret": "hunter2", people: []string{ben}})
			env.Payload = replace(t, env.Payload, before, after)
			return env
		}
	}
	unsealed := func(button string) func(w *world) slackfake.Envelope {
		return func(w *world) slackfake.Envelope {
			w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben)
			w.press(ana, w.receipt(ana), button)
			env := w.filled(slackfake.Values{passphrase: "correct horse"})
			env.Payload = altered(t, env.Payload, "CANARY", "view", "private_metadata")
			return env
		}
	}
	inForm := func(change func(env *slackfake.Envelope)) func(w *world) slackfake.Envelope {
		return func(w *world) slackfake.Envelope {
			w.command(ana, general, "")
			env, err := w.slack.PreparePressInView(ana, "Generate a passphrase")
			if err != nil {
				t.Fatal(err)
			}
			change(&env)
			return env
		}
	}
	action := func(id string) func(env *slackfake.Envelope) {
		return func(env *slackfake.Envelope) {
			env.Payload = replace(t, env.Payload, `"action_id":"make_passphrase","action_ts"`, `"action_id":"`+id+`","action_ts"`)
		}
	}
	ofRequest := func(open func(w *world) slackfake.Envelope) func(w *world) slackfake.Envelope {
		return func(w *world) slackfake.Envelope {
			env := open(w)
			env.Payload = altered(t, env.Payload, "CANARY", "view", "private_metadata")
			return env
		}
	}
	answering := func(button string) func(w *world) slackfake.Envelope {
		return ofRequest(func(w *world) slackfake.Envelope {
			w.press(ben, w.asks(ben), button)
			return w.about(ben, map[string]slackfake.Values{"Send it": {"Secret": "hunter2"}}[button])
		})
	}
	asking := func(w *world) slackfake.Envelope {
		w.command(ana, general, "ask")
		return w.about(ana, slackfake.Values{whatField: "a key", askedPeople: []string{ben}})
	}
	askingFor := func(before, after string) func(w *world) slackfake.Envelope {
		return func(w *world) slackfake.Envelope {
			env := asking(w)
			env.Payload = replace(t, env.Payload, before, after)
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
		{"a conversation among the people", form(`["UBEN"]`, `["CRANDOM"]`), "id", "form", ana},
		{"a path among the people", form(`["UBEN"]`, `["U/../CANARY"]`), "id", "form", ana},
		{"somebody twice", form(`["UBEN"]`, `["UBEN","UBEN"]`), "choice", "form", ana},
		{"a person as the place", form(`"selected_conversation":"CGENERAL"`, `"selected_conversation":"UEVE"`), "id", "form", ana},
		{"another place than the response_url's", form(`"selected_conversation":"CGENERAL"`, `"selected_conversation":"CRANDOM"`), "id", "form", ana},
		{"a lifetime that isn't offered", form(`"value":"604800"}`, `"value":"31536000"}`), "choice", "form", ana},
		{"a form's memory", func(w *world) slackfake.Envelope {
			env := form(`["UBEN"]`, `["UEVE"]`)(w)
			env.Payload = altered(t, env.Payload, "CANARY", "view", "private_metadata")
			return env
		}, "form", "form", ana},
		{"another's form", form(`"id":"UANA"`, `"id":"UEVE"`), "form", "form", eve},
		{"the memory of Burn's form", unsealed("Burn all"), "form", "burn_passphrase", ana},
		{"the memory of the passphrase's form", unsealed("Send the passphrase"), "form", "send_passphrase", ana},
		{"the memory of a request's form", ofRequest(asking), "form", "ask_form", ana},
		{"another's form of a request", askingFor(`"id":"UANA"`, `"id":"UEVE"`), "form", "ask_form", eve},
		{"a conversation among those who are asked", askingFor(`["UBEN"]`, `["CRANDOM"]`), "id", "ask_form", ana},
		{"a request that is open for years", askingFor(`"value":"86400"`, `"value":"31536000"`), "choice", "ask_form", ana},
		{"the memory of an answer's form", answering("Send it"), "form", "form", ben},
		{"the memory of who declines", answering("I don't have it"), "form", "decline", ben},
		{"a form's memory, at a button in it", inForm(func(env *slackfake.Envelope) {
			env.Payload = altered(t, env.Payload, "CANARY", "view", "private_metadata")
		}), "form", "form_button", ana},
		{"a button that this form doesn't have", inForm(action("mail")), "action", "form_button", ana},
		{"a button that no form has", inForm(action("CANARY_x")), "action", "interactive", ana},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				env := c.sent(w)
				stored, said := w.ots.Secrets(), len(w.messages(ben, general))
				w.did(w.slack.Send(w.Context(), env))
				logs := w.logs.String()
				contains(t, logs, tampering(c.what, c.kind, c.user)...)
				lacks(t, audited(logs), "CANARY", "31536000", "CRANDOM")
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

// audited is what of the logs goes to a security team.
func audited(logs string) string {
	var lines []string
	for line := range strings.Lines(logs) {
		if strings.Contains(line, `"logger":"audit"`) && strings.Contains(line, "tampering_refused") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}
