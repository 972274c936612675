package bot

import (
	"regexp"
	"strings"
	"testing"
)

// FuzzAuthored: no text that a message's reader sees is lost without a word. A
// message that holds a part of an unknown kind says so, whatever it holds.
func FuzzAuthored(f *testing.F) {
	for _, c := range messageCases() {
		f.Add(c.message)
	}
	f.Fuzz(func(t *testing.T, message string) {
		m := readObject([]byte(message))
		read := readMessage(m)
		if read.facts.Unknown {
			if !strings.Contains(read.facts.notice(), "I can't read a part") {
				t.Error("nothing is said of a part that can't be read")
			}
			return
		}
		for _, word := range strings.Fields(visible(m)) {
			if !strings.Contains(read.text.Reveal(), word) {
				t.Errorf("%q of %s is lost: read %q", word, message, read.text.Reveal())
			}
		}
	})
}

// visible are the words that one sees in a message of known kinds: a second,
// simpler opinion about it.
func visible(m object) string {
	words, bare := "", true
	for _, b := range m.list("blocks") {
		if kind := b.text("type"); kind != "actions" && kind != "context_actions" && kind != "divider" && kind != "file" {
			words, bare = words+" "+inBlock(b), false
		}
	}
	if bare && !placeholder(m.text("text")) {
		words += " " + inMarkdown(m.text("text"))
	}
	for _, a := range m.list("attachments") {
		words += " " + inAttachment(a)
	}
	return words
}

func inAttachment(a object) (words string) {
	shared := a.flag("is_share") || a.flag("is_msg_unfurl") || a.flag("is_reply_unfurl") || a.flag("is_thread_root_unfurl")
	if !shared && (a.text("from_url") != "" || a.text("original_url") != "" || a.flag("is_app_unfurl")) {
		return ""
	}
	for _, further := range a.list("attachments") {
		words += " " + inAttachment(further)
	}
	if quoted := a.list("message_blocks"); shared && len(quoted) > 0 {
		for _, q := range quoted {
			words += " " + visible(q.object("message"))
		}
		return words
	}
	words += " " + visible(object{"blocks": a["blocks"]})
	if shared {
		return words + " " + visible(object{"blocks": a["blocks"], "text": a["text"]})
	}
	for _, name := range []string{"pretext", "author_name", "title", "text", "footer"} {
		words += " " + inMarkdown(a.text(name))
	}
	for _, field := range a.list("fields") {
		words += " " + inMarkdown(field.text("title")) + " " + inMarkdown(field.text("value"))
	}
	return words
}

func inBlock(b object) (words string) {
	if len(b) == 0 {
		return ""
	}
	switch b.text("type") {
	case "rich_text":
		return inRichText(b)
	case "table":
		for _, cell := range b.list("rows") {
			words += " " + inBlock(cell)
		}
		return words
	case "mrkdwn":
		return inMarkdown(b.text("text"))
	}
	for _, name := range []string{"title", "text", "description"} {
		words += " " + typed(b.text(name)) + " " + inBlock(b.object(name))
	}
	for _, part := range append(b.list("fields"), b.list("elements")...) {
		words += " " + inBlock(part)
	}
	return words
}

func inRichText(e object) (words string) {
	switch e.text("type") {
	case "text":
		return e.text("text")
	case "link":
		return inLink(e.text("url"), e.text("text"))
	}
	for _, child := range e.list("elements") {
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
	markup  = regexp.MustCompile(`<[^<>]*>`)
	schemes = regexp.MustCompile(`^(?i:https?://|mailto:|tel:)`)
)

// inMarkdown leaves out what stands in angle brackets, but for links.
func inMarkdown(text string) (words string) {
	for _, m := range markup.FindAllString(text, -1) {
		address, label, _ := strings.Cut(m[1:len(m)-1], "|")
		if address != "" && !strings.ContainsAny(address[:1], "@#!") {
			words += " " + typed(inLink(address, label))
		}
	}
	for _, between := range markup.Split(text, -1) {
		words += " " + typed(between)
	}
	return words
}

func FuzzTypedGivesBackWhatWasEscaped(f *testing.F) {
	f.Add("a&b<c>&amp;&lt;")
	f.Fuzz(func(t *testing.T, text string) {
		if got := typed(escape(text)); got != text {
			t.Errorf("typed(escape(%q)) = %q", text, got)
		}
	})
}
