package otsclient_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// What must not be in any error: everything confidential of a call, and where
// it went.
const (
	canaryText   = "CANARYtext correct horse"
	canaryPhrase = "CANARYphrase battery staple"
	canaryToken  = "CANARYtoken0123456789"
	canaryName   = "canaryname@example.com"
	canaryKey    = "canarykey3canarykey3canarykey3"
	canaryHost   = "canaryhost.example.com"
)

var canaries = []string{"CANARY", "canary", "Authorization", "Basic ", "http://", "https://", "/api/", "127.0.0.1"}

// leaks fails the test if an error shows a canary in any print form, also in
// what it wraps.
func leaks(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		t.Error("no error")
		return
	}
	forms := []string{otsclient.Reason(err)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%q"} {
		forms = append(forms, fmt.Sprintf(verb, err))
	}
	data, jsonErr := json.Marshal(err)
	if jsonErr != nil {
		t.Error(jsonErr)
	}
	forms = append(forms, string(data))
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		t.Error("a *url.Error is in it")
	}
	for _, form := range forms {
		for _, c := range canaries {
			if strings.Contains(form, c) {
				t.Errorf("%q holds %q", form, c)
			}
		}
	}
}

// everyCall makes all calls that carry something confidential.
func everyCall(ctx context.Context, c *otsclient.Client) map[string]error {
	key, text, phrase := otsclient.NewKey(canaryKey), otsclient.NewPlaintext(canaryText), otsclient.NewPlaintext(canaryPhrase)
	calls := map[string]func() error{
		"share": func() error {
			_, err := c.Share(ctx, otsclient.ShareRequest{Secret: text, Passphrase: phrase, TTL: time.Hour, Recipient: "canary@example.com"})
			return err
		},
		"generate":    func() error { _, err := c.Generate(ctx, otsclient.GenerateRequest{Passphrase: phrase}); return err },
		"retrieve":    func() error { _, err := c.Retrieve(ctx, key, phrase); return err },
		"metadata":    func() error { _, err := c.Metadata(ctx, key); return err },
		"recent":      func() error { _, err := c.Recent(ctx); return err },
		"burn":        func() error { return c.Burn(ctx, key, phrase) },
		"status":      func() error { return c.Status(ctx) },
		"credentials": func() error { return c.CheckCredentials(ctx) },
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	errs := map[string]error{}
	for name, call := range calls {
		all.Go(func() {
			err := call()
			mu.Lock()
			defer mu.Unlock()
			errs[name] = err
		})
	}
	all.Wait()
	return errs
}

// creates tells the calls of which nobody knows the outcome when the answer
// is lost.
func creates(call string) bool {
	return call == "share" || call == "generate" || call == "retrieve"
}

// trouble is a way in which calls fail.
type trouble struct {
	transport http.RoundTripper
	server    http.Handler
	tls       bool
	timeout   time.Duration
	sent      bool // the server may have done it
	strange   bool // an answer that only some calls can get
	kind      error
}

func TestNothingLeaksFromErrors(t *testing.T) {
	t.Parallel()
	fault := func(f otsfake.Fault) http.Handler {
		s := otsfake.New(otsfake.Options{Username: canaryName, APIToken: canaryToken})
		s.Fault(f)
		return s
	}
	for name, c := range map[string]trouble{
		"no such host":     {transport: dialing(&net.DNSError{Err: "no such host", Name: canaryHost, IsNotFound: true}), kind: otsclient.ErrUnavailable},
		"refused":          {transport: dialing(&net.OpError{Op: "dial", Net: "tcp", Addr: canaryAddr{}, Err: errors.New("refused by " + canaryHost)}), kind: otsclient.ErrUnavailable},
		"proxy refuses":    {transport: throughProxy(t), kind: otsclient.ErrUnavailable},
		"unknown issuer":   {server: fault(otsfake.Fault{}), tls: true, kind: otsclient.ErrUnavailable},
		"no TLS":           {transport: plainForTLS(t), kind: otsclient.ErrUnavailable},
		"hang":             {server: fault(otsfake.Fault{Hang: true}), timeout: 200 * time.Millisecond, sent: true, kind: otsclient.ErrUnavailable},
		"cut":              {server: fault(otsfake.Fault{Drop: true}), sent: true, kind: otsclient.ErrUnavailable},
		"endless":          {server: fault(otsfake.Fault{Endless: true}), sent: true, kind: otsclient.ErrUnavailable},
		"no HTTP":          {transport: speaking(t, "CANARY canary https://x\r\n\r\n"), sent: true, kind: otsclient.ErrUnavailable},
		"cut in the body":  {transport: speaking(t, "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{\"CANARY"), sent: true, kind: otsclient.ErrUnavailable},
		"cut in an error":  {transport: speaking(t, "HTTP/1.1 404 Not Found\r\nContent-Length: 999\r\n\r\n{\"message\":\"CANARY"), sent: true, kind: otsclient.ErrUnavailable},
		"redirect":         {server: fault(otsfake.Fault{Redirect: "https://" + canaryHost + "/CANARY"}), kind: otsclient.ErrUnavailable},
		"redirect to junk": {server: fault(otsfake.Fault{Redirect: ":CANARY %zz"}), kind: otsclient.ErrUnavailable},
		"not JSON":         {server: fault(otsfake.Fault{Status: 200, Body: "CANARY"}), sent: true, kind: otsclient.ErrUnavailable},
		"other JSON":       {server: fault(otsfake.Fault{Status: 200, Body: `"CANARY"`}), sent: true, kind: otsclient.ErrUnavailable},
		"page, 200":        {server: fault(otsfake.Fault{Status: 200, HTML: true, Body: "<h1>CANARY</h1>"}), sent: true, kind: otsclient.ErrUnavailable},
		"page, 404":        {server: fault(otsfake.Fault{Status: 404, HTML: true, Body: "<h1>CANARY</h1>"}), sent: true, kind: otsclient.ErrUnavailable},
		"page, 502":        {server: fault(otsfake.Fault{Status: 502, HTML: true, Body: "<h1>CANARY</h1>"}), sent: true, kind: otsclient.ErrUnavailable},
		"echo":             {server: http.HandlerFunc(echo), strange: true, kind: otsclient.ErrRejected},
		"echo by v2":       {server: http.HandlerFunc(echoV2), strange: true, kind: otsclient.ErrRejected},
		"echo of the key":  {server: fault(otsfake.Fault{Status: 404, Body: `{"secret_key":"` + canaryKey + `","message":"Unknown secret"}`}), strange: true, kind: otsclient.ErrGone},
		"unexpected":       {server: fault(otsfake.Fault{Status: 404, Body: `{"message":"An unexpected error occurred :[","shrimp":"CANARY"}`}), sent: true, kind: otsclient.ErrUnavailable},
		"wrong token":      {server: otsfake.New(otsfake.Options{Username: canaryName, APIToken: "another"}), kind: otsclient.ErrNotAuthorized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for call, err := range everyCall(t.Context(), c.client(t)) {
				leaks(t, err)
				if want := c.kindOf(call); !errors.Is(err, want) {
					t.Errorf("%s: %v, want %v", call, err, want)
				}
			}
		})
	}
}

