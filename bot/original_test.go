package bot_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// shortcutOn runs the shortcut on a message as Slack sends it, or as change
// makes the payload.
func (w *world) shortcutOn(user, channel, message string, change ...func(payload map[string]any)) {
	w.Helper()
	env, err := w.slack.PrepareMessageShortcut(user, w.wrote(ben, channel, "a placeholder"), "share_message")
	if err != nil {
		w.Fatal(err)
	}
	var p, m map[string]any
	if err := json.Unmarshal(env.Payload, &p); err != nil {
		w.Fatal(err)
	}
	if err := json.Unmarshal([]byte(message), &m); err != nil {
		w.Fatal(err)
	}
	m["ts"] = p["message_ts"]
	p["message"] = m
	for _, c := range change {
		c(p)
	}
	if env.Payload, err = json.Marshal(p); err != nil {
		w.Fatal(err)
	}
	w.did(w.slack.Send(w.Context(), env))
}

func (w *world) formHolds(user, secret string) {
	w.Helper()
	view := w.slack.View(user)
	if view == nil || view.Input("Secret") == nil {
		w.Fatalf("%s has no form open", user)
	}
	if got := view.Input("Secret").Value; got != secret {
		w.Errorf("the form holds %q, want %q", got, secret)
	}
}

// noDM fails if the app has written to somebody.
func (w *world) noDM(user string) {
	w.Helper()
	if sent := w.messages(user, w.slack.AppDM(user)); len(sent) > 0 {
		w.Errorf("%s was sent %q", user, sent[0].PlainText())
	}
}

func TestAMessageOfAnAppIsReadFromItsBlocks(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"no text": "", "Slack's placeholder": "This content can't be displayed."} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.shortcutOn(ana, general, `{"bot_id":"B1","text":"`+text+`","blocks":[{"type":"header","text":{"type":"plain_text","text":"New password"}},{"type":"section","fields":[{"type":"mrkdwn","text":"root"},{"type":"mrkdwn","text":"hunter2"}]}]}`)
				w.formHolds(ana, "New password\nroot\nhunter2")
				w.submit(ana, nil)
				if got := w.opens(w.link(w.last(ben, general)), ""); got != "New password\nroot\nhunter2" {
					t.Errorf("it opens %q", got)
				}
			})
		})
	}
}

func TestSlacksPlaceholderIsNotTheSecret(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.shortcutOn(ana, general, `{"bot_id":"B1","text":"This content can't be displayed.","blocks":[{"type":"actions","elements":[]}]}`)
		w.sees(w.last(ana, general), "no text")
	})
}

func TestAnAppIsSentNoMessageAndTheCreatorReadsThatItWroteTheOriginal(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.shortcutOn(ana, general, `{"user":"UBEN","bot_id":"B1","bot_profile":{"id":"B1","name":"vault"},"text":"hunter2"}`)
		w.submit(ana, nil)
		w.noDM(ben)
		w.sees(w.receipt(ana), "An app wrote it", "change the credential")
		lacks(t, w.receipt(ana).PlainText(), "I can't do that for you")
	})
}

func TestAForwardedMessageIsTakenAndItsOriginalNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ comment, want string }{
		"with a comment":    {"here you are", "here you are\nhunter2"},
		"without a comment": {"", "hunter2"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.shortcutOn(ana, general, `{"user":"UBEN","text":"`+c.comment+`","attachments":[{"is_share":true,"is_msg_unfurl":true,"author_id":"UEVE","from_url":"https://x.slack.com/archives/C1/p1","text":"hunter2","message_blocks":[{"team":"T1","channel":"C1","ts":"1.2","message":{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"hunter2"}]}]}]}}]}]}`)
				w.formHolds(ana, c.want)
				contains(t, w.slack.View(ana).PlainText(), "The text of a forwarded or linked message is included.")
				w.submit(ana, nil)
				w.sees(w.receipt(ana), "quotes another message, which may still show the same text")
				w.sees(w.receipt(ben), "quotes another message, which may still show the same text")
				contains(t, string(w.receipt(ben).Blocks), "<https://x.slack.com/archives/C1/p1|another message>")
				contains(t, string(w.receipt(ana).Blocks), "<https://x.slack.com/archives/C1/p1|another message>")
			})
		})
	}
}

