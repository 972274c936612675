package slackfake

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// Command types a slash command with its text and returns when it is
// acknowledged or has failed.
func (w *Workspace) Command(ctx context.Context, user, channel, command, text string) (*Interaction, error) {
	env, err := w.PrepareCommand(user, channel, command, text)
	if err != nil {
		return nil, err
	}
	return w.Send(ctx, env)
}

// PrepareCommand makes the envelope of a slash command.
func (w *Workspace) PrepareCommand(user, channel, command, text string) (Envelope, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.person(user)
	if err != nil {
		return Envelope{}, err
	}
	c, err := w.place(user, channel)
	if err != nil {
		return Envelope{}, err
	}
	to := responseURL{channel: channel, user: user}
	env := Envelope{ID: uuid(), Type: "slash_commands", AcceptsResponsePayload: true,
		triggerID: w.newTrigger(user, channel, ""), responseURL: w.newResponseURL("commands", to)}
	env.Payload = marshal(map[string]any{
		"token": "offline", "team_id": TeamID, "team_domain": teamDomain,
		"channel_id": channel, "channel_name": c.payloadName(), "user_id": user, "user_name": u.Name,
		"command": command, "text": escape(text), "api_app_id": AppID, "is_enterprise_install": "false",
		"response_url": env.responseURL, "trigger_id": env.triggerID,
	})
	env.effect = func(payload json.RawMessage, _ *Interaction) []string {
		return w.commandAcked(to, strings.TrimSpace(command+" "+text), payload)
	}
	env.failed = func(code string) string {
		w.add(&message{only: user, Message: Message{Channel: channel, User: SlackbotID, Ephemeral: true,
			Text: fmt.Sprintf("%s failed with the error %q", command, code)}})
		return code
	}
	return env, nil
}

// commandAcked shows what a command's ack says. With in_channel the typed
// command is published too, secret and all.
func (w *Workspace) commandAcked(to responseURL, typed string, payload json.RawMessage) (fetched []string) {
	if payload == nil {
		return nil
	}
	var r response
	if json.Unmarshal(payload, &r) != nil {
		w.violate("acked a command with something that is not a message")
		return nil
	}
	if r.ResponseType == "in_channel" {
		w.add(&message{Message: Message{Channel: to.channel, User: to.user, Text: escape(typed)}})
		if r.Text == "" && len(r.Blocks) == 0 {
			return nil
		}
	}
	refused, fetched := w.say(&to, r)
	if refused != nil {
		w.violate("acked a command with a message that Slack refuses: %s %s", refused.code, refused.detail)
	}
	return fetched
}

// interactive is what all payloads of type interactive have in common.
func (w *Workspace) interactive(kind string, u *User, triggerID string) map[string]any {
	return map[string]any{
		"type": kind, "token": "offline", "api_app_id": AppID, "trigger_id": triggerID,
		"team":       map[string]any{"id": TeamID, "domain": teamDomain},
		"user":       map[string]any{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.TeamID},
		"enterprise": nil, "is_enterprise_install": false,
	}
}

// MessageShortcut runs a message shortcut on a message that a person sees.
func (w *Workspace) MessageShortcut(ctx context.Context, user string, m Message, callbackID string) (*Interaction, error) {
	env, err := w.PrepareMessageShortcut(user, m, callbackID)
	if err != nil {
		return nil, err
	}
	return w.Send(ctx, env)
}

// PrepareMessageShortcut makes the envelope of a message shortcut.
func (w *Workspace) PrepareMessageShortcut(user string, m Message, callbackID string) (Envelope, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.person(user)
	if err != nil {
		return Envelope{}, err
	}
	c := w.channels[m.Channel]
	kept := w.find(m.Channel, m.TS)
	if c == nil || kept == nil || !w.sees(user, c) {
		return Envelope{}, fmt.Errorf("user %s doesn't see that message", user)
	}
	if kept.Ephemeral {
		return Envelope{}, fmt.Errorf("ephemeral messages have no shortcuts")
	}
	env := Envelope{ID: uuid(), Type: "interactive", triggerID: w.newTrigger(user, m.Channel, ""),
		responseURL: w.newResponseURL("actions", responseURL{channel: m.Channel, user: user})}
	p := w.interactive("message_action", u, env.triggerID)
	p["callback_id"], p["message_ts"], p["action_ts"] = callbackID, kept.TS, w.newTS()
	message := w.messageJSON(kept)
	if kept.ThreadTS == "" && w.hasReplies(kept) {
		message["thread_ts"] = kept.TS // as Slack writes it on a thread's first message
	}
	p["response_url"], p["message"] = env.responseURL, message
	p["channel"] = map[string]any{"id": m.Channel, "name": c.payloadName()}
	env.Payload = marshal(p)
	return env, nil
}

// GlobalShortcut runs a global shortcut.
func (w *Workspace) GlobalShortcut(ctx context.Context, user, callbackID string) (*Interaction, error) {
	env, err := w.PrepareGlobalShortcut(user, callbackID)
	if err != nil {
		return nil, err
	}
	return w.Send(ctx, env)
}

// PrepareGlobalShortcut makes the envelope of a global shortcut. It knows no
// conversation, and has no response URL.
func (w *Workspace) PrepareGlobalShortcut(user, callbackID string) (Envelope, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.person(user)
	if err != nil {
		return Envelope{}, err
	}
	env := Envelope{ID: uuid(), Type: "interactive", triggerID: w.newTrigger(user, "", "")}
	p := w.interactive("shortcut", u, env.triggerID)
	p["callback_id"], p["action_ts"] = callbackID, w.newTS()
	env.Payload = marshal(p)
	return env, nil
}
