package bot

import (
	"context"
	"time"

	"go.uber.org/zap"
)

// Finding is one result of a check, for people.
type Finding struct {
	OK   bool
	Text string
}

// probeTimeout bounds one call of a check.
const probeTimeout = 15 * time.Second

// CheckSlack asks Slack about both tokens and what they may do. It opens no
// socket and posts nothing.
func (b *Bot) CheckSlack(ctx context.Context) []Finding {
	return append(b.checkBotToken(ctx), b.checkAppToken(ctx))
}

func (b *Bot) checkBotToken(ctx context.Context) []Finding {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	g, code := b.granted(ctx)
	if code != "" {
		return []Finding{{Text: "SLACK_BOT_TOKEN: Slack says " + code}}
	}
	findings := []Finding{{OK: true, Text: "SLACK_BOT_TOKEN is good for workspace " + g.team + " as " + g.user}}
	for _, scope := range []string{"commands", "chat:write"} {
		if !g.has(scope) {
			findings = append(findings, Finding{Text: "SLACK_BOT_TOKEN lacks the scope " + scope + ": add it under OAuth & Permissions and install the app again"})
		}
	}
	if !g.has("chat:write.public") {
		findings = append(findings, Finding{OK: true, Text: "without the optional scope chat:write.public, links in public channels that the app hasn't joined can't be edited after a burn"})
	}
	return append(findings, b.cfg.Policy.gaps(g.has)...)
}

// refusedToken asks once, at the start, whether Slack takes the bot token. A
// wrong one would otherwise show only when the first link can't be posted. Any
// other trouble is left to heal. What rules lack to be enforced is said.
func (b *Bot) refusedToken(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	g, code := b.granted(ctx)
	if tokenRefused(code) {
		return &FatalError{Code: code, Mend: "SLACK_BOT_TOKEN is not valid (any more); install the app again and set the new token"}
	}
	if g != nil {
		for _, gap := range b.cfg.Policy.gaps(g.has) {
			level := zap.ErrorLevel
			if gap.OK {
				level = zap.InfoLevel
			}
			b.log.Log(level, "rule without its scope", zap.String("finding", gap.Text))
		}
	}
	return nil
}

func (b *Bot) checkAppToken(ctx context.Context) Finding {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	_, _, err := b.slack.StartSocketModeContext(ctx)
	switch _, code := classify(err); {
	case code == "":
		return Finding{OK: true, Text: "SLACK_APP_TOKEN can open sockets"}
	case fatalCodes[code] != "":
		return Finding{Text: fatalCodes[code] + " (Slack says " + code + ")"}
	default:
		return Finding{Text: "SLACK_APP_TOKEN: Slack says " + code}
	}
}
