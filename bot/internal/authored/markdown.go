package authored

import (
	"cmp"
	"regexp"
	"strings"
)

// bracketed matches what Slack puts in angle brackets: links, mentions, dates. A
// "<" that somebody typed is an entity.
var bracketed = regexp.MustCompile(`<([^<>]*)>`)

// fromMarkdown undoes Slack's markup in a text,
// https://docs.slack.dev/messaging/formatting-message-text
func fromMarkdown(text string) string {
	var plain strings.Builder
	end := 0
	for _, at := range bracketed.FindAllStringIndex(text, -1) {
		plain.WriteString(Typed(text[end:at[0]]))
		plain.WriteString(Typed(fromBrackets(text[at[0]+1 : at[1]-1])))
		end = at[1]
	}
	return plain.String() + Typed(text[end:])
}

func fromBrackets(markup string) string {
	target, label, _ := strings.Cut(markup, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		return "@" + cmp.Or(strings.TrimPrefix(label, "@"), target[1:])
	case strings.HasPrefix(target, "#"):
		return "#" + cmp.Or(strings.TrimPrefix(label, "#"), target[1:])
	case strings.HasPrefix(target, "!date^"):
		return markedDate(target, label)
	case strings.HasPrefix(target, "!"):
		_, id, _ := strings.Cut(target[1:], "^")
		return "@" + cmp.Or(strings.TrimPrefix(label, "@"), cmp.Or(id, target[1:]))
	}
	return link(target, label)
}

// link shows a link with its label and, where the label doesn't tell it, its
// address: a token is as likely to stand in the one as in the other. Slack
// makes links of what looks like one; those are taken back to what was typed.
func link(address, label string) string {
	shown := strings.TrimPrefix(strings.TrimPrefix(address, "mailto:"), "tel:")
	switch {
	case label == "":
		return shown
	case shown == "", same(label, address):
		return label
	}
	return label + " (" + shown + ")"
}

// phoneMarks are what people put between the digits of a telephone number.
var phoneMarks = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "/", "", "\u00a0", "")

// same says whether a label tells all of its address. Only a telephone number is one
// in whatever way it is written: without its dots, 10.0.0.5 would be another address.
func same(label, address string) bool {
	if number, phone := strings.CutPrefix(address, "tel:"); phone {
		return phoneMarks.Replace(strings.TrimPrefix(label, "tel:")) == phoneMarks.Replace(number)
	}
	return bare(label) == bare(address)
}

// bare is an address without what Slack adds to what was typed: the scheme, and
// a slash behind the host, which means the same in any case.
func bare(address string) string {
	for _, scheme := range []string{"mailto:", "https://", "http://"} {
		if len(address) >= len(scheme) && strings.EqualFold(address[:len(scheme)], scheme) {
			address = address[len(scheme):]
			break
		}
	}
	host, path, _ := strings.Cut(address, "/")
	return strings.TrimSuffix(strings.ToLower(host)+"/"+path, "/")
}

// Typed undoes the three entities that Slack writes into what people type, and
// no other: html.UnescapeString would turn the password "&copy;" into "©". The
// ampersand comes last, so that "&amp;lt;" becomes "&lt;".
func Typed(text string) string {
	text = strings.ReplaceAll(text, "&lt;", "<")
	text = strings.ReplaceAll(text, "&gt;", ">")
	return strings.ReplaceAll(text, "&amp;", "&")
}
