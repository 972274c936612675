package bot

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/zap"

	"otsbot/bot/internal/slackapi"
)

// sockets keeps a number of connections to Slack open, each replaced by a
// successor before it is given up.
type sockets struct {
	slack   *slackapi.Client
	metrics *metrics
	dialer  *websocket.Dialer
	api     string               // where Slack's Web API is
	take    func(*socket, frame) // hands over; must not block
	count   int
	log     *zap.Logger
	opening *openings
	turn    chan struct{} // one connection is opened at a time

	beats    []atomic.Int64 // Unix seconds: when each keeper last turned
	stopping atomic.Bool

	counting
}

func newSockets(cfg Config, client *slackapi.Client, metrics *metrics, take func(*socket, frame)) *sockets {
	return &sockets{
		slack:    client,
		metrics:  metrics,
		dialer:   newDialer(cfg),
		api:      cfg.APIURL,
		take:     take,
		count:    cfg.Connections,
		log:      cfg.Log,
		opening:  newOpenings(),
		beats:    make([]atomic.Int64, cfg.Connections),
		turn:     make(chan struct{}, 1),
		counting: counting{live: map[*socket]struct{}{}, ended: make(chan struct{})},
	}
}

// safeSocket says whether a socket may be opened at url. Only a Slack on this
// machine, whose API is plain http, has plain sockets.
func safeSocket(apiURL, socketURL string) bool {
	api, err1 := url.Parse(apiURL)
	to, err2 := url.Parse(socketURL)
	switch {
	case err1 != nil || err2 != nil || to.Hostname() == "":
		return false
	case to.Scheme == "ws":
		return api.Scheme == "http"
	}
	return to.Scheme == "wss"
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
		reason, err := s.once(ctx, beat)
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

// once opens one connection, waits until it needs a successor, and says why.
func (s *sockets) once(ctx context.Context, beat *atomic.Int64) (reason string, err error) {
	reason = "not_opened" // also after a panic
	defer survive(s.log, s.metrics, "keeper of a socket")
	conn, err := s.open(ctx)
	switch {
	case err != nil && conn != nil:
		return conn.reason, err
	case err != nil:
		return reason, err
	}
	if !await(ctx, conn.leaving, beat) {
		return "", ctx.Err()
	}
	return conn.reason, nil
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

// open asks Slack for a URL, dials it, and waits for its hello. A socket that
// comes with an error is one that Slack sent away; its reason says why.
func (s *sockets) open(ctx context.Context) (*socket, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := s.room(ctx); err != nil {
		return nil, err
	}
	if err := s.opening.wait(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, helloWait)
	defer cancel()
	at, asked := s.slack.OpenSocket(ctx)
	if !asked.OK() {
		return nil, fatalOr("ask for a socket", asked)
	}
	if !safeSocket(s.api, at) {
		return nil, errors.New("dial socket: Slack named a URL that isn't wss://")
	}
	ws, resp, err := s.dialer.DialContext(ctx, at, nil)
	if err != nil {
		// The error may hold the URL and so its ticket: only its kind is told.
		return nil, fmt.Errorf("dial socket: %s", dialTrouble(err, resp))
	}
	conn := newSocket(ws, s.log)
	s.began(conn)
	go func() {
		defer s.gone(conn)
		conn.read(s)
	}()
	select {
	case <-conn.greeted:
		s.log.Info("socket connected")
		return conn, nil
	case <-conn.leaving:
		return conn, fmt.Errorf("await hello: socket left: %s", conn.reason)
	case <-ctx.Done():
		conn.shut()
		return nil, errors.New("await hello: none came")
	}
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
