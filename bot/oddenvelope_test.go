package bot_test

import (
	"testing"
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
