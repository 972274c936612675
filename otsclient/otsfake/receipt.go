package otsfake

import (
	"net/http"
	"time"
)

// retellTime is how long after its creation a generated secret is still told
// with its metadata, since 0.26.
const retellTime = time.Minute

// show answers with a secret's metadata. Before 0.26 that changes it.
func (s *Server) show(w http.ResponseWriter, r request, key string) {
	if s.isLimited("read", r.caller, s.profile.limit.read) {
		s.tooMany(w)
		return
	}
	rec := s.receipt(key)
	if rec == nil {
		s.unknown(w, key)
		return
	}
	word, plaintext := s.look(rec)
	said := s.describe(rec, r.caller, word)
	if plaintext != "" {
		said["value"] = plaintext
		if s.profile.urls {
			said["secret_value"] = plaintext
		}
	}
	if s.profile.urls { // a bug: the key is missing
		said["metadata_url"] = origin(r.Request) + "/receipt/"
		said["receipt_url"] = said["metadata_url"]
	}
	writeJSON(w, http.StatusOK, said)
	if s.profile.lookLags && rec.state == "new" {
		s.change(rec, "viewed")
	}
}

// look returns the word for the state, and the plaintext where the version
// gives it away.
func (s *Server) look(rec *record) (word, plaintext string) {
	now := s.clock()
	alive := rec.exists(now)
	switch {
	case rec.isOver():
		return rec.state, ""
	case !alive && s.profile.knowsExpired && !now.Before(rec.expires):
		return "expired", ""
	case !alive && s.profile.knowsOrphaned:
		return "orphaned", ""
	case s.profile.tellsGenerated && alive && rec.generated && !rec.told && now.Sub(rec.created) < retellTime:
		rec.told = true
		return rec.state, rec.text
	case rec.state != "new" || !s.profile.lookShows || s.profile.lookLags:
		return rec.state, ""
	}
	s.change(rec, "viewed")
	if s.profile.tellsPlaintext && alive && rec.passphrase == "" {
		plaintext = rec.text
	}
	return rec.state, plaintext
}

// describe returns the metadata as the API has it. Which fields are there
// depends on what became of the secret.
func (s *Server) describe(rec *record, caller, word string) fields {
	now := s.clock()
	left := seconds(rec.forgotten.Sub(now))
	said := fields{
		"custid":       rec.owner,
		"metadata_key": rec.receiptKey,
		"ttl":          seconds(rec.lifetime),
		"metadata_ttl": left,
		"state":        word,
		"created":      rec.created.Unix(),
		"updated":      rec.updated.Unix(),
		"recipient":    rec.recipients,
	}
	if s.profile.oldTTL {
		said["ttl"] = seconds(2 * rec.lifetime)
	}
	if s.profile.requesterID {
		said["custid"] = caller
	}
	if s.profile.shareDomains {
		said["share_domain"] = rec.shareDomain
	}
	switch {
	case rec.state == "received":
		said["received"] = rec.received.Unix()
	case rec.exists(now):
		said["secret_key"] = rec.secretKey
		said["secret_ttl"] = seconds(rec.expires.Sub(now))
		said["passphrase_required"] = rec.passphrase != ""
	default:
		said["secret_key"] = ""
		said["secret_ttl"] = nil
		if s.profile.oldTTL {
			said["secret_ttl"] = left
		}
		if s.profile.keepsKey && rec.state != "burned" {
			said["secret_key"] = rec.secretKey
		}
	}
	if s.profile.urls {
		s.addNewNames(said)
	}
	return said
}

// addNewNames repeats fields under the names that 0.24 gave them.
func (s *Server) addNewNames(said fields) {
	for newName, old := range map[string]string{
		"identifier": "metadata_key", "secret_identifier": "secret_key",
		"has_passphrase": "passphrase_required", "recipients": "recipient", "receipt_ttl": "metadata_ttl",
	} {
		if value, ok := said[old]; ok {
			said[newName] = value
		}
	}
}

// seconds rounds as the service's database does.
func seconds(d time.Duration) int64 { return int64(d.Round(time.Second) / time.Second) }

// addURLs adds the link of the page for the metadata key, since 0.24.
func (s *Server) addURLs(said fields, rec *record, r *http.Request) {
	if s.profile.urls {
		said["metadata_url"] = origin(r) + "/receipt/" + rec.receiptKey
		said["receipt_url"] = said["metadata_url"]
	}
}

func (s *Server) burn(w http.ResponseWriter, r request, key string) {
	rec := s.receipt(key)
	if rec == nil || !rec.exists(s.clock()) {
		s.unknown(w, key)
		return
	}
	// The answer has the state of before, but what is gone is gone.
	before := s.describe(rec, r.caller, rec.state)
	switch _, came := s.try(rec, r.caller, r.params["passphrase"], "burned"); came {
	case wrongPhrase:
		if s.profile.saysWrongPhrase {
			s.refuse(w, "Double check that passphrase")
			return
		}
		s.unknown(w, key)
		return
	case locked:
		s.lockedOut(w)
		return
	case limited:
		s.tooMany(w)
		return
	}
	if s.profile.burnsFresh {
		before = s.describe(rec, r.caller, rec.state)
	} else {
		before["secret_ttl"] = nil
		delete(before, "passphrase_required")
		delete(before, "has_passphrase")
	}
	s.addURLs(before, rec, r.Request)
	writeJSON(w, http.StatusOK, fields{"state": before, "secret_shortkey": rec.secretKey[:s.profile.shortKey]})
}

func (s *Server) recent(w http.ResponseWriter, r request, _ string) {
	if r.caller == guest {
		s.notAuthorized(w)
		return
	}
	if s.profile.recentBroken {
		s.refuse(w, unexpectedError)
		return
	}
	list := []fields{}
	for _, rec := range s.order {
		if rec.owner != r.caller || s.receipt(rec.receiptKey) == nil {
			continue
		}
		said := s.describe(rec, r.caller, rec.state)
		for _, name := range []string{"secret_key", "passphrase_required", "has_passphrase"} {
			delete(said, name)
		}
		if rec.state != "received" {
			said["secret_ttl"] = nil
			if s.profile.oldTTL {
				said["secret_ttl"] = said["metadata_ttl"]
			}
		}
		s.addURLs(said, rec, r.Request)
		list = append(list, said)
	}
	if s.profile.oldTTL { // 0.12: newest first
		for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
			list[i], list[j] = list[j], list[i]
		}
	}
	writeJSON(w, http.StatusOK, list)
}
