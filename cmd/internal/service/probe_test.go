package service

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	slackgo "github.com/slack-go/slack"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// Each row starts from settings that work, changes the world or a setting, and
// names what the report then says.
func TestCheckReportsToPeople(t *testing.T) {
	const canary = "CANARY"
	for _, c := range []struct {
		name  string
		slack slackfake.Options
		ots   otsfake.Options
		set   map[string]string
		fault *slackfake.Fault

		connected int // by others
		otsFault  otsfake.Fault
		says      []string
		good      bool
	}{
		{name: "all is well", good: true, says: []string{"ok       the settings are complete", "ok       SLACK_BOT_TOKEN is good for workspace T0FAKE001",
			"ok       SLACK_APP_TOKEN opened a socket, and Slack said hello", "ok       OneTimeSecret answers, anonymously", "ok       a trial secret was shared and burned", "version 0.26", "twenty wrong passphrases"}},
		{name: "an account", ots: otsfake.Options{Username: "me@example.com", APIToken: "t"}, good: true,
			set: map[string]string{"OTS_USERNAME": "me@example.com", "OTS_API_TOKEN": "t"}, says: []string{"with its account"}},
		{name: "from a file", ots: otsfake.Options{Username: "me@example.com", APIToken: "t"}, good: true,
			set: map[string]string{"OTS_USERNAME": "me@example.com", "OTS_API_TOKEN_FILE": inFile(t, "t\n")}, says: []string{"ok       the settings are complete; read from files: OTS_API_TOKEN\n", "with its account"}},
		{name: "all of Slack's connections", set: map[string]string{"SLACK_CONNECTIONS": "10"}, good: true, connected: 1,
			says: []string{"the app has 1 more open", "the app has 1 open, SLACK_CONNECTIONS is 10, and Slack allows 10 in all"}},
		{name: "a wrong account", ots: otsfake.Options{Username: "me@example.com", APIToken: "t"},
			set: map[string]string{"OTS_USERNAME": "me@example.com", "OTS_API_TOKEN": canary}, says: []string{"PROBLEM  OneTimeSecret doesn't accept OTS_USERNAME"}},
		{name: "a wrong bot token", set: map[string]string{"SLACK_BOT_TOKEN": "xoxb-" + canary}, says: []string{"PROBLEM  SLACK_BOT_TOKEN: Slack says invalid_auth"}},
		{name: "a wrong app token", set: map[string]string{"SLACK_APP_TOKEN": "xapp-" + canary}, says: []string{"PROBLEM  SLACK_APP_TOKEN is not valid"}},
		{name: "a missing scope", slack: slackfake.Options{Scopes: []string{"commands"}}, says: []string{"PROBLEM  SLACK_BOT_TOKEN lacks the scope chat:write"}},
		{name: "no optional scope", slack: slackfake.Options{Scopes: []string{"commands", "chat:write"}}, good: true, says: []string{"without the optional scope chat:write.public"}},
		{name: "Slack is down", fault: &slackfake.Fault{Method: "*", Status: 503}, says: []string{"PROBLEM  SLACK_BOT_TOKEN: Slack says server_error"}},
		{name: "a socket that can't be opened", fault: &slackfake.Fault{Method: "socket", Status: 502}, says: []string{"PROBLEM  no socket to Slack: dial socket: status 502"}},
		{name: "Socket Mode is off", fault: &slackfake.Fault{Method: "socket", Error: "link_disabled"}, says: []string{"PROBLEM  Socket Mode is switched off"}},
		{name: "an old server", ots: otsfake.Options{Version: "0.20"}, good: true, says: []string{"lifetimes under five minutes", "marks it as viewed"}},
		{name: "a server that doesn't tell", ots: otsfake.Options{Version: "0.12"}, good: true, says: []string{"doesn't say its version"}},
		{name: "a server without API v1", ots: otsfake.Options{WithoutV1: true}, good: true, says: []string{"a trial secret was shared and burned", "no API v1, so the app uses v2"}},
		{name: "a server without an API", otsFault: otsfake.Fault{Status: 404, Body: `{"error":"Not Found"}`}, says: []string{"PROBLEM  OTS_URL: OneTimeSecret answers, but its API isn't at this address"}},
		{name: "sharing is disabled", otsFault: otsfake.Fault{Path: "/api/v1/share", Status: 404, Body: `{"message":"Public sharing disabled for domain: s.example.com"}`},
			says: []string{"PROBLEM  OneTimeSecret doesn't allow sharing: Public sharing disabled for domain: s.example.com. Only the person who runs it"}},
		{name: "lifetimes are ignored, and nothing is burned", set: map[string]string{"SECRET_TTL": "1h", "SECRET_TTL_CHOICES": "5m,1h"}, otsFault: otsfake.Fault{Path: "/api/v1/share", Status: 200,
			Body: `{"custid":"anon","metadata_key":"4eyw2jh6n1zu1nzx4ml6s3bp9a8qxkb","secret_key":"3qw2jh6n1zu1nzx4ml6s3bp9a8qxkbz","ttl":604800,"secret_ttl":604800,"metadata_ttl":1209600,"passphrase_required":false}`},
			says: []string{"a trial secret couldn't be burned; it expires in 168h0m0s"}},
		{name: "lifetimes are raised above the longest", set: map[string]string{"SECRET_TTL": "1m", "SECRET_TTL_CHOICES": "1m"}, ots: otsfake.Options{Version: "0.20"},
			says: []string{"PROBLEM  OneTimeSecret gave a trial secret 5m0s where 1m0s was asked for, and the longest of SECRET_TTL_CHOICES is 1m0s: every such secret is burned"}},
		{name: "passphrases are dropped", set: map[string]string{"SECRET_PASSPHRASE": "required"}, ots: otsfake.Options{PassphrasesDropped: true},
			says: []string{"PROBLEM  OneTimeSecret stored a trial secret without its passphrase: every secret with one is burned"}},
		{name: "short lifetimes are granted", set: map[string]string{"SECRET_TTL": "1m", "SECRET_TTL_CHOICES": "1m"}, good: true, says: []string{"a trial secret was shared and burned"}},
		{name: "a passphrase is wanted", ots: otsfake.Options{PassphraseRequired: true}, says: []string{"PROBLEM  OneTimeSecret requires a passphrase", "set SECRET_PASSPHRASE=required"}},
		{name: "a passphrase is wanted, and set", ots: otsfake.Options{PassphraseRequired: true}, set: map[string]string{"SECRET_PASSPHRASE": "required"}, good: true, says: []string{"a trial secret was shared and burned"}},
		{name: "a store in a file", set: map[string]string{"STORE_URL": "file:" + filepath.Join(t.TempDir(), "otsbot.db")}, good: true, says: []string{"ok       the store's file doesn't exist yet: the bot creates it"}},
		{name: "a store that is there", set: map[string]string{"STORE_URL": oldFile(t)}, good: true, says: []string{"ok       the store is a file that can be read and written; it holds 0 of 100000 secrets and requests"}},
		{name: "a store that a running bot has", set: map[string]string{"STORE_URL": heldFile(t)}, good: true, says: []string{"ok       another process has the store's file open", "ok       a trial secret was shared and burned"}},
		{name: "a store that can't be written", set: map[string]string{"STORE_URL": "file:/nowhere/otsbot.db"}, says: []string{"PROBLEM  STORE_URL can't be used: ", "ok       a trial secret was shared and burned"}},
		{name: "a Redis that is down", set: map[string]string{"STORE_URL": "redis://:" + canary + "@127.0.0.1:1"}, says: []string{"PROBLEM  STORE_URL: nothing listens where Redis should be. People can still share"}},
		{name: "no server", set: map[string]string{"OTS_URL": "http://127.0.0.1:1"}, says: []string{"PROBLEM  OTS_URL: "}},
	} {
		slack, ots := slackfake.New(c.slack), otsfake.New(c.ots)
		slackServer, otsServer := httptest.NewServer(slack), httptest.NewServer(ots)
		t.Cleanup(func() { slack.Close(); slackServer.Close(); otsServer.Close() })
		if c.fault != nil {
			slack.Fault(*c.fault)
		}
		if c.otsFault.Status != 0 {
			ots.Fault(c.otsFault)
		}
		changes := map[string]string{"SLACK_BOT_TOKEN": slack.BotToken(), "SLACK_APP_TOKEN": slack.AppToken(),
			"SLACK_API_URL": slackServer.URL + "/api/", "OTS_URL": otsServer.URL}
		for name, value := range c.set {
			changes[name] = value
		}
		cfg, err := loadWith(t, changes) // out here: what changes the environment can't be parallel
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // each listens for a quarter of a second to what Slack says behind its hello
			if err != nil {
				t.Fatal(err)
			}
			hangUp := func() {}
			if c.connected > 0 {
				hangUp = connect(t, slackServer.URL, slack.AppToken())
			}
			var report bytes.Buffer
			err := Check(t.Context(), cfg, &report)
			if c.good && err != nil || !c.good && !errors.Is(err, ErrProblems) {
				t.Errorf("Check = %v", err)
			}
			for _, part := range c.says {
				if !strings.Contains(report.String(), part) {
					t.Errorf("%q is not in the report:\n%s", part, report.String())
				}
			}
			if path, ok := strings.CutPrefix(cfg.StoreURL, "file:"); ok && c.name == "a store in a file" {
				if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) > 0 {
					t.Errorf("the check left %q", left)
				}
			}
			if ots.Secrets() != 0 {
				t.Error("a trial secret is left")
			}
			hangUp()
			// The server notices a moment later that the socket was closed.
			if err := slack.Wait(t.Context(), func() bool { return slack.Connections() == 0 }); err != nil {
				t.Errorf("the socket stays open: %v", err)
			}
			if strings.Contains(report.String(), canary) || len(slack.Calls("chat.postMessage")) != 0 {
				t.Errorf("the check left traces:\n%s", report.String())
			}
		})
	}
}

