package slackfake_test

import (
	"encoding/json"
	"testing"

	"otsbot/bot/slackfake"
)

func TestAMessageShortcutCarriesTheMessage(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	payloads := make(chan m, 1)
	a.answer(func(p m) any { payloads <- p; return nil })
	root := must[slackfake.Message](t)(a.slack.PostAs("UBEN", "GPRIVATE", "root"))
	leak := must[slackfake.Message](t)(a.slack.PostMessage(slackfake.Post{User: "UBEN", Channel: "GPRIVATE", ThreadTS: root.TS,
		RawText: "pass &amp; word", Files: json.RawMessage(`[{"id":"F1"}]`)}))
	seen := must[*slackfake.Interaction](t)(a.slack.MessageShortcut(t.Context(), "UANA", leak, "leak"))
	p := <-payloads
	message := p["message"].(m)
	expect(t, "type", p["type"], "message_action")
	expect(t, "callback", p["callback_id"], "leak")
	expect(t, "channel", p["channel"], m{"id": "GPRIVATE", "name": "privategroup"})
	expect(t, "author", message["user"], "UBEN")
	expect(t, "text", message["text"], "pass &amp; word")
	expect(t, "thread", message["thread_ts"], root.TS)
	expect(t, "files", len(message["files"].([]any)), 1)
	expect(t, "response url", p["response_url"], seen.ResponseURL)
	if _, err := a.slack.MessageShortcut(t.Context(), "UCAL", leak, "leak"); err == nil {
		t.Error("cal, who can't see the message, ran a shortcut on it")
	}
}

func TestAnEphemeralMessageHasNoShortcuts(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.call("chat.postEphemeral", m{"channel": "CGENERAL", "user": "UANA", "text": "psst"})
	if _, err := a.slack.MessageShortcut(t.Context(), "UANA", last(a.slack.Messages("UANA", "CGENERAL")), "leak"); err == nil {
		t.Error("an ephemeral message had a shortcut")
	}
}

func TestAGlobalShortcutKnowsNoConversation(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	payloads := make(chan m, 1)
	a.answer(func(p m) any { payloads <- p; return nil })
	seen := must[*slackfake.Interaction](t)(a.slack.GlobalShortcut(t.Context(), "UANA", "new"))
	p := <-payloads
	expect(t, "nowhere", []any{p["type"], p["channel"], p["response_url"]}, []any{"shortcut", nil, nil})
	picker := m{"type": "conversations_select", "action_id": "to", "default_to_current_conversation": true}
	a.call("views.open", m{"trigger_id": seen.TriggerID, "view": modal(input("where", "Where", picker))})
	where := a.slack.View("UANA").Input("Where")
	expect(t, "preselected", where.Value, "")
	expect(t, "offered", where.Options, []string{"CGENERAL", "CRANDOM", "GPRIVATE", "DANABEN"})
}

func TestAButtonCarriesWhatItIsOn(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	payloads := make(chan m, 1)
	a.answer(func(p m) any { payloads <- p; return nil })
	v := a.call("chat.postMessage", m{"channel": "UANA", "text": "t", "blocks": pressable()})
	shown := last(a.slack.Messages("UANA", a.slack.AppDM("UANA")))
	seen := must[*slackfake.Interaction](t)(a.slack.Press(t.Context(), "UANA", shown, "Go"))
	p := <-payloads
	expect(t, "confirm", *seen.Confirm, slackfake.Confirm{Title: "Sure?", Text: "Really", Confirm: "Yes", Deny: "No", Danger: true})
	expect(t, "container", p["container"], m{"type": "message", "channel_id": v["channel"], "message_ts": v["ts"], "is_ephemeral": false})
	expect(t, "message", p["message"].(m)["ts"], v["ts"])
	action := p["actions"].([]any)[0].(m)
	expect(t, "action", []any{action["type"], action["action_id"], action["block_id"], action["value"]}, []any{"button", "go", "b", "v"})
	for _, who := range []string{"UBEN", "UNOBODY"} {
		if _, err := a.slack.Press(t.Context(), who, shown, "Go"); err == nil {
			t.Errorf("%s pressed a button in ana's DM", who)
		}
	}

	a.call("chat.postEphemeral", m{"channel": "CGENERAL", "user": "UANA", "text": "t", "blocks": pressable()})
	psst := last(a.slack.Messages("UANA", "CGENERAL"))
	if _, err := a.slack.Press(t.Context(), "UBEN", psst, "Go"); err == nil {
		t.Error("ben pressed a button of a message that only ana sees")
	}
	must[*slackfake.Interaction](t)(a.slack.Press(t.Context(), "UANA", psst, "go"))
	p = <-payloads
	expect(t, "an ephemeral message isn't sent", p["message"], nil)
	expect(t, "but said", p["container"].(m)["is_ephemeral"], true)
}

