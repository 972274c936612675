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

// Post posts m as the app; thread "" is the conversation itself. Both unfurl
// flags are false: with either one unset, Slack's servers fetch every URL in the
// message, https://docs.slack.dev/messaging/unfurling-links-in-messages
//
// The place is Slack's to say. A user id in place of a channel opens the DM
// with the app, and only the DM's own id can be edited.
func (c *Client) Post(ctx context.Context, channel string, m Message, thread string) (Place, Result) {
	ctx, cancel := context.WithTimeout(ctx, PostTimeout)
	defer cancel()
	where := slack.MsgOptionCompose()
	if thread != "" {
		where = slack.MsgOptionTS(thread)
	}
	in, ts, posted, err := c.api().PostMessageWithResponseContext(ctx, channel, where, contents(m))
	return Place{Channel: in, TS: ts, Thread: posted.ThreadTimestamp}, c.sort("chat.postMessage", err)
}

// PostEphemeral shows m to one person in a channel that both are in.
func (c *Client) PostEphemeral(ctx context.Context, channel, user string, m Message) Result {
	ctx, cancel := context.WithTimeout(ctx, PostTimeout)
	defer cancel()
	_, err := c.api().PostEphemeralContext(ctx, channel, user, contents(m))
	return c.sort("chat.postEphemeral", err)
}

// Update rewrites a message of the app's own.
func (c *Client) Update(ctx context.Context, at Place, m Message) Result {
	ctx, cancel := context.WithTimeout(ctx, PostTimeout)
	defer cancel()
	_, _, _, err := c.api().UpdateMessageContext(ctx, at.Channel, at.TS, contents(m))
	return c.sort("chat.update", err)
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

func contents(m Message) slack.MsgOption {
	return slack.MsgOptionCompose(
		slack.MsgOptionText(m.Text, false),
		slack.MsgOptionBlocks(m.Blocks...),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
	)
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
