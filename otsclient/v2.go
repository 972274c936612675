package otsclient

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// conceal is create by v2. The form's fields stand within secret[…]: a form
// and not JSON, which would change bytes that are no UTF-8.
func (c *Client) conceal(ctx context.Context, made call, domain string) (Generated, error) {
	inner := url.Values{}
	for name, values := range made.form {
		inner["secret["+name+"]"] = values
	}
	made.form = inner
	got, err := c.do(ctx, made)
	if err != nil {
		return Generated{}, err
	}
	var wire struct {
		Record struct {
			Receipt, Metadata receiptWire // the same, but for 0.22 and 0.23, which have the latter alone
			Secret            struct{ Identifier, Key text }
		}
		Details struct{ Recipient texts }
	}
	if json.Unmarshal(got.body, &wire) != nil {
		return Generated{}, unusable(made, "answer not readable")
	}
	receipt := wire.Record.Receipt
	if receipt.key().IsZero() {
		receipt = wire.Record.Metadata
	}
	secretKey := keyOf(wire.Record.Secret.Identifier, wire.Record.Secret.Key)
	if !secretKey.Valid() || !receipt.key().Valid() {
		return Generated{}, unusable(made, "answer without keys")
	}
	return Generated{Shared: Shared{
		SecretKey:          secretKey,
		MetadataKey:        receipt.key(),
		TTL:                receipt.SecretTTL.duration(),
		Created:            receipt.Created.time(),
		PassphraseRequired: receipt.HasPassphrase.set,
		ShareDomain:        domain,
		Recipients:         wire.Details.Recipient,
		ReceiptPath:        guessReceiptPath(receipt.key()),
	}}, nil
}

// generateV2 asks once more for what was made up, which the receipt alone
// tells, within a minute. Without it nobody could use the secret, so it is
// burned then.
func (c *Client) generateV2(ctx context.Context, made call, domain string) (Generated, error) {
	created, err := c.conceal(ctx, made, domain)
	if err != nil {
		return Generated{}, err
	}
	got, err := c.do(ctx, showing(made.op, created.MetadataKey))
	if err == nil {
		var wire struct {
			Details struct {
				SecretValue text `json:"secret_value"`
			} `json:"details"`
		}
		err = json.Unmarshal(got.body, &wire)
		clear(got.body)
		created.Value = NewPlaintext(string(wire.Details.SecretValue))
	}
	if err != nil || created.Value.IsZero() {
		phrase := NewPlaintext(made.form.Get("passphrase"))
		_ = c.burnV2(ctx, made.op, created.MetadataKey, phrase)
		return Generated{}, unusable(made, "answer without a value")
	}
	return created, nil
}

func showing(op string, metadata Key) call {
	return call{op: op, method: http.MethodGet, path: "/api/v2/receipt/" + metadata.Reveal()}
}

func (c *Client) metadataV2(ctx context.Context, op string, metadata Key) (Metadata, error) {
	made := showing(op, metadata)
	got, err := c.do(ctx, made)
	if err != nil {
		return Metadata{}, err
	}
	wire, err := readShown(got)
	if err != nil || wire.Record.State == "" {
		return Metadata{}, unusable(made, "answer not readable")
	}
	told := wire.Record.read(got.now())
	told.Key = metadata
	left := wire.Details.Remaining.duration()
	switch {
	case left > 0 && (told.State == StateWaiting || told.State == StateUnknown):
		told.State, told.Remaining, told.PassphraseRequired = StateWaiting, left, wire.Record.HasPassphrase.set
		told.Overdue = wire.Record.left(got.now()) <= 0
	case told.State == StateUnknown && wire.Record.left(got.now()) <= 0:
		told.State = StateExpired
	}
	wire.addViews(&told)
	return told, nil
}

// burnV2 says ErrGone where v2 says only "success": then there was nothing to
// burn any more.
func (c *Client) burnV2(ctx context.Context, op string, metadata Key, passphrase Plaintext) error {
	made := call{
		op:       op,
		method:   http.MethodPost,
		path:     "/api/v2/receipt/" + metadata.Reveal() + "/burn",
		form:     passphraseForm(passphrase),
		json:     goOn(passphrase),
		classify: classifyBurn,
	}
	got, err := c.do(ctx, made)
	if err != nil {
		return err
	}
	var wire struct {
		Success flag
		Record  *receiptWire
	}
	if json.Unmarshal(got.body, &wire) != nil || !wire.Success.set {
		return unusable(made, "answer not readable")
	}
	if wire.Record != nil {
		return nil
	}
	gone := &callError{op: op, kind: ErrGone}
	if got.retried {
		return c.burnedOrGone(ctx, op, metadata, gone)
	}
	return gone
}

func goOn(passphrase Plaintext) map[string]any {
	sent := map[string]any{"continue": true} // without it, v2 only looks
	if !passphrase.IsZero() {
		sent["passphrase"] = passphrase.Reveal()
	}
	return sent
}

func (c *Client) reveal(ctx context.Context, op string, secret Key, passphrase Plaintext) (Plaintext, error) {
	made := call{
		op:       op,
		method:   http.MethodPost,
		path:     "/api/v2/secret/" + secret.Reveal() + "/reveal",
		form:     passphraseForm(passphrase),
		json:     goOn(passphrase),
		once:     true,
		classify: classifyRetrieve,
	}
	got, err := c.do(ctx, made)
	if err != nil {
		return Plaintext{}, err
	}
	var wire struct {
		Record struct {
			SecretValue *string `json:"secret_value"`
		}
	}
	err = json.Unmarshal(got.body, &wire)
	clear(got.body)
	if err != nil || wire.Record.SecretValue == nil {
		return Plaintext{}, unusable(made, "answer not readable")
	}
	return NewPlaintext(*wire.Record.SecretValue), nil
}

func (c *Client) recentV2(ctx context.Context) ([]Metadata, error) {
	made := call{op: "list recent secrets", method: http.MethodGet, path: "/api/v2/receipt/recent"}
	got, err := c.do(ctx, made)
	if err != nil {
		return nil, err
	}
	return readReceipts(made, got)
}

// statusV2 asks for the account's list where there is an account: the status
// of v2 doesn't look at credentials.
func (c *Client) statusV2(ctx context.Context, op string) error {
	err := c.nominal(ctx, call{op: op, method: http.MethodGet, path: "/api/v2/status"})
	if err == nil && c.credentials.Load().username != "" {
		_, err = c.do(ctx, call{op: op, method: http.MethodGet, path: "/api/v2/receipt/recent"})
	}
	return err
}

// SetMemo puts a note of at most 500 characters on a secret's receipt, which
// its creator sees in their list on the server's pages. It takes the account
// that created it, and a server with v2: ErrNotAuthorized and ErrNoAPI tell.
func (c *Client) SetMemo(ctx context.Context, metadata Key, memo string) error {
	const op = "set memo"
	switch {
	case !metadata.Valid():
		return reject(op, "", notAKey)
	case len([]rune(memo)) > maxMemo:
		return reject(op, "", "The memo is longer than 500 characters.")
	}
	_, err := c.do(ctx, call{
		op: op, method: http.MethodPatch, path: "/api/v2/receipt/" + metadata.Reveal(),
		json: map[string]any{"memo": memo},
	})
	return err
}

const maxMemo = 500
