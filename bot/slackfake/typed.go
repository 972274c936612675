package slackfake

import (
	"encoding/json"
	"regexp"
	"strings"
)

// autolink is what Slack's client makes a link of while a person types: web
// addresses, bare domains, e-mail addresses.
var autolink = regexp.MustCompile(`https?://[^\s<>]+|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}|\b(?:[A-Za-z0-9-]+\.)+(?:com|org|net|io|dev)\b(?:/[^\s<>]*)?`)

// typed turns what a person typed into the text and the rich_text block that
// Slack keeps.
func typed(s string) (text string, blocks json.RawMessage) {
	var out strings.Builder
	var elements []any
	plain := func(piece string) {
		if piece != "" {
			out.WriteString(escape(piece))
			elements = append(elements, map[string]any{"type": "text", "text": piece})
		}
	}
	last := 0
	for _, at := range autolink.FindAllStringIndex(s, -1) {
		plain(s[last:at[0]])
		found := s[at[0]:at[1]]
		url := found
		switch {
		case strings.Contains(found, "://"):
			out.WriteString("<" + escape(found) + ">")
			elements = append(elements, map[string]any{"type": "link", "url": found})
		default:
			if strings.Contains(found, "@") {
				url = "mailto:" + found
			} else {
				url = "http://" + found
			}
			out.WriteString("<" + escape(url) + "|" + escape(found) + ">")
			elements = append(elements, map[string]any{"type": "link", "url": url, "text": found})
		}
		last = at[1]
	}
	plain(s[last:])
	return out.String(), marshal([]any{map[string]any{
		"type": "rich_text", "block_id": random()[:5],
		"elements": []any{map[string]any{"type": "rich_text_section", "elements": elements}},
	}})
}
