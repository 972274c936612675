package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"otsbot/bot/slackfake"
)

// pasted is the part of a live check's output that people paste into an issue.
// Whatever could be somebody's must not be in it.
func (w *world) pasted(t *testing.T, p *process) string {
	t.Helper()
	_, report, ok := strings.Cut(p.stdout.String(), "below is no id, token or link.")
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
	if status := p.wait(); status != 1 || !strings.Contains(w.pasted(t, p), "from announcement on: unknown_method") {
		t.Errorf("exit status %d:\n%s", status, p.stdout.String())
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
