package bot_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

func TestOneEnvelopeMakesOneSecret(t *testing.T) {
	t.Parallel()
	deliver := map[string]func(w *world, env slackfake.Envelope){
		"the same envelope again": func(w *world, env slackfake.Envelope) {
			w.did(w.slack.Send(w.Context(), env))
			w.did(w.slack.Redeliver(w.Context(), env.ID))
		},
		"again, five minutes later": func(w *world, env slackfake.Envelope) {
			w.did(w.slack.Send(w.Context(), env))
			for range 5 { // others go on meanwhile
				w.settle(time.Minute)
				w.command(ben, general, "help")
			}
			env.ID = "another-envelope-id"
			w.did(w.slack.Send(w.Context(), env))
		},
		"on both sockets at once": func(w *world, env slackfake.Envelope) {
			w.slack.DeliverTwice(true)
			w.did(w.slack.Send(w.Context(), env))
		},
		"the same trigger in a new envelope": func(w *world, env slackfake.Envelope) {
			w.did(w.slack.Send(w.Context(), env))
			env.ID = "another-envelope-id"
			w.did(w.slack.Send(w.Context(), env))
		},
		"while the first is still being worked on": func(w *world, env slackfake.Envelope) {
			w.ots.Fault(otsfake.Fault{Delay: 10 * time.Second, Times: 1})
			w.did(w.slack.Send(w.Context(), env))
			w.did(w.slack.Redeliver(w.Context(), env.ID))
			w.settle(15 * time.Second)
		},
	}
	for name, again := range deliver {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				env, err := w.slack.PrepareCommand(ana, general, "/secret", "hunter2")
				if err != nil {
					t.Fatal(err)
				}
				again(w, env)
				if n := w.ots.Secrets(); n != 1 {
					t.Errorf("%d secrets", n)
				}
				if n := len(w.slack.Calls("chat.postMessage")); n != 2 {
					t.Errorf("%d messages, want the link and the receipt", n)
				}
			})
		})
	}
}

func TestADuplicateGetsTheFirstOnesAck(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		if err := w.slack.Fill(ana, slackfake.Values{"Secret": "hunter2"}); err != nil {
			t.Fatal(err)
		}
		env, err := w.slack.PrepareSubmit(ana)
		if err != nil {
			t.Fatal(err)
		}
		w.ots.Fault(otsfake.Fault{Status: 404, Body: `{"message":"Not authorized"}`, Delay: time.Second, Times: 1})
		first := make(chan *slackfake.Interaction)
		go func() {
			seen, _ := w.slack.Send(w.Context(), env)
			first <- seen
		}()
		synctest.Wait()
		second := w.did(w.slack.Send(w.Context(), env)) // waits for the first one's answer
		if a := <-first; string(a.AckPayload) != string(second.AckPayload) || !strings.Contains(string(second.AckPayload), "errors") {
			t.Errorf("acks differ: %s and %s", a.AckPayload, second.AckPayload)
		}
	})
}

func TestARedeliveredLateFormShowsTheOutcome(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		if err := w.slack.Fill(ana, slackfake.Values{"Secret": "hunter2"}); err != nil {
			t.Fatal(err)
		}
		env, err := w.slack.PrepareSubmit(ana)
		if err != nil {
			t.Fatal(err)
		}
		w.ots.Fault(otsfake.Fault{Delay: 4 * time.Second, Times: 1})
		w.did(w.slack.Send(w.Context(), env))
		w.settle(10 * time.Second)
		seen := w.did(w.slack.Redeliver(w.Context(), env.ID))
		contains(t, string(seen.AckPayload), "The link was posted")
		lacks(t, w.slack.View(ana).PlainText(), "Still working")
	})
}

func TestAnEnvelopeThatCannotBeParsedIsAckedAndAnswered(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(p map[string]any){
		"a command": func(p map[string]any) { p["text"] = map[string]any{"canary": "CANARY-hunter2"} },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				env, err := w.slack.PrepareCommand(ana, general, "/secret", "CANARY-hunter2")
				if err != nil {
					t.Fatal(err)
				}
				var p map[string]any
				if err := json.Unmarshal(env.Payload, &p); err != nil {
					t.Fatal(err)
				}
				change(p)
				env.Payload, _ = json.Marshal(p)
				if seen := w.did(w.slack.Send(w.Context(), env)); !seen.Acked {
					t.Error("not acked: Slack would deliver it for ever")
				}
				w.sees(w.last(ana, general), "couldn't read", "nothing was stored")
				lacks(t, w.logs.String(), "CANARY")
			})
		})
	}
	t.Run("a button among blocks that slack-go refuses", func(t *testing.T) {
		inWorld(t, func(w *world) {
			w.command(ana, general, "hunter2")
			env, err := w.slack.PreparePress(ana, w.receipt(ana), "Check")
			if err != nil {
				t.Fatal(err)
			}
			env.Payload = replace(t, env.Payload, `"type":"actions"`, `"type":"actions","elements":[{"type":"hologram","CANARY":1}],"x":"x"`)
			if seen := w.did(w.slack.Send(w.Context(), env)); !seen.Acked {
				t.Error("not acked")
			}
			lacks(t, w.logs.String(), "CANARY")
		})
	})
	t.Run("a field of the envelope has the wrong type", func(t *testing.T) {
		inWorld(t, func(w *world) {
			env, err := w.slack.PrepareCommand(ana, general, "/secret", "hunter2")
			if err != nil {
				t.Fatal(err)
			}
			env.Raw = fmt.Appendf(nil, `{"envelope_id":%q,"type":"slash_commands","accepts_response_payload":"true","payload":%s}`, env.ID, env.Payload)
			if seen := w.did(w.slack.Send(w.Context(), env)); !seen.Acked {
				t.Error("not acked: Slack would deliver it for ever")
			}
			if len(w.messages(ben, general)) != 1 {
				t.Error("the command was lost")
			}
		})
	})
	t.Run("larger than anything that Slack sends", func(t *testing.T) {
		inWorld(t, func(w *world) {
			raw := []byte(`{"envelope_id":"x","type":"` + strings.Repeat("x", 5<<20) + `"}`)
			go func() { _, _ = w.slack.Send(w.Context(), slackfake.Envelope{ID: "x", Raw: raw}) }()
			w.settle(time.Minute)
			if opens := len(w.slack.Calls("apps.connections.open")); opens < 3 {
				t.Error("the socket took it all in")
			}
			w.command(ana, general, "hunter2")
			if len(w.messages(ben, general)) != 1 {
				t.Error("the bot did not survive it")
			}
		})
	})
	t.Run("not JSON at all", func(t *testing.T) {
		inWorld(t, func(w *world) {
			_, _ = w.slack.Send(w.Context(), slackfake.Envelope{ID: "x", Raw: []byte(`{"envelope_id":"x","CANARY`)})
			w.command(ana, general, "hunter2")
			if len(w.messages(ben, general)) != 1 {
				t.Error("the socket did not survive it")
			}
			lacks(t, w.logs.String(), "CANARY")
		})
	})
}
