package bot

import (
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

// The sockets are ours, not slack-go's: its managed connection closes on a
// "warning" before it has a successor, queues acks across reconnects, and
// reconnects without a pause for some reasons. Each of these loses commands.

const (
	// ackDeadline is how long Slack waits for an ack before it tells the
	// person that the app failed, https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
	ackDeadline = 3 * time.Second
	// maxAckPayload keeps an ack within what Slack's servers read: a frame of
	// 20,480 bytes closes the socket with 1009, "Max frame length of 20480 has
	// been exceeded." The rest is for the envelope's id.
	maxAckPayload = 20_000
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

// frame is the part of a Socket Mode message that the reader decodes,
// https://docs.slack.dev/apis/events-api/using-socket-mode
type frame struct {
	Type       string          `json:"type"`
	EnvelopeID string          `json:"envelope_id"`
	Accepts    *bool           `json:"accepts_response_payload"`
	Payload    json.RawMessage `json:"payload"`
	Reason     string          `json:"reason"`
	// NumConnections is how many connections the app has, this one included.
	NumConnections int `json:"num_connections"`
}

// accepts says whether the ack may carry a payload. Slack's samples say so of
// slash commands; that it says so of a submitted form is nowhere written down,
// though nothing else could answer one. So only a clear no counts there.
func (f frame) accepts(payloadType string) bool {
	if f.Accepts != nil {
		return *f.Accepts
	}
	return f.Type == "slash_commands" || payloadType == string(slack.InteractionTypeViewSubmission)
}

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
func (c *socket) read(s *sockets) {
	defer survive(c.log, s.metrics, "reader of a socket")
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
		_ = c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(ackDeadline))
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
func (c *socket) frame(s *sockets, data []byte) {
	defer survive(c.log, s.metrics, "reader of a socket")
	var f frame
	// A field of the wrong type leaves the others readable, and an envelope
	// that is not acked would come again for ever.
	_ = json.Unmarshal(data, &f)
	switch {
	case f.Type == "hello":
		s.counted(f.NumConnections)
		c.hello(f.NumConnections)
	case f.Type == "disconnect":
		c.log.Info("socket is leaving", zap.String("reason", known(f.Reason)))
		c.retire(known(f.Reason))
	case f.EnvelopeID == "":
		// There is nothing to ack, and nobody to tell.
		c.log.Warn("socket message can't be read", zap.Int("bytes", len(data)))
	case !s.stopping.Load():
		s.take(c, f)
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
	case "warning", "refresh_requested", "link_disabled", "too_many_websockets", "silent", "closed", "not_opened":
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
	data, err := encodePlain(struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload,omitempty"`
	}{envelopeID, payload})
	if err != nil {
		return err
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(ackDeadline))
	if err := c.ws.WriteMessage(websocket.TextMessage, data); err != nil {
		c.shut()
		return errors.New("write ack: socket closed")
	}
	return nil
}
