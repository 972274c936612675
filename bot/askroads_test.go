package bot_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

func TestRulesHoldForWhoAsksAndWhoAnswers(t *testing.T) {
	noGuests := bot.Policy{RefuseGuests: true, External: bot.ExternalRefuse}
	underRules(t, allScopes, noGuests, func(w *world) {
		w.command(eva, general, "ask")
		w.sees(w.last(eva, general), "Guests can't share secrets here.")

		for user, why := range map[string]string{eva: "guest", finn: "another organization"} {
			w.command(ana, northwind, "ask")
			w.submit(ana, slackfake.Values{whatField: "a key", askedPeople: []string{user}})
			contains(t, w.slack.View(ana).Errors["people"], why, "Nothing was stored")
			w.did(w.slack.CloseView(w.Context(), ana))
		}

		asked := w.asksIn(general, nil)
		w.press(eva, asked, "Send it")
		w.told(eva, general, "Guests can't share secrets here.", "Nothing was stored")
		if w.slack.View(eva) != nil {
			t.Error("a form opened")
		}
	})
	inWorld(t, func(w *world) {
		w.command(ana, general, "ask")
		w.sees(w.last(ana, general), "Nothing was stored")
		if w.slack.View(ana) != nil {
			t.Error("a form opened")
		}
	}, func(c *bot.Config) { c.Policy.RecipientsMax = 0 })
}

// The asker's account was deactivated since: where Slack tells, nothing is stored.
func TestAnAskerWhoHasLeft(t *testing.T) {
	inWorldOf(t, slackfake.Options{Scopes: allScopes}, otsfake.Options{}, func(w *world) {
		asked := w.asks(ben)
		w.press(ben, asked, "Send it")
		w.slack.EditUser(ana, func(u *slackfake.User) { u.Deactivated = true })
		w.settle(time.Hour) // what Slack said of her is old by then
		w.submit(ben, slackfake.Values{"Secret": "hunter2"})
		contains(t, strings.Join([]string{w.slack.View(ben).Errors["secret"], w.slack.View(ben).PlainText()}, " "), "deactivated", "Nothing was stored")
		if w.ots.Secrets() != 0 {
			t.Error("stored")
		}
		w.did(w.slack.CloseView(w.Context(), ben))
		w.press(ben, asked, "Send it")
		w.told(ben, w.slack.AppDM(ben), "deactivated", "Nothing was stored")
	})
}

// The text, its link and its keys reach nobody but the asker; what burns it is
// the answerer's alone.
func TestAnAnswerReachesNobodyButTheAsker(t *testing.T) {
	send := func(w *world, asked slackfake.Message) {
		w.press(ben, asked, "Send it")
		w.submit(ben, slackfake.Values{"Secret": canarySecret, "Passphrase": canaryPhrase})
	}
	for name, play := range map[string]func(*world){
		"in private":      func(w *world) { send(w, w.asks(ben, eve)) },
		"in a channel":    func(w *world) { send(w, w.asksIn(general, nil)) },
		"in their own DM": func(w *world) { send(w, w.asksIn(between, nil)) },
		"late": func(w *world) {
			asked := w.asks(ben)
			w.ots.Fault(otsfake.Fault{Delay: 5 * time.Second, Times: 1})
			send(w, asked)
			w.settle(time.Minute)
		},
		"OneTimeSecret is down": func(w *world) {
			asked := w.asks(ben)
			w.ots.Fault(otsfake.Fault{Down: true})
			send(w, asked)
		},
		"Slack drops every call": func(w *world) {
			w.press(ben, w.asks(ben), "Send it")
			w.slack.Fault(slackfake.Fault{Method: "*", Drop: true})
			w.submit(ben, slackfake.Values{"Secret": canarySecret})
			w.settle(time.Minute)
		},
		"withdrawn": func(w *world) {
			asked := w.asks(ben)
			w.press(ben, asked, "Send it")
			w.press(ana, w.card(), "Withdraw")
			w.submit(ben, slackfake.Values{"Secret": canarySecret})
		},
		"stopped": func(w *world) {
			w.press(ben, w.asks(ben), "Send it")
			w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Delay: time.Hour})
			_ = w.slack.Fill(ben, slackfake.Values{"Secret": canarySecret})
			go func() { _, _ = w.slack.Submit(w.Context(), ben, nil) }()
			synctest.Wait()
			_ = w.stop()
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				play(w)
				synctest.Wait()
				_ = w.stop()
				w.noLeakInLogs()
				for _, e := range w.slack.Journal() {
					if e.Kind == slackfake.EnvelopeSent || e.Kind == slackfake.SocketEvent {
						continue
					}
					body := plainBody(e.Body)
					if strings.Contains(body, "CANARY") {
						t.Errorf("%s %s holds a marked value", e.Kind, e.Method)
					}
					asker := e.Channel == ana || e.Channel == w.slack.AppDM(ana)
					answerer := e.Channel == ben || e.Channel == w.slack.AppDM(ben)
					if strings.Contains(body, "/secret/") && !asker {
						t.Errorf("%s in %s holds the link", e.Method, e.Channel)
					}
					if (strings.Contains(body, "/receipt/") || keyInButton.MatchString(body)) && !answerer {
						t.Errorf("%s in %s holds what burns it", e.Method, e.Channel)
					}
				}
				lacks(t, w.scrape(), "CANARY", ana, ben, "/secret/", "staging")
				lacks(t, w.logs.String(), "staging")
			}, following)
		})
	}
}

