package slackfake

import (
	"fmt"
	"reflect"
	"slices"
)

// The tables of Block Kit, from https://docs.slack.dev/reference/block-kit:
// which properties each block and element has, and how long or many they are.
// They are constants in all but name.

var (
	blockID  = may(str(0, 255))
	actionID = may(str(0, 255))
)

// text is a text object of one of the given types.
func text(least, most int, types ...string) rule {
	return object(map[string]prop{
		"type": need(word(types...)), "text": need(str(least, most)),
		"emoji": may(boolean), "verbatim": may(boolean),
	}, func(c *checker, at string, v any) {
		o := v.(map[string]any)
		if _, given := o["verbatim"]; given && o["type"] == "plain_text" {
			c.add(at, "invalid additional property: verbatim")
		}
		if _, given := o["emoji"]; given && o["type"] == "mrkdwn" {
			c.add(at, "invalid additional property: emoji")
		}
	})
}

func plain(most int) rule  { return text(1, most, "plain_text") }
func either(most int) rule { return text(1, most, "plain_text", "mrkdwn") }

// blockRules are the blocks that the fake knows.
var blockRules = map[string]rule{
	"section": object(map[string]prop{
		"block_id": blockID, "text": may(either(3000)), "fields": may(list(1, 10, either(2000))),
		"accessory": may(byType(accessories)), "expand": may(boolean),
	}, func(c *checker, at string, v any) {
		o := v.(map[string]any)
		if o["text"] == nil && o["fields"] == nil {
			c.add(at, "missing required field: text")
		}
	}),
	"header":  object(map[string]prop{"block_id": blockID, "text": need(plain(150)), "level": may(number(1, 6))}),
	"divider": object(map[string]prop{"block_id": blockID}),
	"context": object(map[string]prop{"block_id": blockID, "elements": need(list(1, 10, byType(map[string]rule{
		"plain_text": either(3000), "mrkdwn": either(3000), "image": image,
	})))}),
	"image": object(map[string]prop{
		"block_id": blockID, "image_url": need(str(1, 3000)), "alt_text": need(str(1, 2000)), "title": may(plain(2000)),
	}),
	"actions": object(map[string]prop{"block_id": blockID, "elements": need(list(1, 25, byType(actionElements)))}),
	"input": object(map[string]prop{
		"block_id": blockID, "label": need(plain(2000)), "hint": may(plain(2000)), "optional": may(boolean),
		"dispatch_action": may(boolean), "element": need(byType(inputElements)),
	}),
	"alert": object(map[string]prop{
		"block_id": blockID, "text": need(either(200)), "level": may(word("default", "info", "warning", "error", "success")),
	}, func(c *checker, at string, _ any) {
		if c.surface == "message" || c.surface == "home" {
			c.add(at+"/type", "unsupported type: alert")
		}
	}),
	"rich_text": object(map[string]prop{"block_id": blockID, "elements": need(list(0, 1000, byType(richText)))}),
}

var image = object(map[string]prop{"image_url": need(str(1, 3000)), "alt_text": need(str(1, 2000))})

// richText: Slack is lenient about the leaves, and so are we.
var richText = map[string]rule{
	"rich_text_section":      object(map[string]prop{"elements": need(list(0, 1000, leaf))}),
	"rich_text_preformatted": object(map[string]prop{"elements": need(list(0, 1000, leaf)), "border": may(number(0, 1)), "language": may(str(0, 100))}),
	"rich_text_quote":        object(map[string]prop{"elements": need(list(0, 1000, leaf)), "border": may(number(0, 1))}),
	"rich_text_list": object(map[string]prop{
		"style": need(word("bullet", "ordered")), "indent": may(number(0, 8)), "offset": may(number(0, 1e6)), "border": may(number(0, 1)),
		"elements": need(list(0, 1000, byType(map[string]rule{"rich_text_section": object(map[string]prop{"elements": need(list(0, 1000, leaf))})}))),
	}),
}

func leaf(c *checker, at string, v any) {
	kinds := []string{"text", "link", "emoji", "user", "channel", "usergroup", "broadcast", "date", "color", "team"}
	o, ok := v.(map[string]any)
	if kind, _ := o["type"].(string); !ok || !slices.Contains(kinds, kind) {
		c.add(at+"/type", "unsupported type: %v", o["type"])
	}
}

var confirm = object(map[string]prop{
	"title": need(plain(100)), "text": need(either(300)), "confirm": need(plain(30)), "deny": need(plain(30)),
	"style": may(word("primary", "danger")),
})

var option = object(map[string]prop{
	"text": need(either(75)), "value": need(str(1, 75)), "description": may(either(75)), "url": may(str(1, 3000)),
})

var plainOption = object(map[string]prop{
	"text": need(plain(75)), "value": need(str(1, 75)), "description": may(plain(75)), "url": may(str(1, 3000)),
})

var optionGroup = object(map[string]prop{"label": need(plain(75)), "options": need(list(1, 100, plainOption))})

var conversationFilter = object(map[string]prop{
	"include":                          may(list(1, 4, word("im", "mpim", "private", "public"))),
	"exclude_external_shared_channels": may(boolean), "exclude_bot_users": may(boolean),
})

var dispatchConfig = object(map[string]prop{"trigger_actions_on": need(list(1, 2, word("on_enter_pressed", "on_character_entered")))})

// element is an interactive element: its own properties and those all share.
func element(props map[string]prop, more ...rule) rule {
	all := map[string]prop{"action_id": actionID, "focus_on_load": may(boolean), "confirm": may(confirm)}
	for name, p := range props {
		all[name] = p
	}
	return object(all, more...)
}

