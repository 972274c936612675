package otsfake_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"otsbot/otsclient/otsfake"
)

// keys are those of a secret that was shared.
type keys struct {
	Secret   string `json:"secret_key"`
	Metadata string `json:"metadata_key"`
}

// share stores a text; more are further parameters, name and value.
func share(t testing.TB, s http.Handler, text string, more ...string) keys {
	t.Helper()
	form := url.Values{"secret": {text}, "ttl": {"3600"}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	var k keys
	answer := post(s, "/api/v1/share", form)
	if err := json.Unmarshal(answer.Body.Bytes(), &k); err != nil || k.Secret == "" || k.Metadata == "" {
		t.Fatalf("share: %d %s", answer.Code, answer.Body)
	}
	return k
}

func get(s http.Handler, path string) *httptest.ResponseRecorder {
	return do(s, http.MethodGet, path, nil)
}

func post(s http.Handler, path string, form url.Values) *httptest.ResponseRecorder {
	return do(s, http.MethodPost, path, form)
}

func do(s http.Handler, method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://ots.example.com"+path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// state is the server's word for the state of a secret.
func state(t testing.TB, s http.Handler, metadataKey string) string {
	t.Helper()
	var told struct{ State, Message string }
	answer := get(s, "/api/v1/private/"+metadataKey)
	if err := json.Unmarshal(answer.Body.Bytes(), &told); err != nil {
		t.Fatal(err)
	}
	return told.State + told.Message
}

func TestLookingAtAPageOpensNothing(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"0.12", "0.20", "0.22", "0.26"} {
		s := otsfake.New(otsfake.Options{Version: version})
		k := share(t, s, "CANARY")
		for range 20 {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				if page := do(s, method, "/secret/"+k.Secret, nil); page.Code != 200 || strings.Contains(page.Body.String(), "CANARY") {
					t.Fatalf("%s: %s: %d %s", version, method, page.Code, page.Body)
				}
			}
		}
		if text, ok := s.Open("https://anywhere.example/secret/"+k.Secret, ""); !ok || text != "CANARY" {
			t.Errorf("%s: opened to %q, %v", version, text, ok)
		}
	}
}

func TestTheButtonOpensOnce(t *testing.T) {
	t.Parallel()
	s := otsfake.New(otsfake.Options{})
	k := share(t, s, `<script>"x"</script> & more`)
	page := get(s, "/secret/"+k.Secret).Body.String()
	action := regexp.MustCompile(`<form method="post" action="([^"]+)"`).FindStringSubmatch(page)
	if action == nil || !strings.Contains(page, `<button type="submit">`) || strings.Contains(page, `name="passphrase"`) {
		t.Fatalf("no such form in\n%s", page)
	}
	opened := post(s, action[1], nil)
	if want := "&lt;script&gt;&#34;x&#34;&lt;/script&gt; &amp; more"; opened.Code != 200 || !strings.Contains(opened.Body.String(), want) {
		t.Errorf("%d: %s", opened.Code, opened.Body)
	}
	if again := post(s, action[1], nil); strings.Contains(again.Body.String(), "more") || !strings.Contains(again.Body.String(), "nothing here") {
		t.Errorf("again: %s", again.Body)
	}
	if got := state(t, s, k.Metadata); got != "received" {
		t.Errorf("state %q", got)
	}
}

func TestOfManyWhoPressAtOnceOneSeesIt(t *testing.T) {
	t.Parallel()
	s := otsfake.New(otsfake.Options{})
	k := share(t, s, "CANARY")
	var saw atomic.Int32
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if strings.Contains(post(s, "/secret/"+k.Secret, nil).Body.String(), "CANARY") {
				saw.Add(1)
			}
		})
		all.Go(func() {
			if _, ok := s.Open(k.Secret, ""); ok {
				saw.Add(1)
			}
		})
	}
	all.Wait()
	if saw.Load() != 1 {
		t.Errorf("%d saw it", saw.Load())
	}
}

func TestAPassphraseIsAskedForAtTheButton(t *testing.T) {
	t.Parallel()
	s := otsfake.New(otsfake.Options{})
	k := share(t, s, "CANARY", "passphrase", "correct horse")
	path := "/secret/" + k.Secret
	if page := get(s, path).Body.String(); !strings.Contains(page, `<label for="passphrase">`) || !strings.Contains(page, `type="password"`) {
		t.Errorf("no field in\n%s", page)
	}
	for _, wrong := range []string{"", "wrong", "correct horse ", "Correct Horse"} {
		page := post(s, path, url.Values{"passphrase": {wrong}}).Body.String()
		if strings.Contains(page, "CANARY") || !strings.Contains(page, "not the passphrase") || !strings.Contains(page, "<form") {
			t.Errorf("%q: %s", wrong, page)
		}
	}
	if page := post(s, path, url.Values{"passphrase": {"correct horse"}}).Body.String(); !strings.Contains(page, "CANARY") {
		t.Errorf("right: %s", page)
	}
}

