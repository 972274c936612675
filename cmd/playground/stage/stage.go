// Package stage is where the playground plays: an offline Slack, an offline
// OneTimeSecret, both on loopback, and the bot between them. The bot is
// started by service.Run from settings, as in production; only what the
// settings say differs.
package stage

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"otsbot/bot/slackfake"
	"otsbot/cmd/internal/service"
	"otsbot/otsclient/otsfake"
)

// Stage is an offline Slack and an offline OneTimeSecret that can be reached.
type Stage struct {
	Slack *slackfake.Workspace
	OTS   *otsfake.Server
	// Calls are what reached OneTimeSecret.
	Calls *Calls
	// Clock is the time in both of them; the bot's own is the real one.
	Clock *Clock
	// SlackURL and OTSURL are where they are, without a slash at the end.
	SlackURL, OTSURL string

	account bool
	store   string
	servers []*http.Server
}

// Options set up a stage. The zero value has what the manifest asks for, and
// uses OneTimeSecret anonymously.
type Options struct {
	// Scopes that the app has besides those of its manifest: some of its
	// settings need them.
	Scopes []string
	// App is the one that is connected; the zero value is the bot.
	App App
	// Account: the bot has an account at OneTimeSecret, which e-mails take.
	Account bool
	// Store is the bot's STORE_URL; "" is what the environment says.
	Store string
}

// scopes are those that the manifest asks for.
var scopes = []string{"commands", "chat:write", "chat:write.public", "users:read"}

// The bot's account at OneTimeSecret.
const username, apiToken = "otsbot@example.com", "offline-token"

// Open starts Slack and OneTimeSecret on these addresses, with people and
// channels in the workspace. Port 0 is any free one.
func Open(slackAddr, otsAddr string, options Options) (*Stage, error) {
	clock := new(Clock)
	if options.App.Name == "" {
		options.App = OwnApp()
	}
	s := &Stage{
		Clock: clock,
		Calls: &Calls{changed: make(chan struct{})},
		Slack: slackfake.New(slackfake.Options{Clock: clock.Now, Scopes: slices.Concat(scopes, options.Scopes),
			HomeTab: options.App.HomeTab, Events: options.App.Events}),
		OTS: otsfake.New(otsfake.Options{Clock: clock.Now, Username: username, APIToken: apiToken}),

		account: options.Account, store: options.Store,
	}
	populate(s.Slack)
	var errSlack, errOTS error
	s.SlackURL, errSlack = s.serve(slackAddr, s.Slack)
	s.OTSURL, errOTS = s.serve(otsAddr, s.Calls.record(clock, s.OTS))
	if err := errors.Join(errSlack, errOTS); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Stage) serve(addr string, handler http.Handler) (url string, err error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return "", fmt.Errorf("open the stage: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	s.servers = append(s.servers, server)
	go server.Serve(listener) // ends with Close
	return "http://" + listener.Addr().String(), nil
}

// Close ends both services. Stop the bot first.
func (s *Stage) Close() {
	s.Slack.Close()
	for _, server := range s.servers {
		server.Close()
	}
}

// Settings are those that lead the bot here.
func (s *Stage) Settings() map[string]string {
	settings := map[string]string{
		"SLACK_BOT_TOKEN": s.Slack.BotToken(),
		"SLACK_APP_TOKEN": s.Slack.AppToken(),
		"SLACK_API_URL":   s.SlackURL + "/api/",
		"OTS_URL":         s.OTSURL,
		"OTS_PUBLIC_URL":  s.OTSURL,
		"OTS_ALLOW_HTTP":  "true", // it listens where it is told to, even beyond loopback
		"OTS_USERNAME":    "",
		"OTS_API_TOKEN":   "",
		"LISTEN_ADDR":     "127.0.0.1:0",
	}
	if s.account {
		settings["OTS_USERNAME"], settings["OTS_API_TOKEN"] = username, apiToken
	}
	if s.store != "" {
		settings["STORE_URL"] = s.store
	}
	return settings
}

// RunBot runs the bot with the settings of the environment, but for those that
// lead it here, until ctx is done. It sets the variables of this process, so
// there can be one at a time.
func (s *Stage) RunBot(ctx context.Context, log *service.Log) error {
	for name, value := range s.Settings() {
		os.Setenv(name, value)
	}
	cfg, err := service.Load()
	if err != nil {
		return fmt.Errorf("load settings: %w", err)
	}
	return service.Run(ctx, cfg, log, service.Options{Version: "playground", LanguageKept: time.Second})
}

// Clock is a clock that can be moved on.
type Clock struct{ ahead atomic.Int64 }

// Now is the real time and what the clock was moved on by.
func (c *Clock) Now() time.Time { return time.Now().Add(c.Ahead()) }

// Ahead is how much the clock was moved on.
func (c *Clock) Ahead() time.Duration { return time.Duration(c.ahead.Load()) }

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) { c.ahead.Add(int64(d)) }
