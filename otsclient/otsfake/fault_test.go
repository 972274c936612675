package otsfake_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/otsclient/otsfake"
)

func TestAFaultAnswersAsItSays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault      otsfake.Fault
		status     int
		kind, body string
	}{
		"down":            {otsfake.Fault{Down: true}, 404, "application/json", "We'll be back shortly!"},
		"a status alone":  {otsfake.Fault{Status: 500}, 500, "text/plain", ""},
		"JSON":            {otsfake.Fault{Status: 404, Body: `{"message":"x"}`}, 404, "application/json", `{"message":"x"}`},
		"a list":          {otsfake.Fault{Status: 200, Body: `[]`}, 200, "application/json", `[]`},
		"text":            {otsfake.Fault{Status: 500, Body: `Server error`}, 500, "text/plain", "Server error"},
		"a page":          {otsfake.Fault{HTML: true}, 502, "text/html", "<h1>"},
		"a page of ours":  {otsfake.Fault{HTML: true, Status: 404, Body: "<p>x"}, 404, "text/html", "<p>x"},
		"another type":    {otsfake.Fault{Status: 200, Header: http.Header{"Content-Type": {"image/png"}}}, 200, "image/png", ""},
		"a redirect":      {otsfake.Fault{Redirect: "https://elsewhere.example"}, 302, "", ""},
		"only afterwards": {otsfake.Fault{AfterEffect: true, Status: 500}, 500, "text/plain", ""},
	} {
		s := otsfake.New(otsfake.Options{})
		s.Fault(c.fault)
		got := post(s, "/api/v1/share", url.Values{"secret": {"x"}})
		if got.Code != c.status || !strings.HasPrefix(got.Header().Get("Content-Type"), c.kind) || !strings.Contains(got.Body.String(), c.body) {
			t.Errorf("%s: %d, %q, %q", name, got.Code, got.Header().Get("Content-Type"), got.Body)
		}
		if got.Header().Get("Location") != c.fault.Redirect {
			t.Errorf("%s: leads to %q", name, got.Header().Get("Location"))
		}
		if stored := s.Secrets() == 1; stored != c.fault.AfterEffect {
			t.Errorf("%s: stored: %v", name, stored)
		}
	}
}

func TestAFaultHappensToWhatItFitsAsOftenAsItSays(t *testing.T) {
	t.Parallel()
	s := otsfake.New(otsfake.Options{})
	k := share(t, s, "x")
	status := func(path string) int { return get(s, path).Code }

	clearTwo := s.Fault(otsfake.Fault{Status: 500, Times: 2})
	if status("/secret/"+k.Secret) != 200 || status("/") != 200 {
		t.Error("a page failed")
	}
	if a, b, c := status("/api/v1/status"), status("/api/v2/status"), status("/api/v1/status"); a != 500 || b != 500 || c != 200 {
		t.Errorf("answers %d, %d, %d", a, b, c)
	}
	clearTwo() // after the fact, harmless

	clearBurn := s.Fault(otsfake.Fault{Path: "/api/v1/private/*/burn", Status: 418})
	s.Fault(otsfake.Fault{Path: "/secret/*", Status: 419, Times: 1})
	if status("/api/v1/status") != 200 || status("/api/v1/private/"+k.Metadata) != 200 {
		t.Error("another call failed")
	}
	if first, second := status("/secret/"+k.Secret), status("/secret/"+k.Secret); first != 419 || second != 200 {
		t.Errorf("the page was %d, then %d", first, second)
	}
	burn := "/api/v1/private/" + k.Metadata + "/burn"
	for range 2 {
		if got := post(s, burn, nil).Code; got != 418 {
			t.Errorf("burn was %d", got)
		}
	}
	clearBurn()
	if post(s, burn, nil).Code != 200 {
		t.Error("burn failed when it was cleared")
	}

	s.Fault(otsfake.Fault{Status: 500})
	s.Fault(otsfake.Fault{Status: 501})
	if got := status("/api/v1/status"); got != 500 {
		t.Errorf("%d, want the first of two faults", got)
	}
}

func TestAFaultTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := otsfake.New(otsfake.Options{})
		s.Fault(otsfake.Fault{Delay: 8 * time.Second, Times: 1})
		start := time.Now()
		if got := get(s, "/api/v1/status"); got.Code != 200 || time.Since(start) != 8*time.Second {
			t.Errorf("%d after %v", got.Code, time.Since(start))
		}
	})
}

func TestWhoeverGoesAwayIsNotWaitedFor(t *testing.T) {
	for name, c := range map[string]struct {
		fault  otsfake.Fault
		stored bool
	}{
		"while nothing was done":    {otsfake.Fault{Delay: time.Hour}, false},
		"before an answer":          {otsfake.Fault{Hang: true}, false},
		"after it was done":         {otsfake.Fault{Hang: true, AfterEffect: true}, true},
		"after it was done, late":   {otsfake.Fault{Hang: true, AfterEffect: true, Delay: time.Second}, true},
		"too early for it, in time": {otsfake.Fault{Hang: true, AfterEffect: true, Delay: time.Minute}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := otsfake.New(otsfake.Options{})
				s.Fault(c.fault)
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/api/v1/share", strings.NewReader("secret=x"))
				start := time.Now()
				s.ServeHTTP(httptest.NewRecorder(), r)
				if took := time.Since(start); took != 30*time.Second {
					t.Errorf("took %v", took)
				}
				if stored := s.Secrets() == 1; stored != c.stored {
					t.Errorf("stored: %v", stored)
				}
			})
		})
	}
}

func TestOverAConnectionFaultsAreReal(t *testing.T) {
	t.Parallel()
	s := otsfake.New(otsfake.Options{})
	server := httptest.NewServer(s)
	defer server.Close()
	s.Fault(otsfake.Fault{Drop: true, Times: 1})
	s.Fault(otsfake.Fault{Drop: true, AfterEffect: true, Times: 1})
	s.Fault(otsfake.Fault{Endless: true, Times: 1})
	for _, stored := range []int{0, 1} {
		if _, err := http.PostForm(server.URL+"/api/v1/share", url.Values{"secret": {"x"}}); err == nil {
			t.Error("the connection was not cut")
		}
		if s.Secrets() != stored {
			t.Errorf("%d secrets, want %d", s.Secrets(), stored)
		}
	}
	response, err := http.Get(server.URL + "/api/v1/status")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	const much = 8 << 20
	if n, err := io.CopyN(io.Discard, response.Body, much); n != much || err != nil {
		t.Errorf("the body ended after %d bytes: %v", n, err)
	}
}
