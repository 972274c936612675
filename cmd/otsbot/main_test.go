package main

import (
	"net"
	"strings"
	"testing"

	"otsbot/cmd/internal/service"
)

func TestArguments(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args   string
		status int
		stdout string // a part of it; "" means that there is none
		stderr string // likewise
	}{
		{"version", 0, "otsbot ", ""},
		{"--version", 0, "otsbot ", ""},
		{"-h", 0, "SLACK_BOT_TOKEN (required)\n", ""},
		{"help", 0, "SECRET_TTL (168h)\n", ""},
		{"run", 2, "", "otsbot version"},
		{"version please", 2, "", "otsbot version"},
		{"-x", 2, "", "otsbot version"},
		{"check -user U1", 2, "", "otsbot version"},
		{"check -live -user ana", 2, "", "otsbot version"},
		{"check -live now", 2, "", "otsbot version"},
	}
	for _, test := range tests {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			p := start(t, nil, strings.Fields(test.args)...)
			if status := p.wait(); status != test.status {
				t.Errorf("exit status %d, want %d", status, test.status)
			}
			for stream, got := range map[string][2]string{
				"stdout": {p.stdout.String(), test.stdout},
				"stderr": {p.output(), test.stderr},
			} {
				if got[1] == "" && got[0] != "" || !strings.Contains(got[0], got[1]) {
					t.Errorf("%s = %q, want %q", stream, got[0], got[1])
				}
			}
		})
	}
}

func TestHelpNamesEverySetting(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "-h")
	p.wait()
	for _, s := range service.Settings() {
		if !strings.Contains(p.stdout.String(), "  "+s.Name) || s.Meaning == "" || !strings.Contains(p.stdout.String(), s.Meaning) {
			t.Errorf("otsbot -h doesn't explain %s", s.Name)
		}
	}
}

func TestBadSettingsAreAllNamedAndEndItWithStatus2(t *testing.T) {
	t.Parallel()
	const canary = "CANARYs3cr3t"
	p := start(t, map[string]string{
		"SLACK_APP_TOKEN":   "xoxb-" + canary,
		"OTS_URL":           "https://user:" + canary + "@ots.example.com",
		"OTS_API_TOKEN":     canary,
		"SLACK_CONNECTIONS": canary,
		"LOG_LEVEL":         canary,
	})
	if status := p.wait(); status != 2 {
		t.Errorf("exit status %d, want 2", status)
	}
	for _, want := range []string{
		"\n  SLACK_BOT_TOKEN is missing", "\n  SLACK_APP_TOKEN is a bot token", "\n  SLACK_CONNECTIONS must be a whole number",
		"\n  OTS_URL must not contain a user name", "\n  OTS_USERNAME is missing", "\n  LOG_LEVEL must be",
	} {
		if !strings.Contains(p.output(), want) {
			t.Errorf("stderr lacks %q:\n%s", want, p.output())
		}
	}
	if strings.Contains(p.output(), canary) || p.stdout.Len() > 0 {
		t.Errorf("a value was printed:\n%s%s", p.output(), p.stdout.String())
	}
}

func TestAnAddressInUseEndsItWithStatus1(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	p := start(t, map[string]string{
		"SLACK_BOT_TOKEN": "xoxb-1",
		"SLACK_APP_TOKEN": "xapp-1",
		"SLACK_API_URL":   "http://127.0.0.1:1/",
		"OTS_URL":         "http://127.0.0.1:1",
		"LISTEN_ADDR":     taken.Addr().String(),
	})
	if status := p.wait(); status != 1 || !strings.Contains(p.output(), "LISTEN_ADDR") || strings.Count(p.output(), "\n") != 1 {
		t.Errorf("exit status %d, want 1 and one line that names LISTEN_ADDR:\n%s", status, p.output())
	}
}
