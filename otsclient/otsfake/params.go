package otsfake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// params are those of a call, wherever they stood.
type params map[string]string

// nested tells that a parameter was sent as name[inner].
const nested = "[nested]"

// readParams reads the query, and a form or, since 0.24, JSON.
func (s *Server) readParams(r *http.Request) (params, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	given := params{}
	if kind == "application/json" && s.profile.jsonBodies {
		if err := given.readJSON(r.Body); err != nil {
			return nil, err
		}
	}
	if kind == "" { // what the service takes it for
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if err := r.ParseMultipartForm(maxRequest); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return nil, err
	}
	for name, values := range r.Form {
		value := values[0]
		if outer, _, ok := strings.Cut(name, "["); ok {
			name, value = outer, fmt.Sprintf("{%s=%q}", name, value)
			given[nested] = name
		}
		given[name] = value
	}
	return given, nil
}

func (p params) readJSON(body io.Reader) error {
	var sent map[string]any
	decoder := json.NewDecoder(body)
	decoder.UseNumber()
	if err := decoder.Decode(&sent); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	for name, value := range sent {
		p[name] = fmt.Sprint(value)
	}
	return nil
}

// has reports whether a parameter was sent, be it empty.
func (p params) has(name string) bool { _, ok := p[name]; return ok }

// integer reads a number as Ruby does: as far as it is one, else 0.
func (p params) integer(name string) int64 {
	text := strings.TrimLeft(p[name], " \t\r\n")
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end == 0 && strings.ContainsRune("+-", rune(text[0]))) {
		end++
	}
	n, _ := strconv.ParseInt(text[:end], 10, 64) // out of range: the nearest there is
	return n
}
