package bot

import (
	"encoding/json"
	"errors"
	"time"

	"otsbot/otsclient"
)

// handle is all that a receipt's button needs, kept in the button's value: so
// it works after a restart and on another replica, without a database. The
// receipt is private to its creator, and the metadata key may be there and in
// no other place of Slack.
type handle struct {
	Version int    `json:"v"`
	Key     string `json:"k"`           // metadata key
	Path    string `json:"p"`           // "receipt" or "private": the metadata page's path
	Creator string `json:"u"`           // who may press
	Channel string `json:"c,omitempty"` // the conversation; "" if there was none
	TS      string `json:"t,omitempty"` // the post in it, if it can be edited
	Thread  bool   `json:"h,omitempty"` // the post is in a thread: Slack said so
	Astray  bool   `json:"z,omitempty"` // it was meant for a thread, and Slack didn't say that it is there
	Note    string `json:"b,omitempty"` // as it was typed
	Alone   bool   `json:"a,omitempty"` // the conversation is the creator's DM with the app
	Road    road   `json:"r"`           // how the link went out
	Expires int64  `json:"e"`           // Unix seconds, by the lifetime that the server granted
	Phrase  bool   `json:"w,omitempty"` // a passphrase is needed, for burning too
	Link    string `json:"l,omitempty"` // the one-time link, where its creator alone has it
	// What the receipt says besides, also after each change.
	Why  string `json:"y,omitempty"` // Slack's code for why it is not posted
	Leak bool   `json:"o,omitempty"` // the original message still shows the secret
	// Original is what there is to say about that message, in brief.
	Original facets `json:"x,omitzero"`
	Remarks  string `json:"q,omitempty"` // what is odd about the text, see remarks.go
	Asked    int64  `json:"d,omitempty"` // seconds: the lifetime asked for, if another was given
	Given    int64  `json:"g,omitempty"` // seconds: the lifetime given, if Asked is set
	Mail     string `json:"m,omitempty"` // who was mailed the link, obscured by OneTimeSecret
}

// handleVersion changes when an old button could be misread by new code.
const handleVersion = 1

// maxValue is how long a button's value may be,
// https://docs.slack.dev/reference/block-kit/block-elements/button-element
const maxValue = 2000

func (h handle) encode() string {
	h.Version = handleVersion
	data, err := json.Marshal(h)
	if err != nil || len(data) > maxValue {
		return "" // can't be: every field is a bounded id. The button then says that it is not ours.
	}
	return string(data)
}

var (
	errNotOurs   = errors.New("button value is not one of ours")
	errNotTheirs = errors.New("button is for its creator alone")
)

// readHandle reads a button's value as pressed by user.
func readHandle(value, user string) (handle, error) {
	var h handle
	if json.Unmarshal([]byte(value), &h) != nil || h.Version != handleVersion || !h.valid() {
		return handle{}, errNotOurs
	}
	if h.Creator != user {
		return handle{}, errNotTheirs
	}
	return h, nil
}

// valid keeps anything but what we wrote out of the path of a call.
func (h handle) valid() bool {
	return h.key().Valid() && h.Creator != "" && (h.Path == "receipt" || h.Path == "private")
}

func (h handle) key() otsclient.Key  { return otsclient.NewKey(h.Key) }
func (h handle) expires() time.Time  { return time.Unix(h.Expires, 0) }
func (h handle) fingerprint() string { return h.key().Fingerprint() }
