package otsclient

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
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
	return either(c,
		func() (Plaintext, error) { return c.retrieveV1(ctx, op, secret, passphrase) },
		func() (Plaintext, error) { return c.reveal(ctx, op, secret, passphrase) })
}

func (c *Client) retrieveV1(ctx context.Context, op string, secret Key, passphrase Plaintext) (Plaintext, error) {
	made := call{
		op:       op,
		method:   http.MethodPost,
		path:     "/api/v1/secret/" + secret.Reveal(),
		form:     passphraseForm(passphrase),
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
// unexpected errors it can't have consumed the secret. v2 says what is wrong.
func classifyRetrieve(got answer, says message) *callError {
	switch {
	case says == saysUnexpected && got.blamesCaller():
		return &callError{kind: ErrLocked}
	case got.status == http.StatusUnprocessableEntity && !says.isCommon():
		return &callError{kind: ErrWrongPassphrase}
	}
	return nil
}
