package text

import (
	"strings"
	"unicode/utf8"

	"otsbot/bot/internal/authored"
	"otsbot/otsclient"
)

// A receipt remembers what is odd about a text as letters: by which way it
// came, and what authored.Odd found.
const (
	WayCommand = 'C' // behind the command, also where that opened the form
	WayForm    = 'F'
	WayMessage = 'M'
)

// Odd is what a receipt says for such letters, or "".
func (p *Printer) Odd(letters string) string {
	c := p.c.Odd
	var found []string
	for _, odd := range []struct { // in the order in which they are said
		letter rune
		words  string
	}{
		{authored.Curly, c.Curly},
		{authored.Emoji, c.Emoji},
		{authored.Marks, c.Marks},
		{authored.Hidden, c.Hidden},
		{authored.Space, c.Space},
		{authored.Ends, c.Ends},
	} {
		if strings.ContainsRune(letters, odd.letter) {
			found = append(found, odd.words)
		}
	}
	if len(found) == 0 {
		return ""
	}
	advice := c.AdviceForm
	switch {
	case strings.HasPrefix(letters, string(WayCommand)):
		advice = c.AdviceCommand
	case strings.HasPrefix(letters, string(WayMessage)):
		advice = c.AdviceMessage
	}
	return p.Together(sprint(c.AsItCame, strings.Join(found, p.c.Comma)), advice)
}

// BadPhrase says why a passphrase can't be taken, or "". Whoever opens the link
// has to type it, on another device and from somebody's voice perhaps.
func (p *Printer) BadPhrase(phrase otsclient.Plaintext) string {
	typed := phrase.Reveal()
	n, odd := utf8.RuneCountInString(typed), authored.OddToType(typed)
	switch {
	case n == 0:
		return ""
	case strings.TrimSpace(typed) != typed:
		return p.PhraseBlank
	case strings.ContainsRune(odd, authored.Hidden):
		return p.PhraseHidden
	case strings.ContainsRune(odd, authored.Space):
		return p.PhraseSpace
	case n < otsclient.MinPassphraseChars || n > otsclient.MaxPassphraseChars:
		return p.PhraseLength
	case strings.ContainsRune(odd, authored.Emoji):
		return p.PhraseEmoji
	case strings.ContainsRune(odd, authored.Curly):
		return p.PhraseCurly
	}
	return ""
}
