package socketmode

import (
	"context"
	"time"

	"github.com/gorilla/websocket"
)

// renewed is why a socket is replaced that nothing is wrong with.
const renewed = "renewed"

// Renew opens every socket anew, one after the other, since Config.Open has
// another token now: the successor first, where the app may have one more, and
// the present one ends once nothing on it waits for its ack.
func (s *Pool) Renew(ctx context.Context) error {
	present, err := s.present(ctx)
	if err != nil || len(present) == 0 {
		return err
	}
	complete := func() bool {
		connected, _ := s.Counts()
		return connected >= len(s.beats)
	}
	for _, old := range present {
		old.leave(renewed)
		if err := s.until(ctx, func() bool { return complete() || !s.hasRoom() }); err != nil {
			return err
		}
		old.finish()
		if err := s.until(ctx, func() bool { return !s.has(old) }); err != nil {
			return err
		}
	}
	return s.until(ctx, complete)
}

// present are the sockets that are to stay. One that is just being opened has
// its turn first: it may have asked with the token from before.
func (s *Pool) present(ctx context.Context) (present []*socket, err error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.each(func(c *socket) {
		if !isClosed(c.leaving) {
			present = append(present, c)
		}
	})
	return present, nil
}

// until waits for something that a socket's beginning or end brings about.
func (s *Pool) until(ctx context.Context, holds func() bool) error {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if holds() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Pool) has(c *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, has := s.live[c]
	return has
}

// finish ends the socket as soon as nothing on it waits for its ack: whether
// Slack takes an ack on another one is not documented.
func (c *socket) finish() {
	c.finishing.Store(true)
	time.AfterFunc(farewell, c.shut)
	c.bye()
}

// bye closes a socket that is to end, if nothing waits on it. Slack's own
// goodbye ends the reading: what it sent before is read, and comes again.
func (c *socket) bye() {
	if c.finishing.Load() && c.unacked.Load() <= 0 {
		c.goodbye()
		time.AfterFunc(AckDeadline, c.shut)
	}
}

func (c *socket) goodbye() {
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = c.ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
}
