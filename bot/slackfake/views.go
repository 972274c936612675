package slackfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Slack's limits on views, https://docs.slack.dev/reference/views
const (
	maxStack    = 3
	maxViewSize = 250_000
)

// view is a form that is open at somebody's, or a Home tab.
type view struct {
	id, rootID, previousID string
	hash                   string
	user, channel          string // who looks at it, and from where it was opened
	spec                   viewSpec
	values                 map[string]map[string]map[string]any // state as Slack writes it, by block and action id
	touched                map[string]bool                      // fields that the person filled in, by block and action id
	errors                 map[string]string                    // shown at fields, by block id
	trouble                string
	opened                 time.Time
}

// viewSpec is what the app sends.
type viewSpec struct {
	Type            string `json:"type"`
	Title           any    `json:"title"`
	Submit          any    `json:"submit"`
	Close           any    `json:"close"`
	Blocks          []any  `json:"blocks"`
	PrivateMetadata string `json:"private_metadata"`
	CallbackID      string `json:"callback_id"`
	ExternalID      string `json:"external_id"`
	ClearOnClose    bool   `json:"clear_on_close"`
	NotifyOnClose   bool   `json:"notify_on_close"`
}

// trigger lets the app open one view, soon after a person did something.
type trigger struct {
	user, channel, view string
	made                time.Time
	used                bool
}

// newTrigger makes a trigger_id. Called with the lock held.
func (w *Workspace) newTrigger(user, channel, view string) string {
	id := fmt.Sprintf("%s.%s.%s", w.newID(""), w.newID(""), random())
	w.triggers[id] = &trigger{user: user, channel: channel, view: view, made: w.opt.Clock()}
	return id
}

// useTrigger spends a trigger, once.
func (w *Workspace) useTrigger(id string) (*trigger, reply) {
	t := w.triggers[id]
	switch {
	case id == "":
		return nil, invalid("invalid_arguments", "missing required field: trigger_id")
	case t == nil:
		return nil, fail("invalid_trigger_id")
	case t.used:
		return nil, fail("exchanged_trigger_id")
	case w.triggersExpire || w.opt.Clock().Sub(t.made) > w.opt.TriggerLife:
		return nil, fail("expired_trigger_id")
	}
	t.used = true
	return t, nil
}

// viewRules are the properties of a modal and of a Home tab.
var viewRules = map[string]rule{
	"modal": object(map[string]prop{
		"title": need(plain(24)), "submit": may(plain(24)), "close": may(plain(24)),
		"blocks":           need(list(0, maxViewBlocks, byType(blockRules))),
		"private_metadata": may(str(0, 3000)), "callback_id": may(str(0, 255)), "external_id": may(str(0, 255)),
		"clear_on_close": may(boolean), "notify_on_close": may(boolean), "submit_disabled": may(boolean),
	}, submitRequired),
	"home": object(map[string]prop{
		"blocks":           need(list(0, maxViewBlocks, byType(blockRules))),
		"private_metadata": may(str(0, 3000)), "callback_id": may(str(0, 255)), "external_id": may(str(0, 255)),
	}),
}

func submitRequired(c *checker, at string, v any) {
	o := v.(map[string]any)
	blocks, _ := o["blocks"].([]any)
	isInput := func(b any) bool { m, _ := b.(map[string]any); return m["type"] == "input" }
	if o["submit"] == nil && slices.ContainsFunc(blocks, isInput) {
		c.add(at, "`submit` is required when `blocks` has an input block")
	}
}

// parseView checks a view, or returns Slack's refusal.
func parseView(raw json.RawMessage, kind string) (*viewSpec, reply) {
	var generic map[string]any
	if err := json.Unmarshal(raw, &generic); err != nil {
		return nil, invalid("invalid_arguments", "must provide an object [json-pointer:/view]")
	}
	if len(raw) > maxViewSize {
		return nil, fail("view_too_large")
	}
	c := &checker{surface: kind}
	byType(map[string]rule{kind: viewRules[kind]})(c, "/view", generic)
	blocks, _ := generic["blocks"].([]any)
	c.checkIDs("/view/blocks", blocks)
	c.checkResponseURLs(blocks)
	if len(c.reasons) > 0 {
		return nil, invalid("invalid_arguments", c.reasons...)
	}
	var spec viewSpec
	if err := json.Unmarshal(raw, &spec); err != nil {
		return nil, invalid("invalid_arguments", "must provide an object [json-pointer:/view]")
	}
	addIDs(spec.Blocks)
	return &spec, nil
}

