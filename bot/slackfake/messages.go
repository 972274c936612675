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
	files json.RawMessage
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
	shown.Blocks = slices.Clone(m.Blocks)
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

// Post is a message that a person writes. Blocks, when given, are what the
// message carries besides its text; Slack itself adds a rich_text block.
type Post struct {
	User, Channel, ThreadTS string
	// Text as it was typed.
	Text string
	// RawText and Blocks, when set, are kept as they are: for messages as other
	// clients and apps leave them.
	RawText string
	Blocks  json.RawMessage
	// Files, when set, is the JSON array of files that the message shares.
	Files json.RawMessage
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
	if _, err := w.person(p.User); err != nil {
		return Message{}, err
	}
	if _, err := w.place(p.User, p.Channel); err != nil {
		return Message{}, err
	}
	if p.ThreadTS != "" && w.find(p.Channel, p.ThreadTS) == nil {
		return Message{}, fmt.Errorf("no such thread: %s", p.ThreadTS)
	}
	m := &message{files: p.Files,
		Message: Message{Channel: p.Channel, ThreadTS: p.ThreadTS, User: p.User, Text: p.RawText, Blocks: p.Blocks}}
	if p.Text != "" {
		m.Text, m.Blocks = typed(p.Text)
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

// json is how Slack describes a message in payloads and answers.
func (m *message) json() map[string]any {
	v := map[string]any{"type": "message", "user": m.User, "ts": m.TS, "text": m.Text, "team": TeamID}
	if m.App {
		v["bot_id"], v["app_id"] = BotID, AppID
	}
	if m.Blocks != nil {
		v["blocks"] = m.Blocks
	}
	if m.files != nil {
		v["files"] = m.files
	}
	if m.ThreadTS != "" {
		v["thread_ts"] = m.ThreadTS
	}
	if m.Edited {
		v["edited"] = map[string]any{"user": m.User, "ts": m.TS}
	}
	return v
}
