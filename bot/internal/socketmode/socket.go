package socketmode

import (
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/zap"
)

const (
	// AckDeadline is how long Slack waits for an ack before it tells the
	// person that the app failed, https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
	AckDeadline = 3 * time.Second
	// maxEnvelope bounds a frame from Slack. A view may have 250 kB, a message
	// 40,000 characters with its blocks beside it.
	maxEnvelope = 4 << 20
	// silence is how long a socket may go without a ping or an envelope before
	// it is taken for dead. Slack's own clients use the same 30 s.
	silence = 30 * time.Second
	// farewell is how long a socket that Slack announced to close is read on:
	// the warning comes about 10 s ahead, and Slack does not always close the
	// TCP connection itself.
	farewell = 30 * time.Second
	// helloWait bounds the opening: URL, TLS, upgrade, hello.
	helloWait = 15 * time.Second
)

// socket is one connection.
type socket struct {
	ws      *websocket.Conn
	log     *zap.Logger
	greeted chan struct{} // closed at hello
	leaving chan struct{} // closed when a successor is needed; reason says why
	reason  string
	leave   func(reason string)
	hello   func(connections int)
	app     int          // connections of the app at hello, this one included
	heard   atomic.Int64 // Unix nanoseconds of the last frame

	unacked   atomic.Int64 // arrivals that wait for their ack
	finishing atomic.Bool  // it ends once there are none

	writing sync.Mutex
}

func newSocket(ws *websocket.Conn, log *zap.Logger) *socket {
	c := &socket{ws: ws, log: log, greeted: make(chan struct{}), leaving: make(chan struct{})}
	var once, greet sync.Once
	c.leave = func(reason string) {
		once.Do(func() { c.reason = reason; close(c.leaving) })
	}
	c.hello = func(connections int) { greet.Do(func() { c.app = connections; close(c.greeted) }) }
	return c
}

// read takes frames until the socket ends. It only decodes and hands over:
// whatever takes time here would delay every other ack and the pongs.
func (c *socket) read(s *Pool) {
	defer s.survive("reader of a socket")
	defer c.shut()
	defer c.leave("closed")
	c.ws.SetReadLimit(maxEnvelope)
	quiet := time.AfterFunc(silence, func() { c.retire("silent") })
	defer quiet.Stop()
	hear := func() {
		c.heard.Store(time.Now().UnixNano())
		quiet.Reset(silence)
	}
	hear()
	c.ws.SetPingHandler(func(data string) error {
		hear()
		// A pong that can't be written shows as a read error soon enough.
		_ = c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(AckDeadline))
		return nil
	})
	for {
		_, data, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		hear()
		c.frame(s, data)
	}
}

// frame does what one message asks. A bug in it costs that message: it is not
// acked, Slack tells the person, and a form stays open.
func (c *socket) frame(s *Pool, data []byte) {
	defer s.survive("reader of a socket")
	f := readFrame(data)
	switch {
	case f.Type == "hello":
		s.counted(f.NumConnections)
		c.hello(f.NumConnections)
		s.greeted()
	case f.Type == "disconnect":
		c.log.Info("socket is leaving", zap.String("reason", known(f.Reason)))
		c.retire(known(f.Reason))
	case f.EnvelopeID == "":
		// There is nothing to ack, and nobody to tell.
		c.log.Warn("socket message can't be read", zap.Int("bytes", len(data)))
	case !s.stopping.Load():
		s.take(arrival{c, f.EnvelopeID}, f)
	}
}

// refused says that Slack doesn't want this socket, other than one that is
// being refreshed, on which envelopes still arrive.
func (c *socket) refused() bool {
	return c.refusedFor("link_disabled") || c.refusedFor("too_many_websockets")
}

func (c *socket) refusedFor(reason string) bool { return isClosed(c.leaving) && c.reason == reason }

// known keeps the words of Slack's and ours in logs and metrics, and nothing
// else.
func known(reason string) string {
	switch reason {
	case "warning", "refresh_requested", "link_disabled", "too_many_websockets", "silent", "closed", "not_opened", renewed:
		return reason
	}
	return "other"
}

// retire asks for a successor and reads on until Slack closes, at most for
// the farewell: envelopes still arrive on a socket that was warned.
func (c *socket) retire(reason string) {
	c.leave(reason)
	time.AfterFunc(farewell, c.shut)
}

func (c *socket) shut() { _ = c.ws.Close() }

// ack answers an envelope on the socket that delivered it; whether Slack takes
// an ack on another one is not documented. It returns when the frame was
// written. A socket that cannot be written to is closed: Slack then delivers
// the envelope again, and once.go repeats the ack.
func (c *socket) ack(envelopeID string, payload json.RawMessage) error {
	defer c.bye()
	defer c.unacked.Add(-1)
	data, err := encodePlain(struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload,omitempty"`
	}{envelopeID, payload})
	if err != nil {
		return err
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(AckDeadline))
	if err := c.ws.WriteMessage(websocket.TextMessage, data); err != nil {
		c.shut()
		return errors.New("write ack: socket closed")
	}
	return nil
}
