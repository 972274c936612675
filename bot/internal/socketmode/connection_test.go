package socketmode

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"otsbot/bot/slackfake"
)

func TestAPingIsAnsweredWithWhatItSaid(t *testing.T) {
	inScript(t, 1, func(ws *websocket.Conn, _ int) {
		says(helloFrame)(ws, 0)
		_ = ws.WriteControl(websocket.PingMessage, []byte("42"), time.Now().Add(time.Second))
	}, func(s *scripted) {
		if said, _, _ := s.all(); !slices.Equal(said, []string{"pong 42"}) {
			t.Errorf("the app said %q", said)
		}
	})
}

func TestASocketIsAliveAsLongAsAnythingComes(t *testing.T) {
	inScript(t, 1, func(ws *websocket.Conn, _ int) {
		for range 30 { // ten minutes, and never a ping
			says(helloFrame)(ws, 0)
			time.Sleep(silence * 2 / 3)
		}
	}, func(s *scripted) {
		time.Sleep(9 * time.Minute)
		if _, opened, _ := s.all(); len(opened) != 1 || !s.sockets.Ready() || !s.sockets.Turning() {
			t.Errorf("%d sockets opened, ready %v, turning %v", len(opened), s.sockets.Ready(), s.sockets.Turning())
		}
	})
}

func TestASocketServesOnceItHasSaidHello(t *testing.T) {
	inScript(t, 1, func(ws *websocket.Conn, _ int) { time.Sleep(helloWait / 2); says(helloFrame)(ws, 0) }, func(s *scripted) {
		if s.sockets.Ready() || s.connected() != 0 {
			t.Error("ready before the hello")
		}
		time.Sleep(helloWait)
		if _, opened, _ := s.all(); !s.sockets.Ready() || s.connected() != 1 || len(opened) != 1 {
			t.Errorf("not ready after the hello, or not with the first of %d", len(opened))
		}
	})
}

func TestASocketThatNeverSaysHelloIsClosedAndReplacedAfterAPause(t *testing.T) {
	inScript(t, 1, func(*websocket.Conn, int) {}, func(s *scripted) {
		time.Sleep(helloWait + 2*firstPause)
		_, opened, ended := s.all()
		if len(opened) != 2 || ended[0] == nil || s.sockets.Ready() {
			t.Fatalf("%d sockets opened, the first ended with %v", len(opened), ended[0])
		}
		if pause := opened[1].Sub(opened[0]) - helloWait; pause < firstPause/2 {
			t.Errorf("the second came after a pause of %v", pause)
		}
	})
}

func TestOneSocketIsOpenedAtATime(t *testing.T) {
	inScript(t, 3, func(ws *websocket.Conn, _ int) { time.Sleep(time.Second); says(helloFrame)(ws, 0) }, func(s *scripted) {
		time.Sleep(5 * time.Second)
		_, opened, _ := s.all()
		for i := range 2 {
			if apart := opened[i+1].Sub(opened[i]); apart < time.Second {
				t.Errorf("sockets %d and %d are opened %v apart, though a hello takes a second", i, i+1, apart)
			}
		}
	})
}

func TestSocketsThatEndAtOnceAreFollowedAfterGrowingPauses(t *testing.T) {
	inScript(t, 1, func(ws *websocket.Conn, _ int) { _ = ws.Close() }, func(s *scripted) {
		time.Sleep(8 * time.Second)
		_, opened, _ := s.all()
		for i := range len(opened) - 1 {
			if pause := opened[i+1].Sub(opened[i]); pause < firstPause/2<<i {
				t.Errorf("pause %d is %v", i+1, pause)
			}
		}
	})
}

func TestASocketThatIsLeavingServesAndIsNotCounted(t *testing.T) {
	for reason, serves := range map[string]bool{"warning": true, "refresh_requested": true, "link_disabled": false, "too_many_websockets": false} {
		t.Run(reason, func(t *testing.T) {
			inScript(t, 1, func(ws *websocket.Conn, number int) {
				if number == 0 {
					says(helloFrame, `{"type":"disconnect","reason":"`+reason+`"}`, envelopeFrame)(ws, 0)
				} // no other says hello
			}, func(s *scripted) {
				<-s.taken
				synctest.Wait()
				if s.sockets.Ready() != serves || s.connected() != 0 || s.leaving() != 1 {
					t.Errorf("ready %v, %d connected, %d leaving", s.sockets.Ready(), s.connected(), s.leaving())
				}
			})
		})
	}
}

