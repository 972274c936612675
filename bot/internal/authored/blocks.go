package authored

import (
	"cmp"
	"strings"

	"otsbot/bot/internal/payload"
)

// block reads one block of a message,
// https://docs.slack.dev/reference/block-kit/blocks
func (r *reader) block(b payload.Object) {
	switch b.Text("type") {
	case "actions", "context_actions", "divider":
		return // buttons and the like: nobody's text
	case "rich_text":
		r.add(r.richText(b))
		return
	case "table":
		r.table(b)
		return
	case "file": // the message has it in its files
		return
	case "image", "video":
		r.facts.Picture = true
	case "section", "header", "context", "markdown":
	default:
		r.facts.Unknown = true
	}
	// A button or menu beside a section says what can be done; a picture is one.
	if b.Object("accessory").Text("type") == "image" {
		r.facts.Picture = true
	}
	before := len(r.lines)
	for _, part := range []string{"title", "text", "description", "fields", "elements"} {
		r.part(b[part])
	}
	if len(r.lines) == before {
		r.add(Typed(b.Text("alt_text")))
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
	case "rich_text":
		return r.richText(o)
	case "image":
		r.facts.Picture = true
		return Typed(o.Text("alt_text"))
	}
	r.facts.Unknown = true
	return fromMarkdown(cmp.Or(o.Text("text"), o.Text("fallback")))
}

// table reads a table, its cells with a tab between them as they are when one
// copies them.
func (r *reader) table(b payload.Object) {
	rows, _ := b["rows"].([]any)
	if rows == nil {
		r.facts.Unknown = true
	}
	for _, row := range rows {
		var cells []string
		for _, cell := range payload.Objects(row) {
			cells = append(cells, r.textOf(cell))
		}
		r.add(strings.Join(cells, "\t"))
	}
}