var button = object(map[string]prop{
	"action_id": actionID, "text": need(plain(75)), "value": may(str(0, 2000)), "url": may(str(1, 3000)),
	"style": may(word("primary", "danger")), "confirm": may(confirm), "accessibility_label": may(str(1, 75)),
})

var placeholder = may(plain(150))

// chooses are the elements that pick something.
var chooses = map[string]rule{
	"static_select": element(map[string]prop{
		"placeholder": placeholder, "options": may(list(1, 100, plainOption)), "option_groups": may(list(1, 100, optionGroup)),
		"initial_option": may(plainOption),
	}, hasOptions, initialIsOption),
	"multi_static_select": element(map[string]prop{
		"placeholder": placeholder, "options": may(list(1, 100, plainOption)), "option_groups": may(list(1, 100, optionGroup)),
		"initial_options": may(list(1, 100, plainOption)), "max_selected_items": may(number(1, 1000)),
	}, hasOptions, initialIsOption),
	"conversations_select": element(map[string]prop{
		"placeholder": placeholder, "initial_conversation": may(str(1, 255)), "default_to_current_conversation": may(boolean),
		"response_url_enabled": may(boolean), "filter": may(conversationFilter),
	}),
	"multi_conversations_select": element(map[string]prop{
		"placeholder": placeholder, "initial_conversations": may(list(1, 100, str(1, 255))), "default_to_current_conversation": may(boolean),
		"max_selected_items": may(number(1, 1000)), "filter": may(conversationFilter),
	}),
	"users_select":       element(map[string]prop{"placeholder": placeholder, "initial_user": may(str(1, 255))}),
	"multi_users_select": element(map[string]prop{"placeholder": placeholder, "initial_users": may(list(1, 100, str(1, 255))), "max_selected_items": may(number(1, 1000))}),
	"checkboxes":         element(map[string]prop{"options": need(list(1, 10, option)), "initial_options": may(list(1, 10, option))}, initialIsOption),
	"radio_buttons":      element(map[string]prop{"options": need(list(1, 10, option)), "initial_option": may(option)}, initialIsOption),
	"datepicker":         element(map[string]prop{"placeholder": placeholder, "initial_date": may(str(10, 10))}),
	"timepicker":         element(map[string]prop{"placeholder": placeholder, "initial_time": may(str(5, 5)), "timezone": may(str(1, 100))}),
}

var overflow = object(map[string]prop{"action_id": actionID, "options": need(list(1, 5, plainOption)), "confirm": may(confirm)})

// typedIn are the elements that are written in; they stand in input blocks only.
var typedIn = map[string]rule{
	"plain_text_input": element(map[string]prop{
		"placeholder": placeholder, "initial_value": may(str(0, 3000)), "multiline": may(boolean),
		"min_length": may(number(0, 3000)), "max_length": may(number(1, 3000)), "dispatch_action_config": may(dispatchConfig),
	}),
	"email_text_input": element(map[string]prop{"placeholder": placeholder, "initial_value": may(str(0, 3000)), "dispatch_action_config": may(dispatchConfig)}),
	"url_text_input":   element(map[string]prop{"placeholder": placeholder, "initial_value": may(str(0, 3000)), "dispatch_action_config": may(dispatchConfig)}),
	"number_input": element(map[string]prop{
		"is_decimal_allowed": need(boolean), "placeholder": placeholder, "initial_value": may(str(0, 100)),
		"min_value": may(str(1, 100)), "max_value": may(str(1, 100)), "dispatch_action_config": may(dispatchConfig),
	}),
}

var (
	accessories    = merge(chooses, map[string]rule{"button": button, "overflow": overflow, "image": image})
	actionElements = merge(chooses, map[string]rule{"button": button, "overflow": overflow})
	inputElements  = merge(chooses, typedIn)
)

func merge(tables ...map[string]rule) map[string]rule {
	all := map[string]rule{}
	for _, t := range tables {
		for name, r := range t {
			all[name] = r
		}
	}
	return all
}

func hasOptions(c *checker, at string, v any) {
	o := v.(map[string]any)
	if (o["options"] == nil) == (o["option_groups"] == nil) {
		c.add(at, "must provide either `options` or `option_groups`")
	}
}

// initialIsOption: what is chosen at first must be among the options, exactly.
func initialIsOption(c *checker, at string, v any) {
	o := v.(map[string]any)
	var initial []any
	if one := o["initial_option"]; one != nil {
		initial = []any{one}
	} else if several, ok := o["initial_options"].([]any); ok {
		initial = several
	}
	options := optionsOf(o)
	for i, choice := range initial {
		if !slices.ContainsFunc(options, func(opt any) bool { return sameOption(opt, choice) }) {
			c.add(fmt.Sprintf("%s/initial_option/%d", at, i), "initial option must be one of the options")
		}
	}
}

func sameOption(a, b any) bool {
	x, _ := a.(map[string]any)
	y, _ := b.(map[string]any)
	if x == nil || y == nil {
		return false
	}
	return reflect.DeepEqual(x["value"], y["value"]) && textOf(x["text"]) == textOf(y["text"])
}

// optionsOf returns an element's options, those in groups too.
func optionsOf(el map[string]any) []any {
	all, _ := el["options"].([]any)
	groups, _ := el["option_groups"].([]any)
	for _, g := range groups {
		group, _ := g.(map[string]any)
		in, _ := group["options"].([]any)
		all = append(slices.Clone(all), in...)
	}
	return all
}

// textOf returns the text of a text object.
func textOf(v any) string {
	o, _ := v.(map[string]any)
	s, _ := o["text"].(string)
	return s
}
