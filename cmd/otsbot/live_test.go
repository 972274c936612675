package main

import (
	"bytes"
	"cmp"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"otsbot/bot/slackfake"
)

// pasted is the part of a live check's output that people paste into an issue.
// Whatever could be somebody's must not be in it.
func (w *world) pasted(t *testing.T, p *process) string {
	t.Helper()
	_, report, ok := strings.Cut(p.stdout.String(), "so you can paste it into an issue.")
	if !ok {
		t.Fatalf("there is no report:\n%s%s", p.stdout.String(), p.output())
	}
	for name, private := range map[string]string{
		"an id":           `\b[CDGUWTABE][A-Z0-9]*[0-9][A-Z0-9]*\b`,
		"a token":         `xox|xapp`,
		"a URL":           `://|127\.0\.0\.1|localhost`,
		"a key":           `[A-Za-z0-9_-]{24,}`,
		"a message's own": `\d{10}\.\d{6}`,
	} {
		if found := regexp.MustCompile(private).FindString(report); found != "" {
			t.Errorf("the report has %s, %q:\n%s", name, found, report)
		}
	}
	return report
}

func TestALiveCheckHasSlackLookAtEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := start(t, w.settings, "check", "-live")
	if status := p.wait(); status != 0 {
		t.Errorf("exit status %d:\n%s%s", status, p.stdout.String(), p.output())
	}
	report := w.pasted(t, p)
	all := regexp.MustCompile(`ok       Slack takes (\d+) of (\d+) messages and forms in the language en\n`).FindStringSubmatch(report)
	if len(all) == 0 || all[1] != all[2] || len(all[1]) < 2 {
		t.Errorf("it doesn't say that all were taken:\n%s", report)
	}
	for _, limit := range []string{"a label of 2,000 characters", "an option whose value has 150 characters"} {
		if !strings.Contains(report, limit) {
			t.Errorf("the report doesn't say whether Slack takes %s:\n%s", limit, report)
		}
	}
	for _, e := range w.slack.Journal() {
		if strings.HasPrefix(e.Method, "chat.") {
			t.Errorf("%s was called", e.Method)
		}
	}
	if violations := w.slack.Violations(); len(violations) > 0 {
		t.Error(violations)
	}
}

// ana is asked, and does what she is asked for.
func TestALiveCheckWithAPersonTriesAllThatASecretNeeds(t *testing.T) {
	t.Parallel()
	for _, limit := range []string{"", "required"} {
		w := newWorld(t)
		w.settings["SECRET_PASSPHRASE"] = cmp.Or(limit, "optional")
		p := start(t, w.settings, "check", "-live", "-user", ana)
		asked := w.asked(t, p)
		if _, err := w.slack.Press(p.ctx, ana, asked, "Start"); err != nil {
			t.Fatal(err)
		}
		w.formOpens(t, p)
		if _, err := w.slack.Submit(p.ctx, ana, slackfake.Values{}); err != nil {
			t.Fatal(err)
		}
		if status := p.wait(); status != 0 {
			t.Errorf("exit status %d:\n%s%s", status, p.stdout.String(), p.output())
		}
		report := w.pasted(t, p)
		for _, says := range []string{
			"a button's response URL shows a message to one person", "a button's trigger opens a form", "the ack of a button takes no payload", "the ack of a form takes a payload",
			"what is typed in a form arrives as it was typed", "OneTimeSecret stores a text", "a message reaches somebody by their id", "Slack says in which thread it is",
			"OneTimeSecret burned the text before anybody opened it", "a message can be changed", "a form's ack keeps it open", "a Home tab isn't set over one that is newer", "a Home tab can be set",
		} {
			if !strings.Contains(report, "ok       "+says) {
				t.Errorf("the report doesn't say %q:\n%s", says, report)
			}
		}
		dm := w.slack.Messages(ana, w.slack.AppDM(ana))
		for _, m := range dm {
			if len(m.Links()) > 0 {
				t.Errorf("a link is left: %s", m.PlainText())
			}
		}
		if !strings.Contains(dm[0].PlainText(), "The results") || !strings.Contains(dm[0].PlainText(), "ok       a message can be changed") || strings.Contains(dm[0].PlainText(), "Start") {
			t.Errorf("where she was asked stands %s", dm[0].PlainText())
		}
		if violations := w.slack.Violations(); len(violations) > 0 {
			t.Error(violations)
		}
	}
}

// asked waits for the message that asks ana.
func (w *world) asked(t *testing.T, p *process) (m slackfake.Message) {
	t.Helper()
	err := w.slack.Wait(p.ctx, func() bool {
		for _, seen := range w.slack.Messages(ana, w.slack.AppDM(ana)) {
			m = seen
		}
		return m.TS != ""
	})
	if err != nil {
		t.Fatalf("ana isn't asked: %v\n%s%s", err, p.stdout.String(), p.output())
	}
	return m
}

