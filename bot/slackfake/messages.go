package slackfake

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Message is one message as one person sees it.
type Message struct {
	Channel, TS string
	// ThreadTS is set on replies in a thread, and names the thread's root.
	ThreadTS string
	// User is who wrote it; the app's bot user when App is set.
	User string
	App  bool
	// Text is the message's text, or, when there are blocks, what
	// notifications show instead of them.
	Text   string
	Blocks json.RawMessage
	// Attachments and Files are JSON arrays: forwarded messages and the like, and
	// what was uploaded.
	Attachments, Files json.RawMessage
	// Ephemeral messages are seen by one person only.
	Ephemeral bool
	// ResponseType is ephemeral or in_channel when it came as an ack or over a
	// response URL, and empty otherwise.
	ResponseType string
	Edited       bool

	viewer *viewer
}

// message is one as it is kept.
type message struct {
	Message
	only  string // the one who sees an ephemeral message
	links []string
}

// Messages returns what a person sees in a conversation, in order: what
// everybody sees and the ephemeral messages for this person. Nothing, where the
// person can't look.
func (w *Workspace) Messages(user, channel string) []Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels[channel]
	if c == nil || !w.sees(user, c) {
		return nil
	}
	var seen []Message
	v := w.viewer(user)
	for _, m := range w.messages[channel] {
		if m.only == "" || m.only == user {
			seen = append(seen, m.shownTo(v))
		}
	}
	return seen
}

// Newest tells the newest message that a person sees in a conversation, by its
// TS, and whether nobody else sees it; "" if there is none. It costs the same
// however much was written, for who waits for a message in a busy workspace.
func (w *Workspace) Newest(user, channel string) (ts string, ephemeral bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels[channel]
	if c == nil || !w.sees(user, c) {
		return "", false
	}
	for _, m := range slices.Backward(w.messages[channel]) {
		if m.only == "" || m.only == user {
			return m.TS, m.Ephemeral
		}
	}
	return "", false
}

// shownTo makes the copy that a person gets.
func (m *message) shownTo(v *viewer) Message {
	shown := m.Message
	shown.Blocks, shown.Attachments, shown.Files = slices.Clone(m.Blocks), slices.Clone(m.Attachments), slices.Clone(m.Files)
	shown.viewer = v
	return shown
}

// add stores a message. Called with the lock held.
func (w *Workspace) add(m *message) *message {
	m.TS = w.newTS()
	all := append(w.messages[m.Channel], m)
	if over := len(all) - w.opt.MessageLimit; over > w.opt.MessageLimit/4 {
		all = slices.Delete(all, 0, over)
	}
	w.messages[m.Channel] = all
	w.broadcast()
	return m
}

func (w *Workspace) remove(m *message) {
	w.messages[m.Channel] = slices.DeleteFunc(w.messages[m.Channel], func(other *message) bool { return other == m })
	w.broadcast()
}

func (w *Workspace) find(channel, ts string) *message {
	for _, m := range slices.Backward(w.messages[channel]) {
		if m.TS == ts {
			return m
		}
	}
	return nil
}

// Post is a message that a person writes, or another app, whose bot is in no
// channel. Blocks, when given, are what the message carries besides its text;
// Slack itself adds a rich_text block.
type Post struct {
	User, Channel, ThreadTS string
	// Text as it was typed.
	Text string
	// RawText and Blocks, when set, are kept as they are: for messages as other
	// clients and apps leave them.
	RawText string
	Blocks  json.RawMessage
	// Attachments and Files, when set, are the JSON arrays of what is attached and
	// of the files that the message shares.
	Attachments, Files json.RawMessage
}

// PostAs lets a person write a message, which Slack turns into escaped text with
// links found in it, and a rich_text block.
func (w *Workspace) PostAs(user, channel, text string) (Message, error) {
	return w.PostMessage(Post{User: user, Channel: channel, Text: text})
}

// PostMessage is PostAs with all its choices.
func (w *Workspace) PostMessage(p Post) (Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.person(p.User)
	if err != nil {
		return Message{}, err
	}
	if _, err := w.place(p.User, p.Channel); err != nil && !(u.Bot && w.channels[p.Channel] != nil) {
		return Message{}, err
	}
	if p.ThreadTS != "" && w.find(p.Channel, p.ThreadTS) == nil {
		return Message{}, fmt.Errorf("no such thread: %s", p.ThreadTS)
	}
	m := &message{Message: Message{Channel: p.Channel, ThreadTS: p.ThreadTS, User: p.User,
		Text: p.RawText, Blocks: p.Blocks, Attachments: p.Attachments, Files: p.Files}}
	if p.Text != "" {
		m.Text, m.Blocks = typed(p.Text)
	}
	if m.Text == "" && m.Blocks != nil && u.Bot {
		m.Text = Placeholder
	}
	return w.add(m).shownTo(w.viewer(p.User)), nil
}

// DeleteMessage lets a person delete a message of their own.
func (w *Workspace) DeleteMessage(user string, m Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	kept := w.find(m.Channel, m.TS)
	if kept == nil || kept.User != user {
		return fmt.Errorf("user %s can't delete that message", user)
	}
	w.remove(kept)
	return nil
}

func (w *Workspace) hasReplies(root *message) bool {
	return slices.ContainsFunc(w.messages[root.Channel], func(m *message) bool { return m.ThreadTS == root.TS })
}

// Placeholder is what Slack gives a message as its text where an app gave it
// blocks alone, https://github.com/slack-go/slack/issues/499
const Placeholder = "This content can't be displayed."

// messageJSON is how Slack describes a message in payloads and answers. An
// app's has the app's own user besides. Called with the lock held.
func (w *Workspace) messageJSON(m *message) map[string]any {
	v := map[string]any{"type": "message", "user": m.User, "ts": m.TS, "text": m.Text, "team": TeamID}
	if m.App {
		v["bot_id"], v["app_id"] = BotID, AppID
	} else if u := w.users[m.User]; u != nil && u.Bot {
		id := "B" + u.ID
		v["bot_id"], v["bot_profile"] = id, map[string]any{"id": id, "name": u.RealName, "team_id": TeamID, "deleted": false}
	}
	for name, list := range map[string]json.RawMessage{"blocks": m.Blocks, "attachments": m.Attachments, "files": m.Files} {
		if list != nil {
			v[name] = list
		}
	}
	if m.ThreadTS != "" {
		v["thread_ts"] = m.ThreadTS
	}
	if m.Edited {
		v["edited"] = map[string]any{"user": m.User, "ts": m.TS}
	}
	return v
}
