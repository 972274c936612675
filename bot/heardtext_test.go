package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// Slack refuses to change a message whose text has more than 4,000 characters, so a
// receipt of as many people as there can be has fewer, whatever becomes of them.
func TestAReceiptOfManyPeopleNeverOutgrowsWhatSlackChanges(t *testing.T) {
	t.Parallel()
	inWorldOf(t, withLanguages, otsfake.Options{}, func(w *world) {
		fr := spoken(t, "fr")
		w.slack.EditUser(ana, func(u *slackfake.User) { u.Locale = "fr-FR" })
		to := make([]string, 20)
		for i := range to {
			to[i] = fmt.Sprintf("U01234567%02d", i)
			w.slack.AddUser(slackfake.User{ID: to[i], Name: fmt.Sprintf("p%02d", i)})
		}
		w.command(ana, general, "")
		w.submit(ana, slackfake.Values{fr.Form.Secret: "hunter2", fr.Form.People: to, fr.Form.Phrase: "correct horse"})
		w.settle(time.Minute)
		links := make([]string, len(to))
		for i, user := range to {
			links[i] = w.link(w.last(user, w.slack.AppDM(user)))
		}
		w.press(ana, w.receipt(ana), fr.ReceiptButtons.SendPhrase)
		w.submit(ana, slackfake.Values{fr.Form.Phrase: "correct horse"})
		w.settle(time.Minute)
		for i, link := range links {
			w.opens(link, "correct horse")
			w.settle(2 * time.Minute)
			r := w.receipt(ana)
			opened, _, _ := strings.Cut(fr.Rows.OpenedAt, "%")
			if got := strings.Count(r.PlainText(), ": "+opened); got != i+1 {
				w.Fatalf("%d of %d are shown as opened", got, i+1)
			}
		}
		text := w.receipt(ana).Text
		if n := len([]rune(text)); n > 4000 {
			w.Errorf("the text has %d characters", n)
		}
		contains(w.T, text, "<@U0123456700>", "<!date^")
	}, following)
}

// What a screen reader reads is the text alone.
func TestTheTextAloneTellsWhoUntilWhenAndTheState(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		posted := w.last(ben, general)
		contains(t, posted.Text, "<@UANA> shared a secret", "once", "until about")
		lacks(t, posted.Text, w.link(posted))
		before := w.receipt(ana)
		contains(t, before.Text, "<#CGENERAL>", "Not opened yet", "Passphrase: None")
		w.opens(w.link(posted), "")
		w.press(ana, before, "Check")
		after := w.receipt(ana)
		contains(t, after.Text, "Opened")
		lacks(t, after.Text, "Not opened yet", "/secret/", "/receipt/", "/private/")
	})
}

func TestTheTextAloneTellsOfAPassphraseForPeopleToo(t *testing.T) {
	t.Parallel()
	for phrase, says := range map[string]string{"": "Passphrase: None.", "correct horse": "Passphrase: Needed to open or burn them."} {
		inTeam(t, func(w *world) {
			w.sendsTo(slackfake.Values{passphrase: phrase}, ben, cid)
			before := w.receipt(ana)
			contains(w.T, before.Text, "with 2 people", "They expire about <!date^", says, "<@UBEN>: Sent.", "<@UCID>: Sent.")
			w.gets(ben, phrase)
			w.press(ana, before, "Check all")
			after := w.receipt(ana)
			contains(w.T, after.Text, says, "<@UBEN>: Opened", "<@UCID>: Not opened yet.")
			w.gets(cid, phrase)
			w.press(ana, after, "Check all")
			contains(w.T, w.receipt(ana).Text, says, "<@UCID>: Opened")
			lacks(w.T, w.receipt(ana).Text, "expire about", "/secret/", "/receipt/", "/private/")
		})
	}
}

