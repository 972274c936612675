package blockkit

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mrkdwn draws Slack's markup,
// https://docs.slack.dev/messaging/formatting-message-text
func (r Reader) mrkdwn(s string) []node { return r.paragraphs(s, true) }

// paragraphs splits off blocks of code and quoted lines; the rest is inline.
// links says whether bare addresses become links.
func (r Reader) paragraphs(s string, links bool) []node {
	var nodes []node
	for {
		before, rest, fenced := strings.Cut(s, "```")
		code, after, closed := strings.Cut(rest, "```")
		if !fenced || !closed || code == "" {
			return append(nodes, r.quotes(s, links)...)
		}
		nodes = append(nodes, r.quotes(strings.TrimSuffix(before, "\n"), links)...)
		nodes = append(nodes, tag("pre", at{"class", "bk-pre"}, r.inline(strings.TrimPrefix(code, "\n"), markupOff)...))
		s = strings.TrimPrefix(after, "\n")
	}
}

// quotes gathers lines that begin with ">" into quotes.
func (r Reader) quotes(s string, links bool) []node {
	if s == "" {
		return nil
	}
	style := markupOn
	if !links {
		style = markupVerbatim
	}
	var nodes []node
	var quote *element
	for i, line := range strings.Split(s, "\n") {
		quoted, isQuote := cutAnyPrefix(line, "&gt; ", "> ", "&gt;", ">")
		switch {
		case isQuote && quote != nil:
			quote.add(tag("br", nil))
			quote.add(r.inline(quoted, style)...)
		case isQuote:
			quote = tag("blockquote", at{"class", "bk-quote"}, r.inline(quoted, style)...)
			nodes = append(nodes, quote)
		default:
			if i > 0 && quote == nil {
				nodes = append(nodes, tag("br", nil))
			}
			quote = nil
			nodes = append(nodes, r.inline(line, style)...)
		}
	}
	return nodes
}

func cutAnyPrefix(s string, prefixes ...string) (string, bool) {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return rest, true
		}
	}
	return s, false
}

// markup says what inline text may hold besides <…>, which always counts.
type markup int

const (
	markupOn       markup = iota // formatting, and bare addresses become links
	markupVerbatim               // formatting
	markupOff                    // nothing: inside code
)

// inline draws one line.
func (r Reader) inline(s string, style markup) []node {
	var nodes []node
	plain := 0 // where the text that is not yet drawn begins
	flush := func(end int) {
		if end > plain {
			nodes = append(nodes, r.plain(s[plain:end], style)...)
		}
	}
	for i := 0; i < len(s); {
		n, length := r.special(s, i, style)
		if length == 0 {
			i++
			continue
		}
		flush(i)
		nodes = append(nodes, n)
		i += length
		plain = i
	}
	flush(len(s))
	return nodes
}

// special draws what begins at s[i], and says how long it is; 0 if there is
// nothing special.
func (r Reader) special(s string, i int, style markup) (node, int) {
	if s[i] == '<' {
		if end := strings.IndexAny(s[i+1:], "<>\n"); end > 0 && s[i+1+end] == '>' {
			return r.control(s[i+1 : i+1+end]), end + 2
		}
		return nil, 0
	}
	if style == markupOff || !atBoundary(s, i) {
		return nil, 0
	}
	name := map[byte]string{'`': "code", '*': "strong", '_': "em", '~': "del"}[s[i]]
	if name == "" {
		return nil, 0
	}
	end := closing(s, i)
	if end < 0 {
		return nil, 0
	}
	inner := s[i+1 : end]
	if name == "code" {
		return tag("code", at{"class", "bk-code"}, r.inline(inner, markupOff)...), end + 1 - i
	}
	return tag(name, nil, r.inline(inner, style)...), end + 1 - i
}

// atBoundary: formatting begins at the start of a word.
func atBoundary(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	return i == 0 || !unicode.IsLetter(before) && !unicode.IsDigit(before)
}

// closing finds the mark that ends the one at i: at the end of a word, with
// something in between. It is -1 if there is none.
func closing(s string, i int) int {
	mark := s[i]
	for j := i + 1; j < len(s); j++ {
		if s[j] != mark {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(s[:j])
		after, _ := utf8.DecodeRuneInString(s[j+1:])
		inWord := j+1 < len(s) && (unicode.IsLetter(after) || unicode.IsDigit(after))
		if j > i+1 && !inWord && (mark == '`' || !unicode.IsSpace(last)) && (mark == '`' || s[i+1] != ' ') {
			return j
		}
	}
	return -1
}

// plain draws text without markup: entities undone, emoji, and where asked for
// bare addresses as links.
func (r Reader) plain(s string, style markup) []node {
	if style != markupOn {
		return []node{text(plainText(s, style))}
	}
	var nodes []node
	for {
		start, end := bareURL(s)
		if start < 0 {
			return append(nodes, text(plainText(s, style)))
		}
		if start > 0 {
			nodes = append(nodes, text(plainText(s[:start], style)))
		}
		url := unescape(s[start:end])
		nodes = append(nodes, link(url, text(url)))
		s = s[end:]
	}
}

func plainText(s string, style markup) string {
	if style != markupOff {
		s = Emoji(s)
	}
	return unescape(s)
}

// bareURL finds an address that Slack makes a link of; -1 if there is none.
func bareURL(s string) (start, end int) {
	start = strings.Index(s, "http://")
	if https := strings.Index(s, "https://"); https >= 0 && (start < 0 || https < start) {
		start = https
	}
	if start < 0 {
		return -1, -1
	}
	end = len(s)
	if stop := strings.IndexFunc(s[start:], func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune("`|\"", c) }); stop >= 0 {
		end = start + stop
	}
	end = start + len(strings.TrimRight(s[start:end], ".,;:!?)'*_~"))
	return start, end
}

// control draws what stands in angle brackets: mentions, dates, links.
func (r Reader) control(inner string) node {
	target, label, _ := strings.Cut(inner, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		return mention("@" + r.name(target[1:]))
	case strings.HasPrefix(target, "#"):
		if label == "" {
			label = r.name(target[1:])
		}
		return mention("#" + unescape(label))
	case strings.HasPrefix(target, "!date^"):
		return r.date(target, unescape(label))
	case strings.HasPrefix(target, "!"):
		if label == "" {
			label = target[1:]
		}
		return mention("@" + strings.TrimPrefix(unescape(label), "@"))
	}
	url := unescape(target)
	if label == "" {
		return link(url, text(strings.TrimPrefix(url, "mailto:")))
	}
	return link(url, text(Emoji(unescape(label))))
}

func mention(name string) node { return tag("span", at{"class", "bk-mention"}, text(name)) }

// link opens in a tab of its own, which learns nothing of this one. Anything
// but web and mail addresses (javascript: above all) is text.
func link(url string, label node) node {
	if !clickable(url) {
		return tag("span", at{"class", "bk-nolink"}, label)
	}
	return tag("a", at{"class", "bk-link", "href", url, "target", "_blank", "rel", "noopener noreferrer"}, label)
}

func clickable(url string) bool {
	lower := strings.ToLower(url)
	_, ok := cutAnyPrefix(lower, "http://", "https://", "mailto:")
	return ok
}

// unescape undoes the three entities that Slack writes, and no others; the
// ampersand last.
func unescape(s string) string {
	return strings.ReplaceAll(strings.NewReplacer("&lt;", "<", "&gt;", ">").Replace(s), "&amp;", "&")
}
