package bot_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// The form of a request, sent from two devices at once.
func TestAskedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.command(ana, general, "ask")
		first := w.about(ana, slackfake.Values{whatField: "a key", askedPeople: []string{ben}})
		w.atOnce(first, w.about(ana, nil))
		if n := len(w.messages(ben, w.slack.AppDM(ben))); n != 1 {
			w.Errorf("ben is asked %d times", n)
		}
		if n := strings.Count(w.logs.String(), `"event":"asked"`); n != 1 {
			w.Errorf("%d audit events", n)
		}
	})
}

func TestWithdrawPressedTwice(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben)
		w.atOnce(w.pressing(ana, w.card(), "Withdraw"), w.pressing(ana, w.card(), "Withdraw"))
		w.sees(w.card(), "You've withdrawn this request")
		w.sees(w.again(ben, asked), "withdrawn")
		if n := strings.Count(w.logs.String(), `"event":"withdrawn"`); n != 1 {
			w.Errorf("%d audit events", n)
		}
		if n := len(w.messages(ana, w.slack.AppDM(ana))); n != 2 {
			w.Errorf("ana has %d messages, want the card and one that says so", n)
		}
	})
}

func TestRemindPressedTwice(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.asks(ben)
		w.atOnce(w.pressing(ana, w.card(), "Remind"), w.pressing(ana, w.card(), "Remind"))
		if n := len(w.messages(ben, w.slack.AppDM(ben))); n != 2 {
			w.Errorf("ben has %d messages, want the request and one reminder", n)
		}
		w.told(ana, w.slack.AppDM(ana), "once a day")
	})
}

// A press on a card from before somebody answered.
func TestNobodyIsRemindedOfWhatTheyAnswered(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(w *world) slackfake.Message{
		"a person":       func(w *world) slackfake.Message { return w.asks(ben) },
		"a conversation": func(w *world) slackfake.Message { return w.asksIn(general, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(w *world) {
				asked := ask(w)
				press := w.pressing(ana, w.card(), "Remind")
				w.answers(ben, asked)
				before := len(w.slack.Calls("chat.postMessage"))
				w.did(w.slack.Send(w.Context(), press))
				w.told(ana, w.slack.AppDM(ana), "nobody left to remind")
				w.sees(w.card(), "ben: answered")
				for _, e := range w.slack.Calls("chat.postMessage")[before:] {
					if e.Channel != ana && e.Channel != w.slack.AppDM(ana) {
						w.Errorf("a message to %s", e.Channel)
					}
				}
			})
		})
	}
}

// Whichever is first: either all that is to be seen says that it was answered, and
// the asker has the link, or nothing is stored.
func TestAnAnswerThatRacesItsWithdrawal(t *testing.T) {
	t.Parallel()
	for name, slow := range map[string]func(w *world){
		"at once":               func(*world) {},
		"OneTimeSecret is slow": func(w *world) { w.ots.Fault(otsfake.Fault{Delay: time.Second}) },
		"Slack is slow": func(w *world) {
			w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Delay: time.Second})
		},
		"changes are slow": func(w *world) {
			w.slack.Fault(slackfake.Fault{Method: "chat.update", Delay: time.Second})
		},
	} {
		for where, ask := range map[string]func(w *world) slackfake.Message{
			"a person":       func(w *world) slackfake.Message { return w.asks(ben) },
			"a conversation": func(w *world) slackfake.Message { return w.asksIn(general, nil) },
		} {
			t.Run(where+", "+name, func(t *testing.T) {
				onBoth(t, func(w *world) {
					asked := ask(w)
					w.press(ben, asked, "Send it")
					form := w.about(ben, slackfake.Values{"Secret": "hunter2"})
					slow(w)
					w.atOnce(form, w.pressing(ana, w.card(), "Withdraw"))
					now := w.again(ben, asked)
					lacks(w.T, now.PlainText(), "[Send it]")
					if w.ots.Secrets() == 0 {
						contains(w.T, w.slack.View(ben).Errors["secret"], "withdrawn", "Nothing was stored")
						w.sees(now, "withdrawn")
						return
					}
					w.sees(w.card(), "ben: answered")
					w.sees(now, "answered @ana's request")
					if n := w.links(ana); n != 1 {
						w.Errorf("ana has %d links", n)
					}
				})
			})
		}
	}
}

