package otsclient

import (
	"errors"
	"net/url"
	"strings"
)

// The page for a metadata key was renamed: 0.12 to 0.23 have it at /private/,
// 0.22 and later at /receipt/, and neither redirects.
const (
	pathReceipt = "receipt"
	pathPrivate = "private"
)

// longKey is where keys tell the version: about 31 characters up to 0.23, 62
// and more since 0.24.
const longKey = 40

// SecretLink is the link that opens the secret, once, for whoever follows it
// and presses the button there.
func (c *Client) SecretLink(shared Shared) string {
	base := c.public
	if shared.ShareDomain != "" {
		base = "https://" + shared.ShareDomain
	}
	return base + "/secret/" + url.PathEscape(shared.SecretKey.Reveal())
}

// ReceiptLink is the private link that tells the state of a secret and burns
// it. receiptPath is Shared.ReceiptPath; where it is unknown, "" guesses by
// the key.
func (c *Client) ReceiptLink(metadata Key, receiptPath string) string {
	if receiptPath != pathReceipt && receiptPath != pathPrivate {
		receiptPath = guessReceiptPath(metadata)
	}
	return c.public + "/" + receiptPath + "/" + url.PathEscape(metadata.Reveal())
}

// receiptPath takes from the server's own link the one thing that is taken
// from there, the name of the page. Hosts in answers are never used: behind a
// proxy they are often wrong, and a link must lead where the operator said.
func receiptPath(serverURL string, metadata Key) string {
	if u, err := url.Parse(serverURL); err == nil {
		path, ok := strings.CutSuffix(u.Path, "/"+metadata.Reveal())
		if ok && strings.HasSuffix(path, "/"+pathReceipt) {
			return pathReceipt
		}
		if ok && strings.HasSuffix(path, "/"+pathPrivate) {
			return pathPrivate
		}
	}
	return guessReceiptPath(metadata)
}

func guessReceiptPath(metadata Key) string {
	if len(metadata.Reveal()) > longKey {
		return pathReceipt
	}
	return pathPrivate
}

// KeyKind is what a key is good for, as far as the text it came in tells.
type KeyKind int

// The kinds of ParseKey. A bare key is of KindUnknown: both look alike.
const (
	KindUnknown KeyKind = iota
	KindSecret
	KindMetadata
)

// String names the kind.
func (k KeyKind) String() string {
	switch k {
	case KindSecret:
		return "secret key"
	case KindMetadata:
		return "metadata key"
	}
	return "key"
}

// ParseKey finds the key in what people have at hand: the key, or any share,
// private, receipt or API link, of whatever host. People take the private
// link for the share link often enough that the kind is worth a look.
func ParseKey(input string) (Key, KeyKind, error) {
	// What url.Parse says about an error has the input in it.
	errNone := errors.New("parse key: no OneTimeSecret key or link")
	u, err := url.Parse(strings.TrimSpace(input))
	if err != nil {
		return Key{}, KindUnknown, errNone
	}
	segments := strings.Split(strings.Trim(u.Path, "/"), "/")
	if last := len(segments) - 1; last > 0 && segments[last] == "burn" {
		segments = segments[:last]
	}
	kind := KindUnknown
	if len(segments) > 1 {
		kind = kindOf(segments[len(segments)-2])
	}
	key := NewKey(segments[len(segments)-1])
	if !key.Valid() || kind == KindUnknown && len(segments) > 1 {
		return Key{}, KindUnknown, errNone
	}
	return key, kind, nil
}

func kindOf(segment string) KeyKind {
	switch segment {
	case "secret":
		return KindSecret
	case pathPrivate, pathReceipt, "metadata":
		return KindMetadata
	}
	return KindUnknown
}
