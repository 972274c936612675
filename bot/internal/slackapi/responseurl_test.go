package slackapi

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot/slackfake"
)

// inHook runs f with a response URL that answers one after the other, the last for
// good. "limit 3" is a limit of three seconds, "204: " another status than 200.
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
			if status, body, ok := strings.Cut(answer, ": "); ok && len(status) == 3 {
				code, _ := strconv.Atoi(status)
				w.WriteHeader(code)
				answer = body
			}
			if whole, ok := strings.CutSuffix(answer, "…"); ok {
				w.Header().Set("Content-Length", "100")
				answer = whole
			}
			_, _ = io.WriteString(w, answer)
		}))
		client := newHTTPClient(dial)
		f(t.Context(), newResponseURLs(client, &url.URL{Scheme: "http", Host: "hooks.test"}), &asked)
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
		code    Code
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
				code := sort(r.post(ctx, someHook, Answer{Text: "x"})).Code
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
			if code := sort(r.post(ctx, someHook, Answer{})).Code; code != "ratelimited" || time.Since(started) != 3*time.Second {
				t.Errorf("%q after %v", code, time.Since(started))
			}
		})
	})
}

// Only a clear yes was posted and only a clear no was not: whoever posts again
// could post twice, and whoever burns the secret could burn a link that people
// have. What somebody in between says leaves it open.
func TestWhatAResponseURLMayAnswer(t *testing.T) {
	posted, open := Result{}, Result{Code: noAnswer, Unproven: true}
	for answer, want := range map[string]Result{
		"ok":                                   posted,
		" ok\n":                                posted,
		"OK":                                   posted,
		"":                                     posted,
		"\r\n":                                 posted,
		"200: ":                                posted,
		"201: ok":                              posted,
		"202: ":                                posted,
		"204: ":                                posted,
		"null":                                 open,
		"{}":                                   posted,
		`"ok"`:                                 open,
		`{"ok":true}`:                          posted,
		`{"ok":true,"error":null}`:             posted,
		`{"message_ts":"1.2"}`:                 open,
		`["of","a","new","kind"]`:              open,
		`{"ok":false,"error":"no_text"}`:       {Code: "no_text"},
		`{"ok":false}`:                         {Code: "http_error"},
		`{"ok":false,"error":{"a":"b"}}`:       {Code: "http_error"},
		`{"error":"somebody in between"}`:      open,
		`{"message":"blocked by gateway"}`:     open,
		`"denied"`:                             open,
		`{"status":"error"}`:                   open,
		"okay":                                 open,
		"<html>Welcome to our hotel":           open,
		"202: <html>Please wait":               open,
		"ok…":                                  open, // the answer breaks off
		`{"ok":true,"breaks off":…`:            open,
		`404: {"ok":false,"error":"used_url"}`: {Code: "dead_response_url"},
		"404: used_url":                        {Code: "dead_response_url"},
		"302: ":                                {Code: "http_error"},
		"400: invalid_payload":                 {Code: "http_error"},
		"403: <html>Forbidden":                 {Code: "http_error"},
		"500: ok":                              {Code: "server_error", Unproven: true},
		"502: <html>Bad gateway":               {Code: "server_error", Unproven: true},
	} {
		t.Run(answer, func(t *testing.T) {
			inHook(t, []string{answer}, func(ctx context.Context, r *responseURLs, asked *int) {
				if got := sort(r.post(ctx, someHook, Answer{})); got != want || *asked != 1 {
					t.Errorf("%+v after %d tries, want %+v", got, *asked, want)
				}
			})
		})
	}
}

func TestAResponseURLIsUsedOnlyAtTheHostsOfSlack(t *testing.T) {
	t.Parallel()
	for api, c := range map[string]struct{ yes, no []string }{
		"https://slack.com/api/": {
			yes: []string{"https://hooks.slack.com/commands/T/1/x", "https://hooks.slack-gov.com/x", "https://HOOKS.slack.com:443/x", "https://slack.com/x"},
			no: []string{"", "::", "hooks.slack.com/x", "https:///x", "ftp://hooks.slack.com/x", "http://hooks.slack.com/x", "http://slack.com/x",
				"https://evil.example/x", "https://hooks.slack.com.evil.example/x", "https://hooks.slack.com@evil.example/x", "https://evil-slack.com/x",
				"https://127.0.0.1/x", "http://localhost:8080/x", "https://files.slack.com/x", "https://169.254.169.254/latest"},
		},
		"https://slack-gov.com/api/": {
			yes: []string{"https://hooks.slack-gov.com/x"},
			no:  []string{"https://evil.example/x"},
		},
		"https://emulator.test:8443/api/": {
			yes: []string{"https://emulator.test:8443/x", "https://emulator.test:9443/x", "https://hooks.slack.com/x"},
			no:  []string{"http://emulator.test:8443/x", "https://localhost/x"},
		},
		"http://emulator:3000/api/": {
			yes: []string{"http://emulator:3000/x", "http://Emulator:3001/x", "https://emulator/x", "http://localhost:3000/x", "http://127.0.0.2:1/x", "http://[::1]:3000/x"},
			no:  []string{"http://hooks.slack.com/x", "http://evil.example/x", "http://localhost.evil.example/x", "http://169.254.169.254/x", "http://10.0.0.1/x"},
		},
		"http://127.0.0.1:3000/api/": {
			yes: []string{"http://127.0.0.1:3000/x", "http://localhost:3001/x", "http://[::1]:3000/x"},
			no:  []string{"http://127.0.0.1.evil.example/x", "http://0x7f.1/x", "http://emulator:3000/x"},
		},
	} {
		base, _ := url.Parse(api)
		r := newResponseURLs(newHTTPClient(func(context.Context, string, string) (net.Conn, error) { return nil, io.EOF }), base)
		for _, hook := range c.yes {
			if code := sort(r.post(t.Context(), hook, Answer{Text: "x"})).Code; code != "unreachable" {
				t.Errorf("%s with the API at %s: %q, want a try", hook, api, code)
			}
		}
		for _, hook := range c.no {
			if code := sort(r.post(t.Context(), hook, Answer{Text: "x"})).Code; code != "no_response_url" {
				t.Errorf("%s with the API at %s: %q, want it not used", hook, api, code)
			}
		}
	}
}
