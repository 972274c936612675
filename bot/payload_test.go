package bot_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// altered changes a payload as JSON: a path of keys, and what stands there
// then; missing takes it away.
func altered(t *testing.T, payload []byte, to any, path ...string) []byte {
	t.Helper()
	var whole map[string]any
	if err := json.Unmarshal(payload, &whole); err != nil {
		t.Fatal(err)
	}
	at := whole
	for _, key := range path[:len(path)-1] {
		next, ok := at[key].(map[string]any)
		if !ok {
			t.Fatalf("%q is not in the payload", path)
		}
		at = next
	}
	last := path[len(path)-1]
	if to == missing {
		delete(at, last)
	} else {
		at[last] = to
	}
	changed, _ := json.Marshal(whole)
	return changed
}

// missing is what altered takes away, by a type of its own.
type gap struct{}

var missing any = gap{}

// oddities are the shapes that a field may have instead of its own.
var oddities = map[string]any{
	"missing": missing, "null": nil, "a list": []any{}, "a list of lists": []any{[]any{1}},
	"an object": map[string]any{}, "a number": 7, "a string": "x", "a flag": true,
}

func TestAFormWithoutItsStateStaysOpenWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	for name, odd := range oddities {
		for _, path := range [][]string{{"view", "state"}, {"view", "state", "values"}} {
			t.Run(strings.Join(path, ".")+" "+name, func(t *testing.T) {
				inWorld(t, func(w *world) {
					w.command(ana, general, "")
					env := w.filled(slackfake.Values{"Secret": "hunter2"})
					env.Payload = altered(t, env.Payload, odd, path...)
					seen := w.did(w.slack.Send(w.Context(), env))
					contains(t, seen.Errors["secret"], "couldn't read", "What you typed is still here")
					w.staysOpen("hunter2")
					w.submit(ana, nil)
					if got := w.opens(w.link(w.last(ben, general)), ""); got != "hunter2" {
						t.Errorf("ben opens %q", got)
					}
				})
			})
		}
	}
}

// filled is the envelope of ana's form.
func (w *world) filled(values slackfake.Values) slackfake.Envelope {
	w.Helper()
	if err := w.slack.Fill(ana, values); err != nil {
		w.Fatal(err)
	}
	env, err := w.slack.PrepareSubmit(ana)
	if err != nil {
		w.Fatal(err)
	}
	return env
}

// staysOpen says that ana's form holds the text and that nothing was stored,
// posted, or went wrong inside.
func (w *world) staysOpen(text string) {
	w.Helper()
	if view := w.slack.View(ana); view == nil {
		w.Error("the form is closed")
	} else if got := view.Input("Secret").Value; got != text {
		w.Errorf("the field holds %q", got)
	}
	if w.ots.Secrets() != 0 || len(w.messages(ben, general)) != 0 {
		w.Error("something was stored or posted")
	}
	lacks(w.T, w.logs.String(), "panic", "CANARY")
}

func TestAPassphraseThatCannotBeReadIsNotTakenForNone(t *testing.T) {
	t.Parallel()
	for name, odd := range map[string]any{"a list": []any{"correct horse"}, "an object": map[string]any{"value": "correct horse"}, "a number": 12345678} {
		for _, path := range [][]string{{"value"}, {"value", "value"}, {}} {
			t.Run(strings.Join(path, ".")+" "+name, func(t *testing.T) {
				inWorld(t, func(w *world) {
					w.command(ana, general, "")
					env := w.filled(slackfake.Values{"Secret": "hunter2", "Passphrase": "correct horse"})
					at := append([]string{"view", "state", "values", "passphrase"}, path...)
					if _, object := odd.(map[string]any); object && len(path) < 2 {
						return // an object is what belongs there
					}
					env.Payload = altered(t, env.Payload, odd, at...)
					seen := w.did(w.slack.Send(w.Context(), env))
					contains(t, seen.Errors["passphrase"], "couldn't read")
					w.staysOpen("hunter2")
				})
			})
		}
	}
}

