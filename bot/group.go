package bot

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
)

// group is a share with several people: a secret and a link for each of them,
// and one receipt with a row for each. It lives in the receipt's buttons alone,
// like a handle, so that it outlives the process. The buttons for all are signed
// for the group and all of its rows together: no row can be altered, left out
// or brought from another receipt.
type group struct {
	ID      string         `json:"i"` // of this receipt alone: what it is known by
	Creator string         `json:"u"`
	Expires int64          `json:"e"`           // Unix seconds, of what is stored
	Path    string         `json:"p,omitempty"` // "receipt" or "private", as in a handle
	Domain  string         `json:"h,omitempty"` // the custom domain of the links, if they have one
	Phrase  bool           `json:"w,omitempty"` // a passphrase is needed, for burning too
	Asked   int64          `json:"d,omitempty"` // seconds: the lifetime asked for, if another was given
	Given   int64          `json:"g,omitempty"` // seconds: the lifetime given, if Asked is set
	Remarks string         `json:"q,omitempty"` // what is odd about the text, see remarks.go
	Checked int64          `json:"a,omitempty"` // Unix seconds: when Check all was pressed
	Change  int            `json:"n,omitempty"` // counts the changes of the receipt: the higher is the newer
	Note    string         `json:"m,omitempty"` // as it was typed
	Rows    []row          `json:"-"`           // each in the value of its own button
	At      slackapi.Place `json:"-"`           // where the receipt stands
}

// row is one person of a group. Its names are short: all blocks of a message
// may have about 13,000 characters together, see slackfake's maxBlocksLength.
type row struct {
	To     string `json:"to"`
	Step   step   `json:"s,omitempty"`
	Key    string `json:"k,omitempty"` // metadata key, while the secret can be opened
	Secret string `json:"l,omitempty"` // secret key, while its link may not have arrived
	DM     string `json:"c,omitempty"` // where the message with the link is
	TS     string `json:"t,omitempty"`
	Why    string `json:"y,omitempty"` // why there is no link, or it did not arrive
	Phrase string `json:"w,omitempty"` // what became of the passphrase's own link
	State  string `json:"o,omitempty"` // of the secret, as it was last seen
	AsOf   int64  `json:"a,omitempty"` // when that was
	Opened int64  `json:"n,omitempty"`
}

// step is how far a person's link has come.
type step string

const (
	stepPending step = ""  // nothing is stored for them
	stepFailed  step = "f" // nothing is stored: OneTimeSecret, see Why
	stepStored  step = "s" // stored, and about to be sent
	stepSent    step = "d"
	stepNotSent step = "n" // Slack refused; the creator has the link
	stepPerhaps step = "p" // Slack didn't say; the creator has the link too
)

// handle is what a button of one secret alone would remember of a row.
func (g group) handle(r row) handle {
	h := handle{Key: r.Key, Path: g.Path, Creator: g.Creator, Channel: r.DM, TS: r.TS,
		Road: roadPrivate, Expires: g.Expires, Phrase: g.Phrase, Why: r.Why}
	if r.TS != "" {
		h.Road = roadPost
	}
	return h
}

// kept is a group as a form remembers it, sealed: a view is no place for keys.
type kept struct {
	Group group          `json:"g"`
	Rows  []row          `json:"r"`
	At    slackapi.Place `json:"a"`
}

// Of a crowd it has no room for the note; the process remembers that for a while.
func (g group) keep() *kept {
	if g.crowded() {
		g.Note = ""
	}
	return &kept{g, slices.Clone(g.Rows), g.At}
}

// group has rows of its own: the form may be drawn once more while they change.
func (k kept) group() group {
	g := k.Group
	g.Rows, g.At = slices.Clone(k.Rows), k.At
	return g
}

func newGroup(creator string, people []string, expires time.Time, phrase bool) group {
	g := group{ID: rand.Text()[:10], Creator: creator, Expires: expires.Unix(), Phrase: phrase}
	for _, user := range people {
		g.Rows = append(g.Rows, row{To: user})
	}
	return g
}

// live says that there is a secret that may still be opened or burned.
func (r row) live() bool { return r.Key != "" }

// missing says that nobody has a link of this row, and that it can be made.
func (r row) missing() bool { return r.Step == stepPending || r.Step == stepFailed }

// unsent says that there is a link that may not have reached its person.
func (r row) unsent() bool {
	return r.live() && r.Secret != ""
}

// due says that another try is for them: to be stored, or only to be sent.
func (r row) due() bool { return r.missing() || r.unsent() }

func (g group) count(is func(row) bool) (n int) {
	for _, r := range g.Rows {
		if is(r) {
			n++
		}
	}
	return n
}

// people are those of the rows that are so.
func (g group) people(are func(row) bool) (users []string) {
	for _, r := range g.Rows {
		if are(r) {
			users = append(users, r.To)
		}
	}
	return users
}

