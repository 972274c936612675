package otsclient

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What servers say when they do not do what they are asked, as recorded and as
// read in their source. Anything else is no refusal: after a call that creates,
// it leaves open what was done.
const (
	saysNotAuthorized = "Not authorized"
	saysUnknown       = "Unknown secret"
	saysUnexpected    = "An unexpected error occurred :["
	saysBackShortly   = "We'll be back shortly!" // its database is down
	saysNotAvailable  = "is not available"       // at the end: credentials where accounts are off
)

// saysNotFound is an error where a route isn't there. As a message a server has
// it for keys too short to be sent from here, so it is a gateway's, and says
// nothing of a secret.
const saysNotFound = "Not Found"

// saysLimited are how the messages about a limit begin: 0.12 to 0.17, 0.18 to
// 0.23, then 0.24 and later. A recorded 0.12 server answers 500, as to any
// error of its own.
var saysLimited = []string{"Apologies dear citizen! You have been rate limited", "Cripes! You have been rate limited", "Rate limit exceeded"}

// saysWrongPhrase are how a burn with a wrong passphrase is refused, in the
// languages that servers are known to have.
var saysWrongPhrase = []string{
	"Double check that passphrase", "Incorrect passphrase",
	"Überprüfe die Passphrase erneut", "Vuelva a comprobar la frase de contraseña",
	"Nieprawidłowa fraza dostępowa, spróbuj jeszcze raz!", "Yanlış parola", "パスフレーズを再確認してください",
}

// What a refusal is about: see [Field].
const (
	FieldSecret     = "secret"
	FieldPassphrase = "passphrase"
	FieldRecipient  = "recipient"
	FieldDomain     = "domain"
)

// refusals are what is said to a request to share or to generate that is not
// as the server wants it. All of them come before anything is stored.
var refusals = []struct {
	says  *regexp.Regexp // a group is the shortest passphrase
	field string
	kind  error
}{
	{regexp.MustCompile(`^You did not provide anything to share$`), FieldSecret, ErrRejected},
	{regexp.MustCompile(`^Secret value exceeds the maximum size of \d+ (?:characters|bytes)$`), FieldSecret, ErrRejected},
	{regexp.MustCompile(`^Incorrect payload format$`), "", ErrRejected},
	{regexp.MustCompile(`^Passphrase must be at least (\d{1,4}) characters long$`), FieldPassphrase, ErrRejected},
	{regexp.MustCompile(`^Passphrase must be no more than \d+ characters long$`), FieldPassphrase, ErrRejected},
	{regexp.MustCompile(`^Passphrase must contain `), FieldPassphrase, ErrRejected},
	{regexp.MustCompile(`^A passphrase is required for all secrets$`), FieldPassphrase, ErrRejected},
	{regexp.MustCompile(`^An account is required to send emails\.`), FieldRecipient, ErrRejected},
	{regexp.MustCompile(`^Undeliverable email address: `), FieldRecipient, ErrRejected},
	{regexp.MustCompile(`^Unknown domain: |^Domain not found `), FieldDomain, ErrNotAllowed},
	{regexp.MustCompile(`^Public sharing disabled for domain: `), FieldDomain, ErrNotAllowed},
	{regexp.MustCompile(`^You do not have permission to use domain: `), FieldDomain, ErrNotAllowed},
}

// refusal returns the error for a message that refuses a create, or nil.
func (m message) refusal(private []string) *callError {
	for _, known := range refusals {
		found := known.says.FindStringSubmatch(string(m))
		if found == nil {
			continue
		}
		failed := &callError{kind: known.kind, field: known.field, reason: m.safe(private)}
		if len(found) > 1 {
			failed.minPassphrase, _ = strconv.Atoi(found[1]) // four digits at most
		}
		return failed
	}
	return nil
}

// classifyMessage reads what a 4xx answer says. Nearly all are 404.
func classifyMessage(call call, says message) *callError {
	switch {
	case says == saysNotAuthorized:
		return &callError{kind: ErrNotAuthorized}
	case says.isLimit():
		return &callError{kind: ErrRateLimited}
	case says == saysUnknown && !call.creates:
		return &callError{kind: ErrGone}
	case says == saysUnexpected: // v1's way to say 500: it may have done half of it
		return unusable(call, detailUnexpected)
	case says.isAway():
		return &callError{kind: ErrUnavailable, repeatable: !call.once && says == saysBackShortly}
	}
	if call.creates {
		if failed := says.refusal(call.private); failed != nil {
			return failed
		}
	}
	return unusable(call, "an answer that no server is known to give")
}

// isCommon reports whether the message may be the answer to any call.
func (m message) isCommon() bool {
	return m == saysNotAuthorized || m == saysUnexpected || m == saysUnknown || m.isLimit() || m.isAway()
}

func (m message) isAway() bool {
	return m == saysBackShortly || strings.HasSuffix(string(m), saysNotAvailable)
}

func (m message) isWrongPhrase() bool { return slices.Contains(saysWrongPhrase, string(m)) }

func (m message) isLimit() bool {
	return slices.ContainsFunc(saysLimited, func(beginning string) bool {
		return strings.HasPrefix(string(m), beginning)
	})
}
