package otsfake

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// guest is who calls without an account, as the service names them.
const guest = "anon"

// request is a call of the API, read.
type request struct {
	*http.Request
	caller string // guest or an account
	params params
	v2     bool // by that road
}

// handler answers one route of the API.
type handler func(w http.ResponseWriter, r request, key string)

// api answers /api/…: the route, then the credentials, then the rest, in the
// order in which the service looks at them.
func (s *Server) api(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimSuffix(r.URL.Path, "/")
	if rest, ok := strings.CutPrefix(path, "/api/v2/"); ok {
		s.apiV2(w, r, strings.Split(rest, "/"))
		return
	}
	if s.profile.urls && strings.HasPrefix(path, "/api/v3/") {
		if path != "/api/v3/guest/receipts" || r.Method != http.MethodPost {
			s.noSuchRouteV2(w)
			return
		}
		s.receiptsV3(w, r)
		return
	}
	rest, ok := strings.CutPrefix(path, "/api/v1/")
	if ok && s.withoutV1 {
		s.noSuchRoute(w)
		return
	}
	if !ok {
		s.noSuchPage(w)
		return
	}
	answer, key := s.route(r.Method, strings.Split(rest, "/"))
	if answer == nil {
		s.noSuchRoute(w)
		return
	}
	caller, ok := s.caller(r)
	if !ok {
		s.notAuthorized(w)
		return
	}
	given, err := s.readParams(r)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	answer(w, request{Request: r, caller: caller, params: given}, key)
}

// route finds what answers the parts of a path below /api/v1.
func (s *Server) route(method string, parts []string) (answer handler, key string) {
	post := method == http.MethodPost
	switch len(parts) {
	case 1:
		return s.plainRoute(method, parts[0]), ""
	case 2:
		switch {
		case parts[0] == "secret" && post:
			return s.retrieve, parts[1]
		case !s.isReceipt(parts[0]):
			return nil, ""
		case parts[1] == "recent" && !post:
			return s.recent, ""
		default:
			return s.show, parts[1]
		}
	case 3:
		if parts[2] == "burn" && post && (parts[0] == "private" || s.profile.receiptRoutes && s.isReceipt(parts[0])) {
			return s.burn, parts[1]
		}
	}
	return nil, ""
}

func (s *Server) plainRoute(method, name string) handler {
	switch method + " " + name {
	case "GET status":
		return s.status
	case "GET authcheck":
		if s.profile.authcheck {
			return s.authcheck
		}
	case "POST share":
		return s.share
	case "POST create":
		if s.profile.createBroken {
			return func(w http.ResponseWriter, _ request, _ string) { s.refuse(w, "Incorrect payload format") }
		}
		return s.share
	case "POST generate":
		return s.generate
	}
	return nil
}

func (s *Server) isReceipt(name string) bool {
	return name == "private" || name == "metadata" || name == "receipt" && s.profile.receiptRoutes
}

// caller reads the credentials. False means that there are some, and wrong.
func (s *Server) caller(r *http.Request) (name string, ok bool) {
	if r.Header.Get("Authorization") == "" {
		return guest, true
	}
	name, token, ok := r.BasicAuth()
	if !ok || token == "" || s.accounts[name] != token {
		return "", false
	}
	return name, true
}

func (s *Server) status(w http.ResponseWriter, r request, _ string) {
	if s.isLimited("status", r.caller, s.profile.limit.status) {
		s.tooMany(w)
		return
	}
	locale := "en"
	if given := r.params["locale"]; given != "" && s.profile.localeGiven {
		locale = given
	}
	writeJSON(w, http.StatusOK, fields{"status": "nominal", "locale": locale})
}

func (s *Server) authcheck(w http.ResponseWriter, r request, key string) {
	if r.caller == guest {
		s.notAuthorized(w)
		return
	}
	s.status(w, r, key)
}

// fields is a JSON object.
type fields map[string]any

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // into a draft, which does not fail
}

// All errors of v1 are 404; since 0.24 a header tells what is meant.
func (s *Server) intend(w http.ResponseWriter, status string) {
	if s.profile.intendedStatus {
		w.Header().Set("X-OTS-Intended-Status", status)
	}
}

func (s *Server) notAuthorized(w http.ResponseWriter) {
	s.intend(w, "401")
	writeJSON(w, http.StatusNotFound, fields{"message": "Not authorized"})
}

// refuse is for what is wrong with a request.
func (s *Server) refuse(w http.ResponseWriter, message string) {
	s.intend(w, "400")
	said := fields{"message": message}
	if s.profile.shrimp {
		said["shrimp"] = random(keyLetters, 50)
	}
	writeJSON(w, http.StatusNotFound, said)
}

// unknown is for a secret that is not there, for whatever reason.
func (s *Server) unknown(w http.ResponseWriter, key string) {
	if len(key) < s.profile.minSecretKey {
		writeJSON(w, http.StatusNotFound, fields{"message": "Not Found"})
		return
	}
	writeJSON(w, http.StatusNotFound, fields{"secret_key": key, "message": "Unknown secret"})
}

// unexpectedError is what the service says when it doesn't say.
const unexpectedError = "An unexpected error occurred :["

// lockedOut is what a lock looks like, since 0.26.
func (s *Server) lockedOut(w http.ResponseWriter) { s.refuse(w, unexpectedError) }

func (s *Server) tooMany(w http.ResponseWriter) {
	if s.profile.limitMessage == "" {
		writeText(w, http.StatusInternalServerError, "Server error")
		return
	}
	s.intend(w, "400")
	writeJSON(w, http.StatusNotFound, fields{"message": s.profile.limitMessage})
}

func (s *Server) noSuchRoute(w http.ResponseWriter) {
	if s.profile.plainNotFound {
		writeText(w, http.StatusNotFound, "Not Found")
		return
	}
	writeJSON(w, http.StatusNotFound, fields{"error": "Not Found"})
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}