// connect opens a socket of the app, as another process does.
func connect(t *testing.T, server, token string) (hangUp func()) {
	t.Helper()
	api := slackgo.New("", slackgo.OptionAppLevelToken(token), slackgo.OptionAPIURL(server+"/api/"))
	_, url, err := api.StartSocketModeContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := conn.ReadMessage(); err != nil { // hello
		t.Fatal(err)
	}
	return func() { conn.Close() }
}

func TestKnownLimitsGoByVersion(t *testing.T) {
	for version, want := range map[string]int{"0.18.5": 2, "0.20.4": 3, "0.22.11": 2, "0.23.6": 2, "0.24.0": 2, "0.24.7": 2, "0.25.11": 2, "0.26.4": 1, "0.27.0": 0, "1.0": 0, "odd": 1} {
		if got := knownLimits(version); len(got) != want {
			t.Errorf("%s has %d known limits: %q, want %d", version, len(got), got, want)
		}
	}
	if slices.ContainsFunc(knownLimits("0.26.6"), func(s string) bool { return strings.Contains(s, "seven days") }) {
		t.Error("a bug that is mended is still told")
	}
}

// oldFile is the URL of a store that a bot has made.
func oldFile(t *testing.T) string {
	t.Helper()
	url, holder := madeFile(t)
	holder.Close()
	return url
}

// heldFile is the URL of a store that is open.
func heldFile(t *testing.T) string {
	t.Helper()
	url, holder := madeFile(t)
	t.Cleanup(holder.Close)
	return url
}

func madeFile(t *testing.T) (string, *bot.Bot) {
	t.Helper()
	url := "file:" + filepath.Join(t.TempDir(), "otsbot.db")
	client, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	holder, err := bot.New(bot.Config{BotToken: "xoxb-1", AppToken: "xapp-1", OTS: client, StoreURL: url})
	if err != nil {
		t.Fatal(err)
	}
	return url, holder
}
