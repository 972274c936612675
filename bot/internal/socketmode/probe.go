package socketmode

import (
	"context"
	"errors"
	"time"
)

// ErrOff says that Socket Mode is switched off in the app's settings.
var ErrOff = errors.New("the app has Socket Mode switched off")

// ErrAll says that the app has all the connections that Slack allows.
var ErrAll = errors.New("the app has all its connections")

// Probe opens one socket, the way to Slack's hosts and any proxy included, and
// closes it at its hello: an app may have ten, and what Slack delivers on this
// one isn't taken, so that it comes again elsewhere. It returns how many others
// the app has. It is for a Pool that doesn't run.
func (s *Pool) Probe(ctx context.Context) (others int, err error) {
	s.StopTaking()
	conn, err := s.open(ctx)
	if err == nil {
		select { // what Slack has against the socket, it says behind the hello
		case <-conn.leaving:
		case <-time.After(250 * time.Millisecond):
		}
	}
	s.Close()
	switch {
	case conn != nil && conn.refusedFor("too_many_websockets"):
		return 0, ErrAll
	case conn != nil && conn.refusedFor("link_disabled"):
		return 0, ErrOff
	case err != nil:
		return 0, err
	}
	return conn.app - 1, nil
}
