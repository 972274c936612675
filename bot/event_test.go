package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// unknownEvent is one that no person did, that nothing answers, and that has its user
// as an object.
func unknownEvent(n int) slackfake.Envelope {
	return slackfake.Envelope{ID: fmt.Sprint("E", n), Type: "events_api", Payload: fmt.Appendf(nil,
		`{"type":"event_callback","event_id":"Ev%d","event":{"type":"event_of_tomorrow","user":{"id":"UBEN","name":"ben"}}}`, n)}
}

// What there is no room for is left for Slack to bring again, as often as it does.
func TestOfABurstOfEventsNobodyIsTold(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		clear := w.ots.Fault(otsfake.Fault{Delay: 5 * time.Second})
		w.flood()
		clear()
		asked := len(w.slack.Calls("users.info"))
		for n := range 300 {
			go func() { _, _ = w.slack.Send(w.Context(), unknownEvent(n)) }()
		}
		synctest.Wait()
		if n := len(w.slack.Calls("users.info")); n != asked {
			t.Errorf("%d questions for somebody's language", n-asked)
		}
		w.settle(2 * time.Minute)
		if n := strings.Count(w.logs.String(), "nothing answers this payload"); n < bot.MaxOfOne {
			t.Errorf("only %d of 300 events were taken", n)
		}
		if told := w.messages(ben, w.slack.AppDM(ben)); len(told) != 0 {
			t.Errorf("ben was told %q", told[0].Text)
		}
		lacks(t, w.logs.String(), "nobody to tell", `"level":"error"`)
		w.command(ben, general, "after them")
		w.sees(w.receipt(ben), "Not opened yet")
	})
}

func TestTheAppIsOpenedByAUserWhoIsAnObject(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		w.command(ana, general, "hunter2")
		env, err := w.slack.PrepareOpenApp(ana, slackfake.HomeTab)
		if err != nil {
			t.Fatal(err)
		}
		env.Payload = altered(w.T, env.Payload, map[string]any{"id": ana, "name": "ana"}, "event", "user")
		w.did(w.slack.Send(w.Context(), env))
		contains(w.T, w.home(ana), "1 active secret")
	})
}
