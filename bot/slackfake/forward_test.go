package slackfake_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"otsbot/bot/slackfake"
)

// shortcutOn returns the message as a shortcut on it carries it.
func shortcutOn(t *testing.T, a *app, payloads chan m, on slackfake.Message) m {
	t.Helper()
	must[*slackfake.Interaction](t)(a.slack.MessageShortcut(t.Context(), "UANA", on, "leak"))
	return (<-payloads)["message"].(m)
}

func TestAForwardedMessageComesAttached(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	payloads := make(chan m, 1)
	a.answer(func(p m) any { payloads <- p; return nil })
	original := must[slackfake.Message](t)(a.slack.PostMessage(slackfake.Post{User: "UBEN", Channel: "GPRIVATE", Text: "a & b",
		Files: json.RawMessage(`[{"id":"F1","name":"key.pem"}]`)}))
	forwarded := must[slackfake.Message](t)(a.slack.Forward("UBEN", original, "CGENERAL", "this one"))
	expect(t, "what one reads", forwarded.PlainText(), "this one\nben\nFrom a private channel\nkey.pem\na & b")
	sent := shortcutOn(t, a, payloads, forwarded)
	expect(t, "comment", sent["text"], "this one")
	attached := sent["attachments"].([]any)[0].(m)
	expect(t, "flags", []any{attached["is_share"], attached["is_msg_unfurl"], attached["author_id"]}, []any{true, true, "UBEN"})
	expect(t, "text", attached["text"], "a &amp; b")
	if fallback := attached["fallback"].(string); !regexp.MustCompile(`^\[[A-Z][a-z]+ \d+[a-z]{2}, \d{4} \d+:\d\d [AP]M\] ben: a &amp; b$`).MatchString(fallback) {
		t.Errorf("the fallback is %q", fallback)
	}
	inner := attached["message_blocks"].([]any)[0].(m)["message"].(m)
	expect(t, "blocks", inner["blocks"].([]any)[0].(m)["type"], "rich_text")
	expect(t, "files", attached["files"].([]any)[0].(m)["name"], "key.pem")
	if _, err := a.slack.Forward("UCAL", original, "CGENERAL", ""); err == nil {
		t.Error("cal, who can't see the message, forwarded it")
	}
}

func TestAnotherAppsMessageHasABotAndAUser(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	payloads := make(chan m, 1)
	a.answer(func(p m) any { payloads <- p; return nil })
	a.slack.AddUser(slackfake.User{ID: "UVAULT", Name: "vault", Bot: true})
	posted := must[slackfake.Message](t)(a.slack.PostMessage(slackfake.Post{User: "UVAULT", Channel: "CGENERAL", Blocks: json.RawMessage(`[{"type":"header","text":{"type":"plain_text","text":"New password"}}]`)}))
	sent := shortcutOn(t, a, payloads, posted)
	expect(t, "who", []any{sent["user"], sent["bot_id"], sent["bot_profile"].(m)["name"]}, []any{"UVAULT", "BUVAULT", "vault"})
	expect(t, "text", sent["text"], slackfake.Placeholder)
	expect(t, "what one reads", posted.PlainText(), "New password")
	if _, err := a.slack.PostMessage(slackfake.Post{User: "UVAULT", Channel: "CNOWHERE", RawText: "x"}); err == nil {
		t.Error("a message was posted nowhere")
	}
}

func TestAnAttachmentOfTheOlderKindIsRead(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	posted := must[slackfake.Message](t)(a.slack.PostMessage(slackfake.Post{User: "UBEN", Channel: "CGENERAL",
		Attachments: json.RawMessage(`[{"pretext":"Alert","fields":[{"title":"Password","value":"a &amp; b"}]}]`)}))
	expect(t, "what one reads", posted.PlainText(), "Alert\nPassword\na & b")
}

func TestTheFirstMessageOfAThreadSaysSo(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	payloads := make(chan m, 1)
	a.answer(func(p m) any { payloads <- p; return nil })
	root := must[slackfake.Message](t)(a.slack.PostAs("UBEN", "CGENERAL", "root"))
	expect(t, "alone", shortcutOn(t, a, payloads, root)["thread_ts"], nil)
	reply := must[slackfake.Message](t)(a.slack.PostMessage(slackfake.Post{User: "UBEN", Channel: "CGENERAL", ThreadTS: root.TS, Text: "reply"}))
	expect(t, "with a reply", shortcutOn(t, a, payloads, root)["thread_ts"], root.TS)
	expect(t, "the reply", shortcutOn(t, a, payloads, reply)["thread_ts"], root.TS)
}
