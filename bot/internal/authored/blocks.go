package authored

import (
	"cmp"
	"strconv"
	"strings"

	"otsbot/bot/internal/payload"
)

// block reads one block of a message,
// https://docs.slack.dev/reference/block-kit/blocks
func (r *reader) block(b payload.Object) {
	switch b.Text("type") {
	case "divider":
	case "file": // the message has it in its files
	case "actions", "context_actions":
		r.controls(b.List("elements"))
	case "rich_text":
		r.add(r.richText(b))
	case "table", "data_table":
		r.part(b["caption"])
		r.table(b)
	case "carousel":
		r.blocks(b.List("elements"))
	case "layout":
		r.layout(b)
	case "image", "video":
		r.facts.Picture = true
		r.parts(b)
	case "section", "header", "context", "markdown", "card", "container":
		r.parts(b)
	default:
		r.facts.Unknown = true
		r.parts(b)
	}
}

func (r *reader) blocks(all []payload.Object) {
	for _, b := range all {
		r.block(b)
	}
}

// parts reads what a block may have, from top to bottom.
func (r *reader) parts(b payload.Object) {
	before := len(r.lines)
	for _, name := range []string{"accessory", "icon", "hero_image"} {
		if b.Object(name).Text("type") == "image" {
			r.facts.Picture = true
		}
	}
	r.title(b)
	for _, name := range []string{"subtitle", "text", "body", "subtext", "description", "author_name", "provider_name", "fields", "elements"} {
		r.part(b[name])
	}
	if len(r.lines) == before {
		r.add(Typed(b.Text("alt_text")))
	}
	if beside := b.Object("accessory"); beside.Text("type") != "image" {
		r.add(r.control(beside))
	}
	r.controls(b.List("actions"))
	r.blocks(b.List("child_blocks"))
}

// title reads a block's title, which may lead somewhere. Of two, Slack shows the
// one in rich text.
func (r *reader) title(b payload.Object) {
	rich := ""
	for _, part := range b.List("rich_text_title") {
		if part.Text("type") == "rich_text" {
			rich += r.richText(part)
		} else {
			rich += r.inline(part)
		}
	}
	switch address := Typed(b.Text("title_url")); {
	case strings.TrimSpace(rich) != "":
		r.add(rich)
	case address != "":
		r.add(link(address, r.textOf(b.Object("title"))))
	default:
		r.part(b["title"])
	}
}

// layout reads blocks that stand side by side. Its label is for screen readers, where
// it isn't shown.
func (r *reader) layout(b payload.Object) {
	if b.Flag("is_label_visible") {
		r.part(b["label"])
	}
	for _, row := range b.List("rows") {
		for _, item := range row.List("items") {
			r.block(item.Object("block"))
		}
	}
}

// part reads what has a text in a block: a string, an object, or a list.
func (r *reader) part(v any) {
	switch v := v.(type) {
	case string:
		r.add(Typed(v)) // of a markdown block, whose text is as it was written
	case []any:
		for _, one := range v {
			r.part(one)
		}
	case map[string]any:
		r.add(r.textOf(v))
	}
}

// textOf reads a text object, an image among them, or a cell of a table.
func (r *reader) textOf(o payload.Object) string {
	switch o.Text("type") {
	case "mrkdwn":
		return fromMarkdown(o.Text("text"))
	case "plain_text", "raw_text":
		return Typed(o.Text("text"))
	case "raw_number":
		value, _ := o["value"].(float64)
		return cmp.Or(Typed(o.Text("text")), strconv.FormatFloat(value, 'f', -1, 64))
	case "action_cell":
		return r.control(o.Object("element"))
	case "rich_text":
		return r.richText(o)
	case "image":
		r.facts.Picture = true
		return Typed(o.Text("alt_text"))
	}
	r.facts.Unknown = true
	return fromMarkdown(cmp.Or(o.Text("text"), o.Text("fallback")))
}
