package slackfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// escape writes text as Slack passes it on: three characters, and no others,
// https://docs.slack.dev/messaging/formatting-message-text#escaping
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// unescape undoes escape, ampersand last.
func unescape(s string) string {
	return strings.ReplaceAll(strings.NewReplacer("&lt;", "<", "&gt;", ">").Replace(s), "&amp;", "&")
}

// PlainText is all the text of the message as the person reads it: names for
// ids, dates in the person's time zone, links by their label, no markup. With
// blocks, that is the blocks' text; buttons stand in brackets.
func (m Message) PlainText() string {
	said := m.viewer.mrkdwn(m.Text)
	if blocks := decodeBlocks(m.Blocks); len(blocks) > 0 {
		said = m.viewer.blocks(blocks)
	}
	lines := m.viewer.attached(m)
	if said != "" {
		lines = append([]string{said}, lines...)
	}
	return strings.Join(lines, "\n")
}

// attached are what is forwarded with a message, with who wrote it, and the
// names of its files.
func (v *viewer) attached(m Message) (lines []string) {
	walk(append(decodeBlocks(m.Attachments), decodeBlocks(m.Files)...), func(o map[string]any) {
		if o["type"] != nil {
			return // of a block, which is shown as a whole
		}
		if blocks, _ := o["blocks"].([]any); len(blocks) > 0 {
			lines = append(lines, v.blocks(blocks))
		}
		for _, key := range []string{"author_name", "pretext", "title", "text", "value", "footer", "name"} {
			if s, _ := o[key].(string); s != "" && (key != "text" || o["message_blocks"] == nil) {
				lines = append(lines, v.mrkdwn(s))
			}
		}
	})
	return lines
}

func decodeBlocks(raw json.RawMessage) []any {
	var blocks []any
	json.Unmarshal(raw, &blocks)
	return blocks
}

func (v *viewer) blocks(blocks []any) string {
	var lines []string
	for _, b := range blocks {
		block, _ := b.(map[string]any)
		if s := v.block(block); s != "" {
			lines = append(lines, s)
		}
	}
	return strings.Join(lines, "\n")
}

func (v *viewer) block(block map[string]any) string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	add(v.text(block["label"]))
	add(v.text(block["title"]))
	add(v.text(block["text"]))
	fields, _ := block["fields"].([]any)
	for _, f := range fields {
		add(v.text(f))
	}
	if block["type"] == "rich_text" {
		add(v.richText(block))
	} else if elements, _ := block["elements"].([]any); block["type"] == "context" {
		for _, el := range elements {
			add(v.text(el))
			add(altText(el))
		}
	}
	add(altText(block))
	for _, el := range blockElements(block) {
		if el["type"] == "button" {
			add("[" + textOf(el["text"]) + "]")
		}
	}
	add(v.text(block["hint"]))
	separator := "\n"
	if block["type"] == "actions" || block["type"] == "context" {
		separator = " "
	}
	return strings.Join(parts, separator)
}

func altText(el any) string {
	o, _ := el.(map[string]any)
	s, _ := o["alt_text"].(string)
	return s
}

// text renders a text object.
func (v *viewer) text(obj any) string {
	o, _ := obj.(map[string]any)
	s, _ := o["text"].(string)
	if o["type"] == "mrkdwn" {
		return v.mrkdwn(s)
	}
	return s
}

// richText renders a rich_text block or part of one.
func (v *viewer) richText(node map[string]any) string {
	var out strings.Builder
	elements, _ := node["elements"].([]any)
	for i, e := range elements {
		el, _ := e.(map[string]any)
		switch el["type"] {
		case "text":
			s, _ := el["text"].(string)
			out.WriteString(s)
		case "link":
			s, _ := el["text"].(string)
			if s == "" {
				s, _ = el["url"].(string)
			}
			out.WriteString(s)
		case "user":
			id, _ := el["user_id"].(string)
			out.WriteString("@" + v.name(id))
		case "channel":
			id, _ := el["channel_id"].(string)
			out.WriteString("#" + v.name(id))
		case "broadcast":
			out.WriteString(fmt.Sprintf("@%v", el["range"]))
		case "emoji":
			out.WriteString(fmt.Sprintf(":%v:", el["name"]))
		default:
			if i > 0 {
				out.WriteString("\n")
			}
			out.WriteString(v.richText(el))
		}
	}
	return out.String()
}

// Links returns the URLs that the person can click in the message: in links,
// bare in the text, on buttons. A URL inside code is none, unless it is marked
// up as a link there.
func (m Message) Links() []string {
	blocks := decodeBlocks(m.Blocks)
	if len(blocks) == 0 {
		return linksIn(m.Text, true)
	}
	var links []string
	walk(blocks, func(o map[string]any) {
		s, _ := o["text"].(string)
		switch o["type"] {
		case "mrkdwn":
			links = append(links, linksIn(s, o["verbatim"] != true)...)
		case "link", "button":
			if u, _ := o["url"].(string); u != "" {
				links = append(links, u)
			}
		}
	})
	return links
}

// linksIn finds the links of mrkdwn text, bare ones only if asked.
func linksIn(s string, bare bool) []string {
	var links []string
	plain := control.ReplaceAllStringFunc(s, func(m string) string {
		target, _, _ := strings.Cut(m[1:len(m)-1], "|")
		if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
			links = append(links, unescape(target))
		}
		return " "
	})
	if bare {
		for _, u := range bareURL.FindAllString(code.ReplaceAllString(plain, " "), -1) {
			links = append(links, unescape(strings.TrimRight(u, ".,;:!?)'*_~")))
		}
	}
	return links
}

// Buttons returns the labels of the message's buttons, in order.
func (m Message) Buttons() []string { return buttonLabels(decodeBlocks(m.Blocks)) }

func buttonLabels(blocks []any) []string {
	var labels []string
	for _, b := range blocks {
		block, _ := b.(map[string]any)
		for _, el := range blockElements(block) {
			if el["type"] == "button" {
				labels = append(labels, textOf(el["text"]))
			}
		}
	}
	return labels
}

// walk visits every object in a decoded JSON value.
func walk(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		visit(v)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			walk(v[key], visit)
		}
	case []any:
		for _, item := range v {
			walk(item, visit)
		}
	}
}

// findURLs returns every web address anywhere in a message, clickable or not:
// what a link expander would look at.
func findURLs(text string, blocks json.RawMessage) []string {
	var urls []string
	collect := func(s string) {
		for _, u := range bareURL.FindAllString(s, -1) {
			u = unescape(strings.TrimRight(u, ".,;:!?)'*_~"))
			if strings.HasPrefix(u, "http") && !slices.Contains(urls, u) {
				urls = append(urls, u)
			}
		}
	}
	collect(text)
	walk(decodeBlocks(blocks), func(o map[string]any) {
		for _, key := range []string{"text", "url"} {
			s, _ := o[key].(string)
			collect(s)
		}
	})
	return urls
}
