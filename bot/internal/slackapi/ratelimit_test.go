package slackapi

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/slackfake"
)

func limitedAnswer(after string) *http.Response {
	return &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {after}}}
}

func TestALimitBeyondTheCallersTimeIsToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits()
		l.note("chat.postMessage C1", limitedAnswer("60"))
		ctx, cancel := context.WithTimeout(t.Context(), PostTimeout)
		defer cancel()
		started := time.Now()
		var limited *slack.RateLimitedError
		if err := l.wait(ctx, "chat.postMessage C1"); !errors.As(err, &limited) || time.Since(started) != 0 {
			t.Errorf("%v after %v", err, time.Since(started))
		}
		time.Sleep(40 * time.Second)
		if err := l.wait(t.Context(), "chat.postMessage C1"); err != nil || time.Since(started) != time.Minute {
			t.Errorf("%v after %v, want to be let through when the minute is over", err, time.Since(started))
		}
	})
}

func TestLimitsThatAreOverAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits()
		for _, channel := range []string{"C1", "C2", "C3"} {
			l.note(channel, limitedAnswer("1"))
			time.Sleep(2 * time.Second)
		}
		if len(l.until) != 1 {
			t.Errorf("%d limits are remembered, want the last", len(l.until))
		}
		l.note("C4", limitedAnswer("1"))
		l.note("C5", limitedAnswer("1"))
		if len(l.until) != 2 {
			t.Errorf("%d limits are remembered, want the two that hold", len(l.until))
		}
	})
}

func TestSlacksWaitIsReadWithinReason(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"1": time.Second, "30": 30 * time.Second, "99999999999": 24 * time.Hour,
		"": limitedFor, "0": limitedFor, "-1": limitedFor, "soon": limitedFor,
	} {
		if got := retryAfter(limitedAnswer(value)); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

// A call that is given up while it waits for Slack's limit had no effect: Slack
// has refused it.
func TestAWaitThatIsCutShortEndsAsTheRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		workspace := slackfake.New(slackfake.Options{URL: "http://slack.test"})
		dial, stop := slackfake.ServeMemory(workspace)
		defer stop()
		client, err := New(Config{BotToken: workspace.BotToken(), AppToken: workspace.AppToken(), APIURL: "http://slack.test/api/", DialContext: dial})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		workspace.Fault(slackfake.Fault{Method: "chat.postMessage", RetryAfter: 20 * time.Second})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		time.AfterFunc(5*time.Second, cancel)
		if _, r := client.Post(ctx, "C1", Message{Text: "hello"}, ""); !r.Refused() || !r.Code.Limited() {
			t.Errorf("%+v", r)
		}
	})
}
