package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"

	"otsbot/internal/hostile"
)

// Whatever answers in OneTimeSecret's place, people hear of it in time, and the
// process ends when it is told to, without a word of theirs in its log. What
// the client makes of each answer is for its own tests.
func TestPeopleHearOfAServerThatBreaksHTTP(t *testing.T) {
	t.Parallel()
	const canary = "CANARY-s3cr3t"
	answers := hostile.Answers()
	for _, name := range []string{"switches protocols", "switches protocols, and floods", "sends a body byte by byte", "sends headers without end", "says nothing"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, err := hostile.Serve(answers[name], "{}")
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			w := newWorld(t)
			w.settings["OTS_URL"], w.settings["OTS_TIMEOUT"] = server.URL, "1s"
			p, _ := w.run(t)
			w.typed(t, p, canary)
			w.told(t, p, "OneTimeSecret")
			p.signal(syscall.SIGTERM)
			if status := p.wait(); status != 0 {
				t.Errorf("exit status %d", status)
			}
			if strings.Contains(p.output(), canary) {
				t.Error("the log holds what was typed")
			}
		})
	}
}

// The same in Slack's place: the link goes another way.
func TestASlackThatSwitchesProtocolsHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	slack := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/chat.postMessage" {
			w.slack.ServeHTTP(rw, r)
			return
		}
		io.Copy(io.Discard, r.Body)
		conn, _, err := rw.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		hostile.Answers()["switches protocols"](conn, "")
	}))
	defer slack.Close()
	defer w.slack.Close()
	w.settings["SLACK_API_URL"] = slack.URL + "/api/"
	p, _ := w.run(t)
	w.typed(t, p, "some text")
	w.told(t, p, "/secret/")
	p.signal(syscall.SIGTERM)
	if status := p.wait(); status != 0 {
		t.Errorf("exit status %d\n%s", status, p.output())
	}
}

// told waits until ana reads a message with this in it.
func (w *world) told(t *testing.T, p *process, part string) {
	t.Helper()
	err := w.slack.Wait(p.ctx, func() bool {
		var texts []string
		for _, place := range []string{general, w.slack.AppDM(ana)} {
			for _, m := range w.slack.Messages(ana, place) {
				texts = append(texts, m.Text+string(m.Blocks))
			}
		}
		return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, part) })
	})
	if err != nil {
		t.Fatalf("ana never reads %q: %v\n%s", part, err, p.output())
	}
}