// Nothing of the other message is taken then, and nobody is told to delete it.
func TestAForwardedMessageWithoutTextIsSaidToHaveNone(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.shortcutOn(ana, general, `{"user":"UBEN","text":"hunter2","attachments":[{"is_share":true,"from_url":"https://x.slack.com/archives/C1/p1","text":"","fallback":"[March 14th, 2026 3:08 PM] cal: ","files":[{"id":"F1","name":"key.pem"}]}]}`)
		w.formHolds(ana, "hunter2")
		contains(t, w.slack.View(ana).PlainText(), "A forwarded or linked message has no text that I can include.", "key.pem")
		lacks(t, w.slack.View(ana).PlainText(), "is included")
		w.submit(ana, nil)
		w.sees(w.receipt(ana), "link doesn't protect the file in the message")
		lacks(t, w.receipt(ana).PlainText(), "another message")
		lacks(t, w.receipt(ben).PlainText(), "another message")
	})
}

func TestAForwardedFileAloneOpensNoForm(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		file, err := w.slack.PostMessage(slackfake.Post{User: ben, Channel: general, Files: json.RawMessage(`[{"id":"F1","name":"key.pem"}]`)})
		if err != nil {
			t.Fatal(err)
		}
		forwarded, err := w.slack.Forward(ben, file, general, "")
		if err != nil {
			t.Fatal(err)
		}
		w.shortcut(ana, forwarded)
		w.sees(w.last(ana, general), "only files")
		if w.slack.View(ana) != nil {
			t.Error("a form was opened")
		}
	})
}

func TestAFileIsNotTakenAndThatIsSaid(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.shortcutOn(ana, general, `{"user":"UBEN","text":"here is the pem","files":[{"id":"F1","mode":"snippet","name":"my_key.pem","preview":"-----BEGIN"}]}`)
		w.formHolds(ana, "here is the pem")
		contains(t, w.slack.View(ana).PlainText(), "A file in this message", "isn't included")
		w.did(w.slack.PressInView(w.Context(), ana, "Add another field"))
		contains(t, w.slack.View(ana).PlainText(), "A file in this message", "isn't included")
		w.submit(ana, nil)
		w.sees(w.receipt(ana), "link doesn't protect the file in the message")
		w.sees(w.receipt(ben), "link doesn't protect the file in the message")
	})
}

func TestALinkIsTakenWithItsLabelAndItsAddress(t *testing.T) {
	t.Parallel()
	const link = "reset link (https://vault.example/reset?token=hunter2)"
	for name, message := range map[string]string{
		"text":      `{"user":"UBEN","text":"<https://vault.example/reset?token=hunter2|reset link>"}`,
		"rich text": `{"user":"UBEN","text":"x","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"link","url":"https://vault.example/reset?token=hunter2","text":"reset link"}]}]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.shortcutOn(ana, general, message)
				w.formHolds(ana, link)
			})
		})
	}
}

func TestAButtonIsTakenWhereItLeadsSomewhereAndElseSaidToBeLeft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ button, held, left string }{
		"a link":  {`{"type":"button","text":{"type":"plain_text","text":"Reset"},"url":"https://vault.example/reset?token=hunter2"}`, "Set your password:\nReset (https://vault.example/reset?token=hunter2)", ""},
		"no link": {`{"type":"button","text":{"type":"plain_text","text":"Approve"},"value":"x"}`, "Set your password:", "A button or menu in this message isn't included."},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.shortcutOn(ana, general, `{"bot_id":"B1","text":"","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"Set your password:"}},{"type":"actions","elements":[`+c.button+`]}]}`)
				w.formHolds(ana, c.held)
				if said := strings.Contains(w.slack.View(ana).PlainText(), "A button or menu"); said != (c.left != "") {
					t.Errorf("the form says that a button is left: %v", said)
				}
				contains(t, w.slack.View(ana).PlainText(), c.left)
			})
		})
	}
}

// advice is what ben reads as the author of a message that still shows a secret.
func (w *world) advice(channel string, change ...func(map[string]any)) slackfake.Message {
	w.Helper()
	w.shortcutOn(ana, channel, `{"user":"UBEN","text":"hunter2"}`, change...)
	w.submit(ana, nil)
	return w.receipt(ben)
}

