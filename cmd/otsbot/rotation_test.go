package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otsbot/otsclient/otsfake"
)

// standsIn moves a setting into a file, and returns what changes the file as
// Kubernetes does: at once.
func (w *world) standsIn(t *testing.T, setting string) (change func(value string)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), setting)
	change = func(value string) {
		t.Helper()
		if err := os.WriteFile(path+".new", []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	change(w.settings[setting])
	delete(w.settings, setting)
	w.settings[setting+"_FILE"] = path
	return change
}

// OneTimeSecret ends the old token when it makes a new one. Commands that meet
// the gap until the next look at the file are shared all the same.
func TestANewOneTimeSecretTokenLosesNoCommand(t *testing.T) {
	t.Parallel()
	const commands = 60
	w := newWorld(t, func(o *otsfake.Options) { o.Username, o.APIToken = "me@example.com", "CANARY-1" })
	w.settings["OTS_USERNAME"], w.settings["OTS_API_TOKEN"] = "me@example.com", "CANARY-1"
	change := w.standsIn(t, "OTS_API_TOKEN")
	p, _ := w.run(t)

	change("") // somebody's editor
	p.logged("a secret's file can't be used, so the old secret stays in use")
	typing := make(chan struct{})
	go func() {
		defer close(typing)
		w.typedAtOnce(t, p, commands)
	}()
	for range commands / 2 {
		<-w.gate.arrived
	}
	change("CANARY-2")
	w.ots.SetToken("me@example.com", "CANARY-2")
	<-typing
	w.links(t, p.ctx, commands)
	p.logged("took a changed secret from its file")
	if strings.Contains(p.output(), "CANARY") {
		t.Error("a token is in the log")
	}
	if made := w.ots.Secrets(); made != commands {
		t.Errorf("%d secrets for %d commands", made, commands)
	}
}

// The old token ends only once the new one is taken: an app has both for a while
// where it is installed again.
func TestANewBotTokenLosesNoCommand(t *testing.T) {
	t.Parallel()
	const commands = 60
	w := newWorld(t)
	old := w.slack.BotToken()
	change := w.standsIn(t, "SLACK_BOT_TOKEN")
	p, _ := w.run(t)

	change("xoxb-CANARY-wrong")
	p.logged("a secret's file can't be used, so the old secret stays in use")
	typing := make(chan struct{})
	go func() {
		defer close(typing)
		w.typedAtOnce(t, p, commands)
	}()
	for range commands / 2 {
		<-w.gate.arrived
	}
	w.slack.SetBotTokens(old, "xoxb-CANARY-2")
	change("xoxb-CANARY-2")
	p.logged("took a changed secret from its file")
	<-typing
	w.links(t, p.ctx, commands)
	w.slack.SetBotTokens("xoxb-CANARY-2")
	w.typed(t, p, "one more")
	w.links(t, p.ctx, commands+1)
	if strings.Contains(p.output(), "CANARY") || strings.Contains(p.output(), "Slack refuses the bot token") {
		t.Errorf("logged:\n%s", p.output())
	}
}

// An app may have several app-level tokens: the old one is revoked once the
// sockets are open with the new one.
func TestANewAppTokenLosesNoCommand(t *testing.T) {
	t.Parallel()
	const commands = 200
	w := newWorld(t)
	old := w.slack.AppToken()
	change := w.standsIn(t, "SLACK_APP_TOKEN")
	p, _ := w.run(t)
	before := w.slack.ConnectionNumbers()

	w.slack.SetAppTokens(old, "xapp-1-A0FAKE001-2-CANARY")
	typing := make(chan struct{})
	go func() {
		defer close(typing)
		w.typedAtOnce(t, p, commands)
	}()
	<-w.gate.arrived
	change("xapp-1-A0FAKE001-2-CANARY")
	p.logged("took a changed secret from its file")
	<-typing
	w.slack.SetAppTokens("xapp-1-A0FAKE001-2-CANARY")
	w.typed(t, p, "one more")
	w.links(t, p.ctx, commands+1)
	if now := w.slack.ConnectionNumbers(); slices.Min(now) <= slices.Max(before) {
		t.Errorf("connections %v, and before %v", now, before)
	}
	if made := w.ots.Secrets(); made != commands+1 {
		t.Errorf("%d secrets for %d commands", made, commands+1)
	}
	if strings.Contains(p.output(), "CANARY") {
		t.Error("a token is in the log")
	}
}
