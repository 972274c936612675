package bot

import (
	"strings"
	"unicode/utf8"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/text"
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
		whole.WriteString(v.Text(text.BlockPart(i)))
	}
	return otsclient.NewPlaintext(whole.String())
}

// contains says whether a note gives away what must stay secret.
func contains(note string, secret otsclient.Plaintext) bool {
	text := strings.TrimSpace(secret.Reveal())
	return text != "" && utf8.ValidString(text) && strings.Contains(note, text)
}