func TestOnceStoppingEnvelopesAreLeftAndAcksStillGoOut(t *testing.T) {
	envelopes := make(chan *websocket.Conn, 1)
	inScript(t, 1, func(ws *websocket.Conn, _ int) { says(helloFrame, envelopeFrame)(ws, 0); envelopes <- ws }, func(s *scripted) {
		conn := <-s.taken
		s.sockets.StopTaking()
		says(envelopeFrame)(<-envelopes, 0)
		synctest.Wait()
		if len(s.taken) != 0 || s.sockets.Ready() {
			t.Errorf("%d envelopes were taken, ready %v", len(s.taken), s.sockets.Ready())
		}
		if err := conn.ack("E1", nil); err != nil {
			t.Error(err)
		}
		s.sockets.Close()
		said, _, ended := s.all()
		if !slices.Equal(said, []string{`{"envelope_id":"E1"}`}) {
			t.Errorf("the app said %q", said)
		}
		if !websocket.IsCloseError(ended[0], websocket.CloseNormalClosure) {
			t.Errorf("the socket ended with %v, want a goodbye", ended[0])
		}
	})
}

func TestWhenOneSocketIsRefusedForGoodAllEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slack := slackfake.New(slackfake.Options{URL: "http://slack.test"})
		dial, stop := slackfake.ServeMemory(slack)
		asks := newAsker(dial)
		cfg := Config{Open: asks.open, Plain: true, Connections: 2, DialContext: dial}
		s := New(cfg, func(*Envelope) {})
		result := make(chan error, 1)
		go func() { result <- s.Run(t.Context()) }()
		if err := slack.WaitConnected(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		slack.Fault(slackfake.Fault{Method: "apps.connections.open", Error: "token_revoked"})
		slack.KillConnections(slack.ConnectionNumbers()[0])
		killed := time.Now()
		var fatal *FatalError
		if err := <-result; !errors.As(err, &fatal) || time.Since(killed) > maxPause {
			t.Errorf("ended with %v after %v, while the other socket was well", err, time.Since(killed))
		}
		s.Close()
		asks.client.CloseIdleConnections()
		slack.Close()
		stop()
		time.Sleep(2 * farewell)
	})
}

func TestADialThatFailsIsToldWithoutItsURL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slack := slackfake.New(slackfake.Options{URL: "http://slack.test"})
		dial, stop := slackfake.ServeMemory(slack)
		asks := newAsker(dial)
		cfg := Config{Open: asks.open, Plain: true, Connections: 1, DialContext: dial}
		s := New(cfg, nil)
		s.dialer.Proxy = nil
		s.dialer.NetDialContext = func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.DNSError{Err: "CANARY", Name: "slack.test"}
		}
		_, err := s.open(t.Context())
		if err == nil || !strings.Contains(err.Error(), "host not found") {
			t.Errorf("opened with %v", err)
		}
		lacksCanary(t, fmt.Sprint(err))
		asks.client.CloseIdleConnections()
		slack.Close()
		stop()
	})
}

// What is turning answers /livez, so it must be neither always true nor ever
// false for a process that is on its way out.
func TestAKeeperThatNoLongerTurnsIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{Connections: 2}, nil)
		if !s.Turning() {
			t.Error("stuck before it started")
		}
		for i := range s.beats {
			s.beats[i].Store(time.Now().Unix())
		}
		time.Sleep(stuck)
		s.beats[0].Store(time.Now().Unix())
		if !s.Turning() {
			t.Error("stuck too soon")
		}
		time.Sleep(time.Second)
		if s.Turning() {
			t.Error("one keeper is stuck and nobody sees it")
		}
		s.StopTaking()
		if !s.Turning() {
			t.Error("stuck while it stops")
		}
	})
}

// A peer that reads no more must not hold up the acks of others for ever.
func TestAnAckThatCannotBeWrittenEndsItsSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe() // nobody reads what is written
		conn := newSocket(overPipe(t, near, far), zap.NewNop())
		started := time.Now()
		if conn.ack("E1", nil) == nil {
			t.Error("written to nobody")
		}
		if took := time.Since(started); took != AckDeadline {
			t.Errorf("given up after %v, want %v", took, AckDeadline)
		}
		if _, err := near.Write([]byte("x")); !errors.Is(err, net.ErrClosed) && !strings.Contains(fmt.Sprint(err), "closed") {
			t.Errorf("the socket is still open: %v", err)
		}
	})
}

