// Package slackapi is every call to Slack: how long it may take, what it waits
// for when Slack limits, and what came of it.
//
//	calls.go        one short method for each call
//	responseurl.go  the other way into a conversation, where the app is no member
//	facts.go        what Slack says of the token, people and conversations, and for how
//	                long that is remembered
//	tokens.go       other tokens while it is in use
//	result.go       what Slack's codes mean: the one table of them
//	ratelimit.go    calls that Slack asked to hold back
//	http.go         the wire: tokens in the header, answers bounded, errors without URLs
//	echo.go         what Slack repeats in its answers, left out
//
// It knows nothing of secrets, and no error of its own holds a token, a URL or
// anything of a request.
package slackapi

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

const (
	// CallTimeout bounds one HTTP exchange with Slack. slack-go's own default
	// client has no timeout.
	CallTimeout = 10 * time.Second
	// PostTimeout bounds one message, its waits for Slack's rate limit
	// included: chat.postMessage allows about one message a second and
	// channel, https://docs.slack.dev/apis/web-api/rate-limits
	PostTimeout = 30 * time.Second
	// OpenTimeout bounds the opening of a form: its trigger lives three seconds,
	// https://docs.slack.dev/surfaces/modals#opening_modals
	OpenTimeout = 2 * time.Second
)

// Config is what a Client needs.
type Config struct {
	// BotToken (xoxb-) and AppToken (xapp-). SetBotToken and SetAppToken
	// change them later.
	BotToken, AppToken string
	// APIURL is the base of Slack's Web API; "" means https://slack.com/api/.
	APIURL string
	// DialContext opens connections; nil is the ordinary dialer behind the
	// proxy of the environment.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
	// Called is told of each call how it ended; nil for nobody.
	Called func(method string, r Result)
	// Log hears of a token that Slack refuses; nil for none.
	Log *zap.Logger
}

// Client calls Slack. Make one with [New].
type Client struct {
	cfg    Config
	tokens sync.Mutex // over changes of now
	now    atomic.Pointer[acting]
	wire   *webAPI
	hooks  *responseURLs
	grant  atomic.Pointer[Grant]
	people facts[*slack.User]
	places facts[Conversation]
}

// New checks cfg and builds a Client. It never touches the network.
func New(cfg Config) (*Client, error) {
	if cfg.APIURL == "" {
		cfg.APIURL = slack.APIURL
	}
	base, err := url.Parse(cfg.APIURL)
	if err != nil || base.Host == "" {
		return nil, errors.New("the Slack API URL is not a URL")
	}
	if cfg.Called == nil {
		cfg.Called = func(string, Result) {}
	}
	if cfg.Log == nil {
		cfg.Log = zap.NewNop()
	}
	client := newHTTPClient(cfg.DialContext)
	c := &Client{cfg: cfg, wire: &webAPI{client, newLimits()}, hooks: newResponseURLs(client, base)}
	c.now.Store(c.with(cfg.BotToken, cfg.AppToken))
	return c, nil
}

// newSlackClient builds slack-go's client. Its debug mode, which logs what
// people typed, stays off, and its logger leads nowhere.
func newSlackClient(cfg Config, wire *webAPI) *slack.Client {
	retry := slack.DefaultRetryConfig()
	retry.MaxRetries = 3
	retry.RetryAfterDuration = limitedFor
	retry.RetryAfterJitter = 250 * time.Millisecond
	retry.Handlers = []slack.RetryHandler{inTime{slack.NewRateLimitErrorRetryHandler(retry)}}
	return slack.New(cfg.BotToken,
		slack.OptionAppLevelToken(cfg.AppToken),
		slack.OptionAPIURL(strings.TrimSuffix(cfg.APIURL, "/")+"/"), // slack-go concatenates
		slack.OptionLog(log.New(io.Discard, "", 0)),
		slack.OptionHTTPClient(wire),
		slack.OptionRetryConfig(retry), // after the client: the order matters to slack-go
	)
}

// Plain says that the Web API is plain http: of a Slack on this machine.
func (c *Client) Plain() bool { return c.hooks.api.Scheme == "http" }

// Close closes the connections that nothing uses any more.
func (c *Client) Close() { c.hooks.client.CloseIdleConnections() }
