package bot_test

import (
	"strings"
	"testing"
	"time"

	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// openPosts has Slack post to somebody and not say so.
func (w *world) openPosts(to string) (mend func()) {
	return w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: to, Status: 500, AfterEffect: true})
}

// Slack posts the request and doesn't say so: nobody reads that nobody was asked.
func TestARequestThatMayHaveArrivedWaits(t *testing.T) {
	t.Parallel()
	for name, to := range map[string]string{"a person": ben, "a conversation": general} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(w *world) {
				mend := w.openPosts(to)
				values := slackfake.Values{whatField: "the staging password"}
				place := to
				if to == ben {
					values[askedPeople], place = []string{ben}, w.slack.AppDM(ben)
				}
				w.command(ana, general, "ask")
				w.submit(ana, values)
				mend()
				if v := w.slack.View(ana); v != nil {
					w.Fatalf("the form stays: %s %v", v.PlainText(), v.Errors)
				}
				w.sees(w.card(), "waiting", "[Withdraw]")
				asked := w.last(ben, place)
				w.press(ana, w.card(), "Withdraw")
				w.press(ben, asked, "Send it")
				w.told(ben, place, "withdrawn")
				lacks(w.T, w.again(ben, asked).PlainText(), "[Send it]")
			})
		})
	}
}

func TestAnAnswerThatIsSentAgainCounts(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(w *world) (mend func()){
		"Slack didn't say": func(w *world) func() { return w.openPosts(ana) },
		"Slack refused": func(w *world) func() {
			return w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ana, Error: "messages_tab_disabled"})
		},
		"nothing was stored": func(w *world) func() { return w.ots.Fault(otsfake.Fault{Down: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(w *world) {
				asked := w.asks(ben)
				mend := trouble(w)
				w.answers(ben, asked)
				mend()
				w.sees(w.card(), "ben: waiting")
				if w.slack.View(ben) != nil {
					w.did(w.slack.CloseView(w.Context(), ben))
				}
				w.press(ben, w.receipt(ben), "Try again for 1 person")
				if w.slack.View(ben) != nil {
					w.submit(ben, slackfake.Values{"Secret": "hunter2"})
				}
				w.sees(w.card(), "ben: answered")
				w.sees(w.again(ben, asked), "You answered")
				contains(w.T, w.logs.String(), `"event":"answered"`)
			})
		})
	}
}

// The link is out, and its receipt on another device doesn't show that yet.
func TestAnAnswerThatIsOutCountsOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben)
		mend := w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ana, Error: "messages_tab_disabled"})
		w.answers(ben, asked)
		mend()
		first, second := w.pressing(ben, w.receipt(ben), "Try again for 1 person"), w.pressing(ben, w.receipt(ben), "Try again for 1 person")
		w.did(w.slack.Send(w.Context(), first))
		w.did(w.slack.Send(w.Context(), second))
		w.sees(w.card(), "ben: answered")
		if n := strings.Count(w.logs.String(), `"event":"answered"`); n != 1 {
			w.Errorf("audited %d times", n)
		}
	})
}

// What is over is over for the receipt's button too.
func TestAnAnswerIsNotSentAgainToWhoWithdrew(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben)
		mend := w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ana, Error: "messages_tab_disabled"})
		w.answers(ben, asked)
		mend()
		w.press(ana, w.card(), "Withdraw")
		w.press(ben, w.receipt(ben), "Try again for 1 person")
		w.told(ben, w.slack.AppDM(ben), "This request is over, so I didn't send the link")
		for _, m := range w.messages(ana, w.slack.AppDM(ana)) {
			lacks(w.T, m.PlainText(), "/secret/")
		}
		lacks(w.T, w.logs.String(), `"event":"answered"`)
	})
}

// Two forms at once, on two devices say: the asker reads it once.
func TestTwoFormsThatDeclineAtOnceTellOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		asked := w.asks(ben)
		w.press(ben, asked, "I don't have it")
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ana, Delay: 500 * time.Millisecond})
		var forms []slackfake.Envelope
		for range 2 {
			e, err := w.slack.PrepareSubmit(ben)
			if err != nil {
				w.Fatal(err)
			}
			forms = append(forms, e)
		}
		done := make(chan error, len(forms))
		for _, e := range forms {
			go func() {
				_, err := w.slack.Send(w.Context(), e)
				done <- err
			}()
		}
		for range forms {
			if err := <-done; err != nil {
				w.Error(err)
			}
		}
		w.settle(time.Minute)
		if n := len(w.messages(ana, w.slack.AppDM(ana))); n != 2 {
			for _, m := range w.messages(ana, w.slack.AppDM(ana)) {
				w.Log(m.PlainText())
			}
			w.Errorf("ana has %d messages, want the card and one that says so", n)
		}
		w.sees(w.card(), "ben: doesn't have it")
	})
}

// The receipt has room for the longest request.
func TestTheLongestRequestFitsItsReceipt(t *testing.T) {
	t.Parallel()
	for _, letter := range []string{"😀", `"`, "&"} {
		onBoth(t, func(w *world) {
			w.command(ana, general, "ask")
			w.submit(ana, slackfake.Values{whatField: strings.Repeat(letter, 150), askedPeople: []string{ben}})
			asked := w.last(ben, w.slack.AppDM(ben))
			mend := w.openPosts(ana)
			w.answers(ben, asked)
			mend()
			w.press(ben, w.receipt(ben), "Try again for 1 person")
			w.sees(w.card(), "ben: answered")
		})
	}
}
