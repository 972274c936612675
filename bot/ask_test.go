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

// The fields of the form with which somebody asks.
const (
	whatField    = "What you need"
	askedPeople  = "Ask people"
	askedPlace   = "Or ask in a conversation"
	askedUntil   = "Request expires after"
	takesSeveral = "If you ask in a conversation"
)

// asks has ana ask people for the staging password, and returns the message to
// the first of them.
func (w *world) asks(whom ...string) slackfake.Message {
	w.Helper()
	w.command(ana, general, "ask")
	w.submit(ana, slackfake.Values{whatField: "the staging password", askedPeople: whom})
	return w.last(whom[0], w.slack.AppDM(whom[0]))
}

// asksIn has ana ask in a conversation.
func (w *world) asksIn(channel string, more slackfake.Values) slackfake.Message {
	w.Helper()
	w.command(ana, channel, "ask")
	values := slackfake.Values{whatField: "the staging password"}
	for key, value := range more {
		values[key] = value
	}
	w.submit(ana, values)
	return w.last(ben, channel)
}

// answers presses Send it, and sends it.
func (w *world) answers(user string, asked slackfake.Message) {
	w.Helper()
	w.press(user, asked, "Send it")
	w.submit(user, slackfake.Values{"Secret": "hunter2"})
}

// card is the first message that the app sent ana.
func (w *world) card() slackfake.Message {
	w.Helper()
	return w.messages(ana, w.slack.AppDM(ana))[0]
}

// again is a message as it is now.
func (w *world) again(user string, m slackfake.Message) slackfake.Message {
	w.Helper()
	for _, now := range w.messages(user, m.Channel) {
		if now.TS == m.TS {
			return now
		}
	}
	w.Fatalf("%s doesn't see the message any more", user)
	return m
}

// told is the newest message that somebody alone sees, wherever.
func (w *world) told(user, channel string, parts ...string) {
	w.Helper()
	for _, m := range w.messages(user, channel) {
		all := true
		for _, part := range parts {
			all = all && strings.Contains(m.PlainText(), part)
		}
		if all {
			return
		}
	}
	for _, m := range w.messages(user, channel) {
		w.Log(m.PlainText())
	}
	w.Errorf("%s is not told %q in %s", user, parts, channel)
}

func TestSomebodyAsksAndGetsALinkAlone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben, eve)
		w.sees(asked, "ana is asking for a secret", "the staging password", "[Send it]", "[I don't have it]")
		w.sees(w.card(), "You asked for:", "ben: waiting", "eve: waiting", "[Remind]", "[Withdraw]")

		w.answers(ben, asked)
		link := w.last(ana, w.slack.AppDM(ana))
		w.sees(link, "Asked for: the staging password")
		w.sees(w.receipt(ben), "[Check all]", "[Burn]", "Note: Asked for: the staging password")
		now := w.again(ben, asked)
		w.sees(now, "You answered @ana's request")
		lacks(w.T, now.PlainText(), "/secret/", "[Send it]")
		w.sees(w.card(), "ben: answered", "eve: waiting")
		if got := w.opens(w.link(link), ""); got != "hunter2" {
			w.Errorf("ana opens %q", got)
		}
		contains(w.T, w.logs.String(), `"event":"asked"`, `"event":"answered"`)
	})
}

func TestAskIsExactlyThat(t *testing.T) {
	t.Parallel()
	for typed, opens := range map[string]bool{"ask": true, "Ask": true, " ask ": true, "ａｓｋ": true, "Ａｓｋ\u3000": true, "ａｓｋ\u3000ｍｅ": false, "ask me anything": false, "asks": false} {
		onBoth(t, func(w *world) {
			w.command(ana, general, typed)
			view := w.slack.View(ana)
			if got := view != nil && view.Title == "Ask for a secret"; got != opens {
				w.Errorf("%q opens the form: %v", typed, got)
			}
			if got := w.ots.Secrets() == 1; got == opens {
				w.Errorf("%q is shared: %v", typed, got)
			}
			if !opens {
				if got := w.opens(w.link(w.last(ben, general)), ""); got != typed {
					w.Errorf("ben opens %q", got)
				}
			}
		})
	}
}

func TestTheFormOpensByShortcutAndFromHome(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		w.did(w.slack.GlobalShortcut(w.Context(), ana, "ask_secret"))
		w.submit(ana, slackfake.Values{whatField: "a key", askedPlace: general})
		w.sees(w.last(ben, general), "ana is asking for a secret", "a key")
		w.opensHome(ana)
		w.pressHome(ana, "Ask for a secret")
		if v := w.slack.View(ana); v == nil || v.Title != "Ask for a secret" {
			w.Errorf("no form: %+v", v)
		}
	})
}

