package bot_test

import (
	"encoding/json"
	"strings"
	"testing"

	"otsbot/bot/slackfake"
)

func (w *world) shortcut(user string, m slackfake.Message) *slackfake.Interaction {
	w.Helper()
	return w.did(w.slack.MessageShortcut(w.Context(), user, m, "share_message"))
}

func (w *world) wrote(user, channel, text string) slackfake.Message {
	w.Helper()
	m, err := w.slack.PostAs(user, channel, text)
	if err != nil {
		w.Fatal(err)
	}
	return m
}

func TestAMessageIsSharedIntoItsThread(t *testing.T) {
	t.Parallel()
	for name, channel := range map[string]string{"by the app": general, "by response_url": secrets} {
		t.Run(name, func(t *testing.T) {
			where := "A thread in"
			if channel == secrets { // a response_url's answer names no place
				where = "Slack didn't confirm that the link is in the thread"
			}
			inWorld(t, func(w *world) {
				leak := w.wrote(ben, channel, "p<a>ss&word at foo.com")
				w.shortcut(ana, leak)
				view := w.slack.View(ana)
				if got := view.Input("Secret").Value; got != "p<a>ss&word at foo.com" {
					t.Errorf("the form holds %q", got)
				}
				if view.Input("Post the link in") != nil {
					t.Error("the form asks where, though it is said")
				}
				contains(t, view.PlainText(), "thread of the message you chose")
				w.submit(ana, nil)

				posted := w.last(ben, channel)
				if posted.ThreadTS != leak.TS {
					t.Errorf("posted in thread %q, want %q", posted.ThreadTS, leak.TS)
				}
				if got := w.opens(w.link(posted), ""); got != "p<a>ss&word at foo.com" {
					t.Errorf("it opens %q", got)
				}
				w.sees(w.receipt(ana), where, "original message still shows the secret")
				w.sees(w.receipt(ben), "@ana made a one-time link for the secret in", "delete the message", "change the credential")
				lacks(t, w.receipt(ben).PlainText(), "p<a>ss&word")
			})
		})
	}
}

func TestAReplyIsSharedIntoTheSameThread(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		root := w.wrote(ben, general, "what is the password?")
		reply, err := w.slack.PostMessage(slackfake.Post{User: ben, Channel: general, ThreadTS: root.TS, Text: "hunter2"})
		if err != nil {
			t.Fatal(err)
		}
		w.shortcut(ana, reply)
		w.submit(ana, nil)
		if posted := w.last(ben, general); posted.ThreadTS != root.TS {
			t.Errorf("posted in thread %q, want the message's own, %q", posted.ThreadTS, root.TS)
		}
	})
}

func TestChangedTextIsNoLeak(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.shortcut(ana, w.wrote(ben, general, "the password is hunter2"))
		w.submit(ana, slackfake.Values{"Secret": "something else"})
		lacks(t, w.receipt(ana).PlainText(), "The original message")
		if len(w.messages(ben, w.slack.AppDM(ben))) != 0 {
			t.Error("the author was told of a leak that is none")
		}
	})
}

func TestTheAuthorIsNotToldTwiceOfTheirOwnMessage(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.shortcut(ana, w.wrote(ana, general, "hunter2"))
		w.submit(ana, nil)
		if n := len(w.messages(ana, w.slack.AppDM(ana))); n != 1 {
			t.Errorf("%d messages in the DM, want the receipt alone", n)
		}
		w.sees(w.receipt(ana), "original message still shows the secret")
	})
}

func TestALongMessageFillsSeveralFields(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		key := strings.Repeat("ABCDEFGHIJKLMNOPQRSTUVWXYZ🔑\n", 120)
		w.shortcut(ana, w.wrote(ben, general, key))
		w.submit(ana, nil)
		if got := w.opens(w.link(w.last(ben, general)), ""); strings.TrimSpace(got) != strings.TrimSpace(key) {
			t.Errorf("%d bytes came out of %d", len(got), len(key))
		}
	})
}

