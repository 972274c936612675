package otsclient

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// What servers accept, at the strictest of the known versions.
const (
	// MaxSecretBytes: 0.24 and later refuse more; older ones cut it off
	// without a word, at some length of their own.
	MaxSecretBytes = 10_000

	// MinPassphraseChars: 0.22 and 0.23 refuse less; 0.24 and later refuse
	// less than 4.
	MinPassphraseChars = 8

	// MaxPassphraseChars: 0.22 and later refuse more.
	MaxPassphraseChars = 128
)

// ShareRequest is a secret to store.
type ShareRequest struct {
	// Secret is the text, at most MaxSecretBytes and not only white space. It
	// is stored byte for byte.
	Secret Plaintext

	// Passphrase, if not empty, is needed to open and to burn the secret;
	// there is no way around it for its creator either.
	Passphrase Plaintext

	// TTL is the lifetime to ask for; zero leaves it to the server. Servers
	// clamp it silently, to at least one minute (five on 0.20) and at most
	// seven to thirty days. Shared.TTL is what they granted.
	TTL time.Duration

	// Recipient is an e-mail address the server sends the link to. It takes
	// an account.
	Recipient string

	// ShareDomain is the custom domain to share under; empty means
	// Config.ShareDomain.
	ShareDomain string
}

// Shared is a stored secret.
type Shared struct {
	SecretKey, MetadataKey Key

	// TTL is the lifetime that the server granted, which may differ from
	// what was asked for.
	TTL time.Duration

	// Created is when, by the server's clock.
	Created time.Time

	// PassphraseRequired reports whether the server has set a passphrase.
	PassphraseRequired bool

	// Unprotected reports whether the server says that no passphrase is needed,
	// though one was sent: anybody with the link can open the secret. No recorded
	// server does that. v1 alone is believed: what v2 says of a passphrase before
	// 0.26 isn't known.
	Unprotected bool

	// ShareDomain is the domain of the link as it was asked for, or "".
	ShareDomain string

	// Recipients are the addresses that mail goes to, obscured by the server.
	Recipients []string

	// ReceiptPath is "receipt" or "private": under which of the two this
	// server has the page for the metadata key. See Client.ReceiptLink.
	ReceiptPath string
}

// GenerateRequest asks the server to make up a password and to store it. The
// fields are as in ShareRequest.
type GenerateRequest struct {
	// Length of the password, for servers from 0.22; older ones make 12
	// characters. Zero leaves it to the server.
	Length                 int
	Passphrase             Plaintext
	TTL                    time.Duration
	Recipient, ShareDomain string
}

// Generated is a stored secret that the server made up.
type Generated struct {
	Shared
	Value Plaintext
}

// Share stores a secret. It is never repeated once it may have reached the
// server: see ErrOutcomeUnknown.
func (c *Client) Share(ctx context.Context, request ShareRequest) (Shared, error) {
	const op = "share secret"
	if reason := checkSecret(request.Secret); reason != "" {
		return Shared{}, reject(op, FieldSecret, reason)
	}
	form, domain, err := c.createForm(op, request.Passphrase, request.TTL, request.Recipient, request.ShareDomain)
	if err != nil {
		return Shared{}, err
	}
	form.Set("secret", request.Secret.Reveal())
	created, err := either(c,
		func() (Generated, error) { return c.create(ctx, creating(op, "/api/v1/share", form), domain) },
		func() (Generated, error) { return c.conceal(ctx, creating(op, "/api/v2/secret/conceal", form), domain) })
	return created.Shared, err
}

// Generate has the server make up a password and store it. The answer holds
// the password, so do as with Share's argument.
func (c *Client) Generate(ctx context.Context, request GenerateRequest) (Generated, error) {
	const op = "generate secret"
	if request.Length < 0 {
		return Generated{}, reject(op, "", "The length is negative.")
	}
	form, domain, err := c.createForm(op, request.Passphrase, request.TTL, request.Recipient, request.ShareDomain)
	if err != nil {
		return Generated{}, err
	}
	if request.Length > 0 {
		form.Set("length", strconv.Itoa(request.Length))
	}
	made := creating(op, "/api/v1/generate", form)
	created, err := either(c,
		func() (Generated, error) { return c.create(ctx, made, domain) },
		func() (Generated, error) {
			return c.generateV2(ctx, creating(op, "/api/v2/secret/generate", form), domain)
		})
	if err == nil && created.Value.IsZero() {
		return Generated{}, unusable(made, "answer without a value")
	}
	return created, err
}

