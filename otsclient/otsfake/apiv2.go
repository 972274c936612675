package otsfake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// apiV2 answers /api/v2/…, and /guest/… below it, which is for guests.
func (s *Server) apiV2(w http.ResponseWriter, r *http.Request, parts []string) {
	if s.profile.plainNotFound {
		s.noSuchRoute(w)
		return
	}
	if said := s.plainV2(parts); said != nil && r.Method == http.MethodGet {
		writeJSON(w, http.StatusOK, said)
		return
	}
	caller, ok := s.caller(r)
	if !ok {
		unauthenticated(w, "[CREDENTIALS_INVALID] Invalid credentials")
		return
	}
	if len(parts) > 1 && parts[0] == "guest" {
		parts = parts[1:]
	}
	answer, key := s.routeV2(r.Method, parts)
	if answer == nil {
		s.noSuchRouteV2(w)
		return
	}
	given, err := s.readV2(r)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	answer(w, request{Request: r, caller: caller, params: given, v2: true}, key)
}

// routeV2 finds what answers the parts of a path below /api/v2.
func (s *Server) routeV2(method string, parts []string) (answer handler, key string) {
	route := method + " " + parts[0]
	switch {
	case len(parts) == 3 && route == "GET secret" && parts[2] == "status" && s.profile.v2:
		return s.secretStatus, parts[1]
	case !s.profile.urls: // 0.22 and 0.23 have more, in a form that was not recorded
		return nil, ""
	case len(parts) == 2 && route == "POST secret" && parts[1] == "conceal":
		return s.share, ""
	case len(parts) == 2 && route == "POST secret" && parts[1] == "generate":
		return s.generate, ""
	case len(parts) == 2 && route == "GET secret":
		return s.secretShow, parts[1]
	case len(parts) == 3 && route == "POST secret" && parts[2] == "reveal":
		return s.revealV2, parts[1]
	case !s.isReceipt(parts[0]):
		return nil, ""
	case len(parts) == 2 && method == http.MethodGet && parts[1] == "recent":
		return s.recentV2, ""
	case len(parts) == 2 && method == http.MethodGet:
		return s.showV2, parts[1]
	case len(parts) == 2 && method == http.MethodPatch:
		return s.memo, parts[1]
	case len(parts) == 3 && method == http.MethodPost && parts[2] == "burn":
		return s.burnV2, parts[1]
	}
	return nil, ""
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

// readV2 reads the parameters, those of a secret from within it: JSON, or
// secret[ttl]=… in a form.
func (s *Server) readV2(r *http.Request) (params, error) {
	given := params{}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		var sent map[string]any
		decoder := json.NewDecoder(r.Body)
		decoder.UseNumber()
		if err := decoder.Decode(&sent); err != nil {
			return nil, err
		}
		if inner, ok := sent["secret"].(map[string]any); ok {
			sent = inner
			given[nested] = "secret"
		}
		for name, value := range sent {
			given[name] = fmt.Sprint(value)
		}
		return given, nil
	}
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	for name, values := range r.PostForm {
		if inner, ok := strings.CutPrefix(name, "secret["); ok {
			given[nested] = "secret"
			name = strings.TrimSuffix(inner, "]")
		}
		given[name] = values[0]
	}
	return given, nil
}

func unauthenticated(w http.ResponseWriter, message string) {
	writeJSON(w, http.StatusUnauthorized, fields{"error": "Authentication Required", "message": message, "timestamp": time.Now().Unix()})
}

func (s *Server) noSuchRouteV2(w http.ResponseWriter) {
	switch {
	case s.profile.looksTold:
		writeJSON(w, http.StatusNotFound, fields{"error": "Not Found", "error_type": "NotFound"})
	case s.profile.urls:
		writeJSON(w, http.StatusNotFound, fields{"message": "Not Found", "code": "NOT_FOUND"})
	default:
		s.noSuchRoute(w)
	}
}

// refuseV2 is for what is wrong with a request; more may be nil.
func (s *Server) refuseV2(w http.ResponseWriter, message string, more fields) {
	if !s.profile.looksTold {
		writeJSON(w, http.StatusUnprocessableEntity, fields{"error": "FormError", "message": message})
		return
	}
	said := fields{"error": message, "request_id": random(keyLetters, 13)}
	for name, value := range more {
		said[name] = value
	}
	writeJSON(w, http.StatusUnprocessableEntity, said)
}

func notFoundV2(w http.ResponseWriter) {
	writeJSON(w, http.StatusNotFound, fields{"error_type": "RecordNotFound", "request_id": random(keyLetters, 13)})
}

// createdV2 answers with a secret that was just stored. A generated one is not
// in it: its receipt tells it.
func (s *Server) createdV2(w http.ResponseWriter, rec *record) {
	receipt := s.describeV2(rec, "new", rec.secretKey)
	writeJSON(w, http.StatusOK, fields{
		"success": true,
		"record":  fields{"receipt": receipt, "metadata": receipt, "secret": s.describeSecretV2(rec), "share_domain": null(rec.shareDomain)},
		"details": fields{"kind": receipt["kind"], "recipient": rec.recipients, "recipient_safe": rec.recipients},
	})
}

func null(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// unixFraction is a time as v2 has it, a float.
func unixFraction(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
