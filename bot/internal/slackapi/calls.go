package slackapi

import (
	"context"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

// Message is what goes to Slack: blocks for the eye, text for notifications and
// screen readers.
type Message struct {
	Text   string
	Blocks []slack.Block
}

// Place is where a message is.
type Place struct {
	Channel string `json:"c,omitempty"`
	TS      string `json:"t,omitempty"`
	// Thread is the ts of the thread that a post went into, as Slack's answer
	// has it, "" for the conversation itself: where the first message of a
	// thread is gone by then, Slack posts in the conversation and says ok.
	Thread string `json:"-"`
}

// message is what the calls that post take.
type message struct {
	Channel string        `json:"channel"`
	User    string        `json:"user,omitempty"`      // who alone sees it
	TS      string        `json:"ts,omitempty"`        // of the one that it takes the place of
	Thread  string        `json:"thread_ts,omitempty"` // that it goes into
	Text    string        `json:"text"`
	Blocks  []slack.Block `json:"blocks,omitempty"`
	// With either one unset, Slack's servers fetch every URL in the message,
	// https://docs.slack.dev/messaging/unfurling-links-in-messages
	UnfurlLinks bool `json:"unfurl_links"`
	UnfurlMedia bool `json:"unfurl_media"`
}

// posted is what is read of Slack's answer. All else that it repeats of the
// message is left alone.
type posted struct {
	verdict
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	Message struct {
		Thread string `json:"thread_ts"`
	} `json:"message"`
}

// Post posts m as the app; thread "" is the conversation itself.
//
// The place is Slack's to say. A user id in place of a channel opens the DM
// with the app, and only the DM's own id can be edited.
func (c *Client) Post(ctx context.Context, channel string, m Message, thread string) (Place, Result) {
	is, r := c.post(ctx, "chat.postMessage", message{Channel: channel, Thread: thread, Text: m.Text, Blocks: m.Blocks})
	return Place{Channel: is.Channel, TS: is.TS, Thread: is.Message.Thread}, r
}

// PostEphemeral shows m to one person in a channel that both are in.
func (c *Client) PostEphemeral(ctx context.Context, channel, user string, m Message) Result {
	_, r := c.post(ctx, "chat.postEphemeral", message{Channel: channel, User: user, Text: m.Text, Blocks: m.Blocks})
	return r
}

// Update rewrites a message of the app's own.
func (c *Client) Update(ctx context.Context, at Place, m Message) Result {
	_, r := c.post(ctx, "chat.update", message{Channel: at.Channel, TS: at.TS, Text: m.Text, Blocks: m.Blocks})
	return r
}

func (c *Client) post(ctx context.Context, method string, m message) (is posted, r Result) {
	ctx, cancel := context.WithTimeout(ctx, PostTimeout)
	defer cancel()
	err := c.json(ctx, method, m.Channel, m, &is)
	return is, c.sort(method, err)
}

// Respond posts by a response URL.
func (c *Client) Respond(ctx context.Context, responseURL string, m Answer) Result {
	return c.sort("response_url", c.hooks.post(ctx, responseURL, m))
}

// OpenView opens a form.
func (c *Client) OpenView(ctx context.Context, trigger string, view slack.ModalViewRequest) Result {
	ctx, cancel := context.WithTimeout(ctx, OpenTimeout)
	defer cancel()
	_, err := c.api().OpenViewContext(ctx, trigger, view)
	return c.sort("views.open", err)
}

// UpdateView changes a form that is open.
func (c *Client) UpdateView(ctx context.Context, viewID string, view slack.ModalViewRequest) Result {
	ctx, cancel := context.WithTimeout(ctx, PostTimeout)
	defer cancel()
	_, err := c.api().UpdateViewContext(ctx, view, "", "", viewID)
	return c.sort("views.update", err)
}

// PublishHome sets what one person sees in the app's Home tab, whatever they saw
// before or, if hash isn't "", only over the view with that hash.
func (c *Client) PublishHome(ctx context.Context, user string, view slack.HomeTabViewRequest, hash string) Result {
	ctx, cancel := context.WithTimeout(ctx, PostTimeout)
	defer cancel()
	_, err := c.api().PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: view, Hash: set(hash)})
	return c.sort("views.publish", err)
}

// set is an argument that is left out if it is "".
func set(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// OpenSocket asks for the URL of a socket, which is a ticket for one.
func (c *Client) OpenSocket(ctx context.Context) (url string, r Result) {
	_, url, err := c.api().StartSocketModeContext(ctx)
	return url, c.count("apps.connections.open", sort(err))
}

// sort says how a call with the bot token ended, and counts it.
func (c *Client) sort(method string, err error) Result {
	r := c.count(method, sort(err))
	if r.Code.ScopeMissing() || r.Code.TokenRefused() {
		// Links may still go out by response_url, so nobody else would notice.
		field := zap.Skip()
		if r.needed != "" {
			field = zap.String("needed", r.needed)
		}
		c.cfg.Log.Error("Slack refuses the bot token", zap.String("method", method), zap.String("code", string(r.Code)), field)
	}
	return r
}

func (c *Client) count(method string, r Result) Result {
	c.cfg.Called(method, r)
	return r
}
