package otsfake

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// wordV2 is the word of v2 for a state of v1.
func wordV2(word string) string {
	switch word {
	case "received":
		return "revealed"
	case "viewed":
		return "previewed"
	}
	return word
}

func (s *Server) showV2(w http.ResponseWriter, r request, key string) {
	rec := s.receipt(key)
	if rec == nil {
		notFoundV2(w)
		return
	}
	word, plaintext := rec.state, ""
	if s.profile.looksTold || rec.state != "new" || !rec.exists(s.clock()) {
		word, plaintext = s.look(rec)
	} else { // 0.24 and 0.25: from the next look on
		defer s.change(rec, "viewed")
	}
	exists := rec.exists(s.clock())
	shows := exists && rec.passphrase == "" && word != "viewed"
	details := fields{
		"type": "record", "no_cache": true, "display_lines": 4,
		"secret_realttl": nil, "has_passphrase": exists && rec.passphrase != "",
		"view_count": nil, "can_decrypt": exists && rec.passphrase == "", "secret_value": null(plaintext),
		"show_secret": shows, "show_secret_link": shows,
		"show_receipt_link": word == "new", "show_receipt": true, "show_recipients": len(rec.recipients) > 0,
	}
	if exists {
		details["secret_realttl"] = seconds(rec.expires.Sub(s.clock()))
	}
	if s.profile.looksTold {
		details["view_count"], details["first_access"], details["last_access"] = min(len(rec.views), maxViews), nil, nil
		if n := len(rec.views); n > 0 {
			details["first_access"], details["last_access"] = unixFraction(rec.views[0]), unixFraction(rec.views[n-1])
		}
	}
	record := s.describeV2(rec, wordV2(word), rec.secretKey)
	if !shows {
		delete(record, "secret_identifier")
	}
	record["secret_state"] = nil
	if exists {
		record["secret_state"] = "new"
		if s.profile.lookExtends && len(rec.views) > 0 {
			record["secret_state"] = "previewed"
		}
	}
	addLinksV2(record, rec, origin(r.Request), exists)
	writeJSON(w, http.StatusOK, fields{"record": record, "details": details})
}

// maxViews is as far as 0.26 counts.
const maxViews = 100

// describeV2 is a receipt as v2 has it, and v3; secretKey is what it tells of
// the other one.
func (s *Server) describeV2(rec *record, word, secretKey string) fields {
	var owner, viewed, received, burned any
	if rec.owner != guest {
		owner = rec.owner
	}
	switch {
	case s.profile.looksTold && len(rec.views) > 0:
		viewed = rec.views[0].Unix()
	case word == "previewed":
		viewed = rec.updated.Unix()
	}
	switch rec.state {
	case "received":
		received = rec.received.Unix()
	case "burned":
		burned = rec.updated.Unix()
	}
	said := fields{
		"identifier": rec.receiptKey, "key": rec.receiptKey, "shortid": rec.receiptKey[:s.profile.shortKey],
		"custid": nil, "owner_id": owner, "memo": null(rec.memo), "shared": nil,
		"kind":  map[bool]string{true: "generate", false: "conceal"}[rec.generated],
		"state": word, "secret_identifier": secretKey, "secret_shortid": rec.secretKey[:s.profile.shortKey],
		"created": unixFraction(rec.created), "updated": unixFraction(rec.updated),
		"lifespan": seconds(rec.lifetime), "secret_ttl": seconds(rec.lifetime),
		"metadata_ttl": seconds(rec.lifetime), "receipt_ttl": seconds(rec.lifetime), // unlike v1
		"share_domain": null(rec.shareDomain), "recipients": strings.Join(rec.recipients, ", "),
		"show_recipients": len(rec.recipients) > 0, "has_passphrase": rec.passphrase != "",
		"previewed": viewed, "viewed": viewed, "is_previewed": viewed != nil, "is_viewed": viewed != nil,
		"revealed": received, "received": received, "is_revealed": received != nil, "is_received": received != nil,
		"burned": burned, "is_burned": burned != nil,
		"is_expired": word == "expired", "is_orphaned": word == "orphaned", "is_destroyed": !rec.exists(s.clock()),
	}
	switch {
	case s.profile.looksTold:
		said["source"], said["recipient_name"] = "standard", nil
	case len(rec.recipients) == 0:
		said["recipients"] = nil
	}
	return said
}

// addLinksV2 adds the links of a receipt; that of a secret that is gone has
// no key.
func addLinksV2(record fields, rec *record, origin string, exists bool) {
	receipt, share := "receipt/"+rec.receiptKey, "secret/"
	if exists {
		share += rec.secretKey
	}
	for name, path := range map[string]string{"share": share, "burn": receipt + "/burn", "receipt": receipt, "metadata": receipt} {
		record[name+"_path"] = path
		record[name+"_url"] = origin + "/" + path
	}
	record["expiration"], record["expiration_in_seconds"] = rec.expires.Unix(), seconds(rec.lifetime)
	record["natural_expiration"] = fmt.Sprintf("%d minutes", int(rec.lifetime.Minutes()))
}

