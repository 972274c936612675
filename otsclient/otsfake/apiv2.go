package otsfake

import (
	"net/http"
	"time"
)

// apiV2 answers what a client of v1 asks v2 for because v1 doesn't tell: how
// often a link was looked at, and whether a secret is still there.
func (s *Server) apiV2(w http.ResponseWriter, r *http.Request, parts []string) {
	if s.profile.plainNotFound || r.Method != http.MethodGet {
		s.noSuchRoute(w)
		return
	}
	if len(parts) == 1 && parts[0] == "status" {
		said := fields{"status": "nominal", "locale": "en"}
		if s.profile.urls {
			said["success"] = true
		}
		writeJSON(w, http.StatusOK, said)
		return
	}
	caller, ok := s.caller(r)
	if !ok {
		writeJSON(w, http.StatusUnauthorized, fields{"error": "Authentication Required", "message": "[CREDENTIALS_INVALID] Invalid credentials"})
		return
	}
	switch {
	case !s.profile.v2:
		s.noSuchRoute(w)
	case len(parts) == 2 && (parts[0] == "private" || parts[0] == "receipt" && s.profile.receiptRoutes):
		s.showV2(w, parts[1], caller)
	case len(parts) == 3 && parts[0] == "secret" && parts[2] == "status":
		s.secretStatus(w, parts[1])
	default:
		s.noSuchRoute(w)
	}
}

func (s *Server) gone(w http.ResponseWriter) {
	writeJSON(w, http.StatusNotFound, fields{"error_type": "RecordNotFound"})
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

func (s *Server) showV2(w http.ResponseWriter, key, caller string) {
	rec := s.receipt(key)
	if rec == nil {
		s.gone(w)
		return
	}
	word, _ := s.look(rec)
	record := fields{
		"identifier":     rec.receiptKey,
		"key":            rec.receiptKey,
		"state":          wordV2(word),
		"created":        unixFraction(rec.created),
		"updated":        unixFraction(rec.updated),
		"receipt_ttl":    seconds(rec.forgotten.Sub(s.clock())),
		"has_passphrase": rec.passphrase != "",
		"is_destroyed":   !rec.exists(s.clock()),
		"revealed":       nil,
	}
	if rec.state == "received" {
		record["revealed"] = rec.received.Unix()
	}
	details := fields{"type": "record", "secret_value": nil}
	if s.profile.urls {
		details["view_count"] = min(rec.views, maxViews)
	}
	writeJSON(w, http.StatusOK, fields{"record": record, "details": details})
}

// secretStatus tells whether a secret is there. 0.26 counts that as a look at
// the link, and has no 404 for one that is gone.
func (s *Server) secretStatus(w http.ResponseWriter, key string) {
	rec := s.secret(key)
	if rec == nil {
		writeJSON(w, http.StatusOK, fields{"record": fields{"state": "unknown"}})
		return
	}
	rec.views++
	writeJSON(w, http.StatusOK, fields{"record": fields{
		"identifier":     rec.secretKey,
		"key":            rec.secretKey,
		"state":          "new",
		"secret_ttl":     seconds(rec.expires.Sub(s.clock())),
		"has_passphrase": rec.passphrase != "",
	}})
}

// maxViews is as far as 0.26 counts.
const maxViews = 100

// unixFraction is a time as v2 has it, a float.
func unixFraction(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