// saw notes the state of the row's secret. With the end of the secret goes
// what could burn it.
func (r *row) saw(now status) {
	r.AsOf, r.State, r.Opened = now.asOf.Unix(), now.state.String(), 0
	if !now.opened.IsZero() {
		r.Opened = now.opened.Unix()
	}
	switch {
	case now.open:
		r.State = rowOpen
	case now.kept:
		r.State = rowKept
	case now.trust:
		r.State = rowTrust
	case now.burned:
		r.State = rowBurned
	}
	if now.final() && r.Why == notBurnedCode && now.state != otsclient.StateOpened {
		*r = row{To: r.To} // nobody had its link: it can be made again
		return
	}
	if now.final() {
		r.Key, r.Secret, r.DM, r.TS = "", "", "", ""
	}
}

// What a row remembers beside the states of OneTimeSecret.
const (
	rowOpen   = "open"  // OneTimeSecret could not be asked
	rowKept   = "kept"  // not burned, though the order was taken
	rowTrust  = "trust" // burned, as far as OneTimeSecret said
	rowBurned = "mine"  // burned by this button, seen to be
)

// status is what saw noted.
func (r row) status() status {
	s := status{asOf: time.Unix(r.AsOf, 0), state: otsclient.StateWaiting}
	if r.Opened != 0 {
		s.opened = time.Unix(r.Opened, 0)
	}
	switch r.State {
	case "":
	case rowOpen:
		s.open = true
	case rowKept:
		s.kept = true
	case rowTrust:
		s.trust = true
	case rowBurned:
		s.burned = true
	default:
		s.state = otsclient.StateUnknown
		for state := otsclient.StateUnknown; state <= otsclient.StateGone; state++ {
			if state.String() == r.State {
				s.state = state
			}
		}
	}
	return s
}

const (
	blockEnd = "end "  // and the row: it has no button any more
	blockAll = "group" // the buttons for all
)

// readGroup reads the group from the message that a pressed button belongs to.
func readGroup(s *seal.Keys, cb payload.Payload, pressed payload.Action) (group, error) {
	g := group{At: receiptAt(cb)}
	var values []string
	var all *slack.ButtonBlockElement
	for _, block := range payload.Blocks(cb.Message) {
		switch block := block.(type) {
		case *slack.ActionBlock:
			if block.BlockID == blockAll {
				all = firstButton(block)
			}
		case *slack.SectionBlock:
			value, ours := rowValue(block)
			if !ours {
				continue
			}
			var r row
			if json.Unmarshal([]byte(value), &r) != nil {
				return group{}, errNotOurs
			}
			g.Rows, values = append(g.Rows, r), append(values, value)
		}
	}
	if all == nil || !signedGroup(s, all, pressed, values) || !g.read(all.Value) {
		return group{}, errNotOurs
	}
	if g.Creator != cb.User.ID {
		return group{}, errNotTheirs
	}
	return g, nil
}

// read reads the group's own part, and says whether all of it is well formed.
func (g *group) read(value string) bool {
	_, head := seal.CutMAC(value)
	if json.Unmarshal([]byte(head), g) != nil || g.ID == "" || g.Creator == "" || len(g.Rows) == 0 || g.At.TS == "" || !domainLike(g.Domain) {
		return false
	}
	for _, r := range g.Rows {
		if r.To == "" || r.live() && !g.handle(r).valid() {
			return false
		}
	}
	return true
}

// signedGroup says whether the pressed button belongs to the rows with those
// values. The first of the buttons for all has the group; a row's own button
// must be one of the rows that it is signed with.
func signedGroup(s *seal.Keys, all *slack.ButtonBlockElement, pressed payload.Action, rows []string) bool {
	mac, head := seal.CutMAC(all.Value)
	action := all.ActionID
	switch {
	case pressed.ActionID != actionBurnOne:
		var rest string
		action = pressed.ActionID
		if mac, rest = seal.CutMAC(pressed.Value); rest != "" && rest != head {
			return false
		}
	case !slices.Contains(rows, pressed.Value):
		return false
	}
	return s.Signed(mac, append([]string{action, head}, rows...)...)
}

func firstButton(block *slack.ActionBlock) *slack.ButtonBlockElement {
	for _, element := range block.Elements.ElementSet {
		if button, ok := element.(*slack.ButtonBlockElement); ok {
			return button
		}
	}
	return nil
}

// rowValue is what a row's button holds, or, when that is gone, its block id.
func rowValue(block *slack.SectionBlock) (value string, ours bool) {
	if a := block.Accessory; a != nil && a.ButtonElement != nil && a.ButtonElement.ActionID == actionBurnOne {
		return a.ButtonElement.Value, true
	}
	return strings.CutPrefix(block.BlockID, blockEnd)
}
