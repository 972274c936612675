package authored

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"otsbot/bot/internal/payload"
)

// FuzzAuthored: no text that a message's reader sees is lost without a word. A
// message that holds a part of an unknown kind says so, whatever it holds.
func FuzzAuthored(f *testing.F) {
	for _, c := range messageCases() {
		f.Add(c.message)
	}
	f.Fuzz(func(t *testing.T, message string) {
		m := payload.ReadObject([]byte(message))
		read := Read(m)
		if read.Facts.Unknown {
			return // which the form says
		}
		for _, word := range strings.Fields(eye{read.Facts}.message(m)) {
			if !strings.Contains(read.Text.Reveal(), word) {
				t.Errorf("%q of %s is lost: read %q", word, message, read.Text.Reveal())
			}
		}
	})
}

// eye sees the words in a message of known kinds: a second, simpler opinion about it.
// It passes over what is said not to be taken.
type eye struct{ said Facts }

func (e eye) message(m payload.Object) string {
	words, bare := "", true
	for _, b := range m.List("blocks") {
		words += " " + e.block(b)
		switch b.Text("type") {
		case "actions", "context_actions":
			bare = bare && !leads(b.List("elements"))
		case "divider", "file":
		default:
			bare = false
		}
	}
	if bare && !placeholder(m.Text("text")) {
		words += " " + inMarkdown(m.Text("text"))
	}
	for _, a := range m.List("attachments") {
		words += " " + e.attachment(a)
	}
	return words
}

func (e eye) attachment(a payload.Object) (words string) {
	shared := a.Flag("is_share") || a.Flag("is_msg_unfurl") || a.Flag("is_reply_unfurl") || a.Flag("is_thread_root_unfurl")
	if !shared && e.said.Preview && (a.Text("from_url") != "" || a.Text("original_url") != "" || a.Flag("is_app_unfurl")) {
		return ""
	}
	for _, further := range a.List("attachments") {
		words += " " + e.attachment(further)
	}
	if quoted := a.List("message_blocks"); shared && len(quoted) > 0 {
		for _, q := range quoted {
			words += " " + e.message(q.Object("message"))
		}
		return words
	}
	words += " " + e.message(payload.Object{"blocks": a["blocks"]})
	if shared {
		return words + " " + e.message(payload.Object{"blocks": a["blocks"], "text": a["text"]})
	}
	for _, name := range []string{"pretext", "author_name", "title", "text", "footer"} {
		words += " " + inMarkdown(a.Text(name))
	}
	for name, link := range map[string]string{"author_name": "author_link", "title": "title_link"} {
		if strings.TrimSpace(inMarkdown(a.Text(name))) != "" {
			words += " " + Typed(inLink(a.Text(link), ""))
		}
	}
	for _, field := range a.List("fields") {
		words += " " + inMarkdown(field.Text("title")) + " " + inMarkdown(field.Text("value"))
	}
	return words + e.controls(a.List("actions"))
}

func (e eye) block(b payload.Object) (words string) {
	if len(b) == 0 {
		return ""
	}
	switch b.Text("type") {
	case "divider", "file":
		return ""
	case "actions", "context_actions":
		return e.controls(b.List("elements"))
	case "action_cell":
		return e.controls(b.List("element"))
	case "rich_text":
		return inRichText(b)
	case "mrkdwn":
		return inMarkdown(b.Text("text"))
	case "plain_text", "raw_text", "raw_number":
		return Typed(b.Text("text"))
	case "layout":
		for _, row := range b.List("rows") {
			for _, item := range row.List("items") {
				words += " " + e.block(item.Object("block"))
			}
		}
		return words
	}
	title := " " + Typed(b.Text("title")) + " " + e.block(b.Object("title"))
	for _, part := range b.List("rich_text_title") {
		if words += " " + inRichText(part); strings.TrimSpace(words) != "" {
			title = ""
		}
	}
	words += title + " " + Typed(b.Text("caption"))
	for _, name := range []string{"subtitle", "text", "body", "subtext", "description"} {
		words += " " + Typed(b.Text(name)) + " " + e.block(b.Object(name))
	}
	for _, name := range []string{"fields", "elements", "rows", "child_blocks"} {
		for _, part := range b.List(name) {
			words += " " + e.block(part)
		}
	}
	if beside := b.Object("accessory"); beside.Text("type") != "image" {
		words += e.controls([]payload.Object{beside})
	}
	return words + e.controls(b.List("actions"))
}

// controls are buttons and menus, and what can be chosen in them.
func (e eye) controls(all []payload.Object) (words string) {
	for _, c := range all {
		if c.Text("url") != "" || !e.said.Buttons {
			words += " " + Typed(inLink(c.Text("url"), c.Text("text")+" "+c.Object("text").Text("text")))
		}
		for _, name := range []string{"options", "option_groups"} {
			words += e.controls(c.List(name))
		}
	}
	return words
}

func leads(all []payload.Object) bool {
	return slices.ContainsFunc(all, func(c payload.Object) bool {
		return c.Text("url") != "" || leads(c.List("options")) || leads(c.List("option_groups"))
	})
}

func inRichText(e payload.Object) (words string) {
	switch e.Text("type") {
	case "text":
		return e.Text("text")
	case "link":
		return inLink(e.Text("url"), e.Text("text"))
	case "date":
		return inDate(e.Text("format"))
	}
	for _, child := range e.List("elements") {
		words += " " + inRichText(child)
	}
	return words
}

// inLink is label and address; a telephone number may be written in other ways.
func inLink(address, label string) string {
	if strings.HasPrefix(address, "tel:") && label != "" {
		return label
	}
	return label + " " + strings.TrimSuffix(schemes.ReplaceAllString(address, ""), "/")
}

var (
	dateTokens = regexp.MustCompile(`\{(date|date_num|date_slash|date_long|date_long_full|date_short|date_pretty|date_long_pretty|date_short_pretty|day_divider_pretty|time|time_secs|ago)\}`)

	markup  = regexp.MustCompile(`<[^<>]*>`)
	dates   = regexp.MustCompile(`^!date\^[0-9]{1,15}\^([^|^]*)`)
	schemes = regexp.MustCompile(`^(?i:https?://|mailto:|tel:)`)
)

// inDate are the words of a date's format.
func inDate(format string) string {
	if words := dateTokens.ReplaceAllString(format, " "); !strings.ContainsAny(words, "{}") {
		return words
	}
	return ""
}

// inMarkdown leaves out what stands in angle brackets, but for links and dates.
func inMarkdown(text string) (words string) {
	for _, m := range markup.FindAllString(text, -1) {
		if date := dates.FindStringSubmatch(m[1 : len(m)-1]); date != nil {
			words += " " + Typed(inDate(date[1]))
		}
		address, label, _ := strings.Cut(m[1:len(m)-1], "|")
		if address != "" && !strings.ContainsAny(address[:1], "@#!") {
			words += " " + Typed(inLink(address, label))
		}
	}
	for _, between := range markup.Split(text, -1) {
		words += " " + Typed(between)
	}
	return words
}
