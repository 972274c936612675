package bot_test

import (
	"slices"
	"strings"
	"testing"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

func TestGenerateAsPhonesWriteIt(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"generate", "Generate", "GENERATE", "\u00a0Generate\u200b", "ｇｅｎｅｒａｔｅ", "Ｇenerate\u3000"} {
		inWorld(t, func(w *world) {
			w.command(ana, general, text)
			if view := w.slack.View(ana); view == nil || view.Input("Length of the password") == nil {
				t.Errorf("%q opens no form for generating", text)
			}
			if len(w.ots.Journal()) != 0 {
				t.Errorf("%q was stored", text)
			}
		})
	}
}

func TestTextThatNobodyCanSeeIsNoSecret(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"\u00a0", "\u200b", "\ufeff \u2060"} {
		inWorld(t, func(w *world) {
			w.command(ana, general, text)
			if w.slack.View(ana) == nil {
				t.Errorf("%q opens no form", text)
			}
			seen := w.submit(ana, slackfake.Values{"Secret": text})
			if len(seen.Errors) == 0 || len(w.ots.Journal()) != 0 {
				t.Errorf("%q is stored", text)
			}
		})
	}
}

// oddTexts are what people type and Slack or a phone changes, with what the
// receipt says of it. Blanks at the ends are left to the form: Slack trims a
// command's.
var oddTexts = []struct{ name, text, says string }{
	{"curly quotes", "it’s “x” —y", "special quotes, dashes or dots (such as “, – or …)"},
	{"three dots that became one", "abc…", "dashes or dots"},
	{"angle quotes", "mot de passe «hunter2»", "special quotes, dashes or dots (such as “, – or …)"},
	{"a dash that looks like another", "hunter‑2", "special quotes, dashes or dots (such as “, – or …)"},
	{"a selector that selects nothing", "hunter\ufe0f2", "invisible characters"},
	{"an emoji for a smile", "hunter2:slightly_smiling_face:", "an emoji name"},
	{"an emoji with a sign", "a:+1:", "an emoji name"},
	{"an emoji behind a time", "code 12:34:grinning:", "an emoji name"},
	{"bold", "*hunter2*", "formatting marks around the text"},
	{"italic", "_hunter2_", "formatting marks around the text"},
	{"code", "`hunter2`", "formatting marks around the text"},
	{"a code block", "```hunter2```", "formatting marks around the text"},
	{"a zero-width space", "hun\u200bter2", "invisible characters"},
	{"a no-break space", "hunter\u00a02", "an unusual kind of space"},
	{"a byte order mark", "\ufeffhunter2", "invisible characters"},
	{"two of them", "“hunter2:+1:”", "special quotes, dashes or dots (such as “, – or …), an emoji name"},
}

// Whichever way a text came, it is stored byte for byte, and its creator is
// told, in words that fit the way; nobody else is.
func TestWhatIsOddAboutATextIsToldAndNotRepaired(t *testing.T) {
	t.Parallel()
	const typing, form, message = "paste the text into the form", "paste the text instead of typing it", "like that in the message"
	for _, c := range oddTexts {
		for _, way := range []struct {
			name, advice string
			share        func(w *world)
			change       func(*bot.Config)
		}{
			{"as you typed", typing, func(w *world) { w.command(ana, general, c.text) }, func(*bot.Config) {}},
			{"behind a command that opens the form", typing, func(w *world) { w.command(ana, general, c.text); w.submit(ana, nil) }, func(c *bot.Config) { c.Inline = false }},
			{"in the form", form, func(w *world) { w.command(ana, general, ""); w.submit(ana, slackfake.Values{"Secret": c.text}) }, func(*bot.Config) {}},
			{"by the shortcut on a message", message, func(w *world) {
				w.shortcut(ana, w.wrote(ben, general, "x"))
				w.submit(ana, slackfake.Values{"Secret": c.text})
			}, func(*bot.Config) {}},
		} {
			t.Run(c.name+" "+way.name, func(t *testing.T) {
				inWorld(t, func(w *world) {
					way.share(w)
					posted := w.last(ben, general)
					if got := w.opens(w.link(posted), ""); got != c.text {
						t.Errorf("ben opens %q", got)
					}
					w.sees(w.receipt(ana), "stored exactly as it came", c.says, way.advice)
					lacks(t, posted.PlainText(), c.says)
				}, way.change)
			})
		}
	}
}

func TestBlanksAtAnEndAreToldAndKept(t *testing.T) {
	t.Parallel()
	for text, told := range map[string]bool{
		" hunter2": true, "hunter2 ": true, "hunter2\n": true, "\thunter2": true, "one\ntwo\n\n": true,
		"hunter2": false, "hunter 2": false,
		"-----BEGIN KEY-----\nMIIE\n-----END KEY-----\n": false, // belongs there
	} {
		inWorld(t, func(w *world) {
			w.command(ana, general, "")
			w.submit(ana, slackfake.Values{"Secret": text})
			if got := w.opens(w.link(w.last(ben, general)), ""); got != text {
				t.Errorf("ben opens %q of %q", got, text)
			}
			if got := strings.Contains(w.receipt(ana).PlainText(), "a space or line break at the start or end"); got != told {
				t.Errorf("%q: told is %v", text, got)
			}
		})
	}
}

