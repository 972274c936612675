package slackapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/slackfake"
)

func TestATokenFollowsNoRedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	client := newSlackClient(Config{BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: server.URL}, &webAPI{newHTTPClient(nil), newLimits()})
	if _, err := client.AuthTestContext(t.Context()); err == nil {
		t.Error("a redirect is an answer")
	}
	if _, _, err := client.StartSocketModeContext(t.Context()); err == nil {
		t.Error("a redirect is a socket")
	}
}

func TestAnAnswerIsReadOnlySoFar(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.Copy(w, strings.NewReader(strings.Repeat("x", 2*maxAnswer)))
	}))
	defer server.Close()
	req, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL, nil)
	resp, err := exchange(newHTTPClient(nil), req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if n, _ := io.Copy(io.Discard, resp.Body); n != maxAnswer {
		t.Errorf("read %d bytes of an answer, want %d at most", n, maxAnswer)
	}
}

// Slack repeats the message or view in its answer, as it understood it.
func TestACallCountsThoughItsEchoIsOfAKindThatIsNew(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("token") != "" || r.Header.Get("Authorization") != "Bearer xoxb-1" {
			t.Errorf("authorized by %q with the form %v", r.Header.Get("Authorization"), r.Form)
		}
		if text := r.FormValue("text"); text != "a & b=c" && r.URL.Path != "/views.open" {
			t.Errorf("the text arrived as %q", text)
		}
		const echo = `{"blocks":[{"type":"rich_text","elements":"of a kind that is new"}]}`
		_, _ = io.WriteString(w, `{"ok":true,"channel":"C1","ts":"1.2","message":`+echo+`,"view":`+echo+`}`)
	}))
	defer server.Close()
	client := newSlackClient(Config{BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: server.URL}, &webAPI{newHTTPClient(nil), newLimits()})
	channel, ts, err := client.PostMessageContext(t.Context(), "C1", slack.MsgOptionText("a & b=c", false))
	if err != nil || channel != "C1" || ts != "1.2" {
		t.Errorf("posted in %q at %q, %v", channel, ts, err)
	}
	if _, err := client.OpenViewContext(t.Context(), "trigger", slack.ModalViewRequest{}); err != nil {
		t.Errorf("opened a view: %v", err)
	}
}

// Slack says ok, and posts in the conversation, where the thread's first message
// is gone; its answer shows it by what is not there.
func TestThePlaceOfAPostIsTakenFromSlacksAnswer(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]Place{
		`{"ok":true,"channel":"D1","ts":"1.2","message":{"ts":"1.2","thread_ts":"1.0","blocks":7}}`: {Channel: "D1", TS: "1.2", Thread: "1.0"},
		`{"ok":true,"channel":"D1","ts":"1.2","message":{"ts":"1.2"}}`:                              {Channel: "D1", TS: "1.2"},
		`{"ok":true,"channel":"D1","ts":"1.2","message":["of","a","new","kind"]}`:                   {Channel: "D1", TS: "1.2"},
		`{"ok":true,"channel":"D1","ts":"1.2"}`:                                                     {Channel: "D1", TS: "1.2"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }))
		client, err := New(Config{BotToken: "xoxb-1", APIURL: server.URL})
		if err != nil {
			t.Fatal(err)
		}
		if at, r := client.Post(t.Context(), "U1", Message{Text: "x"}, "1.0"); at != want || !r.OK() {
			t.Errorf("%s: posted at %+v, %+v; want %+v", answer, at, r, want)
		}
		server.Close()
	}
}