func TestWhoDoesntHaveItSaysSo(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben)
		w.press(ben, asked, "I don't have it")
		w.submit(ben, slackfake.Values{"Add a note": "Ask <!channel> eve"})
		w.told(ana, w.slack.AppDM(ana), "ben doesn't have what you asked for", "the staging password", "Ask <!channel> eve")
		w.sees(w.card(), "ben: doesn't have it")
		now := w.again(ben, asked)
		w.sees(now, "You told @ana", "that you don't have it")
		lacks(w.T, now.PlainText(), "[Send it]")
		contains(w.T, w.logs.String(), `"event":"declined"`)
	})
}

func TestWhoCantBeToldKeepsTheWord(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben)
		w.press(ben, asked, "I don't have it")
		w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
		w.submit(ben, slackfake.Values{"Add a note": "ask eve"})
		contains(w.T, w.slack.View(ben).Errors["word"], "I couldn't reach the person who's asking")
		w.sees(w.again(ben, asked), "[Send it]")
	})
}

func TestTheFirstAnswerInAConversationCounts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asksIn(general, nil)
		w.press(ben, asked, "Send it")
		w.slack.EditChannel(general, func(c *slackfake.Channel) { c.Members = append(c.Members, eve) })
		w.answers(eve, asked)
		w.submit(ben, slackfake.Values{"Secret": "too late"})
		contains(w.T, w.slack.View(ben).Errors["secret"], "Somebody else has answered", "Nothing was stored")
		if n := w.ots.Secrets(); n != 1 {
			w.Errorf("%d secrets", n)
		}
		now := w.again(ben, asked)
		w.sees(now, "eve answered @ana's request")
		lacks(w.T, now.PlainText(), "/secret/", "[Send it]")
		w.sees(w.card(), "in #general", "eve: answered", "closed")
	})
}

func TestSeveralAnswersCountIfTheAskerWantsThem(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.slack.EditChannel(general, func(c *slackfake.Channel) { c.Members = append(c.Members, eve) })
		asked := w.asksIn(general, slackfake.Values{takesSeveral: []string{"Accept more than one answer"}})
		w.answers(eve, asked)
		w.answers(ben, asked)
		w.sees(w.card(), "eve: answered", "ben: answered")
		w.press(ben, asked, "Send it")
		w.told(ben, general, "You've answered this request already")
		if n := w.ots.Secrets(); n != 2 {
			w.Errorf("%d secrets", n)
		}
	})
}

// However many answer, the card goes on changing: it names as many as there is room
// for, and counts the others.
func TestTheCardHasRoomForAnyNumberOfAnswers(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		asked := w.asksIn(general, slackfake.Values{takesSeveral: []string{"Accept more than one answer"}})
		for i := range 30 {
			id := fmt.Sprintf("U01234567%02d", i)
			w.slack.AddUser(slackfake.User{ID: id, Name: fmt.Sprintf("p%02d", i)})
			w.slack.EditChannel(general, func(c *slackfake.Channel) { c.Members = append(c.Members, id) })
			w.answers(id, asked)
			w.sees(w.card(), fmt.Sprintf("p%02d: answered", i))
		}
		w.sees(w.card(), "#general: waiting", "10 earlier answers", "[Withdraw]")
		lacks(w.T, w.card().PlainText(), "p09: answered")
		w.press(ana, w.card(), "Withdraw")
		w.sees(w.card(), "You've withdrawn this request", "p29: answered", "10 earlier answers")
	})
}

// Where the app is no member it can't edit: a press changes the message.
func TestARequestWhereTheAppIsNoMember(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asksIn(between, nil)
		w.sees(asked, "ana is asking for a secret")
		w.sees(w.card(), "I'm not a member there", "[Withdraw]")
		lacks(w.T, w.card().PlainText(), "[Remind]")
		w.answers(ben, asked)
		now := w.again(ben, asked)
		w.sees(now, "ben answered @ana's request")
		lacks(w.T, now.PlainText(), "[Send it]", "/secret/")
		w.sees(w.card(), "ben: answered")
	})
}

func TestAWithdrawnRequestStoresNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben)
		w.press(ben, asked, "Send it")
		w.press(ana, w.card(), "Withdraw")
		w.sees(w.card(), "You've withdrawn this request")
		w.sees(w.again(ben, asked), "ana has withdrawn this request")
		w.submit(ben, slackfake.Values{"Secret": "hunter2"})
		contains(w.T, w.slack.View(ben).Errors["secret"], "withdrawn", "Nothing was stored")
		if w.ots.Secrets() != 0 {
			w.Error("stored")
		}
		contains(w.T, w.logs.String(), `"event":"withdrawn"`)
	})
}

func TestAnExpiredRequestStoresNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.command(ana, general, "ask")
		w.submit(ana, slackfake.Values{whatField: "a key", askedPeople: []string{ben, eve}, askedUntil: "1 hour"})
		asked := w.last(ben, w.slack.AppDM(ben))
		w.press(ben, asked, "Send it")
		w.settle(time.Hour + 3*time.Second)
		w.sees(w.card(), "ben: didn't answer", "This request expired")
		w.sees(w.again(ben, asked), "ana's request expired")
		w.submit(ben, slackfake.Values{"Secret": "hunter2"})
		contains(w.T, w.slack.View(ben).Errors["secret"], "expired", "Nothing was stored")
		if w.ots.Secrets() != 0 {
			w.Error("stored")
		}
	}, following)
}

func TestAskedTwice(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.asks(ben)
		w.command(ana, general, "ask")
		w.submit(ana, slackfake.Values{whatField: "the staging password", askedPeople: []string{eve, ben}})
		contains(w.T, w.slack.View(ana).Errors["what"], "You've asked for that already", "Remind")
		if n := len(w.messages(ben, w.slack.AppDM(ben))); n != 1 {
			w.Errorf("ben has %d messages", n)
		}
	})
}

func TestPeopleAreRemindedOnceADay(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.command(ana, general, "ask")
		w.submit(ana, slackfake.Values{whatField: "a key", askedPeople: []string{ben, eve}, askedUntil: "7 days"})
		first := w.last(ben, w.slack.AppDM(ben))
		w.answers(eve, w.last(eve, w.slack.AppDM(eve)))
		w.press(ana, w.card(), "Remind")
		second := w.last(ben, w.slack.AppDM(ben))
		w.sees(second, "ana still needs a secret", "[Send it]")
		lacks(w.T, w.again(ben, first).PlainText(), "[Send it]")
		w.told(ana, w.slack.AppDM(ana), "I've asked again")
		w.press(ana, w.card(), "Remind")
		w.told(ana, w.slack.AppDM(ana), "You can remind them once a day")
		w.settle(25 * time.Hour)
		w.press(ana, w.card(), "Remind")
		w.answers(ben, w.last(ben, w.slack.AppDM(ben)))
		lacks(w.T, w.card().PlainText(), "[Remind]", "waiting")
	})
}

func TestWhatTheFormOfARequestRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		values      slackfake.Values
		field, says string
	}{
		"nobody":         {slackfake.Values{whatField: "a key", askedPlace: ""}, "people", "Choose the people"},
		"both":           {slackfake.Values{whatField: "a key", askedPlace: random, askedPeople: []string{ben}}, "people", "Keep one or the other"},
		"oneself":        {slackfake.Values{whatField: "a key", askedPeople: []string{ben, ana}}, "people", "can't ask yourself"},
		"only blanks":    {slackfake.Values{whatField: "  ", askedPeople: []string{ben}}, "what", "Say what you need"},
		"archived there": {slackfake.Values{whatField: "a key", askedPlace: random}, "place", "Nobody was asked, and nothing was stored"},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(w *world) {
				if name == "archived there" {
					w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: random, Error: "restricted_action"})
				}
				w.command(ana, general, "ask")
				w.submit(ana, c.values)
				contains(w.T, w.slack.View(ana).Errors[c.field], c.says)
				if v := w.slack.View(ana); v.Input(whatField).Value != c.values[whatField] {
					w.Errorf("what was typed is %q now", v.Input(whatField).Value)
				}
			})
		})
	}
}

func TestAnAskerWithoutDMsAsksNobody(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
		w.command(ana, general, "ask")
		w.submit(ana, slackfake.Values{whatField: "a key", askedPeople: []string{ben}})
		contains(w.T, w.slack.View(ana).Errors["people"], "can't send you a direct message", "Nobody was asked")
		if n := len(w.messages(ben, w.slack.AppDM(ben))); n != 0 {
			w.Error("ben was asked")
		}
	})
}

