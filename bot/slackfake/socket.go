package slackfake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// maxConnections an app may have open at once,
	// https://docs.slack.dev/apis/events-api/using-socket-mode
	maxConnections = 10
	// maxFrame is the longest frame that Slack takes from an app: it closes the
	// socket with 1009 above it. Not documented; seen in production logs.
	maxFrame = 20_480
	// warningTime passes between a disconnect warning and the end.
	warningTime = 10 * time.Second
	// lingerTime bounds how long a closed socket is kept. Slack doesn't close
	// TCP after the close handshake: that is the client's part.
	lingerTime = 30 * time.Second
)

// conn is one Socket Mode connection. Its fields are guarded by the workspace's
// lock, but for ws and frames: one goroutine reads, one writes.
type conn struct {
	number int
	ws     *websocket.Conn
	frames *frameWatch

	queue   []outFrame
	wake    chan struct{} // has room for one
	quit    chan struct{} // closed when the connection is dead
	dead    bool
	hung    bool
	closing bool // a close frame is queued
}

type outFrame struct {
	kind int
	data []byte
}

func (c *conn) enqueue(kind int, data []byte) {
	if c.dead || c.closing {
		return
	}
	c.closing = kind == websocket.CloseMessage
	c.queue = append(c.queue, outFrame{kind, data})
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// kill cuts the connection without a word.
func (c *conn) kill() {
	if !c.dead {
		c.dead = true
		close(c.quit)
	}
	c.ws.Close()
}

// openConnection is apps.connections.open: it hands out a URL that is good for
// one connection.
func (w *Workspace) openConnection(*call) reply {
	ticket := random()
	w.tickets[ticket] = true
	base := "ws" + w.base[len("http"):]
	return reply{"url": base + "/link/?ticket=" + ticket + "&app_id=" + AppID}
}

func (w *Workspace) serveSocket(rw http.ResponseWriter, r *http.Request) {
	w.locked(func() {
		w.record(Entry{Kind: SocketEvent, Method: "connect", URL: r.URL.RequestURI(), Header: r.Header.Clone()})
	})
	fault := w.takeFault("socket", "")
	if !w.connecting(fault, rw, r) {
		return
	}
	ticket := r.URL.Query().Get("ticket")
	w.mu.Lock()
	valid := w.tickets[ticket] && !w.closed
	delete(w.tickets, ticket)
	w.mu.Unlock()
	if !valid {
		http.Error(rw, "invalid ticket", http.StatusUnauthorized)
		return
	}
	watched := &watchingWriter{ResponseWriter: rw}
	// A buffer of our own makes the upgrader read through the watched
	// connection instead of the server's buffer.
	up := websocket.Upgrader{ReadBufferSize: 4096, CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := up.Upgrade(watched, r, nil)
	if err != nil {
		return
	}
	c := w.addConn(ws, watched.frames, fault)
	if c == nil {
		ws.Close()
		return
	}
	defer w.wg.Done()
	go w.write(c)
	w.read(c)
}

// addConn greets a new connection, or sends it away. It takes two places in the
// wait group: the reader's and the writer's.
func (w *Workspace) addConn(ws *websocket.Conn, frames *frameWatch, fault *Fault) *conn {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.wg.Add(2)
	w.connSeq++
	c := &conn{number: w.connSeq, ws: ws, frames: frames, wake: make(chan struct{}, 1), quit: make(chan struct{})}
	open := w.openConns()
	w.conns = append(w.conns, c)
	if len(open) >= maxConnections {
		w.violate("opened %d connections, Slack allows %d", len(open)+1, maxConnections)
		w.disconnect(c, "too_many_websockets")
		return c
	}
	w.sendJSON(c, "hello", map[string]any{
		"type": "hello", "num_connections": len(open) + 1,
		"connection_info": map[string]any{"app_id": AppID},
		"debug_info": map[string]any{
			"host": "applink-offline", "build_number": 1,
			"approximate_connection_time": int(w.opt.ConnectionLife.Seconds()),
		},
	})
	if fault != nil && fault.Error != "" {
		w.disconnect(c, fault.Error)
		return c
	}
	waiting := w.pending
	w.pending = nil
	for _, e := range waiting {
		w.deliver(e)
		e.redeliver.Reset(w.opt.RedeliverAfter)
	}
	return c
}

// openConns are those that envelopes may go to. Called with the lock held.
func (w *Workspace) openConns() []*conn {
	return slices.DeleteFunc(slices.Clone(w.conns), func(c *conn) bool { return c.dead || c.closing })
}

func (w *Workspace) sendJSON(c *conn, event string, v any) {
	data, _ := json.Marshal(v)
	w.record(Entry{Kind: SocketEvent, Conn: c.number, Method: event, Body: string(data)})
	c.enqueue(websocket.TextMessage, data)
}

// write sends what is queued, pings, and ends the connection when its life is
// over. It is the only goroutine that writes data to the socket.
func (w *Workspace) write(c *conn) {
	defer w.wg.Done()
	ping := time.NewTicker(w.opt.PingInterval)
	defer ping.Stop()
	life := time.NewTimer(w.opt.ConnectionLife)
	defer life.Stop()
	for {
		select {
		case <-c.wake:
			w.flush(c)
		case <-ping.C:
			w.mu.Lock()
			skip := w.pingsStopped || c.hung || c.closing
			w.mu.Unlock()
			if !skip {
				c.ws.WriteControl(websocket.PingMessage, []byte("Ping from applink-offline"), time.Now().Add(lingerTime))
			}
		case <-life.C:
			w.mu.Lock()
			w.disconnect(c, "warning")
			w.mu.Unlock()
		case <-c.quit:
			return
		}
	}
}

func (w *Workspace) flush(c *conn) {
	for {
		w.mu.Lock()
		if len(c.queue) == 0 || c.hung {
			w.mu.Unlock()
			return
		}
		frame := c.queue[0]
		c.queue = c.queue[1:]
		w.mu.Unlock()
		if frame.kind == websocket.CloseMessage {
			c.ws.SetReadDeadline(time.Now().Add(lingerTime))
		}
		if err := c.ws.WriteMessage(frame.kind, frame.data); err != nil {
			w.mu.Lock()
			c.kill()
			w.mu.Unlock()
			return
		}
	}
}

// read takes acks until the connection ends, and then sees to the envelopes
// that it leaves behind.
func (w *Workspace) read(c *conn) {
	c.ws.SetReadLimit(1 << 20)
	c.ws.SetPingHandler(func(data string) error {
		w.mu.Lock()
		hung := c.hung
		w.mu.Unlock()
		if hung {
			return nil
		}
		c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(lingerTime))
		return nil
	})
	c.ws.SetCloseHandler(func(code int, _ string) error {
		w.mu.Lock()
		c.closing = true // whoever gets a goodbye back is no longer counted
		w.mu.Unlock()
		_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(lingerTime))
		return nil
	})
	var err error
	for err == nil {
		var data []byte
		if _, data, err = c.ws.ReadMessage(); err == nil {
			w.received(c, data)
		}
	}
	w.mu.Lock()
	w.record(Entry{Kind: SocketEvent, Conn: c.number, Method: "closed", Body: err.Error()})
	c.closing = true
	w.abandoned(c)
	w.mu.Unlock()

	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		raw := c.ws.NetConn()
		raw.SetReadDeadline(time.Now().Add(lingerTime))
		io.Copy(io.Discard, raw)
	}
	w.mu.Lock()
	c.kill()
	w.conns = slices.DeleteFunc(w.conns, func(other *conn) bool { return other == c })
	w.broadcast()
	w.mu.Unlock()
}

