package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

const (
	ana, bob, general = "U1", "U2", "C1"
)

// world is an offline Slack and an offline OneTimeSecret on loopback, and the
// settings that lead to them.
type world struct {
	slack    *slackfake.Workspace
	ots      *otsfake.Server
	otsURL   string
	gate     *gate
	settings map[string]string
}

func newWorld(t *testing.T, options ...func(*otsfake.Options)) *world {
	t.Helper()
	slack := slackfake.New(slackfake.Options{Scopes: readManifest(t).requiredScopes(), HomeTab: true, Events: readManifest(t).Settings.Events.Bot})
	slack.AddUser(slackfake.User{ID: ana, Name: "ana"})
	slack.AddUser(slackfake.User{ID: bob, Name: "bob"})
	slack.AddChannel(slackfake.Channel{ID: general, Name: "general", Members: []string{ana, bob}, AppMember: true})
	slackServer := httptest.NewServer(slack)
	t.Cleanup(slackServer.Close)
	t.Cleanup(slack.Close) // first: the server waits for its connections to end

	var otsOptions otsfake.Options
	for _, set := range options {
		set(&otsOptions)
	}
	ots := otsfake.New(otsOptions)
	shares := newGate(ots)
	otsServer := httptest.NewServer(shares)
	t.Cleanup(otsServer.Close)

	return &world{slack: slack, ots: ots, otsURL: otsServer.URL, gate: shares, settings: map[string]string{
		"SLACK_BOT_TOKEN": slack.BotToken(),
		"SLACK_APP_TOKEN": slack.AppToken(),
		"SLACK_API_URL":   slackServer.URL + "/api/",
		"OTS_URL":         otsServer.URL,
		"LISTEN_ADDR":     "127.0.0.1:0",
		"LOG_LEVEL":       "debug",
	}}
}

// run starts the bot and waits until it is connected.
func (w *world) run(t *testing.T) (p *process, health string) {
	t.Helper()
	p = start(t, w.settings)
	health = "http://" + p.logged("starting")["listen_addr"].(string)
	w.connected(t, p)
	return p, health
}

func (w *world) connected(t *testing.T, p *process) {
	t.Helper()
	if err := w.slack.WaitConnected(p.ctx, 2); err != nil {
		t.Fatalf("the bot didn't connect: %v\n%s", err, p.output())
	}
}

// typedAtOnce is twenty people typing that many commands in all, all at a time.
// On a busy machine Slack may not wait for an ack; what counts is what becomes
// of the commands.
func (w *world) typedAtOnce(t *testing.T, p *process, commands int) {
	t.Helper()
	const people = 20
	var typing sync.WaitGroup
	for n := range people {
		user := "UTYPES" + strconv.Itoa(n)
		w.slack.AddUser(slackfake.User{ID: user, Name: user})
		w.slack.EditChannel(general, func(c *slackfake.Channel) { c.Members = append(c.Members, user) })
		typing.Go(func() {
			for i := n; i < commands; i += people {
				if _, err := w.slack.Command(p.ctx, user, general, "/secret", "secret "+strconv.Itoa(i)); err != nil {
					t.Errorf("the command failed: %v", err)
				}
			}
		})
	}
	typing.Wait()
}

// typed is ana typing the command.
func (w *world) typed(t *testing.T, p *process, text string) {
	t.Helper()
	seen, err := w.slack.Command(p.ctx, ana, general, "/secret", text)
	if err != nil || seen.Error != "" {
		t.Fatalf("the command failed: %v %+v", err, seen)
	}
}

// links waits for n links in the channel, and returns what bob sees.
func (w *world) links(t *testing.T, ctx context.Context, n int) []string {
	t.Helper()
	var links []string
	err := w.slack.Wait(ctx, func() bool {
		links = nil
		for _, m := range w.slack.Messages(bob, general) {
			links = append(links, m.Links()...)
		}
		return len(links) >= n
	})
	if err != nil || len(links) != n {
		t.Fatalf("bob sees links %v, want %d of them (%v)", links, n, err)
	}
	return links
}

// gate holds back calls that create a secret while it is shut. One whose caller
// is gone meanwhile creates none.
type gate struct {
	http.Handler
	arrived chan struct{}
	gone    chan struct{} // its caller, while it waited
	shut    chan struct{} // closed when the gate opens
}

func newGate(behind http.Handler) *gate {
	open := make(chan struct{})
	close(open)
	return &gate{Handler: behind, arrived: make(chan struct{}, 1000), gone: make(chan struct{}, 1000), shut: open}
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/share") {
		body, _ := io.ReadAll(r.Body) // until then nobody notices that the caller is gone
		r.Body = io.NopCloser(bytes.NewReader(body))
		g.arrived <- struct{}{}
		select {
		case <-g.shut:
		case <-r.Context().Done():
			g.gone <- struct{}{}
			return
		}
	}
	g.Handler.ServeHTTP(w, r)
}

// close shuts the gate until the returned function opens it. Call it before
// the first request.
func (g *gate) close(t *testing.T) (open func()) {
	shut := make(chan struct{})
	g.shut = shut
	opened := false
	open = func() {
		if !opened {
			opened = true
			close(shut)
		}
	}
	t.Cleanup(open) // so that the server can end
	return open
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(text))
}