func TestTheReceiptTellsTheStateAndBurns(t *testing.T) {
	t.Parallel()
	now := time.Unix(1795216234, 0)
	s := otsfake.New(otsfake.Options{Clock: func() time.Time { return now }})
	opened, burned, expired, lost := share(t, s, "CANARY"), share(t, s, "CANARY", "passphrase", "correct horse"), share(t, s, "CANARY"), share(t, s, "CANARY")
	receipt := func(k keys) string { return get(s, "/receipt/"+k.Metadata).Body.String() }
	holds := func(what, page string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(page, part) {
				t.Errorf("%s: no %q in\n%s", what, part, page)
			}
		}
		if strings.Contains(page, "CANARY") {
			t.Errorf("%s: shows the secret", what)
		}
	}
	holds("waiting", receipt(opened), "not opened yet", "Burn the secret", "none")
	s.Open(opened.Secret, "")
	holds("opened", receipt(opened), "<dd>opened</dd>", "<dt>Opened</dt>")

	holds("with a passphrase", receipt(burned), `name="passphrase"`, "needed")
	burn := "/receipt/" + burned.Metadata + "/burn"
	holds("wrong passphrase", post(s, burn, url.Values{"passphrase": {"wrong"}}).Body.String(), "not the passphrase", "not opened yet", `action="`+burn+`"`)
	holds("burned", post(s, burn, url.Values{"passphrase": {"correct horse"}}).Body.String(), "<dd>burned</dd>")
	holds("burned again", post(s, burn, nil).Body.String(), "<dd>burned</dd>")

	s.Lose(lost.Secret)
	holds("lost", receipt(lost), "<dd>gone</dd>")
	now = now.Add(time.Hour)
	holds("expired", receipt(expired), "<dd>expired</dd>")
	now = now.Add(time.Hour)
	holds("forgotten", receipt(expired), "nothing here")
	if s.Secrets() != 0 {
		t.Errorf("%d secrets are left", s.Secrets())
	}
}

func TestPagesLoadNothingAndStayOutOfCaches(t *testing.T) {
	t.Parallel()
	s := otsfake.New(otsfake.Options{})
	k := share(t, s, "x", "passphrase", "correct horse")
	for _, path := range []string{"/", "/secret/" + k.Secret, "/secret/gone", "/receipt/" + k.Metadata, "/nowhere"} {
		page := get(s, path)
		body := page.Body.String()
		for _, external := range []string{"http://", "https://", "<script", "<img", "<link", "@import", "url("} {
			if strings.Contains(body, external) {
				t.Errorf("%s holds %s", path, external)
			}
		}
		for _, part := range []string{`<html lang="en">`, `<meta name="viewport"`, "<title>", "<main>", "<h1>", "color-scheme: light dark"} {
			if !strings.Contains(body, part) {
				t.Errorf("%s lacks %s", path, part)
			}
		}
		if head := page.Header(); head.Get("Cache-Control") != "no-store" || head.Get("Referrer-Policy") != "no-referrer" ||
			!strings.HasPrefix(head.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", path, head)
		}
	}
}

func TestEachVersionHasItsPages(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]struct{ private, receipt, gone int }{
		"0.12": {200, 404, 404}, "0.20": {200, 404, 200}, "0.22": {200, 200, 200}, "0.26": {404, 200, 200},
	} {
		s := otsfake.New(otsfake.Options{Version: version})
		k := share(t, s, "x")
		for path, want := range map[string]int{"/private/" + k.Metadata: want.private, "/receipt/" + k.Metadata: want.receipt, "/secret/" + k.Metadata: want.gone} {
			if got := get(s, path).Code; got != want {
				t.Errorf("%s: %s is %d, want %d", version, path, got, want)
			}
		}
	}
}

func TestOldServersTurnBotsAway(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]int{"0.12": 302, "0.26": 200} {
		s := otsfake.New(otsfake.Options{Version: version})
		k := share(t, s, "x")
		r := httptest.NewRequest(http.MethodGet, "/secret/"+k.Secret, nil)
		r.Header.Set("User-Agent", "Slackbot-LinkExpanding 1.0")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if body, _ := io.ReadAll(w.Body); w.Code != want || version == "0.12" && (w.Header().Get("Location") != "/" || len(body) != 0) {
			t.Errorf("%s: %d to %q", version, w.Code, w.Header().Get("Location"))
		}
	}
}
