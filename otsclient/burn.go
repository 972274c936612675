package otsclient

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Burn destroys a secret before anybody opens it. A secret with a passphrase
// can only be burned with it, on every version; pass an empty one otherwise.
//
// Nil means that the server says it is done. What Burn says when it is not:
// ErrWrongPassphrase, where the server tells; ErrLocked, see there; ErrGone,
// when it was opened, burned or expired before, or, on 0.12, when the
// passphrase is wrong; ErrBurned, see there; ErrUnavailable for any answer that no server is known to
// give, after which the secret may be burned or not. Metadata tells which; ask
// it also after a nil, when it matters whether somebody was quicker.
func (c *Client) Burn(ctx context.Context, metadata Key, passphrase Plaintext) error {
	const op = "burn secret"
	if !metadata.Valid() {
		return reject(op, "", notAKey)
	}
	_, err := either(c,
		func() (struct{}, error) { return struct{}{}, c.burnV1(ctx, op, metadata, passphrase) },
		func() (struct{}, error) { return struct{}{}, c.burnV2(ctx, op, metadata, passphrase) })
	return err
}

func passphraseForm(passphrase Plaintext) url.Values {
	form := url.Values{}
	setUnlessEmpty(form, "passphrase", passphrase.Reveal())
	return form
}

func (c *Client) burnV1(ctx context.Context, op string, metadata Key, passphrase Plaintext) error {
	made := call{
		op:       op,
		method:   http.MethodPost,
		path:     "/api/v1/private/" + metadata.Reveal() + "/burn",
		form:     passphraseForm(passphrase),
		classify: classifyBurn,
	}
	got, err := c.do(ctx, made)
	switch {
	case err == nil && !saysBurned(got.body):
		return unusable(made, "answer not readable")
	case err == nil:
		return nil
	case errors.Is(err, ErrGone) && got.retried:
		return c.burnedOrGone(ctx, op, metadata, err)
	case isUnexpected(err):
		return c.refusedPassphrase(ctx, metadata, got, err)
	}
	return err
}

// saysBurned tells the service's answer from what somebody else answers with
// 200, such as a gateway under maintenance: every recorded one has the metadata
// in "state". What is in that doesn't count: on 0.18 and later the state there
// is that of before the burn.
func saysBurned(body []byte) bool {
	var wire struct{ State map[string]json.RawMessage }
	return json.Unmarshal(body, &wire) == nil && wire.State != nil
}

// classifyBurn knows the one message that only a burn has. It is translated:
// in a language that isn't known here it is told by the mark of a mistake of
// the caller's, since 0.24, of which a burn has no other.
func classifyBurn(got answer, says message) *callError {
	if says.isWrongPhrase() || got.blamesCaller() && !says.isCommon() {
		return &callError{kind: ErrWrongPassphrase}
	}
	return nil
}

// burnedOrGone looks, after a repeated burn found nothing, whether that may be
// because of the first attempt, whose answer was lost.
func (c *Client) burnedOrGone(ctx context.Context, op string, metadata Key, gone error) error {
	if told, err := c.Metadata(ctx, metadata); err == nil && told.State == StateBurned {
		return &callError{op: op, kind: ErrBurned}
	}
	return gone
}

// refusedPassphrase looks behind "unexpected error" of a secret that is there
// and has a passphrase. 0.26 says so when the passphrase is locked, and marks
// it as the caller's error; 0.18 says so when it is wrong, and marks nothing.
// Of any other server it is what it says.
func (c *Client) refusedPassphrase(ctx context.Context, metadata Key, got answer, unexpected error) error {
	told, err := c.Metadata(ctx, metadata)
	if err != nil || told.State != StateWaiting || !told.PassphraseRequired {
		return unexpected
	}
	if got.blamesCaller() {
		return &callError{op: "burn secret", kind: ErrLocked}
	}
	if version, err := c.ServerVersion(ctx); err == nil && strings.HasPrefix(version, "0.18.") {
		return &callError{op: "burn secret", kind: ErrWrongPassphrase}
	}
	return unexpected
}