// A card's text changes with the request: whom it asks, until when, and how each stands.
func TestTheTextOfACardTellsWhomUntilWhenAndHowTheyStand(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		asked := w.asks(ben, eve, cid)
		contains(w.T, w.card().Text, "You asked for:\nthe staging password\n", "<@UBEN>: waiting\n", "<@UEVE>: waiting\n", "can answer until about <!date^")
		w.answers(ben, asked)
		w.press(eve, w.last(eve, w.slack.AppDM(eve)), "I don't have it")
		w.submit(eve, nil)
		contains(w.T, w.card().Text, "<@UBEN>: answered <!date^", "<@UEVE>: doesn't have it\n", "<@UCID>: waiting\n")
		w.press(ana, w.card(), "Withdraw")
		contains(w.T, w.card().Text, "the staging password", "<@UBEN>: answered", "You've withdrawn this request.")
		lacks(w.T, w.card().Text, "waiting", "until about", "/secret/", "/private/", "http")
	})
	inWorld(t, func(w *world) {
		w.asksIn(general, nil)
		contains(w.T, w.card().Text, "You asked in <#CGENERAL> for:\nthe staging password\n", "<#CGENERAL>: waiting\n", "until about <!date^")
		w.settle(25 * time.Hour)
		contains(w.T, w.card().Text, "<#CGENERAL>: closed\n", "This request expired <!date^")
	}, following)
}

// Whoever is asked hears for what, until when, and not to write it there; and so
// after it is over.
func TestTheTextOfARequestTellsWhatAndUntilWhen(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		asked := w.asks(ben, eve)
		contains(w.T, asked.Text, "<@UANA> is asking for a secret:\nthe staging password\n", "Please don't write it here.", "until about <!date^")
		w.answers(ben, asked)
		contains(w.T, w.again(ben, asked).Text, "You answered <@UANA>'s request <!date^", "\nthe staging password")
		w.press(ana, w.card(), "Withdraw")
		contains(w.T, w.last(eve, w.slack.AppDM(eve)).Text, "has withdrawn this request", "\nthe staging password")
	})
}

// A refusal says of what, and with which word; what was typed becomes no markup.
func TestTheTextOfARefusalHasWhatWasAskedAndTheWord(t *testing.T) {
	t.Parallel()
	for word, says := range map[string]string{
		"":                     "<@UBEN> doesn't have what you asked for:\nthe staging password",
		"Ask <!channel> & eve": "<@UBEN> doesn't have what you asked for:\nthe staging password\nNote: Ask &lt;!channel&gt; &amp; eve",
	} {
		inWorld(t, func(w *world) {
			w.press(ben, w.asks(ben), "I don't have it")
			w.submit(ben, slackfake.Values{"Add a note": word})
			if got := w.last(ana, w.slack.AppDM(ana)).Text; got != says {
				w.Errorf("ana hears %q, want %q", got, says)
			}
		})
	}
}

func TestTheTextAloneTellsWhoSaidThatTheyCannotOpenIt(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(nil, ben)
		m := w.last(ben, w.slack.AppDM(ben))
		contains(t, m.Text, "<@UANA> shared a secret with you.", "until about")
		w.press(ben, m, "I can't open it")
		contains(t, w.last(ben, m.Channel).Text, m.Text, "I've told <@UANA> that you can't open it.")
		contains(t, w.last(ana, w.slack.AppDM(ana)).Text, "<@UBEN> can't open the secret")
	})
}

func TestTheTextOfNewsTellsOfWhomAndWhen(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(slackfake.Values{"When it's opened": []string{"Tell me in a direct message"}}, ben, cid)
		w.gets(cid, "")
		w.settle(time.Hour)
		contains(t, w.last(ana, w.slack.AppDM(ana)).Text, "with <@UCID> was opened")
		w.settle(22 * time.Hour)
		contains(t, w.last(ana, w.slack.AppDM(ana)).Text, "<@UBEN> hasn't opened", "expires about <!date^")
	}, following, func(c *bot.Config) { c.TTL = 24 * time.Hour })
}
