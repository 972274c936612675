package bot

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot/slackfake"
)

// inHook runs f with a response URL that answers one after the other, the last for
// good. An answer that is a number of seconds is a limit.
func inHook(t *testing.T, answers []string, f func(ctx context.Context, r *responseURLs, asked *int)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		dial, stop := slackfake.ServeMemory(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			answer := answers[min(asked, len(answers)-1)]
			asked++
			if seconds, ok := strings.CutPrefix(answer, "limit "); ok {
				w.Header().Set("Retry-After", seconds)
				w.WriteHeader(http.StatusTooManyRequests)
			}
			if whole, ok := strings.CutSuffix(answer, "…"); ok {
				w.Header().Set("Content-Length", "100")
				answer = whole
			}
			_, _ = io.WriteString(w, answer)
		}))
		client := newHTTPClient(dial)
		f(t.Context(), &responseURLs{client: client, plainHTTP: true}, &asked)
		client.CloseIdleConnections()
		stop()
	})
}

const someHook = "http://hooks.test/CANARY"

func TestAResponseURLsLimitIsKeptWithinItsTime(t *testing.T) {
	for name, c := range map[string]struct {
		answers []string
		within  time.Duration // of the caller's
		asked   int
		took    time.Duration
		code    string
	}{
		"for a second":                     {[]string{"limit 1", "ok"}, time.Minute, 2, time.Second, ""},
		"for longer than a post may take":  {[]string{"limit 31", "ok"}, time.Minute, 1, 0, "ratelimited"},
		"for longer than the caller waits": {[]string{"limit 10", "ok"}, 5 * time.Second, 1, 0, "ratelimited"},
		"again and again":                  {[]string{"limit 8"}, time.Hour, 4, 24 * time.Second, "ratelimited"},
	} {
		t.Run(name, func(t *testing.T) {
			inHook(t, c.answers, func(ctx context.Context, r *responseURLs, asked *int) {
				ctx, cancel := context.WithTimeout(ctx, c.within)
				defer cancel()
				started := time.Now()
				_, code := classify(r.post(ctx, someHook, hookMessage{Text: "x"}))
				if took := time.Since(started); code != c.code || *asked != c.asked || took != c.took {
					t.Errorf("%q after %v and %d tries; want %q, %v, %d", code, took, *asked, c.code, c.took, c.asked)
				}
			})
		})
	}
	t.Run("until the caller gives up", func(t *testing.T) {
		inHook(t, []string{"limit 10"}, func(ctx context.Context, r *responseURLs, _ *int) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(3*time.Second, cancel)
			started := time.Now()
			if _, code := classify(r.post(ctx, someHook, hookMessage{})); code != "ratelimited" || time.Since(started) != 3*time.Second {
				t.Errorf("%q after %v", code, time.Since(started))
			}
		})
	})
}

func TestWhatAResponseURLAnswers(t *testing.T) {
	for answer, want := range map[string]struct {
		f    failure
		code string
	}{
		"ok":                             {none, ""},
		" ok\n":                          {none, ""},
		`{"ok":true}`:                    {none, ""},
		`{"ok":false,"error":"no_text"}`: {refused, "no_text"},
		`{}`:                             {unproven, "no_answer"},
		`okay`:                           {unproven, "no_answer"},
		`<html>Welcome to our hotel`:     {unproven, "no_answer"},
		`ok…`:                            {unproven, "no_answer"}, // the answer breaks off
		`{"ok":true,"breaks off":…`:      {unproven, "no_answer"},
	} {
		t.Run(answer, func(t *testing.T) {
			inHook(t, []string{answer}, func(ctx context.Context, r *responseURLs, asked *int) {
				if f, code := classify(r.post(ctx, someHook, hookMessage{})); f != want.f || code != want.code || *asked != 1 {
					t.Errorf("%v %q after %d tries, want %v %q", f, code, *asked, want.f, want.code)
				}
			})
		})
	}
}

func TestAResponseURLIsAskedOnlyOverTLS(t *testing.T) {
	inHook(t, []string{"ok"}, func(ctx context.Context, r *responseURLs, asked *int) {
		r.plainHTTP = false // as wherever the Web API itself is https
		for _, url := range []string{someHook, "", "hooks.test/x", "ftp://hooks.test/x", "https:///x", "::"} {
			if _, code := classify(r.post(ctx, url, hookMessage{})); code != "no_response_url" || *asked > 0 {
				t.Errorf("%q: %q, asked %d times", url, code, *asked)
			}
		}
	})
}
