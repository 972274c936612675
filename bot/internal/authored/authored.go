// Package authored reads what people and apps wrote in Slack as their readers
// see it: a message as text, with what of it could not be put into a text
// ([Read]); a text as Slack sends it ([Typed]); and what is odd about one
// ([Odd]). It says nothing to anybody and calls nobody.
package authored

import (
	"cmp"
	"strings"

	"otsbot/bot/internal/payload"
	"otsbot/otsclient"
)

// Message is what a person who looks at a message reads in it.
type Message struct {
	Text   otsclient.Plaintext
	Author string // whom to tell about it; "" if an app wrote it
	Facts  Facts
	Own    otsclient.Plaintext // the text without that of the messages that it quotes
	Quotes []Quote             // those messages, from top to bottom
}

// Read reads a message as its reader sees it, from top to bottom: its
// blocks, or its text if it has none, then what is attached. Entities are
// undone, and so are the links that Slack made. What can't be put behind a
// link is noted, so that it can be said.
func Read(m payload.Object) Message {
	var r reader
	r.message(m)
	read := Message{Text: joined(r.lines), Author: m.Text("user"), Facts: r.facts}
	read.Own, read.Quotes = r.apart()
	if writtenByApp(m) {
		read.Author, read.Facts.App = "", true
	}
	return read
}

// writtenByApp: an app's message may have a user besides, which is the app's
// own and can't be sent a direct message.
func writtenByApp(m payload.Object) bool {
	user := m.Text("user")
	return user == "" || user == "USLACKBOT" || m.Text("bot_id") != "" ||
		m.Text("subtype") == "bot_message" || len(m.Object("bot_profile")) > 0
}

// reader collects what stands in a message, one string for each of its parts.
type reader struct {
	lines []string
	spans []span // of quoted messages
	facts Facts
}

func (r *reader) add(text string) {
	if strings.TrimSpace(text) != "" {
		r.lines = append(r.lines, text)
	}
}

// message reads one message, or one that is shown in another. Where there are
// blocks, Slack shows them and not the text. The rich_text block that it makes
// of what people type is more exact than the text, too.
func (r *reader) message(m payload.Object) {
	before := len(r.lines)
	r.blocks(m.List("blocks"))
	if text := m.Text("text"); len(r.lines) == before && !placeholder(text) {
		r.add(fromMarkdown(text))
	}
	for _, attached := range m.List("attachments") {
		r.attachment(attached)
	}
	r.files(m.List("files"))
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
// fetch it the app would need to read all files of the workspace. Slack shows
// their titles. Of one that was deleted only the place is left.
func (r *reader) files(files []payload.Object) {
	for _, file := range files {
		if file.Text("mode") != "tombstone" {
			r.facts.addFile(cmp.Or(file.Text("title"), file.Text("name")))
		}
	}
}
