package bot_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

var shownPhrase = regexp.MustCompile("`([A-Za-z0-9]{16})`")

// made is the generated passphrase that a view shows.
func made(t *testing.T, v *slackfake.View) string {
	t.Helper()
	if v == nil {
		t.Fatal("no form is open")
	}
	found := shownPhrase.FindStringSubmatch(string(v.Blocks))
	if found == nil {
		t.Fatalf("no passphrase in:\n%s", v.PlainText())
	}
	return found[1]
}

func TestAGeneratedPassphraseIsShownOnceAndOpensAndBurns(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.command(ana, general, "")
		_ = w.slack.Fill(ana, slackfake.Values{"Secret": "hunter2"})
		w.did(w.slack.PressInView(w.Context(), ana, "Generate a passphrase"))
		if got := w.slack.View(ana).Input("Secret").Value; got != "hunter2" {
			t.Errorf("the field holds %q", got)
		}
		w.submit(ana, nil)
		phrase := made(t, w.slack.View(ana))
		contains(t, w.slack.View(ana).PlainText(), "the secret can't be opened or burned")
		w.sees(w.receipt(ana), "Needed to open or burn it")
		lacks(t, string(w.receipt(ana).Blocks), phrase)
		if got := w.opens(w.link(w.last(ben, general)), phrase); got != "hunter2" {
			t.Errorf("ben opens %q", got)
		}
	})
}

func TestASecretWhosePassphraseNobodySawIsBurned(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.command(ana, general, "")
		w.did(w.slack.PressInView(w.Context(), ana, "Generate a passphrase"))
		w.ots.Fault(otsfake.Fault{Delay: 4 * time.Second, Times: 1})
		w.slack.Fault(slackfake.Fault{Method: "views.update", Error: "not_found"})
		w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
		w.slack.Fault(slackfake.Fault{Method: "chat.postEphemeral", Error: "user_not_in_channel", Times: 1})
		w.slack.Fault(slackfake.Fault{Method: "response_url", Error: "used_url"})
		w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		w.settle(time.Minute)
		if n := w.ots.Secrets(); n != 0 {
			t.Errorf("%d secrets are left that nobody can open", n)
		}
		if n := len(w.slack.Messages(ben, general)); n != 0 {
			t.Error("a link was posted that nobody can open")
		}
	})
}

func TestThePassphraseGoesToEachPersonAsASecondLink(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben, cid)
		w.press(ana, w.receipt(ana), "Send the passphrase")
		contains(t, w.slack.View(ana).PlainText(), "I don't keep it", "doesn't protect against someone who can read both messages", "by phone")
		w.submit(ana, slackfake.Values{passphrase: "correct horse"})
		w.sees(w.receipt(ana), "@ben: Sent. The passphrase was sent too.", "@cid: Sent. The passphrase was sent too.")
		contains(t, strings.Join(w.receipt(ana).Buttons(), " "), "Resend the passphrase")
		for _, user := range []string{ben, cid} {
			dm := w.messages(user, w.slack.AppDM(user))
			phrase := w.opens(w.link(dm[1]), "")
			if phrase != "correct horse" {
				t.Errorf("%s reads the passphrase %q", user, phrase)
			}
			if got := w.opens(w.link(dm[0]), phrase); got != "hunter2" {
				t.Errorf("%s opens %q", user, got)
			}
		}
	})
}

func TestAPassphraseWhoseLinkIsLeftLiveSaysSo(t *testing.T) {
	t.Parallel()
	for _, burns := range []bool{true, false} {
		inTeam(t, func(w *world) {
			w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben)
			w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ben, Drop: true})
			w.press(ana, w.receipt(ana), "Send the passphrase")
			says := "Slack didn't confirm that the passphrase reached them, so I burned its link."
			if !burns {
				w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*/burn", Down: true})
				says = "its own link may work until about"
			}
			w.submit(ana, slackfake.Values{passphrase: "correct horse"})
			w.settle(2 * time.Minute)
			w.sees(w.receipt(ana), says)
			lacks(t, w.receipt(ana).PlainText(), "didn't reach them")
		})
	}
}

// Slack didn't say whether it posted, and somebody opened the link before it could
// be burned: so it did arrive.
func TestAPassphraseThatWasOpenedWasSent(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben)
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ben, Drop: true, AfterEffect: true})
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*/burn", Delay: 8 * time.Second})
		w.press(ana, w.receipt(ana), "Send the passphrase")
		w.submit(ana, slackfake.Values{passphrase: "correct horse"})
		w.settle(5 * time.Second)
		if got := w.opens(w.link(w.last(ben, w.slack.AppDM(ben))), ""); got != "correct horse" {
			t.Fatalf("ben opens %q", got)
		}
		w.settle(time.Minute)
		w.sees(w.receipt(ana), "The passphrase was sent too.")
		lacks(t, w.receipt(ana).PlainText(), "may not have reached", "didn't reach", "burned its link")
	})
}

