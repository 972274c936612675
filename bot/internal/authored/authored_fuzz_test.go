package authored

import (
	"regexp"
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
		for _, word := range strings.Fields(visible(m)) {
			if !strings.Contains(read.Text.Reveal(), word) {
				t.Errorf("%q of %s is lost: read %q", word, message, read.Text.Reveal())
			}
		}
	})
}

// visible are the words that one sees in a message of known kinds: a second,
// simpler opinion about it.
func visible(m payload.Object) string {
	words, bare := "", true
	for _, b := range m.List("blocks") {
		if kind := b.Text("type"); kind != "actions" && kind != "context_actions" && kind != "divider" && kind != "file" {
			words, bare = words+" "+inBlock(b), false
		}
	}
	if bare && !placeholder(m.Text("text")) {
		words += " " + inMarkdown(m.Text("text"))
	}
	for _, a := range m.List("attachments") {
		words += " " + inAttachment(a)
	}
	return words
}

func inAttachment(a payload.Object) (words string) {
	shared := a.Flag("is_share") || a.Flag("is_msg_unfurl") || a.Flag("is_reply_unfurl") || a.Flag("is_thread_root_unfurl")
	if !shared && (a.Text("from_url") != "" || a.Text("original_url") != "" || a.Flag("is_app_unfurl")) {
		return ""
	}
	for _, further := range a.List("attachments") {
		words += " " + inAttachment(further)
	}
	if quoted := a.List("message_blocks"); shared && len(quoted) > 0 {
		for _, q := range quoted {
			words += " " + visible(q.Object("message"))
		}
		return words
	}
	words += " " + visible(payload.Object{"blocks": a["blocks"]})
	if shared {
		return words + " " + visible(payload.Object{"blocks": a["blocks"], "text": a["text"]})
	}
	for _, name := range []string{"pretext", "author_name", "title", "text", "footer"} {
		words += " " + inMarkdown(a.Text(name))
	}
	for _, field := range a.List("fields") {
		words += " " + inMarkdown(field.Text("title")) + " " + inMarkdown(field.Text("value"))
	}
	return words
}

func inBlock(b payload.Object) (words string) {
	if len(b) == 0 {
		return ""
	}
	switch b.Text("type") {
	case "rich_text":
		return inRichText(b)
	case "table":
		for _, cell := range b.List("rows") {
			words += " " + inBlock(cell)
		}
		return words
	case "mrkdwn":
		return inMarkdown(b.Text("text"))
	}
	for _, name := range []string{"title", "text", "description"} {
		words += " " + Typed(b.Text(name)) + " " + inBlock(b.Object(name))
	}
	for _, part := range append(b.List("fields"), b.List("elements")...) {
		words += " " + inBlock(part)
	}
	return words
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
