package bot_test

import (
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
)

func TestRulesHoldForWhoAsksAndWhoAnswers(t *testing.T) {
	t.Parallel()
	rules := func(p bot.Policy) func(*bot.Config) {
		return func(c *bot.Config) { c.Policy = p }
	}
	t.Run("guests and outsiders", func(t *testing.T) {
		onBothOf(t, slackfake.Options{Scopes: allScopes}, func(w *world) {
			w.meetsStrangers()
			w.command(eva, general, "ask")
			w.sees(w.last(eva, general), "Guests can't share secrets here.")

			for user, why := range map[string]string{eva: "guest", finn: "another organization"} {
				w.command(ana, northwind, "ask")
				w.submit(ana, slackfake.Values{whatField: "a key", askedPeople: []string{user}})
				contains(w.T, w.slack.View(ana).Errors["people"], why, "Nothing was stored")
				w.did(w.slack.CloseView(w.Context(), ana))
			}

			asked := w.asksIn(general, nil)
			for range 2 { // on each replica
				w.press(eva, asked, "Send it")
				w.told(eva, general, "Guests can't share secrets here.", "Nothing was stored")
				if w.slack.View(eva) != nil {
					w.Error("a form opened")
				}
			}
		}, rules(bot.Policy{RefuseGuests: true, External: bot.ExternalRefuse, RecipientsMax: bot.MaxRecipients}))
	})
	t.Run("an outsider who answers", func(t *testing.T) {
		onBothOf(t, slackfake.Options{Scopes: allScopes}, func(w *world) {
			w.meetsStrangers()
			asked := w.asksIn(northwind, nil)
			for range 2 {
				w.press(finn, asked, "Send it")
				w.told(finn, northwind, "Nothing was stored")
				if w.slack.View(finn) != nil {
					w.Error("a form opened")
				}
			}
			if w.ots.Secrets() != 0 {
				w.Error("stored")
			}
		}, rules(bot.Policy{UsersAllow: []string{ana, ben}, External: bot.ExternalAllow, RecipientsMax: bot.MaxRecipients}))
	})
	t.Run("who is excluded since", func(t *testing.T) { // by the rules as they are when it is sent
		onBothOf(t, slackfake.Options{Scopes: allScopes}, func(w *world) {
			w.meetsStrangers()
			asked := w.asks(ben)
			w.press(ben, asked, "Send it")
			w.slack.EditUser(ben, func(u *slackfake.User) { u.Guest = true })
			w.settle(time.Hour) // what Slack said of him is old by then
			w.submit(ben, slackfake.Values{"Secret": "hunter2"})
			v := w.slack.View(ben)
			contains(w.T, v.PlainText()+v.Errors["secret"], "Guests can't share secrets here.", "Nothing was stored")
			if w.ots.Secrets() != 0 {
				w.Error("stored")
			}
		}, rules(bot.Policy{RefuseGuests: true, RecipientsMax: bot.MaxRecipients}))
	})
	t.Run("no links to people", func(t *testing.T) {
		onBoth(t, func(w *world) {
			for range 2 {
				w.command(ana, general, "ask")
				w.sees(w.last(ana, general), "Nothing was stored")
				if w.slack.View(ana) != nil {
					w.Error("a form opened")
				}
			}
		}, func(c *bot.Config) { c.Policy.RecipientsMax = 0 })
	})
}