func TestAFieldThatDispatches(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	payloads := make(chan m, 1)
	a.answer(func(p m) any { payloads <- p; return nil })
	choice := m{"type": "static_select", "action_id": "kind", "options": []m{{"text": plain("Letters"), "value": "l"}}}
	quiet := input("quiet", "Quiet", with(choice, "action_id", "q"))
	loud := with(input("loud", "Loud", choice), "dispatch_action", true)
	a.openForm(modal(quiet, loud))
	seen := must[*slackfake.Interaction](t)(a.slack.Choose(t.Context(), "UANA", "Quiet", "Letters"))
	expect(t, "a quiet field sends nothing", seen.EnvelopeID, "")
	must[*slackfake.Interaction](t)(a.slack.Choose(t.Context(), "UANA", "Loud", "Letters"))
	p := <-payloads
	expect(t, "chosen", p["actions"].([]any)[0].(m)["selected_option"].(m)["value"], "l")
	expect(t, "in the state too", p["view"].(m)["state"].(m)["values"].(m)["loud"].(m)["kind"].(m)["selected_option"].(m)["value"], "l")
}

func TestAnEventSaysHowOftenItWasTried(t *testing.T) {
	t.Parallel()
	bubble(t, slackfake.Options{}, func(t *testing.T, a *app) {
		s, _ := a.connect()
		attempts := make(chan any, 2)
		go func() {
			for range 2 {
				v, err := s.read()
				if err != nil {
					return
				}
				attempts <- []any{v["retry_attempt"], v["retry_reason"]}
				if len(attempts) == 2 {
					s.ack(v, nil)
				}
			}
		}()
		a.slack.Send(t.Context(), slackfake.Envelope{ID: "e1", Type: "events_api", Payload: json.RawMessage(`{"type":"event_callback"}`)})
		expect(t, "first", <-attempts, []any{0, ""})
		expect(t, "second", <-attempts, []any{1, "timeout"})
	})
}

func TestARowsButtonIsNamedByItsBlock(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	payloads := make(chan m, 1)
	a.answer(func(p m) any { payloads <- p; return nil })
	row := func(id string) m {
		b := pressable()[0]["elements"].([]m)[0]
		return m{"type": "section", "block_id": id, "text": plain("for " + id), "accessory": with(b, "value", "v-"+id)}
	}
	a.call("chat.postMessage", m{"channel": "UANA", "text": "rows", "blocks": []m{row("ben"), row("cal")}})
	shown := a.slack.Messages("UANA", a.slack.AppDM("UANA"))[0]
	for button, want := range map[string]string{"cal/Go": "v-cal", "cal/go": "v-cal", "ben/Go": "v-ben", "Go": "v-ben"} {
		seen := must[*slackfake.Interaction](t)(a.slack.Press(t.Context(), "UANA", shown, button))
		expect(t, "asked", seen.Confirm != nil, true)
		p := <-payloads
		action := p["actions"].([]any)[0].(m)
		expect(t, button, []any{action["block_id"], action["value"]}, []any{want[len("v-"):], want})
		expect(t, "all rows come along", len(p["message"].(m)["blocks"].([]any)), 2)
		expect(t, "where", p["channel"].(m)["name"], "directmessage")
	}
	for _, button := range []string{"dan/Go", "/Go", "cal/"} {
		if _, err := a.slack.Press(t.Context(), "UANA", shown, button); err == nil {
			t.Errorf("%q was pressed", button)
		}
	}
}
