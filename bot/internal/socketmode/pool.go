package socketmode

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/zap"
)

// Pool keeps a number of connections to Slack open, each replaced by a
// successor before it is given up. Make one with [New].
type Pool struct {
	cfg     Config
	dialer  *websocket.Dialer
	handle  func(*Envelope)
	seen    *once
	opening *openings
	turn    chan struct{} // one connection is opened at a time

	beats    []atomic.Int64 // Unix seconds: when each keeper last turned
	stopping atomic.Bool

	counting
}

// Config is what a Pool needs.
type Config struct {
	// Open asks Slack for the URL of a socket, which is a ticket for one
	// (apps.connections.open). A [FatalError] in its error ends the Pool.
	Open func(context.Context) (url string, err error)
	// Connections is how many are kept open.
	Connections int
	// Plain allows ws:// URLs: of a Slack on this machine, whose Web API is
	// plain http.
	Plain bool
	// DialContext opens connections; nil is the ordinary dialer behind the
	// proxy of the environment.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
	// Reconnected is told why a socket was replaced: one of Reasons.
	Reconnected func(reason string)
	// Panicked is told of a bug that was survived, where and with what value.
	Panicked func(where string, value any)
	// Log hears what operators should know.
	Log *zap.Logger
}

// New makes a Pool that hands each envelope to handle, once: on the reader of a
// socket, so handle must not block.
func New(cfg Config, handle func(*Envelope)) *Pool {
	if cfg.Reconnected == nil {
		cfg.Reconnected = func(string) {}
	}
	if cfg.Panicked == nil {
		cfg.Panicked = func(string, any) {}
	}
	if cfg.Log == nil {
		cfg.Log = zap.NewNop()
	}
	return &Pool{
		cfg:      cfg,
		dialer:   newDialer(cfg.DialContext),
		handle:   handle,
		seen:     newOnce(),
		opening:  newOpenings(),
		beats:    make([]atomic.Int64, cfg.Connections),
		turn:     make(chan struct{}, 1),
		counting: counting{live: map[*socket]struct{}{}, changed: make(chan struct{})},
	}
}

// safe says whether a socket may be opened at a URL.
func (s *Pool) safe(socketURL string) bool {
	to, err := url.Parse(socketURL)
	switch {
	case err != nil || to.Hostname() == "":
		return false
	case to.Scheme == "ws":
		return s.cfg.Plain
	}
	return to.Scheme == "wss"
}

// survive, deferred, keeps a bug in a goroutine from ending the process.
func (s *Pool) survive(where string) {
	if value := recover(); value != nil {
		s.cfg.Panicked(where, value)
	}
}

// Run keeps the sockets open until ctx is done (nil) or Slack refuses the app
// for good (a *FatalError). They stay open behind it: see Close.
func (s *Pool) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error)
	for i := range s.beats {
		go func() { ended <- s.keep(ctx, &s.beats[i]) }()
	}
	var first error
	for range s.beats {
		if err := <-ended; err != nil && first == nil {
			first = err
			cancel()
		}
	}
	return first
}

// keep keeps one connection open: it opens the successor as soon as the
// present one is leaving, while that one is still being read.
func (s *Pool) keep(ctx context.Context, beat *atomic.Int64) error {
	var pause backoff
	for {
		opened := time.Now()
		beat.Store(opened.Unix())
		reason, err := s.one(ctx, beat)
		var fatal *FatalError
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &fatal):
			return err
		case err != nil:
			s.cfg.Log.Warn("socket not opened", zap.Error(err))
		}
		s.cfg.Reconnected(known(reason))
		wait := pause.after(reason, time.Since(opened))
		if wait > 0 {
			s.cfg.Log.Info("next socket after a pause", zap.String("reason", reason), zap.Duration("pause", wait))
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
}

// one opens one connection, waits until it needs a successor, and says why.
func (s *Pool) one(ctx context.Context, beat *atomic.Int64) (reason string, err error) {
	reason = "not_opened" // also after a panic
	defer s.survive("keeper of a socket")
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
func (s *Pool) open(ctx context.Context) (*socket, error) {
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
	at, err := s.cfg.Open(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask for a socket: %w", err)
	}
	if !s.safe(at) {
		return nil, errors.New("dial socket: Slack named a URL that isn't wss://")
	}
	ws, err := s.upgrade(ctx, at)
	if err != nil {
		return nil, err
	}
	conn := newSocket(ws, s.cfg.Log)
	s.began(conn)
	go func() {
		defer s.gone(conn)
		conn.read(s)
	}()
	select {
	case <-conn.greeted:
		s.cfg.Log.Info("socket connected")
		return conn, nil
	case <-conn.leaving:
		return conn, fmt.Errorf("await hello: socket left: %s", conn.reason)
	case <-ctx.Done():
		conn.shut()
		return nil, errors.New("await hello: none came")
	}
}

// StopTaking leaves envelopes that arrive from now on unanswered, so that
// Slack redelivers them to another replica. Acks can still be written.
func (s *Pool) StopTaking() { s.stopping.Store(true) }

// Close says goodbye on every socket and closes it.
func (s *Pool) Close() {
	s.each(func(conn *socket) {
		conn.goodbye()
		conn.shut()
	})
}
