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
	if block.Elements == nil { // it comes from a payload, which may lack them
		return nil
	}
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
