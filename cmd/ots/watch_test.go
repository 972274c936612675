package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// served sends requests to a handler, without a network.
type served struct{ http.Handler }

func (s served) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r = r.Clone(r.Context())
		r.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, r)
	return answer.Result(), nil
}

// output is what a command that still runs has printed.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) take() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer o.text.Reset()
	return o.text.String()
}

func TestWatchTellsEachChangeUntilAllAreOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := otsfake.New(otsfake.Options{})
		client, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.example.com", Transport: served{fake}})
		if err != nil {
			t.Fatal(err)
		}
		var out, remarks output
		con := &console{stdin: strings.NewReader(""), stdout: &out, stderr: &remarks, isTerminal: func(any) bool { return false }}
		watching := &task{console: con, client: client, every: 15 * time.Second}
		var links []string
		for range 3 {
			shared, err := client.Share(t.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x"), TTL: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			links = append(links, client.SecretLink(shared))
			watching.keys = append(watching.keys, client.ReceiptLink(shared.MetadataKey, ""))
		}
		ended := make(chan error)
		go func() { ended <- watch(t.Context(), watching) }()
		lines := func(want ...string) {
			t.Helper()
			time.Sleep(16 * time.Second)
			synctest.Wait()
			got := strings.Split(strings.TrimSpace(out.take()), "\n")
			for i, word := range want {
				if len(got) != len(want) || !strings.Contains(got[i], word) {
					t.Fatalf("%q, want %q", got, want)
				}
			}
		}
		lines("waiting", "waiting", "waiting")
		fake.Look(links[0])
		fake.Open(links[1], "")
		lines("waiting, link seen", "opened")
		clear := fake.Fault(otsfake.Fault{Down: true})
		lines("")
		if said := remarks.take(); !strings.Contains(said, "unavailable") || strings.Contains(said, "http") {
			t.Errorf("remarks: %s", said)
		}
		clear()
		fake.Open(links[0], "")
		lines("opened")
		time.Sleep(time.Hour)
		synctest.Wait()
		if err, said := <-ended, out.take(); err != nil || !strings.Contains(said, "expired") || strings.Contains(said, "http") {
			t.Errorf("%v, %q", err, said)
		}
	})
}

func TestWatchEndsAtOnceWhenAllAreOver(t *testing.T) {
	t.Parallel()
	s := newShell(t, otsfake.Options{})
	link, private := s.put("x")
	s.ok("", "get", link)
	_, other := s.put("y")
	s.ok("", "burn", other)
	got := s.ok(private+"\n"+other+"\n", "watch", "-json").out
	for i, line := range strings.Split(strings.TrimSpace(got), "\n") {
		var told stateJSON
		if err := json.Unmarshal([]byte(line), &told); err != nil || told.State != []string{"opened", "burned"}[i] || told.ID == "" {
			t.Errorf("%s: %v", line, err)
		}
	}
	for _, args := range [][]string{{"watch", "-every", "1s", private}, {"watch", "not a key"}, {"watch"}, {"watch", link}} {
		if got := s.run("", args...); got.status != exitUsage {
			t.Errorf("%v: %d %s", args[:1], got.status, got.remark)
		}
	}
}

func TestEachCommandPrintsJSON(t *testing.T) {
	t.Parallel()
	s := newShell(t, otsfake.Options{Username: "ana@example.com", APIToken: "token"})
	s.env["OTS_USERNAME"], s.env["OTS_API_TOKEN"] = "ana@example.com", "token"
	read := func(into any, out string) {
		t.Helper()
		decoder := json.NewDecoder(strings.NewReader(out))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into); err != nil || strings.Count(out, "\n") != 1 {
			t.Fatalf("%s: %v", out, err)
		}
	}
	var there statusJSON
	read(&there, s.ok("", "status", "-json").out)
	var shared, made sharedJSON
	read(&shared, s.ok("a <secret> & more", "put", "--json", "-ttl", "1h").out)
	read(&made, s.ok("", "gen", "-json", "-show").out)
	var state, burned stateJSON
	read(&state, s.ok("", "state", "-json", shared.Receipt).out)
	read(&burned, s.ok("", "burn", "-json", made.Receipt).out)
	var secret secretJSON
	read(&secret, s.ok("", "get", "-json", shared.Link).out)
	var list []stateJSON
	read(&list, s.ok("", "recent", "-json", "-links").out)
	if !there.There || !there.Account || shared.Lifetime != 3600 || len(made.Value) < 12 || state.State != "waiting" || state.Remaining == 0 ||
		burned.State != "burned" || secret.Secret != "a <secret> & more" || len(list) != 2 || list[0].Receipt == "" {
		t.Errorf("%+v %+v %+v %+v %+v %+v %+v", there, shared, made, state, burned, secret, list)
	}
}

func TestCompletionKnowsEachCommandAndFlag(t *testing.T) {
	t.Parallel()
	for _, shell := range shells {
		con := &console{stdin: strings.NewReader(""), stdout: new(bytes.Buffer), stderr: io.Discard}
		none := func(string) string { return "" } // it needs no settings
		if status := run(context.Background(), []string{"completion", shell}, none, con); status != exitOK {
			t.Fatalf("%s: %d", shell, status)
		}
		script := con.stdout.(*bytes.Buffer).String()
		for name, flags := range commandFlags() {
			if !strings.Contains(script, name) {
				t.Errorf("%s doesn't know %s", shell, name)
			}
			for _, f := range flags {
				if !strings.Contains(script, f.Name) {
					t.Errorf("%s doesn't know -%s of %s", shell, f.Name, name)
				}
			}
		}
	}
	s := newShell(t, otsfake.Options{})
	for _, args := range [][]string{{"completion"}, {"completion", "tcsh"}} {
		if got := s.run("", args...); got.status != exitUsage {
			t.Errorf("%v: %d", args, got.status)
		}
	}
}

// The exit statuses and commands of the usage are those that there are.
func TestTheUsageNamesEachCommand(t *testing.T) {
	t.Parallel()
	for name := range commands() {
		if !strings.Contains(usage, "\n  ots "+name) {
			t.Errorf("the usage lacks %s", name)
		}
	}
}
