package slackfake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// Envelope is what Slack puts on a socket. The Prepare methods make one; a test
// may change it and give it to [Workspace.Send].
type Envelope struct {
	ID      string
	Type    string // slash_commands, interactive, events_api
	Payload json.RawMessage
	// AcceptsResponsePayload tells the app that its ack may carry a payload.
	AcceptsResponsePayload bool
	// Raw, when set, goes over the wire instead of all the above.
	Raw []byte

	triggerID, responseURL string
	confirm                *Confirm
	// effect is what an ack's payload does to what people see; it returns the
	// URLs that the link expander would fetch.
	effect func(payload json.RawMessage, seen *Interaction) (fetched []string)
	// failed is what people see when no ack came in time.
	failed func(code string) string
}

// Interaction is how one thing that a person did turned out.
type Interaction struct {
	// EnvelopeID is empty when nothing was sent, because the client refused.
	EnvelopeID, TriggerID, ResponseURL string
	Acked                              bool
	AckPayload                         json.RawMessage
	AckAfter                           time.Duration
	// Error is what Slack tells the person: dispatch_failed or operation_timeout
	// for a command, a sentence for everything else. Empty: all went well.
	Error string
	// Errors are shown at the fields of a form, by block id, whether the
	// client or the app found them.
	Errors map[string]string
	// Confirm is the dialog that the person answered with yes.
	Confirm *Confirm
}

// Confirm is the dialog that a button may ask for before anything is sent.
type Confirm struct {
	Title, Text, Confirm, Deny string
	Danger                     bool
}

// TroubleConnecting is what Slack shows in a form when the app didn't answer,
// or answered something that Slack can't use.
const TroubleConnecting = "We had some trouble connecting. Try again?"

// envelope is one that was sent and waits for its ack.
type envelope struct {
	Envelope
	made      time.Time
	sent      []delivery
	expired   bool // the person has been told that it failed
	seen      Interaction
	resolved  chan struct{} // closed at the ack or the deadline
	deadline  *time.Timer
	redeliver *time.Timer
	earlier   *envelope // with the same id, when it was sent on purpose
}

type delivery struct {
	conn int
	at   time.Time
}

func (e *envelope) stop() {
	e.deadline.Stop()
	e.redeliver.Stop()
}

// Send delivers an envelope to one of the open connections, or of those
// numbered, and returns at its ack or when the time for it is over. What isn't
// acked is redelivered, a bounded number of times.
func (w *Workspace) Send(ctx context.Context, env Envelope, numbers ...int) (*Interaction, error) {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil, errClosed
	}
	for _, number := range numbers {
		if !slices.ContainsFunc(w.openConns(), func(c *conn) bool { return c.number == number }) {
			w.mu.Unlock()
			return nil, fmt.Errorf("connection %d is not open", number)
		}
	}
	e := w.post(env, numbers...)
	if slices.Contains(w.held, e) || slices.Contains(w.pending, e) { // nobody waits for an event
		defer w.mu.Unlock()
		return &Interaction{EnvelopeID: e.ID, TriggerID: e.triggerID}, nil
	}
	w.mu.Unlock()
	select {
	case <-e.resolved:
		w.mu.Lock()
		defer w.mu.Unlock()
		seen := e.seen
		seen.Errors = maps.Clone(seen.Errors)
		return &seen, nil
	case <-w.done:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

var errClosed = errors.New("the workspace is closed")

// Redeliver sends an envelope once more, acked or not, and waits as Send does.
func (w *Workspace) Redeliver(ctx context.Context, envelopeID string) (*Interaction, error) {
	w.mu.Lock()
	e := w.envelopes[envelopeID]
	w.mu.Unlock()
	if e == nil {
		return nil, fmt.Errorf("no such envelope: %s", envelopeID)
	}
	return w.Send(ctx, e.Envelope)
}

// post registers an envelope and delivers it. Called with the lock held.
func (w *Workspace) post(env Envelope, numbers ...int) *envelope {
	e := &envelope{Envelope: env, made: time.Now(), resolved: make(chan struct{}), earlier: w.envelopes[env.ID]}
	e.seen = Interaction{EnvelopeID: env.ID, TriggerID: env.triggerID, ResponseURL: env.responseURL, Confirm: env.confirm}
	e.deadline = time.AfterFunc(w.opt.AckTimeout, func() { w.locked(func() { w.expire(e, "operation_timeout") }) })
	e.redeliver = time.AfterFunc(w.opt.RedeliverAfter, func() { w.locked(func() { w.again(e) }) })
	if len(w.openConns()) == 0 && e.Type != "events_api" {
		e.stop()
		w.expire(e, "dispatch_failed")
		return e
	}
	w.remember(e)
	w.unacked[e] = true
	if w.eventsHeld && e.Type == "events_api" {
		e.stop()
		w.held = append(w.held, e)
		return e
	}
	w.deliver(e, numbers...)
	if w.deliverTwice {
		w.deliver(e)
	}
	return e
}

// remember keeps an envelope for its ack and for redelivery, and forgets the
// oldest ones that are done with.
func (w *Workspace) remember(e *envelope) {
	w.envelopes[e.ID] = e
	w.sent = append(w.sent, e)
	if len(w.sent) < 2*keptEnvelopes {
		return
	}
	var kept []*envelope
	for i, old := range w.sent {
		if i >= keptEnvelopes || w.unacked[old] {
			kept = append(kept, old)
		} else if w.envelopes[old.ID] == old {
			delete(w.envelopes, old.ID)
		}
	}
	w.sent = kept
}

// keptEnvelopes is how many are remembered at least. It bounds memory under
// load; an ack for an older one would count as unknown.
const keptEnvelopes = 5_000

// locked does something under the lock, unless the workspace is closed.
func (w *Workspace) locked(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		f()
	}
}

