package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
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
// it: each language is one function, alone in its file, that needs nothing else;
// so a copy of English under another name is complete, and speaks.
func TestALanguageIsOneFileAndOneLine(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join("..", "..", "..", "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"english.go", "`italian.go`", "`Language: language.Italian`", "`italian()`", "`Languages`", "languages.go"} {
		if !strings.Contains(string(guide), step) {
			t.Errorf("the guide doesn't say %s", step)
		}
	}
	line, err := os.ReadFile("languages.go")
	if err != nil {
		t.Fatal(err)
	}
	listed := regexp.MustCompile(`return \[\]\*Catalog\{([^}]*)\}`).FindString(string(line))
	made := regexp.MustCompile(`(\w+)\(\)`).FindAllStringSubmatch(listed, -1)
	if len(made) != len(Languages()) {
		t.Fatalf("%d languages are listed: %q", len(made), made)
	}
	for _, name := range made {
		standsAlone(t, name[1])
	}
	another := english() // in one that Slack doesn't speak, so it will never be there
	another.Language = language.MustParse("eo")
	another.Form.Title = "Dividi sekreton"
	p := newPrinters(append(Languages(), another), "en", Settings{})
	if got := p.For("eo-AQ").Form(Form{Shape: Shape{Parts: 1}}).Title.Text; got != "Dividi sekreton" {
		t.Errorf("whoever has Slack in that language reads %q", got)
	}
}

// standsAlone: a language's file has its function and nothing else, and calls
// nothing, so that a copy of it leaves nothing behind.
func standsAlone(t *testing.T, name string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name+".go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var functions []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			functions = append(functions, n.Name.Name)
		case *ast.CallExpr:
			if called := types.ExprString(n.Fun); called != "language.MustParse" {
				t.Errorf("%s.go calls %s", name, called)
			}
		}
		return true
	})
	if !slices.Equal(functions, []string{name}) {
		t.Errorf("%s.go has %q", name, functions)
	}
}
