package otsclient

import (
	"errors"
	"fmt"
	"time"
)

// What can go wrong with a call, as far as a caller can act on it. Match with
// errors.Is.
var (
	// ErrNotAuthorized: the server refuses the credentials, or wants some.
	ErrNotAuthorized = errors.New("not authorized")

	// ErrRejected: the request itself is refused, by the server or, before it
	// was sent, by this package. Reason has the sentence, Field what it is
	// about. Nothing was stored. Only the refusals that servers are known to
	// give are taken for one.
	ErrRejected = errors.New("rejected")

	// ErrNotAllowed: the server is well, and whoever runs it doesn't let this
	// be done: no sharing under that domain, guests shut out, a plan that
	// lacks it. Only they can change it. It matches ErrRejected as well.
	ErrNotAllowed = fmt.Errorf("not allowed there: %w", ErrRejected)

	// ErrRateLimited: too many calls. RetryAfter has the wait, if the server
	// says; OneTimeSecret itself never does, proxies may. Nothing was stored.
	// A wait of up to two seconds is kept by this package, once.
	ErrRateLimited = errors.New("rate limited")

	// ErrLocked: too many wrong passphrases for this secret, and for a while
	// (30 minutes on 0.26) the right one is refused too, to open as to burn.
	// It matches ErrRateLimited as well. The server only says "unexpected
	// error"; see Client.Burn for how it is told apart.
	ErrLocked = fmt.Errorf("passphrase locked: %w", ErrRateLimited)

	// ErrGone: there is no secret (any more) under this key, or the passphrase
	// is wrong; most servers don't say which. A secret key where a metadata
	// key belongs looks the same.
	ErrGone = errors.New("gone, or wrong passphrase")

	// ErrWrongPassphrase: the secret is there and the passphrase is missing or
	// wrong, where the server says so. A wrong passphrase consumes nothing.
	ErrWrongPassphrase = errors.New("wrong passphrase")

	// ErrUnavailable: no OneTimeSecret answered, or it could not do it. The
	// call had no effect, or can be repeated without harm.
	ErrUnavailable = errors.New("unavailable")

	// ErrNoAPI: a OneTimeSecret answers that it has no such route. The call
	// had no effect, and trying again won't help: OTS 0.24.0 answered every
	// share like that for days. It matches ErrUnavailable as well.
	ErrNoAPI = fmt.Errorf("no such route of the API: %w", ErrUnavailable)

	// ErrBurned: the secret is burned, by this call or before it. The answer that
	// would tell is lost, and Burn, repeated, found nothing to burn. It matches
	// ErrUnavailable as well.
	ErrBurned = fmt.Errorf("burned, perhaps before: %w", ErrUnavailable)

	// ErrOutcomeUnknown: the request may have had its effect, but the answer
	// was lost, or is none that servers are known to give. Only Share, Generate and Retrieve end like this. After Share
	// there may be a secret that nobody holds a key of; it expires.
	ErrOutcomeUnknown = errors.New("outcome unknown")
)

// Reason returns the sentence that comes with [ErrRejected]: the server's own,
// made safe to show (one line, at most 200 bytes, no URL, no key, nothing of
// what was sent as secret or passphrase), or this package's. It is "" when
// there is none.
func Reason(err error) string {
	var call *callError
	if errors.As(err, &call) {
		return call.reason
	}
	return ""
}

// Field returns what of the request an [ErrRejected] is about: FieldSecret,
// FieldPassphrase, FieldRecipient, FieldDomain, or "" when that isn't known.
func Field(err error) string {
	var call *callError
	if errors.As(err, &call) {
		return call.field
	}
	return ""
}

// MinPassphrase returns how many characters the server wants a passphrase to
// have, when it refused one for being shorter; else 0.
func MinPassphrase(err error) int {
	var call *callError
	if errors.As(err, &call) {
		return call.minPassphrase
	}
	return 0
}

// RetryAfter returns how long the server asks to wait, 0 if it doesn't say.
func RetryAfter(err error) time.Duration {
	var call *callError
	if errors.As(err, &call) {
		return call.retryAfter
	}
	return 0
}

// Stumbled reports whether the server is there and stumbled over this one call:
// it answered with a 500, or nothing that can be read. Another call may well
// succeed at once, which it won't where the server limits, refuses or is away.
func Stumbled(err error) bool {
	var call *callError
	return errors.As(err, &call) && call.kind == ErrUnavailable && !call.repeatable && call.cause == nil
}

// callError is the error of a call. It never wraps what net/http returned: a
// *url.Error prints the URL, which has the key in it. What is left of that is
// a constant phrase in detail and, as cause, the context's error.
type callError struct {
	op         string // "share secret"
	kind       error  // one of the Err values
	detail     string // a phrase of this package: "timed out", "status 502"
	reason     string // for people; the server's words stay out of Error()
	retryAfter time.Duration
	cause      error // context.Canceled, context.DeadlineExceeded or nil
	repeatable bool  // trying again soon may help and can't harm
	sent       bool  // no answer came, though the request may have arrived

	field         string // of a refusal
	minPassphrase int    // likewise, in characters
}

func (e *callError) Error() string {
	if e.detail == "" {
		return e.op + ": " + e.kind.Error()
	}
	return e.op + ": " + e.kind.Error() + ": " + e.detail
}

func (e *callError) Unwrap() []error {
	if e.cause == nil {
		return []error{e.kind}
	}
	return []error{e.kind, e.cause}
}

// mayHaveDone reports whether the server may have done what it was asked, and got
// is not the answer that says so.
func (e *callError) mayHaveDone(got answer) bool {
	if got.status == 0 {
		return e.sent
	}
	return !isClearRefusal(got.status) && e.kind != ErrRateLimited
}

// reject is the error of a check made before anything is sent.
func reject(op, field, reason string) error {
	return &callError{op: op, kind: ErrRejected, detail: reason, reason: reason, field: field}
}

// isUnexpected reports whether the server said "An unexpected error occurred".
func isUnexpected(err error) bool {
	var call *callError
	return errors.As(err, &call) && call.detail == detailUnexpected
}

// detailUnexpected is the detail of that error.
const detailUnexpected = "unexpected error"
