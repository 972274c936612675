package otsfake

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// apiV2 answers what a client of v1 asks v2 for because v1 doesn't tell: how
// often a link was looked at, whether a secret is still there, the version.
func (s *Server) apiV2(w http.ResponseWriter, r *http.Request, parts []string) {
	if s.profile.plainNotFound || r.Method != http.MethodGet {
		s.noSuchRoute(w)
		return
	}
	if said := s.plainV2(parts); said != nil {
		writeJSON(w, http.StatusOK, said)
		return
	}
	if _, ok := s.caller(r); !ok {
		writeJSON(w, http.StatusUnauthorized, fields{"error": "Authentication Required", "message": "[CREDENTIALS_INVALID] Invalid credentials"})
		return
	}
	switch {
	case !s.profile.v2:
		s.noSuchRoute(w)
	case len(parts) == 2 && s.profile.urls && s.isReceipt(parts[0]):
		s.showV2(w, r, parts[1])
	case len(parts) == 3 && parts[0] == "secret" && parts[2] == "status":
		s.secretStatus(w, parts[1])
	default:
		s.noSuchRoute(w)
	}
}

// plainV2 answers what is about no secret.
func (s *Server) plainV2(parts []string) fields {
	said := fields{"locale": "en"}
	switch strings.Join(parts, "/") {
	case "status":
		said["status"] = "nominal"
	case "version":
		said["version"] = strings.Split(s.profile.version, ".")
	default:
		return nil
	}
	if s.profile.urls {
		said["success"] = true
	}
	return said
}

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

func (s *Server) showV2(w http.ResponseWriter, r *http.Request, key string) {
	rec := s.receipt(key)
	if rec == nil {
		writeJSON(w, http.StatusNotFound, fields{"error_type": "RecordNotFound", "request_id": random(keyLetters, 13)})
		return
	}
	word, plaintext := s.look(rec)
	exists := rec.exists(s.clock())
	details := fields{
		"type": "record", "no_cache": true, "display_lines": 4,
		"secret_realttl": nil, "has_passphrase": exists && rec.passphrase != "",
		"view_count": min(len(rec.views), maxViews), "first_access": nil, "last_access": nil,
		"can_decrypt": exists && rec.passphrase == "", "secret_value": nil,
		"show_secret": exists && rec.passphrase == "", "show_secret_link": exists && rec.passphrase == "",
		"show_receipt_link": word == "new", "show_receipt": true, "show_recipients": len(rec.recipients) > 0,
	}
	if exists {
		details["secret_realttl"] = seconds(rec.expires.Sub(s.clock()))
	}
	if plaintext != "" {
		details["secret_value"] = plaintext
	}
	if n := len(rec.views); n > 0 {
		details["first_access"], details["last_access"] = unixFraction(rec.views[0]), unixFraction(rec.views[n-1])
	}
	record := s.describeV2(rec, wordV2(word))
	addLinksV2(record, rec, origin(r), exists)
	writeJSON(w, http.StatusOK, fields{"record": record, "details": details})
}

// describeV2 is a receipt as v2 has it.
func (s *Server) describeV2(rec *record, word string) fields {
	var owner, secretState any
	if rec.owner != guest {
		owner = rec.owner
	}
	exists := rec.exists(s.clock())
	if exists {
		secretState = "new"
	}
	var viewed, received, burned any
	if len(rec.views) > 0 {
		viewed = rec.views[0].Unix()
	}
	switch rec.state {
	case "received":
		received = rec.received.Unix()
	case "burned":
		burned = rec.updated.Unix()
	}
	return fields{
		"identifier": rec.receiptKey, "key": rec.receiptKey, "shortid": rec.receiptKey[:s.profile.shortKey],
		"custid": nil, "owner_id": owner, "source": "standard", "memo": nil, "shared": nil,
		"kind":  map[bool]string{true: "generate", false: "conceal"}[rec.generated],
		"state": word, "secret_state": secretState, "secret_shortid": rec.secretKey[:s.profile.shortKey],
		"created": unixFraction(rec.created), "updated": unixFraction(rec.updated),
		"lifespan": seconds(rec.lifetime), "secret_ttl": seconds(rec.lifetime), "expiration_in_seconds": seconds(rec.lifetime),
		"metadata_ttl": seconds(rec.lifetime), "receipt_ttl": seconds(rec.lifetime), // unlike v1
		"expiration": rec.expires.Unix(), "natural_expiration": fmt.Sprintf("%d minutes", int(rec.lifetime.Minutes())),
		"share_domain": null(rec.shareDomain), "recipients": strings.Join(rec.recipients, ", "), "recipient_name": nil,
		"show_recipients": len(rec.recipients) > 0, "has_passphrase": rec.passphrase != "",
		"previewed": viewed, "viewed": viewed, "is_previewed": viewed != nil, "is_viewed": viewed != nil,
		"revealed": received, "received": received, "is_revealed": received != nil, "is_received": received != nil,
		"burned": burned, "is_burned": burned != nil,
		"is_expired": word == "expired", "is_orphaned": word == "orphaned", "is_destroyed": !exists,
	}
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
}

func null(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// secretStatus tells whether a secret is there. 0.26 counts that as a look at
// the link, and has no 404 for one that is gone.
func (s *Server) secretStatus(w http.ResponseWriter, key string) {
	rec := s.secret(key)
	if rec == nil {
		writeJSON(w, http.StatusOK, fields{"record": fields{"state": "unknown"}})
		return
	}
	rec.views = append(rec.views, s.clock())
	left := seconds(rec.expires.Sub(s.clock()))
	writeJSON(w, http.StatusOK, fields{
		"record": fields{
			"identifier": rec.secretKey, "key": rec.secretKey, "shortid": rec.secretKey[:s.profile.shortKey],
			"state": "new", "verification": false, "has_passphrase": rec.passphrase != "",
			"lifespan": seconds(rec.lifetime), "secret_ttl": left,
			"created": unixFraction(rec.created), "updated": unixFraction(rec.updated),
			"is_previewed": false, "is_revealed": false, "is_viewed": false, "is_received": false,
		},
		"details": fields{"current_expiration": left},
	})
}

// maxViews is as far as 0.26 counts.
const maxViews = 100

// unixFraction is a time as v2 has it, a float.
func unixFraction(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