func TestTheLinkToAReplyLeadsIntoItsThread(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		root := w.wrote(ben, general, "what is the password?")
		told := w.advice(general, func(p map[string]any) { p["message"].(map[string]any)["thread_ts"] = root.TS })
		contains(t, string(told.Blocks), "?thread_ts="+root.TS+"&amp;cid="+general+"|your message")
	})
}

func TestTheFirstMessageOfAThreadIsNoReply(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		told := w.advice(general, func(p map[string]any) { p["message"].(map[string]any)["thread_ts"] = p["message_ts"] })
		contains(t, string(told.Blocks), "https://offline.slack.com/archives/"+general)
		lacks(t, string(told.Blocks), "thread_ts")
	})
}

func TestLinksOfGovSlackLeadThere(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		contains(t, string(w.advice(general).Blocks), "https://offline.slack-gov.com/archives/"+general)
	}, func(c *bot.Config) { c.APIURL = "http://slack-gov.com/api/" })
}

func TestAnOriginalWhoseWorkspaceIsUnknownIsNamedByItsPlace(t *testing.T) {
	t.Parallel()
	grid := func(p map[string]any) { p["team"] = nil } // Enterprise Grid
	for channel, want := range map[string]string{general: "your message in #general", between: "your direct message"} {
		t.Run(want, func(t *testing.T) {
			inWorld(t, func(w *world) { w.sees(w.advice(channel, grid), want) })
		})
	}
}

// Slack says ok to an ephemeral message that nobody is there to see.
func TestAnAuthorWithoutDMsDoesNotCountAsTold(t *testing.T) {
	t.Parallel()
	for name, channel := range map[string]string{"where the app is a member": general, "where it isn't": secrets} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.slack.EditUser(ben, func(u *slackfake.User) { u.DMsOff = true })
				w.shortcut(ana, w.wrote(ben, channel, "hunter2"))
				w.submit(ana, nil)
				w.sees(w.receipt(ana), "I couldn't send a direct message to @ben, who wrote the original message", "ask them to delete it")
				if channel == general {
					w.sees(w.last(ben, general), "@ana made a one-time link for the secret in") // they may be there after all
				}
			})
		})
	}
}

// Slack says ok to a message to somebody who has left, too.
func TestAnAuthorWhoHasLeftDoesNotCountAsTold(t *testing.T) {
	t.Parallel()
	inWorldOf(t, slackfake.Options{Scopes: []string{"commands", "chat:write", "chat:write.public", "users:read"}}, otsfake.Options{}, func(w *world) {
		w.slack.AppDM(ben) // which they had before
		leak := w.wrote(ben, general, "hunter2")
		w.slack.EditUser(ben, func(u *slackfake.User) { u.Deactivated = true })
		w.shortcut(ana, leak)
		w.submit(ana, nil)
		w.sees(w.receipt(ana), "@ben, who wrote the original message, has left", "ask an admin to delete it")
		w.noDM(ben)
	})
}

// All that the form carries of a message fits into it, also what can't be packed.
func TestTheLongestMessageOpensTheForm(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		odd := rand.New(rand.NewPCG(1, 2))
		var text strings.Builder
		for i := 0; text.Len() < 9_900; i++ {
			fmt.Fprintf(&text, "w%d:%d ", i, i*i)
		}
		some := func(n int, first, letters rune) string {
			name := make([]rune, n)
			for i := range name {
				name[i] = first + odd.Int32N(letters)
			}
			return string(name)
		}
		var files, quotes []string
		for range 5 {
			files = append(files, `{"name":"`+some(300, 0x20000, 0xa000)+`"}`)
		}
		for range 8 {
			quotes = append(quotes, `{"is_share":true,"from_url":"https://x.slack.com/archives/C1/`+some(65, 'a', 26)+`","text":"x"}`)
		}
		w.shortcutOn(ana, general, `{"user":"UBEN","text":"`+text.String()+`","files":[`+strings.Join(files, ",")+`],"attachments":[`+strings.Join(quotes, ",")+`]}`)
		if view := w.slack.View(ana); view == nil {
			t.Fatal("no form is open")
		} else {
			contains(t, view.PlainText(), "and 2 more")
		}
		w.submit(ana, nil)
		w.sees(w.receipt(ana), "original message still shows the secret")
	})
}
