package bot_test

import (
	"strings"
	"testing"
	"time"

	"otsbot/bot/slackfake"
)

// links is how many links the app sent somebody.
func (w *world) links(user string) (n int) {
	for _, m := range w.messages(user, w.slack.AppDM(user)) {
		n += strings.Count(m.PlainText(), "/secret/")
	}
	return n
}

// pressing is a press that is about to be sent.
func (w *world) pressing(user string, m slackfake.Message, button string) slackfake.Envelope {
	w.Helper()
	e, err := w.slack.PreparePress(user, m, button)
	if err != nil {
		w.Fatal(err)
	}
	return e
}

// Whatever ended a request, wherever it stands: who has its form open or presses
// an old button is told so, and nothing is stored or sent.
func TestWhatIsOverIsAnsweredByNobody(t *testing.T) {
	t.Parallel()
	const dm = "DUBENAPP"
	places := map[string]string{"a direct message": dm, "a channel": general, "where the app is no member": between}
	endings := map[string]struct {
		end  func(w *world, asked slackfake.Message)
		says string
	}{
		"withdrawn": {func(w *world, _ slackfake.Message) { w.press(ana, w.card(), "Withdraw") }, "This request was withdrawn. Nothing was stored."},
		"expired":   {func(w *world, _ slackfake.Message) { w.settle(5*time.Minute + 5*time.Second) }, "This request has expired. Nothing was stored."},
		"answered by oneself": {func(w *world, asked slackfake.Message) { w.answers(ben, asked) },
			"You've answered this request already. Nothing more was stored."},
		"answered by somebody else": {func(w *world, asked slackfake.Message) { w.answers(eve, asked) },
			"Somebody else has answered this request. Nothing was stored."},
	}
	for where, channel := range places {
		for how, ending := range endings {
			if how == "answered by somebody else" && channel != general {
				continue // nobody else is asked there
			}
			over := func(t *testing.T, begin func(w *world, asked slackfake.Message) (finish func())) {
				t.Helper()
				onBoth(t, func(w *world) {
					w.slack.EditChannel(general, func(c *slackfake.Channel) { c.Members = append(c.Members, eve) })
					values := slackfake.Values{whatField: "a key", askedUntil: "5 minutes"}
					if channel == dm {
						values[askedPeople] = []string{ben}
					} else {
						values[askedPlace] = channel
					}
					w.command(ana, general, "ask")
					w.submit(ana, values)
					asked := w.last(ben, channel)
					finish := begin(w, asked)
					ending.end(w, asked)
					stored, sent, news := w.ots.Secrets(), w.links(ana), len(w.messages(ana, w.slack.AppDM(ana)))
					finish()
					if n := w.ots.Secrets(); n != stored {
						w.Errorf("%d secrets, %d before", n, stored)
					}
					if n := w.links(ana); n != sent {
						w.Errorf("ana has %d links, %d before", n, sent)
					}
					if n := len(w.messages(ana, w.slack.AppDM(ana))); n != news {
						w.Errorf("ana has %d messages, %d before", n, news)
					}
					lacks(w.T, w.again(ben, asked).PlainText(), "[Send it]", "[I don't have it]", "/secret/")
				}, following)
			}
			t.Run(where+", "+how, func(t *testing.T) {
				for button, field := range map[string]string{"Send it": "secret", "I don't have it": "word"} {
					t.Run("form of "+button, func(t *testing.T) {
						over(t, func(w *world, asked slackfake.Message) func() {
							w.press(ben, asked, button)
							form := w.about(ben, slackfake.Values{map[string]string{"secret": "Secret", "word": "Add a note"}[field]: "hunter2"})
							if how == "answered by oneself" { // on another device
								w.did(w.slack.CloseView(w.Context(), ben))
							}
							return func() {
								seen := w.did(w.slack.Send(w.Context(), form))
								contains(w.T, string(seen.AckPayload), `"`+field+`":"`+ending.says)
							}
						})
					})
					t.Run(button, func(t *testing.T) {
						over(t, func(w *world, asked slackfake.Message) func() {
							press := w.pressing(ben, asked, button)
							return func() {
								w.did(w.slack.Send(w.Context(), press))
								w.told(ben, channel, ending.says)
								if v := w.slack.View(ben); v != nil {
									w.Errorf("a form opened: %s", v.PlainText())
								}
							}
						})
					})
				}
			})
		}
	}
}
