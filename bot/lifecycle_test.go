package bot_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

func TestStoppingDeliversWhatIsInFlight(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.ots.Fault(otsfake.Fault{Delay: 2 * time.Second, Times: 10})
		for i := range 10 {
			go func() {
				_, _ = w.slack.Command(w.Context(), ana, general, "/secret", fmt.Sprintf("secret %d", i))
			}()
		}
		synctest.Wait()
		started := time.Now()
		if err := w.stop(); err != nil {
			t.Errorf("stopped with %v", err)
		}
		if took := time.Since(started); took > 15*time.Second {
			t.Errorf("it took %v", took)
		}
		if n := len(w.messages(ben, general)); n != 10 {
			t.Errorf("%d links posted, want 10", n)
		}
		if n := len(w.messages(ana, w.slack.AppDM(ana))); n != 10 {
			t.Errorf("%d receipts, want 10", n)
		}
	})
}

func TestStoppingAnswersASubmittedForm(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "")
		w.ots.Fault(otsfake.Fault{Delay: 4 * time.Second, Times: 1})
		acked := make(chan *slackfake.Interaction)
		go func() {
			seen, _ := w.slack.Submit(w.Context(), ana, slackfake.Values{"Secret": "hunter2"})
			acked <- seen
		}()
		synctest.Wait()
		stopped := make(chan error)
		go func() { stopped <- w.stop() }()
		if seen := <-acked; !seen.Acked || seen.Error != "" {
			t.Errorf("the form was not answered: %q", seen.Error)
		}
		if err := <-stopped; err != nil {
			t.Errorf("stopped with %v", err)
		}
		contains(t, w.slack.View(ana).PlainText(), "The link was posted")
	})
}

func TestWhatCannotBeDeliveredInTimeIsBurnedAndItsCreatorTold(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: general, Delay: time.Hour})
		go func() { _, _ = w.slack.Command(w.Context(), ana, general, "/secret", "hunter2") }()
		synctest.Wait()
		if w.ots.Secrets() != 1 {
			t.Fatal("no secret yet")
		}
		started := time.Now()
		if err := w.stop(); err != nil {
			t.Errorf("stopped with %v: nothing was left over", err)
		}
		if took := time.Since(started); took > 25*time.Second {
			t.Errorf("it took %v, more than SHUTDOWN_TIMEOUT", took)
		}
		if w.ots.Secrets() != 0 {
			t.Error("the secret is still live")
		}
		w.sees(w.toldTo(ana, general), "burned the secret")
	}, func(c *bot.Config) { c.ShutdownTimeout = 10 * time.Second })
}

func TestWhatIsLeftOverIsNamedByItsFingerprint(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		synctest.Wait() // what is asked at the start has been answered
		w.slack.Fault(slackfake.Fault{Method: "*", Delay: time.Hour})
		w.slack.Fault(slackfake.Fault{Method: "response_url", Delay: time.Hour})
		go func() { _, _ = w.slack.Command(w.Context(), ana, general, "/secret", "hunter2") }()
		synctest.Wait()
		w.ots.Fault(otsfake.Fault{Down: true})
		started := time.Now()
		err := w.stop()
		if err == nil || !regexp.MustCompile(`not burned: \[[0-9a-f]{12}\]$`).MatchString(err.Error()) {
			t.Errorf("stopped with %v, want the fingerprint of what was left", err)
		}
		if took := time.Since(started); took > 26*time.Second {
			t.Errorf("it took %v, more than SHUTDOWN_TIMEOUT", took)
		}
	})
}

