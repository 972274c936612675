package stage

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Call is one request to OneTimeSecret and its answer, by the bot or by
// somebody's browser.
type Call struct {
	At                time.Time
	Method, URL, Body string
	Status            int // 0 if there was no answer
	Answer            string
	Took              time.Duration
}

// Calls are the latest requests to OneTimeSecret.
type Calls struct {
	mu      sync.Mutex
	all     []Call
	changed chan struct{}
}

const (
	keptCalls  = 1000     // so that it can run for days
	keptAnswer = 64 << 10 // of one call: a fault may answer without end
)

// All returns the calls, oldest first.
func (c *Calls) All() []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.all)
}

// Changed returns a channel that is closed at the next call.
func (c *Calls) Changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

func (c *Calls) add(call Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) == keptCalls {
		c.all = slices.Delete(c.all, 0, 1)
	}
	c.all = append(c.all, call)
	close(c.changed)
	c.changed = make(chan struct{})
}

// record notes what crosses on the way to a handler and back.
func (c *Calls) record(clock *Clock, handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 8<<20))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		started := time.Now()
		answer := &recorder{ResponseWriter: w}
		call := Call{At: clock.Now(), Method: r.Method, URL: r.URL.RequestURI(), Body: string(body)}
		defer func() { // a fault may panic to cut the connection
			call.Status, call.Answer, call.Took = answer.status, answer.body.String(), time.Since(started)
			c.add(call)
		}()
		handler.ServeHTTP(answer, r)
	})
}

// recorder copies an answer.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	if room := keptAnswer - r.body.Len(); room > 0 {
		r.body.Write(p[:min(room, len(p))])
	}
	return r.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController through, which cuts connections.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
