package bot_test

import (
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

const (
	noteField = "Public note (everyone who sees the link can read it)"
	// typedNote has all that mrkdwn would make something of.
	typedNote = "login svc_deploy_01 at db.example:5432, ~x~ *y* :key: <!channel> <https://evil.example|x> & `z`"
)

// The note reaches whoever reads the link, on every road, and stands on the
// creator's receipt, as it was typed.
func TestTheNoteReachesWhoeverReadsTheLink(t *testing.T) {
	t.Parallel()
	shown := func(t *testing.T, w *world, where string, m slackfake.Message) {
		t.Helper()
		contains(t, m.PlainText(), "Note: "+typedNote)
		for _, l := range m.Links() {
			if strings.Contains(l, "evil.example") {
				t.Errorf("%s: the note became a link", where)
			}
		}
		lacks(t, string(m.Blocks), "\u2060", `"text":"Note: `+typedNote+`","type":"mrkdwn"`)
	}
	for name, share := range map[string]func(w *world){
		"a conversation": func(w *world) {
			w.submit(ana, slackfake.Values{"Secret": "hunter2", noteField: typedNote})
			shown(t, w, "conversation", w.last(ben, general))
		},
		"oneself": func(w *world) {
			w.submit(ana, slackfake.Values{"Secret": "hunter2", noteField: typedNote, "Post the link in": ""})
		},
		"people": func(w *world) {
			w.submit(ana, slackfake.Values{"Secret": "hunter2", noteField: typedNote, people: []string{ben}, "Post the link in": ""})
			shown(t, w, "person", w.last(ben, w.slack.AppDM(ben)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			inTeam(t, func(w *world) {
				w.command(ana, general, "")
				share(w)
				shown(t, w, "receipt", w.receipt(ana))
				button := "Check"
				if name == "people" {
					button = "Check all"
				}
				w.press(ana, w.receipt(ana), button)
				shown(t, w, "receipt after Check", w.receipt(ana))
			})
		})
	}
}

// Try again and Share again bring the note along, in its field, where it can be
// changed.
func TestTheNoteIsKeptForAnotherTry(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		mend := w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true})
		w.sendsTo(slackfake.Values{noteField: typedNote}, ben)
		_, _ = w.slack.CloseView(w.Context(), ana)
		mend()
		w.press(ana, w.receipt(ana), "Try again for 1 person")
		if got := w.slack.View(ana).Input(noteField).Value; got != typedNote {
			t.Errorf("the field holds %q", got)
		}
		w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		w.sees(w.last(ben, w.slack.AppDM(ben)), typedNote)

		w.press(ben, w.last(ben, w.slack.AppDM(ben)), "I can't open it")
		plea := w.last(ana, w.slack.AppDM(ana))
		w.sees(plea, typedNote)
		w.press(ana, plea, "Share again")
		if got := w.slack.View(ana).Input(noteField).Value; got != typedNote {
			t.Errorf("Share again: the field holds %q", got)
		}
	})
	inTeam(t, func(w *world) { // a link that Slack refused goes again with its note
		mend := w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ben, Error: "messages_tab_disabled"})
		w.sendsTo(slackfake.Values{noteField: typedNote}, ben)
		mend()
		w.press(ana, w.receipt(ana), "Try again for 1 person")
		w.sees(w.last(ben, w.slack.AppDM(ben)), typedNote)
	})
}

// servedOne has ana send ben and cid their links, of which one goes out and the other's
// secret can't be stored, and then press Try again.
func (w *world) servedOne(values slackfake.Values) {
	w.Helper()
	w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: time.Nanosecond, Times: 1}) // goes well
	mend := w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true})
	w.sendsTo(values, ben, cid)
	w.settle(time.Minute)
	_, _ = w.slack.CloseView(w.Context(), ana)
	mend()
	w.press(ana, w.receipt(ana), "Try again for 1 person")
}

// One receipt has one note, as it has one lifetime: whoever has their link reads it.
func TestTheNoteOfWhoHasTheirLinkIsNotChanged(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]func(w *world){
		"Try again": func(*world) {},
		"the form as it stayed": func(w *world) { // and is drawn once more
			mend := w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true})
			w.submit(ana, slackfake.Values{"Secret": "hunter2"})
			w.settle(time.Minute)
			mend()
		},
		"after a button": func(w *world) { w.did(w.slack.PressInView(w.Context(), ana, "Add another field")) },
	} {
		t.Run(name, func(t *testing.T) {
			inTeam(t, func(w *world) {
				w.servedOne(slackfake.Values{noteField: "staging db"})
				form(w)
				view := w.slack.View(ana)
				if view.Input(noteField) != nil {
					t.Error("the note can be changed")
				}
				contains(t, view.PlainText(), "Note: staging db")
				if view.Input("Secret") != nil {
					w.submit(ana, slackfake.Values{"Secret": "hunter2"})
				} else {
					w.submit(ana, slackfake.Values{view.Inputs[0].Label: "hunter2"})
				}
				for _, user := range []string{ben, cid} {
					w.sees(w.last(user, w.slack.AppDM(user)), "Note: staging db")
				}
				w.sees(w.receipt(ana), "Note: staging db")
			})
		})
	}
}

// Of two forms that are open, the second brings another note than the first.
func TestAFormFromBeforeAnothersNoteIsAskedAgain(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		mend := w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true})
		w.sendsTo(slackfake.Values{noteField: "staging db"}, ben, cid)
		w.settle(time.Minute)
		mend()
		if err := w.slack.Fill(ana, slackfake.Values{noteField: "prod db"}); err != nil {
			t.Fatal(err)
		}
		second, err := w.slack.PrepareSubmit(ana)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.slack.CloseView(w.Context(), ana)
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: time.Nanosecond, Times: 1}) // goes well
		mend = w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true})
		w.press(ana, w.receipt(ana), "Try again for 2 people")
		w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		w.settle(time.Minute)
		mend()
		w.did(w.slack.Send(w.Context(), second))
		w.sees(w.receipt(ana), "Note: staging db", "Try again for 1 person")
		if w.ots.Secrets() != 1 {
			t.Errorf("%d secrets", w.ots.Secrets())
		}
	})
}

// Somebody with two secrets from one person would not know which passphrase is whose.
func TestAPassphrasesOwnLinkComesWithTheNote(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(slackfake.Values{noteField: typedNote, passphrase: "correct horse"}, ben)
		w.press(ana, w.receipt(ana), "Send the passphrase")
		w.submit(ana, slackfake.Values{passphrase: "correct horse"})
		m := w.last(ben, w.slack.AppDM(ben))
		w.sees(m, "passphrase", "Note: "+typedNote)
		if got := w.gets(ben, ""); got != "correct horse" {
			t.Errorf("ben opens %q", got)
		}
	})
}

// What a server, an admin or an outsider wrote is plain text wherever it is
// shown: it makes no link, no mention and no bold.
func TestWordsOfOthersAreShownAsPlainText(t *testing.T) {
	t.Parallel()
	const words = "https://evil.example/login *safe* <!channel> <@UBEN>"
	deny := func(c *bot.Config) { c.Policy.UsersDeny, c.Policy.Support = []string{ana}, words }
	for text, how := range map[string]string{"hunter2": "in a message", "": "in the ack"} {
		t.Run(how, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, text)
				m := w.toldTo(ana, general)
				w.sees(m, "Ask "+words)
				lacks(t, string(m.Blocks), "mrkdwn")
				if len(m.Blocks) == 0 || len(m.Links()) != 0 {
					t.Errorf("links %q in %s", m.Links(), m.Blocks)
				}
			}, deny)
		})
	}
}