// The message to whoever is asked shows how it ended, not what was said last.
func TestAWithdrawalThatComesLateHidesNoAnswer(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben)
		w.press(ben, asked, "Send it")
		form, withdraw := w.about(ben, slackfake.Values{"Secret": "hunter2"}), w.pressing(ana, w.card(), "Withdraw")
		w.ots.Fault(otsfake.Fault{Delay: time.Second, Times: 1})
		w.slack.Fault(slackfake.Fault{Method: "chat.update", Channel: ben, Delay: 3 * time.Second, Times: 1})
		answered := make(chan error, 1)
		go func() {
			_, err := w.slack.Send(w.Context(), form)
			answered <- err
		}()
		w.settle(100 * time.Millisecond) // OneTimeSecret is at it
		w.did(w.slack.Send(w.Context(), withdraw))
		if err := <-answered; err != nil {
			w.Fatal(err)
		}
		w.settle(time.Minute)
		w.sees(w.card(), "ben: answered")
		w.sees(w.again(ben, asked), "You answered")
		if n := w.links(ana); n != 1 {
			w.Errorf("ana has %d links", n)
		}
	})
}

// Somebody deleted the message that asks, or the card: everything else goes on.
func TestAMessageThatWasDeletedHoldsNothingUp(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben, eve)
		w.slack.Fault(slackfake.Fault{Method: "chat.update", Channel: ben, Error: "message_not_found"})
		w.press(ana, w.card(), "Remind")
		w.told(ana, w.slack.AppDM(ana), "I've asked again")
		w.answers(ben, asked)
		w.sees(w.card(), "ben: answered", "eve: waiting")
		w.slack.Fault(slackfake.Fault{Method: "chat.update", Channel: ana, Error: "message_not_found"})
		w.answers(eve, w.last(eve, w.slack.AppDM(eve)))
		if n := w.links(ana); n != 2 {
			w.Errorf("ana has %d links", n)
		}
		w.sees(w.last(eve, w.slack.AppDM(eve)), "[Burn]")
	})
}

// Who has no ears: another app, this one, Slackbot.
func TestNoAppIsAsked(t *testing.T) {
	t.Parallel()
	for name, scopes := range map[string][]string{"Slack tells who is an app": allScopes, "Slack doesn't tell": nil} {
		t.Run(name, func(t *testing.T) {
			for _, whom := range []string{robot, slackfake.BotUserID, slackfake.SlackbotID} {
				onBothOf(t, slackfake.Options{Scopes: scopes}, func(w *world) {
					w.slack.AddUser(slackfake.User{ID: robot, Name: "robot", Bot: true})
					w.command(ana, general, "ask")
					w.submit(ana, slackfake.Values{whatField: "a key", askedPeople: []string{whom}})
					contains(w.T, w.slack.View(ana).Errors["people"], "othing was stored")
					lacks(w.T, w.logs.String(), `"event":"asked"`)
				})
			}
		})
	}
}

// One who can't be asked among others is named on the card.
func TestWhoCantBeAskedIsNamed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.slack.EditUser(eve, func(u *slackfake.User) { u.DMsOff = true })
		w.command(ana, general, "ask")
		w.submit(ana, slackfake.Values{whatField: "a key", askedPeople: []string{ben, eve}})
		w.sees(w.card(), "ben: waiting", "eve: not asked because I couldn't reach them")
		w.answers(ben, w.last(ben, w.slack.AppDM(ben)))
		w.sees(w.card(), "ben: answered")
		lacks(w.T, w.card().PlainText(), "[Remind]")
	})
}

