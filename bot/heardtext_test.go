package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

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