func TestAMessageWithoutUsableTextGetsASentence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, message, says string }{
		{"no text", `{"type":"message","user":"UBEN","ts":"1.2","text":""}`, "no text"},
		{"only a file", `{"type":"message","user":"UBEN","ts":"1.2","text":"","files":[{"id":"F1"}]}`, "only files"},
		{"a block of a new kind", `{"type":"message","bot_id":"B1","ts":"1.2","blocks":[{"type":"hologram","hunter2":"hunter2"}]}`, "I can't read what that message shows"},
		{"only a link's preview", `{"type":"message","bot_id":"B1","ts":"1.2","text":"","attachments":[{"from_url":"https://x","title":"T","text":"pw hunter2"}]}`, "I can't read what that message shows"},
		{"only buttons", `{"type":"message","bot_id":"B1","ts":"1.2","blocks":[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"hunter2"}}]}]}`, "I can't read what that message shows"},
		{"a forwarded message that Slack doesn't send", `{"type":"message","user":"UBEN","ts":"1.2","text":"","attachments":[{"is_share":true,"fallback":"[March 14th, 2026 3:08 PM] vault: This content can't be displayed."}]}`, "I can't read what that message shows"},
		{"a file beside what can't be read", `{"type":"message","user":"UBEN","ts":"1.2","text":"","files":[{"id":"F1"}],"attachments":[{"blocks":[{"type":"hologram"}]}]}`, "I can't read what that message shows"},
		{"only a forwarded file", `{"type":"message","user":"UBEN","ts":"1.2","text":"","attachments":[{"is_share":true,"fallback":"[March 14th, 2026 3:08 PM] cal: ","files":[{"id":"F1"}]}]}`, "only files"},
		{"only a file that was deleted", `{"type":"message","user":"UBEN","ts":"1.2","text":"","files":[{"id":"F1","mode":"tombstone"}]}`, "no text"},
		{"too long", `{"type":"message","user":"UBEN","ts":"1.2","text":"` + strings.Repeat("x", 10_007) + `"}`, "7 bytes too long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				env, err := w.slack.PrepareMessageShortcut(ana, w.wrote(ben, general, "text"), "share_message")
				if err != nil {
					t.Fatal(err)
				}
				env.Payload = withMessage(t, env.Payload, c.message)
				w.did(w.slack.Send(w.Context(), env))
				w.sees(w.last(ana, general), c.says)
				if w.slack.View(ana) != nil {
					t.Error("a form was opened")
				}
			})
		})
	}
}

func TestAMessageThatSlackGoCannotParseIsSharedAllTheSame(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		env, err := w.slack.PrepareMessageShortcut(ana, w.wrote(ben, general, "text"), "share_message")
		if err != nil {
			t.Fatal(err)
		}
		env.Payload = withMessage(t, env.Payload, `{"type":"message","bot_id":"B1","ts":"1.2","text":"hunter2","blocks":[{"type":"actions","elements":[{"type":"hologram"}]},{"type":"context","elements":[{"type":"hologram"}]}]}`)
		w.did(w.slack.Send(w.Context(), env))
		if view := w.slack.View(ana); view == nil || view.Input("Secret").Value != "hunter2" {
			t.Error("no form with the text")
		}
	})
}

func withMessage(t *testing.T, payload []byte, message string) []byte {
	t.Helper()
	var p map[string]json.RawMessage
	if err := json.Unmarshal(payload, &p); err != nil {
		t.Fatal(err)
	}
	p["message"] = json.RawMessage(message)
	changed, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestTheGlobalShortcutOpensTheFormWithNothingChosen(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.did(w.slack.GlobalShortcut(w.Context(), ana, "share_secret"))
		if got := w.slack.View(ana).Input("Post the link in").Value; got != "" {
			t.Errorf("conversation %q is chosen", got)
		}
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Post the link in": between})
		if got := w.opens(w.link(w.last(ben, between)), ""); got != "hunter2" {
			t.Errorf("ben opens %q", got)
		}
	})
}

func TestAShortcutWhoseTriggerExpiredGetsASentence(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		leak := w.wrote(ben, general, "hunter2")
		w.slack.ExpireTriggers(true)
		w.shortcut(ana, leak)
		w.sees(w.last(ana, general), "form didn't open in time")
		w.did(w.slack.GlobalShortcut(w.Context(), ana, "share_secret"))
		w.sees(w.receipt(ana), "form didn't open in time")
	})
}