func TestAPassphraseThatDoesNotReachSomebodyCanBeSentAgain(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben, cid)
		mend := w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: cid, Error: "messages_tab_disabled"})
		w.press(ana, w.receipt(ana), "Send the passphrase")
		w.submit(ana, slackfake.Values{passphrase: "correct horse"})
		contains(t, w.slack.View(ana).PlainText(), "may not have reached everyone")
		w.sees(w.receipt(ana), "@ben: Sent. The passphrase was sent too.", "@cid: Sent. :warning: The passphrase didn't reach them.")
		if n := w.ots.Secrets(); n != 3 {
			t.Errorf("%d secrets, want two and ben's passphrase", n)
		}
		mend()
		_, _ = w.slack.CloseView(w.Context(), ana)
		w.press(ana, w.receipt(ana), "Send the passphrase")
		w.submit(ana, slackfake.Values{passphrase: "correct horse"})
		w.sees(w.receipt(ana), "@cid: Sent. The passphrase was sent too.")
		if n := len(w.messages(ben, w.slack.AppDM(ben))); n != 2 {
			t.Errorf("ben got %d messages", n)
		}
	})
}

func TestAPassphraseOfTheWrongLengthStaysInTheForm(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben)
		w.press(ana, w.receipt(ana), "Send the passphrase")
		seen := w.submit(ana, slackfake.Values{passphrase: "correct"})
		contains(t, seen.Errors["passphrase"], "8 to 128")
	})
}

func TestAGeneratedPasswordIsTheSameForAllOrForNobody(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Delay: time.Nanosecond, Times: 1}) // goes well
		mend := w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Down: true})
		w.command(ana, general, "generate")
		w.submit(ana, slackfake.Values{people: []string{ben, cid}, "A link for you": []string{"yes"}})
		w.settle(time.Minute)
		if n := w.ots.Secrets(); n != 0 || len(w.messages(ben, w.slack.AppDM(ben))) != 0 {
			t.Errorf("%d secrets of a password that nobody can give to the others", n)
		}
		mend()
		w.submit(ana, nil)
		password := w.gets(ben, "")
		if got := w.gets(cid, ""); got != password || len(got) != 24 {
			t.Errorf("ben has %q and cid %q", password, got)
		}
		if got := w.opens(codeLink(t, w.receipt(ana)), ""); got != password {
			t.Errorf("ana has %q", got)
		}
	})
}

func TestAPassphraseStaysInTheFormWhileOneTimeSecretIsDown(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben)
		mend := w.ots.Fault(otsfake.Fault{Down: true})
		w.press(ana, w.receipt(ana), "Send the passphrase")
		seen := w.submit(ana, slackfake.Values{passphrase: "correct horse"})
		contains(t, seen.Errors["passphrase"], "can't be reached", "Nothing was stored")
		mend()
		w.submit(ana, nil)
		w.sees(w.receipt(ana), "@ben: Sent. The passphrase was sent too.")
	})
}

func TestWhoCannotOpenTheLinkTellsItsCreator(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(nil, ben)
		m := w.last(ben, w.slack.AppDM(ben))
		w.press(ben, m, "I can't open it")
		told := w.last(ana, w.slack.AppDM(ana))
		w.sees(told, "@ben can't open the secret", "change the credential", "[Share again]")
		w.sees(w.last(ben, m.Channel), "I've told @ana that you can't open it. They can share it again.")
		lacks(t, strings.Join(w.last(ben, m.Channel).Buttons(), " "), "open")

		w.press(ben, m, "I can't open it") // as it was on the screen before
		if n := len(w.messages(ana, w.slack.AppDM(ana))); n != 2 {
			t.Errorf("ana has %d messages, want the receipt and one plea", n)
		}
		w.press(ana, told, "Share again")
		if got := w.slack.View(ana).Input(people).Values; len(got) != 1 || got[0] != ben {
			t.Errorf("the form is for %v", got)
		}
		w.submit(ana, slackfake.Values{"Secret": "hunter3"})
		if got := w.gets(ben, ""); got != "hunter3" {
			t.Errorf("ben opens %q", got)
		}
	})
}

func TestWhoeverWasToBeToldAndIsNot(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(nil, ben)
		w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
		m := w.last(ben, w.slack.AppDM(ben))
		w.press(ben, m, "I can't open it")
		w.sees(w.last(ben, m.Channel), "I couldn't reach @ana", "tell them yourself")
	})
}

