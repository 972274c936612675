package slackfake

import (
	"context"
	"fmt"
	"strings"
)

// Press presses a button of a message, named by its action id or its label, and
// answers its confirm dialog with yes. Where several have the same name, its
// block id goes before it: "b7/Burn". The button is looked for in m, as the
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
	if c == nil || kept == nil || !w.sees(user, c) || kept.only != "" && kept.only != user {
		return Envelope{}, fmt.Errorf("user %s doesn't see that message", user)
	}
	block, el := findButton(decodeBlocks(m.Blocks), button)
	if el == nil {
		return Envelope{}, fmt.Errorf("the message has no button %q", button)
	}
	env := Envelope{ID: uuid(), Type: "interactive", confirm: confirmOf(el),
		triggerID:   w.newTrigger(user, m.Channel, ""),
		responseURL: w.newResponseURL("actions", responseURL{channel: m.Channel, user: user, origin: kept})}
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
		p["message"] = w.messageJSON(kept)
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
			if el["type"] == "button" && isNamed(block, el, name) {
				return block, el
			}
		}
	}
	return nil, nil
}

func isNamed(block, el map[string]any, name string) bool {
	id, _ := block["block_id"].(string)
	rest, found := strings.CutPrefix(name, id+"/")
	if !found || id == "" {
		rest = name
	}
	return el["action_id"] == rest || textOf(el["text"]) == rest
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

// viewAction makes the block_actions envelope of something done in a form or a
// Home tab: there is no message, no conversation and no response_url.
func (w *Workspace) viewAction(v *view, action map[string]any, asked *Confirm) Envelope {
	on := v.id
	if v == w.homes[v.user] {
		on = "" // nothing is pushed onto a Home tab: it is no modal
	}
	env := Envelope{ID: uuid(), Type: "interactive", confirm: asked, triggerID: w.newTrigger(v.user, v.channel, on)}
	p := w.interactive("block_actions", w.users[v.user], env.triggerID)
	p["container"] = map[string]any{"type": "view", "view_id": v.id}
	p["view"] = v.json()
	p["actions"] = []any{action}
	env.Payload = marshal(p)
	return env
}
