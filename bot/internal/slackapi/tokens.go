package slackapi

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"
)

// acting is slack-go's client, and the tokens that it has.
type acting struct {
	bot, app string
	*slack.Client
}

// api is the client with the tokens of now. A call uses one to its end.
func (c *Client) api() acting { return *c.now.Load() }

// with is a client with these tokens.
func (c *Client) with(bot, app string) *acting {
	cfg := c.cfg
	cfg.BotToken, cfg.AppToken = bot, app
	return &acting{bot, app, newSlackClient(cfg, c.wire)}
}

// SetBotToken has calls made with another bot token from now on. Slack is asked
// first: a token that it doesn't take, or that is another app's or workspace's,
// is an error, and the one from before stays.
func (c *Client) SetBotToken(ctx context.Context, token string) error {
	c.tokens.Lock()
	defer c.tokens.Unlock()
	next := c.with(token, c.api().app)
	g, err := ask(ctx, next.Client)
	if r := c.count("auth.test", sort(err)); !r.OK() {
		return fmt.Errorf("refused by Slack: %s", r.Code)
	}
	if known := c.Known(); known != nil && (known.Team != g.Team || known.User != g.User) {
		return errors.New("it is another app's or another workspace's")
	}
	c.now.Store(next)
	c.grant.Store(g)
	return nil
}

// SetAppToken has sockets opened with another app-level token from now on. As
// with the other token, Slack is asked first.
func (c *Client) SetAppToken(ctx context.Context, token string) error {
	c.tokens.Lock()
	defer c.tokens.Unlock()
	if ours := appOf(c.api().app); ours != "" && appOf(token) != "" && appOf(token) != ours {
		return errors.New("it is another app's")
	}
	next := c.with(c.api().bot, token)
	_, _, err := next.StartSocketModeContext(ctx) // a URL that nobody uses opens nothing
	if r := c.count("apps.connections.open", sort(err)); !r.OK() {
		return fmt.Errorf("refused by Slack: %s", r.Code)
	}
	c.now.Store(next)
	return nil
}

// appOf is the app that an app-level token is of, or "" if the token doesn't say:
// xapp-1-A0123456789-….
func appOf(token string) string {
	parts := strings.Split(token, "-")
	if len(parts) < 4 || !strings.HasPrefix(parts[2], "A") {
		return ""
	}
	return parts[2]
}
