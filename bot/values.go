package bot

import (
	"strings"
	"unicode/utf8"

	"otsbot/bot/internal/payload"
	"otsbot/otsclient"
)

// idLike says whether s has the shape of one of Slack's ids that begin with one
// of the letters.
func idLike(s, letters string) bool {
	const most = 32 // three times as long as any
	if len(s) < 2 || len(s) > most || !strings.ContainsRune(letters, rune(s[0])) {
		return false
	}
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// secretIn joins the parts exactly as they were typed.
func secretIn(v payload.View, parts int) otsclient.Plaintext {
	var whole strings.Builder
	for i := range parts {
		whole.WriteString(v.Text(blockPart(i)))
	}
	return otsclient.NewPlaintext(whole.String())
}

// contains says whether a note gives away what must stay secret.
func contains(note string, secret otsclient.Plaintext) bool {
	text := strings.TrimSpace(secret.Reveal())
	return text != "" && utf8.ValidString(text) && strings.Contains(note, text)
}

// split cuts text into n parts that fit their fields. It counts UTF-16 units,
// as a client does; Slack's own unit is not documented, and no other gives
// fewer characters to a field.
func split(text string, n int) []string {
	parts := make([]string, n)
	for i := range parts {
		end := fits(text, fieldLength)
		if i == n-1 {
			end = len(text) // never cut; form.go and shortcut.go check the length first
		}
		parts[i], text = text[:end], text[end:]
	}
	return parts
}

// fits returns how many bytes of text are at most units long in UTF-16.
func fits(text string, units int) int {
	for i, r := range text {
		if units -= max(1, utf16Units(r)); units < 0 {
			return i
		}
	}
	return len(text)
}

func utf16Units(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// partsFor says how many fields text needs.
func partsFor(text string) int {
	n := 1
	for text = text[fits(text, fieldLength):]; text != ""; n++ {
		text = text[fits(text, fieldLength):]
	}
	return n
}
