package bot

import (
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