// The asker's account was deactivated since: where Slack tells, nothing is stored.
func TestAnAskerWhoHasLeft(t *testing.T) {
	t.Parallel()
	t.Run("Slack tells", func(t *testing.T) {
		onBothOf(t, slackfake.Options{Scopes: allScopes}, func(w *world) {
			asked := w.asks(ben)
			w.press(ben, asked, "Send it")
			w.slack.EditUser(ana, func(u *slackfake.User) { u.Deactivated = true })
			w.settle(time.Hour) // what Slack said of her is old by then
			w.submit(ben, slackfake.Values{"Secret": "hunter2"})
			contains(w.T, strings.Join([]string{w.slack.View(ben).Errors["secret"], w.slack.View(ben).PlainText()}, " "), "deactivated", "Nothing was stored")
			if w.ots.Secrets() != 0 {
				w.Error("stored")
			}
			w.did(w.slack.CloseView(w.Context(), ben))
			w.press(ben, asked, "Send it")
			w.told(ben, w.slack.AppDM(ben), "deactivated", "Nothing was stored")
		})
	})
	for _, code := range []string{"user_disabled", "account_inactive", "channel_not_found", "user_not_found"} {
		t.Run("Slack says "+code, func(t *testing.T) {
			onBoth(t, func(w *world) {
				asked := w.asks(ben)
				w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ana, Error: code})
				w.answers(ben, asked)
				w.sees(w.receipt(ben), "[Burn]", "[Try again for 1 person]")
				w.sees(w.again(ben, asked), "[Send it]", "[I don't have it]")
				lacks(w.T, w.logs.String(), `"event":"answered"`)
				w.press(ben, w.receipt(ben), "Burn")
				if n := w.ots.Secrets(); n != 0 {
					w.Errorf("%d secrets left", n)
				}
				w.press(ben, asked, "I don't have it")
				w.submit(ben, slackfake.Values{"Add a note": "ask eve"})
				contains(w.T, w.slack.View(ben).Errors["word"], "I couldn't reach")
			})
		})
	}
}

// atOnce sends all at the same time, each over another connection in turn.
func (w *world) atOnce(all ...slackfake.Envelope) {
	w.Helper()
	numbers, failed := w.slack.ConnectionNumbers(), make(chan error, len(all))
	for i, e := range all {
		go func() {
			_, err := w.slack.Send(w.Context(), e, numbers[i%len(numbers)])
			failed <- err
		}()
	}
	for range all {
		if err := <-failed; err != nil {
			w.Error(err)
		}
	}
	w.settle(time.Minute) // who waited for another is answered
}

// about is the form of somebody, filled in and about to be sent.
func (w *world) about(user string, values slackfake.Values) slackfake.Envelope {
	w.Helper()
	if err := w.slack.Fill(user, values); err != nil {
		w.Fatal(err)
	}
	e, err := w.slack.PrepareSubmit(user)
	if err != nil {
		w.Fatal(err)
	}
	return e
}

// Two people who answer at once: in a conversation one of them counts, and the
// other's secret is not stored.
func TestOfTwoAnswersAtOnceTheFirstCounts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.slack.EditChannel(general, func(c *slackfake.Channel) { c.Members = append(c.Members, eve) })
		asked := w.asksIn(general, nil)
		var forms []slackfake.Envelope
		for _, user := range []string{ben, eve} {
			w.press(user, asked, "Send it")
			forms = append(forms, w.about(user, slackfake.Values{"Secret": "hunter2"}))
		}
		w.atOnce(forms...)
		if n := w.ots.Secrets(); n != 1 {
			w.Errorf("%d secrets", n)
		}
		said := ""
		for _, user := range []string{ben, eve} {
			if v := w.slack.View(user); v != nil {
				said += v.Errors["secret"]
			}
		}
		contains(w.T, said, "Nothing was stored")
		if n := strings.Count(w.card().PlainText(), ": answered"); n != 1 {
			w.Errorf("%d answers on the card", n)
		}
	})
}

// Two people who are asked and answer at once both stand on the card.
func TestTheCardHasEveryAnswerThatCameAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.asks(ben, eve)
		var forms []slackfake.Envelope
		for _, user := range []string{ben, eve} {
			w.press(user, w.last(user, w.slack.AppDM(user)), "Send it")
			forms = append(forms, w.about(user, slackfake.Values{"Secret": "hunter2"}))
		}
		w.atOnce(forms...)
		w.sees(w.card(), "ben: answered", "eve: answered")
		if n := w.ots.Secrets(); n != 2 {
			w.Errorf("%d secrets", n)
		}
	})
}