// deliver puts an envelope on one connection: any, but another one than the
// last time if there is one. Called with the lock held.
func (w *Workspace) deliver(e *envelope, numbers ...int) {
	c := w.pick(e, numbers...)
	if c == nil {
		w.pending = append(w.pending, e)
		return
	}
	e.sent = append(e.sent, delivery{c.number, time.Now()})
	data := e.Raw
	if data == nil {
		data = e.wire()
	}
	w.record(Entry{Kind: EnvelopeSent, Conn: c.number, EnvelopeID: e.ID, Attempt: len(e.sent), Body: string(data)})
	c.enqueue(websocket.TextMessage, data)
}

// wire is the envelope as it goes over the socket.
func (e *envelope) wire() []byte {
	v := map[string]any{
		"envelope_id": e.ID, "type": e.Type, "payload": e.Payload,
		"accepts_response_payload": e.AcceptsResponsePayload,
	}
	if e.Type == "events_api" {
		v["retry_attempt"], v["retry_reason"] = len(e.sent)-1, ""
		if len(e.sent) > 1 {
			v["retry_reason"] = "timeout"
		}
	}
	return marshal(v)
}

// pick takes the next connection in turn, of those numbered if any are.
func (w *Workspace) pick(e *envelope, numbers ...int) *conn {
	open := w.openConns()
	if len(numbers) > 0 {
		open = slices.DeleteFunc(open, func(c *conn) bool { return !slices.Contains(numbers, c.number) })
	}
	if len(open) > 1 && len(e.sent) > 0 {
		last := e.sent[len(e.sent)-1].conn
		open = slices.DeleteFunc(open, func(c *conn) bool { return c.number == last })
	}
	if len(open) == 0 {
		return nil
	}
	w.nextConn++
	return open[w.nextConn%len(open)]
}

// again is what happens when an envelope was not acked: once more, until it was
// sent as often as Slack sends. Called with the lock held.
func (w *Workspace) again(e *envelope) {
	if time.Since(e.made) >= w.opt.AckTimeout { // this timer may be the first to fire
		w.expire(e, "operation_timeout")
	}
	if !w.unacked[e] || slices.Contains(w.pending, e) {
		return
	}
	if len(e.sent) >= w.opt.Deliveries {
		delete(w.unacked, e)
		return
	}
	w.deliver(e)
	e.redeliver.Reset(w.opt.RedeliverAfter)
}

// abandoned redelivers what a dead connection left unacked. Called with the
// lock held.
func (w *Workspace) abandoned(c *conn) {
	if w.closed {
		return
	}
	for e := range w.unacked {
		if n := len(e.sent); n > 0 && e.sent[n-1].conn == c.number {
			w.again(e)
		}
	}
}

// expire tells the person that it failed. Called with the lock held.
func (w *Workspace) expire(e *envelope, code string) {
	if e.seen.Acked || e.expired {
		return
	}
	e.expired = true
	e.seen.Error = TroubleConnecting
	if e.failed != nil {
		e.seen.Error = e.failed(code)
	}
	close(e.resolved)
	w.broadcast()
}
