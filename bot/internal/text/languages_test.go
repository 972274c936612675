package text

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/language"
)

func TestTheLanguageOfAReaderIsTheClosest(t *testing.T) {
	t.Parallel()
	p := NewPrinters("ja", Settings{})
	for locale, want := range map[string]string{
		"de-DE": "de", "de-AT": "de", "ja-JP": "ja", "en-US": "en", "en-GB": "en", "fr-FR": "fr", "fr-CA": "fr",
		"es-ES": "es", "es-LA": "es", "pt-BR": "pt-BR", "pt-PT": "pt-BR",
		// Not spoken: as everyone.
		"ko-KR": "ja", "zh-CN": "ja", "": "ja", "%s": "ja",
	} {
		if !slices.Contains(Names(), want) {
			want = "ja" // not yet
		}
		if got := p.For(locale).c.Language.String(); got != want {
			t.Errorf("%q reads %s, want %s", locale, got, want)
		}
	}
	if got := p.Usual().c.Language.String(); got != "ja" {
		t.Errorf("everyone reads %s", got)
	}
}

// CONTRIBUTING.md says that a language takes one file and one line. This walks
// it: a copy of English under another name is complete, and speaks.
func TestALanguageIsOneFileAndOneLine(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join("..", "..", "..", "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"english.go", "`italian.go`", "`Language: language.Italian`", "`italian()`", "`Languages`", "catalog.go"} {
		if !strings.Contains(string(guide), step) {
			t.Errorf("the guide doesn't say %s", step)
		}
	}
	// Each of the languages is in a file of its own, and in one line.
	line, err := os.ReadFile("catalog.go")
	if err != nil {
		t.Fatal(err)
	}
	listed := regexp.MustCompile(`(?m)^func Languages\(\)[^{]*\{([^\n]*|\n(?s:.*?)\n\})$`).FindString(string(line))
	for _, made := range regexp.MustCompile(`(\w+)\(\)`).FindAllStringSubmatch(listed, -1) {
		if made[1] == "Languages" {
			continue
		}
		file, err := os.ReadFile(made[1] + ".go")
		if err != nil || !strings.Contains(string(file), "func "+made[1]+"() *Catalog {") {
			t.Errorf("%s has no file of its own: %v", made[1], err)
		}
	}
	italian := english()
	italian.Language = language.Italian
	italian.Form.Title = "Condividi un segreto"
	p := newPrinters(append(Languages(), italian), "en", Settings{})
	if got := p.For("it-IT").Form(Form{Parts: 1}).Title.Text; got != "Condividi un segreto" {
		t.Errorf("whoever has Slack in Italian reads %q", got)
	}
}
