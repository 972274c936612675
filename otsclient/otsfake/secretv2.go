package otsfake

import (
	"encoding/json"
	"net/http"
	"strings"
)

// describeSecretV2 is a secret as v2 has it.
func (s *Server) describeSecretV2(rec *record) fields {
	return fields{
		"identifier": rec.secretKey, "key": rec.secretKey, "shortid": rec.secretKey[:s.profile.shortKey],
		"state": "new", "verification": false, "has_passphrase": rec.passphrase != "",
		"lifespan": seconds(rec.lifetime), "secret_ttl": seconds(rec.expires.Sub(s.clock())),
		"created": unixFraction(rec.created), "updated": unixFraction(rec.updated),
		"is_previewed": false, "is_revealed": false, "is_viewed": false, "is_received": false,
	}
}

// secretStatus tells whether a secret is there. 0.26 counts that as a look at
// the link, and has no 404 for one that is gone.
func (s *Server) secretStatus(w http.ResponseWriter, _ request, key string) {
	rec := s.secret(key)
	if rec == nil {
		writeJSON(w, http.StatusOK, fields{"record": fields{"state": "unknown"}})
		return
	}
	rec.views = append(rec.views, s.clock())
	writeJSON(w, http.StatusOK, fields{
		"record": s.describeSecretV2(rec), "details": fields{"current_expiration": seconds(rec.expires.Sub(s.clock()))},
	})
}

// secretShow is a look at the link, without opening it.
func (s *Server) secretShow(w http.ResponseWriter, r request, key string) {
	rec := s.secret(key)
	if rec == nil {
		notFoundV2(w)
		return
	}
	rec.views = append(rec.views, s.clock())
	writeJSON(w, http.StatusOK, fields{"record": s.describeSecretV2(rec), "details": detailsV2(rec, r, false, false)})
}

// revealV2 opens a secret, if it is told to continue.
func (s *Server) revealV2(w http.ResponseWriter, r request, key string) {
	rec := s.secret(key)
	if rec == nil {
		notFoundV2(w)
		return
	}
	said, text := s.describeSecretV2(rec), rec.text
	goesOn := r.params["continue"] == "true"
	if !goesOn && rec.passphrase == r.params["passphrase"] {
		writeJSON(w, http.StatusOK, fields{"record": said, "details": detailsV2(rec, r, false, true)})
		return
	}
	if !s.passes(w, rec, r, "received", "Incorrect passphrase") {
		return
	}
	said["state"], said["is_revealed"], said["is_received"], said["secret_value"] = "revealed", true, true, text
	details := detailsV2(rec, r, true, true)
	details["one_liner"] = !strings.Contains(text, "\n")
	writeJSON(w, http.StatusOK, fields{"record": said, "details": details})
}

func detailsV2(rec *record, r request, shown, passed bool) fields {
	return fields{
		"continue": r.params["continue"] == "true", "is_owner": r.caller != guest && r.caller == rec.owner,
		"show_secret": shown, "correct_passphrase": passed, "display_lines": 4, "one_liner": nil,
	}
}

// readIdentifiers reads what is asked for at once: JSON, or identifiers[]=… in
// a form.
func readIdentifiers(r *http.Request) ([]string, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		err := r.ParseForm()
		return r.PostForm["identifiers[]"], err
	}
	var sent struct{ Identifiers []string }
	err := json.NewDecoder(r.Body).Decode(&sent)
	return sent.Identifiers, err
}
