package bot

import (
	"errors"
	"regexp"
	"time"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/seal"
	"otsbot/otsclient"
)

// handle is all that a receipt's button needs, kept in the button's value: so
// it works after a restart and on another replica, without a database. The
// receipt is private to its creator, and the metadata key may be there and in
// no other place of Slack. The value is signed, see [seal.Keys.Sign]: what a client
// sends back is ours as a whole or refused.
type handle struct {
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
	Secret  string `json:"l,omitempty"` // secret key, where its creator alone has the link
	Domain  string `json:"n,omitempty"` // the custom domain of the link, if it has one
	// What the receipt says besides, also after each change.
	Why  string `json:"y,omitempty"` // Slack's code for why it is not posted
	Leak bool   `json:"o,omitempty"` // the original message still shows the secret
	// Original is what there is to say about that message, in brief.
	Original authored.Facts `json:"x,omitzero"`
	Remarks  string         `json:"q,omitempty"` // what is odd about the text, see remarks.go
	Asked    int64          `json:"d,omitempty"` // seconds: the lifetime asked for, if another was given
	Given    int64          `json:"g,omitempty"` // seconds: the lifetime given, if Asked is set
	Mail     string         `json:"m,omitempty"` // who was mailed the link, obscured by OneTimeSecret
}

// maxValue is how long a button's value may be,
// https://docs.slack.dev/reference/block-kit/block-elements/button-element
const maxValue = 2000

// maxHandle leaves room for the signature, and for how the link went.
const maxHandle = maxValue - seal.MACLength - 100

// fitted is h as it fits a button's value: without what its creator can do
// without, as far as that is needed. It is false if not even the rest fits or
// could be read again; then the secret must not be left to its receipt.
func (h handle) fitted() (handle, bool) {
	for _, shorten := range []func(){func() {}, func() { h.Original.Source = "" }, func() { h.Note = "" }, func() { h.Mail = "" }} {
		if shorten(); len(seal.Encode(h)) <= maxHandle {
			return h, h.valid()
		}
	}
	return h, false
}

var (
	errNotOurs   = seal.ErrNotOurs
	errNotTheirs = errors.New("button is for its creator alone")
)

// readHandle reads the value of a button with that action as pressed by user.
func readHandle(s *seal.Keys, action, value, user string) (handle, error) {
	var h handle
	if s.Read(action, value, &h) != nil || !h.valid() {
		return handle{}, errNotOurs
	}
	if h.Creator != user {
		return handle{}, errNotTheirs
	}
	return h, nil
}

// valid keeps anything but keys and our own hosts out of a call and a link,
// also if a signing key is in wrong hands.
func (h handle) valid() bool {
	return h.key().Valid() && h.Creator != "" && (h.Path == "receipt" || h.Path == "private") &&
		(h.Secret == "" || otsclient.NewKey(h.Secret).Valid()) && domainLike(h.Domain)
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)

// domainLike is a host name and nothing more, or none.
func domainLike(domain string) bool {
	return domain == "" || len(domain) <= 253 && hostName.MatchString(domain)
}

func (h handle) key() otsclient.Key  { return otsclient.NewKey(h.Key) }
func (h handle) expires() time.Time  { return time.Unix(h.Expires, 0) }
func (h handle) fingerprint() string { return h.key().Fingerprint() }

// link is the one-time link of a handle that has it.
func (h handle) link() otsclient.Shared {
	return otsclient.Shared{SecretKey: otsclient.NewKey(h.Secret), ShareDomain: h.Domain}
}