func TestAnOrdinaryTextIsNotRemarkedOn(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"hunter2", "it's \"x\" --y", "10:20:30", "a * b", "_x", "café 東京 Привет", "「パスワード」は10〜20文字、０３－１２３４", "葛\U000E0100城市", "ひみつ\u3000のことば", "hunter2❤\ufe0f", "postgres://u@h:5432/x", "10.0.0.1:80:443:", "**", "~"} {
		inWorld(t, func(w *world) {
			w.command(ana, general, text)
			lacks(t, w.receipt(ana).PlainText(), "exactly as it came")
		})
	}
}

func TestARemarkIsOnAReceiptForSeveralPeopleToo(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(slackfake.Values{"Secret": "“hunter2”"}, ben, cid)
		w.sees(w.receipt(ana), "special quotes", "instead of typing it")
		if got := w.gets(ben, ""); got != "“hunter2”" {
			t.Errorf("ben opens %q", got)
		}
		w.press(ana, w.receipt(ana), "Check all")
		w.sees(w.receipt(ana), "special quotes") // cid's is still to be opened
		w.press(ana, w.receipt(ana), "Burn all")
		lacks(t, w.receipt(ana).PlainText(), "special quotes")
	})
}

// Whoever has their link has the text that was typed then.
func TestARemarkStaysAsLongAsSomebodyHasThatText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, first, second string
		says                []string
	}{
		{"the first is odd", "“hunter2”", "hunter2", []string{"special quotes"}},
		{"the second is odd", "hunter2", "“hunter2”", []string{"special quotes"}},
		{"each in its way", "“hunter2”", "*hunter2*", []string{"special quotes", "formatting marks"}},
		{"both in one way", "“hunter2”", "“hunter2”", []string{"special quotes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inTeam(t, func(w *world) {
				w.servedOne(slackfake.Values{"Secret": c.first})
				w.submit(ana, slackfake.Values{"Secret": c.second})
				w.sees(w.receipt(ana), c.says...)
				got, want := []string{w.gets(ben, ""), w.gets(cid, "")}, []string{c.first, c.second}
				if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
					t.Errorf("they open %q, want %q", got, want)
				}
			})
		})
	}
	inTeam(t, func(w *world) { // nobody has the first text
		mend := w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true})
		w.sendsTo(slackfake.Values{"Secret": "“hunter2”"}, ben)
		_, _ = w.slack.CloseView(w.Context(), ana)
		mend()
		w.press(ana, w.receipt(ana), "Try again for 1 person")
		w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		lacks(t, w.receipt(ana).PlainText(), "special quotes")
	})
}

// A passphrase decides whether anybody can open the secret, so what nobody
// would type is said at its field, before anything is stored.
func TestAPassphraseThatNobodyCouldTypeIsAskedForAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, phrase, says string }{
		{"a blank at its end", "correct horse ", "starts or ends with a space"},
		{"a blank at its beginning", " correct horse", "starts or ends with a space"},
		{"blanks alone", "          ", "starts or ends with a space"},
		{"a few blanks alone", "  ", "starts or ends with a space"},
		{"an emoji", "correct :horse:", "an emoji name"},
		{"a thumb", "correct:+1:", "an emoji name"},
		{"a hundred", "correct :100: horse", "an emoji name"},
		{"a smile", "correct :slightly_smiling_face:", "an emoji name"},
		{"curly quotes", "correct ‘horse’", "special quotes"},
		{"a long dash", "correct—horse", "dashes"},
		{"angle quotes", "correct «horse»", "quotes"},
		{"a dash that looks like another", "correct‑horse", "dashes"},
		{"a minus", "correct−horse", "dashes"},
		{"a selector that selects nothing", "correct-\ufe0fhorse", "invisible"},
		{"a variant of a character", "葛\U000E0100城市のことば", "invisible"},
		{"a no-break space", "correct\u00a0horse", "an unusual kind of space"},
		{"a wide blank", "ひみつ\u3000のことば", "an unusual kind of space"},
		{"an ellipsis", "correct horse…", "dashes or dots"},
		{"a zero-width space", "correct\u200bhorse", "invisible"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, "")
				seen := w.submit(ana, slackfake.Values{"Secret": "hunter2", passphrase: c.phrase})
				contains(t, seen.Errors["passphrase"], c.says)
				w.staysOpen("hunter2")
				w.submit(ana, slackfake.Values{passphrase: "correct horse"})
				if got := w.opens(w.link(w.last(ben, general)), "correct horse"); got != "hunter2" {
					t.Errorf("ben opens %q", got)
				}
			})
		})
	}
}

