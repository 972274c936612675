package slackfake_test

import (
	"testing"

	"otsbot/bot/slackfake"
)

func TestACommandIsAckedAndAnswered(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	payloads := make(chan m, 1)
	a.answer(func(p m) any { payloads <- p; return nil })

	seen := must[*slackfake.Interaction](t)(a.slack.Command(t.Context(), "UANA", "CGENERAL", "/secret", "a&b<c>"))

	p := <-payloads
	expect(t, "text", p["text"], "a&amp;b&lt;c&gt;")
	expect(t, "acked", seen.Acked, true)
	expect(t, "error", seen.Error, "")
	posted := a.call("chat.postMessage", m{"channel": "CGENERAL", "text": "hi", "unfurl_links": false, "unfurl_media": false})
	expect(t, "posted", posted["ok"], true)
	status, body := a.respond(seen.ResponseURL, m{"text": "psst"})
	expect(t, "status", status, 200)
	expect(t, "body", body["body"], "ok")
	expect(t, "ana sees", len(a.slack.Messages("UANA", "CGENERAL")), 2)
	expect(t, "ben sees", len(a.slack.Messages("UBEN", "CGENERAL")), 1)
	expect(t, "violations", a.slack.Violations(), []string{})
}

func TestAFormOpensAndCloses(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.answer(ackAll)
	seen := must[*slackfake.Interaction](t)(a.slack.Command(t.Context(), "UANA", "CGENERAL", "/secret", ""))
	opened := a.call("views.open", m{"trigger_id": seen.TriggerID, "view": m{
		"type": "modal", "title": m{"type": "plain_text", "text": "Share"}, "submit": m{"type": "plain_text", "text": "Go"},
		"blocks": []any{
			m{"type": "input", "block_id": "secret", "label": m{"type": "plain_text", "text": "Secret"},
				"element": m{"type": "plain_text_input", "action_id": "text", "max_length": 10}},
			m{"type": "input", "block_id": "where", "optional": true, "label": m{"type": "plain_text", "text": "Where"},
				"element": m{"type": "conversations_select", "action_id": "to", "default_to_current_conversation": true, "response_url_enabled": true}},
		}}})
	expect(t, "opened", opened["ok"], true)
	expect(t, "preselected", a.slack.View("UANA").Input("Where").Value, "CGENERAL")
	refused := must[*slackfake.Interaction](t)(a.slack.Submit(t.Context(), "UANA", nil))
	expect(t, "errors", refused.Errors, map[string]string{"secret": "Please complete this required field."})
	sent := must[*slackfake.Interaction](t)(a.slack.Submit(t.Context(), "UANA", slackfake.Values{"Secret": "hunter2"}))
	expect(t, "acked", sent.Acked, true)
	if a.slack.View("UANA") != nil {
		t.Error("the form is still open")
	}
}
