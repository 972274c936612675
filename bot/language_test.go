package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/internal/text"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// spoken is a language of the app.
func spoken(t *testing.T, name string) *text.Catalog {
	t.Helper()
	at := slices.Index(text.Names(), name)
	if at < 0 {
		t.Fatalf("%s is none of %v", name, text.Names())
	}
	return text.Languages()[at]
}

// withLanguages is a Slack that tells the language in which people have it.
var withLanguages = slackfake.Options{HomeTab: true, Events: []string{"app_home_opened"},
	Scopes: []string{"commands", "chat:write", "chat:write.public", "users:read"}}

// inLanguages is a world in which ana has Slack in German, and ben in Japanese.
func inLanguages(t *testing.T, so slackfake.Options, f func(w *world, en, de, ja *text.Catalog), changes ...func(*bot.Config)) {
	t.Helper()
	inWorldOf(t, so, otsfake.Options{}, func(w *world) {
		for user, locale := range map[string]string{ana: "de-DE", ben: "ja-JP"} {
			w.slack.EditUser(user, func(u *slackfake.User) { u.Locale = locale })
		}
		f(w, spoken(t, "en"), spoken(t, "de"), spoken(t, "ja"))
	}, append([]func(*bot.Config){following}, changes...)...)
}

// heading is a sentence without its marks.
func heading(s string) string { return strings.Trim(s, "*") }

// formTitle is that of the form that a person sees after the command.
func (w *world) formTitle(user string) string {
	w.Helper()
	w.command(user, w.slack.AppDM(user), "")
	v := w.slack.View(user)
	if v == nil {
		w.Fatalf("%s sees no form", user)
	}
	_, _ = w.slack.CloseView(w.Context(), user)
	return v.Title
}

func TestEachReadsTheirOwnLanguageAndAConversationTheApps(t *testing.T) {
	t.Parallel()
	for _, usual := range []string{"", "ja"} {
		inLanguages(t, withLanguages, func(w *world, en, de, ja *text.Catalog) {
			general1 := en
			if usual == "ja" {
				general1 = ja
			}
			w.command(ana, general, "hunter2")
			w.sees(w.receipt(ana), heading(de.Receipt.Title))
			w.sees(w.last(ben, general), heading(general1.Announcement.Used[strings.LastIndex(general1.Announcement.Used, "]s")+2:]))
			w.command(ben, general, "hunter3")
			w.sees(w.receipt(ben), heading(ja.Receipt.Title))

			for user, c := range map[string]*text.Catalog{ana: de, ben: ja, eve: en} {
				if got := w.formTitle(user); got != c.Form.Title {
					t.Errorf("%s sees the form %q, want %q", user, got, c.Form.Title)
				}
				w.opensHome(user)
				contains(t, w.home(user), c.Home.Title)
			}

			// What is said by itself, and to who gets a link: in their language.
			w.command(ana, general, "")
			w.submit(ana, slackfake.Values{de.Form.Secret: "hunter4", de.Form.People: []string{ben}})
			w.sees(w.last(ben, w.slack.AppDM(ben)), ja.Personal.Cannot)
			w.opens(w.link(w.last(ben, w.slack.AppDM(ben))), "")
			w.settle(time.Minute)
			w.sees(w.receipt(ana), strings.Fields(de.States.Opened)[0])
		}, func(c *bot.Config) { c.DefaultLanguage = usual })
	}
}