// What is stored then is on the receipt, with Burn and another try.
func TestAnAskerWhoCantBeReachedAnyMore(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben)
		w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
		w.answers(ben, asked)
		w.sees(w.receipt(ben), "[Burn]", "They can't get messages from me", "[Try again for 1 person]")
		w.sees(w.again(ben, asked), "[Send it]")
		lacks(w.T, w.logs.String(), `"event":"answered"`)
	})
}

func TestAFormThatIsClosedChangesNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben)
		for _, button := range []string{"Send it", "I don't have it"} {
			w.press(ben, asked, button)
			w.did(w.slack.CloseView(w.Context(), ben))
		}
		w.sees(w.again(ben, asked), "[Send it]", "[I don't have it]")
		w.sees(w.card(), "ben: waiting")
		if w.ots.Secrets() != 0 {
			w.Error("stored")
		}
	})
}

func TestWhoLeftTheConversationStillAnswers(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asksIn(general, nil)
		w.press(ben, asked, "Send it")
		w.slack.EditChannel(general, func(c *slackfake.Channel) { c.Members = []string{ana} })
		w.submit(ben, slackfake.Values{"Secret": "hunter2"})
		w.sees(w.last(ana, general), "ben answered @ana's request")
		w.told(ana, w.slack.AppDM(ana), "Asked for: the staging password")
	})
}

func TestAnAnswerThatOneTimeSecretDoesntTakeStaysInTheForm(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben)
		mend := w.ots.Fault(otsfake.Fault{Down: true})
		w.answers(ben, asked)
		v := w.slack.View(ben)
		if v == nil || v.Input("Secret").Value != "hunter2" {
			w.Fatalf("what was typed is gone: %+v", v)
		}
		w.sees(w.again(ben, asked), "[Send it]")
		mend()
		w.submit(ben, nil)
		w.sees(w.again(ben, asked), "You answered")
		w.sees(w.card(), "ben: answered")
	})
}

func TestARequestsButtonsAreTheirsAlone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben)
		for _, button := range []string{"Send it", "I don't have it"} {
			env, err := w.slack.PreparePress(ben, asked, button)
			if err != nil {
				w.Fatal(err)
			}
			whole := env.Payload
			env.Payload = replace(w.T, whole, `"user":{"id":"`+ben+`"`, `"user":{"id":"`+eve+`"`)
			w.did(w.slack.Send(w.Context(), env))
			env, _ = w.slack.PreparePress(ben, asked, button)
			env.Payload = replace(w.T, env.Payload, "the staging password\\\"", "the other password\\\"")
			w.did(w.slack.Send(w.Context(), env))
		}
		env, err := w.slack.PreparePress(ana, w.card(), "Withdraw")
		if err != nil {
			w.Fatal(err)
		}
		env.Payload = replace(w.T, env.Payload, `"user":{"id":"`+ana+`"`, `"user":{"id":"`+eve+`"`)
		w.did(w.slack.Send(w.Context(), env))
		if n := strings.Count(w.logs.String(), `"what":"foreign_button"`); n != 3 {
			w.Errorf("%d foreign buttons, want 3", n)
		}
		if n := strings.Count(w.logs.String(), `"what":"button"`); n != 2 {
			w.Errorf("%d changed buttons, want 2", n)
		}
		if w.slack.View(eve) != nil || w.slack.View(ben) != nil {
			w.Error("a form opened")
		}
		w.sees(w.card(), "ben: waiting")
	})
}

// twice submits a form, and once more from another device, and returns what the
// second is answered.
func (w *world) twice(user string, values slackfake.Values) *slackfake.Interaction {
	w.Helper()
	if err := w.slack.Fill(user, values); err != nil {
		w.Fatal(err)
	}
	var sent []slackfake.Envelope
	for range 2 {
		e, err := w.slack.PrepareSubmit(user)
		if err != nil {
			w.Fatal(err)
		}
		sent = append(sent, e)
	}
	w.did(w.slack.Send(w.Context(), sent[0]))
	return w.did(w.slack.Send(w.Context(), sent[1]))
}

// Two forms, on two devices say: the second is told, and stores nothing.
func TestSendItPressedTwice(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben)
		w.press(ben, asked, "Send it")
		second := w.twice(ben, slackfake.Values{"Secret": "hunter2"})
		contains(w.T, string(second.AckPayload), "You've answered this request already", "Nothing more was stored")
		if n := w.ots.Secrets(); n != 1 {
			w.Errorf("%d secrets", n)
		}
	})
}

