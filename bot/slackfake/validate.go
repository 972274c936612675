package slackfake

import (
	"encoding/json"
	"strings"
)

// validateBlocks is blocks.validate: it checks blocks, a message or a view, one
// of them in a call, and takes no scope,
// https://docs.slack.dev/reference/methods/blocks.validate
//
// An answer of Slack's is recorded in https://github.com/abdolence/slack-morphism-rust,
// src/api/blocks.rs. There, an error has a constraint too, whose shape differs
// by kind and isn't documented: it is left out here. failed_constraint is the
// one code that is known.
func (w *Workspace) validateBlocks(c *call) reply {
	var given []string
	for _, name := range []string{"blocks", "message", "view"} {
		if len(c.raw(name)) > 0 {
			given = append(given, name)
		}
	}
	if len(given) != 1 {
		return invalid("invalid_arguments", "must provide exactly one of `blocks`, `view` or `message`")
	}
	what, raw := given[0], c.raw(given[0])
	reasons, root := []string(nil), ""
	switch what {
	case "blocks":
		root = "/blocks"
		_, reasons = checkBlocks(raw, "", maxViewBlocks)
	case "message":
		var message struct{ Blocks json.RawMessage }
		if json.Unmarshal(raw, &message) != nil {
			reasons = []string{"must provide an object [json-pointer:]"}
		} else if message.Blocks != nil {
			_, reasons = checkMessageBlocks(message.Blocks)
		}
	case "view":
		root = "/view"
		var view struct{ Type string }
		json.Unmarshal(raw, &view)
		if _, refusal := parseView(raw, view.Type); refusal != nil {
			reasons, _ = refusal["errors"].([]string)
			if reasons == nil {
				return refusal // too large
			}
		}
	}
	if len(reasons) == 0 {
		return reply{}
	}
	var errors []map[string]any
	for _, reason := range reasons {
		message, pointer, _ := strings.Cut(strings.TrimSuffix(reason, "]"), " [json-pointer:")
		errors = append(errors, map[string]any{"code": "failed_constraint", "message": message, "pointer": strings.TrimPrefix(pointer, root)})
	}
	return reply{"ok": false, "error": "invalid_" + what, "errors": errors}
}
