package text

import (
	"reflect"
	"regexp"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// marks are bold words and emoji. Slack may leave them as they are typed where
// they touch a letter, or the punctuation of a language that has no blanks.
var marks = regexp.MustCompile(`\*[^*\n]+\*|:[a-z][a-z_]+:`)

// unmarked is where no marks are: code, and addresses in angle brackets.
var unmarked = regexp.MustCompile("`[^`]*`|<[^<>|]*")

func TestBoldAndEmojiStandApartInEachLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range Languages() {
		t.Run(c.Language.String(), func(t *testing.T) {
			t.Parallel()
			standApart(t, reflect.ValueOf(*c))
			for _, s := range New(c, settings()).Samples(beside(t)) {
				switch {
				case s.Message != nil:
					apart(t, s.Name, s.Message.Text)
					apart(t, s.Name, markdown(t, s.Message.Blocks))
				case s.View != nil:
					apart(t, s.Name, markdown(t, s.View.Blocks.BlockSet))
				default:
					apart(t, s.Name, markdown(t, s.Home.Blocks.BlockSet))
				}
			}
		})
	}
}

// standApart looks at the sentences, of which not all have a sample.
func standApart(t *testing.T, v reflect.Value) {
	t.Helper()
	switch {
	case v.Type() == reflect.TypeFor[language.Tag]():
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			standApart(t, v.Field(i))
		}
	default:
		apart(t, "a sentence", v.String())
	}
}

func apart(t *testing.T, where, said string) {
	t.Helper()
	for _, mark := range touching(said) {
		t.Errorf("%s: %q touches what is beside it: %q", where, mark, said)
	}
}

// touching are the marks in a text that don't stand apart.
func touching(said string) (marked []string) {
	said = unmarked.ReplaceAllString(said, "<")
	for _, at := range marks.FindAllStringIndex(said, -1) {
		before, _ := utf8.DecodeLastRuneInString(said[:at[0]])
		after, _ := utf8.DecodeRuneInString(said[at[1]:])
		if touches(before) || touches(after) {
			marked = append(marked, said[at[0]:at[1]])
		}
	}
	return marked
}

// touches: blanks and ASCII's punctuation don't, and nor does an edge.
func touches(r rune) bool {
	return r != utf8.RuneError && (r > unicode.MaxASCII || unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.IsSpace(r)
}

func TestMarksThatTouchAreSeen(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]bool{
		"です。*1回* だけ": true, "です。 *1回* だけ": false, "*1回*だけ": true, "*once*, for": false, "a\n*b*\nc": false,
		"<@U1>：:fire: 削除": true, "<@U1>： :fire: 削除": false, "済み。:warning: まだ": true, "12:30:45": false, "`a*b*c`": false,
	} {
		if got := len(touching(said)) > 0; got != want {
			t.Errorf("%q: %v", said, got)
		}
	}
}

// Two units that stand together are one duration, not so much a day.
func TestADurationOfTwoUnitsIsReadAsOne(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{"en": "1 day and 4 hours", "ja": "1日と4時間"} {
		p := NewPrinters(tag, settings()).Usual()
		if got := p.lifetime(28 * time.Hour); got != want {
			t.Errorf("%s says %q, want %q", tag, got, want)
		}
	}
}
