package bot

import (
	"strings"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/seal"
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

// opener is what a pressed button holds that has no secret: whose it is, and what the
// form comes with that it opens. Its error says why it isn't this person's.
func opener(s *seal.Keys, p payload.Payload, user string) (o receipt.Opener, err error) {
	err = s.Read(p.Actions[0].ActionID, p.Actions[0].Value, &o)
	if err == nil && o.Creator != user {
		err = receipt.ErrNotTheirs
	}
	return o, err
}

// secretIn joins the parts exactly as they were typed.
func secretIn(v payload.View, parts int) otsclient.Plaintext {
	var whole strings.Builder
	for i := range parts {
		whole.WriteString(v.Text(text.BlockPart(i)))
	}
	return otsclient.NewPlaintext(whole.String())
}

// placeURL is the response_url that comes with the place that was picked in a form.
func placeURL(cb payload.Payload) (url string) {
	for _, hook := range cb.ResponseURLs {
		if hook.BlockID == text.BlockPlace {
			url = hook.ResponseURL
		}
	}
	return url
}
