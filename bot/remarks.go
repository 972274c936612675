package bot

import (
	"strings"
	"unicode/utf8"

	"otsbot/bot/internal/authored"
	"otsbot/otsclient"
)

// What people type isn't always what arrives: phones make quotes curly and
// join dashes, Slack writes the names of emoji, and blanks or invisible
// characters come along with what is pasted. None of it is repaired, since it
// may be meant. The receipt says it in one remark; in a passphrase, where it
// decides whether anybody can open the secret, its field says it before
// anything is stored.

// remarksOn returns the letters for a text, or "" if nothing is odd.
func remarksOn(text otsclient.Plaintext, way rune) string {
	odd := authored.Odd(text.Reveal())
	if odd == "" {
		return ""
	}
	return string(way) + odd
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
