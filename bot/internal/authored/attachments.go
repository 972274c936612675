package authored

import (
	"net/url"
	"regexp"
	"strings"

	"otsbot/bot/internal/payload"
)

// attachment reads what is attached to a message: another message, forwarded or
// shown because somebody linked to it; the preview of a link; or what an app
// says, in blocks or in fields of the older kind,
// https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments
func (r *reader) attachment(a payload.Object) {
	switch {
	case quotes(a):
		r.quoting(messageAddress(a.Text("from_url")), func() { r.quoted(a) })
	case a.Text("from_url") != "" || a.Text("original_url") != "" || a.Flag("is_app_unfurl"):
		r.facts.Preview = true // whoever wrote the link didn't write that
	default:
		r.legacy(a)
	}
}

func quotes(a payload.Object) bool {
	return a.Flag("is_share") || a.Flag("is_msg_unfurl") || a.Flag("is_reply_unfurl") || a.Flag("is_thread_root_unfurl")
}

// MaxAddress is more than a message's address takes, and little enough for a
// button's value.
const MaxAddress = 200

// messageAddress returns an address if it is one of a message in Slack: an app
// may write what it likes into what it attaches, and this becomes a link of
// ours.
func messageAddress(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Scheme != "https", u.User != nil, !strings.HasPrefix(u.Path, "/archives/"),
		len(address) > MaxAddress, strings.ContainsAny(address, "|<> "):
		return ""
	case strings.HasSuffix(u.Host, ".slack.com"), strings.HasSuffix(u.Host, ".slack-gov.com"):
		return address
	}
	return ""
}

// quoted reads a message in a message.
func (r *reader) quoted(a payload.Object) {
	r.quotedText(a)
	for _, further := range a.List("attachments") { // forwarded in its turn
		r.attachment(further)
	}
	r.files(a.List("files"))
}

// preface is what Slack puts before a message's text in its fallback: when it was
// written, and by whom.
var preface = regexp.MustCompile(`^\[[^\]\n]*\] [^:\n]*:\s*`)

// quotedText reads its own. Slack sends it twice, as blocks and as text, with who
// wrote it and where around it, which is not taken.
func (r *reader) quotedText(a payload.Object) {
	before := len(r.lines)
	for _, message := range a.List("message_blocks") {
		r.message(message.Object("message"))
	}
	if len(r.lines) == before {
		r.message(payload.Object{"blocks": a["blocks"], "text": a["text"]})
	}
	if fallback := preface.ReplaceAllString(a.Text("fallback"), ""); len(r.lines) == before && !placeholder(fallback) {
		r.add(fromMarkdown(fallback))
	}
}

// legacy reads an app's attachment.
func (r *reader) legacy(a payload.Object) {
	before := len(r.lines)
	r.add(fromMarkdown(a.Text("pretext"))) // Slack shows it above all else
	r.blocks(a.List("blocks"))
	if author := fromMarkdown(a.Text("author_name")); author != "" {
		r.add(link(Typed(a.Text("author_link")), author))
	}
	if title := fromMarkdown(a.Text("title")); title != "" {
		r.add(link(Typed(a.Text("title_link")), title))
	}
	r.add(fromMarkdown(a.Text("text")))
	for _, field := range a.List("fields") {
		title, value := fromMarkdown(field.Text("title")), fromMarkdown(field.Text("value"))
		if strings.TrimSpace(title) != "" && strings.TrimSpace(value) != "" {
			title += ": "
		}
		r.add(title + value)
	}
	actions := a.List("actions")
	r.controls(actions)
	r.add(fromMarkdown(a.Text("footer")))
	picture := a.Text("image_url") != "" || a.Text("thumb_url") != ""
	r.facts.Picture = r.facts.Picture || picture
	// Nobody sees the fallback where there is anything else.
	if fallback := a.Text("fallback"); len(r.lines) == before && !picture && len(actions) == 0 && !placeholder(fallback) {
		r.add(fromMarkdown(fallback))
	}
	for _, further := range a.List("attachments") {
		r.attachment(further)
	}
	r.files(a.List("files"))
}