func TestAPassphraseThatIsSentIsHeldToTheSame(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben)
		w.press(ana, w.receipt(ana), "Send the passphrase")
		seen := w.submit(ana, slackfake.Values{passphrase: "correct horse "})
		contains(t, seen.Errors["passphrase"], "starts or ends with a space")
	})
}

func TestWhatTheServerWantsOfAPassphraseStandsAtItsField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		phrase, says string
		server       otsfake.Options
	}{
		{"correct horse", "Passphrase must be at least 20 characters long. Nothing was stored.", otsfake.Options{PassphraseMin: 20}},
		{"", "A passphrase is required for all secrets. Nothing was stored.", otsfake.Options{PassphraseRequired: true}},
	} {
		inWorldOf(t, slackfake.Options{}, c.server, func(w *world) {
			w.command(ana, general, "")
			seen := w.submit(ana, slackfake.Values{"Secret": "hunter2", passphrase: c.phrase})
			contains(t, seen.Errors["passphrase"], c.says)
			w.staysOpen("hunter2")
			w.submit(ana, slackfake.Values{passphrase: "correct horse battery staple"})
			if got := w.opens(w.link(w.last(ben, general)), "correct horse battery staple"); got != "hunter2" {
				t.Errorf("ben opens %q", got)
			}
		})
	}
}

func TestAServerThatWantsAPassphraseOpensTheFormWithTheText(t *testing.T) {
	t.Parallel()
	inWorldOf(t, slackfake.Options{}, otsfake.Options{PassphraseRequired: true}, func(w *world) {
		w.command(ana, general, "hunter2")
		contains(t, w.slack.View(ana).PlainText(), "A passphrase is required for all secrets. Nothing was stored.")
		w.staysOpen("hunter2")
		w.submit(ana, slackfake.Values{passphrase: "correct horse"})
		if got := w.opens(w.link(w.last(ben, general)), "correct horse"); got != "hunter2" {
			t.Errorf("ben opens %q", got)
		}
	})
}

func TestAGeneratedPassphraseIsAsLongAsTheServerWants(t *testing.T) {
	t.Parallel()
	for name, to := range map[string][]string{"in a conversation": nil, "to people": {ben, eve}} {
		t.Run(name, func(t *testing.T) {
			inWorldOf(t, slackfake.Options{}, otsfake.Options{PassphraseMin: 30}, func(w *world) {
				w.command(ana, general, "")
				w.did(w.slack.PressInView(w.Context(), ana, "Generate a passphrase"))
				w.submit(ana, slackfake.Values{"Secret": "hunter2", people: to})
				_, after, _ := strings.Cut(string(w.slack.View(ana).Blocks), "`")
				phrase, _, _ := strings.Cut(after, "`")
				if len(phrase) != 30 {
					t.Errorf("%d characters", len(phrase))
				}
				want := max(1, len(to))
				if n := w.ots.Secrets(); n != want {
					t.Errorf("%d secrets, want %d", n, want)
				}
				where := general
				if to != nil {
					where = w.slack.AppDM(ben)
				}
				if got := w.opens(w.link(w.last(ben, where)), phrase); got != "hunter2" {
					t.Errorf("ben opens %q", got)
				}
			}, func(c *bot.Config) { c.Policy.SecretsPerHour = 2 })
		})
	}
}

func TestAnUnclearAnswerIsNoReasonForALongerPassphrase(t *testing.T) {
	t.Parallel()
	inWorldOf(t, slackfake.Options{}, otsfake.Options{}, func(w *world) {
		w.ots.Fault(otsfake.Fault{AfterEffect: true, Status: 502, Body: `{"message":"Passphrase must be at least 20 characters long"}`})
		w.command(ana, general, "")
		w.did(w.slack.PressInView(w.Context(), ana, "Generate a passphrase"))
		w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		if n := w.ots.Secrets(); n != 1 {
			t.Errorf("%d secrets: one that may be stored was made again", n)
		}
	})
}

func TestAGeneratedPassphraseIsAsComplexAsTheServerWants(t *testing.T) {
	t.Parallel()
	inWorldOf(t, slackfake.Options{}, otsfake.Options{}, func(w *world) {
		w.ots.Fault(otsfake.Fault{Times: 1, Status: 404, Body: `{"message":"Passphrase must contain uppercase letters, lowercase letters, numbers, symbols"}`})
		w.command(ana, general, "")
		w.did(w.slack.PressInView(w.Context(), ana, "Generate a passphrase"))
		w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		_, after, _ := strings.Cut(string(w.slack.View(ana).Blocks), "`")
		phrase, _, _ := strings.Cut(after, "`")
		if !strings.ContainsAny(phrase, "-+=") {
			t.Errorf("%q has no symbol", phrase)
		}
		if got := w.opens(w.link(w.last(ben, general)), phrase); got != "hunter2" {
			t.Errorf("ben opens %q", got)
		}
	})
}
