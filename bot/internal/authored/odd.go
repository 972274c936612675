package authored

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// What people type isn't always what arrives: phones make quotes curly and
// join dashes, Slack writes the names of emoji, and blanks or invisible
// characters come along with what is pasted. None of it is repaired, since it
// may be meant.

// What can be odd about a text, each as the letter that a receipt remembers it by.
const (
	Curly  = 'q' // quotes, dashes or dots that phones and Slack make
	Emoji  = 'e' // the name of an emoji between colons
	Marks  = 'm' // marks of formatting around the whole
	Hidden = 'i' // characters that nobody can see
	Space  = 's' // a blank that isn't the ordinary one
	Ends   = 'b' // a blank or line break at one end
)

// Odd returns the letters of what is odd about a text; "" if nothing is.
func Odd(text string) string {
	return odd(text, ofCourse.ReplaceAllString(wholeEmoji.ReplaceAllString(text, "x"), "x"))
}

// OddToType is Odd for a text that somebody else has to type. In it, what stands in
// Japanese as a matter of course is odd, too: a wide blank, and the variant of a
// character, of which most keyboards give only the usual one.
func OddToType(text string) string {
	return odd(text, wholeEmoji.ReplaceAllString(text, "x"))
}

// odd returns the letters for a text; shown is the text without those blanks and invisible
// characters that may stand in it.
func odd(text, shown string) string {
	letters := ""
	for _, odd := range []struct {
		letter rune
		found  bool
	}{
		{Curly, strings.ContainsFunc(text, curly)},
		{Emoji, hasEmojiName(text)},
		{Marks, wrapped(text)},
		{Hidden, strings.ContainsFunc(shown, invisible)},
		{Space, strings.ContainsFunc(shown, specialSpace)},
		{Ends, looseEnds(text)},
	} {
		if odd.found {
			letters += string(odd.letter)
		}
	}
	return letters
}

// curly says of a character that phones, Slack's clients, word processors or web pages put
// it in place of a typed quote, dash or dots. Those are all quotes that open or close, in
// any language, and all dashes: many look like "-", and only that is on each keyboard.
// Those that the keyboard of a script has for ordinary are no sign of a change: the
// Hebrew one, for instance, and the wave, double and wide ones in Japanese, whose own
// brackets 「」 are no quotes to Unicode.
func curly(r rune) bool {
	switch r {
	case '„', '‚', '…', '−':
		return true
	case '-', '〜', '〰', '゠', '－':
		return false
	}
	return unicode.In(r, unicode.Pi, unicode.Pf) || unicode.Is(unicode.Pd, r) && unicode.Is(unicode.Common, r)
}

// emojiName is what stands between the colons where Slack writes an emoji, whether
// picked, pasted or typed as :),
// https://docs.slack.dev/messaging/formatting-message-text
var emojiName = regexp.MustCompile(`^[\p{L}0-9_+'-]+$`)

// bareNames are those without a letter: 👍, 👎, 💯 and 🔢.
var bareNames = []string{"+1", "-1", "100", "1234"}

// hasEmojiName looks at whatever stands between two colons, since one can end a number and
// begin a name. It leaves out what has no letter in it, such as times and addresses.
func hasEmojiName(text string) bool {
	pieces := strings.Split(text, ":")
	return slices.ContainsFunc(pieces[1:max(1, len(pieces)-1)], func(name string) bool {
		return emojiName.MatchString(name) && (slices.Contains(bareNames, name) || strings.ContainsFunc(name, unicode.IsLetter))
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

// wholeEmoji are symbols with what belongs to them: the colour of skin, a selector, and what
// is joined to one, https://www.unicode.org/reports/tr51/#Definitions. The few that are no
// symbols to Unicode are named; the blank of Braille is one, and shows nothing.
var wholeEmoji = regexp.MustCompile(`[0-9#*]\x{FE0F}\x{20E3}|` + oneEmoji + `(?:\x{200D}` + oneEmoji + `)*`)

const oneEmoji = `(?:[^\P{So}\x{2800}]|[↔⤴⤵◻◼◽◾‼⁉ℹ〰])[🏻-🏿]?[\x{FE0E}\x{FE0F}]?`

// ofCourse are the blank of a Japanese space bar, which is as wide as a character, and
// letters with the selector that picks one of their looks, as in Japanese names,
// https://www.unicode.org/reports/tr37/
var ofCourse = regexp.MustCompile(`\x{3000}|[\p{Han}\p{Mongolian}\p{Myanmar}][\x{180B}-\x{180D}\x{180F}\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}]`)

// specialSpace says of a character that it is a blank, and not the ordinary one: it can be
// seen, but not which it is, and few keyboards have it.
func specialSpace(r rune) bool { return r != ' ' && unicode.Is(unicode.Zs, r) }

// invisible says of a character that it shows nothing.
func invisible(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	case '\u034F', '\u115F', '\u1160', '\u17B4', '\u17B5', '\u2800', '\u3164', '\uFFA0': // fillers that count as letters or symbols
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Variation_Selector)
}

// Word is a text as a word that was meant, whatever keyboard it was typed on: small,
// without blanks and what can't be seen around it, with wide letters and signs as ordinary
// ones, and with any other dash as "–". On a Japanese keyboard the key of "-" writes the bar
// for a long vowel.
func Word(text string) string {
	return strings.ToLower(strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case invisible(r):
			return -1
		case '！' <= r && r <= '～':
			return r - '！' + '!'
		case r != '-' && unicode.Is(unicode.Pd, r), r == '−', r == 'ー':
			return '–'
		}
		return r
	}, text)))
}
