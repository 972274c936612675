package receipt

import (
	"encoding/json"
	"strings"

	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/slackapi"
)

// Signer signs, see package seal.
type Signer interface {
	MAC(parts ...string) string
	Signed(mac string, parts ...string) bool
}

// How a receipt is written into its buttons. It is one head, with what the rows
// have in common, and the rows, each as JSON; a signature for one button's
// action is over all of them. So no row can be altered, left out or brought
// from another receipt, and what a client sends back is ours as a whole or
// refused.
//
// A receipt with one row is carried by each of its buttons, since an ephemeral
// message has nothing else to bring it back:
//
//	version signature head newline row
//
// With several people, the first button for all has the head, the others only
// the signature, and each row stands where it is shown: in the value of its own
// button or, when it has none any more, in the id of its block, which nobody
// sees:
//
//	version signature head    version signature    row    "end " row
const version = "1"

// Blocks and actions by which a receipt is found again.
const (
	BlockButtons = "receipt" // the buttons for the receipt as a whole
	blockEnd     = "end "

	ActionCheck      = "check"
	ActionBurn       = "burn"
	ActionBurnRow    = "burn_one"
	ActionTell       = "tell_opened"
	ActionSendAgain  = "send_again"
	ActionSendPhrase = "send_passphrase"
	ActionReopen     = "open_form" // holds an Opener
)

const (
	// maxValue is how long a button's value may be,
	// https://docs.slack.dev/reference/block-kit/block-elements/button-element
	maxValue = 2000
	// later is left free when a receipt is made, for how the link then goes and
	// what becomes of it.
	later = 150
	// granted is left free for what OneTimeSecret says of several people's
	// secrets: a host name, and the lifetime that it gives.
	granted = 350
	// maxNote bounds what a receipt of several people keeps of a note, in JSON as
	// Slack's library writes it. All blocks of a message have room for about
	// 13,000 characters together, and twenty rows need most of it.
	maxNote = 1200
)

// Opener is what a button holds that only opens the form, which comes with what is
// shared again.
type Opener struct {
	Creator string   `json:"u"`
	People  []string `json:"t,omitempty"`
	Note    string   `json:"x,omitempty"` // as it was typed
}

// Buttons make the values of a receipt's buttons.
type Buttons struct {
	keys    Signer
	head    string
	rows    []string
	carried bool // each has all of it
	given   bool // one of those for all has the head
}

// Buttons of the receipt as it is now.
func (r Receipt) Buttons(keys Signer) *Buttons {
	b := &Buttons{keys: keys, head: r.head(), carried: r.To.Sort != ToPeople}
	for _, row := range r.Rows {
		b.rows = append(b.rows, seal.Encode(row.over()))
	}
	return b
}

func (r Receipt) head() string {
	r.Rows, r.At = nil, slackapi.Place{}
	return seal.Encode(r)
}

// All is the value of a button for the receipt as a whole. The first is to be
// the first of its block.
func (b *Buttons) All(action string) string {
	parts := append([]string{version, action, b.head}, b.rows...)
	value := version + b.keys.MAC(parts...)
	switch {
	case b.carried:
		value += strings.Join(parts[2:], "\n")
	case !b.given:
		value += b.head
	}
	b.given = true
	return value
}

// Row is the value of a row's own button.
func (b *Buttons) Row(i int) string { return b.rows[i] }

// Ended is the id of a block whose row has no button.
func (b *Buttons) Ended(i int) string { return blockEnd + b.rows[i] }

// Fit returns r as it fits its buttons: without what its creator can do
// without, as far as that is needed. It is false if not even the rest fits or
// could be read again; then no secret must be left to it.
func (r Receipt) Fit() (Receipt, bool) {
	addresses := func() {
		if r.Original != nil {
			r.Original = r.Original.Brief()
		}
	}
	for _, shorten := range []func(){func() {}, addresses, func() { r.Note = "" }, func() { r.To.Mail = "" }} {
		if shorten(); r.fits() {
			return r, r.valid()
		}
	}
	return r, false
}

func (r Receipt) fits() bool {
	length := len(version) + seal.MACLength + len(r.head())
	if r.To.Sort == ToPeople {
		note, _ := json.Marshal(r.Note)
		return length <= maxValue-granted && len(note) <= maxNote
	}
	for _, row := range r.Rows {
		length += 1 + len(seal.Encode(row))
	}
	return length <= maxValue-later
}
