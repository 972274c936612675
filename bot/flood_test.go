package bot_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// flood takes every place: as many people as it needs type as many commands as
// one may have at once.
func (w *world) flood() {
	w.Helper()
	for i := range bot.MaxInFlight {
		user := fmt.Sprint("UFLOOD", i/bot.MaxOfOne)
		if i%bot.MaxOfOne == 0 {
			w.slack.AddUser(slackfake.User{ID: user, Name: user})
			w.slack.EditChannel(general, func(c *slackfake.Channel) { c.Members = append(c.Members, user) })
		}
		go func() { _, _ = w.slack.Command(w.Context(), user, general, "/secret", "hunter2") }()
	}
	synctest.Wait()
}

func TestOnePersonsFloodLeavesRoomForOthers(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.ots.Fault(otsfake.Fault{Delay: 10 * time.Second, Times: bot.MaxOfOne})
		refused := make(chan bool, 300)
		for range 300 {
			go func() {
				seen, _ := w.slack.Command(w.Context(), ana, general, "/secret", "hunter2")
				refused <- len(seen.AckPayload) > 0
			}()
		}
		synctest.Wait()
		w.command(ben, general, "among them")
		w.sees(w.receipt(ben), "Not opened yet")
		w.settle(2 * time.Minute)
		busy := 0
		for range 300 {
			if <-refused {
				busy++
			}
		}
		if want := 300 - bot.MaxOfOne; busy != want {
			t.Errorf("%d of 300 commands were answered with busy, want %d", busy, want)
		}
		w.command(ana, general, "and now again")
		if n := len(w.messages(ben, general)); n != bot.MaxOfOne+2 {
			t.Errorf("%d links, want %d", n, bot.MaxOfOne+2)
		}
	})
}
