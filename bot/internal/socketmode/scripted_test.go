package socketmode

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/zap"

	"otsbot/bot/slackfake"
)

// scripted is a Slack at the far end of the sockets that does what Slack does
// only on a bad day: a test writes what each connection says. slackfake is
// what Slack is like otherwise.
type scripted struct {
	sockets   *Pool
	script    func(ws *websocket.Conn, number int)
	taken     chan *socket // each that a new envelope came on
	envelopes chan *Envelope
	start     func()     // opens the sockets
	result    chan error // what run returned

	bugs []string // that were survived

	mu     sync.Mutex
	opened []time.Time   // when the app asked for a URL
	said   []string      // what the app wrote on its sockets
	ended  map[int]error // what reading the app's end of each ended with
}

const (
	helloFrame    = `{"type":"hello"}`
	envelopeFrame = `{"type":"slash_commands","envelope_id":"E1","payload":{}}`
)

// asker asks for sockets as an app does, which brings a Web API client of its
// own.
type asker struct{ client *http.Client }

func newAsker(dial dialFunc) asker {
	return asker{&http.Client{Transport: &http.Transport{DialContext: dial}}}
}

func (a asker) open(ctx context.Context) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://slack.test/api/apps.connections.open", nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+slackfake.New(slackfake.Options{}).AppToken())
	resp, err := a.client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var answer struct{ URL, Error string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", err
	}
	if answer.Error == "token_revoked" {
		return "", &FatalError{Code: answer.Error, Mend: "make a new one"}
	}
	return answer.URL, nil
}

// inScript runs f in a bubble in which so many sockets are kept open.
func inScript(t *testing.T, count int, script func(ws *websocket.Conn, number int), f func(s *scripted)) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		s, stop := newScripted(zap.NewNop(), count, script)
		defer stop()
		s.start()
		synctest.Wait()
		f(s)
	})
}

// newScripted makes sockets whose far end is the script. They open with start;
// stop closes them.
func newScripted(log *zap.Logger, count int, script func(ws *websocket.Conn, number int)) (s *scripted, stop func()) {
	s = &scripted{script: script, taken: make(chan *socket, 100), envelopes: make(chan *Envelope, 100), result: make(chan error, 1), ended: map[int]error{}}
	dial, stopServing := slackfake.ServeMemory(http.HandlerFunc(s.serve))
	slack := newAsker(dial)
	s.sockets = New(Config{Open: slack.open, Plain: true, Connections: count, Log: log, DialContext: dial,
		Panicked: func(where string, value any) { s.bugs = append(s.bugs, fmt.Sprintf("%s: %T", where, value)) }},
		func(e *Envelope) { s.taken <- e.first.conn; s.envelopes <- e })
	ctx, cancel := context.WithCancel(context.Background())
	s.start = func() { go func() { s.result <- s.sockets.Run(ctx) }() }
	return s, func() {
		cancel()
		s.sockets.Close()
		slack.client.CloseIdleConnections()
		time.Sleep(2 * farewell) // whatever was to end on its own has
		stopServing()
	}
}

// serve answers apps.connections.open, and plays the script on each socket,
// which stays open until the app closes it.
func (s *scripted) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	number := len(s.opened) - 1
	if r.URL.Path != "/socket" {
		s.opened = append(s.opened, time.Now())
		s.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"ok":true,"url":"ws://slack.test/socket"}`)
		return
	}
	s.mu.Unlock()
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	ws.SetPongHandler(func(data string) error { s.hear("pong " + data); return nil })
	go s.script(ws, number)
	for {
		_, data, err := ws.ReadMessage()
		if err != nil {
			s.mu.Lock()
			s.ended[number] = err
			s.mu.Unlock()
			return
		}
		s.hear(string(data))
	}
}

func (s *scripted) hear(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, what)
}

// all returns what the app said, and when it asked for sockets.
func (s *scripted) all() (said []string, opened []time.Time, ended map[int]error) {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said, s.opened, s.ended
}

// says writes frames on a socket, one after the other.
func says(frames ...string) func(*websocket.Conn, int) {
	return func(ws *websocket.Conn, number int) {
		for _, f := range frames {
			_ = ws.WriteMessage(websocket.TextMessage, []byte(strings.Replace(f, `"E1"`, fmt.Sprintf(`"E%d"`, number+1), 1)))
		}
	}
}

func (s *scripted) connected() int { n, _ := s.sockets.Counts(); return n }
func (s *scripted) leaving() int   { _, n := s.sockets.Counts(); return n }

func lacksCanary(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(text, "CANARY") {
		t.Errorf("leaks: %s", text)
	}
}