// Whatever shape one field has, nothing panics, and every other field counts.
func TestOneOddFieldLosesNothingElse(t *testing.T) {
	t.Parallel()
	for name, odd := range oddities {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				send := func(env slackfake.Envelope, err error, path ...string) {
					t.Helper()
					if err != nil {
						t.Fatal(err)
					}
					env.Payload = altered(t, env.Payload, odd, path...)
					w.did(w.slack.Send(w.Context(), env))
				}
				for _, path := range [][]string{{"team_id"}, {"team_domain"}, {"user_name"}, {"is_enterprise_install"}, {"enterprise_id"}, {"channel_name"}, {"command"}} {
					before := w.ots.Secrets()
					env, err := w.slack.PrepareCommand(ana, general, "/secret", "hunter2")
					send(env, err, path...)
					if w.ots.Secrets() != before+1 {
						t.Errorf("a command with an odd %s is not taken", path)
					}
				}
				for _, path := range [][]string{{"team"}, {"enterprise"}, {"channel"}, {"container"}, {"message"}, {"state"}, {"api_app_id"}} {
					w.command(ana, general, "hunter2")
					env, err := w.slack.PreparePress(ana, w.receipt(ana), "Burn")
					before := w.ots.Secrets()
					send(env, err, path...)
					if w.ots.Secrets() != before-1 {
						t.Errorf("Burn with an odd %s does not burn", path)
					}
				}
				for _, path := range [][]string{{"team"}, {"enterprise"}, {"response_urls"}, {"view", "title"}, {"view", "hash"}, {"view", "team_id"}, {"view", "app_installed_team_id"}, {"view", "blocks"}, {"view", "errors"}, {"type"}} {
					before := len(w.messages(ben, general))
					w.command(ana, general, "")
					env := w.filled(slackfake.Values{"Secret": "hunter2"})
					send(env, nil, path...)
					if len(w.messages(ben, general)) != before+1 || w.slack.View(ana) != nil {
						t.Errorf("a form with an odd %s is not taken", path)
					}
				}
				for _, path := range [][]string{{"team"}, {"enterprise"}, {"user", "team_id"}, {"action_ts"}, {"is_enterprise_install"}} {
					env, err := w.slack.PrepareGlobalShortcut(ana, "share_secret")
					send(env, err, path...)
					if w.slack.View(ana) == nil {
						t.Errorf("a shortcut with an odd %s opens no form", path)
					}
					_, _ = w.slack.CloseView(w.Context(), ana)
				}
				for _, path := range [][]string{{"team"}, {"channel", "name"}, {"message", "blocks"}, {"message", "files"}, {"message", "bot_profile"}, {"message", "user"}, {"message", "thread_ts"}} {
					env, err := w.slack.PrepareMessageShortcut(ana, w.wrote(ben, general, "hunter2"), "share_message")
					send(env, err, path...)
					if v := w.slack.View(ana); v == nil || v.Input("Secret").Value != "hunter2" {
						t.Errorf("a message with an odd %s opens no form with its text", path)
					}
					_, _ = w.slack.CloseView(w.Context(), ana)
				}
				lacks(t, w.logs.String(), `"msg":"panic"`)
			})
		})
	}
}

func TestAButtonInAFormWithoutItsStateLosesNothing(t *testing.T) {
	t.Parallel()
	for name, odd := range oddities {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.shortcut(ana, w.wrote(ben, general, "hunter2"))
				env, err := w.slack.PreparePressInView(ana, "Add another field")
				if err != nil {
					t.Fatal(err)
				}
				env.Payload = altered(t, env.Payload, odd, "view", "state")
				w.did(w.slack.Send(w.Context(), env))
				if got := w.slack.View(ana).Input("Secret").Value; got != "hunter2" {
					t.Errorf("the field holds %q", got)
				}
				w.sees(w.receipt(ana), "couldn't read", "the form hasn't changed")
				lacks(t, w.logs.String(), `"msg":"panic"`)
			})
		})
	}
}

