package otsclient

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

// Retrieve opens a secret, which consumes it. The passphrase is passed on as
// it is; empty means none.
//
// ErrGone is also what a wrong passphrase gives, except where the server has
// v2, which tells them apart: then it is ErrWrongPassphrase. After
// ErrOutcomeUnknown the secret may be lost.
func (c *Client) Retrieve(ctx context.Context, secret Key, passphrase Plaintext) (Plaintext, error) {
	const op = "retrieve secret"
	if !secret.Valid() {
		return Plaintext{}, reject(op, "", notAKey)
	}
	form := url.Values{}
	setUnlessEmpty(form, "passphrase", passphrase.Reveal())
	made := call{
		op:       op,
		method:   http.MethodPost,
		path:     "/api/v1/secret/" + secret.Reveal(),
		form:     form,
		once:     true,
		classify: classifyRetrieve,
	}
	got, err := c.do(ctx, made)
	if errors.Is(err, ErrGone) && c.exists(ctx, secret) {
		return Plaintext{}, &callError{op: op, kind: ErrWrongPassphrase}
	}
	if err != nil {
		return Plaintext{}, err
	}
	var wire struct {
		Value *string `json:"value"`
	}
	err = json.Unmarshal(got.body, &wire)
	clear(got.body)
	if err != nil || wire.Value == nil {
		return Plaintext{}, unusable(made, "answer not readable")
	}
	return NewPlaintext(*wire.Value), nil
}

// classifyRetrieve knows how 0.26 refuses a locked passphrase. Unlike other
// unexpected errors it can't have consumed the secret.
func classifyRetrieve(got answer, says message) *callError {
	if says == saysUnexpected && got.blamesCaller() {
		return &callError{kind: ErrLocked}
	}
	return nil
}
