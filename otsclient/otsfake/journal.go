package otsfake

import (
	"net/http"
	"time"
)

// maxJournal bounds the journal, so that a server can run for days.
const maxJournal = 5000

// Entry is a request that came in, before anything else happened to it.
type Entry struct {
	Time   time.Time
	Method string
	Path   string
	URL    string // path and query
	Header http.Header
	Body   string
}

// Journal returns the requests so far, oldest first; the last 5,000 of them.
// It is how a test looks for what should not have been sent.
func (s *Server) Journal() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Entry(nil), s.journal...)
}

func (s *Server) note(now time.Time, r *http.Request, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.journal) == maxJournal {
		s.journal = append(s.journal[:0], s.journal[1:]...)
	}
	s.journal = append(s.journal, Entry{now, r.Method, r.URL.Path, r.URL.RequestURI(), r.Header.Clone(), string(body)})
}
