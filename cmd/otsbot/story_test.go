package main

import (
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"otsbot/bot/slackfake"
)

// The main job, by the real binary with the least scopes: the link alone is
// posted, it opens once, and no value of the whole story is in the log.
func TestASharedSecretOpensOnceAndNothingOfItIsLogged(t *testing.T) {
	t.Parallel()
	const canary = "CANARY-s3cr3t & <more>"
	w := newWorld(t)
	p, _ := w.run(t)
	w.typed(t, p, canary)
	link := w.links(t, p.ctx, 1)[0]
	if err := w.slack.Wait(p.ctx, func() bool { return len(w.slack.Messages(ana, w.slack.AppDM(ana))) > 0 }); err != nil {
		t.Fatalf("ana got no receipt: %v", err)
	}
	receipt := w.slack.Messages(ana, w.slack.AppDM(ana))[0]

	if text, ok := w.ots.Open(link, ""); !ok || text != canary {
		t.Errorf("the link opens to %q, %v", text, ok)
	}
	if text, ok := w.ots.Open(link, ""); ok {
		t.Errorf("the link opens again, to %q", text)
	}
	p.signal(syscall.SIGTERM)
	if status := p.wait(); status != 0 {
		t.Errorf("exit status %d after SIGTERM, want 0\n%s", status, p.output())
	}
	secrets := []string{"CANARY", w.slack.BotToken(), w.slack.AppToken(), lastPart(link)}
	for _, private := range receipt.Links() {
		secrets = append(secrets, lastPart(private))
	}
	if len(secrets) < 5 {
		t.Error("the receipt holds no metadata link")
	}
	for _, secret := range secrets {
		if strings.Contains(p.output(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if broken := w.slack.Violations(); len(broken) > 0 {
		t.Errorf("Slack's rules were broken: %v", broken)
	}
}

func lastPart(url string) string { return url[strings.LastIndex(url, "/")+1:] }

func TestSIGTERMLetsWorkInFlightFinish(t *testing.T) {
	t.Parallel()
	const commands = 10
	w := newWorld(t)
	open := w.gate.close(t)
	p, health := w.run(t)
	typed := make(chan error, commands)
	for i := range commands {
		go func() {
			_, err := w.slack.Command(p.ctx, ana, general, "/secret", "secret "+strconv.Itoa(i))
			typed <- err
		}()
	}
	for range commands {
		if err := <-typed; err != nil {
			t.Fatal(err)
		}
		<-w.gate.arrived
	}

	p.signal(syscall.SIGTERM)
	p.logged("stopping; a second signal ends the process at once")
	if status, body := get(t, health+"/readyz"); status != http.StatusServiceUnavailable || body != "stopping" {
		t.Errorf("/readyz = %d %s while stopping", status, body)
	}
	if status, body := get(t, health+"/livez"); status != http.StatusOK || body != "ok" {
		t.Errorf("/livez = %d %s while stopping: its work would be killed", status, body)
	}
	open()
	if status := p.wait(); status != 0 {
		t.Errorf("exit status %d, want 0\n%s", status, p.output())
	}
	opened := map[string]bool{}
	for _, link := range w.links(t, t.Context(), commands) {
		if text, ok := w.ots.Open(link, ""); ok {
			opened[text] = true
		}
	}
	if len(opened) != commands {
		t.Errorf("%d different secrets were delivered, want %d", len(opened), commands)
	}
}

func TestASecondSignalEndsItAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.gate.close(t)
	p, _ := w.run(t)
	w.typed(t, p, "held back")
	<-w.gate.arrived
	p.signal(syscall.SIGINT)
	p.logged("stopping; a second signal ends the process at once")
	p.signal(syscall.SIGINT)
	if status := p.wait(); status != -1 {
		t.Errorf("exit status %d, want that the signal ended it\n%s", status, p.output())
	}
}

// What can't heal ends it, with one line that says what to mend.
func TestRefusedForGoodEndsItWithStatus1(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.slack.Fault(slackfake.Fault{Method: "apps.connections.open", Error: "invalid_auth"})
	p := start(t, w.settings)
	stopped := p.logged("stopped")
	if status := p.wait(); status != 1 {
		t.Errorf("exit status %d, want 1", status)
	}
	reason, _ := stopped["error"].(string)
	if !strings.Contains(reason, "invalid_auth") || !strings.Contains(reason, "SLACK_APP_TOKEN") {
		t.Errorf("last words %v, want Slack's code and the setting", stopped)
	}
}

// A Slack that is down doesn't end it, and it is ready as soon as Slack is back.
func TestSlackDownIsNotReadyButLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mend := w.slack.Fault(slackfake.Fault{Method: "apps.connections.open", Status: http.StatusServiceUnavailable})
	p := start(t, w.settings)
	health := "http://" + p.logged("starting")["listen_addr"].(string)
	p.logged("socket not opened")
	if status, body := get(t, health+"/readyz"); status != http.StatusServiceUnavailable || body != "no connection to Slack" {
		t.Errorf("/readyz = %d %s while Slack is down", status, body)
	}
	if status, _ := get(t, health+"/livez"); status != http.StatusOK {
		t.Errorf("/livez = %d while Slack is down: a restart wouldn't help", status)
	}
	mend()
	if err := w.slack.WaitConnected(p.ctx, 1); err != nil {
		t.Fatal(err)
	}
	// A command's answer is behind the hello on the same socket.
	w.typed(t, p, "after the outage")
	w.links(t, p.ctx, 1)
	if status, body := get(t, health+"/readyz"); status != http.StatusOK || body != "ok" {
		t.Errorf("/readyz = %d %s after the outage", status, body)
	}
}

func TestOtherPathsOfTheHealthServerAreNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, health := w.run(t)
	for _, path := range []string{"/", "/debug/pprof/", "/readyz/x"} {
		if status, _ := get(t, health+path); status != http.StatusNotFound {
			t.Errorf("%s = %d, want 404", path, status)
		}
	}
}
