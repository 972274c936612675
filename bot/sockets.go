package bot

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

// sockets keeps a number of connections to Slack open, each replaced by a
// successor before it is given up.
type sockets struct {
	slack   *slack.Client
	metrics *metrics
	dialer  *websocket.Dialer
	take    func(*socket, frame) // hands over; must not block
	count   int
	log     *zap.Logger
	opening *openings
	turn    chan struct{} // one connection is opened at a time

	beats    []atomic.Int64 // Unix seconds: when each keeper last turned
	stopping atomic.Bool

	mu   sync.Mutex
	live map[*socket]struct{}
}

func newSockets(cfg Config, client *slack.Client, metrics *metrics, take func(*socket, frame)) *sockets {
	dialer := &websocket.Dialer{
		Proxy:            http.ProxyFromEnvironment,
		HandshakeTimeout: helloWait,
		// Slack drops continuation frames, so an ack must fit the buffer.
		WriteBufferSize: 32 << 10,
	}
	if cfg.DialContext != nil {
		dialer.NetDialContext = cfg.DialContext
		dialer.Proxy = nil
	}
	return &sockets{
		slack:   client,
		metrics: metrics,
		dialer:  dialer,
		take:    take,
		count:   cfg.Connections,
		log:     cfg.Log,
		opening: newOpenings(),
		beats:   make([]atomic.Int64, cfg.Connections),
		turn:    make(chan struct{}, 1),
		live:    map[*socket]struct{}{},
	}
}

// run keeps the sockets open until ctx is done (nil) or Slack refuses the app
// for good (a *FatalError). They stay open behind it: see close.
func (s *sockets) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error)
	for i := range s.count {
		go func() { ended <- s.keep(ctx, &s.beats[i]) }()
	}
	var first error
	for range s.count {
		if err := <-ended; err != nil && first == nil {
			first = err
			cancel()
		}
	}
	return first
}

// keep keeps one connection open: it opens the successor as soon as the
// present one is leaving, while that one is still being read.
func (s *sockets) keep(ctx context.Context, beat *atomic.Int64) error {
	var pause backoff
	for {
		opened := time.Now()
		beat.Store(opened.Unix())
		conn, err := s.open(ctx)
		reason := "not_opened"
		if err == nil {
			if !await(ctx, conn.leaving, beat) {
				return nil
			}
			reason = conn.reason
		}
		var fatal *FatalError
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &fatal):
			return err
		case err != nil:
			s.log.Warn("socket not opened", zap.Error(err))
		}
		s.metrics.reconnects.WithLabelValues(known(reason)).Inc()
		if err == nil && s.full() {
			// Slack would refuse the successor: the old socket goes first.
			select {
			case <-conn.done:
			case <-ctx.Done():
				return nil
			}
		}
		wait := pause.after(reason, time.Since(opened))
		if wait > 0 {
			s.log.Info("next socket after a pause", zap.String("reason", reason), zap.Duration("pause", wait))
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
}

// await returns true when a socket needs a successor, false when ctx is done.
func await(ctx context.Context, leaving <-chan struct{}, beat *atomic.Int64) bool {
	for {
		select {
		case <-leaving:
			return true
		case <-ctx.Done():
			return false
		case <-time.After(20 * time.Second):
			beat.Store(time.Now().Unix())
		}
	}
}

// open asks Slack for a URL, dials it, and waits for its hello.
func (s *sockets) open(ctx context.Context) (*socket, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := s.opening.wait(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, helloWait)
	defer cancel()
	_, url, err := s.slack.StartSocketModeContext(ctx)
	f, code := classify(err)
	s.metrics.slack("apps.connections.open", f, code)
	if err != nil {
		return nil, fatalOr("ask for a socket", err)
	}
	ws, resp, err := s.dialer.DialContext(ctx, url, nil)
	if err != nil {
		// The error may hold the URL and so its ticket: only its kind is told.
		return nil, fmt.Errorf("dial socket: %s", dialTrouble(err, resp))
	}
	conn := newSocket(ws, s.log)
	s.mu.Lock()
	s.live[conn] = struct{}{}
	s.mu.Unlock()
	go func() {
		conn.read(s)
		s.mu.Lock()
		delete(s.live, conn)
		s.mu.Unlock()
		close(conn.done)
	}()
	select {
	case <-conn.greeted:
		s.log.Info("socket connected")
		return conn, nil
	case <-conn.leaving:
		return nil, fmt.Errorf("await hello: socket left: %s", conn.reason)
	case <-ctx.Done():
		conn.shut()
		return nil, errors.New("await hello: none came")
	}
}

func dialTrouble(err error, resp *http.Response) string {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var timeout interface{ Timeout() bool }
	switch {
	case resp != nil:
		return "status " + strconv.Itoa(resp.StatusCode)
	case errors.As(err, &dns):
		return "host not found"
	case errors.As(err, &cert):
		return "certificate not trusted"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timed out"
	}
	return "no connection"
}

// maxSockets is how many connections an app may have, over all its replicas,
// https://docs.slack.dev/apis/events-api/using-socket-mode#connections
const maxSockets = 10

func (s *sockets) full() bool {
	return s.number(func(*socket) bool { return true }) >= maxSockets
}

// number counts the sockets of which is is true.
func (s *sockets) number(is func(*socket) bool) int {
	n := 0
	s.each(func(c *socket) {
		if is(c) {
			n++
		}
	})
	return n
}

func (s *sockets) each(f func(*socket)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.live {
		f(conn)
	}
}

// stuck is how long a keeper may go without turning: waiting for its turn to
// open, for the limit of openings and for a hello takes less.
const stuck = 5 * time.Minute

// turning says whether every keeper turns. It is true before they start.
func (s *sockets) turning() bool {
	for i := range s.beats {
		beat := s.beats[i].Load()
		if beat != 0 && time.Since(time.Unix(beat, 0)) > stuck && !s.stopping.Load() {
			return false
		}
	}
	return true
}

// connected counts the sockets that said hello and are to stay; leaving those
// whose end was announced.
func (s *sockets) connected() int {
	return s.number(func(c *socket) bool { return isClosed(c.greeted) && !isClosed(c.leaving) })
}

func (s *sockets) leaving() int {
	return s.number(func(c *socket) bool { return isClosed(c.greeted) && isClosed(c.leaving) })
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// ready says whether a socket said hello and was heard within a minute.
func (s *sockets) ready() bool {
	heard := s.number(func(c *socket) bool {
		return isClosed(c.greeted) && !c.refused() && time.Since(time.Unix(0, c.heard.Load())) < time.Minute
	})
	return heard > 0 && !s.stopping.Load()
}

// stopTaking leaves envelopes that arrive from now on unanswered, so that
// Slack redelivers them to another replica. Acks can still be written.
func (s *sockets) stopTaking() { s.stopping.Store(true) }

// close says goodbye on every socket and closes it.
func (s *sockets) close() {
	s.each(func(conn *socket) {
		bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		_ = conn.ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
		conn.shut()
	})
}
