package bot

import (
	"strings"

	"otsbot/otsclient"
)

// source is what a person who looks at a message reads in it.
type source struct {
	text   otsclient.Plaintext
	author string // whom to tell about it; "" if an app wrote it
	facts  facets
}

// readMessage reads a message as its reader sees it, from top to bottom: its
// blocks, or its text if it has none, then what is attached. Entities are
// undone, and so are the links that Slack made. What can't be put behind a
// link is noted, so that it can be said.
func readMessage(m object) source {
	var r reader
	r.message(m)
	s := source{text: otsclient.NewPlaintext(strings.Join(r.lines, "\n")), author: m.text("user"), facts: r.facts}
	if writtenByApp(m) {
		s.author, s.facts.App = "", true
	}
	return s
}

// writtenByApp: an app's message may have a user besides, which is the app's
// own and can't be sent a direct message.
func writtenByApp(m object) bool {
	user := m.text("user")
	return user == "" || user == "USLACKBOT" || m.text("bot_id") != "" ||
		m.text("subtype") == "bot_message" || len(m.object("bot_profile")) > 0
}

// reader collects what stands in a message, one string for each of its parts.
type reader struct {
	lines []string
	facts facets
}

func (r *reader) add(text string) {
	if strings.TrimSpace(text) != "" {
		r.lines = append(r.lines, text)
	}
}

// message reads one message, or one that is shown in another. Where there are
// blocks, Slack shows them and not the text. The rich_text block that it makes
// of what people type is more exact than the text, too.
func (r *reader) message(m object) {
	before := len(r.lines)
	for _, block := range m.list("blocks") {
		r.block(block)
	}
	if text := m.text("text"); len(r.lines) == before && !placeholder(text) {
		r.add(fromMarkdown(text))
	}
	for _, attached := range m.list("attachments") {
		r.attachment(attached)
	}
	r.files(m.list("files"))
}

// placeholder says whether a text is Slack's own, in place of one that an app
// didn't give, and not what anybody wrote.
func placeholder(text string) bool {
	switch strings.ReplaceAll(strings.TrimSpace(text), "’", "'") {
	case "This content can't be displayed.", "This message contains interactive elements.", "[no preview available]":
		return true
	}
	return false
}

// files are named and not taken: their content is not in the payload, and to
// fetch it the app would need to read all files of the workspace.
func (r *reader) files(files []object) {
	for _, file := range files {
		r.facts.addFile(either(file.text("name"), file.text("title")))
	}
}
