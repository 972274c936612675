package slackfake_test

import (
	"testing"

	"otsbot/bot/slackfake"
)

func TestBlocksAreValidated(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{Scopes: []string{}})
	bad := m{"type": "section", "text": m{"type": "text", "text": "x"}}
	for _, row := range []struct {
		name             string
		args             m
		failed           any
		pointer, message any
	}{
		{"blocks", m{"blocks": []m{section("x")}}, nil, nil, nil},
		{"blocks as a string", m{"blocks": `[{"type":"divider"}]`}, nil, nil, nil},
		{"a message", m{"message": m{"text": "x", "blocks": []m{section("x")}}}, nil, nil, nil},
		{"a message of text", m{"message": m{"text": "x"}}, nil, nil, nil},
		{"a modal", m{"view": modal(input("s", "Secret", textInput()))}, nil, nil, nil},
		{"a Home tab", m{"view": m{"type": "home", "blocks": []m{section("x")}}}, nil, nil, nil},

		{"a bad block", m{"blocks": []m{bad}}, "invalid_blocks", "/0/text/type", "must be one of: plain_text, mrkdwn"},
		{"a message with one", m{"message": m{"blocks": []m{section("x"), bad}}}, "invalid_message", "/blocks/1/text/type", "must be one of: plain_text, mrkdwn"},
		{"a modal's block in a message", m{"message": m{"blocks": []m{{"type": "alert", "text": plain("x")}}}}, "invalid_message", "/blocks/0/type", "unsupported type: alert"},
		{"a long title", m{"view": m{"type": "modal", "title": plain("Share a secret with them all"), "blocks": []m{}}}, "invalid_view", "/title/text", "must be less than 25 characters"},
		{"a submit on a Home tab", m{"view": m{"type": "home", "submit": plain("Go"), "blocks": []m{}}}, "invalid_view", "", "invalid additional property: submit"},
		{"another view", m{"view": m{"type": "workflow_step", "blocks": []m{}}}, "invalid_view", "/type", "unsupported type: workflow_step"},
		{"no list", m{"blocks": "x"}, "invalid_blocks", "", "must provide an array"},
	} {
		v := a.call("blocks.validate", row.args)
		expect(t, row.name, v["error"], row.failed)
		if row.failed == nil {
			continue
		}
		errors, _ := v["errors"].([]any)
		if len(errors) == 0 {
			t.Errorf("%s: no errors in %v", row.name, v)
			continue
		}
		first := errors[0].(m)
		expect(t, row.name, []any{first["code"], first["pointer"], first["message"]}, []any{"failed_constraint", row.pointer, row.message})
	}
	for name, args := range map[string]m{"nothing": {}, "two": {"blocks": []m{section("x")}, "message": m{}}} {
		expect(t, name, a.call("blocks.validate", args)["error"], "invalid_arguments")
	}
	expect(t, "violations", a.slack.Violations(), []string{})
}
