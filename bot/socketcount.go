package bot

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
)

// maxSockets is how many connections an app may have, over all its replicas,
// https://docs.slack.dev/apis/events-api/using-socket-mode#connections
const maxSockets = 10

// counting knows the sockets of this process, and how many the app has in all.
type counting struct {
	mu    sync.Mutex
	live  map[*socket]struct{}
	ended chan struct{} // closed and replaced when one of ours ends
	ends  []time.Time   // of ours in the last minutes, which Slack may still count
	app   int           // connections of the app: Slack's number, less those of ours that ended since
	told  bool          // that others hold some
}

// unnoticed is how long Slack may count a connection that was cut.
const unnoticed = 2 * time.Minute

func (s *sockets) began(c *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live[c] = struct{}{}
}

func (s *sockets) gone(c *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, c)
	if isClosed(c.greeted) {
		s.app = max(s.app-1, 0)
		s.ends = append(s.recent(), time.Now())
	} else if c.refusedFor("too_many_websockets") {
		s.app = maxSockets
	}
	close(s.ended)
	s.ended = make(chan struct{})
}

// recent drops the ends that Slack has noticed by now.
func (s *sockets) recent() []time.Time {
	return slices.DeleteFunc(s.ends, func(end time.Time) bool { return time.Since(end) > unnoticed })
}

// counted takes the number of connections that a hello says. More than ours
// belong to other replicas, or to a stranger with the app token: said once.
func (s *sockets) counted(connections int) {
	s.mu.Lock()
	if s.ending() {
		// Others may be between two connections at this moment: as long as one
		// of ours is, only what we know ourselves makes room.
		connections = max(connections, min(s.app+1, maxSockets))
	}
	s.app = connections
	s.ends = s.recent()
	ours := len(s.live)
	tell := !s.told && connections > ours+len(s.ends)
	s.told = s.told || tell
	s.mu.Unlock()
	if tell {
		s.log.Warn("the app has connections that this process didn't open", zap.Int("connections", connections), zap.Int("ours", ours))
	}
}

// ending says whether one of ours is about to end. Called with the lock held.
func (s *sockets) ending() bool {
	for c := range s.live {
		if isClosed(c.leaving) {
			return true
		}
	}
	return false
}

func (s *sockets) appConnections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.app
}

// room waits while the app has all the connections that it may have and one of
// ours is about to end: Slack would refuse its successor.
func (s *sockets) room(ctx context.Context) error {
	for {
		s.mu.Lock()
		wait := max(s.app, len(s.live)) >= maxSockets && s.ending()
		ended := s.ended
		s.mu.Unlock()
		if !wait {
			return nil
		}
		select {
		case <-ended:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
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
