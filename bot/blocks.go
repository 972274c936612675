package bot

import "strings"

// block reads one block of a message,
// https://docs.slack.dev/reference/block-kit/blocks
func (r *reader) block(b object) {
	switch b.text("type") {
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
	if b.object("accessory").text("type") == "image" {
		r.facts.Picture = true
	}
	before := len(r.lines)
	for _, part := range []string{"title", "text", "description", "fields", "elements"} {
		r.part(b[part])
	}
	if len(r.lines) == before {
		r.add(typed(b.text("alt_text")))
	}
}

// part reads what has a text in a block: a string, an object, or a list.
func (r *reader) part(v any) {
	switch v := v.(type) {
	case string:
		r.add(typed(v)) // of a markdown block, whose text is as it was written
	case []any:
		for _, one := range v {
			r.part(one)
		}
	case map[string]any:
		r.add(r.textOf(v))
	}
}

// textOf reads a text object, an image among them, or a cell of a table.
func (r *reader) textOf(o object) string {
	switch o.text("type") {
	case "mrkdwn":
		return fromMarkdown(o.text("text"))
	case "plain_text", "raw_text":
		return typed(o.text("text"))
	case "rich_text":
		return r.richText(o)
	case "image":
		r.facts.Picture = true
		return typed(o.text("alt_text"))
	}
	r.facts.Unknown = true
	return fromMarkdown(either(o.text("text"), o.text("fallback")))
}

// table reads a table, its cells with a tab between them as they are when one
// copies them.
func (r *reader) table(b object) {
	rows, _ := b["rows"].([]any)
	if rows == nil {
		r.facts.Unknown = true
	}
	for _, row := range rows {
		var cells []string
		for _, cell := range objects(row) {
			cells = append(cells, r.textOf(cell))
		}
		r.add(strings.Join(cells, "\t"))
	}
}
