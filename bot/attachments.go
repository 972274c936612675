package bot

import (
	"net/url"
	"strings"
)

// attachment reads what is attached to a message: another message, forwarded or
// shown because somebody linked to it; the preview of a link; or what an app
// says, in blocks or in fields of the older kind,
// https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments
func (r *reader) attachment(a object) {
	switch {
	case quotes(a):
		r.facts.Forwarded = true
		r.facts.Source = either(r.facts.Source, messageAddress(a.text("from_url")))
		r.quoted(a)
	case a.text("from_url") != "" || a.text("original_url") != "" || a.flag("is_app_unfurl"):
		r.facts.Preview = true // whoever wrote the link didn't write that
	default:
		r.legacy(a)
	}
}

func quotes(a object) bool {
	return a.flag("is_share") || a.flag("is_msg_unfurl") || a.flag("is_reply_unfurl") || a.flag("is_thread_root_unfurl")
}

// maxAddress is more than a message's address takes, and little enough for a
// button's value.
const maxAddress = 200

// messageAddress returns an address if it is one of a message in Slack: an app
// may write what it likes into what it attaches, and this becomes a link of
// ours.
func messageAddress(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Scheme != "https", u.User != nil, !strings.HasPrefix(u.Path, "/archives/"),
		len(address) > maxAddress, strings.ContainsAny(address, "|<> "):
		return ""
	case strings.HasSuffix(u.Host, ".slack.com"), strings.HasSuffix(u.Host, ".slack-gov.com"):
		return address
	}
	return ""
}

// quoted reads a message in a message. Slack sends it twice, as blocks and as
// text, with who wrote it and where around it, which is not taken.
func (r *reader) quoted(a object) {
	before := len(r.lines)
	for _, message := range a.list("message_blocks") {
		r.message(message.object("message"))
	}
	if len(r.lines) == before {
		r.message(object{"blocks": a["blocks"], "text": a["text"]})
	}
	if fallback := a.text("fallback"); len(r.lines) == before && !placeholder(fallback) {
		r.add(fromMarkdown(fallback))
	}
	for _, further := range a.list("attachments") { // forwarded in its turn
		r.attachment(further)
	}
	r.files(a.list("files"))
}

// legacy reads an app's attachment.
func (r *reader) legacy(a object) {
	before := len(r.lines)
	for _, block := range a.list("blocks") {
		r.block(block)
	}
	r.add(fromMarkdown(a.text("pretext")))
	r.add(fromMarkdown(a.text("author_name")))
	if title := fromMarkdown(a.text("title")); title != "" {
		r.add(link(typed(a.text("title_link")), title))
	}
	r.add(fromMarkdown(a.text("text")))
	for _, field := range a.list("fields") {
		title, value := fromMarkdown(field.text("title")), fromMarkdown(field.text("value"))
		if strings.TrimSpace(title) != "" && strings.TrimSpace(value) != "" {
			title += ": "
		}
		r.add(title + value)
	}
	r.add(fromMarkdown(a.text("footer")))
	if a.text("image_url") != "" || a.text("thumb_url") != "" {
		r.facts.Picture = true
	}
	if fallback := a.text("fallback"); len(r.lines) == before && !placeholder(fallback) {
		r.add(fromMarkdown(fallback))
	}
	for _, further := range a.list("attachments") {
		r.attachment(further)
	}
	r.files(a.list("files"))
}
