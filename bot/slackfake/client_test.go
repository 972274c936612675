package slackfake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"otsbot/bot/slackfake"
)

// app is the smallest Slack app there is: it calls methods, keeps one socket
// per connect, and answers what it is told to. It knows nothing of Slack's
// rules, so that a test can break each of them.
type app struct {
	t     testing.TB
	slack *slackfake.Workspace
	base  string
	dial  func(ctx context.Context, network, addr string) (net.Conn, error)
	http  *http.Client
}

// start serves a workspace on loopback, with ana and ben in #general. Time is
// real there, so nothing runs out of it: what is about time runs in a bubble, or
// on a clock of its own.
func start(t *testing.T, opt slackfake.Options) *app {
	t.Helper()
	if opt.Clock == nil {
		opt.TriggerLife = time.Hour
	}
	opt.AckTimeout = time.Hour
	w := slackfake.New(opt)
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	t.Cleanup(w.Close)
	populate(w)
	return &app{t: t, slack: w, base: server.URL, http: server.Client(), dial: (&net.Dialer{}).DialContext}
}

// startInMemory serves a workspace in memory, for tests inside a bubble.
func startInMemory(t *testing.T, opt slackfake.Options) *app {
	t.Helper()
	w := slackfake.New(opt)
	dial, stop := slackfake.ServeMemory(w)
	client := &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	t.Cleanup(stop)
	t.Cleanup(w.Close)
	populate(w)
	return &app{t: t, slack: w, base: "http://slack.test", http: client, dial: dial}
}

func populate(w *slackfake.Workspace) {
	w.AddUser(slackfake.User{ID: "UANA", Name: "ana"})
	w.AddUser(slackfake.User{ID: "UBEN", Name: "ben"})
	w.AddUser(slackfake.User{ID: "UCAL", Name: "cal"})
	w.AddChannel(slackfake.Channel{ID: "CGENERAL", Name: "general", Members: []string{"UANA", "UBEN"}, AppMember: true})
	w.AddChannel(slackfake.Channel{ID: "CRANDOM", Name: "random", Members: []string{"UANA", "UBEN"}})
	w.AddChannel(slackfake.Channel{ID: "GPRIVATE", Name: "board", Kind: slackfake.Private, Members: []string{"UANA", "UBEN"}})
	w.AddChannel(slackfake.Channel{ID: "DANABEN", Kind: slackfake.DM, Members: []string{"UANA", "UBEN"}})
}

// m is a JSON object.
type m = map[string]any

// post sends JSON with a token and returns status and answer.
func (a *app) post(url, token string, body any) (int, m) {
	a.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		a.t.Fatal(err)
	}
	req, err := http.NewRequest("POST", url, bytes.NewReader(data))
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return a.do(req)
}

func (a *app) do(req *http.Request) (int, m) {
	a.t.Helper()
	resp, err := a.http.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	var v m
	if json.Unmarshal(data, &v) != nil {
		v = m{"body": string(data)}
	}
	return resp.StatusCode, v
}

// call calls a method with the bot token.
func (a *app) call(method string, args m) m {
	a.t.Helper()
	_, v := a.post(a.base+"/api/"+method, a.slack.BotToken(), args)
	return v
}

// respond posts to a response URL.
func (a *app) respond(url string, body m) (int, m) {
	a.t.Helper()
	return a.post(url, "", body)
}

// socket is one Socket Mode connection of the app.
type socket struct {
	ws *websocket.Conn
	mu sync.Mutex
	// pings counts those that came.
	pings int
}

// ticket opens a connection's URL.
func (a *app) ticket() string {
	a.t.Helper()
	_, v := a.post(a.base+"/api/apps.connections.open", a.slack.AppToken(), m{})
	u, ok := v["url"].(string)
	if !ok {
		a.t.Fatalf("apps.connections.open: %v", v)
	}
	return u
}

// connect opens a socket and reads its hello.
func (a *app) connect() (*socket, m) {
	a.t.Helper()
	dialer := websocket.Dialer{NetDialContext: a.dial, WriteBufferSize: 64 << 10}
	ws, _, err := dialer.Dial(a.ticket(), nil)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { ws.Close() })
	s := &socket{ws: ws}
	ws.SetPingHandler(func(data string) error {
		s.mu.Lock()
		s.pings++
		s.mu.Unlock()
		return ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
	})
	hello, err := s.read()
	if err != nil {
		a.t.Fatal(err)
	}
	return s, hello
}

func (s *socket) read() (m, error) {
	var v m
	err := s.ws.ReadJSON(&v)
	return v, err
}

// ack acknowledges an envelope, with a payload or without.
func (s *socket) ack(envelope m, payload any) error {
	v := m{"envelope_id": envelope["envelope_id"]}
	if payload != nil {
		v["payload"] = payload
	}
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.ws.WriteMessage(websocket.TextMessage, data)
}

// answer connects, and acks each envelope with what handle returns, until the
// connection ends.
func (a *app) answer(handle func(payload m) any) *socket {
	a.t.Helper()
	s, _ := a.connect()
	go func() {
		for {
			envelope, err := s.read()
			if err != nil {
				return
			}
			if envelope["envelope_id"] == nil {
				continue
			}
			payload, _ := envelope["payload"].(m)
			s.ack(envelope, handle(payload))
		}
	}()
	return s
}

// ignore connects and acks nothing.
func (a *app) ignore() {
	a.t.Helper()
	s, _ := a.connect()
	go func() {
		for {
			if _, err := s.read(); err != nil {
				return
			}
		}
	}()
}

// journal returns the entries of one kind.
func (a *app) journal(kind slackfake.EntryKind) []slackfake.Entry {
	return slices.DeleteFunc(a.slack.Journal(), func(e slackfake.Entry) bool { return e.Kind != kind })
}

// ackAll acknowledges everything with nothing.
func ackAll(m) any { return nil }

func form(values ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(values); i += 2 {
		v.Set(values[i], values[i+1])
	}
	return v
}

func expect(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func section(text string) m {
	return m{"type": "section", "text": m{"type": "mrkdwn", "text": text}}
}

// field reads a field of an envelope's payload.
func field(t testing.TB, env slackfake.Envelope, name string) any {
	t.Helper()
	var payload m
	if err := json.Unmarshal(env.Payload, &payload); err != nil {
		t.Fatal(err)
	}
	return payload[name]
}
