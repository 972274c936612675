package slackfake

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Slack's limits on a message's text: above the first it is refused, an edit
// above the second, https://docs.slack.dev/reference/methods/chat.update
const (
	maxText   = 40_000
	maxUpdate = 4_000
)

var userID = regexp.MustCompile(`^[UW][A-Z0-9]+$`)

// target finds where the app may post, or Slack's refusal.
func (w *Workspace) target(c *call) (*Channel, reply) {
	id := c.str("channel")
	if id == "" {
		return nil, invalid("invalid_arguments", "missing required field: channel")
	}
	channel := w.channels[id]
	if userID.MatchString(id) {
		channel = w.dmByUserID(id)
	}
	switch {
	case channel == nil, channel.Kind != Public && !channel.AppMember:
		return nil, fail("channel_not_found")
	case channel.Archived:
		return nil, fail("is_archived")
	case !channel.AppMember && !slices.Contains(w.opt.Scopes, "chat:write.public"):
		return nil, fail("not_in_channel")
	case channel.Restricted != "":
		return nil, fail(channel.Restricted)
	case w.isAppDM(channel) && w.users[channel.Members[0]] != nil && w.users[channel.Members[0]].DMsOff:
		return nil, fail("messages_tab_disabled")
	}
	return channel, nil
}

// dmByUserID is the DM that a user id stands for, or nil. Slack doesn't mind
// that a person was deactivated where there is a DM already: the message goes
// there, unread, https://github.com/slackapi/python-slack-sdk/issues/1156.
// Nobody documents what it says of bots, Slackbot and people of other
// organisations; conversations.open refuses them.
func (w *Workspace) dmByUserID(id string) *Channel {
	u := w.users[id]
	switch {
	case u == nil, u.Bot, u.Stranger(), u.Deactivated && w.channels[appDMID(id)] == nil:
		return nil
	}
	return w.appDM(id)
}

// content reads and checks text and blocks.
func content(c *call, limit int) (text string, blocks json.RawMessage, refusal reply) {
	text = c.str("text")
	if c.args["attachments"] != nil {
		c.violation = "attachments: nobody sees them here"
	}
	if raw := c.raw("blocks"); len(raw) > 0 && string(raw) != "null" && string(raw) != "[]" {
		var reasons []string
		if blocks, reasons = checkMessageBlocks(raw); reasons != nil {
			c.violation = "invalid blocks: " + strings.Join(reasons, "; ")
			if blocks == nil {
				return "", nil, fail("invalid_blocks_format")
			}
			return "", nil, invalid("invalid_blocks", reasons...)
		}
		if utf8.RuneCount(blocks) > maxBlocksLength {
			c.violation = "blocks too long"
			return "", nil, fail("msg_blocks_too_long")
		}
	}
	switch {
	case text == "" && blocks == nil:
		c.violation = "no text"
		return "", nil, fail("no_text")
	case utf8.RuneCountInString(text) > limit:
		c.violation = "text too long"
		if c.method == "chat.postMessage" { // cut, with a warning
			return string([]rune(text)[:limit]), blocks, nil
		}
		return "", nil, fail("msg_too_long")
	}
	return text, blocks, nil
}

// watchLinks notes which URLs Slack's link expander would fetch: all in the
// message, unless both flags are false,
// https://docs.slack.dev/messaging/unfurling-links-in-messages
func (m *message) watchLinks(unfurlOff bool) (fetched []string) {
	m.links = findURLs(m.Text, m.Blocks)
	if unfurlOff {
		return nil
	}
	return m.links
}

func (c *call) unfurlOff() bool { return c.isFalse("unfurl_links") && c.isFalse("unfurl_media") }

func (w *Workspace) postMessage(c *call) reply {
	channel, refusal := w.target(c)
	if refusal != nil {
		return refusal
	}
	text, blocks, refusal := content(c, maxText)
	if refusal != nil {
		return refusal
	}
	// A thread whose first message was deleted: Slack says ok, and posts in the
	// conversation itself. Its answer shows it by what is not there.
	thread := c.str("thread_ts")
	if thread != "" && w.find(channel.ID, thread) == nil {
		thread = ""
	}
	m := &message{Message: Message{Channel: channel.ID, ThreadTS: thread, User: BotUserID, App: true, Text: text, Blocks: blocks}}
	c.linkFetch = m.watchLinks(c.unfurlOff())
	w.add(m)
	r := reply{"channel": channel.ID, "ts": m.TS, "message": w.messageJSON(m)}
	if c.violation != "" {
		r.warn("message_truncated")
	}
	return r
}

// postEphemeral needs the person in the conversation, and the app too.
func (w *Workspace) postEphemeral(c *call) reply {
	channel, refusal := w.target(c)
	if refusal != nil {
		return refusal
	}
	user := c.str("user")
	switch {
	case !channel.AppMember:
		return fail("not_in_channel")
	case !channel.has(user):
		return fail("user_not_in_channel")
	}
	text, blocks, refusal := content(c, maxText)
	if refusal != nil {
		return refusal
	}
	m := &message{only: user, Message: Message{Channel: channel.ID, ThreadTS: c.str("thread_ts"), User: BotUserID, App: true,
		Text: text, Blocks: blocks, Ephemeral: true}}
	c.linkFetch = m.watchLinks(c.unfurlOff())
	w.add(m)
	return reply{"message_ts": m.TS}
}

// own finds a message that the app posted and may change: ephemeral ones are
// out of the Web API's reach.
func (w *Workspace) own(c *call, notMine string) (*message, reply) {
	channel := w.channels[c.str("channel")]
	if channel == nil || channel.Kind != Public && !channel.AppMember {
		return nil, fail("channel_not_found")
	}
	m := w.find(channel.ID, c.str("ts"))
	switch {
	case m == nil || m.Ephemeral:
		return nil, fail("message_not_found")
	case !m.App:
		return nil, fail(notMine)
	case channel.Archived:
		return nil, fail("is_archived")
	}
	return m, nil
}

func (w *Workspace) updateMessage(c *call) reply {
	m, refusal := w.own(c, "cant_update_message")
	if refusal != nil {
		return refusal
	}
	text, blocks, refusal := content(c, maxUpdate)
	if refusal != nil {
		return refusal
	}
	before := m.links
	m.Text, m.Blocks, m.Edited = text, blocks, true
	added := m.watchLinks(c.unfurlOff())
	c.linkFetch = slices.DeleteFunc(slices.Clone(added), func(u string) bool { return slices.Contains(before, u) })
	w.broadcast()
	return reply{"channel": m.Channel, "ts": m.TS, "text": m.Text, "message": w.messageJSON(m)}
}

func (w *Workspace) deleteMessage(c *call) reply {
	m, refusal := w.own(c, "cant_delete_message")
	if refusal != nil {
		return refusal
	}
	w.remove(m)
	return reply{"channel": m.Channel, "ts": m.TS}
}

func (w *Workspace) permalink(c *call) reply {
	channel := w.channels[c.str("channel")]
	if channel == nil || channel.Kind != Public && !channel.AppMember {
		return fail("channel_not_found")
	}
	m := w.find(channel.ID, c.str("message_ts"))
	if m == nil {
		return fail("message_not_found")
	}
	return reply{"channel": channel.ID, "permalink": w.permalinkOf(m)}
}

func (w *Workspace) permalinkOf(m *message) string {
	return w.base + "/archives/" + m.Channel + "/p" + strings.ReplaceAll(m.TS, ".", "")
}
