package bot_test

import (
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

func TestTheFormSharesIntoAnyConversation(t *testing.T) {
	t.Parallel()
	for _, channel := range []string{general, random, secrets, between} {
		inWorld(t, func(w *world) {
			w.command(ana, general, "")
			w.submit(ana, slackfake.Values{"Secret": "a&b<c>&amp;\n\"x\"", "Post the link in": channel, "Expires after": "3600"})
			if w.slack.View(ana) != nil {
				t.Error("the form is still open")
			}
			posted := w.last(ben, channel)
			if got := w.opens(w.link(posted), ""); got != "a&b<c>&amp;\n\"x\"" {
				t.Errorf("ben opens %q: a field is not escaped, and must not be unescaped", got)
			}
			w.settle(time.Hour + time.Minute)
			w.press(ana, w.receipt(ana), "Check")
			w.sees(w.receipt(ana), "Opened")
		})
	}
}

func TestTheChosenLifetimeIsUsed(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Expires after": "300"})
		link := w.link(w.last(ben, general))
		w.settle(6 * time.Minute)
		if got := w.opens(link, ""); got != "" {
			t.Errorf("after six minutes it still gives %q", got)
		}
	})
}

func TestNoConversationGivesTheLinkToItsCreatorAlone(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{"Secret": "hunter2", "Post the link in": ""})
		receipt := w.receipt(ana)
		w.sees(receipt, "Link to pass on", "Not posted: only you got the link")
		link := codeLink(t, receipt)
		for _, l := range receipt.Links() {
			if l == link {
				t.Error("the link can be clicked")
			}
		}
		w.press(ana, receipt, "Check")
		if codeLink(t, w.receipt(ana)) != link {
			t.Error("the link is gone from the receipt after Check")
		}
		if got := w.opens(link, ""); got != "hunter2" {
			t.Errorf("it opens %q", got)
		}
		if len(w.messages(ben, general)) != 0 {
			t.Error("something was posted")
		}
	})
}

// codeLink is the one-time link that stands as code in a receipt.
func codeLink(t *testing.T, m slackfake.Message) string {
	t.Helper()
	_, after, ok := strings.Cut(string(m.Blocks), "`")
	link, _, _ := strings.Cut(after, "`")
	if !ok || !strings.Contains(link, "/secret/") {
		t.Fatalf("no link as code in:\n%s", m.PlainText())
	}
	return link
}

func TestAProblemStandsAtItsFieldAndWhatWasTypedIsKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, block, says string
		values            slackfake.Values
	}{
		{"blank", "secret", "Type or paste", slackfake.Values{"Secret": " \n "}},
		{"a passphrase that is too short", "passphrase", "8 to 128", slackfake.Values{"Secret": "hunter2", "Passphrase": "short"}},
		{"the secret in the note", "note", "contains the secret", slackfake.Values{"Secret": "hunter2", "Public note (everyone who sees the link can read it)": "it is hunter2!"}},
		{"the passphrase in the note", "note", "contains the passphrase", slackfake.Values{"Secret": "hunter2", "Passphrase": "correct horse", "Public note (everyone who sees the link can read it)": "use correct horse"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, "")
				seen := w.submit(ana, c.values)
				contains(t, seen.Errors[c.block], c.says)
				if got := w.slack.View(ana).Input("Secret").Value; got != c.values["Secret"] {
					t.Errorf("the field holds %q", got)
				}
				if len(w.ots.Journal()) != 0 {
					t.Error("something was stored")
				}
				// A corrected form keeps view id and hash, and is no duplicate.
				w.submit(ana, slackfake.Values{"Secret": "corrected", "Passphrase": "", "Public note (everyone who sees the link can read it)": ""})
				if got := w.opens(w.link(w.last(ben, general)), ""); got != "corrected" {
					t.Errorf("ben opens %q", got)
				}
			})
		})
	}
}

func TestAPassphraseIsNeededWhereTheRulesSaySo(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		seen := w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		if seen.Errors["passphrase"] == "" {
			t.Errorf("errors = %q", seen.Errors)
		}
	}, func(c *bot.Config) { c.PassphraseRequired = true })
}

func TestMoreRoomKeepsWhatWasTypedAndJoinsExactly(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		first, second := strings.Repeat("a", 2999)+"\n", " "+strings.Repeat("é", 2000)
		if err := w.slack.Fill(ana, slackfake.Values{"Secret": first}); err != nil {
			t.Fatal(err)
		}
		w.did(w.slack.PressInView(w.Context(), ana, "Add another field"))
		if got := w.slack.View(ana).Input("Secret, part 1 of 2").Value; got != first {
			t.Fatalf("the first field holds %d bytes", len(got))
		}
		w.submit(ana, slackfake.Values{"Secret, part 2 of 2": second})
		if got := w.opens(w.link(w.last(ben, general)), ""); got != first+second {
			t.Errorf("%d bytes came out of %d", len(got), len(first+second))
		}
	})
}