// Slack takes a message to somebody who has left, and nobody reads it.
func TestWhoeverHasLeftIsNotToldAndThatIsSaid(t *testing.T) {
	t.Parallel()
	leaves := func(w *world) {
		w.settle(time.Hour) // what Slack said of people is asked anew
		w.slack.EditUser(ana, func(u *slackfake.User) { u.Deactivated = true })
	}
	for name, c := range map[string]struct {
		support string
		play    func(w *world) (told string)
		says    []string
	}{
		"the creator": {"", func(w *world) string {
			w.sendsTo(nil, ben)
			leaves(w)
			m := w.last(ben, w.slack.AppDM(ben))
			w.press(ben, m, "I can't open it")
			return w.last(ben, m.Channel).PlainText()
		}, []string{"@ana, who shared this secret, has left", "ask somebody else"}},
		"the creator, with a contact": {"#it-help", func(w *world) string {
			w.sendsTo(nil, ben)
			leaves(w)
			m := w.last(ben, w.slack.AppDM(ben))
			w.press(ben, m, "I can't open it")
			return w.last(ben, m.Channel).PlainText()
		}, []string{"@ana, who shared this secret, has left", "Ask #it-help"}},
		"the asker": {"", func(w *world) string {
			asked := w.asks(ben)
			leaves(w)
			w.press(ben, asked, "I don't have it")
			return fmt.Sprint(w.submit(ben, slackfake.Values{"Add a note": "Ask eve."}).Errors)
		}, []string{"The person who's asking has left, so I told nobody"}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorldOf(t, slackfake.Options{Scopes: allScopes}, otsfake.Options{}, func(w *world) {
				told := c.play(w)
				contains(t, told, c.says...)
				lacks(t, told, "I've told", "couldn't reach")
				if n := len(w.messages(ana, w.slack.AppDM(ana))); n != 1 {
					t.Errorf("ana has %d messages, want what she had", n)
				}
			}, func(b *bot.Config) { b.Policy.Support = c.support })
		})
	}
}

func mailing(c *bot.Config) { c.Email = true }

func TestALinkIsMailedByOneTimeSecret(t *testing.T) {
	t.Parallel()
	inMail(t, func(w *world) {
		w.command(ana, general, "")
		w.did(w.slack.PressInView(w.Context(), ana, "Email the link instead"))
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Email the link to": "partner@example.com"})
		w.sees(w.receipt(ana), "Emailed to", "OneTimeSecret doesn't say whether it arrived")
		lacks(t, string(w.receipt(ana).Blocks), "/secret/", "partner@example.com")
		if n := len(w.messages(ben, general)); n != 0 {
			t.Error("something was posted")
		}
		w.press(ana, w.receipt(ana), "Burn")
		w.sees(w.receipt(ana), "before anyone opened it")
	})
}

func TestARefusedAddressStandsAtItsField(t *testing.T) {
	t.Parallel()
	inMail(t, func(w *world) {
		w.command(ana, general, "")
		w.did(w.slack.PressInView(w.Context(), ana, "Email the link instead"))
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Status: 404, Body: `{"message":"Undeliverable email address: partner@example.com"}`, Times: 1})
		seen := w.submit(ana, slackfake.Values{"Secret": "hunter2", "Email the link to": "partner@example.com"})
		contains(t, seen.Errors["mail"], "Undeliverable email address", "Nothing was stored")
		lacks(t, w.logs.String(), "partner@example.com")
		w.submit(ana, slackfake.Values{"Email the link to": "other@example.com"})
		w.sees(w.receipt(ana), "Emailed to")
	})
}

// Versions before 0.26 take a secret and drop an address that they don't like.
func TestAnAddressThatWasDroppedIsSaid(t *testing.T) {
	t.Parallel()
	inMail(t, func(w *world) {
		w.command(ana, general, "")
		w.did(w.slack.PressInView(w.Context(), ana, "Email the link instead"))
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Status: 200, Times: 1,
			Body: `{"secret_key":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","metadata_key":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","state":"new","secret_ttl":604800,"metadata_ttl":1209600,"created":946684800,"recipient":[]}`})
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Email the link to": "partner@example.com"})
		w.sees(w.receipt(ana), "OneTimeSecret didn't accept the email address, so no email was sent.")
		contains(t, codeLink(t, w.receipt(ana)), "/secret/")
	})
}

func TestMailIsOfferedWithAnAccountAlone(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		lacks(t, w.slack.View(ana).PlainText(), "E-mail")
	})
}

// inMail is a world whose bot has an account at OneTimeSecret.
func inMail(t *testing.T, f func(w *world)) {
	t.Helper()
	inWorldOf(t, slackfake.Options{}, otsfake.Options{Username: "bot@example.com", APIToken: "abc"}, f, mailing)
}
