package bot

import (
	"crypto/rand"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// A generated password is made here, in the process, and shown to nobody but
// who opens the link. OneTimeSecret's own generator would be one more place
// that knows it, and its lengths differ by version.

// kinds of generated passwords. The first is the default. Letters and digits
// that look alike (0 O, 1 l I) are left out where people may have to read it
// aloud or type it; the loss is a fraction of a bit a character. A password has
// at least one character of each class, as its label says and other systems
// demand.
var kinds = [...]struct {
	name    string
	classes []string
}{
	{text.KindLetters, []string{letters, digits}},
	{text.KindSymbols, []string{letters, digits, "!#$%()*+-./:;=?@[]^_{}~"}},
	{text.KindDigits, []string{"0123456789"}},
}

const (
	lower   = "abcdefghijkmnopqrstuvwxyz"
	upper   = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	letters = lower + upper
	digits  = "23456789"
)

// phraseLength is that of a generated passphrase; otsclient's servers may want more.
const phraseLength = 16

// generatePhrase makes a passphrase that can be read aloud.
func generatePhrase() otsclient.Plaintext { return random(phraseLength, kinds[0].classes) }

// strongPhrase is for servers that are stricter: with small and capital letters,
// digits, and signs that can be read aloud.
func strongPhrase(length int) otsclient.Plaintext {
	return random(length, []string{lower, upper, digits, "-+="})
}

// generate makes a password of the chosen length and kind; what the form did
// not offer becomes the default.
func generate(length, kind string) otsclient.Plaintext {
	n, err := strconv.Atoi(length)
	if err != nil || !slices.Contains(text.Lengths(), n) {
		n = text.UsualLength
	}
	classes := kinds[0].classes
	for _, k := range kinds {
		if k.name == kind {
			classes = k.classes
		}
	}
	return random(n, classes)
}

// random makes n characters of the classes. One that lacks a class is thrown
// away whole, so that all that are left are equally likely; putting in what is
// missing would make some likelier than others. n is at least 12, of which at
// most one in three is thrown away.
func random(n int, classes []string) otsclient.Plaintext {
	alphabet := strings.Join(classes, "")
	for {
		var drawn strings.Builder
		for range n {
			i, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
			if err != nil {
				panic("no randomness") // crypto/rand.Reader never fails, by its documentation
			}
			drawn.WriteByte(alphabet[i.Int64()])
		}
		lacks := func(class string) bool { return !strings.ContainsAny(drawn.String(), class) }
		if !slices.ContainsFunc(classes, lacks) {
			return otsclient.NewPlaintext(drawn.String())
		}
	}
}
