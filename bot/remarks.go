package bot

import (
	"strings"
	"unicode/utf8"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// What people type isn't always what arrives: phones make quotes curly and
// join dashes, Slack writes the names of emoji, and blanks or invisible
// characters come along with what is pasted. None of it is repaired, since it
// may be meant. The receipt says it in one remark; in a passphrase, where it
// decides whether anybody can open the secret, its field says it before
// anything is stored.

// A receipt remembers a remark as letters: by which way the text came, and
// what authored.Odd found about it.
const (
	wayCommand = 'C' // behind the command, also where that opened the form
	wayForm    = 'F'
	wayMessage = 'M'
)

// oddities are in the order in which they are said.
var oddities = [...]struct {
	letter rune
	words  string
}{
	{authored.Curly, "curly quotes or long dashes"},
	{authored.Emoji, "the name of an emoji between colons"},
	{authored.Marks, "formatting marks around the whole"},
	{authored.Hidden, "invisible characters"},
	{authored.Ends, "a blank or line break at one end"},
}

// remarksOn returns the letters for a text, or "" if nothing is odd.
func remarksOn(text otsclient.Plaintext, way rune) string {
	odd := authored.Odd(text.Reveal())
	if odd == "" {
		return ""
	}
	return string(way) + odd
}

// sayRemarks is what a receipt says for such letters, or "".
func sayRemarks(codes string) string {
	var found []string
	for _, odd := range oddities {
		if strings.ContainsRune(codes, odd.letter) {
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
func badPhrase(w *text.Printer, phrase otsclient.Plaintext) string {
	text := phrase.Reveal()
	n, odd := utf8.RuneCountInString(text), authored.Odd(text)
	switch {
	case n == 0:
		return ""
	case strings.TrimSpace(text) != text:
		return w.PhraseBlank
	case strings.ContainsRune(odd, authored.Hidden):
		return w.PhraseHidden
	case n < otsclient.MinPassphraseChars || n > otsclient.MaxPassphraseChars:
		return w.PhraseLength
	case strings.ContainsRune(odd, authored.Emoji):
		return w.PhraseEmoji
	case strings.ContainsRune(odd, authored.Curly):
		return w.PhraseCurly
	}
	return ""
}

// isHelp takes help as phones write it: they join two dashes to one, and begin
// with a capital. Anything else is a secret, "help me" and "-help" too.
func isHelp(text string) bool {
	word := authored.Word(text)
	switch word {
	case "help", "-h", "--help", "?":
		return true
	}
	name := strings.TrimLeft(word, "-–")
	dashes := word[:len(word)-len(name)]
	return strings.Contains(dashes, "–") && utf8.RuneCountInString(dashes) <= 2 && (name == "help" || name == "h")
}
