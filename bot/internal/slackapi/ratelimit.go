package slackapi

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// limitedFor is how long we wait where Slack names no time. slack-go would
// wait a minute, which is longer than anybody looks at a command.
const limitedFor = 2 * time.Second

// inTime retries only if the wait ends before the caller's deadline; to wait
// longer would only tell the person later. It waits itself: a call that is given
// up meanwhile ends as Slack's refusal, which had no effect, and not as one of
// which nobody knows.
type inTime struct{ slack.RetryHandler }

func (h inTime) ShouldRetry(state *slack.RetryState, req *http.Request, resp *http.Response, err error) (bool, time.Duration) {
	retry, wait := h.RetryHandler.ShouldRetry(state, req, resp, err)
	if deadline, ok := req.Context().Deadline(); !retry || ok && time.Until(deadline) <= wait {
		return false, 0
	}
	select {
	case <-time.After(wait):
		return true, 0
	case <-req.Context().Done():
		return false, 0
	}
}

// limits remembers which calls Slack has asked to hold back. Slack counts by
// method, and for posts by channel as well,
// https://docs.slack.dev/apis/web-api/rate-limits, so a call that was refused
// holds back only its own kind. slack-go's retry knows one call at a time;
// without this, every other one would run into the same refusal.
type limits struct {
	mu    sync.Mutex
	until map[string]time.Time
}

func newLimits() *limits { return &limits{until: map[string]time.Time{}} }

// wait returns when a call of the kind may be made, or at once if that would
// be after the caller's deadline: the person is told sooner.
func (l *limits) wait(ctx context.Context, kind string) error {
	for {
		l.mu.Lock()
		pause := time.Until(l.until[kind])
		l.mu.Unlock()
		if pause <= 0 {
			return nil
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= pause {
			return &slack.RateLimitedError{RetryAfter: pause}
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return &slack.RateLimitedError{RetryAfter: pause}
		}
	}
}

// note remembers a refusal.
func (l *limits) note(kind string, resp *http.Response) {
	if resp.StatusCode != http.StatusTooManyRequests {
		return
	}
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	for old, until := range l.until {
		if until.Before(now) {
			delete(l.until, old)
		}
	}
	l.until[kind] = now.Add(retryAfter(resp))
}

// retryAfter reads the seconds that Slack asks to wait.
func retryAfter(resp *http.Response) time.Duration {
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		return limitedFor
	}
	return time.Duration(min(seconds, 24*60*60)) * time.Second
}
