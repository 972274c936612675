package bot

import (
	"strconv"
	"strings"
)

// richText reads a rich_text block: what people typed in the composer,
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
func (r *reader) richText(block object) string {
	var lines []string
	for _, part := range block.list("elements") {
		if part.text("type") == "rich_text_list" {
			lines = append(lines, r.richList(part)...)
			continue
		}
		// Slack ends a section before a list with a newline of its own.
		lines = append(lines, strings.TrimSuffix(r.inline(part), "\n"))
	}
	return strings.Join(lines, "\n")
}

// richList reads a list, one string for each of its items. One inside another
// is a list of its own to Slack, with an indent.
func (r *reader) richList(list object) (lines []string) {
	indent := strings.Repeat("    ", min(max(list.number("indent"), 0), 8))
	for i, item := range list.list("elements") {
		mark := "• "
		if list.text("style") == "ordered" {
			mark = strconv.Itoa(list.number("offset")+i+1) + ". "
		}
		lines = append(lines, indent+mark+r.inline(item))
	}
	return lines
}

// inline reads an element of rich text, and those in it. Of one that is new to
// Slack it takes what there is.
func (r *reader) inline(e object) string {
	switch e.text("type") {
	case "text":
		return e.text("text")
	case "link":
		return link(e.text("url"), e.text("text"))
	case "emoji":
		return emoji(e)
	case "user":
		return "@" + e.text("user_id") // no scope to look names up
	case "usergroup":
		return "@" + e.text("usergroup_id")
	case "team":
		return "@" + e.text("team_id")
	case "broadcast":
		return "@" + e.text("range")
	case "channel":
		return "#" + e.text("channel_id")
	case "color":
		return e.text("value")
	case "date":
		if e.text("url") != "" {
			return link(e.text("url"), e.text("fallback"))
		}
		return either(e.text("fallback"), strconv.Itoa(e.number("timestamp")))
	case "rich_text_section", "rich_text_preformatted", "rich_text_quote":
	case "rich_text_list":
		return strings.Join(r.richList(e), "\n")
	default:
		r.facts.Unknown = true
	}
	var text strings.Builder
	for _, child := range e.list("elements") {
		text.WriteString(r.inline(child))
	}
	if text.Len() == 0 {
		return either(e.text("text"), e.text("fallback"))
	}
	return text.String()
}

// emoji is one as it was typed: it may be part of a password.
func emoji(e object) string {
	name := ":" + e.text("name") + ":"
	if tone := e.number("skin_tone"); tone > 0 {
		name += ":skin-tone-" + strconv.Itoa(tone) + ":"
	}
	return name
}
