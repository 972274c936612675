package bot_test

import (
	"encoding/json"
	"strings"
	"testing"

	"otsbot/bot/slackfake"
)

// Of a receipt with rows, the button that is signed stands among the elements.
func TestAReceiptsButtonsWithoutTheirElementsAreRefusedWithASentence(t *testing.T) {
	t.Parallel()
	for name, odd := range oddities {
		t.Run(name, func(t *testing.T) {
			inTeam(t, func(w *world) {
				w.sendsTo(nil, ben, cid)
				env, err := w.slack.PreparePress(ana, w.receipt(ana), "Burn all")
				if err != nil {
					t.Fatal(err)
				}
				message := payloadOf(t, env)["message"].(map[string]any)
				for _, block := range message["blocks"].([]any) {
					if block := block.(map[string]any); block["type"] == "actions" && odd == missing {
						delete(block, "elements")
					} else if block["type"] == "actions" {
						block["elements"] = odd
					}
				}
				env.Payload = altered(t, env.Payload, message, "message")
				w.did(w.slack.Send(w.Context(), env))
				contains(t, w.last(ana, w.slack.AppDM(ana)).PlainText(), "This button doesn't work anymore")
				if n := w.ots.Secrets(); n != 2 {
					t.Errorf("%d secrets", n)
				}
				lacks(t, w.logs.String(), `"msg":"panic"`)
			})
		})
	}
}

// inEnvelope puts something odd in the place of a field of the envelope itself.
func inEnvelope(t *testing.T, env slackfake.Envelope, field string, odd any) slackfake.Envelope {
	t.Helper()
	whole, err := json.Marshal(map[string]any{"envelope_id": env.ID, "type": env.Type, "accepts_response_payload": env.AcceptsResponsePayload, "payload": env.Payload})
	if err != nil {
		t.Fatal(err)
	}
	env.Raw = altered(t, whole, odd, field)
	return env
}

func TestAnEnvelopeWithAnOddFieldIsTakenForWhatItsPayloadShows(t *testing.T) {
	t.Parallel()
	for name, odd := range oddities {
		for _, field := range []string{"type", "accepts_response_payload"} {
			if _, said := odd.(bool); said && field != "type" {
				continue
			}
			t.Run(field+" "+name, func(t *testing.T) {
				inWorld(t, func(w *world) {
					send := func(env slackfake.Envelope, err error) *slackfake.Interaction {
						t.Helper()
						if err != nil {
							t.Fatal(err)
						}
						return w.did(w.slack.Send(w.Context(), inEnvelope(t, env, field, odd)))
					}
					send(w.slack.PrepareCommand(ana, general, "/secret", "hunter2"))
					if got := w.opens(w.link(w.last(ben, general)), ""); got != "hunter2" {
						t.Errorf("ben opens %q", got)
					}
					w.command(ana, general, "")
					seen := send(w.filled(slackfake.Values{"Secret": "hunter2", "Passphrase": "short"}), nil)
					contains(t, seen.Errors["passphrase"], "8")
					send(w.filled(slackfake.Values{"Passphrase": "correct horse"}), nil)
					if got := w.opens(w.link(w.last(ben, general)), "correct horse"); got != "hunter2" {
						t.Errorf("ben opens %q", got)
					}
					w.command(ana, general, "hunter2")
					send(w.slack.PreparePress(ana, w.receipt(ana), "Burn"))
					w.sees(w.receipt(ana), "You burned it")
					send(w.slack.PrepareMessageShortcut(ana, w.wrote(ben, general, "hunter3"), "share_message"))
					if v := w.slack.View(ana); v == nil || v.Input("Secret").Value != "hunter3" {
						t.Error("the shortcut opens no form with the text")
					}
					lacks(t, w.logs.String(), "tampering_refused", `"msg":"panic"`)
				})
			})
		}
	}
}

// What can't be read may be a form, and what may be one isn't closed.
func TestAFormOfWhichNothingCanBeReadStaysOpen(t *testing.T) {
	t.Parallel()
	for name, odd := range oddities {
		for _, path := range [][]string{{"view"}, {"payload"}} {
			t.Run(strings.Join(path, ".")+" "+name, func(t *testing.T) {
				inWorld(t, func(w *world) {
					w.command(ana, general, "")
					env := w.filled(slackfake.Values{"Secret": "hunter2"})
					if path[0] == "payload" {
						env = inEnvelope(t, env, "payload", odd)
					} else {
						env.Payload = altered(t, env.Payload, odd, path...)
					}
					seen := w.did(w.slack.Send(w.Context(), env))
					if !seen.Acked {
						t.Error("not acked: Slack would deliver it again")
					}
					contains(t, seen.Errors["passphrase"], "couldn't read", "the form hasn't changed")
					w.staysOpen("hunter2")
					if path[0] == "view" { // the field may not be there, so it is said twice
						w.sees(w.receipt(ana), "couldn't read", "the form hasn't changed")
					}
					lacks(t, w.logs.String(), "tampering_refused")
					w.submit(ana, nil)
					if got := w.opens(w.link(w.last(ben, general)), ""); got != "hunter2" {
						t.Errorf("ben opens %q", got)
					}
				})
			})
		}
	}
}