func (w *two) did(seen *slackfake.Interaction, err error) {
	w.Helper()
	if err != nil || !seen.Acked {
		w.Fatalf("%+v, %v", seen, err)
	}
}

// Over replicas the first answer in a conversation counts, and no other is
// stored; the card has both who answered and who didn't.
func TestOverReplicasTheFirstAnswerCounts(t *testing.T) {
	t.Parallel()
	w := newTwo(t, func(c *bot.Config) { c.Policy.RecipientsMax = bot.MaxRecipients })
	w.slack.AddUser(slackfake.User{ID: eve, Name: eve})
	w.slack.EditChannel(general, func(c *slackfake.Channel) { c.Members = append(c.Members, eve) })
	w.did(w.slack.Command(t.Context(), ana, general, "/secret", "ask"))
	w.did(w.slack.Submit(t.Context(), ana, slackfake.Values{whatField: "a key"}))
	asked := w.slack.Messages(ben, general)[0]
	numbers := w.slack.ConnectionNumbers()
	var both sync.WaitGroup
	for i, user := range []string{ben, eve} {
		w.did(w.slack.Press(t.Context(), user, asked, "Send it"))
		w.until("a form", func() bool { return w.slack.View(user) != nil })
		if err := w.slack.Fill(user, slackfake.Values{"Secret": "hunter2"}); err != nil {
			t.Fatal(err)
		}
		env, err := w.slack.PrepareSubmit(user)
		if err != nil {
			t.Fatal(err)
		}
		both.Go(func() { _, _ = w.slack.Send(context.Background(), env, numbers[i]) })
	}
	both.Wait()
	w.until("answered", func() bool {
		return strings.Contains(w.slack.Messages(ana, w.slack.AppDM(ana))[0].PlainText(), "answered")
	})
	w.stop()
	if n := w.ots.Secrets(); n != 1 {
		t.Errorf("%d secrets", n)
	}
	said := ""
	for _, user := range []string{ben, eve} {
		if v := w.slack.View(user); v != nil {
			said += v.Errors["secret"]
		}
	}
	contains(t, said, "Nothing was stored")
}

// Two people who answer at once on two replicas both stand on the card.
func TestOverReplicasTheCardHasEveryAnswer(t *testing.T) {
	t.Parallel()
	w := newTwo(t, func(c *bot.Config) { c.Policy.RecipientsMax = bot.MaxRecipients })
	w.slack.AddUser(slackfake.User{ID: eve, Name: eve})
	w.slack.EditChannel(general, func(c *slackfake.Channel) { c.Members = append(c.Members, eve) })
	w.did(w.slack.Command(t.Context(), ana, general, "/secret", "ask"))
	w.did(w.slack.Submit(t.Context(), ana, slackfake.Values{whatField: "a key", askedPeople: []string{ben, eve}}))
	numbers := w.slack.ConnectionNumbers()
	var both sync.WaitGroup
	for i, user := range []string{ben, eve} {
		w.until("asked", func() bool { return w.lastDM(user) != "" })
		w.did(w.slack.Press(t.Context(), user, w.slack.Messages(user, w.slack.AppDM(user))[0], "Send it"))
		w.until("a form", func() bool { return w.slack.View(user) != nil })
		if err := w.slack.Fill(user, slackfake.Values{"Secret": "hunter2"}); err != nil {
			t.Fatal(err)
		}
		env, err := w.slack.PrepareSubmit(user)
		if err != nil {
			t.Fatal(err)
		}
		both.Go(func() { _, _ = w.slack.Send(context.Background(), env, numbers[i]) })
	}
	both.Wait()
	w.until("both on the card", func() bool {
		return strings.Count(w.slack.Messages(ana, w.slack.AppDM(ana))[0].PlainText(), "answered") == 2
	})
}