func TestWhatMatchesNothingIsIgnoredAndLeavesOneLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, kind, payload string
		line                []string
	}{
		{"another shortcut on a message", "interactive", `{"type":"message_action","callback_id":"other_app","message":{"text":"hunter2"}}`, []string{`"type":"message_action"`, `"callback_id":"other_app"`}},
		{"another global shortcut", "interactive", `{"type":"shortcut","callback_id":"other"}`, []string{`"callback_id":"other"`}},
		{"another form without inputs", "interactive", `{"type":"view_submission","view":{"callback_id":"other"}}`, []string{`"type":"view_submission"`, `"callback_id":"other"`}},
		{"another button", "interactive", `{"type":"block_actions","actions":[{"action_id":"other","block_id":"b","value":"CANARY"}]}`, []string{`"action_id":"other"`}},
		{"no action", "interactive", `{"type":"block_actions","actions":{}}`, []string{`"type":"block_actions"`}},
		{"an event", "events_api", `{"type":"event_callback","event":{"text":"CANARY"}}`, []string{`"kind":"events_api"`, `"type":"event_callback"`}},
		{"no name", "interactive", `{"type":"CANARY hunter2 \n","callback_id":["CANARY"]}`, []string{`"type":"(not a name)"`, `"callback_id":""`}},
		{"no object", "interactive", `["CANARY"]`, []string{`"type":""`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				before := w.logs.String()
				seen := w.did(w.slack.Send(w.Context(), slackfake.Envelope{ID: "E1", Type: c.kind, Payload: []byte(c.payload)}))
				if !seen.Acked || w.ots.Secrets() != 0 || w.slack.View(ana) != nil {
					t.Error("not acked, or something came of it")
				}
				said := strings.TrimPrefix(w.logs.String(), before)
				contains(t, said, append(c.line, `"level":"debug"`)...)
				lacks(t, said, "CANARY", "hunter2")
				forged := strings.Contains(c.payload, "block_actions") || strings.Contains(c.payload, "view_submission")
				if got := strings.Contains(said, `"what":"action","event":"tampering_refused"`); got != forged {
					t.Errorf("audited as tampering: %v", got)
				}
				if n := strings.Count(said, "nothing answers this payload"); n != 1 {
					t.Errorf("%d lines", n)
				}
			})
		})
	}
}

// A form of a newer version of this app, whose replica is gone again.
func TestAFormThatNothingAnswersStaysOpen(t *testing.T) {
	t.Parallel()
	for name, odd := range oddities {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, "")
				env := w.filled(slackfake.Values{"Secret": "hunter2"})
				env.Payload = altered(t, env.Payload, odd, "view", "callback_id")
				seen := w.did(w.slack.Send(w.Context(), env))
				contains(t, seen.Errors["secret"], "Copy what you typed")
				w.staysOpen("hunter2")
			})
		})
	}
}

func TestALogNamesTheWorkspaceOfTheAppAndNotTheOthers(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		env := w.filled(slackfake.Values{"Secret": "hunter2"})
		env.Payload = altered(t, env.Payload, map[string]any{"id": "TNORTH", "domain": "northwind"}, "team")
		env.Payload = altered(t, env.Payload, "TNORTH", "user", "team_id")
		w.did(w.slack.Send(w.Context(), env))
		env, err := w.slack.PreparePress(ana, w.receipt(ana), "Check")
		if err != nil {
			t.Fatal(err)
		}
		env.Payload = altered(t, env.Payload, map[string]any{"id": "TNORTH"}, "team")
		w.did(w.slack.Send(w.Context(), env))
		contains(t, w.logs.String(), `"event":"shared"`, `"outcome":"checked"`, `"team_id":"`+slackfake.TeamID+`"`)
		lacks(t, w.logs.String(), "TNORTH")
	})
}

