package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/rules"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/socketmode"
	"otsbot/bot/internal/text"
)

// Finding is one result of a check, for people.
type Finding struct {
	OK   bool   `json:"k,omitempty"`
	Text string `json:"t"`
}

// String is its line of a report.
func (f Finding) String() string {
	if f.OK {
		return "ok       " + f.Text
	}
	return "PROBLEM  " + f.Text
}

// probeTimeout bounds one call of a check.
const probeTimeout = 15 * time.Second

// prober asks what only Slack knows: of tokens and scopes (here), and of messages
// and forms (shown.go).
type prober struct {
	log         *zap.Logger
	slack       *slackapi.Client
	sockets     *socketmode.Pool
	connections int // that a process opens
	rules       *rules.Rules
	printers    *text.Printers
	beside      text.Beside // of the messages that are shown to Slack
}

// CheckSlack asks Slack about both tokens and what they may do, and opens one
// socket for a moment. It posts nothing. It is for a Bot that doesn't run.
func (b *Bot) CheckSlack(ctx context.Context) []Finding {
	return append(b.prober.botToken(ctx), b.prober.socket(ctx)...)
}

func (p *prober) botToken(ctx context.Context) []Finding {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	g, asked := p.slack.Grant(ctx)
	if !asked.OK() {
		return []Finding{{Text: "SLACK_BOT_TOKEN: " + asked.Code.Words()}}
	}
	findings := []Finding{{OK: true, Text: "SLACK_BOT_TOKEN is good for workspace " + g.Team + " as " + g.User}}
	for _, scope := range []string{"commands", "chat:write"} {
		if !g.Has(scope) {
			findings = append(findings, Finding{Text: "SLACK_BOT_TOKEN lacks the scope " + scope + ": add it under OAuth & Permissions and install the app again"})
		}
	}
	if !g.Has("chat:write.public") {
		findings = append(findings, Finding{OK: true, Text: "without the optional scope chat:write.public, links in public channels that the app hasn't joined can't be edited after a burn"})
	}
	if p.lacksHome(ctx, g.User) {
		findings = append(findings, Finding{OK: true, Text: "the app has no Home tab, where people see their active secrets: copy app_home and event_subscriptions from manifest.yaml"})
	}
	for _, gap := range p.rules.Gaps(func(scope string) bool { return g.Has(scope) }) {
		findings = append(findings, Finding{OK: gap.Mild, Text: gap.Text})
	}
	return findings
}

// lacksHome says whether Slack says that the app has no Home tab. It asks by
// publishing one, for the app's own user and over one that it can't have, so
// that nothing is published.
func (p *prober) lacksHome(ctx context.Context, user string) bool {
	return p.slack.PublishHome(ctx, user, text.NoHome(), "none").Code.HomeOff()
}

// refusedToken asks once, at the start, whether Slack takes the bot token. A
// wrong one would otherwise show only when the first link can't be posted. Any
// other trouble is left to heal. What rules lack to be enforced is said.
func (p *prober) refusedToken(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	g, asked := p.slack.Grant(ctx)
	if asked.Code.TokenRefused() {
		return &FatalError{Code: string(asked.Code), Mend: "SLACK_BOT_TOKEN isn't valid, or not anymore: install the app again and set the new token"}
	}
	if g != nil {
		p.tellGaps(g)
	}
	return nil
}

// tellGaps logs what rules lack to be enforced.
func (p *prober) tellGaps(g *slackapi.Grant) {
	for _, gap := range p.rules.Gaps(func(scope string) bool { return g.Has(scope) }) {
		level := zap.ErrorLevel
		if gap.Mild {
			level = zap.InfoLevel
		}
		p.log.Log(level, "rule without its scope", zap.String("finding", gap.Text))
	}
}

// socket opens a socket for a moment.
func (p *prober) socket(ctx context.Context) []Finding {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	others, err := p.sockets.Probe(ctx)
	var fatal *FatalError
	switch {
	case errors.As(err, &fatal):
		return []Finding{{Text: fatal.Mend + " (Slack says " + fatal.Code + ")"}}
	case errors.Is(err, socketmode.ErrAll):
		return []Finding{{OK: true, Text: "SLACK_APP_TOKEN is good, but no socket was tried: the app already has the ten that Slack allows"}}
	case errors.Is(err, socketmode.ErrOff):
		return []Finding{{Text: "Socket Mode is switched off in the app's settings"}}
	case err != nil:
		return []Finding{{Text: "no socket to Slack: " + err.Error()}}
	}
	findings := []Finding{{OK: true, Text: "SLACK_APP_TOKEN opened a socket, and Slack said hello"}}
	if others > 0 {
		findings = append(findings, Finding{OK: true, Text: fmt.Sprintf("note: the app has %d more open; if no otsbot is running, another program is using SLACK_APP_TOKEN", others)})
	}
	// What runs now is counted, and this may be a check beside it: no problem
	// as long as nobody adds a process.
	if others > 0 && others+p.connections > socketmode.MaxSockets {
		findings = append(findings, Finding{OK: true, Text: fmt.Sprintf("note: the app has %d open, SLACK_CONNECTIONS is %d, and Slack allows %d in all: one more process beside those, as in an update, would be refused some", others, p.connections, socketmode.MaxSockets)})
	}
	return findings
}

// FatalError says that Slack refuses this app until somebody mends its
// settings: trying again cannot help.
type FatalError = socketmode.FatalError

// openSocket asks Slack for a socket. The error's text holds Slack's code and nothing
// else, since other errors may hold a URL.
func openSocket(ctx context.Context, client *slackapi.Client) (string, error) {
	url, asked := client.OpenSocket(ctx)
	if asked.OK() {
		return url, nil
	}
	if mend := asked.Code.MendsAppToken(); mend != "" {
		return "", &FatalError{Code: string(asked.Code), Mend: mend}
	}
	return "", errors.New(asked.Code.Words())
}