// echo is a server that says what it was sent.
func echo(w http.ResponseWriter, r *http.Request) {
	username, token, _ := r.BasicAuth()
	said := "Unknown domain: " + r.FormValue("secret") + ". " + r.FormValue("passphrase") + ". " + username + " " + token +
		" https://" + r.Host + r.URL.Path + " " + r.Header.Get("Authorization")
	w.WriteHeader(http.StatusNotFound)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": said})
}

// echoV2 does the same where v1 is gone.
func echoV2(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/api/v1/") {
		http.Error(w, `{"error":"Not Found"}`, http.StatusNotFound)
		return
	}
	body, _ := io.ReadAll(r.Body)
	text, _ := url.QueryUnescape(string(body))
	username, token, _ := r.BasicAuth()
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": "Unknown domain: " + text + ". " + username + " " + token + " https://" + r.Host + r.URL.Path})
}

func (c trouble) kindOf(call string) error {
	if c.sent && creates(call) {
		return otsclient.ErrOutcomeUnknown
	}
	makes := call == "share" || call == "generate"
	switch {
	case !c.strange || makes == errors.Is(c.kind, otsclient.ErrRejected):
		return c.kind
	case creates(call):
		return otsclient.ErrOutcomeUnknown
	}
	return otsclient.ErrUnavailable
}

func (c trouble) client(t *testing.T) *otsclient.Client {
	t.Helper()
	config := otsclient.Config{
		BaseURL: "https://" + canaryHost, Username: canaryName, APIToken: canaryToken,
		Timeout: cmp.Or(c.timeout, time.Minute), Transport: c.transport,
	}
	switch {
	case c.tls:
		server := httptest.NewUnstartedServer(c.server)
		server.Config.ErrorLog = quiet()
		server.StartTLS()
		t.Cleanup(server.Close)
		config.BaseURL = server.URL // whose certificate nobody vouches for
	case c.server != nil:
		config.BaseURL = serve(t, c.server)
	}
	client, err := otsclient.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// quiet keeps net/http's remarks on broken connections out of the output.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// serve starts a server on loopback and returns its URL.
func serve(t testing.TB, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// dialing is a transport whose every dial fails.
func dialing(err error) http.RoundTripper {
	return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, err }}
}

// canaryAddr is an address that errors print.
type canaryAddr struct{}

func (canaryAddr) Network() string { return "tcp" }
func (canaryAddr) String() string  { return canaryHost + ":443" }

// throughProxy is a transport whose proxy refuses to connect.
func throughProxy(t *testing.T) http.RoundTripper {
	proxy := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "CANARY "+r.Host, http.StatusProxyAuthRequired)
	}))
	proxyURL, err := url.Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}
	proxyURL.User = url.UserPassword("CANARY", "CANARY")
	return &http.Transport{Proxy: http.ProxyURL(proxyURL)}
}

// plainForTLS is a transport to a server that answers TLS with plain text.
func plainForTLS(t *testing.T) http.RoundTripper {
	address := listen(t, func(conn net.Conn) { _, _ = io.WriteString(conn, "CANARY canary\r\n\r\n") })
	return &http.Transport{DialContext: to(address)}
}

// speaking is a transport to a server that answers any request with text and
// hangs up.
func speaking(t *testing.T, text string) http.RoundTripper {
	address := listen(t, func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 4096))
		_, _ = io.WriteString(conn, text)
	})
	return &http.Transport{DialTLSContext: to(address)}
}

func to(address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	}
}

func listen(t *testing.T, answer func(net.Conn)) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			answer(conn)
			conn.Close()
		}
	}()
	return listener.Addr().String()
}
