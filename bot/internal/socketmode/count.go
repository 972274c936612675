package socketmode

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
)

// MaxSockets is how many connections an app may have, over all its replicas,
// https://docs.slack.dev/apis/events-api/using-socket-mode#connections
const MaxSockets = 10

// counting knows the sockets of this process, and how many the app has in all.
type counting struct {
	mu      sync.Mutex
	live    map[*socket]struct{}
	changed chan struct{} // closed and replaced when one of ours begins or ends
	ends    []time.Time   // of ours in the last minutes, which Slack may still count
	app     int           // connections of the app: Slack's number, less those of ours that ended since
	told    bool          // that others hold some
}

// unnoticed is how long Slack may count a connection that was cut.
const unnoticed = 2 * time.Minute

func (s *Pool) began(c *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live[c] = struct{}{}
}

func (s *Pool) gone(c *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, c)
	if isClosed(c.greeted) {
		s.app = max(s.app-1, 0)
		s.ends = append(s.recent(), time.Now())
	} else if c.refusedFor("too_many_websockets") {
		s.app = MaxSockets
	}
	s.tell()
}

// greeted is told of a socket that said hello.
func (s *Pool) greeted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell()
}

// tell wakes those who wait for a change. Called with the lock held.
func (s *Pool) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// recent drops the ends that Slack has noticed by now.
func (s *Pool) recent() []time.Time {
	return slices.DeleteFunc(s.ends, func(end time.Time) bool { return time.Since(end) > unnoticed })
}

// counted takes the number of connections that a hello says. More than ours
// belong to other replicas, or to a stranger with the app token: said once.
func (s *Pool) counted(connections int) {
	s.mu.Lock()
	if s.ending() {
		// Others may be between two connections at this moment: as long as one
		// of ours is, only what we know ourselves makes room.
		connections = max(connections, min(s.app+1, MaxSockets))
	}
	s.app = connections
	s.ends = s.recent()
	ours := len(s.live)
	tell := !s.told && connections > ours+len(s.ends)
	s.told = s.told || tell
	s.mu.Unlock()
	if tell {
		s.cfg.Log.Warn("the app has connections that this process didn't open", zap.Int("connections", connections), zap.Int("ours", ours))
	}
}

// ending says whether one of ours is about to end. Called with the lock held.
func (s *Pool) ending() bool {
	for c := range s.live {
		if isClosed(c.leaving) {
			return true
		}
	}
	return false
}

// AppConnections is how many the app has, over all replicas and whoever else has
// its token, as Slack said at the newest hello.
func (s *Pool) AppConnections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.app
}

// room waits while the app has all the connections that it may have and one of
// ours is about to end: Slack would refuse its successor.
func (s *Pool) room(ctx context.Context) error { return s.until(ctx, s.hasRoom) }

func (s *Pool) hasRoom() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(s.app, len(s.live)) < MaxSockets || !s.ending()
}

func (s *Pool) each(f func(*socket)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.live {
		f(conn)
	}
}

// stuck is how long a keeper may go without turning: waiting for its turn to
// open, for the limit of openings and for a hello takes less.
const stuck = 5 * time.Minute

// Turning says whether every keeper turns. It is true before they start.
func (s *Pool) Turning() bool {
	for i := range s.beats {
		beat := s.beats[i].Load()
		if beat != 0 && time.Since(time.Unix(beat, 0)) > stuck && !s.stopping.Load() {
			return false
		}
	}
	return true
}

// Counts are the sockets that said hello: those that are to stay, and those
// whose end was announced.
func (s *Pool) Counts() (connected, leaving int) {
	s.each(func(c *socket) {
		switch {
		case !isClosed(c.greeted):
		case isClosed(c.leaving):
			leaving++
		default:
			connected++
		}
	})
	return connected, leaving
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// Ready says whether a socket said hello and was heard within a minute.
func (s *Pool) Ready() bool {
	ready := false
	s.each(func(c *socket) {
		ready = ready || isClosed(c.greeted) && !c.refused() && time.Since(time.Unix(0, c.heard.Load())) < time.Minute
	})
	return ready && !s.stopping.Load()
}

// AwaitReady waits for that.
func (s *Pool) AwaitReady(ctx context.Context) error { return s.until(ctx, s.Ready) }