// Nothing ends such a call; the process ends all the same, and says for whom
// that was no end.
func TestWhoWasNeverAnsweredIsCountedAtTheEnd(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	stuck := transportFunc(func(*http.Request) (*http.Response, error) {
		<-hang
		return nil, errors.New("at last")
	})
	inWorld(t, func(w *world) {
		hang = make(chan struct{}) // of this bubble
		for range 3 {
			w.did(w.slack.Command(w.Context(), ana, general, "/secret", "hunter2"))
		}
		started := time.Now()
		if err := w.stop(); err == nil || !strings.Contains(err.Error(), "never answered: 3") {
			t.Errorf("stopped with %v", err)
		}
		if took := time.Since(started); took > 25*time.Second {
			t.Errorf("it took %v", took)
		}
		close(hang)
	}, withTransport(t, stuck))
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTheCreatorHearsOfWhatCouldNotBeBurned(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Delay: time.Hour})
		go func() { _, _ = w.slack.Command(w.Context(), ana, general, "/secret", "hunter2") }()
		synctest.Wait()
		w.ots.Fault(otsfake.Fault{Hang: true})
		if err := w.stop(); err == nil {
			t.Error("stopped as if nothing was left")
		}
		w.sees(w.toldTo(ana, general), "didn't confirm that the secret was burned", "expires by ")
		contains(t, w.logs.String(), `"event":"left_live"`)
	})
}

func TestAReceiptStillComesWhileStopping(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: w.slack.AppDM(ana), Delay: 7 * time.Second})
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ana, Delay: 7 * time.Second})
		go func() { _, _ = w.slack.Command(w.Context(), ana, general, "/secret", "hunter2") }()
		synctest.Wait()
		if err := w.stop(); err != nil {
			t.Errorf("stopped with %v", err)
		}
		w.sees(w.receipt(ana), "Not opened yet")
	}, func(c *bot.Config) { c.ShutdownTimeout = 10 * time.Second })
}

func TestAPanicIsToldAndStopsNothingElse(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "CANARY-hunter2")
		w.sees(w.last(ana, general), "Something went wrong")
		contains(t, w.logs.String(), `"panic"`, "*errors.errorString")
		lacks(t, w.logs.String(), "CANARY")
		w.command(ben, general, "help")
		w.sees(w.last(ben, general), "shares a password")
	}, func(c *bot.Config) {
		var err error
		c.OTS, err = otsclient.New(otsclient.Config{BaseURL: "https://ots.test", Transport: panicking{}})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// panicking is a transport with a bug.
type panicking struct{}

func (panicking) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	panic(errors.New("CANARY-value of " + string(body)))
}

func TestTooMuchIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		clear := w.ots.Fault(otsfake.Fault{Delay: 10 * time.Second})
		w.flood()
		clear()
		seen := w.command(ben, general, "one too many")
		contains(t, string(seen.AckPayload), "too busy", "Nothing was stored")
		w.settle(2 * time.Minute)
		if n := len(w.messages("UFLOOD0", general)); n != bot.MaxInFlight {
			t.Errorf("%d links, want %d", n, bot.MaxInFlight)
		}
		w.command(ben, general, "now there is room")
		w.sees(w.receipt(ben), "Not opened yet")
	})
}

// Buttons and shortcuts have no payload in their ack: those who can't be told
// get no ack, so that Slack itself says that it failed.
func TestNobodyIsRefusedInSilence(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ben, general, "before the flood")
		receipt := w.receipt(ben)
		clear := w.ots.Fault(otsfake.Fault{Delay: 10 * time.Second})
		w.flood()
		clear()
		w.slack.Fault(slackfake.Fault{Method: "response_url", Delay: time.Second, Times: 100})
		results := make(chan *slackfake.Interaction)
		for range 100 {
			go func() {
				seen, _ := w.slack.Press(w.Context(), ben, receipt, "Check")
				results <- seen
			}()
		}
		failed := 0
		for range 100 {
			if seen := <-results; !seen.Acked || seen.Error != "" {
				failed++
			}
		}
		w.settle(2 * time.Minute)
		told := 0
		for _, m := range w.messages(ben, w.slack.AppDM(ben)) {
			if m.Ephemeral {
				told++
			}
		}
		if told == 0 || failed == 0 || told+failed < 100 {
			t.Errorf("of 100 people %d were told that it is too much, and %d saw Slack say that it failed", told, failed)
		}
	})
}
