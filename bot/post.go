package bot

import (
	"context"
	"errors"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

// post posts m as the app. Both unfurl flags are false: with either one unset,
// Slack's servers fetch every URL in the message,
// https://docs.slack.dev/messaging/unfurling-links-in-messages
func (b *Bot) post(ctx context.Context, channel string, m message, options ...slack.MsgOption) (at place, f failure, code string) {
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	// The place is Slack's to say. A user id opens the DM with the app, and
	// only the DM's own id can be edited.
	in, ts, posted, err := b.slack.PostMessageWithResponseContext(ctx, channel, append(options, contents(m))...)
	f, code = b.sort("chat.postMessage", err)
	return place{Channel: in, TS: ts, Thread: posted.ThreadTimestamp}, f, code
}

// postEphemeral shows m to one person in a channel that both are in.
func (b *Bot) postEphemeral(ctx context.Context, channel, user string, m message) (failure, string) {
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	_, err := b.slack.PostEphemeralContext(ctx, channel, user, contents(m))
	return b.sort("chat.postEphemeral", err)
}

// hook posts by a response_url.
func (b *Bot) hook(ctx context.Context, responseURL string, m hookMessage) (failure, string) {
	return b.sort("response_url", b.hooks.post(ctx, responseURL, m))
}

// sort classifies the error of a call to Slack, and counts the call.
func (b *Bot) sort(method string, err error) (failure, string) {
	f, code := classify(err)
	b.metrics.slack(method, f, code)
	if code == "missing_scope" || tokenRefused(code) {
		// Links may still go out by response_url, so nobody else would notice.
		field := zap.Skip()
		if said := (slack.SlackErrorResponse{}); errors.As(err, &said) {
			field = zap.String("needed", scopes(said.Needed))
		}
		b.log.Error("Slack refuses the bot token", zap.String("method", method), zap.String("code", code), field)
	}
	return f, code
}

// update rewrites a message of the app's own.
func (b *Bot) update(ctx context.Context, channel, ts string, m message) (f failure, code string) {
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	_, _, _, err := b.slack.UpdateMessageContext(ctx, channel, ts, contents(m))
	return b.sort("chat.update", err)
}

func contents(m message) slack.MsgOption {
	return slack.MsgOptionCompose(
		slack.MsgOptionText(m.text, false),
		slack.MsgOptionBlocks(m.blocks...),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
	)
}

// inThread posts into a thread; "" is the conversation itself.
func inThread(ts string) slack.MsgOption {
	if ts == "" {
		return slack.MsgOptionCompose()
	}
	return slack.MsgOptionTS(ts)
}

// openView returns "" or Slack's word for why the form didn't open.
func (b *Bot) openView(ctx context.Context, trigger string, view slack.ModalViewRequest) (code string) {
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	_, err := b.slack.OpenViewContext(ctx, trigger, view)
	_, code = b.sort("views.open", err)
	return code
}

// updateView returns "" or Slack's word for why the form didn't change;
// not_found means that it was closed.
func (b *Bot) updateView(ctx context.Context, viewID string, view slack.ModalViewRequest) (code string) {
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	_, err := b.slack.UpdateViewContext(ctx, view, "", "", viewID)
	_, code = b.sort("views.update", err)
	return code
}