func creating(op, path string, form url.Values) call {
	return call{op: op, method: http.MethodPost, path: path, form: form, once: true, creates: true}
}

// createForm checks and encodes what Share and Generate have in common.
func (c *Client) createForm(op string, passphrase Plaintext, ttl time.Duration, recipient, domain string) (url.Values, string, error) {
	if reason := checkPassphrase(passphrase); reason != "" {
		return nil, "", reject(op, FieldPassphrase, reason)
	}
	if ttl < 0 {
		return nil, "", reject(op, "", "The lifetime is negative.")
	}
	if domain == "" {
		domain = c.shareDomain
	}
	if checkDomain(domain) != nil { // a server would ignore it and share elsewhere
		return nil, "", reject(op, FieldDomain, "The share domain is not a host name.")
	}
	form := url.Values{}
	if ttl > 0 {
		// Whole seconds, rounded up: 0 would mean the longest or the shortest
		// lifetime there is, depending on the version.
		form.Set("ttl", strconv.FormatInt(int64((ttl+time.Second-1)/time.Second), 10))
	}
	setUnlessEmpty(form, "passphrase", passphrase.Reveal())
	setUnlessEmpty(form, "recipient", recipient)
	setUnlessEmpty(form, "share_domain", domain)
	return form, domain, nil
}

func setUnlessEmpty(form url.Values, name, value string) {
	if value != "" {
		form.Set(name, value)
	}
}

func checkSecret(secret Plaintext) string {
	switch {
	case strings.TrimSpace(secret.Reveal()) == "":
		return "The secret is empty."
	case secret.Len() > MaxSecretBytes:
		return "The secret is longer than 10,000 bytes."
	}
	return ""
}

func checkPassphrase(passphrase Plaintext) string {
	chars := utf8.RuneCountInString(passphrase.Reveal())
	switch {
	case chars == 0:
		return ""
	case chars < MinPassphraseChars:
		return "The passphrase is shorter than 8 characters."
	case chars > MaxPassphraseChars:
		return "The passphrase is longer than 128 characters."
	}
	return ""
}

// createdWire is the answer to /share and /generate. What the secret_ttl says
// is right on all versions; ttl is not.
type createdWire struct {
	SecretKey          text   `json:"secret_key"`
	MetadataKey        text   `json:"metadata_key"`
	SecretTTL          number `json:"secret_ttl"`
	Created            number `json:"created"`
	PassphraseRequired flag   `json:"passphrase_required"`
	Recipient          texts  `json:"recipient"`
	MetadataURL        text   `json:"metadata_url"` // since 0.24
	Value              text   `json:"value"`        // of /generate
}

func (c *Client) create(ctx context.Context, call call, domain string) (Generated, error) {
	got, err := c.do(ctx, call)
	if err != nil {
		return Generated{}, err
	}
	var wire createdWire
	if json.Unmarshal(got.body, &wire) != nil {
		return Generated{}, unusable(call, "answer not readable")
	}
	secretKey, metadataKey := NewKey(string(wire.SecretKey)), NewKey(string(wire.MetadataKey))
	if !secretKey.Valid() || !metadataKey.Valid() { // no link of them would work, and no button
		return Generated{}, unusable(call, "answer without keys")
	}
	return Generated{
		Shared: Shared{
			SecretKey:          secretKey,
			MetadataKey:        metadataKey,
			TTL:                wire.SecretTTL.duration(),
			Created:            wire.Created.time(),
			PassphraseRequired: wire.PassphraseRequired.set,
			Unprotected:        wire.PassphraseRequired.denied() && call.form.Get("passphrase") != "",
			ShareDomain:        domain,
			Recipients:         wire.Recipient,
			ReceiptPath:        receiptPath(string(wire.MetadataURL), metadataKey),
		},
		Value: NewPlaintext(string(wire.Value)),
	}, nil
}
