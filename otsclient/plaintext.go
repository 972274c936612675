package otsclient

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// redacted stands for a value in every print form.
const redacted = "[redacted]"

// Plaintext is a secret or a passphrase. It prints as "[redacted]" whatever
// the verb or encoder. The methods alone would not do: inside an unexported
// field of another struct, fmt does not call them and prints the fields; so
// the text is behind a pointer, and what is printed there is an address.
//
// The zero value is "no text". Two values made from the same text are not
// equal by ==; compare what Reveal returns.
type Plaintext struct{ text *string }

// NewPlaintext hides text.
func NewPlaintext(text string) Plaintext { return Plaintext{text: hide(text)} }

// Reveal returns the text. Every call of it is a place to look at in a review.
func (p Plaintext) Reveal() string { return reveal(p.text) }

// Len returns the length in bytes, which is how servers count.
func (p Plaintext) Len() int { return len(reveal(p.text)) }

// IsZero reports whether there is no text.
func (p Plaintext) IsZero() bool { return p.Len() == 0 }

// Format implements fmt.Formatter, for every verb and flag.
func (Plaintext) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String implements fmt.Stringer, for loggers that look for it.
func (Plaintext) String() string { return redacted }

// LogValue implements slog.LogValuer.
func (Plaintext) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements encoding.TextMarshaler; JSON and XML use it too.
func (Plaintext) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// GobEncode implements gob.GobEncoder.
func (Plaintext) GobEncode() ([]byte, error) { return []byte(redacted), nil }

// Key is a secret key or a metadata key. Whoever holds one can use it, so it
// is protected as [Plaintext] is; logs may show its Fingerprint.
type Key struct{ text *string }

// NewKey hides text. It accepts anything; a call with something that cannot
// be a key is refused. See [ParseKey] for input from people.
func NewKey(text string) Key { return Key{text: hide(text)} }

// Reveal returns the key itself.
func (k Key) Reveal() string { return reveal(k.text) }

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return reveal(k.text) == "" }

// Fingerprint tells keys apart in logs: the first 12 hex digits of the key's
// SHA-256. Keys are long and random, so nobody gets back from there.
func (k Key) Fingerprint() string {
	sum := sha256.Sum256([]byte(k.Reveal()))
	return hex.EncodeToString(sum[:6])
}

// Format implements fmt.Formatter, for every verb and flag.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String implements fmt.Stringer, for loggers that look for it.
func (Key) String() string { return redacted }

// LogValue implements slog.LogValuer.
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements encoding.TextMarshaler; JSON and XML use it too.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// GobEncode implements gob.GobEncoder.
func (Key) GobEncode() ([]byte, error) { return []byte(redacted), nil }

// Valid reports whether servers make such keys: 20 to 128 of a-z and 0-9. No
// other is sent, as it becomes a part of the path, or taken from an answer:
// what is written anywhere can be read back.
func (k Key) Valid() bool {
	text := k.Reveal()
	return len(text) >= minKey && len(text) <= maxKey && strings.Trim(text, keyLetters) == ""
}

const keyLetters = "abcdefghijklmnopqrstuvwxyz0123456789"

// Servers make keys of about 31 characters, or 62 and more since 0.24, where
// they call anything below 20 unknown.
const (
	minKey = 20
	maxKey = 128
)

func hide(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func reveal(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