// checkResponseURLs: response_url_enabled is for pickers in input blocks of
// modals, https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element
func (c *checker) checkResponseURLs(blocks []any) {
	for i, b := range blocks {
		block, _ := b.(map[string]any)
		for _, el := range blockElements(block) {
			if el["response_url_enabled"] == true && (block["type"] != "input" || c.surface != "modal") {
				c.add(fmt.Sprintf("/view/blocks/%d", i), "`response_url_enabled` is only allowed in input blocks of modals")
			}
		}
	}
}

// openView finds a view in anybody's stack.
func (w *Workspace) openView(fits func(*view) bool) *view {
	for _, stack := range w.views {
		if i := slices.IndexFunc(stack, fits); i >= 0 {
			return stack[i]
		}
	}
	return nil
}

// externalTaken: an external_id is one view's alone in all of the workspace,
// modal or Home tab, https://docs.slack.dev/reference/views
func (w *Workspace) externalTaken(id string, by *view) bool {
	all := slices.AppendSeq(slices.Concat(slices.Collect(maps.Values(w.views))...), maps.Values(w.homes))
	return id != "" && slices.ContainsFunc(all, func(v *view) bool { return v.spec.ExternalID == id && v != by })
}

func (w *Workspace) newView(user, channel string, spec *viewSpec) *view {
	v := &view{id: w.newID("V"), user: user, channel: channel, opened: w.opt.Clock()}
	v.rootID = v.id
	w.replace(v, spec)
	return v
}

// replace shows another content in the same view. What was typed stays where
// block id and action id are the same; errors go.
func (w *Workspace) replace(v *view, spec *viewSpec) {
	before := v.values
	v.spec, v.errors, v.trouble = *spec, nil, ""
	v.hash = fmt.Sprintf("%d.%s", w.opt.Clock().Unix(), random()[:8])
	v.values = map[string]map[string]map[string]any{}
	for _, f := range fieldsOf(spec.Blocks) {
		state := w.initialState(v, f)
		if old := before[f.blockID][f.actionID]; old != nil && old["type"] == f.kind() && (v.touched[f.blockID+"/"+f.actionID] || !w.opt.ForgetsUntouched) {
			state = old
		}
		if v.values[f.blockID] == nil {
			v.values[f.blockID] = map[string]map[string]any{}
		}
		v.values[f.blockID][f.actionID] = state
	}
	w.broadcast()
}

// json is how Slack describes a view in payloads and answers.
func (v *view) json() map[string]any {
	out := map[string]any{
		"id": v.id, "team_id": TeamID, "type": v.spec.Type, "blocks": v.spec.Blocks,
		"private_metadata": v.spec.PrivateMetadata, "callback_id": v.spec.CallbackID, "external_id": v.spec.ExternalID,
		"state": map[string]any{"values": v.values}, "hash": v.hash, "title": v.spec.Title,
		"clear_on_close": v.spec.ClearOnClose, "notify_on_close": v.spec.NotifyOnClose,
		"close": v.spec.Close, "submit": v.spec.Submit, "root_view_id": v.rootID, "previous_view_id": nil,
		"app_id": AppID, "app_installed_team_id": TeamID, "bot_id": BotID,
	}
	if v.previousID != "" {
		out["previous_view_id"] = v.previousID
	}
	return out
}

// top is the view that a person looks at, or nil.
func (w *Workspace) top(user string) *view {
	if stack := w.views[user]; len(stack) > 0 {
		return stack[len(stack)-1]
	}
	return nil
}

func (w *Workspace) isOpen(v *view) bool { return slices.Contains(w.views[v.user], v) }

// pop closes the top view, or the whole stack.
func (w *Workspace) pop(user string, all bool) {
	stack := w.views[user]
	if all || len(stack) <= 1 {
		delete(w.views, user)
	} else {
		w.views[user] = stack[:len(stack)-1]
	}
	w.broadcast()
}