// No road leads into the conversation: nobody was asked, and that is said.
func TestAConversationThatCantBeReachedIsntAsked(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.slack.Fault(slackfake.Fault{Method: "response_url", Error: "used_url"})
		w.command(ana, secrets, "ask")
		w.submit(ana, slackfake.Values{whatField: "a key"})
		contains(w.T, w.slack.View(ana).Errors["place"], "Nobody was asked, and nothing was stored")
		w.sees(w.card(), "not asked because I couldn't post there")
		lacks(w.T, w.card().PlainText(), "[Remind]", "[Withdraw]")
		lacks(w.T, w.logs.String(), `"event":"asked"`)
	})
}

// In the direct message with the app, people can be asked like anywhere.
func TestSomebodyAsksFromTheAppsOwnDM(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.command(ana, w.slack.AppDM(ana), "ask")
		w.submit(ana, slackfake.Values{whatField: "a key", askedPeople: []string{ben}})
		w.answers(ben, w.last(ben, w.slack.AppDM(ben)))
		w.sees(w.card(), "ben: answered")
	})
}

// A form that stays open over night is good as long as the request is.
func TestAnAnswersFormIsGoodForAsLongAsTheRequest(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.command(ana, general, "ask")
		w.submit(ana, slackfake.Values{whatField: "a key", askedPeople: []string{ben}, askedUntil: "7 days"})
		asked := w.last(ben, w.slack.AppDM(ben))
		w.press(ben, asked, "Send it")
		w.settle(26 * time.Hour)
		w.submit(ben, slackfake.Values{"Secret": "hunter2"})
		w.sees(w.again(ben, asked), "You answered")
		w.sees(w.card(), "ben: answered")
		if got := w.opens(w.link(w.last(ana, w.slack.AppDM(ana))), ""); got != "hunter2" {
			w.Errorf("ana opens %q", got)
		}
	})
}

// What no client lets anybody type.
func TestWhatIsAskedForIsNoLongerThanItMayBe(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.command(ana, general, "ask")
		form := w.about(ana, slackfake.Values{whatField: "a key", askedPeople: []string{ben}})
		form.Payload = replace(w.T, form.Payload, `"value":"a key"`, `"value":"`+strings.Repeat("é", 151)+`"`)
		seen := w.did(w.slack.Send(w.Context(), form))
		contains(w.T, seen.Errors["what"], "150 characters at most")
		if n := len(w.messages(ben, w.slack.AppDM(ben))); n != 0 {
			w.Error("ben was asked")
		}
	})
}

// marked are the texts of a call to Slack that it would mark up.
func marked(t *testing.T, body string) (texts []string) {
	t.Helper()
	if !strings.HasPrefix(body, "{") {
		form, err := url.ParseQuery(body)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, form.Get("text"))
		body = `{"blocks":` + form.Get("blocks") + `}`
		if form.Get("blocks") == "" {
			return texts
		}
	}
	var decoded map[string]any
	if err := json.Unmarshal([]byte(body), &decoded); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if text, ok := decoded["text"].(string); ok {
		texts = append(texts, text)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if text, ok := v["text"].(string); ok && v["type"] == "mrkdwn" {
				texts = append(texts, text)
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(decoded)
	return texts
}

// Whatever is typed into a request stays text, wherever it is shown.
func TestWhatIsAskedForIsNoMarkup(t *testing.T) {
	t.Parallel()
	const typed = "<!channel> <@UEVE> <https://evil.example|a key> *b* &lt;"
	for name, play := range map[string]func(w *world, asked slackfake.Message){
		"answered": func(w *world, asked slackfake.Message) {
			w.answers(ben, asked)
			w.opensHome(ben)
		},
		"declined": func(w *world, asked slackfake.Message) {
			w.press(ben, asked, "I don't have it")
			w.submit(ben, slackfake.Values{"Add a note": typed})
		},
		"reminded, withdrawn": func(w *world, asked slackfake.Message) {
			w.press(ana, w.card(), "Remind")
			w.press(ana, w.card(), "Withdraw")
		},
		"expired": func(w *world, asked slackfake.Message) { w.settle(6 * time.Minute) },
		"not arrived": func(w *world, asked slackfake.Message) {
			w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
			w.answers(ben, asked)
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBothOf(t, withHome, func(w *world) {
				w.command(ana, general, "ask")
				w.submit(ana, slackfake.Values{whatField: typed, askedPeople: []string{ben}, askedUntil: "5 minutes"})
				asked := w.last(ben, w.slack.AppDM(ben))
				w.sees(asked, typed)
				w.sees(w.card(), typed)
				play(w, asked)
				for _, e := range w.slack.Journal() {
					if e.Kind != slackfake.APICall && e.Kind != slackfake.ResponseURLUse {
						continue
					}
					for _, text := range marked(w.T, e.Body) {
						lacks(w.T, text, "<!channel>", "<@UEVE>", "<https://evil")
					}
				}
			}, following)
		})
	}
}