// What was asked for stands on the link and the receipt of its answer, in words of
// whoever reads them.
func TestWhatAnAnswerIsForIsSaidInItsReadersLanguage(t *testing.T) {
	t.Parallel()
	inLanguages(t, withLanguages, func(w *world, en, de, ja *text.Catalog) {
		const what = "staging-password"
		reads := func(m slackfake.Message, c *text.Catalog) {
			t.Helper()
			w.sees(m, fmt.Sprintf(c.Receipt.Note, fmt.Sprintf(c.Ask.AnswerNote, what)))
		}
		w.command(ana, general, "ask")
		w.submit(ana, slackfake.Values{de.Ask.What: what, de.Ask.People: []string{ben}})
		w.press(ben, w.last(ben, w.slack.AppDM(ben)), ja.Ask.Send)
		w.submit(ben, slackfake.Values{ja.Form.Secret: "hunter2", ja.Form.Phrase: "correct horse"})
		link := w.last(ana, w.slack.AppDM(ana))
		reads(link, de)
		reads(w.receipt(ben), ja)

		w.press(ben, w.receipt(ben), ja.ReceiptButtons.SendPhrase)
		w.submit(ben, slackfake.Values{ja.Form.Phrase: "correct horse"})
		reads(w.last(ana, w.slack.AppDM(ana)), de)

		w.opens(w.link(link), "correct horse")
		w.settle(time.Minute)
		reads(w.again(ana, link), de) // where its link was
		w.press(ana, w.again(ana, link), de.Personal.Cannot)
		reads(w.receipt(ben), ja)

		w.opensHome(ben)
		contains(t, w.home(ben), fmt.Sprintf(ja.Ask.AnswerNote, what))
	}, func(c *bot.Config) { c.DefaultLanguage = "fr" })
}

// A trigger lives three seconds, and what is said may wait for nobody.
func TestALanguageThatSlackIsSlowToTellHoldsNoFormUp(t *testing.T) {
	t.Parallel()
	inLanguages(t, withLanguages, func(w *world, en, de, _ *text.Catalog) {
		w.slack.Fault(slackfake.Fault{Method: "users.info", Delay: 5 * time.Second, Times: 1})
		started := time.Now()
		if got := w.formTitle(ana); got != en.Form.Title {
			t.Errorf("the form is %q", got)
		}
		opened := w.slack.Calls("views.open")
		if waited := opened[0].At.Sub(started); waited > 200*time.Millisecond {
			t.Errorf("the form opened after %v", waited)
		}
		w.settle(6 * time.Second)
		if got := w.formTitle(ana); got != de.Form.Title {
			t.Errorf("the next form is %q", got)
		}
		if n := len(w.slack.Calls("users.info")); n != 1 {
			t.Errorf("Slack was asked %d times", n)
		}
	})
}

// Slack is asked anew now and then. Until it answers, what it said before holds.
func TestALanguageThatIsKnownOutlivesASlackThatDoesntSay(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slackfake.Fault{
		"it fails":   {Method: "users.info", Error: "internal_error"},
		"it limits":  {Method: "users.info", RetryAfter: 5 * time.Minute},
		"it is slow": {Method: "users.info", Delay: time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inLanguages(t, withLanguages, func(w *world, _, de, ja *text.Catalog) {
				w.formTitle(ana)
				w.settle(6 * time.Minute)
				mend := w.slack.Fault(fault)
				for range 2 {
					if got := w.formTitle(ana); got != de.Form.Title {
						t.Errorf("the form is %q", got)
					}
					w.settle(2 * time.Minute) // it is asked again, and again in vain
				}
				mend()
				w.slack.EditUser(ana, func(u *slackfake.User) { u.Locale = "ja-JP" })
				w.settle(6 * time.Minute)
				if got := w.formTitle(ana); got != ja.Form.Title {
					t.Errorf("after they changed it, the form is %q", got)
				}
			}, func(c *bot.Config) { c.LanguageKept = 5 * time.Minute })
		})
	}
}

func TestWithoutTheirLanguagePeopleReadTheApps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault slackfake.Fault
		so    slackfake.Options
		asked int
	}{
		{"the scope is missing", slackfake.Fault{}, slackfake.Options{}, 0},
		{"Slack refuses", slackfake.Fault{Method: "users.info", Error: "user_not_visible"}, withLanguages, 1},
		{"the scope was taken back", slackfake.Fault{Method: "users.info", Error: "missing_scope", Needed: "users:read"}, withLanguages, 1},
		{"Slack limits", slackfake.Fault{Method: "users.info", RetryAfter: time.Hour}, withLanguages, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			inLanguages(t, c.so, func(w *world, en, _, ja *text.Catalog) {
				if c.fault.Method != "" {
					w.slack.Fault(c.fault)
				}
				for range 3 {
					if got := w.formTitle(ana); got != ja.Form.Title {
						t.Errorf("the form is %q", got)
					}
				}
				if n := len(w.slack.Calls("users.info")); n != c.asked {
					t.Errorf("Slack was asked %d times, want %d", n, c.asked)
				}
			}, func(c *bot.Config) { c.DefaultLanguage = "ja" })
		})
	}
}

