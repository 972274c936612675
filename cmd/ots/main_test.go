package main

import (
	"bytes"
	"errors"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otsbot/otsclient/otsfake"
)

// shell runs ots against an offline server.
type shell struct {
	*testing.T
	ots     *otsfake.Server
	env     map[string]string
	answers []string // what the person at the terminal types, in turn
	atTTY   bool     // standard input is a terminal
	onTTY   bool     // standard output is one
}

func newShell(t *testing.T, options otsfake.Options) *shell {
	ots := otsfake.New(options)
	server := httptest.NewServer(ots)
	t.Cleanup(server.Close)
	return &shell{T: t, ots: ots, env: map[string]string{"OTS_URL": server.URL}}
}

type result struct {
	status      int
	out, remark string
}

func (s *shell) run(stdin string, args ...string) result {
	s.Helper()
	in := strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	con := &console{
		stdin: in, stdout: &stdout, stderr: &stderr,
		isTerminal: func(stream any) bool { return s.atTTY && stream == any(in) || s.onTTY && stream == any(&stdout) },
		ask: func(string) (string, error) {
			if len(s.answers) == 0 {
				return "", errors.New("there is no terminal to ask at")
			}
			answer := s.answers[0]
			s.answers = s.answers[1:]
			return answer, nil
		},
	}
	env := maps.Clone(s.env)
	status := run(s.Context(), args, func(name string) string { return env[name] }, con)
	return result{status, stdout.String(), stderr.String()}
}

// ok runs what has to go well.
func (s *shell) ok(stdin string, args ...string) result {
	s.Helper()
	got := s.run(stdin, args...)
	if got.status != exitOK {
		s.Fatalf("ots %q: status %d, %s", args, got.status, got.remark)
	}
	return got
}

// put stores a text and returns the two links.
func (s *shell) put(text string, flags ...string) (link, private string) {
	s.Helper()
	got := s.ok(text, append([]string{"put"}, flags...)...)
	_, private, _ = strings.Cut(got.remark, "to yourself): ")
	return strings.TrimSpace(got.out), strings.TrimSpace(private)
}

func TestWhatIsPutIsGotOnce(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"hunter2":         "hunter2",
		"from echo\n":     "from echo",
		"two lines\r\n\n": "two lines\r\n",
		"π\tand\r\n":      "π\tand",
	} {
		s := newShell(t, otsfake.Options{})
		link, private := s.put(in)
		if got := s.ok("", "get", link).out; got != want {
			t.Errorf("put %q, got %q", in, got)
		}
		if got := s.run("", "get", link); got.status != exitGone || !strings.Contains(got.remark, "no such secret") {
			t.Errorf("again: %d %s", got.status, got.remark)
		}
		if got := s.ok("", "state", private).out; !strings.HasPrefix(got, "state        opened") {
			t.Errorf("state:\n%s", got)
		}
	}
}

func TestKeysComeFromLinksArgumentsAndInput(t *testing.T) {
	t.Parallel()
	s := newShell(t, otsfake.Options{})
	link, private := s.put("x")
	key := private[strings.LastIndex(private, "/")+1:]
	for _, given := range []string{private, key, private + "/"} {
		if got := s.ok("", "state", given).out; !strings.Contains(got, "waiting") {
			t.Errorf("state:\n%s", got)
		}
	}
	if got := s.ok(private+"\n", "state").out; !strings.Contains(got, "waiting") {
		t.Errorf("from input:\n%s", got)
	}
	s.atTTY, s.answers = true, []string{key}
	if got := s.ok("", "burn").out; !strings.Contains(got, "burned") {
		t.Errorf("from a prompt:\n%s", got)
	}
	s.atTTY = false
	for _, wrong := range [][]string{{"get", private}, {"state", link}, {"burn", link}, {"get", "nonsense"}} {
		if got := s.run("", wrong...); got.status != exitUsage || got.out != "" {
			t.Errorf("ots %s: %d %s", wrong[0], got.status, got.remark)
		}
	}
}

