package bot_test

import (
	"strings"
	"testing"

	"otsbot/bot"
	"otsbot/bot/slackfake"
)

func TestInlineTextBecomesALinkAndAReceipt(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		seen := w.command(ana, general, "hunter2 <&> &copy;")
		if !seen.Acked || seen.AckPayload != nil {
			t.Errorf("ack = %s, want an empty one: anything else may publish what was typed", seen.AckPayload)
		}

		posted := w.last(ben, general)
		w.sees(posted, "@ana shared a secret", "It opens once, for whoever here opens it first")
		if got := w.opens(w.link(posted), ""); got != "hunter2 <&> &copy;" {
			t.Errorf("ben opens %q, want the text byte for byte", got)
		}
		if got := w.opens(w.link(posted), ""); got != "" {
			t.Errorf("the link worked twice, and gave %q", got)
		}

		receipt := w.receipt(ana)
		w.sees(receipt, "#general", "The first person there to open it", "None", "Not opened yet", "its OneTimeSecret page")
		for _, l := range receipt.Links() {
			if strings.Contains(l, "/secret/") {
				t.Error("the receipt holds the one-time link, which its creator would open by accident")
			}
		}
		if calls := len(w.slack.Calls("chat.postMessage")); calls != 2 {
			t.Errorf("%d messages for one secret, want 2", calls)
		}
		if len(w.slack.Calls("response_url")) != 0 {
			t.Error("a response_url was used where the app can post itself")
		}
	})
}

func TestTheCommandReachesEveryKindOfConversation(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, channel string
		where         string
	}{
		{"a public channel with the app", general, "#general"},
		{"a public channel without it", random, "#random"},
		{"a private channel without it", secrets, "#secrets"},
		{"a DM between people", between, "A direct message"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, c.channel, "hunter2")
				if got := w.opens(w.link(w.last(ben, c.channel)), ""); got != "hunter2" {
					t.Errorf("ben opens %q", got)
				}
				w.sees(w.receipt(ana), c.where, "Not opened yet")
			})
		})
	}
}

func TestHelpIsAnsweredInTheAckAndNowhereElse(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"help", " -h ", "--help", "?",
		// as phones write it, and what is pasted with it
		"Help", "HELP", "—help", "–h", "––help", "—h", "-–help", "−−help", "—Help", "\u00a0help\u200b", "\ufeff--help", "–\u2060h", "\u2003?\u2003",
		// as a Japanese keyboard writes it, with the bar for a long vowel on the key of "-"
		"？", "ｈｅｌｐ", "Ｈｅｌｐ", "ＨＥＬＰ\u3000", "\u3000help\u3000", "－ｈ", "－－ｈｅｌｐ", "ーｈ"} {
		inWorld(t, func(w *world) {
			before := len(w.slack.Calls("chat.postMessage"))
			seen := w.command(ana, general, text)
			contains(t, string(seen.AckPayload), "ephemeral", "/secret generate", "7 days")
			w.sees(w.last(ana, general), "/secret your secret")
			if len(w.messages(ben, general)) != 0 {
				t.Error("others see the help")
			}
			if len(w.slack.Calls("chat.postMessage")) != before || len(w.ots.Journal()) != 0 {
				t.Error("help made a call")
			}
		})
	}
}

func TestHelpNamesTheCommandAsItIsCalledHere(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		seen := w.did(w.slack.Command(w.Context(), ana, general, "/password", "help"))
		contains(t, string(seen.AckPayload), "/password")
		lacks(t, string(seen.AckPayload), "/secret")
	})
}

// An installation that sends no links to people has no picker for them, and refuses to
// ask them for secrets. So it offers neither.
func TestWhereNoLinksGoToPeopleNothingOffersIt(t *testing.T) {
	t.Parallel()
	for most, offered := range map[int]bool{0: false, 1: true, bot.MaxRecipients: true} {
		inHome(t, func(w *world) {
			w.command(ana, general, "help")
			help := w.last(ana, general).PlainText()
			w.opensHome(ana)
			for _, c := range []struct{ where, says, offer string }{
				{"help", help, "their own link"}, {"help", help, "/secret ask"}, {"Home", w.home(ana), "Ask for a secret"},
			} {
				if got := strings.Contains(c.says, c.offer); got != offered {
					w.Errorf("%d people: %s offers %q: %v", most, c.where, c.offer, got)
				}
			}
			contains(w.T, help, "• /secret opens a form. Use it for long secrets", "/secret generate", "/secret help")
		}, func(c *bot.Config) { c.Policy.RecipientsMax = most })
	}
}