func TestIDontHaveItPressedTwice(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben)
		w.press(ben, asked, "I don't have it")
		w.twice(ben, nil)
		if n := len(w.messages(ana, w.slack.AppDM(ana))); n != 2 {
			w.Errorf("ana has %d messages, want the card and one that says so", n)
		}
	})
}

// Slack doesn't post the reminder: what was asked before stays as it is, and where
// nobody was asked again, the day isn't used up.
func TestAReminderThatDoesntArriveLeavesWhatWasAsked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault      slackfake.Fault
		says, next string
	}{
		"refused": {slackfake.Fault{Error: "not_in_channel"}, "I couldn't reach anyone, so nobody was asked again", "I've asked again. "},
		"limited": {slackfake.Fault{RetryAfter: time.Hour}, "I couldn't reach anyone, so nobody was asked again", "I've asked again. "},
		"open":    {slackfake.Fault{Status: 500}, "Slack didn't confirm that anyone was asked again", "again from"},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(w *world) {
				asked := w.asksIn(general, nil)
				fault := c.fault // one each
				fault.Method, fault.Channel = "chat.postMessage", general
				mend := w.slack.Fault(fault)
				w.press(ana, w.card(), "Remind")
				w.settle(time.Minute)
				w.told(ana, w.slack.AppDM(ana), c.says)
				for _, m := range w.messages(ana, w.slack.AppDM(ana)) {
					lacks(w.T, m.PlainText(), "I've asked again")
				}
				w.sees(w.again(ben, asked), "[Send it]")
				if n := len(w.messages(ana, w.slack.AppDM(ana))); n != 2 {
					w.Errorf("ana has %d messages, want the card and what she is told", n)
				}
				mend()
				w.settle(2 * time.Hour)
				w.press(ana, w.card(), "Remind")
				w.told(ana, w.slack.AppDM(ana), c.next)
			})
		})
	}
}

// Some are reached: the day is used up, and nobody is said to be reached who may
// not be.
func TestAReminderThatReachesSomeSaysSo(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.asks(ben, eve)
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: eve, Error: "messages_tab_disabled"})
		w.press(ana, w.card(), "Remind")
		w.told(ana, w.slack.AppDM(ana), "I've asked again, but I may not have reached everyone")
		w.press(ana, w.card(), "Remind")
		w.told(ana, w.slack.AppDM(ana), "You can remind them once a day")
	})
}

func TestTheAskerDoesntAnswer(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asksIn(general, nil)
		w.press(ana, asked, "Send it")
		w.told(ana, general, "This is your own request")
	})
}

// Without a store, a process that ended took the rest with it: buttons hold what
// they need.
func TestRequestsOutliveAProcess(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked, other := w.asks(ben, eve), slackfake.Message{}
		other = w.last(eve, w.slack.AppDM(eve))
		card := w.card()
		w.kill()
		w.restart()
		w.answers(ben, asked)
		w.sees(w.again(ben, asked), "You answered @ana's request")
		w.told(ana, w.slack.AppDM(ana), "Asked for: the staging password")
		w.press(ana, card, "Remind")
		w.sees(w.card(), "ben: answered", "eve: waiting")
		w.sees(w.last(eve, w.slack.AppDM(eve)), "ana still needs")
		lacks(w.T, w.again(eve, other).PlainText(), "[Send it]")
		w.press(ana, w.card(), "Withdraw")
		w.sees(w.card(), "You've withdrawn this request")
		lacks(w.T, w.last(eve, w.slack.AppDM(eve)).PlainText(), "[Send it]")
	})
}

func TestAnsweredStaysAnsweredWithAStore(t *testing.T) {
	t.Parallel()
	stays := func(w *world) {
		w.slack.EditChannel(general, func(c *slackfake.Channel) { c.Members = append(c.Members, eve) })
		asked := w.asksIn(general, nil)
		w.press(ben, asked, "Send it")
		w.answers(eve, asked)
		w.kill()
		w.restart()
		w.submit(ben, slackfake.Values{"Secret": "too late"})
		contains(w.T, w.slack.View(ben).Errors["secret"], "Somebody else has answered", "Nothing was stored")
		if n := w.ots.Secrets(); n != 1 {
			w.Errorf("%d secrets", n)
		}
	}
	file := "file:" + t.TempDir() + "/otsbot.db"
	t.Run("a file", func(t *testing.T) { inWorld(t, stays, func(c *bot.Config) { c.StoreURL = file }) })
	t.Run("two replicas", func(t *testing.T) { inReplicas(t, slackfake.Options{}, stays) })
}