func TestALanguageIsAskedForOnceADay(t *testing.T) {
	t.Parallel()
	inLanguages(t, withLanguages, func(w *world, en, de, _ *text.Catalog) {
		asked := func(want int) {
			t.Helper()
			if n := len(w.slack.Calls("users.info")); n != want {
				t.Errorf("Slack was asked %d times, want %d", n, want)
			}
		}
		for range 10 {
			w.formTitle(ana)
			w.settle(time.Hour)
		}
		asked(1)
		w.slack.EditUser(ana, func(u *slackfake.User) { u.Locale = "en-US" })
		if got := w.formTitle(ana); got != de.Form.Title {
			t.Errorf("the form is %q", got)
		}
		w.settle(15 * time.Hour)
		if got := w.formTitle(ana); got != en.Form.Title {
			t.Errorf("the next day, the form is %q", got)
		}
		asked(2)
	})
}

// One refused question doesn't fix somebody's language for a day.
func TestALanguageThatSlackDidntTellIsAskedForAgainAMinuteLater(t *testing.T) {
	t.Parallel()
	inLanguages(t, withLanguages, func(w *world, en, de, _ *text.Catalog) {
		w.slack.Fault(slackfake.Fault{Method: "users.info", Error: "internal_error", Times: 1})
		for i, want := range []string{en.Form.Title, en.Form.Title, de.Form.Title} {
			if got := w.formTitle(ana); got != want {
				t.Errorf("after %d half minutes the form is %q, want %q", i, got, want)
			}
			w.settle(30 * time.Second)
		}
	})
}

// Whoever changes a receipt, it stays in its creator's language.
func TestAReceiptKeepsItsCreatorsLanguageOnEveryReplica(t *testing.T) {
	t.Parallel()
	inLanguages(t, withLanguages, func(w *world, _, de, _ *text.Catalog) {
		w.command(ana, general, "hunter2")
		_ = w.stop()
		w.restart()
		w.press(ana, w.receipt(ana), de.ReceiptButtons.Check)
		w.sees(w.receipt(ana), heading(de.Receipt.Title), de.ReceiptButtons.Burn)
	})
}

func TestNoLanguageAndNoNameIsLogged(t *testing.T) {
	t.Parallel()
	inLanguages(t, withLanguages, func(w *world, _, _, _ *text.Catalog) {
		w.slack.EditUser(ana, func(u *slackfake.User) { u.Name, u.Locale = "canaryana", "gsw-u-sd-CHZH" })
		w.slack.Fault(slackfake.Fault{Method: "users.info", Channel: ben, Error: "user_not_visible"})
		w.slack.EditUser(ben, func(u *slackfake.User) { u.Name = "canaryben" })
		for i, user := range []string{ana, ben} {
			w.command(user, general, fmt.Sprint("hunter", i))
			w.formTitle(user)
			w.opensHome(user)
		}
		lacks(t, strings.ToLower(w.logs.String()+w.scrape()), "canary", "gsw", "ja-jp", "chzh", "locale")
	})
}

// As in the playground, where people change their language while they try it.
func TestAnotherLanguageIsReadOnceTheOldOneIsAskedForAgain(t *testing.T) {
	t.Parallel()
	inLanguages(t, withLanguages, func(w *world, _, de, ja *text.Catalog) {
		if got := w.formTitle(ana); got != de.Form.Title {
			t.Errorf("the form is %q", got)
		}
		w.slack.EditUser(ana, func(u *slackfake.User) { u.Locale = "ja-JP" })
		w.settle(time.Second)
		if got := w.formTitle(ana); got != ja.Form.Title {
			t.Errorf("then the form is %q", got)
		}
	}, func(c *bot.Config) { c.LanguageKept = time.Second })
}