// overPipe is the near end of a websocket whose far end answers the handshake
// and then neither reads nor closes.
func overPipe(t *testing.T, near, far net.Conn) *websocket.Conn {
	t.Helper()
	l := make(chan net.Conn, 1)
	l <- far
	done := make(chan struct{})
	go func() {
		defer close(done)
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = (&websocket.Upgrader{}).Upgrade(w, r, nil)
		})}
		_ = server.Serve(oneConn{l})
	}()
	dialer := websocket.Dialer{NetDial: func(string, string) (net.Conn, error) { return near, nil }}
	ws, _, err := dialer.DialContext(t.Context(), "ws://slack.test/", nil)
	if err != nil {
		t.Fatal(err)
	}
	<-done
	t.Cleanup(func() { near.Close(); far.Close() })
	return ws
}

// oneConn is a listener for one connection.
type oneConn struct{ conns chan net.Conn }

func (l oneConn) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	default:
		return nil, net.ErrClosed
	}
}
func (oneConn) Close() error   { return nil }
func (oneConn) Addr() net.Addr { return &net.TCPAddr{} }

// Slack drops what comes after an ack's first frame, and closes the socket.
func TestTheLongestAckIsOneFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slack := slackfake.New(slackfake.Options{URL: "http://slack.test"})
		slack.AddUser(slackfake.User{ID: "U1"})
		slack.AddChannel(slackfake.Channel{ID: "C1", Members: []string{"U1"}})
		dial, stop := slackfake.ServeMemory(slack)
		asks := newAsker(dial)
		cfg := Config{Open: asks.open, Plain: true, Connections: 1, DialContext: dial}
		longest, _ := EncodeAck(map[string]string{"text": strings.Repeat("<", MaxAckPayload-100)})
		s := New(cfg, func(e *Envelope) { _ = e.Ack(longest) })
		result := make(chan error, 1)
		go func() { result <- s.Run(t.Context()) }()
		if err := slack.WaitConnected(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if seen, err := slack.Command(t.Context(), "U1", "C1", "/secret", "help"); err != nil || len(seen.AckPayload) != len(longest) {
			t.Errorf("an ack of %d bytes arrived as one of %d, %v", len(longest), len(seen.AckPayload), err)
		}
		if v := slack.Violations(); len(v) > 0 {
			t.Errorf("Slack objects: %q", v)
		}
		s.Close()
		asks.client.CloseIdleConnections()
		slack.Close()
		stop()
	})
}

func TestWhichAcksMayCarryAPayload(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		envelope, payload string
		says              any
		want              bool
	}{
		{"slash_commands", "", nil, true},
		{"slash_commands", "", "yes", true},
		{"slash_commands", "", false, false},
		{"interactive", "view_submission", nil, true},
		{"interactive", "view_submission", []any{}, true},
		{"interactive", "view_submission", 0.0, true},
		{"interactive", "view_submission", false, false},
		{"interactive", "", nil, true}, // it may be a form
		{"interactive", "", false, false},
		{"interactive", "block_actions", nil, false},
		{"interactive", "block_actions", "yes", false},
		{"interactive", "block_actions", false, false},
		{"interactive", "block_actions", true, true},
		{"events_api", "", nil, false},
	} {
		if got := (frame{Accepts: c.says}).accepts(c.envelope, c.payload); got != c.want {
			t.Errorf("%s %s, said %v: %v", c.envelope, c.payload, c.says, got)
		}
	}
}

// An envelope's own type may be missing, null or a list.
func TestAnEnvelopeWithoutItsTypeIsWhatItsPayloadShows(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]string{
		`{"command":"/secret","text":"x"}`:                  Commands,
		`{"type":"view_submission","view":{}}`:              Interactive,
		`{"type":"block_actions","actions":[]}`:             Interactive,
		`{"type":"shortcut"}`:                               Interactive,
		`{"type":"message_action"}`:                         Interactive,
		`{"type":"event_callback","event":{"type":"x"}}`:    Events,
		`{"type":null,"event_id":"Ev1","event":[]}`:         Events,
		`{"type":[],"event":{}}`:                            Events,
		`{"type":"view_submission","event":null,"view":{}}`: Interactive,
		`null`: "", `[]`: "", `{}`: "", `{"type":7,"command":[]}`: "",
	} {
		for _, odd := range []string{"", `"type":null,`, `"type":[],`, `"type":{},`, `"type":7,`, `"type":"new",`} {
			e := ReadEnvelope([]byte(`{"envelope_id":"E1",` + odd + `"accepts_response_payload":true,"payload":` + payload + `}`))
			want := want
			if want == "" { // it may be a form, unless it is clearly something else
				want = Interactive
				if strings.Contains(odd, "new") {
					want = "new"
				}
			}
			if e.Type != want || e.ID != "E1" || !e.Accepts {
				t.Errorf("%s of %s is %q, %q, %v; want %q", odd, payload, e.Type, e.ID, e.Accepts, want)
			}
		}
		for _, known := range []string{Commands, Interactive, Events} { // what is said counts
			if e := ReadEnvelope([]byte(`{"type":"` + known + `","payload":` + payload + `}`)); e.Type != known {
				t.Errorf("%s of %s is %q", known, payload, e.Type)
			}
		}
	}
}

