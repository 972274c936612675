package socketmode

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"

	"go.uber.org/zap"
)

// MaxAckPayload keeps an ack within what Slack's servers read: a frame of
// 20,480 bytes closes the socket with 1009, "Max frame length of 20480 has been
// exceeded." The rest is for the envelope's id.
const MaxAckPayload = 20_000

// The types of envelopes.
const (
	Commands    = "slash_commands"
	Interactive = "interactive"
	Events      = "events_api"
)

// frame is the part of a Socket Mode message that the reader decodes,
// https://docs.slack.dev/apis/events-api/using-socket-mode
type frame struct {
	Type       string          `json:"type"`
	EnvelopeID string          `json:"envelope_id"`
	Accepts    any             `json:"accepts_response_payload"`
	Payload    json.RawMessage `json:"payload"`
	Reason     string          `json:"reason"`
	// NumConnections is how many connections the app has, this one included.
	NumConnections int `json:"num_connections"`
}

// readFrame reads what it can: a field of the wrong type leaves the others
// readable, and an envelope that is not acked would come again for ever.
func readFrame(data []byte) (f frame) {
	_ = json.Unmarshal(data, &f)
	return f
}

// inside is what a payload shows of which one it is.
type inside struct {
	Type      string                     `json:"type"`
	TriggerID string                     `json:"trigger_id"`
	EventID   string                     `json:"event_id"`
	Command   string                     `json:"command"`
	Event     map[string]json.RawMessage `json:"event"`
}

// kind is the type of an envelope. Where that is none that is known, the payload
// shows what it is: a command would be lost without a word otherwise, and a form
// be closed with what was typed in it. What can't be read at all may be a form.
func (f frame) kind(p inside) string {
	switch f.Type {
	case Commands, Interactive, Events:
		return f.Type
	}
	switch {
	case p.Command != "":
		return Commands
	case p.Event != nil, p.EventID != "":
		return Events
	}
	switch p.Type {
	case "view_submission", "block_actions", "shortcut", "message_action":
		return Interactive
	}
	return cmp.Or(f.Type, Interactive)
}

// accepts says whether the ack may carry a payload. Slack's samples say so of
// slash commands; that it says so of a submitted form is nowhere written down,
// though nothing else could answer one. So only a clear no counts there, and for
// what may be one.
func (f frame) accepts(kind, payloadType string) bool {
	if said, ok := f.Accepts.(bool); ok {
		return said
	}
	return kind == Commands || kind == Interactive && (payloadType == "" || payloadType == "view_submission")
}

// arrival is one delivery of an envelope.
type arrival struct {
	conn *socket
	id   string
}

// Envelope is something that happened, handed over once however often Slack
// delivers it.
type Envelope struct {
	// Type is Commands, Interactive, Events, or one that is new. Where Slack's own
	// can't be read, it is what the payload shows.
	Type string
	ID   string
	// Payload is what Slack sent; it is in no log.
	Payload json.RawMessage
	// Accepts says whether an ack may carry a payload.
	Accepts bool

	seen   *once
	keys   []string
	answer *answer
	first  arrival
}

// ReadEnvelope reads one as a socket does, field by field.
func ReadEnvelope(data []byte) *Envelope { return readFrame(data).envelope() }

func (f frame) envelope() *Envelope {
	var p inside
	_ = json.Unmarshal(f.Payload, &p) // whoever reads the payload says what is wrong with it
	kind := f.kind(p)
	e := &Envelope{Type: kind, ID: f.EnvelopeID, Payload: f.Payload, Accepts: f.accepts(kind, p.Type), keys: []string{"envelope " + f.EnvelopeID}}
	if p.TriggerID != "" {
		e.keys = append(e.keys, "trigger "+p.TriggerID)
	}
	if p.EventID != "" { // an event comes again with another envelope
		e.keys = append(e.keys, "event "+p.EventID)
	}
	return e
}

// take is called on the socket's reader: it finds out whether the envelope is
// new, and hands it over. All that it may wait for is the writing of an ack,
// which ends by its deadline and then closes the socket.
func (s *Pool) take(at arrival, f frame) {
	at.conn.unacked.Add(1)
	e := f.envelope()
	answer, first := s.seen.first(e.keys...)
	if !first {
		s.cfg.Log.Info("envelope seen again", zap.String("envelope_id", e.ID))
		answer.repeat(at)
		return
	}
	e.seen, e.answer, e.first = s.seen, answer, at
	s.handle(e)
}

var (
	// ErrNoPayload is what an ack returns that went out without its payload,
	// since none is accepted.
	ErrNoPayload = errors.New("envelope takes no payload in its ack")
	// ErrTooLarge is what an ack returns that went out without its payload,
	// since Slack wouldn't read it.
	ErrTooLarge = errors.New("ack is larger than Slack reads")
)

// Ack answers the envelope on every arrival so far, and those to come: nil
// closes it without a word, anything else is its payload. It returns when the
// frame was written. The first call counts; others return [ErrAcked]. With
// [ErrNoPayload] or [ErrTooLarge] the ack went out, and said nothing.
func (e *Envelope) Ack(payload any) error {
	encoded, invalid := EncodeAck(payload)
	if encoded != nil && !e.Accepts {
		encoded, invalid = nil, ErrNoPayload
	}
	return errors.Join(invalid, e.answer.give(e.first, encoded))
}

// Replace is what a redelivery is acked with from now on, where that is not what
// the first arrival was: "still working" would overwrite the outcome that has
// followed.
func (e *Envelope) Replace(payload any) {
	if encoded, err := EncodeAck(payload); err == nil && e.Accepts {
		e.answer.change(encoded)
	}
}

// Forget leaves the envelope to another delivery, of which it is not known then
// that it was here before. Slack redelivers what isn't acked.
func (e *Envelope) Forget() { e.seen.forget(e.keys...) }

// EncodeAck is a payload as an ack carries it: nil for nil, an error if it is
// too large.
func EncodeAck(payload any) (json.RawMessage, error) {
	if payload == nil {
		return nil, nil
	}
	encoded, err := encodePlain(payload)
	if err != nil {
		return nil, err
	}
	if len(encoded) > MaxAckPayload {
		return nil, ErrTooLarge
	}
	return encoded, nil
}

// encodePlain writes <, > and & as they are, for which encoding/json spends six
// bytes of the frame each.
func encodePlain(v any) ([]byte, error) {
	var data bytes.Buffer
	encode := json.NewEncoder(&data)
	encode.SetEscapeHTML(false)
	if encode.Encode(v) != nil {
		return nil, errors.New("encode ack")
	}
	return unescapeHTML(bytes.TrimSpace(data.Bytes())), nil
}

// unescapeHTML is for what SetEscapeHTML does not reach: types of slack-go's
// that encode themselves, such as a view's blocks.
func unescapeHTML(encoded []byte) []byte {
	plain := make([]byte, 0, len(encoded))
	for i := 0; i < len(encoded); i++ {
		if encoded[i] != '\\' || i+1 == len(encoded) {
			plain = append(plain, encoded[i])
			continue
		}
		escape := encoded[i:min(i+6, len(encoded))]
		switch string(escape) {
		case `\u003c`:
			plain = append(plain, '<')
		case `\u003e`:
			plain = append(plain, '>')
		case `\u0026`:
			plain = append(plain, '&')
		default:
			escape = escape[:2] // with what it escapes: that may be a backslash
			plain = append(plain, escape...)
		}
		i += len(escape) - 1
	}
	return plain
}
