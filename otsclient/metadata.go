package otsclient

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// State is what has become of a secret.
type State int

// The states. The set is closed; Metadata.ServerState has the server's word.
const (
	StateUnknown State = iota // the server's word is not known
	StateWaiting              // not opened yet, and can be
	StateOpened
	StateBurned
	StateExpired
	StateGone // can't be opened any more; the server doesn't say why
)

// String names the state in one lower-case word.
func (s State) String() string {
	switch s {
	case StateWaiting:
		return "waiting"
	case StateOpened:
		return "opened"
	case StateBurned:
		return "burned"
	case StateExpired:
		return "expired"
	case StateGone:
		return "gone"
	}
	return "unknown"
}

// Metadata is what the server tells about a secret without opening it.
type Metadata struct {
	Key   Key // the metadata key
	State State

	// ServerState is the server's own word. Mind "viewed": it means that the
	// metadata was read once, not that the secret was opened.
	ServerState string

	// PassphraseRequired is false too when the secret is gone, and in Recent.
	PassphraseRequired bool

	// Remaining is how long the secret still lives, 0 when it is gone or
	// unknown. Not a promise: 0.24 and 0.25 extend a secret's life when its
	// page is looked at.
	Remaining time.Duration

	// Overdue says that the secret can be opened though the lifetime that was
	// granted has passed: 0.24.1 to 0.25.11 give it seven days anew when its page
	// is looked at, or a wrong passphrase is tried. Its record ends as it was to,
	// so that there comes a time when nobody can ask about it, or burn it.
	Overdue bool

	// The server's times, zero where it has none. Received is when the secret
	// was opened. Burned is told by v2 alone; Updated is the nearest else.
	Created, Updated, Received, Burned time.Time

	// Previewed is when the link was first fetched, by whomever, without the
	// secret being opened by that. 0.26 and later tell; before, the same word
	// meant a look at the metadata, and isn't read.
	Previewed time.Time

	// Recipients are the addresses that mail went to, obscured by the server.
	Recipients []string

	// Views is how often the link was looked at before it was opened, by
	// whomever; 0.26 counts up to 100, and counts Retrieve's question whether
	// it was the passphrase too. HasViews says whether the server told.
	Views    int
	HasViews bool
}

// Metadata asks for the state of a secret. Once its record is over too, after
// twice the secret's lifetime, that is ErrGone.
//
// On servers before 0.26 the first look changes the server's word from "new"
// to "viewed", so look when somebody wants to know, and don't poll.
func (c *Client) Metadata(ctx context.Context, metadata Key) (Metadata, error) {
	const op = "read metadata"
	if !metadata.Valid() {
		return Metadata{}, reject(op, "", notAKey)
	}
	return either(c,
		func() (Metadata, error) { return c.metadataV1(ctx, op, metadata, true) },
		func() (Metadata, error) { return c.metadataV2(ctx, op, metadata) })
}

// metadataV1 asks v1, and v2 for what it alone tells, if that is wanted.
func (c *Client) metadataV1(ctx context.Context, op string, metadata Key, more bool) (Metadata, error) {
	made := call{op: op, method: http.MethodGet, path: "/api/v1/private/" + metadata.Reveal()}
	got, err := c.do(ctx, made)
	if err != nil {
		return Metadata{}, err
	}
	var wire metadataWire
	err = json.Unmarshal(got.body, &wire)
	clear(got.body) // before 0.26 the plaintext is in there
	if err != nil || wire.State == "" {
		return Metadata{}, unusable(made, "answer not readable")
	}
	told := wire.read(got.now())
	told.Key = metadata
	if more && wire.countsViews() {
		c.addViews(ctx, &told)
	}
	return told, nil
}

// notAKey is the reason for keys that were never one.
const notAKey = "That is not a OneTimeSecret key."

// metadataWire is the answer to /private/KEY. It leaves out on purpose: value
// (the plaintext, before 0.26), secret_key, and metadata_url (without its key
// there, a bug).
type metadataWire struct {
	MetadataKey        text   `json:"metadata_key"`
	State              text   `json:"state"`
	TTL                number `json:"ttl"`
	SecretTTL          number `json:"secret_ttl"`
	Created            number `json:"created"`
	Updated            number `json:"updated"`
	Received           number `json:"received"`
	Recipient          texts  `json:"recipient"`
	PassphraseRequired flag   `json:"passphrase_required"`

	// Which version answers is seen by what is there: share_domain since
	// 0.18, receipt_url since 0.24.
	ShareDomain *text `json:"share_domain"`
	ReceiptURL  *text `json:"receipt_url"`
}

// read makes sense of the answer. The word of the server is not enough: only
// passphrase_required tells whether a secret still exists, since it is there
// exactly as long (in the recordings of all versions).
func (w metadataWire) read(now time.Time) Metadata {
	told := Metadata{
		ServerState: cut(string(w.State), maxReason),
		Created:     w.Created.time(),
		Updated:     w.Updated.time(),
		Received:    w.Received.time(),
		Recipients:  w.Recipient,
	}
	alive := w.PassphraseRequired.present
	told.State = w.state(alive, now)
	if told.State == StateWaiting {
		told.PassphraseRequired = w.PassphraseRequired.set
		told.Remaining = w.SecretTTL.duration()
		told.Overdue = w.isOver(now)
	}
	return told
}

// state sorts the server's word into the closed set, old words (v1) and new
// ones (v2, in case they show).
func (w metadataWire) state(alive bool, now time.Time) State {
	switch w.State {
	case "received", "revealed":
		return StateOpened
	case "burned":
		return StateBurned
	case "expired":
		return StateExpired
	}
	if alive {
		return StateWaiting
	}
	switch w.State {
	case "new", "shared", "viewed", "previewed", "orphaned":
		// Gone without a word. 0.12 and 0.18 don't know "expired".
		if w.isOver(now) {
			return StateExpired
		}
		return StateGone
	}
	return StateUnknown
}

// isOver reports whether the secret's lifetime has passed.
func (w metadataWire) isOver(now time.Time) bool {
	lifetime := w.TTL.duration()
	if w.ShareDomain == nil {
		lifetime /= 2 // before 0.18, ttl is the metadata's, twice the secret's
	}
	return w.State != "orphaned" && w.Created > 0 && lifetime > 0 && !now.Before(w.Created.time().Add(lifetime))
}

// countsViews reports whether it is worthwhile, and harmless, to ask v2 as
// well. 0.24 and 0.25 let a look at v2 change a living secret; they say
// "viewed" to any look, while 0.26 says "new" until it is opened.
func (w metadataWire) countsViews() bool {
	return w.ReceiptURL != nil && w.State != "viewed"
}