// Only a Slack on this machine, whose API is plain http, has plain sockets: on
// any other, what people type would cross the network in clear.
func TestASocketIsAsSafeAsTheAPI(t *testing.T) {
	for _, c := range []struct {
		api, socket string
		safe        bool
	}{
		{"https://slack.com/api/", "wss://wss-primary.slack.com/link/?ticket=1", true},
		{"https://slack.com/api/", "ws://wss-primary.slack.com/link/?ticket=1", false},
		{"https://slack.com/api/", "WS://wss-primary.slack.com/link/?ticket=1", false},
		{"https://slack.com/api/", "ws://127.0.0.1/", false},
		{"https://slack.com/api/", "http://slack.com/", false},
		{"https://slack.com/api/", "wss://", false},
		{"https://slack.com/api/", ":", false},
		{"http://127.0.0.1:8000/api/", "ws://127.0.0.1:9000/link", true},
		{"http://127.0.0.1:8000/api/", "ws://localhost:9000/link", true},
		{"http://127.0.0.1:8000/api/", "wss://slack.test/link", true},
	} {
		if got := New(Config{Plain: strings.HasPrefix(c.api, "http://")}, nil).safe(c.socket); got != c.safe {
			t.Errorf("%s names %s: safe %v, want %v", c.api, c.socket, got, c.safe)
		}
	}
	for _, safe := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			core, logs := observer.New(zap.DebugLevel)
			s, stop := newScripted(zap.New(core), 1, says(helloFrame))
			defer stop()
			if safe {
				s.sockets.cfg.Plain = false // and the URL is ws://
			}
			s.start()
			time.Sleep(time.Minute)
			if s.sockets.Ready() == safe {
				t.Errorf("the API is safe: %v, a plain socket opened: %v", safe, !safe)
			}
			if refused := logs.FilterMessage("socket not opened").Len(); (refused > 0) != safe {
				t.Errorf("%d refusals logged", refused)
			}
		})
	}
}

// Half a close, half a frame: each ends the socket and not the bot, and a
// successor comes.
func TestASocketThatBreaksOffIsReplaced(t *testing.T) {
	for name, breaks := range map[string]func(net.Conn){
		"closed without a close frame": func(raw net.Conn) { _ = raw.Close() },
		"half a header":                func(raw net.Conn) { _, _ = raw.Write([]byte{0x81}); _ = raw.Close() },
		"half a frame, and no more":    func(raw net.Conn) { _, _ = raw.Write([]byte("\x81\x7e\x10\x00{\"type\":")) },
		"half a frame, and the end": func(raw net.Conn) {
			_, _ = raw.Write([]byte("\x81\x7e\x10\x00{\"type\":"))
			_ = raw.Close()
		},
		"a frame that has no end in sight": func(raw net.Conn) { _, _ = raw.Write([]byte("\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff")) },
		"a masked frame":                   func(raw net.Conn) { _, _ = raw.Write([]byte("\x81\x81\x00\x00\x00\x00x")) },
		"an opcode that is none":           func(raw net.Conn) { _, _ = raw.Write([]byte("\x83\x00")) },
		"text that is no UTF-8":            func(raw net.Conn) { _, _ = raw.Write([]byte("\x81\x02\xff\xfe")); _ = raw.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			inScript(t, 1, func(ws *websocket.Conn, number int) {
				says(helloFrame)(ws, number)
				if number == 0 {
					time.Sleep(steady)
					breaks(ws.NetConn())
				}
			}, func(s *scripted) {
				time.Sleep(steady + silence + 5*time.Second)
				synctest.Wait()
				if _, opened, _ := s.all(); len(opened) < 2 || !s.sockets.Ready() {
					t.Errorf("%d sockets opened, ready %v", len(opened), s.sockets.Ready())
				}
			})
		})
	}
}