func TestMoreRoomEndsWhereOneTimeSecretDoes(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		for range 3 {
			w.did(w.slack.PressInView(w.Context(), ana, "Add another field"))
		}
		for _, b := range w.slack.View(ana).Buttons() {
			if b == "Add another field" {
				t.Error("there is more room than OneTimeSecret has")
			}
		}
		values := slackfake.Values{}
		for _, part := range []string{"1", "2", "3", "4"} {
			values["Secret, part "+part+" of 4"] = strings.Repeat("x", 2501)
		}
		seen := w.submit(ana, values)
		contains(t, seen.Errors["secret"], "4 bytes too long")
	})
}

func TestGenerateMakesAPasswordThatNobodySees(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "generate")
		if w.slack.View(ana).Input("Secret") != nil {
			t.Error("there is a field for typing one")
		}
		w.submit(ana, slackfake.Values{"Length of the password": "32", "Characters": "digits"})
		got := w.opens(w.link(w.last(ben, general)), "")
		if len(got) != 32 || strings.Trim(got, "0123456789") != "" {
			t.Errorf("generated %q, want 32 digits", got)
		}
		for _, e := range w.slack.Journal() {
			if strings.Contains(e.Body+e.Answer, got) {
				t.Error("Slack saw it")
			}
		}
		lacks(t, w.logs.String(), got)
	})
}

func TestGenerateCanGiveItsCreatorALinkToo(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		w.did(w.slack.PressInView(w.Context(), ana, "Generate a password"))
		w.submit(ana, slackfake.Values{"A link for you": []string{"yes"}})
		theirs := w.opens(w.link(w.last(ben, general)), "")
		mine := w.opens(codeLink(t, w.receipt(ana)), "")
		if theirs == "" || theirs != mine {
			t.Errorf("they got %q, the creator %q", theirs, mine)
		}
	})
}

func TestTypingCanBeChosenAgain(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "generate")
		w.did(w.slack.PressInView(w.Context(), ana, "Type the secret instead"))
		w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		if got := w.opens(w.link(w.last(ben, general)), ""); got != "hunter2" {
			t.Errorf("ben opens %q", got)
		}
	})
}

func TestAFailureInTimeStandsAtTheField(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		mend := w.ots.Fault(otsfake.Fault{Down: true})
		seen := w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		mend()
		contains(t, seen.Errors["secret"], "OneTimeSecret can't be reached", "Nothing was stored")
		if got := w.slack.View(ana).Input("Secret").Value; got != "hunter2" {
			t.Errorf("the field holds %q", got)
		}
		w.submit(ana, nil)
		if got := w.opens(w.link(w.last(ben, general)), ""); got != "hunter2" {
			t.Errorf("ben opens %q", got)
		}
	})
}

func TestALateSuccessFollowsIntoTheForm(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		w.ots.Fault(otsfake.Fault{Delay: 8 * time.Second, Times: 1})
		seen := w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		if seen.Error != "" || seen.AckAfter > 2500*time.Millisecond {
			t.Errorf("ack after %v, error %q", seen.AckAfter, seen.Error)
		}
		lacks(t, string(seen.AckPayload), "hunter2")
		view := w.slack.View(ana)
		contains(t, view.PlainText(), "Still working")
		if got := view.Input("Secret").Value; got != "hunter2" {
			t.Errorf("while it works, the field holds %q", got)
		}
		again := w.submit(ana, nil)
		contains(t, again.Errors["secret"], "Still working")
		w.settle(10 * time.Second)
		contains(t, w.slack.View(ana).PlainText(), "The link was posted")
		if n := len(w.messages(ben, general)); n != 1 {
			t.Errorf("%d messages, want one: a second press is no second secret", n)
		}
	})
}

func TestALateFailureFollowsIntoTheFormAndKeepsTheText(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		mend := w.ots.Fault(otsfake.Fault{Delay: 4 * time.Second, Down: true})
		w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		w.settle(20 * time.Second)
		mend()
		view := w.slack.View(ana)
		contains(t, view.PlainText(), "OneTimeSecret can't be reached")
		if got := view.Input("Secret").Value; got != "hunter2" {
			t.Errorf("the field holds %q", got)
		}
		for _, c := range w.slack.Calls("views.update") {
			lacks(t, c.Body, "hunter2")
		}
		w.submit(ana, nil)
		if got := w.opens(w.link(w.last(ben, general)), ""); got != "hunter2" {
			t.Errorf("ben opens %q", got)
		}
	})
}

func TestALateFailureOfAClosedFormIsToldElsewhere(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		w.ots.Fault(otsfake.Fault{Delay: 4 * time.Second, Down: true})
		w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		if _, err := w.slack.CloseView(w.Context(), ana); err != nil {
			t.Fatal(err)
		}
		w.settle(20 * time.Second)
		w.sees(w.receipt(ana), "OneTimeSecret can't be reached")
		if len(w.messages(ben, general)) != 0 {
			t.Error("others see it")
		}
	})
}