func (w *Workspace) received(c *conn, data []byte) {
	message := c.frames.next()
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case c.hung:
	case message.longest > maxFrame:
		w.record(Entry{Kind: AckReceived, Conn: c.number, Body: string(data),
			Violation: fmt.Sprintf("sent a frame of %d bytes, Slack takes %d", message.longest, maxFrame)})
		c.enqueue(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseMessageTooBig,
			fmt.Sprintf("Max frame length of %d has been exceeded.", maxFrame)))
	case message.frames > 1:
		w.record(Entry{Kind: AckReceived, Conn: c.number, Body: string(data),
			Violation: fmt.Sprintf("sent a message in %d frames, Slack drops all but the first", message.frames)})
	default:
		w.acknowledge(c, data)
	}
}

// disconnect tells a connection that it will end, and ends it: at once, or
// after the time that a warning gives. Called with the lock held.
func (w *Workspace) disconnect(c *conn, reason string) {
	w.sendJSON(c, "disconnect", map[string]any{
		"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "applink-offline"},
	})
	end := func() {
		c.enqueue(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""))
		w.broadcast()
	}
	if reason != "warning" && reason != "refresh_requested" {
		end()
		return
	}
	time.AfterFunc(warningTime, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if !w.closed {
			end()
		}
	})
}
