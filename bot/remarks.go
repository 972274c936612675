package bot

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"otsbot/otsclient"
)

// What people type isn't always what arrives: phones make quotes curly and
// join dashes, Slack writes the names of emoji, and blanks or invisible
// characters come along with what is pasted. None of it is repaired, since it
// may be meant. The receipt says it in one remark; in a passphrase, where it
// decides whether anybody can open the secret, its field says it before
// anything is stored.

// A receipt remembers a remark as letters: by which way the text came, and
// what is odd about it.
const (
	wayCommand = 'C' // behind the command, also where that opened the form
	wayForm    = 'F'
	wayMessage = 'M'

	oddCurly  = 'q'
	oddEmoji  = 'e'
	oddMarks  = 'm'
	oddHidden = 'i'
	oddEnds   = 'b'
)

// oddities are in the order in which they are said.
var oddities = [...]struct {
	code  rune
	found func(string) bool
	words string
}{
	{oddCurly, curly, "curly quotes or long dashes"},
	{oddEmoji, hasEmojiName, "the name of an emoji between colons"},
	{oddMarks, wrapped, "formatting marks around the whole"},
	{oddHidden, func(s string) bool { return strings.ContainsFunc(s, invisible) }, "invisible characters"},
	{oddEnds, looseEnds, "a blank or line break at one end"},
}

// remarksOn returns the letters for a text, or "" if nothing is odd.
func remarksOn(text otsclient.Plaintext, way rune) string {
	codes := string(way)
	for _, odd := range oddities {
		if odd.found(text.Reveal()) {
			codes += string(odd.code)
		}
	}
	if len(codes) == 1 {
		return ""
	}
	return codes
}

// sayRemarks is what a receipt says for such letters, or "".
func sayRemarks(codes string) string {
	var found []string
	for _, odd := range oddities {
		if strings.ContainsRune(codes, odd.code) {
			found = append(found, odd.words)
		}
	}
	if len(found) == 0 {
		return ""
	}
	advice := "If that isn't what you meant, burn it and paste the text instead of typing it."
	switch {
	case strings.HasPrefix(codes, string(wayCommand)):
		advice = "Slack may have put that there while you typed. If it's wrong, burn it and paste the text into the form."
	case strings.HasPrefix(codes, string(wayMessage)):
		advice = "That's how it came from the message. If it's wrong, burn it, use the shortcut again and correct the text in the form."
	}
	return "The text is stored exactly as it came: with " + enumerate(found) + ". " + advice
}

// enumerate joins words as people do: "a", "a and b", "a, b and c".
func enumerate(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// badPhrase says why a passphrase can't be taken, or "". Whoever opens the
// link has to type it, on another device and from somebody's voice perhaps.
func badPhrase(phrase otsclient.Plaintext) string {
	text := phrase.Reveal()
	n := utf8.RuneCountInString(text)
	switch {
	case n == 0:
		return ""
	case strings.TrimSpace(text) != text:
		return sayPhraseBlank
	case strings.ContainsFunc(text, invisible):
		return sayPhraseHidden
	case n < minPhrase || n > maxPhrase:
		return sayPhraseLength
	case hasEmojiName(text):
		return sayPhraseEmoji
	case curly(text):
		return sayPhraseCurly
	}
	return ""
}

// curly says whether text holds what phones and Slack's clients put in place
// of typed quotes, dashes and dots.
func curly(text string) bool {
	return strings.ContainsAny(text, "“”„‟‘’‚‛–—―…")
}

// emojiName is how Slack writes an emoji, whether picked, pasted or typed as
// :), https://docs.slack.dev/messaging/formatting-message-text
var emojiName = regexp.MustCompile(`:[\p{L}0-9_+'-]+:`)

// hasEmojiName leaves out what has no letter in it, such as times and addresses.
func hasEmojiName(text string) bool {
	return slices.ContainsFunc(emojiName.FindAllString(text, -1), func(name string) bool {
		return name == ":+1:" || name == ":-1:" || strings.ContainsFunc(name, unicode.IsLetter)
	})
}

// wrapped says whether marks of formatting stand around all of a text.
func wrapped(text string) bool {
	text = strings.TrimSpace(text)
	if len(text) < 3 || !strings.ContainsRune("*_~`", rune(text[0])) {
		return false
	}
	mark := text[:1]
	return strings.HasSuffix(text, mark) && strings.Trim(text, mark) != ""
}

// looseEnds says whether a text has blanks at an end. A line break at the end
// of several lines belongs there: key files have one.
func looseEnds(text string) bool {
	if lines := strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r"); strings.Contains(lines, "\n") {
		text = lines
	}
	return strings.TrimSpace(text) != text
}

// invisible says of a character that it shows nothing, or looks like an
// ordinary blank without being one.
func invisible(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r':
		return false
	case '\u034F', '\u115F', '\u1160', '\u17B4', '\u17B5', '\u2800', '\u3164', '\uFFA0': // fillers that count as letters or symbols
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Cc, unicode.Zs, unicode.Zl, unicode.Zp)
}

// asWord is a text as a word that was meant: small, without blanks and what
// can't be seen around it, and with any other dash as "–".
func asWord(text string) string {
	return strings.ToLower(strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case invisible(r):
			return -1
		case r != '-' && unicode.Is(unicode.Pd, r), r == '−':
			return '–'
		}
		return r
	}, text)))
}

// isHelp takes help as phones write it: they join two dashes to one, and begin
// with a capital. Anything else is a secret, "help me" and "-help" too.
func isHelp(text string) bool {
	word := asWord(text)
	switch word {
	case "help", "-h", "--help", "?":
		return true
	}
	name := strings.TrimLeft(word, "-–")
	dashes := word[:len(word)-len(name)]
	return strings.Contains(dashes, "–") && utf8.RuneCountInString(dashes) <= 2 && (name == "help" || name == "h")
}
