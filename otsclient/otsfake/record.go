package otsfake

import (
	"crypto/rand"
	"time"
)

// record is a secret with its metadata, which outlives it.
type record struct {
	secretKey, receiptKey string
	owner                 string // "anon", or the account
	text, passphrase      string
	shareDomain, memo     string
	recipients            []string // obscured
	lifetime              time.Duration

	state                      string // new, viewed, received, burned
	created, updated, received time.Time
	expires, forgotten         time.Time // of the secret, of its metadata
	lost                       bool      // the secret is gone without a word

	generated, told bool // the plaintext came with the first look
	views           []time.Time
	wrong           int // passphrases in a row
	lockedUntil     time.Time
}

// Keys and passwords of the service are of these characters.
const (
	keyLetters      = "abcdefghijklmnopqrstuvwxyz0123456789"
	passwordLetters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!$%*()-+"
)

// lockTime is how long 0.26 locks a secret after too many wrong passphrases.
const lockTime = 30 * time.Minute

// random returns n letters. The slight bias does no harm here.
func random(letters string, n int) string {
	text := make([]byte, n)
	_, _ = rand.Read(text) // never fails, says its documentation
	for i, b := range text {
		text[i] = letters[int(b)%len(letters)]
	}
	return string(text)
}

func (s *Server) add(rec *record) {
	now := s.clock()
	rec.secretKey = random(keyLetters, s.profile.keyLength)
	rec.receiptKey = random(keyLetters, s.profile.keyLength)
	rec.state = "new"
	rec.created, rec.updated = now, now
	rec.expires = now.Add(rec.lifetime)
	rec.forgotten = now.Add(2 * rec.lifetime)
	s.bySecret[rec.secretKey] = rec
	s.byReceipt[rec.receiptKey] = rec
	s.order = append(s.order, rec)
}

// exists reports whether the secret can still be opened.
func (rec *record) exists(now time.Time) bool {
	return !rec.lost && !rec.isOver() && now.Before(rec.expires)
}

func (rec *record) isOver() bool { return rec.state == "received" || rec.state == "burned" }

// receipt returns the record of a metadata key, nil when it is forgotten.
func (s *Server) receipt(key string) *record {
	rec := s.byReceipt[key]
	if rec == nil || !s.clock().Before(rec.forgotten) {
		return nil
	}
	return rec
}

// secret returns the record of a secret key, nil when it can't be opened.
func (s *Server) secret(key string) *record {
	rec := s.bySecret[key]
	if rec == nil || !rec.exists(s.clock()) {
		return nil
	}
	return rec
}

// change sets the state of a record.
func (s *Server) change(rec *record, state string) {
	now := s.clock()
	rec.state, rec.updated = state, now
	if s.profile.saveExtends {
		rec.forgotten = now.Add(2 * rec.lifetime)
	}
	if rec.isOver() {
		rec.text = ""
	}
}

// verdict is what comes of a try to open or to burn.
type verdict int

const (
	done verdict = iota
	wrongPhrase
	locked
	limited
)

// try checks the passphrase of a record that exists, and changes its state.
func (s *Server) try(rec *record, caller, passphrase, state string) (text string, came verdict) {
	now := s.clock()
	if now.Before(rec.lockedUntil) {
		return "", locked
	}
	if rec.passphrase != passphrase && rec.passphrase != "" {
		if rec.wrong++; s.profile.locksAfter > 0 && rec.wrong >= s.profile.locksAfter {
			rec.wrong, rec.lockedUntil = 0, now.Add(lockTime)
		}
		if s.isLimited("wrong passphrase", caller, s.profile.limit.wrongPhrase) {
			return "", limited
		}
		return "", wrongPhrase
	}
	if state == "burned" && rec.passphrase != "" && s.profile.limit.rightBurns && s.isFull("wrong passphrase", caller, s.profile.limit.wrongPhrase) {
		return "", limited
	}
	text = rec.text
	if state == "received" {
		rec.received = now
	}
	s.change(rec, state)
	return text, done
}

// limitWindow is what the limits count in.
const limitWindow = 20 * time.Minute

// isLimited counts a call of a kind and reports whether it is one too many.
func (s *Server) isLimited(kind, caller string, most int) bool {
	full := s.isFull(kind, caller, most)
	if s.limits {
		s.calls[kind+" "+caller] = append(s.calls[kind+" "+caller], s.clock())
	}
	return full
}

// isFull reports whether a caller has made as many calls of a kind as allowed.
func (s *Server) isFull(kind, caller string, most int) bool {
	if !s.limits || most == 0 || s.profile.limit.guestsOnly && caller != guest {
		return false
	}
	now, recent := s.clock(), s.calls[kind+" "+caller]
	for len(recent) > 0 && now.Sub(recent[0]) >= limitWindow {
		recent = recent[1:]
	}
	s.calls[kind+" "+caller] = recent
	return len(recent) >= most
}
