package otsfake

import "net/http"

// retrieve opens a secret. Everything that is wrong looks the same, but for
// limits.
func (s *Server) retrieve(w http.ResponseWriter, r request, key string) {
	if s.isLimited("read", r.caller, s.profile.limit.read) {
		s.tooMany(w)
		return
	}
	rec := s.secret(key)
	if rec == nil {
		s.unknown(w, key)
		return
	}
	text, came := s.try(rec, r.caller, r.params["passphrase"], "received")
	switch came {
	case wrongPhrase:
		s.unknown(w, key)
		return
	case locked:
		s.lockedOut(w)
		return
	case limited:
		s.tooMany(w)
		return
	}
	said := fields{"value": text, "secret_key": key}
	if s.profile.shareDomains {
		said["share_domain"] = origin(r.Request)
		if rec.shareDomain != "" {
			said["share_domain"] = "https://" + rec.shareDomain
		}
	}
	writeJSON(w, http.StatusOK, said)
}