// burnV2 answers with the receipt as it was before. What is over already is
// done too, and nothing more is said.
func (s *Server) burnV2(w http.ResponseWriter, r request, key string) {
	rec := s.receipt(key)
	switch {
	case rec == nil:
		notFoundV2(w)
		return
	case !rec.exists(s.clock()):
		writeJSON(w, http.StatusOK, fields{"success": true})
		return
	}
	before := s.describeV2(rec, wordV2(rec.state), rec.secretKey)
	addLinksV2(before, rec, origin(r.Request), true)
	before["expiration"] = rec.created.Add(14 * day).Unix()
	before["expiration_in_seconds"], before["natural_expiration"] = seconds(14*day), "14 days"
	if !s.passes(w, rec, r, "burned", "Double check that passphrase") {
		return
	}
	writeJSON(w, http.StatusOK, fields{"success": true, "record": before, "details": fields{
		"type": "record", "title": "Secret burned", "display_lines": 0, "display_feedback": false, "no_cache": true,
		"view_count": min(len(rec.views), maxViews), "has_passphrase": false, "can_decrypt": false, "show_secret": false,
		"show_secret_link": false, "show_receipt_link": false, "show_receipt": true, "show_recipients": false, "is_orphaned": false,
	}})
}

// passes lets a passphrase change the state, or says that it is wrong.
func (s *Server) passes(w http.ResponseWriter, rec *record, r request, state, wrong string) bool {
	switch _, came := s.try(rec, r.caller, r.params["passphrase"], state); came {
	case done:
		return true
	case wrongPhrase:
		s.refuseV2(w, wrong, nil)
	default:
		// Not recorded: as its source has it.
		writeJSON(w, http.StatusTooManyRequests, fields{"error": "Too many attempts", "error_type": "LimitExceeded", "retry_after": int(lockTime / time.Second)})
	}
	return false
}

// memo changes the note of a receipt, for its owner.
func (s *Server) memo(w http.ResponseWriter, r request, key string) {
	rec := s.receipt(key)
	switch {
	case rec == nil:
		notFoundV2(w)
		return
	case r.caller != rec.owner || r.caller == guest:
		if !s.profile.looksTold {
			writeJSON(w, http.StatusInternalServerError, fields{"error": "Internal Server Error", "message": "An error occurred. Please try again later."})
			return
		}
		writeJSON(w, http.StatusUnauthorized, fields{"error": "Not authorized to update this receipt", "error_type": "Unauthorized", "request_id": random(keyLetters, 13)})
		return
	}
	rec.memo = r.params["memo"]
	rec.updated = s.clock()
	writeJSON(w, http.StatusOK, fields{"record": s.describeV2(rec, wordV2(rec.state), rec.secretKey)})
}

// recentV2 lists an account's receipts, the newest first.
func (s *Server) recentV2(w http.ResponseWriter, r request, _ string) {
	if r.caller == guest {
		unauthenticated(w, "[AUTH_HEADER_MISSING] No authorization header")
		return
	}
	list := []fields{}
	for i := len(s.order) - 1; i >= 0; i-- {
		rec := s.order[i]
		if rec.owner == r.caller && s.receipt(rec.receiptKey) != nil {
			list = append(list, s.describeV2(rec, wordV2(rec.state), rec.secretKey))
		}
	}
	writeJSON(w, http.StatusOK, fields{"success": true, "custid": r.caller, "count": len(list), "records": list})
}

// maxReceipts is how many may be asked for at once.
const maxReceipts = 25

// receiptsV3 answers POST /api/v3/guest/receipts: many at once, changing none.
func (s *Server) receiptsV3(w http.ResponseWriter, r *http.Request) {
	keys, err := readIdentifiers(r)
	switch {
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
		return
	case s.guestsOff && r.Header.Get("Authorization") == "":
		writeJSON(w, http.StatusForbidden, fields{"message": "Guest API access is disabled", "code": "GUEST_ROUTES_DISABLED"})
		return
	case len(keys) > maxReceipts:
		s.refuseV2(w, fmt.Sprintf("Too many identifiers (max %d)", maxReceipts), nil)
		return
	}
	list := []fields{}
	for _, key := range keys {
		rec := s.receipt(key)
		if rec == nil {
			continue
		}
		secretKey := rec.secretKey
		if !rec.exists(s.clock()) {
			secretKey = ""
		}
		said := s.describeV2(rec, wordV2(rec.state), secretKey)
		said["recipients"] = nil
		if s.profile.looksTold {
			delete(said, "custid")
		}
		list = append(list, said)
	}
	writeJSON(w, http.StatusOK, fields{"records": list, "count": len(list)})
}
