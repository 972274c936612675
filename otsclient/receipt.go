package otsclient

import (
	"encoding/json"
	"time"
)

// receiptWire is a receipt of v2, and of the batch of v3. It leaves out on
// purpose secret_identifier, the key of the other link.
type receiptWire struct {
	Identifier, Key text
	State           text
	SecretTTL       number `json:"secret_ttl"` // as granted: not what is left, and it stays
	Created         number
	Updated         number
	Recipients      texts
	HasPassphrase   flag `json:"has_passphrase"`
	IsDestroyed     flag `json:"is_destroyed"`
	Previewed       number
	Revealed        number
	Burned          number

	// Source is there since 0.26, from when on previewed is about the link.
	Source *text
}

func keyOf(identifier, key text) Key {
	if identifier == "" {
		identifier = key // before 0.24
	}
	return NewKey(string(identifier))
}

func (w receiptWire) key() Key { return keyOf(w.Identifier, w.Key) }

// read makes sense of a receipt. The state of a batch may be stale, so the
// time decides about the end of a lifetime, where lifetimes are kept.
func (w receiptWire) read(now time.Time) Metadata {
	told := Metadata{
		Key:         w.key(),
		ServerState: cut(string(w.State), maxReason),
		Created:     w.Created.time(),
		Updated:     w.Updated.time(),
		Received:    w.Revealed.time(),
		Burned:      w.Burned.time(),
		Recipients:  w.Recipients,
	}
	if w.Source != nil {
		told.Previewed = w.Previewed.time()
	}
	left := w.left(now)
	// isOver needs the lifetime only, which is the secret's since 0.18.
	known := metadataWire{State: w.State, TTL: w.SecretTTL, Created: w.Created, ShareDomain: new(text)}
	told.State = known.state(!w.IsDestroyed.set && left > 0, now)
	if told.State == StateExpired && w.State != "expired" && w.Source == nil {
		// 0.24 and 0.25 may have extended it: only the secret itself tells.
		told.State = StateUnknown
	}
	if told.State == StateWaiting {
		told.PassphraseRequired = w.HasPassphrase.set
		told.Remaining = left
	}
	return told
}

// left is how long the secret still has by its lifetime, which 0.24 and 0.25
// may have extended.
func (w receiptWire) left(now time.Time) time.Duration {
	if w.Created <= 0 || w.SecretTTL <= 0 {
		return time.Second // not told: at least it isn't over
	}
	return w.Created.time().Add(w.SecretTTL.duration()).Sub(now)
}

// shownWire is the answer to a look at one receipt. 0.24 and 0.25 may have the
// plaintext in it, under a name that is left out.
type shownWire struct {
	Record  receiptWire
	Details struct {
		Remaining number  `json:"secret_realttl"`
		ViewCount *number `json:"view_count"`
	}
}

func readShown(got answer) (shownWire, error) {
	var wire shownWire
	err := json.Unmarshal(got.body, &wire)
	clear(got.body)
	return wire, err
}

func (w shownWire) addViews(told *Metadata) {
	if w.Record.Source != nil {
		told.Previewed = w.Record.Previewed.time()
	}
	if w.Details.ViewCount != nil && *w.Details.ViewCount >= 0 {
		told.Views, told.HasViews = int(*w.Details.ViewCount), true
	}
}

// readReceipts reads the answer to a question for many.
func readReceipts(made call, got answer) ([]Metadata, error) {
	var wire struct{ Records []receiptWire }
	err := json.Unmarshal(got.body, &wire)
	clear(got.body) // the other links' keys are in there
	if err != nil || wire.Records == nil {
		return nil, unusable(made, "answer not readable")
	}
	list := make([]Metadata, 0, len(wire.Records))
	for _, receipt := range wire.Records {
		list = append(list, receipt.read(got.now()))
	}
	return list, nil
}