func TestAPassphraseIsAskedForOrRead(t *testing.T) {
	t.Parallel()
	s := newShell(t, otsfake.Options{})
	s.answers = []string{"correct horse", "correct horse"}
	link, private := s.put("behind", "-p")
	if got := s.run("", "get", link); got.status != exitPhrase || !strings.Contains(got.remark, "passphrase is missing or wrong") {
		t.Errorf("without: %d %s", got.status, got.remark)
	}
	if got := s.ok("", "state", private).out; !strings.Contains(got, "passphrase   yes") {
		t.Errorf("state:\n%s", got)
	}
	file := filepath.Join(t.TempDir(), "phrase")
	if err := os.WriteFile(file, []byte("correct horse\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := s.ok("", "get", "-passphrase-file", file, link).out; got != "behind" {
		t.Errorf("got %q", got)
	}
	s.answers = []string{"correct horse", "correct house"}
	if got := s.run("x", "put", "-p"); got.status != exitError || !strings.Contains(got.remark, "don't match") {
		t.Errorf("a slip: %d %s", got.status, got.remark)
	}
	if s.ots.Secrets() != 0 {
		t.Errorf("%d secrets are left", s.ots.Secrets())
	}
	if got := s.run("x", "put", "-p", "-passphrase-file", file); got.status != exitUsage {
		t.Errorf("both ways: %d %s", got.status, got.remark)
	}
	if got := s.run("x", "put", "-passphrase-file", file+"x"); got.status != exitError {
		t.Errorf("no file: %d %s", got.status, got.remark)
	}
}

func TestGenPrintsAPasswordOnlyWhenToldTo(t *testing.T) {
	t.Parallel()
	s := newShell(t, otsfake.Options{})
	got := s.ok("", "gen", "-length", "30", "-ttl", "2h", "-show")
	link, password, _ := strings.Cut(strings.TrimSpace(got.out), "\n")
	if len(password) != 30 || !strings.Contains(got.remark, "after 2h0m0s") {
		t.Errorf("%q\n%s", got.out, got.remark)
	}
	if opened := s.ok("", "get", link).out; opened != password {
		t.Errorf("opened %q, printed %q", opened, password)
	}
	if got := s.ok("", "gen").out; strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, s.env["OTS_URL"]+"/secret/") {
		t.Errorf("%q", got)
	}
}

func TestAnotherLifetimeIsSaid(t *testing.T) {
	t.Parallel()
	s := newShell(t, otsfake.Options{})
	if got := s.ok("x", "put", "-ttl", "10s"); !strings.Contains(got.remark, "after 1m0s") || !strings.Contains(got.remark, "You asked for 10s") {
		t.Errorf("%s", got.remark)
	}
}

func TestStatusAndRecentWithAnAccount(t *testing.T) {
	t.Parallel()
	s := newShell(t, otsfake.Options{Username: "ana@example.com", APIToken: "CANARY-token"})
	if got := s.ok("", "status").out; !strings.Contains(got, "anonymous") {
		t.Errorf("%s", got)
	}
	if got := s.run("", "recent"); got.status != exitRefused || !strings.Contains(got.remark, "not authorized") {
		t.Errorf("anonymous: %d %s", got.status, got.remark)
	}
	s.env["OTS_USERNAME"], s.env["OTS_API_TOKEN"] = "ana@example.com", "CANARY-token"
	if got := s.ok("", "status").out; !strings.Contains(got, "accepts the account") {
		t.Errorf("%s", got)
	}
	_, private := s.put("on the list")
	if got := s.ok("", "recent").out; strings.Count(got, "\n") != 2 || strings.Contains(got, private) || !strings.Contains(got, "waiting") {
		t.Errorf("%s", got)
	}
	if got := s.ok("", "recent", "-links").out; !strings.Contains(got, private) {
		t.Errorf("%s", got)
	}
	s.env["OTS_API_TOKEN"] = "CANARY-wrong"
	if got := s.run("", "status"); got.status != exitRefused || strings.Contains(got.out+got.remark, "CANARY") {
		t.Errorf("wrong token: %d %s", got.status, got.remark)
	}
}

