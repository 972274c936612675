package slackfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Slack's limits on blocks, https://docs.slack.dev/reference/block-kit/blocks
const (
	maxMessageBlocks = 50
	maxViewBlocks    = 100
)

// maxBlocksLength is how long all blocks of a message may be together. Slack
// doesn't document it, and refuses more with msg_blocks_too_long. It was
// measured at 13,297 characters of nothing but text, and below 12,000 where the
// blocks had more structure: https://github.com/slackapi/bolt-js/issues/2509,
// https://github.com/slackapi/bolt-js/issues/2867. So structure counts, and the
// strict reading is the length of their JSON. Response URLs know no such limit.
const maxBlocksLength = 13_200

// checker collects what is wrong with blocks, in the words that Slack uses.
type checker struct {
	surface string // message, modal or home; "" where it isn't known
	reasons []string
}

func (c *checker) add(at, format string, args ...any) {
	c.reasons = append(c.reasons, fmt.Sprintf(format, args...)+" [json-pointer:"+at+"]")
}

// rule checks one value at a place.
type rule func(c *checker, at string, v any)

// prop is one property of an object.
type prop struct {
	rule     rule
	required bool
}

func need(r rule) prop { return prop{r, true} }
func may(r rule) prop  { return prop{r, false} }

// object has these properties and no others, and its type.
func object(props map[string]prop, more ...rule) rule {
	return func(c *checker, at string, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			c.add(at, "must provide an object")
			return
		}
		for _, name := range slices.Sorted(maps.Keys(props)) {
			if _, given := o[name]; !given && props[name].required {
				c.add(at, "missing required field: %s", name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(o)) {
			p, known := props[name]
			switch {
			case known && o[name] == nil && !p.required:
			case known:
				p.rule(c, at+"/"+name, o[name])
			case name != "type":
				c.add(at, "invalid additional property: %s", name)
			}
		}
		for _, check := range more {
			check(c, at, v)
		}
	}
}

// str is a string of so many characters.
func str(least, most int) rule {
	return func(c *checker, at string, v any) {
		s, ok := v.(string)
		n := utf8.RuneCountInString(s)
		switch {
		case !ok:
			c.add(at, "must provide a string")
		case n < least:
			c.add(at, "must be more than %d characters", least-1)
		case n > most:
			c.add(at, "must be less than %d characters", most+1)
		}
	}
}

// word is one of these strings.
func word(allowed ...string) rule {
	return func(c *checker, at string, v any) {
		if s, ok := v.(string); !ok || !slices.Contains(allowed, s) {
			c.add(at, "must be one of: %s", strings.Join(allowed, ", "))
		}
	}
}

func boolean(c *checker, at string, v any) {
	if _, ok := v.(bool); !ok {
		c.add(at, "must provide a boolean")
	}
}

func number(least, most float64) rule {
	return func(c *checker, at string, v any) {
		n, ok := v.(float64)
		switch {
		case !ok:
			c.add(at, "must provide a number")
		case n < least:
			c.add(at, "must be more than %v", least-1)
		case n > most:
			c.add(at, "must be less than %v", most+1)
		}
	}
}

// list has so many items, each as the rule says.
func list(least, most int, item rule) rule {
	return func(c *checker, at string, v any) {
		items, ok := v.([]any)
		switch {
		case !ok:
			c.add(at, "must provide an array")
			return
		case len(items) < least:
			c.add(at, "no fewer than %d items allowed", least)
		case len(items) > most:
			c.add(at, "no more than %d items allowed", most)
		}
		for i, it := range items {
			item(c, fmt.Sprintf("%s/%d", at, i), it)
		}
	}
}

// byType picks the rule by the value's type.
func byType(rules map[string]rule) rule {
	return func(c *checker, at string, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			c.add(at, "must provide an object")
			return
		}
		kind, ok := o["type"].(string)
		if !ok {
			c.add(at, "missing required field: type")
			return
		}
		r := rules[kind]
		if r == nil {
			c.add(at+"/type", "unsupported type: %s", kind)
			return
		}
		r(c, at, v)
	}
}

// checkMessageBlocks checks a message's blocks and returns them with the block
// ids that Slack adds. Blocks that aren't even an array come back as nil.
func checkMessageBlocks(raw json.RawMessage) (json.RawMessage, []string) {
	blocks, reasons := checkBlocks(raw, "message", maxMessageBlocks)
	switch {
	case blocks == nil:
		return nil, reasons
	case len(reasons) > 0:
		return raw, reasons
	}
	addIDs(blocks)
	return marshal(blocks), nil
}

// checkBlocks returns blocks and what is wrong with them on a surface.
func checkBlocks(raw json.RawMessage, surface string, most int) ([]any, []string) {
	blocks := []any{}
	if err := json.Unmarshal(raw, &blocks); err != nil {
		return nil, []string{"must provide an array [json-pointer:/blocks]"}
	}
	c := &checker{surface: surface}
	list(1, most, byType(blockRules))(c, "/blocks", blocks)
	c.checkIDs("/blocks", blocks)
	return blocks, c.reasons
}

// checkIDs: block ids are unique, action ids are unique in their block, and one
// element at most has the focus.
func (c *checker) checkIDs(at string, blocks []any) {
	seen := map[string]bool{}
	focused := 0
	for i, b := range blocks {
		block, _ := b.(map[string]any)
		here := fmt.Sprintf("%s/%d", at, i)
		if id, _ := block["block_id"].(string); id != "" {
			if seen[id] {
				c.add(here+"/block_id", "`block_id` must be unique: %s", id)
			}
			seen[id] = true
		}
		actions := map[string]bool{}
		for _, el := range blockElements(block) {
			id, _ := el["action_id"].(string)
			if id != "" && actions[id] {
				c.add(here, "`action_id` must be unique in a block: %s", id)
			}
			actions[id] = true
			if el["focus_on_load"] == true {
				focused++
			}
		}
	}
	if focused > 1 {
		c.add(at, "only one element may have `focus_on_load`")
	}
}

// blockElements returns the interactive elements of a block.
func blockElements(block map[string]any) []map[string]any {
	var all []map[string]any
	for _, key := range []string{"element", "accessory"} {
		if el, ok := block[key].(map[string]any); ok && el["type"] != "image" {
			all = append(all, el)
		}
	}
	if block["type"] == "actions" {
		items, _ := block["elements"].([]any)
		for _, it := range items {
			if el, ok := it.(map[string]any); ok {
				all = append(all, el)
			}
		}
	}
	return all
}

// addIDs gives ids to blocks and elements that have none, as Slack does.
func addIDs(blocks []any) {
	for _, b := range blocks {
		block := b.(map[string]any)
		if id, _ := block["block_id"].(string); id == "" {
			block["block_id"] = random()[:5]
		}
		for _, el := range blockElements(block) {
			if id, _ := el["action_id"].(string); id == "" {
				el["action_id"] = random()[:5]
			}
		}
	}
}

// marshal writes JSON as Slack does, with <, > and & as they are.
func marshal(v any) json.RawMessage {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return json.RawMessage("null")
	}
	return json.RawMessage(strings.TrimSuffix(b.String(), "\n"))
}