// Its creator's rules hold for an answer as for any secret: what counts is counted
// where something was stored.
func TestAnAnswerCountsForTheHourIfItIsStored(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		first := w.asks(ben)
		w.press(ben, first, "Send it")
		w.press(ana, w.card(), "Withdraw")
		w.submit(ben, slackfake.Values{"Secret": "hunter2"})
		w.did(w.slack.CloseView(w.Context(), ben))
		w.answers(ben, w.asks(ben))
		if n := w.ots.Secrets(); n != 1 {
			w.Errorf("%d secrets", n)
		}
		w.press(ben, w.asks(ben), "Send it")
		if v := w.slack.View(ben); v != nil {
			w.submit(ben, slackfake.Values{"Secret": "hunter2"})
		}
		if n := w.ots.Secrets(); n != 1 {
			w.Errorf("%d secrets, and one an hour is allowed", n)
		}
	}, func(c *bot.Config) { c.Policy.SecretsPerHour = 1 })
}

// A store that is away holds up nobody who asks or answers.
func TestRequestsGoOnWhileTheStoreIsDown(t *testing.T) {
	t.Parallel()
	inReplicas(t, slackfake.Options{}, func(w *world) {
		early := w.asks(ben, eve)
		w.redis.Kill()
		w.answers(ben, early)
		w.sees(w.again(ben, early), "You answered")
		w.command(ana, general, "ask")
		w.submit(ana, slackfake.Values{whatField: "a key", askedPeople: []string{ben}})
		late := w.last(ben, w.slack.AppDM(ben))
		w.sees(late, "a key", "[Send it]")
		w.press(ben, late, "I don't have it")
		w.submit(ben, nil)
		lacks(w.T, w.again(ben, late).PlainText(), "[Send it]")
		w.answers(eve, w.last(eve, w.slack.AppDM(eve)))
		if n := w.links(ana); n != 2 {
			w.Errorf("ana has %d links", n)
		}
		w.press(ana, w.card(), "Withdraw")
		w.sees(w.card(), "withdrawn")
	})
}

// Without the store, a request that the app can't edit stays open where it stands,
// and nobody says otherwise.
func TestAWithdrawalThatHasNoEffectIsNotClaimed(t *testing.T) {
	t.Parallel()
	inReplicas(t, slackfake.Options{}, func(w *world) {
		asked := w.asksIn(secrets, nil)
		w.redis.Kill()
		w.press(ana, w.card(), "Withdraw")
		w.told(ana, w.slack.AppDM(ana), "I couldn't withdraw the request")
		for _, m := range w.messages(ana, w.slack.AppDM(ana)) {
			lacks(w.T, m.PlainText(), "Nobody can answer it anymore")
		}
		w.sees(w.card(), "[Withdraw]")
		w.press(ben, asked, "Send it")
		if w.slack.View(ben) == nil {
			w.Error("it can't be answered, so it was withdrawn")
		}
	})
}
