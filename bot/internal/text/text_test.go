package text

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Every language has every sentence, in every form that its numbers take, and
// says of the same things what English says.
func TestEachLanguageIsComplete(t *testing.T) {
	t.Parallel()
	base := Languages()[0]
	for _, c := range Languages() {
		t.Run(c.Language.String(), func(t *testing.T) {
			t.Parallel()
			walk(t, c, "", reflect.ValueOf(*base), reflect.ValueOf(*c))
		})
	}
}

// mayBeEmpty are those that a language may have no need of.
var mayBeEmpty = []string{"Between"}

func walk(t *testing.T, c *Catalog, path string, base, is reflect.Value) {
	t.Helper()
	switch v := is.Interface().(type) {
	case language.Tag:
	case Plural:
		forms := formsOf(c.Language)
		for i := range is.NumField() {
			name, form := is.Type().Field(i).Name, is.Field(i).String()
			switch wanted := slices.Contains(forms, name); {
			case wanted && form == "":
				t.Errorf("%s.%s is missing", path, name)
			case !wanted && form != "":
				t.Errorf("%s.%s: no number has this form", path, name)
			case wanted:
				// A form may leave its number out: "the file".
				number := func(form string) string { return strings.ReplaceAll(form, "%[1]d", "") }
				sameVerbs(t, path+"."+name, number(base.FieldByName("Other").String()), number(form))
			}
		}
	case string:
		if v == "" && !slices.Contains(mayBeEmpty, path) {
			t.Errorf("%s is missing", path)
		}
		sameVerbs(t, path, base.String(), v)
	default:
		if is.Kind() != reflect.Struct {
			t.Fatalf("%s is a %s: what is said is a string or a Plural", path, is.Kind())
		}
		for i := range is.NumField() {
			at := is.Type().Field(i).Name
			if path != "" {
				at = path + "." + at
			}
			walk(t, c, at, base.Field(i), is.Field(i))
		}
	}
}

// formsOf are the forms that numbers take in a language.
func formsOf(tag language.Tag) []string {
	names := map[plural.Form]string{plural.Zero: "Zero", plural.One: "One", plural.Two: "Two", plural.Few: "Few", plural.Many: "Many", plural.Other: "Other"}
	seen := map[string]bool{"Other": true}
	for n := range 1000 {
		seen[names[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]] = true
	}
	return slices.Collect(maps.Keys(seen))
}

var verb = regexp.MustCompile(`%(\[\d+\][sd])?`)

// sameVerbs: each format takes its arguments by their numbers, and the same.
func sameVerbs(t *testing.T, path, base, is string) {
	t.Helper()
	verbs := func(format string) []string {
		all := verb.FindAllString(format, -1)
		slices.Sort(all)
		return slices.Compact(all)
	}
	if slices.Contains(verbs(is), "%") {
		t.Errorf("%s: %q has a verb without a number", path, is)
	}
	if want, got := verbs(base), verbs(is); !slices.Equal(want, got) {
		t.Errorf("%s says %v, in English %v", path, got, want)
	}
}

func TestANumberTakesTheFormOfItsLanguage(t *testing.T) {
	t.Parallel()
	days := Plural{One: "%[1]d день", Few: "%[1]d дня", Many: "%[1]d дней", Other: "%[1]d дня"}
	p := New(&Catalog{Language: language.Russian}, Settings{})
	for n, want := range map[int]string{1: "1 день", 3: "3 дня", 5: "5 дней", 11: "11 дней", 21: "21 день"} {
		if got := p.count(n, days); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got := fmt.Sprint(formsOf(language.Japanese)); got != "[Other]" {
		t.Errorf("Japanese has %s", got)
	}
}
