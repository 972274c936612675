package otsfake

import (
	"bytes"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// Fault is what goes wrong with a request instead of its answer. Of several
// that fit, the one that was set first happens.
type Fault struct {
	// Path says which requests: a pattern of path.Match such as
	// "/api/v1/private/*/burn". Empty means every call of the API, and no page.
	Path string

	// Times is how often it happens; zero, until it is cleared.
	Times int

	// Delay comes first. Alone, the answer follows, unless the client has
	// gone by then.
	Delay time.Duration

	// AfterEffect has the request done all the same, before its answer gets
	// lost in one of the ways below.
	AfterEffect bool

	Down    bool // what OneTimeSecret answers to all while its database is away
	Hang    bool // no answer, until the client goes
	Drop    bool // the connection is cut, by http.ErrAbortHandler
	Endless bool // a body without an end

	// Redirect is a Location to answer, with status 302.
	Redirect string

	// Status, Header and Body are any other answer. HTML makes a web page of
	// it, as of a proxy; it has status 502 if none is given.
	Status int
	Header http.Header
	Body   string
	HTML   bool
}

// Fault makes requests go wrong, from the next one on, until clear is called
// or it has happened often enough.
func (s *Server) Fault(fault Fault) (clear func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	set := &fault
	s.faults = append(s.faults, set)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = slices.DeleteFunc(s.faults, func(f *Fault) bool { return f == set })
	}
}

// befalls returns the fault for a request, and counts it.
func (s *Server) befalls(requested string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if !f.fits(requested) {
			continue
		}
		happens := *f
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				s.faults = slices.Delete(s.faults, i, i+1)
			}
		}
		return happens, true
	}
	return Fault{}, false
}

func (f *Fault) fits(requested string) bool {
	if f.Path == "" {
		return isAPI(requested)
	}
	fits, err := path.Match(f.Path, requested)
	return fits && err == nil
}

// fail lets the fault happen.
func (s *Server) fail(f Fault, w http.ResponseWriter, r *http.Request) {
	if !pause(r, f.Delay) {
		return
	}
	if f.AfterEffect {
		s.draft(r) // which nobody will see
	}
	switch {
	case f.Hang:
		<-r.Context().Done()
	case f.Drop:
		panic(http.ErrAbortHandler) // how a handler cuts the connection
	case f.Endless:
		stream(w)
	case f.Redirect != "":
		w.Header().Set("Location", f.Redirect)
		w.WriteHeader(http.StatusFound)
	case f.Down:
		f.Status, f.Body = http.StatusNotFound, `{"message":"We'll be back shortly!"}`
		f.write(w)
	case f.Status != 0 || f.HTML:
		f.write(w)
	case !f.AfterEffect:
		s.answer(w, r)
	}
}

func pause(r *http.Request, delay time.Duration) bool {
	if delay == 0 {
		return true
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (f Fault) write(w http.ResponseWriter) {
	body, kind := f.Body, "application/json; charset=utf-8"
	if f.HTML {
		kind = "text/html; charset=utf-8"
		if body == "" {
			body = "<!doctype html><title>Error</title><h1>Something went wrong</h1>"
		}
	} else if !strings.HasPrefix(body, "{") && !strings.HasPrefix(body, "[") {
		kind = "text/plain"
	}
	w.Header().Set("Content-Type", kind)
	for name, values := range f.Header {
		w.Header()[name] = values
	}
	if f.Status == 0 {
		f.Status = http.StatusBadGateway
	}
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, body) // a client that is gone is not our business
}

// stream writes until nobody reads any more.
func stream(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	block := bytes.Repeat([]byte(" "), 1<<16)
	for {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}
