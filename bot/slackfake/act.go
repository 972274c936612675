package slackfake

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
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
	env.effect = func(payload json.RawMessage, seen *Interaction) {
		w.commandAcked(to, strings.TrimSpace(command+" "+text), payload, seen)
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
func (w *Workspace) commandAcked(to responseURL, typed string, payload json.RawMessage, seen *Interaction) {
	if payload == nil {
		return
	}
	var r response
	if json.Unmarshal(payload, &r) != nil {
		w.violate("acked a command with something that is not a message")
		return
	}
	if r.ResponseType == "in_channel" {
		w.add(&message{Message: Message{Channel: to.channel, User: to.user, Text: escape(typed)}})
		if r.Text == "" && len(r.Blocks) == 0 {
			return
		}
	}
	code, fetched := w.say(&to, r)
	if code != "" {
		w.violate("acked a command with a message that Slack refuses: %s", code)
	}
	if len(fetched) > 0 {
		w.record(Entry{Kind: AckReceived, EnvelopeID: seen.EnvelopeID, Channel: to.channel, LinkFetch: fetched})
	}
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

// Press presses a button of a message, named by its action id or its label, and
// answers its confirm dialog with yes. The button is looked for in m, as the
// person saw it; the message itself must still be there for that person.
func (w *Workspace) Press(ctx context.Context, user string, m Message, button string) (*Interaction, error) {
	env, err := w.PreparePress(user, m, button)
	if err != nil {
		return nil, err
	}
	return w.Send(ctx, env)
}

// PreparePress makes the envelope of a press.
func (w *Workspace) PreparePress(user string, m Message, button string) (Envelope, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.person(user)
	if err != nil {
		return Envelope{}, err
	}
	c := w.channels[m.Channel]
	kept := w.find(m.Channel, m.TS)
	if c == nil || kept == nil || !c.visibleTo(user) || kept.only != "" && kept.only != user {
		return Envelope{}, fmt.Errorf("user %s doesn't see that message", user)
	}
	var blocks []any
	json.Unmarshal(m.Blocks, &blocks)
	block, el := findButton(blocks, button)
	if el == nil {
		return Envelope{}, fmt.Errorf("the message has no button %q", button)
	}
	env := Envelope{ID: uuid(), Type: "interactive", confirm: confirmOf(el),
		triggerID:   w.newTrigger(user, m.Channel, ""),
		responseURL: w.newResponseURL("actions", responseURL{channel: m.Channel, user: user, origin: kept, threadTS: kept.ThreadTS})}
	p := w.interactive("block_actions", u, env.triggerID)
	container := map[string]any{"type": "message", "message_ts": kept.TS, "channel_id": m.Channel, "is_ephemeral": kept.Ephemeral}
	if kept.ThreadTS != "" {
		container["thread_ts"] = kept.ThreadTS
	}
	p["container"], p["response_url"] = container, env.responseURL
	p["channel"] = map[string]any{"id": m.Channel, "name": c.payloadName()}
	p["state"] = map[string]any{"values": map[string]any{}}
	p["actions"] = []any{w.action(block, el)}
	if !kept.Ephemeral { // Slack doesn't send what it doesn't keep
		p["message"] = kept.json()
	}
	env.Payload = marshal(p)
	return env, nil
}

// action describes a pressed button.
func (w *Workspace) action(block, el map[string]any) map[string]any {
	a := map[string]any{"type": el["type"], "block_id": block["block_id"], "action_id": el["action_id"], "action_ts": w.newTS()}
	for _, key := range []string{"text", "value", "style", "url"} {
		if el[key] != nil {
			a[key] = el[key]
		}
	}
	return a
}

func findButton(blocks []any, name string) (block, el map[string]any) {
	for _, b := range blocks {
		block, _ := b.(map[string]any)
		for _, el := range blockElements(block) {
			if el["type"] == "button" && (el["action_id"] == name || textOf(el["text"]) == name) {
				return block, el
			}
		}
	}
	return nil, nil
}

func confirmOf(el map[string]any) *Confirm {
	c, ok := el["confirm"].(map[string]any)
	if !ok {
		return nil
	}
	return &Confirm{Title: textOf(c["title"]), Text: textOf(c["text"]), Confirm: textOf(c["confirm"]),
		Deny: textOf(c["deny"]), Danger: c["style"] == "danger"}
}

// PressInView presses a button in the form that a person has open.
func (w *Workspace) PressInView(ctx context.Context, user, button string) (*Interaction, error) {
	env, err := w.PreparePressInView(user, button)
	if err != nil {
		return nil, err
	}
	return w.Send(ctx, env)
}

// PreparePressInView makes the envelope of a press in a form.
func (w *Workspace) PreparePressInView(user, button string) (Envelope, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := w.top(user)
	if v == nil {
		return Envelope{}, fmt.Errorf("user %s has no form open", user)
	}
	block, el := findButton(v.spec.Blocks, button)
	if el == nil {
		return Envelope{}, fmt.Errorf("the form has no button %q", button)
	}
	return w.viewAction(v, w.action(block, el), confirmOf(el)), nil
}

// viewAction makes the block_actions envelope of something done in a form.
func (w *Workspace) viewAction(v *view, action map[string]any, asked *Confirm) Envelope {
	env := Envelope{ID: uuid(), Type: "interactive", confirm: asked, triggerID: w.newTrigger(v.user, v.channel, v.id)}
	p := w.interactive("block_actions", w.users[v.user], env.triggerID)
	p["container"] = map[string]any{"type": "view", "view_id": v.id}
	p["view"] = v.json()
	p["actions"] = []any{action}
	env.Payload = marshal(p)
	return env
}

// Fill types into the form that a person has open, without submitting it.
func (w *Workspace) Fill(user string, values Values) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := w.top(user)
	if v == nil {
		return fmt.Errorf("user %s has no form open", user)
	}
	_, err := w.fill(v, values)
	return err
}

// Choose changes one field that tells the app of every change: one in an
// actions or section block, or an input with dispatch_action.
func (w *Workspace) Choose(ctx context.Context, user, key string, value any) (*Interaction, error) {
	w.mu.Lock()
	v := w.top(user)
	if v == nil {
		w.mu.Unlock()
		return nil, fmt.Errorf("user %s has no form open", user)
	}
	changed, err := w.fill(v, Values{key: value})
	if err != nil || !changed[0].dispatches() {
		w.mu.Unlock()
		return &Interaction{}, err
	}
	f := changed[0]
	action := w.action(f.block, f.el)
	maps.Copy(action, v.values[f.blockID][f.actionID])
	env := w.viewAction(v, action, nil)
	w.mu.Unlock()
	return w.Send(ctx, env)
}

// Submit fills in the form that a person has open and submits it. What Slack's
// client finds wrong is returned as Errors, and nothing is sent.
func (w *Workspace) Submit(ctx context.Context, user string, values Values) (*Interaction, error) {
	if err := w.Fill(user, values); err != nil {
		return nil, err
	}
	w.mu.Lock()
	errs := map[string]string{}
	if v := w.top(user); v != nil {
		errs = v.clientErrors()
		if len(errs) > 0 {
			v.errors = maps.Clone(errs)
			w.broadcast()
		}
	}
	w.mu.Unlock()
	if len(errs) > 0 {
		return &Interaction{Errors: errs}, nil
	}
	env, err := w.PrepareSubmit(user)
	if err != nil {
		return nil, err
	}
	return w.Send(ctx, env)
}

// PrepareSubmit makes the envelope of submitting the form that a person has
// open, as it is filled in.
func (w *Workspace) PrepareSubmit(user string) (Envelope, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := w.top(user)
	if v == nil {
		return Envelope{}, fmt.Errorf("user %s has no form open", user)
	}
	if v.spec.Submit == nil {
		return Envelope{}, fmt.Errorf("the form has no submit button")
	}
	env := Envelope{ID: uuid(), Type: "interactive", AcceptsResponsePayload: true, triggerID: w.newTrigger(user, v.channel, v.id)}
	p := w.interactive("view_submission", w.users[user], env.triggerID)
	p["view"] = v.json()
	p["response_urls"] = w.pickerURLs(v)
	env.Payload = marshal(p)
	env.effect = func(payload json.RawMessage, seen *Interaction) { w.submitAcked(v, payload, seen) }
	env.failed = func(string) string {
		v.trouble = TroubleConnecting
		return TroubleConnecting
	}
	return env, nil
}

// pickerURLs are the response URLs of the conversations chosen in pickers that
// ask for one.
func (w *Workspace) pickerURLs(v *view) []any {
	urls := []any{}
	for _, f := range fieldsOf(v.spec.Blocks) {
		channel, _ := v.values[f.blockID][f.actionID]["selected_conversation"].(string)
		if f.el["response_url_enabled"] != true || channel == "" {
			continue
		}
		urls = append(urls, map[string]any{
			"block_id": f.blockID, "action_id": f.actionID, "channel_id": channel,
			"response_url": w.newResponseURL("views", responseURL{channel: channel, user: v.user}),
		})
	}
	return urls
}

// submitAcked does what a submission's ack says to the form. The person may have
// closed it meanwhile: then nothing happens.
func (w *Workspace) submitAcked(v *view, payload json.RawMessage, seen *Interaction) {
	if !w.isOpen(v) {
		return
	}
	v.errors, v.trouble = nil, ""
	if payload == nil {
		w.pop(v.user, v.spec.ClearOnClose)
		return
	}
	var r struct {
		Action string            `json:"response_action"`
		View   json.RawMessage   `json:"view"`
		Errors map[string]string `json:"errors"`
	}
	problem := "is not an object"
	if json.Unmarshal(payload, &r) == nil {
		problem = w.respondToSubmit(v, r.Action, r.View, r.Errors)
	}
	if problem != "" {
		w.violate("acked a submission with a payload that %s", problem)
		v.trouble, seen.Error = TroubleConnecting, TroubleConnecting
	}
	seen.Errors = maps.Clone(v.errors)
	w.broadcast()
}

// respondToSubmit returns what Slack can't use about a response_action.
func (w *Workspace) respondToSubmit(v *view, action string, raw json.RawMessage, errs map[string]string) (problem string) {
	switch action {
	case "clear":
		w.pop(v.user, true)
	case "errors":
		if len(errs) == 0 {
			return "has no errors"
		}
		for _, id := range slices.Sorted(maps.Keys(errs)) {
			if !slices.ContainsFunc(fieldsOf(v.spec.Blocks), func(f field) bool { return f.isInput() && f.blockID == id }) {
				return "has an error for " + id + ", which is no input block"
			}
		}
		v.errors = errs
	case "update", "push":
		spec, refusal := parseView(raw, "modal")
		switch {
		case refusal != nil:
			return fmt.Sprintf("has an invalid view: %v", refusal["errors"])
		case action == "update":
			w.replace(v, spec)
		case len(w.views[v.user]) >= maxStack:
			return "pushes a fourth view"
		default:
			w.push(v.user, spec)
		}
	default:
		return "has an unknown response_action"
	}
	return ""
}

// CloseView closes the form that a person looks at. The app is told when it
// asked for that with notify_on_close.
func (w *Workspace) CloseView(ctx context.Context, user string) (*Interaction, error) {
	w.mu.Lock()
	v := w.top(user)
	if v == nil {
		w.mu.Unlock()
		return nil, fmt.Errorf("user %s has no form open", user)
	}
	w.pop(user, v.spec.ClearOnClose)
	if !v.spec.NotifyOnClose {
		w.mu.Unlock()
		return &Interaction{}, nil
	}
	p := w.interactive("view_closed", w.users[user], "")
	delete(p, "trigger_id")
	p["view"], p["is_cleared"] = v.json(), v.spec.ClearOnClose
	env := Envelope{ID: uuid(), Type: "interactive", Payload: marshal(p)}
	w.mu.Unlock()
	return w.Send(ctx, env)
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
	if c == nil || kept == nil || !c.visibleTo(user) {
		return Envelope{}, fmt.Errorf("user %s doesn't see that message", user)
	}
	if kept.Ephemeral {
		return Envelope{}, fmt.Errorf("ephemeral messages have no shortcuts")
	}
	env := Envelope{ID: uuid(), Type: "interactive", triggerID: w.newTrigger(user, m.Channel, ""),
		responseURL: w.newResponseURL("actions", responseURL{channel: m.Channel, user: user})}
	p := w.interactive("message_action", u, env.triggerID)
	p["callback_id"], p["message_ts"], p["action_ts"] = callbackID, kept.TS, w.newTS()
	p["response_url"], p["message"] = env.responseURL, kept.json()
	p["channel"] = map[string]any{"id": m.Channel, "name": c.payloadName()}
	env.Payload = marshal(p)
	return env, nil
}

// GlobalShortcut runs a global shortcut.
func (w *Workspace) GlobalShortcut(ctx context.Context, user, callbackID string) (*Interaction, error) {
	w.mu.Lock()
	u, err := w.person(user)
	if err != nil {
		w.mu.Unlock()
		return nil, err
	}
	env := Envelope{ID: uuid(), Type: "interactive", triggerID: w.newTrigger(user, "", "")}
	p := w.interactive("shortcut", u, env.triggerID)
	p["callback_id"], p["action_ts"] = callbackID, w.newTS()
	env.Payload = marshal(p)
	w.mu.Unlock()
	return w.Send(ctx, env)
}
