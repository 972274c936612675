package slackfake

import (
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Values are what a person enters in a form. The key is the field's label, its
// block id, its action id, or exactly block id/action id; the value is a string (the text, or the visible
// text or value of an option, or the id or name of a conversation or a person),
// a []string of several of these, or nil for nothing.
type Values map[string]any

// field is an element that holds a value.
type field struct {
	block, el         map[string]any
	blockID, actionID string
}

func (f field) kind() string   { return f.el["type"].(string) }
func (f field) isInput() bool  { return f.block["type"] == "input" }
func (f field) label() string  { return textOf(f.block["label"]) }
func (f field) optional() bool { return f.block["optional"] == true }

// dispatches: a change is sent to the app at once.
func (f field) dispatches() bool { return !f.isInput() || f.block["dispatch_action"] == true }

// fieldsOf returns the elements that hold a value, in order.
func fieldsOf(blocks []any) []field {
	var all []field
	for _, b := range blocks {
		block, _ := b.(map[string]any)
		for _, el := range blockElements(block) {
			if el["type"] == "button" || el["type"] == "overflow" {
				continue
			}
			blockID, _ := block["block_id"].(string)
			actionID, _ := el["action_id"].(string)
			all = append(all, field{block, el, blockID, actionID})
		}
	}
	return all
}

// initialState is a field's value when the view appears.
func (w *Workspace) initialState(v *view, f field) map[string]any {
	state := map[string]any{"type": f.kind()}
	key, several := stateKey(f.kind())
	initial := f.el["initial_"+strings.TrimPrefix(key, "selected_")]
	if key == "value" {
		initial = f.el["initial_value"]
	}
	if several && initial == nil {
		initial = []any{}
	}
	if f.el["default_to_current_conversation"] == true && v.channel != "" && w.offers(f, v.user, v.channel) {
		initial = any(v.channel)
		if several {
			initial = []any{v.channel}
		}
	}
	state[key] = initial
	return state
}

// stateKey names the property that holds the value of an element's kind.
func stateKey(kind string) (key string, several bool) {
	switch kind {
	case "static_select", "radio_buttons":
		return "selected_option", false
	case "multi_static_select", "checkboxes":
		return "selected_options", true
	case "conversations_select":
		return "selected_conversation", false
	case "multi_conversations_select":
		return "selected_conversations", true
	case "users_select":
		return "selected_user", false
	case "multi_users_select":
		return "selected_users", true
	case "datepicker":
		return "selected_date", false
	case "timepicker":
		return "selected_time", false
	}
	return "value", false
}

// fill enters values. Called with the lock held.
func (w *Workspace) fill(v *view, values Values) ([]field, error) {
	var changed []field
	fields := fieldsOf(v.spec.Blocks)
	for key, value := range values {
		i := slices.IndexFunc(fields, func(f field) bool { return f.blockID+"/"+f.actionID == key })
		if i < 0 {
			i = slices.IndexFunc(fields, func(f field) bool { return f.label() == key || f.blockID == key || f.actionID == key })
		}
		if i < 0 {
			return nil, fmt.Errorf("the form has no field %q", key)
		}
		f := fields[i]
		entered, err := w.enter(f, v.user, value)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", key, err)
		}
		name, _ := stateKey(f.kind())
		v.values[f.blockID][f.actionID] = map[string]any{"type": f.kind(), name: entered}
		if v.touched == nil {
			v.touched = map[string]bool{}
		}
		v.touched[f.blockID+"/"+f.actionID] = true
		changed = append(changed, f)
	}
	w.broadcast()
	return changed, nil
}

// enter turns what a person means into what the state holds.
func (w *Workspace) enter(f field, user string, value any) (any, error) {
	_, several := stateKey(f.kind())
	var words []string
	switch value := value.(type) {
	case nil:
	case string:
		words = []string{value}
	case []string:
		words = value
	default:
		return nil, fmt.Errorf("can't enter a %T", value)
	}
	if !several {
		if len(words) == 0 || words[0] == "" {
			return nil, nil
		}
		return w.choose(f, user, words[0])
	}
	chosen := []any{}
	for _, word := range words {
		one, err := w.choose(f, user, word)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, one)
	}
	if most, ok := f.el["max_selected_items"].(float64); ok && len(chosen) > int(most) {
		return nil, fmt.Errorf("at most %v can be chosen", most)
	}
	return chosen, nil
}

// clientErrors are what Slack's client finds before anything is sent.
func (v *view) clientErrors() map[string]string {
	errs := map[string]string{}
	for _, f := range fieldsOf(v.spec.Blocks) {
		if !f.isInput() {
			continue
		}
		if sentence := f.refuse(v.values[f.blockID][f.actionID]); sentence != "" {
			errs[f.blockID] = sentence
		}
	}
	return errs
}

// refuse says what is wrong with a value, in the client's words.
func (f field) refuse(state map[string]any) string {
	key, _ := stateKey(f.kind())
	value := state[key]
	list, isList := value.([]any)
	if value == nil || value == "" || isList && len(list) == 0 {
		if f.optional() {
			return ""
		}
		return "Please complete this required field."
	}
	text, _ := value.(string)
	switch f.kind() {
	case "plain_text_input":
		return f.refuseLength(utf8.RuneCountInString(text))
	case "number_input":
		return f.refuseNumber(text)
	case "email_text_input":
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
			return "Please enter a valid email address."
		}
	case "url_text_input":
		if u, err := url.Parse(text); err != nil || u.Host == "" {
			return "Please enter a valid URL."
		}
	case "datepicker":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return "Please enter a valid date."
		}
	case "timepicker":
		if _, err := time.Parse("15:04", text); err != nil {
			return "Please enter a valid time."
		}
	}
	return ""
}

// refuseLength: 3,000 characters is what a text field takes without max_length.
func (f field) refuseLength(n int) string {
	least, _ := f.el["min_length"].(float64)
	most, ok := f.el["max_length"].(float64)
	if !ok {
		most = 3000
	}
	switch {
	case n < int(least):
		return fmt.Sprintf("Please enter at least %v characters.", least)
	case n > int(most):
		return fmt.Sprintf("Please enter no more than %v characters.", most)
	}
	return ""
}

func (f field) refuseNumber(text string) string {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || f.el["is_decimal_allowed"] != true && strings.Contains(text, ".") {
		return "Please enter a valid number."
	}
	bound := func(name string, other float64) float64 {
		s, _ := f.el[name].(string)
		if b, err := strconv.ParseFloat(s, 64); err == nil {
			return b
		}
		return other
	}
	if least := bound("min_value", n); n < least {
		return fmt.Sprintf("Please enter a number of at least %v.", least)
	}
	if most := bound("max_value", n); n > most {
		return fmt.Sprintf("Please enter a number of at most %v.", most)
	}
	return ""
}
