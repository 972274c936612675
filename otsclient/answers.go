package otsclient

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxReason bounds the server's sentence, which ends up in front of people.
const maxReason = 200

// minEcho is the shortest text whose appearance in a message is taken for an
// echo; a shorter one is in many a sentence.
const minEcho = 4

// message is what the server says in words, "" if it doesn't.
type message string

// read returns nil for a 2xx answer and the error for every other: the one
// place where answers become errors.
func read(call call, got answer) *callError {
	if got.status >= 200 && got.status < 300 {
		return nil
	}
	failed := classify(call, got)
	failed.op = call.op
	if failed.detail == "" {
		failed.detail = "status " + strconv.Itoa(got.status)
	}
	failed.retryAfter = retryAfter(got)
	if failed.kind == ErrRateLimited {
		// Nothing was done. To come back helps where the server says when:
		// OneTimeSecret's own limits are for 20 minutes, and it doesn't.
		failed.repeatable = failed.retryAfter > 0
	}
	return failed
}

// isClearRefusal is for answers that say by their status alone that nothing
// was done. 503 isn't one: a proxy without a server answers so, and so does one
// that lost it in the middle of a request (Envoy, istio/istio#9906).
func isClearRefusal(status int) bool {
	return status >= 300 && status < 400 || status == http.StatusTooManyRequests
}

func classify(call call, got answer) *callError {
	switch {
	case got.status >= 300 && got.status < 400:
		return &callError{kind: ErrUnavailable, detail: "redirect refused"}
	case got.status == http.StatusTooManyRequests:
		return &callError{kind: ErrRateLimited}
	case got.status >= 500: // the server, or a proxy that lost it
		failed := unusable(call, "")
		failed.repeatable = !call.once && got.status != http.StatusInternalServerError
		return failed
	case got.status == http.StatusUnauthorized:
		return &callError{kind: ErrNotAuthorized}
	case got.status == http.StatusRequestEntityTooLarge:
		return &callError{kind: ErrRejected, field: FieldSecret, reason: "The server finds the request too large."}
	}
	about := got.about()
	switch {
	case got.status == http.StatusNotFound && about.isNoRoute(got.body):
		return &callError{kind: ErrNoAPI}
	case about.ErrorType == "RecordNotFound" && !call.creates: // v2
		return &callError{kind: ErrGone}
	}
	says, ok := about.message()
	if ok && got.status == http.StatusForbidden && about.isPolicy() {
		return &callError{kind: ErrNotAllowed, reason: says.safe(call.private)}
	}
	if !ok { // a page of a proxy, which may have lost the server's own answer
		return unusable(call, "not an answer of the API")
	}
	if call.classify != nil {
		if failed := call.classify(got, says); failed != nil {
			return failed
		}
	}
	return classifyMessage(call, says)
}

// aboutWire is what an answer says about itself. v1 has a message; v2 has an
// error since 0.26, and before that a name of its class beside the message.
type aboutWire struct {
	Message, Error *text
	ErrorType      text   `json:"error_type"`
	Code           text   `json:"code"`
	Entitlement    text   `json:"entitlement"` // a plan's, which the account lacks
	RetryAfter     number `json:"retry_after"`
}

// about reads what is said, which is nothing if the body isn't an object.
func (a answer) about() aboutWire {
	var about aboutWire
	if json.Unmarshal(a.body, &about) != nil {
		return aboutWire{}
	}
	return about
}

// isNoRoute reports whether a OneTimeSecret answers that it doesn't have what
// was asked for: v1 since 0.18 and v2, v2 of 0.24, and 0.12 in plain text.
func (w aboutWire) isNoRoute(body []byte) bool {
	return w.Message == nil && w.Error != nil && *w.Error == saysNotFound ||
		w.Code == "NOT_FOUND" ||
		string(bytes.TrimSpace(body)) == saysNotFound
}

// isPolicy reports whether a 403 is the service's own: guest routes that are
// off, a plan without the entitlement. Others' may come after the effect.
func (w aboutWire) isPolicy() bool {
	return w.Entitlement != "" || strings.HasPrefix(string(w.Code), "GUEST_") ||
		w.ErrorType == "Forbidden" || w.ErrorType == "EntitlementRequired"
}

// message returns what is said in words, and false if nothing is.
func (w aboutWire) message() (message, bool) {
	switch {
	case w.Message != nil:
		return message(*w.Message), true
	case w.Error != nil:
		return message(*w.Error), true
	}
	return "", false
}

// blamesCaller reports whether the answer is to a mistake of the caller's: v1,
// since 0.24, adds that it means a 400 by its 404; v2 says 422.
func (a answer) blamesCaller() bool {
	return a.status == http.StatusUnprocessableEntity || a.header.Get("X-Ots-Intended-Status") == "400"
}

// safe returns the message as it may be shown: one line, bounded, without
// anything that was confidential in the request, URLs (0.12 advertises its
// sign-up page) or what could be a key.
func (m message) safe(private []string) string {
	for _, sent := range private {
		if len(sent) >= minEcho && strings.Contains(string(m), sent) {
			return ""
		}
	}
	var words []string
	for _, word := range strings.FieldsFunc(string(m), isBreak) {
		if strings.Contains(word, "://") || looksLikeKey(word) {
			word = "…"
		}
		words = append(words, word)
	}
	return cut(strings.Join(words, " "), maxReason)
}

func isBreak(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// looksLikeKey finds a run of 20 letters and digits: the shortest key.
func looksLikeKey(word string) bool {
	run := 0
	for _, r := range word {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			run = 0
			continue
		}
		if run++; run >= 20 {
			return true
		}
	}
	return false
}

// cut shortens s to at most max bytes, between characters.
func cut(s string, max int) string {
	s = strings.ToValidUTF8(s, "")
	if len(s) <= max {
		return s
	}
	const more = "…"
	end := max - len(more)
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + more
}

// retryAfter reads the header in its two forms, RFC 9110, 10.2.3, and what v2
// says in its body.
func retryAfter(got answer) time.Duration {
	if seconds := got.about().RetryAfter; seconds > 0 {
		return time.Duration(min(seconds, maxRetryAfter)) * time.Second
	}
	value := got.header.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return min(time.Duration(seconds), maxRetryAfter) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil && date.After(got.now()) {
		return min(date.Sub(got.now()), maxRetryAfter*time.Second)
	}
	return 0
}

// maxRetryAfter, in seconds, keeps the arithmetic from overflowing: a day.
const maxRetryAfter = 24 * 60 * 60
