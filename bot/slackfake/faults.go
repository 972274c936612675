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
	// Channel narrows it to calls about one conversation.
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
		if !fits || f.Channel != "" && f.Channel != channel {
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
		return false
	}
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

// Connections is the number of open connections.
func (w *Workspace) Connections() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.openConns())
}

// ConnectionNumbers are the numbers of the open connections, oldest first, as
// they stand in the journal and as Send takes them.
func (w *Workspace) ConnectionNumbers() []int {
	w.mu.Lock()
	defer w.mu.Unlock()
	var numbers []int
	for _, c := range w.openConns() {
		numbers = append(numbers, c.number)
	}
	return numbers
}

// WaitConnected returns when at least n connections are open.
func (w *Workspace) WaitConnected(ctx context.Context, n int) error {
	return w.Wait(ctx, func() bool { return w.Connections() >= n })
}

// Disconnect sends a disconnect of the given reason to every open connection,
// or to those numbered. After a warning or a refresh_requested they live for
// ten more seconds, otherwise they are closed at once.
func (w *Workspace) Disconnect(reason string, numbers ...int) {
	w.eachConn(numbers, func(c *conn) { w.disconnect(c, reason) })
}

// KillConnections cuts every open connection, or those numbered, without a
// close frame.
func (w *Workspace) KillConnections(numbers ...int) {
	w.eachConn(numbers, func(c *conn) { c.kill() })
}

// HangConnections makes every open connection, or those numbered, a dead peer
// that nobody noticed: nothing is sent or read any more, no pings either, and
// what Slack puts on it is lost.
func (w *Workspace) HangConnections(numbers ...int) {
	w.eachConn(numbers, func(c *conn) { c.hung = true })
}

func (w *Workspace) eachConn(numbers []int, do func(*conn)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.openConns() {
		if len(numbers) == 0 || slices.Contains(numbers, c.number) {
			do(c)
		}
	}
	w.broadcast()
}

// StopPings stops, or resumes, the pings on all connections.
func (w *Workspace) StopPings(stop bool) { w.locked(func() { w.pingsStopped = stop }) }

// DeliverTwice makes every envelope arrive twice, on two connections if there
// are two.
func (w *Workspace) DeliverTwice(twice bool) { w.locked(func() { w.deliverTwice = twice }) }

// ExpireTriggers makes every trigger_id expire at once, or live again as long
// as it should.
func (w *Workspace) ExpireTriggers(expire bool) { w.locked(func() { w.triggersExpire = expire }) }