func (w *world) formOpens(t *testing.T, p *process) {
	t.Helper()
	if err := w.slack.Wait(p.ctx, func() bool { return w.slack.View(ana) != nil }); err != nil {
		t.Fatalf("no form opens: %v\n%s", err, p.output())
	}
}

func TestALiveCheckThatCantAskSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := start(t, w.settings, "check", "-live", "-user", "U0NOBODY")
	if status := p.wait(); status != 1 || !strings.Contains(w.pasted(t, p), "PROBLEM  the person can't be asked: Slack says ") {
		t.Errorf("exit status %d:\n%s%s", status, p.stdout.String(), p.output())
	}
}

// A Slack that has a rule more than the documents say.
func TestALiveCheckFindsTheBlockThatSlackDoesntTake(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	slack := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/blocks.validate" {
			body, _ := io.ReadAll(r.Body)
			if bytes.Contains(body, []byte(`"callback_id":"burn_passphrase"`)) {
				body = bytes.ReplaceAll(body, []byte(`"plain_text_input"`), []byte(`"plain_text_inputs"`))
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		}
		w.slack.ServeHTTP(rw, r)
	}))
	defer slack.Close()
	defer w.slack.Close()
	w.settings["SLACK_API_URL"] = slack.URL + "/api/"
	p := start(t, w.settings, "check", "-live")
	if status := p.wait(); status != 1 {
		t.Errorf("exit status %d:\n%s", status, p.output())
	}
	report := w.pasted(t, p)
	for _, says := range []string{`PROBLEM  burn-passphrase in the language en: Slack objects at "/blocks/1/element/type": `, "PROBLEM  burn-passphrase-no in "} {
		if !strings.Contains(report, says) {
			t.Errorf("it doesn't say %s\n%s", says, report)
		}
	}
	if strings.Contains(report, "PROBLEM  receipt") {
		t.Errorf("others are said to be bad:\n%s", report)
	}
}

func TestALiveCheckSaysHowFarItCame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.slack.Fault(slackfake.Fault{Method: "blocks.validate", Error: "unknown_method"})
	p := start(t, w.settings, "check", "-live")
	if status := p.wait(); status != 1 || !strings.Contains(w.pasted(t, p), "from announcement on: Slack says unknown_method") {
		t.Errorf("exit status %d:\n%s", status, p.stdout.String())
	}
}

// The bot that runs keeps its sockets and the file with what is out.
func TestALiveCheckGoesBesideABotThatRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settings["STORE_URL"] = "file:" + filepath.Join(t.TempDir(), "otsbot.db")
	w.run(t)
	before := w.slack.ConnectionNumbers()
	p := start(t, w.settings, "check", "-live")
	if status := p.wait(); status != 0 {
		t.Errorf("exit status %d:\n%s%s", status, p.stdout.String(), p.output())
	}
	for now := w.slack.ConnectionNumbers(); len(before) > 0; before = before[1:] {
		if !slices.Contains(now, before[0]) {
			t.Errorf("connection %d of the bot's is gone: %v", before[0], now)
		}
	}
}

// A live check says of a store all that a check does.
func TestALiveCheckLooksAtTheStore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file   string
		says   string
		status int
	}{
		"a file that is damaged":       {"this is none", "PROBLEM  STORE_URL can't be used", 1},
		"a file that isn't there, yet": {"", "ok       the store's file doesn't exist yet", 0},
	} {
		w := newWorld(t)
		path := filepath.Join(t.TempDir(), "otsbot.db")
		if c.file != "" {
			if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		w.settings["STORE_URL"] = "file:" + path
		p := start(t, w.settings, "check", "-live")
		if status := p.wait(); status != c.status || !strings.Contains(p.stdout.String(), c.says) {
			t.Errorf("%s: exit status %d:\n%s%s", name, status, p.stdout.String(), p.output())
		}
		if content, _ := os.ReadFile(path); string(content) != c.file {
			t.Errorf("%s: there is %q", name, content)
		}
	}
}

// What the settings are wrong about comes first.
func TestALiveCheckNeedsSettingsThatWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settings["SLACK_BOT_TOKEN"] = "xoxb-wrong"
	p := start(t, w.settings, "check", "-live")
	if status := p.wait(); status != 1 || !strings.Contains(p.output(), "the live check didn't begin") || strings.Contains(p.stdout.String(), "Slack takes") {
		t.Errorf("exit status %d:\n%s%s", status, p.stdout.String(), p.output())
	}
}
