package bot

import (
	"context"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/zap"

	"otsbot/bot/internal/slackapi"
	"otsbot/bot/slackfake"
)

// scripted is a Slack at the far end of the sockets that does what Slack does
// only on a bad day: a test writes what each connection says. slackfake is
// what Slack is like otherwise.
type scripted struct {
	sockets *sockets
	script  func(ws *websocket.Conn, number int)
	taken   chan *socket // each that an envelope came on
	start   func()       // opens the sockets
	result  chan error   // what run returned

	mu     sync.Mutex
	opened []time.Time   // when the app asked for a URL
	said   []string      // what the app wrote on its sockets
	ended  map[int]error // what reading the app's end of each ended with
}

const (
	helloFrame    = `{"type":"hello"}`
	envelopeFrame = `{"type":"slash_commands","envelope_id":"E1","payload":{}}`
)

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
	s = &scripted{script: script, taken: make(chan *socket, 100), result: make(chan error, 1), ended: map[int]error{}}
	dial, stopServing := slackfake.ServeMemory(http.HandlerFunc(s.serve))
	cfg := Config{AppToken: "xapp-1", APIURL: "http://slack.test/api/", Connections: count, Log: log, DialContext: dial}
	client, err := slackapi.New(slackapi.Config{AppToken: cfg.AppToken, APIURL: cfg.APIURL, DialContext: dial})
	if err != nil {
		panic(err)
	}
	s.sockets = newSockets(cfg, client, newMetrics(&Bot{}), func(c *socket, _ frame) { s.taken <- c })
	ctx, cancel := context.WithCancel(context.Background())
	s.start = func() { go func() { s.result <- s.sockets.run(ctx) }() }
	return s, func() {
		cancel()
		s.sockets.close()
		client.Close()
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
	return func(ws *websocket.Conn, _ int) {
		for _, f := range frames {
			_ = ws.WriteMessage(websocket.TextMessage, []byte(f))
		}
	}
}
