package slackfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
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

// viewer is who reads a text: names and dates depend on it.
type viewer struct {
	names map[string]string
	zone  *time.Location
	now   time.Time
}

func (w *Workspace) viewer(user string) *viewer {
	v := &viewer{names: map[string]string{BotUserID: "app", SlackbotID: "Slackbot"}, zone: time.UTC, now: w.opt.Clock()}
	for id, u := range w.users {
		v.names[id] = u.Name
	}
	for id, c := range w.channels {
		if c.visibleTo(user) {
			v.names[id] = c.Name
		}
	}
	if u := w.users[user]; u != nil {
		v.zone = u.zone()
	}
	return v
}

func (v *viewer) name(id string) string {
	if v != nil && v.names[id] != "" {
		return v.names[id]
	}
	return id
}

var (
	// control is what stands in angle brackets in mrkdwn.
	control = regexp.MustCompile(`<([^<>\n]+)>`)
	code    = regexp.MustCompile("```[\\s\\S]*?```|`[^`\n]+`")
	bareURL = regexp.MustCompile(`\b(?:https?://|mailto:)[^\s<>|"` + "`" + `]+`)
	bold    = regexp.MustCompile(`(^|[\s("'])([*_~])(\S(?:[^*_~\n]*\S)?)[*_~]($|[\s).,:;!?"'])`)
	dateFmt = regexp.MustCompile(`\{[a-z_]+\}`)
)

// mrkdwn renders marked-up text as a person reads it.
func (v *viewer) mrkdwn(s string) string {
	var out strings.Builder
	last := 0
	for _, span := range code.FindAllStringIndex(s, -1) {
		out.WriteString(bold.ReplaceAllString(v.controls(s[last:span[0]]), "$1$3$4"))
		out.WriteString(v.controls(strings.Trim(s[span[0]:span[1]], "`")))
		last = span[1]
	}
	out.WriteString(bold.ReplaceAllString(v.controls(s[last:]), "$1$3$4"))
	return unescape(out.String())
}

func (v *viewer) controls(s string) string {
	return control.ReplaceAllStringFunc(s, func(m string) string { return v.control(m[1 : len(m)-1]) })
}

// control renders one <…>: a mention, a date, or a link.
func (v *viewer) control(inner string) string {
	target, label, labelled := strings.Cut(inner, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		return "@" + v.name(target[1:])
	case strings.HasPrefix(target, "#"):
		if labelled && label != "" {
			return "#" + label
		}
		return "#" + v.name(target[1:])
	case strings.HasPrefix(target, "!date^"):
		return v.date(target, label)
	case strings.HasPrefix(target, "!subteam^") && labelled:
		return label
	case strings.HasPrefix(target, "!"):
		return "@" + target[1:]
	case labelled:
		return label
	}
	return strings.TrimPrefix(target, "mailto:")
}

// date renders <!date^unix^format^link|fallback> in the viewer's time zone,
// https://docs.slack.dev/messaging/formatting-message-text#date-formatting
func (v *viewer) date(target, fallback string) string {
	parts := strings.Split(target, "^")
	if len(parts) < 3 || v == nil {
		return fallback
	}
	unix, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return fallback
	}
	at := time.Unix(unix, 0).In(v.zone)
	known := true
	shown := dateFmt.ReplaceAllStringFunc(parts[2], func(token string) string {
		s, ok := v.dateToken(strings.Trim(token, "{}"), at)
		known = known && ok
		return s
	})
	if !known {
		return fallback
	}
	return shown
}

func (v *viewer) dateToken(token string, at time.Time) (string, bool) {
	short := at.Format("Jan 2, 2006")
	long := fmt.Sprintf("%s %d%s, %d", at.Month(), at.Day(), ordinal(at.Day()), at.Year())
	switch token {
	case "date_num":
		return at.Format(time.DateOnly), true
	case "date_slash":
		return at.Format("01/02/2006"), true
	case "date":
		return long, true
	case "date_pretty":
		return v.pretty(at, long), true
	case "date_short":
		return short, true
	case "date_short_pretty":
		return v.pretty(at, short), true
	case "date_long":
		return at.Weekday().String() + ", " + long, true
	case "date_long_pretty":
		return v.pretty(at, at.Weekday().String()+", "+long), true
	case "time":
		return at.Format("3:04 PM"), true
	case "time_secs":
		return at.Format("3:04:05 PM"), true
	}
	return "", false
}

func (v *viewer) pretty(at time.Time, otherwise string) string {
	now := v.now.In(v.zone)
	for days, word := range map[int]string{-1: "yesterday", 0: "today", 1: "tomorrow"} {
		if now.AddDate(0, 0, days).Format(time.DateOnly) == at.Format(time.DateOnly) {
			return word
		}
	}
	return otherwise
}

func ordinal(n int) string {
	if n%100 >= 11 && n%100 <= 13 {
		return "th"
	}
	switch n % 10 {
	case 1:
		return "st"
	case 2:
		return "nd"
	case 3:
		return "rd"
	}
	return "th"
}

// PlainText is all the text of the message as the person reads it: names for
// ids, dates in the person's time zone, links by their label, no markup. With
// blocks, that is the blocks' text; buttons stand in brackets.
func (m Message) PlainText() string {
	blocks := decodeBlocks(m.Blocks)
	if len(blocks) == 0 {
		return m.viewer.mrkdwn(m.Text)
	}
	return m.viewer.blocks(blocks)
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