// Neither blocks nor state: then nothing says which fields there are.
func TestAFormWithoutBlocksAndStateIsNotTakenForEmpty(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opens  func(w *world)
		user   string
		filled slackfake.Values
	}{
		"generate": {func(w *world) { w.command(ana, general, "generate") }, ana, slackfake.Values{"Passphrase": "correct horse"}},
		"burn": {func(w *world) {
			w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben, cid)
			w.press(ana, w.receipt(ana), "Burn all")
		}, ana, slackfake.Values{"Passphrase": "correct horse"}},
		"answer":  {func(w *world) { w.press(ben, w.asks(ben), "Send it") }, ben, slackfake.Values{"Secret": "hunter2"}},
		"decline": {func(w *world) { w.press(ben, w.asks(ben), "I don't have it") }, ben, nil},
		"ask":     {func(w *world) { w.command(ana, general, "ask") }, ana, slackfake.Values{whatField: "x", askedPeople: []string{ben}}},
	} {
		for _, odd := range []string{"missing", "null", "a list", "an object"} {
			t.Run(name+" "+odd, func(t *testing.T) {
				inTeam(t, func(w *world) {
					w.objects = "which is no input block" // not every form has the field at which it is said
					c.opens(w)
					stored, news := w.ots.Secrets(), len(w.messages(ana, w.slack.AppDM(ana)))
					if err := w.slack.Fill(c.user, c.filled); err != nil {
						t.Fatal(err)
					}
					env, err := w.slack.PrepareSubmit(c.user)
					if err != nil {
						t.Fatal(err)
					}
					for _, field := range []string{"blocks", "state"} {
						env.Payload = altered(t, env.Payload, oddities[odd], "view", field)
					}
					w.did(w.slack.Send(w.Context(), env))
					if w.slack.View(c.user) == nil {
						t.Error("the form is closed")
					}
					w.sees(w.receipt(c.user), "couldn't read", "the form hasn't changed")
					if c.user == ana {
						news++ // that
					}
					if now := w.ots.Secrets(); now != stored || len(w.messages(ana, w.slack.AppDM(ana))) != news {
						t.Errorf("%d secrets instead of %d, or ana was told something", now, stored)
					}
					lacks(t, w.logs.String(), "tampering_refused", `"msg":"panic"`)
				})
			})
		}
	}
}

// Rules are about people, receipts go to one, and a form is sealed for one.
func TestWhatNobodyDidIsNotDone(t *testing.T) {
	t.Parallel()
	for name, odd := range oddities {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				send := func(env slackfake.Envelope, err error) *slackfake.Interaction {
					t.Helper()
					if err != nil {
						t.Fatal(err)
					}
					env.Payload = altered(t, env.Payload, odd, "user")
					return w.did(w.slack.Send(w.Context(), env))
				}
				for _, shortcut := range []string{"share_secret", "ask_secret"} {
					send(w.slack.PrepareGlobalShortcut(ana, shortcut))
				}
				send(w.slack.PrepareMessageShortcut(ana, w.wrote(ben, general, "hunter3"), "share_message"))
				if calls := w.slack.Calls("views.open"); len(calls) != 0 {
					t.Error("a form opens, and can never be sent")
				}
				w.sees(w.last(ana, general), "couldn't read", "nothing was stored")

				w.command(ana, general, "hunter2")
				send(w.slack.PreparePress(ana, w.receipt(ana), "Burn"))
				if w.ots.Secrets() != 1 {
					t.Error("it was burned")
				}
				w.sees(w.receipt(ana), "couldn't read")

				w.command(ana, general, "")
				seen := send(w.filled(slackfake.Values{"Secret": "hunter2"}), nil)
				contains(t, seen.Errors["secret"], "couldn't read", "the form hasn't changed")
				if v := w.slack.View(ana); v == nil || v.Input("Secret").Value != "hunter2" || w.ots.Secrets() != 1 {
					t.Error("the form is closed, or something was stored")
				}
				lacks(t, w.logs.String(), "tampering_refused", `"msg":"panic"`)
			})
		})
	}
}

// The name of a button is in its action alone.
func TestAPressWithoutItsActionIsNone(t *testing.T) {
	t.Parallel()
	for name, odd := range oddities {
		for _, callback := range []string{"check", "burn", "burn_row", "more_room", "secret_form", "share_secret", ""} {
			t.Run(callback+" "+name, func(t *testing.T) {
				inWorld(t, func(w *world) {
					w.command(ana, general, "hunter2")
					env, err := w.slack.PreparePress(ana, w.receipt(ana), "Burn")
					if err != nil {
						t.Fatal(err)
					}
					env.Payload = altered(t, env.Payload, odd, "actions")
					env.Payload = altered(t, env.Payload, callback, "callback_id")
					if seen := w.did(w.slack.Send(w.Context(), env)); !seen.Acked || w.slack.View(ana) != nil || w.ots.Secrets() != 1 {
						t.Error("not acked, or something came of it")
					}
					contains(t, w.logs.String(), "nothing answers this payload")
					lacks(t, w.logs.String(), `"msg":"panic"`)
				})
			})
		}
	}
}