func TestHelpIsExactAndEverythingElseIsASecret(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"help me", "-help", "h", "generate one", "??", "———help", "–", "—?", "help—", "he\u00a0lp",
		"ｈｅｌｐ\u3000ｍｅ", "？？", "ｈ", "ｈｕｎｔｅｒ２", "ー", "へルプ", "Ｐａｓｓ\u3000ｗｏｒｄ！"} {
		inWorld(t, func(w *world) {
			w.command(ana, general, text)
			if got := w.opens(w.link(w.last(ben, general)), ""); got != text {
				t.Errorf("%q became %q", text, got)
			}
		})
	}
}

func TestNoTextOpensTheForm(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, secrets, "")
		view := w.slack.View(ana)
		if view == nil {
			t.Fatal("no form is open")
		}
		if got := view.Input("Post the link in").Value; got != secrets {
			t.Errorf("preselected conversation %q, want the current one", got)
		}
		if got := view.Input("Expires after").Value; got != "604800" {
			t.Errorf("preselected lifetime %q, want the default", got)
		}
		if input := view.Input("Secret"); !input.Multiline || input.Optional {
			t.Error("the secret is not a required multi-line text")
		}
		first := w.slack.Journal()
		for i, e := range first {
			if e.Kind == slackfake.AckReceived {
				for _, later := range first[i:] {
					if later.Method == "views.open" {
						t.Error("the form was opened after the ack: the trigger may be gone by then")
					}
				}
			}
		}
	})
}

func TestInlineTextThatTheRulesForbidStandsInTheForm(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("p", 3500) + "🔑" + strings.Repeat("q", 3500)
	for name, change := range map[string]func(*bot.Config){
		"inline is off":          func(c *bot.Config) { c.Inline = false },
		"a passphrase is needed": func(c *bot.Config) { c.PassphraseRequired = true },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, "hunter2")
				if got := w.slack.View(ana).Input("Secret").Value; got != "hunter2" {
					t.Errorf("the form holds %q", got)
				}
				if len(w.ots.Journal()) != 0 || len(w.messages(ben, general)) != 0 {
					t.Error("something was stored or posted")
				}
			}, change)
			inWorld(t, func(w *world) {
				w.command(ana, general, long)
				w.submit(ana, slackfake.Values{"Passphrase": "correct horse"})
				if got := w.opens(w.link(w.last(ben, general)), "correct horse"); got != long {
					t.Errorf("a long text was cut to %d bytes", len(got))
				}
			}, change)
			inWorld(t, func(w *world) {
				w.slack.ExpireTriggers(true)
				seen := w.command(ana, general, "hunter2")
				contains(t, string(seen.AckPayload), "othing was stored")
				if len(w.ots.Journal()) != 0 {
					t.Error("something was stored")
				}
			}, change)
		})
	}
}

func TestAnExpiredTriggerIsSaidInTheAck(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.ExpireTriggers(true)
		w.command(ana, general, "")
		w.sees(w.last(ana, general), "Nothing was stored", "try again")
	})
}

func TestASecretThatIsTooLongIsRefusedWithTheNumber(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, strings.Repeat("é", 5001))
		w.sees(w.last(ana, general), "2 bytes too long", "Nothing was stored")
		if len(w.ots.Journal()) != 0 {
			t.Error("it was sent")
		}
	})
}

func TestInTheAppsOwnDMTheCreatorIsToldThatNobodyElseReads(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		dm := w.slack.AppDM(ana)
		w.command(ana, dm, "hunter2")
		receipt := w.receipt(ana)
		w.sees(receipt, "Nobody else can read this conversation")
		w.press(ana, receipt, "Open the form")
		if w.slack.View(ana) == nil {
			t.Error("the form did not open")
		}
		w.slack.CloseView(w.Context(), ana)
		w.press(ana, receipt, "Check")
		w.sees(w.receipt(ana), "Nobody else can read this conversation", "Not opened yet")
	})
}
