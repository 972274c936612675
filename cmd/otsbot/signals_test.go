package main

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/gorilla/websocket"
)

func TestEverySignalThatAsksForAnEndLetsWorkFinish(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGABRT} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			open := w.gate.close(t)
			p, _ := w.run(t)
			w.typed(t, p, "held back")
			<-w.gate.arrived
			p.signal(sig)
			p.logged("stopping; a second signal ends the process at once")
			open()
			if status := p.wait(); status != 0 {
				t.Errorf("exit status %d, want 0\n%s", status, p.output())
			}
			w.links(t, t.Context(), 1)
		})
	}
}

// moment calls do when the call with that number arrives, whatever it is.
type moment struct {
	http.Handler
	calls, number *atomic.Int64
	do            func()
}

func (m moment) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !websocket.IsWebSocketUpgrade(r) && m.calls.Add(1) == m.number.Load() {
		m.do()
	}
	m.Handler.ServeHTTP(w, r)
}

// Whenever it is told to stop: what was stored is posted, told or burned.
func TestAStopAtAnyMomentLeavesNoSecretLiveAndUnknown(t *testing.T) {
	t.Parallel()
	const lanes, stops = 4, 6
	for lane := range lanes {
		t.Run(strconv.Itoa(lane), func(t *testing.T) {
			t.Parallel()
			for range stops {
				stopAtAnyMoment(t)
			}
		})
	}
}

func stopAtAnyMoment(t *testing.T) {
	const commands = 20
	w := newWorld(t)
	var p *process
	var calls, number atomic.Int64
	stop := func() { p.signal(syscall.SIGTERM) }
	slack := httptest.NewServer(moment{w.slack, &calls, &number, stop})
	ots := httptest.NewServer(moment{w.gate, &calls, &number, stop})
	defer slack.Close()
	defer ots.Close()
	defer w.slack.Close()
	w.settings["SLACK_API_URL"], w.settings["OTS_URL"] = slack.URL+"/api/", ots.URL
	p, _ = w.run(t)
	// Each command makes three calls: store, post, receipt.
	number.Store(calls.Load() + 1 + rand.Int64N(3*commands))
	for i := range commands {
		env, err := w.slack.PrepareCommand(ana, general, "/secret", "secret "+strconv.Itoa(i))
		if err != nil {
			t.Fatal(err)
		}
		go w.slack.Send(p.ctx, env) // refused once the process stops
	}
	if status := p.wait(); status != 0 {
		t.Errorf("exit status %d\n%s", status, p.output())
	}
	for _, link := range w.toldTo(ana) {
		w.ots.Open(link, "")
	}
	if n := w.ots.Secrets(); n != 0 {
		t.Errorf("%d secrets are live, and nobody knows of them, after a stop at call %d\n%s", n, number.Load(), p.output())
	}
}

var oneTimeLink = regexp.MustCompile(`https?://[^\s"<>|\x60]+/secret/[a-z0-9]+`)

// toldTo are the one-time links that a person sees anywhere.
func (w *world) toldTo(user string) []string {
	var links []string
	for _, place := range []string{general, w.slack.AppDM(user)} {
		for _, m := range w.slack.Messages(user, place) {
			links = append(links, oneTimeLink.FindAllString(m.Text+string(m.Blocks), -1)...)
		}
	}
	return links
}
