package text

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/language"
)

// phone is how much of a button a narrow screen shows before it cuts it,
// https://docs.slack.dev/reference/block-kit/block-elements/button-element
const phone = 30

// limits are what Slack takes of the words in a message or a view, in
// characters, by where they stand in its JSON. Its reference has them:
// https://docs.slack.dev/reference/block-kit and
// https://docs.slack.dev/reference/views
var limits = map[string]int{
	"view title": 24, "view submit": 24, "view close": 24,
	"button text": 75, "button accessibility_label": 75,
	"input label": 2000, "input hint": 2000, "placeholder": 150,
	"option text":   75,
	"confirm title": 100, "confirm text": 300, "confirm confirm": 30, "confirm deny": 30,
	"section text": 3000, "section fields": 2000, "header text": 150,
}

// Slack takes every message and view in every language, and so it would in one
// that is 40 % longer than English and all accents.
func TestSlacksLimitsHoldInEachLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range append(Languages(), pseudo()) {
		t.Run(c.Language.String(), func(t *testing.T) {
			t.Parallel()
			seen := map[string]int{}
			for _, set := range []Settings{settings(), {TTL: settings().TTL, TTLChoices: settings().TTLChoices, RecipientsMax: 20, OffersMail: true, Follows: true, Required: []string{BlockPhrase, BlockNote}}} {
				for _, s := range New(c, set).Samples(beside(t)) {
					for _, is := range said(t, s) {
						seen[is.where]++
						most := limits[is.where]
						if is.where == "button text" && c.Language != pseudoTag {
							most = phone
						}
						if n := len(utf16.Encode([]rune(is.text))); n > most {
							t.Errorf("%s: a %s of %d characters, over %d: %q", s.Name, is.where, n, most, is.text)
						}
					}
				}
			}
			for where := range limits {
				if seen[where] == 0 {
					t.Errorf("no sample has a %s", where)
				}
			}
		})
	}
}

type words struct{ where, text string }

// said is all that a sample says, and where.
func said(t *testing.T, s Sample) (all []words) {
	t.Helper()
	var shown any = s.Home
	switch {
	case s.Message != nil:
		shown = s.Message.Blocks
	case s.View != nil:
		shown = s.View
	}
	data, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	var walk func(in, at string, v any)
	walk = func(in, at string, v any) {
		switch v := v.(type) {
		case []any:
			for _, each := range v {
				walk(in, at, each)
			}
		case string:
			all = appendLimited(all, in, at, v)
		case map[string]any:
			if text, ok := v["text"].(string); ok && (v["type"] == "mrkdwn" || v["type"] == "plain_text") {
				all = appendLimited(all, in, at, text)
				return
			}
			kind, _ := v["type"].(string)
			switch {
			case kind == "modal":
				kind = "view"
			case at == "confirm":
				kind = "confirm"
			case strings.Contains(at, "option"):
				kind = "option"
			}
			for name, field := range v {
				walk(kind, name, field)
			}
		}
	}
	walk("", "", v)
	return all
}

func appendLimited(all []words, in, at, text string) []words {
	for _, where := range []string{in + " " + at, at} {
		if limits[where] != 0 {
			return append(all, words{where, text})
		}
	}
	return all
}

var pseudoTag = language.MustParse("en-XA")

// pseudo is English with accents, and 40 % longer, as other languages are.
func pseudo() *Catalog {
	c := english()
	lengthen(reflect.ValueOf(c).Elem())
	base := english()
	c.Language, c.Between, c.Comma, c.And = pseudoTag, base.Between, base.Comma, base.And
	c.PlainMoment, c.Moment = base.PlainMoment, base.Moment
	return c
}

func lengthen(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[language.Tag]():
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			lengthen(v.Field(i))
		}
	case v.String() != "":
		v.SetString(foreign(v.String()))
	}
}

// kept is what stays as it is: arguments, addresses with their angle brackets,
// emoji and commands.
var kept = regexp.MustCompile("%\\[\\d\\][sd]|<[^|>]*\\|?|:[a-z_]+:|`[^`]*`")

func foreign(s string) string {
	accents := strings.NewReplacer("a", "á", "e", "ë", "i", "ï", "o", "ø", "u", "ü", "c", "ç", "n", "ñ", "A", "Á", "E", "É", "O", "Ö", "S", "Š")
	out, letters, from := "", 0, 0
	for _, at := range append(kept.FindAllStringIndex(s, -1), []int{len(s), len(s)}) {
		words := s[from:at[0]]
		for _, r := range words {
			if !unicode.IsSpace(r) {
				letters++
			}
		}
		out += accents.Replace(words) + s[at[0]:at[1]]
		from = at[1]
	}
	if letters == 0 {
		return out
	}
	return out + strings.Repeat("ē", (len([]rune(s))*4+9)/10)
}

func TestThePseudoLanguageIsLongerAndKeepsItsArguments(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"Share a secret", ":lock: %[1]s shared a secret: <%[2]s>", "• `%[1]s help` shows this message."} {
		got := foreign(s)
		if n := len([]rune(got)); n < len([]rune(s))*14/10 {
			t.Errorf("%q is %d long", got, n)
		}
		sameVerbs(t, s, s, got)
		if fmt.Sprint(kept.FindAllString(got, -1)) != fmt.Sprint(kept.FindAllString(s, -1)) {
			t.Errorf("%q lost some of %q", got, s)
		}
	}
}
