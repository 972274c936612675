package slackfake

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

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
	env.effect = func(payload json.RawMessage, seen *Interaction) []string {
		w.submitAcked(v, payload, seen)
		return nil
	}
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