func TestWrongUseSaysHowWithoutRepeatingIt(t *testing.T) {
	t.Parallel()
	const secret = "CANARY-on-the-command-line"
	for _, args := range [][]string{{}, {"nonsense"}, {"put", secret}, {"put", "-nope"}, {"get", "a", secret}} {
		s := newShell(t, otsfake.Options{})
		if got := s.run("", args...); got.status != exitUsage || got.remark == "" || strings.Contains(got.remark, secret) {
			t.Errorf("ots %q: %d %s", args, got.status, got.remark)
		}
	}
	for name, value := range map[string]string{"OTS_URL": "", "OTS_TIMEOUT": "CANARY", "OTS_ALLOW_HTTP": "CANARY", "OTS_USERNAME": "CANARY"} {
		s := newShell(t, otsfake.Options{})
		s.env[name] = value
		if got := s.run("", "status"); got.status != exitUsage || got.remark == "" || strings.Contains(got.remark, "CANARY") {
			t.Errorf("%s=%s: %d %s", name, value, got.status, got.remark)
		}
	}
	s := newShell(t, otsfake.Options{})
	for _, args := range [][]string{{"-h"}, {"help"}, {"put", "-h"}} {
		if got := s.run("", args...); got.status != exitOK || got.out == "" {
			t.Errorf("ots %q: %d %s", args, got.status, got.remark)
		}
	}
}

func TestTroubleIsSaidInASentence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault  otsfake.Fault
		says   string
		status int
	}{
		{otsfake.Fault{Status: 404, Body: `{"message":"Not authorized"}`}, "OTS_USERNAME", exitRefused},
		{otsfake.Fault{Status: 404, Body: `{"message":"Passphrase must be at least 12 characters long"}`}, "at least 12", exitRefused},
		{otsfake.Fault{Status: 429, Header: map[string][]string{"Retry-After": {"90"}}}, "in 1m30s", exitRefused},
		{otsfake.Fault{Status: 404, Body: `{"message":"Rate limit exceeded. Please try again later."}`}, "Try again later", exitRefused},
		{otsfake.Fault{Status: 502, HTML: true}, "may or may not have been done", exitPerhaps},
		{otsfake.Fault{Redirect: "https://elsewhere.example.com/CANARY"}, "redirect refused", exitError},
		{otsfake.Fault{Status: 404, Body: `{"error":"Not Found"}`}, "its API isn't where", exitError},
		{otsfake.Fault{Status: 404, Body: `{"message":"Public sharing disabled for domain: s.example.com"}`}, "whoever runs the server", exitRefused},
	} {
		s := newShell(t, otsfake.Options{})
		s.ots.Fault(c.fault)
		got := s.run("CANARY", "put")
		if got.status != c.status || !strings.Contains(got.remark, c.says) || strings.Contains(got.remark, "CANARY") {
			t.Errorf("%+v: %d %s", c.fault, got.status, got.remark)
		}
	}
}

// What others wrote can't steer the terminal.
func TestControlCharactersDoNotReachATerminal(t *testing.T) {
	const bad = "a\x1b[2J\u009bb\u202ec\td\r\ne"
	s := newShell(t, otsfake.Options{})
	link, _ := s.put(bad)
	if got := s.ok("", "get", link); got.out != bad {
		t.Errorf("a file gets %q", got.out)
	}
	s.onTTY = true
	link, _ = s.put(bad)
	got := s.ok("", "get", link)
	if want := "a\ufffd[2J\ufffdb\ufffdc\td\ne\n"; got.out != want || !strings.Contains(got.remark, "can't be shown") {
		t.Errorf("a terminal gets %q, with the remark %q", got.out, got.remark)
	}
	_, private := s.put("some text")
	s.ots.Fault(otsfake.Fault{Status: 200, Body: `{"state":"new\u001b[2J","metadata_key":"` + private[strings.LastIndex(private, "/")+1:] + `"}`})
	if got := s.ok("", "state", private); strings.Contains(got.out, "\x1b") {
		t.Errorf("ots state prints %q", got.out)
	}
}
