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
// was done.
func isClearRefusal(status int) bool {
	return status >= 300 && status < 400 ||
		status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

func classify(call call, got answer) *callError {
	switch {
	case got.status >= 300 && got.status < 400:
		return &callError{kind: ErrUnavailable, detail: "redirect refused"}
	case got.status == http.StatusTooManyRequests:
		return &callError{kind: ErrRateLimited}
	case got.status == http.StatusServiceUnavailable:
		return &callError{kind: ErrUnavailable, repeatable: true}
	case got.status >= 500: // the server, or a proxy that lost it
		failed := unusable(call, "")
		failed.repeatable = !call.once && got.status != http.StatusInternalServerError
		return failed
	case got.status == http.StatusUnauthorized:
		return &callError{kind: ErrNotAuthorized}
	case got.status == http.StatusRequestEntityTooLarge:
		return &callError{kind: ErrRejected, field: FieldSecret, reason: "The server finds the request too large."}
	case got.hasNoRoute():
		return &callError{kind: ErrNoAPI}
	}
	says, ok := messageOf(got.body)
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

// hasNoRoute reports whether a OneTimeSecret answers that it doesn't have what
// was asked for: since 0.18 as JSON, 0.12 as plain text.
func (a answer) hasNoRoute() bool {
	if a.status != http.StatusNotFound {
		return false
	}
	var fields struct {
		Error, Message *text
	}
	if json.Unmarshal(a.body, &fields) == nil {
		return fields.Message == nil && fields.Error != nil && *fields.Error == saysNotFound
	}
	return string(bytes.TrimSpace(a.body)) == saysNotFound
}

// blamesCaller reports whether the server, since 0.24, adds that it means a
// 400 by its 404.
func (a answer) blamesCaller() bool { return a.header.Get("X-Ots-Intended-Status") == "400" }

// messageOf returns the message of a JSON error body, and false for anything
// else.
func messageOf(body []byte) (message, bool) {
	var fields struct {
		Message *string `json:"message"`
	}
	if json.Unmarshal(body, &fields) != nil || fields.Message == nil {
		return "", false
	}
	return message(*fields.Message), true
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

// retryAfter reads the header in its two forms, RFC 9110, 10.2.3.
func retryAfter(got answer) time.Duration {
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