func TestAnAnswerThatBreaksOffProvesNothing(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"ok":true,"channel":"C1"`)
	}))
	defer server.Close()
	client := newSlackClient(Config{BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: server.URL}, &webAPI{newHTTPClient(nil), newLimits()})
	_, _, err := client.PostMessageContext(t.Context(), "C1", slack.MsgOptionText("a", false))
	if r := sort(err); !r.Unproven {
		t.Errorf("%v is %+v", err, r)
	}
}

// Who knows who says so in Slack's place.
func TestAnAnswerThatSaysNothingProvesNothing(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]Result{
		`{}`:                             {Code: noAnswer, Unproven: true},
		`[]`:                             {Code: noAnswer, Unproven: true},
		`{"ok":"yes"}`:                   {Code: noAnswer, Unproven: true},
		`{"ok":true,"channel":["C1"]}`:   {Code: noAnswer, Unproven: true},
		`{"ok":false}`:                   {Code: noAnswer, Unproven: true},
		`null`:                           {Code: noAnswer, Unproven: true},
		`{"ok":null}`:                    {Code: noAnswer, Unproven: true},
		`{"ok":[true]}`:                  {Code: noAnswer, Unproven: true},
		`{"ok":false,"error":null}`:      {Code: noAnswer, Unproven: true},
		`{"ok":false,"error":""}`:        {Code: noAnswer, Unproven: true},
		`{"ok":false,"error":" "}`:       {Code: noAnswer, Unproven: true},
		`{"ok":false,"error":["x"]}`:     {Code: noAnswer, Unproven: true},
		`{"ok":true,"ok":false}`:         {Code: noAnswer, Unproven: true},
		`{"error":null}`:                 {Code: noAnswer, Unproven: true},
		`{"error":"msg_big"}`:            {Code: "msg_big"},
		`{"ok":true,"error":null}`:       {},
		`{"ok":false,"error":"msg_big"}`: {Code: "msg_big"},
		`{"ok":false,"error":"missing_scope","needed":"chat:write"}`: {Code: "missing_scope", needed: "chat:write"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }))
		client, err := New(Config{BotToken: "xoxb-1", APIURL: server.URL})
		if err != nil {
			t.Fatal(err)
		}
		if _, r := client.Post(t.Context(), "C1", Message{Text: "x"}, ""); r != want {
			t.Errorf("%s is %+v, want %+v", answer, r, want)
		}
		server.Close()
	}
}

func TestWhatAFailureMeansForTheMessage(t *testing.T) {
	t.Parallel()
	said := func(code string) error { return fmt.Errorf("post: %w", slack.SlackErrorResponse{Err: code}) }
	for _, c := range []struct {
		err  error
		want Result
	}{
		{nil, Result{}},
		{said("channel_not_found"), Result{Code: "channel_not_found"}},
		{said("fatal_error"), Result{Code: "fatal_error", Unproven: true}},
		{said("internal_error"), Result{Code: "internal_error", Unproven: true}},
		{said("service_unavailable"), Result{Code: "service_unavailable", Unproven: true}},
		{said("request_timeout"), Result{Code: "request_timeout", Unproven: true}},
		{&slack.RateLimitedError{RetryAfter: time.Second}, Result{Code: rateLimited}},
		{slack.StatusCodeError{Code: http.StatusTooManyRequests}, Result{Code: rateLimited}},
		{slack.StatusCodeError{Code: http.StatusAccepted}, Result{Code: noAnswer, Unproven: true}},
		{slack.StatusCodeError{Code: http.StatusBadGateway}, Result{Code: serverError, Unproven: true}},
		{slack.StatusCodeError{Code: http.StatusForbidden}, Result{Code: httpError}},
		{errors.Join(errNotSent, io.EOF), Result{Code: unreachable}},
		{io.EOF, Result{Code: noAnswer, Unproven: true}},
	} {
		if got := sort(c.err); got != c.want {
			t.Errorf("%v is %+v, want %+v", c.err, got, c.want)
		}
	}
	for _, code := range []Code{"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"} {
		if !code.TokenRefused() {
			t.Errorf("%s is about the token", code)
		}
	}
}

// Only what cannot have reached Slack counts as not sent; and no error shows
// where it was to go.
func TestAnExchangeThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		dial    error
		open    bool
		took    time.Duration
	}{
		"no connection":   {nil, errors.New("refused"), false, 0},
		"cut in between":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil, true, 0},
		"never an answer": {func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body); <-r.Context().Done() }, nil, true, CallTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				memory, stop := slackfake.ServeMemory(c.handler)
				client := newHTTPClient(func(ctx context.Context, network, addr string) (net.Conn, error) {
					if c.dial != nil {
						return nil, c.dial
					}
					return memory(ctx, network, addr)
				})
				started := time.Now()
				req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://slack.test/CANARY", strings.NewReader("x"))
				_, err := exchange(client, req)
				if r := sort(err); r.OK() || r.Unproven != c.open || time.Since(started) != c.took {
					t.Errorf("%+v after %v", r, time.Since(started))
				}
				if strings.Contains(fmt.Sprint(err), "CANARY") {
					t.Errorf("the error shows the URL: %v", err)
				}
				client.CloseIdleConnections()
				stop()
			})
		})
	}
}

// After a "101 Switching Protocols" net/http keeps no deadline, and the body may
// have no end; neither may any other body.
func TestAnAnswerWithoutAnEndIsBoundedInTime(t *testing.T) {
	for name, c := range map[string]struct {
		says string
		took time.Duration
	}{
		"101":       {"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n{", 0},
		"999":       {"HTTP/1.1 999 No\r\n\r\n{", 0},
		"200":       {"HTTP/1.1 200 OK\r\n\r\n{", CallTimeout},
		"only half": {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", CallTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := newHTTPClient(func(context.Context, string, string) (net.Conn, error) {
					near, far := net.Pipe()
					go func() {
						_, _ = far.Read(make([]byte, 64<<10))
						_, _ = io.WriteString(far, c.says)
						_, _ = io.Copy(io.Discard, far) // and never ends it
					}()
					return near, nil
				})
				calls := map[string]func() error{
					"Web API": func() error {
						_, err := newSlackClient(Config{BotToken: "xoxb-1", APIURL: "http://slack.test"}, &webAPI{client, newLimits()}).AuthTestContext(t.Context())
						return err
					},
					"response URL": func() error {
						return newResponseURLs(client, &url.URL{Scheme: "http", Host: "slack.test"}).post(t.Context(), "http://slack.test/CANARY", Answer{})
					},
				}
				for name, call := range calls {
					started := time.Now()
					if r := sort(call()); r != (Result{Code: noAnswer, Unproven: true}) || time.Since(started) != c.took {
						t.Errorf("%s: %+v after %v", name, r, time.Since(started))
					}
				}
				client.CloseIdleConnections()
			})
		})
	}
}

// Who answers in Slack's place may put anything into what goes to the log.
func TestWhatSlackSaysIsNeededIsLoggedOnlyIfItIsAScope(t *testing.T) {
	t.Parallel()
	for needed, want := range map[string]string{
		"chat:write":                 "chat:write",
		"channels:read,groups:read":  "channels:read,groups:read",
		"https://ots.example/secret": "(not a scope)",
		"3xamp1e0metadata0key0of0a0": "(not a scope)",
		"line\nbreak":                "(not a scope)",
		strings.Repeat("a", 65):      "(not a scope)",
	} {
		if got := scopes(needed); got != want {
			t.Errorf("%q is logged as %q, want %q", needed, got, want)
		}
	}
}
