package slackfake_test

import (
	"bytes"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"otsbot/bot/slackfake"
)

// bubble runs a test against a workspace in memory, where time is simulated.
func bubble(t *testing.T, opt slackfake.Options, test func(*testing.T, *app)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		test(t, startInMemory(t, opt))
	})
}

func (s *socket) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pings
}

// raw posts a message and returns the response as it came.
func (a *app) raw() (*http.Response, error) {
	req, err := http.NewRequest("POST", a.base+"/api/chat.postMessage", bytes.NewBufferString(`{"channel":"CGENERAL","text":"x"}`))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Authorization", "Bearer "+a.slack.BotToken())
	resp, err := a.http.Do(req)
	if err == nil {
		resp.Body.Close()
	}
	return resp, err
}

func TestAFault(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		fault  slackfake.Fault
		status int // 0: no answer at all
		header string
		posted int
		took   time.Duration
	}{
		{name: "error code", fault: slackfake.Fault{Error: "is_archived"}, status: 200},
		{name: "status", fault: slackfake.Fault{Status: 503}, status: 503},
		{name: "status after the effect", fault: slackfake.Fault{Status: 503, AfterEffect: true}, status: 503, posted: 1},
		{name: "429", fault: slackfake.Fault{RetryAfter: 90 * time.Second}, status: 429, header: "90"},
		{name: "429 by status", fault: slackfake.Fault{Status: 429}, status: 429, header: "1"},
		{name: "429 without a header", fault: slackfake.Fault{Status: 429, NoRetryAfter: true}, status: 429},
		{name: "a web page", fault: slackfake.Fault{HTML: true}, status: 200},
		{name: "a web page with a status", fault: slackfake.Fault{HTML: true, Status: 502}, status: 502},
		{name: "dropped", fault: slackfake.Fault{Drop: true}},
		{name: "dropped after the effect", fault: slackfake.Fault{Drop: true, AfterEffect: true}, posted: 1},
		{name: "slow", fault: slackfake.Fault{Delay: 8 * time.Second}, status: 200, posted: 1, took: 8 * time.Second},
		{name: "slow after the effect", fault: slackfake.Fault{Delay: 8 * time.Second, AfterEffect: true}, status: 200, posted: 1, took: 8 * time.Second},
		{name: "slow, then an error", fault: slackfake.Fault{Delay: 8 * time.Second, Status: 500}, status: 500, took: 8 * time.Second},
		{name: "of another method", fault: slackfake.Fault{Method: "chat.update", Status: 500}, status: 200, posted: 1},
		{name: "of another channel", fault: slackfake.Fault{Channel: "CRANDOM", Status: 500}, status: 200, posted: 1},
		{name: "of this channel", fault: slackfake.Fault{Channel: "CGENERAL", Status: 500}, status: 500},
		{name: "of all methods", fault: slackfake.Fault{Method: "*", Status: 500}, status: 500},
	} {
		bubble(t, slackfake.Options{}, func(t *testing.T, a *app) {
			if row.fault.Method == "" {
				row.fault.Method = "chat.postMessage"
			}
			a.slack.Fault(row.fault)
			began := time.Now()
			resp, err := a.raw()
			status, header := 0, ""
			if err == nil {
				status, header = resp.StatusCode, resp.Header.Get("Retry-After")
			}
			expect(t, row.name+": status", status, row.status)
			expect(t, row.name+": retry after", header, row.header)
			expect(t, row.name+": posted", len(a.slack.Messages("UANA", "CGENERAL")), row.posted)
			expect(t, row.name+": took", time.Since(began), row.took)
		})
	}
}

func TestACallThatTheAppGaveUpIsJournaled(t *testing.T) {
	t.Parallel()
	bubble(t, slackfake.Options{}, func(t *testing.T, a *app) {
		a.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Delay: time.Minute})
		a.http.Timeout = 5 * time.Second
		if _, err := a.raw(); err == nil {
			t.Error("the app got an answer")
		}
		synctest.Wait()
		call := a.slack.Calls("chat.postMessage")
		expect(t, "calls", len(call), 1)
		expect(t, "status", call[0].Status, 0)
		expect(t, "body", call[0].Body, `{"channel":"CGENERAL","text":"x"}`)
	})
}

func TestAFaultEnds(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	post := func() any { return a.call("chat.postMessage", m{"channel": "CGENERAL", "text": "x"})["error"] }
	a.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Error: "no_permission", Times: 2})
	expect(t, "once", post(), "no_permission")
	expect(t, "twice", post(), "no_permission")
	expect(t, "used up", post(), nil)
	clear := a.slack.Fault(slackfake.Fault{Method: "*", Error: "missing_scope", Needed: "chat:write"})
	expect(t, "until cleared", post(), "missing_scope")
	clear()
	expect(t, "cleared", post(), nil)
	expect(t, "journaled", len(a.slack.Calls("chat.postMessage")), 5)
}

func TestFaultsOfResponseURLs(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.answer(ackAll)
	url := a.command("CGENERAL", "x").ResponseURL
	a.slack.Fault(slackfake.Fault{Method: "response_url", Channel: "CGENERAL", Error: "no_service", Times: 1})
	status, v := a.respond(url, m{"text": "x"})
	expect(t, "status", status, 404)
	expect(t, "error", v["error"], "no_service")
	status, _ = a.respond(url, m{"text": "x"})
	expect(t, "afterwards", status, 200)
}

func TestFaultsOfConnecting(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.slack.Fault(slackfake.Fault{Method: "socket", Status: 503, Times: 1})
	_, resp, err := websocket.DefaultDialer.Dial(a.ticket(), nil)
	if err == nil || resp.StatusCode != 503 {
		t.Errorf("handshake: %v, %v", resp, err)
	}
	a.slack.Fault(slackfake.Fault{Method: "socket", Error: "link_disabled", Times: 1})
	s, hello := a.connect()
	expect(t, "hello", hello["type"], "hello")
	v, _ := s.read()
	expect(t, "disconnect", v["reason"], "link_disabled")
	a.slack.Fault(slackfake.Fault{Method: "apps.connections.open", Error: "invalid_auth", Times: 1})
	_, v = a.post(a.base+"/api/apps.connections.open", a.slack.AppToken(), m{})
	expect(t, "open", v["error"], "invalid_auth")
}

func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	bubble(t, slackfake.Options{}, func(t *testing.T, a *app) {
		s, _ := a.connect()
		waiting := make(chan error)
		go func() {
			_, err := a.slack.Command(t.Context(), "UANA", "CGENERAL", "/secret", "x")
			waiting <- err
		}()
		synctest.Wait()
		a.slack.Close()
		if <-waiting == nil {
			t.Error("a command was still waited for")
		}
		_, err := s.read()
		for err == nil {
			_, err = s.read()
		}
		if _, err := a.slack.Command(t.Context(), "UANA", "CGENERAL", "/secret", "x"); err == nil {
			t.Error("a closed workspace took a command")
		}
	})
}
