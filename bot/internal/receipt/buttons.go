package receipt

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
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

// Opener is what a button holds that only opens the form.
type Opener struct {
	Creator string `json:"u"`
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
	source := func() {
		if r.Original != nil {
			brief := *r.Original
			brief.Source = ""
			r.Original = &brief
		}
	}
	for _, shorten := range []func(){func() {}, source, func() { r.Note = "" }, func() { r.To.Mail = "" }} {
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

// Why a button is refused.
var (
	ErrNotOurs   = seal.ErrNotOurs
	ErrNotTheirs = errors.New("button is for its creator alone")
)

// Press is a button that was pressed.
type Press struct {
	User, Action, Value string
	Blocks              []slack.Block  // of its message
	At                  slackapi.Place // of its message
}

// Read reads the receipt that a button belongs to, and, of a row's own button,
// the person of that row.
func Read(keys Signer, p Press) (r Receipt, only string, err error) {
	parts, mac := p.carried()
	if parts == nil {
		parts, mac = p.spread()
	}
	action := p.Action
	if action == ActionBurnRow {
		action = mac.action
	}
	if len(parts) < 2 || !keys.Signed(mac.mac, append([]string{version, action}, parts...)...) || !r.read(parts) {
		return Receipt{}, "", ErrNotOurs
	}
	if r.Creator != p.User {
		return Receipt{}, "", ErrNotTheirs
	}
	r.At = p.At
	if p.Action == ActionBurnRow {
		only = r.Rows[slices.Index(parts[1:], p.Value)].To
	}
	return r, only, nil
}

// signature is one, and the action of the button that it is of.
type signature struct{ mac, action string }

func cut(value string) (mac, rest string) {
	signed, ours := strings.CutPrefix(value, version)
	if !ours {
		return "", ""
	}
	return seal.CutMAC(signed)
}

// carried reads what is all in the button: head and rows, or nil.
func (p Press) carried() ([]string, signature) {
	mac, rest := cut(p.Value)
	parts := strings.Split(rest, "\n")
	if len(parts) < 2 || p.Action == ActionBurnRow {
		return nil, signature{}
	}
	return parts, signature{mac, p.Action}
}

// spread reads what stands in the message: head and rows, or nil if the button
// is none of its.
func (p Press) spread() (parts []string, of signature) {
	var first *slack.ButtonBlockElement
	parts = []string{""}
	for _, block := range p.Blocks {
		switch block := block.(type) {
		case *slack.ActionBlock:
			if block.BlockID == BlockButtons {
				first = firstButton(block)
			}
		case *slack.SectionBlock:
			if row, ours := rowIn(block); ours {
				parts = append(parts, row)
			}
		}
	}
	if first == nil || p.At.TS == "" {
		return nil, signature{}
	}
	mac, head := cut(first.Value)
	parts[0], of = head, signature{mac, first.ActionID}
	if p.Action == ActionBurnRow { // of which the first button must be signed
		if !slices.Contains(parts[1:], p.Value) {
			return nil, signature{}
		}
		return parts, of
	}
	pressed, rest := cut(p.Value)
	if rest != "" && rest != head {
		return nil, signature{}
	}
	return parts, signature{pressed, p.Action}
}

func firstButton(block *slack.ActionBlock) *slack.ButtonBlockElement {
	for _, element := range block.Elements.ElementSet {
		if button, ok := element.(*slack.ButtonBlockElement); ok {
			return button
		}
	}
	return nil
}

func rowIn(block *slack.SectionBlock) (row string, ours bool) {
	if a := block.Accessory; a != nil && a.ButtonElement != nil && a.ButtonElement.ActionID == ActionBurnRow {
		return a.ButtonElement.Value, true
	}
	return strings.CutPrefix(block.BlockID, blockEnd)
}

// read reads head and rows, and says whether they are well formed.
func (r *Receipt) read(parts []string) bool {
	if json.Unmarshal([]byte(parts[0]), r) != nil {
		return false
	}
	r.Rows = nil
	for _, part := range parts[1:] {
		var row Row
		if json.Unmarshal([]byte(part), &row) != nil {
			return false
		}
		r.Rows = append(r.Rows, row)
	}
	return r.valid()
}

// valid keeps anything but keys and our own hosts out of a call and a link,
// also if a signing key is in wrong hands.
func (r Receipt) valid() bool {
	people := r.To.Sort == ToPeople
	if r.ID == "" || r.Creator == "" || !r.To.valid() || !hostLike(r.Domain) || len(r.Rows) == 0 || !people && len(r.Rows) > 1 {
		return false
	}
	return !slices.ContainsFunc(r.Rows, func(row Row) bool {
		return people == (row.To == "") || !row.valid(r.Path)
	})
}

func (r Row) valid(path string) bool {
	if r.Key == "" {
		return r.Secret == ""
	}
	return r.MetadataKey().Valid() && (r.Secret == "" || otsclient.NewKey(r.Secret).Valid()) && (path == "receipt" || path == "private")
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)

// hostLike is a host name and nothing more, or none.
func hostLike(domain string) bool {
	return domain == "" || len(domain) <= 253 && hostName.MatchString(domain)
}
