package slackfake

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// EntryKind says what crossed between Slack and the app.
type EntryKind string

// The kinds of journal entries.
const (
	EnvelopeSent   EntryKind = "envelope"     // Slack to the app, on a socket
	AckReceived    EntryKind = "ack"          // the app to Slack, on a socket
	APICall        EntryKind = "api"          // a Web API call and its answer
	ResponseURLUse EntryKind = "response_url" // a post to a response URL and its answer
	SocketEvent    EntryKind = "socket"       // connect, hello, disconnect, closed
)

// Entry is one thing that crossed, whole: nothing is redacted or cut.
type Entry struct {
	At   time.Time
	Kind EntryKind

	// Conn is the number of the connection, from 1, for what went by socket.
	Conn int
	// EnvelopeID of envelopes and acks.
	EnvelopeID string
	// Attempt counts the deliveries of an envelope, from 1.
	Attempt int
	// Took is an ack's delay since the delivery, or a call's duration.
	Took time.Duration

	// Method of an API call ("chat.postMessage"), or what happened to a socket.
	Method string
	// URL is the path and query of a call.
	URL string
	// Header of a request, as it came.
	Header http.Header
	// TokenIn says where the request carried its token: "header", "form",
	// "query", or nowhere.
	TokenIn string
	// Channel that a call was about, where it was about one.
	Channel string
	// Body that was sent, by whoever sent.
	Body string
	// Status and Answer of a call.
	Status int
	Answer string

	// LinkFetch holds the URLs in a posted message that Slack's link expander
	// would fetch, because the message didn't turn off both kinds of unfurling.
	LinkFetch []string
	// Violation is what Slack would have objected to, in words.
	Violation string
}

// Journal returns everything that crossed, in order.
func (w *Workspace) Journal() []Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.journal)
}

// Violations returns what the app did that Slack doesn't put up with, in words:
// payloads that break Slack's rules, acks on the wrong connection, frames that
// are too long. An app in order has none.
func (w *Workspace) Violations() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.violations)
}

// LinkFetches returns the URLs that Slack's servers would have fetched.
func (w *Workspace) LinkFetches() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.linkFetches)
}

// Calls returns the journal's calls of one Web API method, or of response URLs
// when method is "response_url".
func (w *Workspace) Calls(method string) []Entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	var calls []Entry
	for _, e := range w.journal {
		if e.Kind == APICall && e.Method == method || e.Kind == ResponseURLUse && method == "response_url" {
			calls = append(calls, e)
		}
	}
	return calls
}

// CallCount is how many Web API calls and posts to response URLs there were,
// counted also where no journal is kept.
func (w *Workspace) CallCount() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calls
}

// record adds an entry. Called with the lock held.
func (w *Workspace) record(e Entry) {
	e.At = w.opt.Clock()
	if e.Kind == APICall || e.Kind == ResponseURLUse {
		w.calls++
	}
	if e.Violation != "" {
		w.violations = append(w.violations, e.Violation)
	}
	w.linkFetches = append(w.linkFetches, e.LinkFetch...)
	if w.opt.JournalLimit > 0 {
		w.journal = append(w.journal, e)
		if over := len(w.journal) - w.opt.JournalLimit; over > w.opt.JournalLimit/4 {
			w.journal = slices.Delete(w.journal, 0, over)
		}
	}
	w.broadcast()
}

func (w *Workspace) violate(format string, args ...any) {
	w.violations = append(w.violations, fmt.Sprintf(format, args...))
}
