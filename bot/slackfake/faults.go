package slackfake

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Fault is trouble on demand. What is set is what happens; everything else goes
// its usual way.
type Fault struct {
	// Method that it befalls: a Web API method, "response_url" (posts to one),
	// "socket" (connecting to one), or "*" for all methods.
	Method string
	// Channel narrows it to calls about one conversation, or, given somebody's
	// id, about that person: posts to the DM with them, users.info and
	// views.publish.
	Channel string
	// Times it happens; zero: until it is cleared.
	Times int

	// Error is Slack's error code, answered with 200 by the Web API, with 404
	// by a response URL. For "socket": the reason of a disconnect right after
	// the hello.
	Error string
	// Needed is the scope that a missing_scope asks for.
	Needed string
	// Status is an HTTP status, such as 503.
	Status int
	// RetryAfter makes a 429 that asks to wait so long; a Status of 429 alone
	// asks for a second. NoRetryAfter leaves the header out.
	RetryAfter   time.Duration
	NoRetryAfter bool
	// HTML answers with a web page, as Slack's edge does when it is in trouble.
	HTML bool
	// Drop cuts the TCP connection instead of answering.
	Drop bool
	// Delay holds the answer back.
	Delay time.Duration
	// AfterEffect: the call is done first, and then the answer goes wrong.
	AfterEffect bool
}

// Fault makes trouble until it is used up or the returned function is called.
func (w *Workspace) Fault(f Fault) (clear func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fault := &f
	w.faults = append(w.faults, fault)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.faults = slices.DeleteFunc(w.faults, func(other *Fault) bool { return other == fault })
	}
}

// takeFault returns the first fault that fits, and uses it once.
func (w *Workspace) takeFault(method, channel string) *Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, f := range w.faults {
		fits := f.Method == method || f.Method == "*" && method != "socket" && method != "response_url"
		if !fits || f.Channel != "" && f.Channel != channel && appDMID(f.Channel) != channel {
			continue
		}
		once := *f
		if f.Times > 0 {
			f.Times--
			if f.Times == 0 {
				w.faults = slices.Delete(w.faults, i, i+1)
			}
		}
		return &once
	}
	return nil
}

// answer is what goes back over HTTP.
type answer struct {
	status int
	header http.Header
	body   string
	drop   bool
}

// answer of a fault, if it has one of its own.
func (f *Fault) answer(kind EntryKind) (answer, bool) {
	switch {
	case f.Drop:
		return answer{drop: true}, true
	case f.Status == http.StatusTooManyRequests || f.RetryAfter > 0:
		a := jsonAnswer(http.StatusTooManyRequests, fail("ratelimited"))
		if !f.NoRetryAfter {
			a.header.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(f.RetryAfter.Seconds())))))
		}
		return a, true
	case f.HTML:
		return answer{status: max(f.Status, 200), header: http.Header{"Content-Type": {"text/html"}},
			body: "<!DOCTYPE html><html><head><title>Server Error | Slack</title></head><body>Server Error</body></html>"}, true
	case f.Error != "":
		r := fail(f.Error)
		if f.Needed != "" {
			r["needed"], r["provided"] = f.Needed, ""
		}
		status := f.Status
		if status == 0 && kind == ResponseURLUse {
			status = http.StatusNotFound
		}
		return jsonAnswer(max(status, 200), r), true
	case f.Status != 0:
		return answer{status: f.Status, header: http.Header{}}, true
	}
	return answer{}, false
}

// exchange does a call, or the trouble instead, and journals what came of it in
// the same moment as its effect.
func (w *Workspace) exchange(rw http.ResponseWriter, r *http.Request, f *Fault, e *Entry, started time.Time, do func() answer) {
	if f == nil {
		f = &Fault{}
	}
	if !f.AfterEffect && !w.sleep(r.Context(), f.Delay) {
		e.Took = time.Since(started)
		w.locked(func() { w.record(*e) }) // the app gave up, but its bytes are here
		return
	}
	own, wrong := f.answer(e.Kind)
	w.mu.Lock()
	var a answer
	if f.AfterEffect || !wrong {
		a = do()
	}
	if wrong {
		a = own
	}
	e.Status, e.Answer, e.Took = a.status, a.body, time.Since(started)
	w.record(*e)
	w.mu.Unlock()
	if f.AfterEffect && !w.sleep(r.Context(), f.Delay) {
		return
	}
	a.write(rw)
}

// connecting plays a fault on a socket's handshake, and tells whether to go on.
func (w *Workspace) connecting(f *Fault, rw http.ResponseWriter, r *http.Request) bool {
	if f == nil {
		return true
	}
	if !w.sleep(r.Context(), f.Delay) {
		return false
	}
	handshake := *f
	handshake.Error = ""
	a, wrong := handshake.answer(SocketEvent)
	if wrong {
		a.write(rw)
	}
	return !wrong
}

// sleep waits, and tells whether somebody still wants the answer.
func (w *Workspace) sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-w.done:
	}
	return false
}

func (a answer) write(rw http.ResponseWriter) {
	if a.drop {
		if conn, _, err := http.NewResponseController(rw).Hijack(); err == nil {
			conn.Close()
		}
		return
	}
	for name, values := range a.header {
		rw.Header()[name] = values
	}
	rw.WriteHeader(a.status)
	fmt.Fprint(rw, a.body)
}