// Whether Slack's client sends only what a form offers is documented nowhere.
func TestWhatAFormDoesNotOfferIsRefusedAtItsField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, block string
		typed       slackfake.Values
		forged      any
		what        string
		command     string
	}{
		{"a person as the conversation", "place", nil, map[string]any{"selected_conversation": "UCANARY"}, "id", ""},
		{"no id as the conversation", "place", nil, map[string]any{"selected_conversation": "<!channel> CANARY"}, "id", ""},
		{"a name as the conversation", "place", nil, map[string]any{"selected_conversation": "#CANARY"}, "id", ""},
		{"a conversation among the people", "people", nil, map[string]any{"selected_users": []string{ben, "CCANARY"}}, "id", ""},
		{"nobody among the people", "people", nil, map[string]any{"selected_users": []string{""}}, "id", ""},
		{"no id among the people", "people", nil, map[string]any{"selected_users": []string{"UCANARY> <!here"}}, "id", ""},
		{"an id without an end", "people", nil, map[string]any{"selected_users": []string{"U" + strings.Repeat("A", 4000)}}, "id", ""},
		{"somebody twice", "people", nil, map[string]any{"selected_users": []string{ben, ben}}, "choice", ""},
		{"another lifetime", "ttl", nil, map[string]any{"selected_option": map[string]any{"value": "99999999"}}, "choice", ""},
		{"another length", "length", nil, map[string]any{"selected_option": map[string]any{"value": "4"}}, "choice", "generate"},
		{"another kind", "kind", nil, map[string]any{"selected_option": map[string]any{"value": "CANARY"}}, "choice", "generate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, c.command)
				typed := slackfake.Values{"Secret": "hunter2"}
				if c.command != "" {
					typed = nil
				}
				env := w.filled(typed)
				env.Payload = altered(t, env.Payload, c.forged, "view", "state", "values", c.block, "value")
				seen := w.did(w.slack.Send(w.Context(), env))
				contains(t, seen.Errors[c.block], "doesn't offer that", "othing was stored")
				if w.slack.View(ana) == nil || len(w.ots.Journal()) != 0 || len(w.messages(ben, general)) != 0 {
					t.Error("the form is closed, or something came of it")
				}
				logs := w.logs.String()
				contains(t, logs, `"what":"`+c.what+`","event":"tampering_refused"`)
				lacks(t, logs, "CANARY", "AAAA")
			})
		})
	}
}

func TestPeopleAreNotTakenFromAFormThatOffersNone(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		env := w.filled(slackfake.Values{"Secret": "hunter2"})
		env.Payload = altered(t, env.Payload, map[string]any{"value": map[string]any{"selected_users": []string{ben}}}, "view", "state", "values", "people")
		seen := w.did(w.slack.Send(w.Context(), env))
		contains(t, seen.Errors["secret"], "doesn't offer that") // there is no field for people
		w.staysOpen("hunter2")
	}, func(c *bot.Config) { c.Policy.RecipientsMax = 0 })
}

func TestAConversationIsNotTakenFromAFormThatDoesNotAsk(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.shortcut(ana, w.wrote(ben, general, "hunter2"))
		env := w.filled(nil)
		env.Payload = altered(t, env.Payload, map[string]any{"value": map[string]any{"selected_conversation": random}}, "view", "state", "values", "place")
		env.Payload = altered(t, env.Payload, []any{map[string]any{"block_id": "place", "response_url": "https://evil.example/CANARY"}}, "response_urls")
		w.did(w.slack.Send(w.Context(), env))
		w.link(w.last(ben, general))
		if n := len(w.messages(ben, random)); n != 0 {
			t.Errorf("%d messages elsewhere", n)
		}
	})
}

func TestAPassphraseFormWithoutItsStateStaysOpen(t *testing.T) {
	t.Parallel()
	for _, button := range []string{"Burn all", "Send the passphrase"} {
		for name, odd := range oddities {
			t.Run(button+" "+name, func(t *testing.T) {
				inTeam(t, func(w *world) {
					w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben, cid)
					w.press(ana, w.receipt(ana), button)
					env := w.filled(slackfake.Values{passphrase: "correct horse"})
					whole := env.Payload
					env.Payload = altered(t, whole, odd, "view", "state")
					seen := w.did(w.slack.Send(w.Context(), env))
					contains(t, seen.Errors["passphrase"], "couldn't read")
					if view := w.slack.View(ana); view == nil || view.Input(passphrase).Value != "correct horse" {
						t.Error("the passphrase is lost")
					}
					if n := w.ots.Secrets(); n != 2 {
						t.Errorf("%d secrets", n)
					}
					lacks(t, w.logs.String(), `"msg":"panic"`)
				})
			})
		}
	}
}

