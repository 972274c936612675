package authored

import (
	"cmp"
	"strconv"
	"strings"

	"otsbot/bot/internal/payload"
)

// richText reads a rich_text block: what people typed in the composer,
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
func (r *reader) richText(block payload.Object) string {
	var lines []string
	for _, part := range block.List("elements") {
		if part.Text("type") == "rich_text_list" {
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
func (r *reader) richList(list payload.Object) (lines []string) {
	indent := strings.Repeat("    ", min(max(list.Number("indent"), 0), 8))
	for i, item := range list.List("elements") {
		mark := "• "
		if list.Text("style") == "ordered" {
			mark = strconv.Itoa(list.Number("offset")+i+1) + ". "
		}
		lines = append(lines, indent+mark+r.inline(item))
	}
	return lines
}

// inline reads an element of rich text, and those in it. Of one that is new to
// Slack it takes what there is.
func (r *reader) inline(e payload.Object) string {
	switch e.Text("type") {
	case "text":
		return e.Text("text")
	case "link":
		return link(e.Text("url"), e.Text("text"))
	case "emoji":
		return emoji(e)
	case "user":
		return "@" + e.Text("user_id") // no scope to look names up
	case "usergroup":
		return "@" + e.Text("usergroup_id")
	case "team":
		return "@" + e.Text("team_id")
	case "broadcast":
		return "@" + e.Text("range")
	case "channel":
		return "#" + e.Text("channel_id")
	case "color":
		return e.Text("value")
	case "date":
		shown := date(int64(e.Number("timestamp")), e.Text("format"), e.Text("fallback"))
		if e.Text("url") != "" {
			return link(e.Text("url"), shown)
		}
		return shown
	case "rich_text_section", "rich_text_preformatted", "rich_text_quote":
	case "rich_text_list":
		return strings.Join(r.richList(e), "\n")
	default:
		r.facts.Unknown = true
	}
	var text strings.Builder
	for _, child := range e.List("elements") {
		text.WriteString(r.inline(child))
	}
	if text.Len() == 0 {
		return cmp.Or(e.Text("text"), e.Text("fallback"))
	}
	return text.String()
}

// emoji is one as it was typed: it may be part of a password.
func emoji(e payload.Object) string {
	name := ":" + e.Text("name") + ":"
	if tone := e.Number("skin_tone"); tone > 0 {
		name += ":skin-tone-" + strconv.Itoa(tone) + ":"
	}
	return name
}
