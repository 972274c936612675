package slackfake

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"
)

// acknowledge takes what the app wrote to a socket. Called with the lock held.
func (w *Workspace) acknowledge(c *conn, data []byte) {
	var ack struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	entry := Entry{Kind: AckReceived, Conn: c.number, Body: string(data)}
	if err := json.Unmarshal(data, &ack); err != nil || ack.EnvelopeID == "" {
		entry.Violation = "sent something that is not an ack"
		w.record(entry)
		return
	}
	entry.EnvelopeID = ack.EnvelopeID
	e := w.envelopes[ack.EnvelopeID]
	if e == nil {
		entry.Violation = "acked an unknown envelope"
		w.record(entry)
		return
	}
	at := slices.IndexFunc(e.deliveries(), func(d delivery) bool { return d.conn == c.number })
	if at < 0 {
		entry.Violation = "acked on another connection than the one that delivered"
		w.record(entry)
		return
	}
	entry.Took = time.Since(e.deliveries()[at].at)
	if isEmptyPayload(ack.Payload) {
		ack.Payload = nil
	} else if !e.AcceptsResponsePayload {
		entry.Violation = "acked with a payload where accepts_response_payload is false"
		ack.Payload = nil
	}
	for ; e != nil; e = e.earlier {
		entry.LinkFetch = append(entry.LinkFetch, w.resolve(e, ack.Payload)...)
	}
	w.record(entry)
}

// deliveries of this id, the last first.
func (e *envelope) deliveries() []delivery {
	var all []delivery
	for ; e != nil; e = e.earlier {
		sent := slices.Clone(e.sent)
		slices.Reverse(sent)
		all = append(all, sent...)
	}
	return all
}

// resolve shows the person what the ack says, unless it comes too late or was
// resolved before.
func (w *Workspace) resolve(e *envelope, payload json.RawMessage) (fetched []string) {
	e.stop()
	delete(w.unacked, e)
	w.pending = slices.DeleteFunc(w.pending, func(p *envelope) bool { return p == e })
	if e.seen.Acked || e.expired {
		return nil
	}
	e.seen.Acked, e.seen.AckPayload, e.seen.AckAfter = true, payload, time.Since(e.made)
	if e.effect != nil {
		fetched = e.effect(payload, &e.seen)
	}
	close(e.resolved)
	w.broadcast()
	return fetched
}

// isEmptyPayload: Bolt for JavaScript always sends a payload, {} or "" when
// there is nothing to say, and Slack takes that.
func isEmptyPayload(p json.RawMessage) bool {
	switch string(bytes.TrimSpace(p)) {
	case "", "null", "{}", `""`:
		return true
	}
	return false
}