func TestAPanicLeavesTheFormOpen(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		seen := w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		contains(t, seen.Errors["secret"], "Something went wrong", "check for a receipt")
		if view := w.slack.View(ana); view == nil || view.Input("Secret").Value != "hunter2" {
			t.Error("what was typed is lost")
		}
		lacks(t, w.logs.String(), "hunter2")
	}, func(c *bot.Config) {
		var err error
		if c.OTS, err = otsclient.New(otsclient.Config{BaseURL: "https://ots.test", Transport: panicking{}}); err != nil {
			t.Fatal(err)
		}
	})
}

// Slack documents that it keeps what was typed, and not what a form came with.
func TestALateFailureKeepsTheTextThatAFormCameWith(t *testing.T) {
	t.Parallel()
	inWorldOf(t, slackfake.Options{ForgetsUntouched: true}, otsfake.Options{}, func(w *world) {
		w.shortcut(ana, w.wrote(ben, general, "hunter2"))
		mend := w.ots.Fault(otsfake.Fault{Delay: 4 * time.Second, Down: true})
		w.submit(ana, nil)
		w.settle(20 * time.Second)
		mend()
		contains(t, w.slack.View(ana).PlainText(), "OneTimeSecret can't be reached")
		if got := w.slack.View(ana).Input("Secret").Value; got != "hunter2" {
			t.Fatalf("the field holds %q", got)
		}
		w.submit(ana, nil)
		if got := w.opens(w.link(w.last(ben, general)), ""); got != "hunter2" {
			t.Errorf("ben opens %q", got)
		}
	})
}

// Rules are about people, and a receipt goes to one.
func TestACommandOfNobodyStoresNothing(t *testing.T) {
	t.Parallel()
	for name, odd := range oddities {
		if _, text := odd.(string); text {
			continue
		}
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				env, err := w.slack.PrepareCommand(ana, general, "/secret", "hunter2")
				if err != nil {
					t.Fatal(err)
				}
				env.Payload = altered(t, env.Payload, odd, "user_id")
				seen := w.did(w.slack.Send(w.Context(), env))
				contains(t, string(seen.AckPayload), "couldn't read", "nothing was stored", "ephemeral")
				if len(w.ots.Journal()) != 0 || w.slack.View(ana) != nil {
					t.Error("something came of it")
				}
			})
		})
	}
}

func TestABlockWithoutItsInputIsUnreadAndAMissingOneIsEmpty(t *testing.T) {
	t.Parallel()
	for block, unread := range map[string]bool{
		`,"passphrase":null`:                     true,
		`,"passphrase":{}`:                       true,
		`,"passphrase":[]`:                       true,
		`,"passphrase":"x"`:                      true,
		`,"passphrase":{"value":[]}`:             true,
		`,"passphrase":{"value":{}}`:             false,
		`,"passphrase":{"value":{"value":null}}`: false,
		``:                                       false,
	} {
		inWorld(t, func(w *world) {
			w.command(ana, general, "")
			env := w.filled(slackfake.Values{"Secret": "hunter2", "Passphrase": "correct horse"})
			p := payloadOf(t, env)
			p["view"].(map[string]any)["state"] = json.RawMessage(`{"values":{"secret":{"value":{"value":"hunter2"}}` + block + `}}`)
			env.Payload, _ = json.Marshal(p)
			seen := w.did(w.slack.Send(w.Context(), env))
			if refused := seen.Errors["passphrase"] != ""; refused != unread || refused && w.ots.Secrets() != 0 {
				t.Errorf("%s: %v, %d secrets", block, seen.Errors, w.ots.Secrets())
			}
		})
	}
}

func TestAButtonOfTheFormThatCouldNotChangeItSaysSo(t *testing.T) {
	t.Parallel()
	for code, told := range map[string]bool{"fatal_error": true, "not_found": false} {
		inWorld(t, func(w *world) {
			w.command(ana, general, "")
			w.slack.Fault(slackfake.Fault{Method: "views.update", Error: code})
			w.did(w.slack.PressInView(w.Context(), ana, "Add another field"))
			w.settle(time.Minute)
			said := 0
			for _, channel := range []string{general, w.slack.AppDM(ana)} {
				for _, m := range w.messages(ana, channel) {
					said += strings.Count(m.PlainText(), "couldn't change the form")
				}
			}
			if said > 0 != told {
				t.Errorf("%s: told %d times", code, said)
			}
		})
	}
}
