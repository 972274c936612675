package authored

import (
	"strings"

	"otsbot/bot/internal/payload"
)

// table reads a table, its cells with a tab between them as they are when one
// copies them.
func (r *reader) table(b payload.Object) {
	rows, _ := b["rows"].([]any)
	if rows == nil {
		r.facts.Unknown = true
	}
	for _, row := range rows {
		cells, list := row.([]any)
		if !list {
			r.facts.Unknown, cells = true, []any{row}
		}
		texts := make([]string, len(cells))
		for i, cell := range cells {
			texts[i] = r.cell(cell)
		}
		r.add(strings.Join(texts, "\t"))
	}
}

// cell reads one cell. Slack sends null for one that is empty. One that can't be read
// keeps its place, so that no other moves into its column.
func (r *reader) cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case map[string]any:
		return r.textOf(v)
	case string:
		r.facts.Unknown = true
		return Typed(v)
	}
	r.facts.Unknown = true
	return ""
}
