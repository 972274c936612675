package text

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/seal"
	"otsbot/otsclient"
)

var update = flag.Bool("update", false, "write the golden files anew")

func settings() Settings {
	return Settings{
		TTL:        7 * 24 * time.Hour,
		TTLChoices: []time.Duration{5 * time.Minute, time.Hour, 4 * time.Hour, 24 * time.Hour, 72 * time.Hour, 7 * 24 * time.Hour},
		Inline:     true, RecipientsMax: 20, WarnsOfOutside: true,
	}
}

// beside is what receipts are shown with: keys that are always the same.
func beside(t *testing.T) Beside {
	t.Helper()
	ots, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.New([]byte("xoxb-1"))
	if err != nil {
		t.Fatal(err)
	}
	return Beside{Links: ots, Keys: keys}
}

// TestMessagesAndViews holds every message and view that people see against
// its golden file. `go test ./bot/internal/text -run MessagesAndViews -update`
// writes them. The pictures in the README are made from these files. A language
// besides the first is held if it has a folder there: testdata/golden/de.
func TestMessagesAndViews(t *testing.T) {
	for i, c := range Languages() {
		folder := ""
		if i > 0 {
			folder = c.Language.String()
		}
		if _, err := os.Stat(filepath.Join("testdata", "golden", folder)); err == nil {
			holdGolden(t, New(c, settings()), folder)
		}
	}
}

func holdGolden(t *testing.T, p *Printer, folder string) {
	samples := p.Samples(beside(t))
	for _, s := range samples {
		name := filepath.Join(folder, s.Name)
		t.Run(name, func(t *testing.T) {
			switch {
			case s.Message != nil:
				golden(t, name, map[string]any{"text": s.Message.Text, "blocks": s.Message.Blocks})
				within(t, *s.Message)
			case s.View != nil:
				golden(t, name, s.View)
			default:
				golden(t, name, s.Home)
			}
		})
	}
	files, err := filepath.Glob(filepath.Join("testdata", "golden", folder, "*.json"))
	if err != nil || len(files) != len(samples) {
		t.Errorf("%d golden files for %d samples: remove what is left over", len(files), len(samples))
	}
}

// Whatever makes a message or a view has a sample.
func TestAllThatIsShownHasASample(t *testing.T) {
	t.Parallel()
	shown := []string{"Message", "slack.ModalViewRequest", "slack.HomeTabViewRequest"}
	makers, sampled := map[string]bool{}, map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.IsExported() && n.Type.Results != nil && slices.Contains(shown, types.ExprString(n.Type.Results.List[0].Type)) {
					makers[n.Name.Name] = true
				}
			case *ast.Ident:
				if strings.HasPrefix(file, "sample") {
					sampled[n.Name] = true
				}
			}
			return true
		})
	}
	if len(makers) < 15 {
		t.Errorf("only %d makers of messages and views were found", len(makers))
	}
	for name := range makers {
		if !sampled[name] {
			t.Errorf("%s has no sample", name)
		}
	}
}

// within: a section takes 3,000 characters,
// https://docs.slack.dev/reference/block-kit/blocks/section-block
func within(t *testing.T, m Message) {
	t.Helper()
	for _, block := range m.Blocks {
		if s, ok := block.(*slack.SectionBlock); ok && s.Text != nil && len(s.Text.Text) > 3000 {
			t.Errorf("a section of %d characters", len(s.Text.Text))
		}
	}
}

func golden(t *testing.T, name string, v any) {
	t.Helper()
	var data bytes.Buffer
	encode := json.NewEncoder(&data)
	encode.SetEscapeHTML(false)
	encode.SetIndent("", "  ")
	if err := encode.Encode(v); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "golden", name+".json")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data.Bytes(), want) {
		t.Errorf("%s differs; if it should, run: go test ./bot/internal/text -run MessagesAndViews -update\n%s", file, data.String())
	}
}

func TestLifetimesReadAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	p := New(english(), settings())
	for d, want := range map[time.Duration]string{
		45 * time.Second:             "45 seconds",
		time.Minute:                  "1 minute",
		5 * time.Minute:              "5 minutes",
		90 * time.Minute:             "1 hour and 30 minutes",
		4 * time.Hour:                "4 hours",
		24 * time.Hour:               "1 day",
		25 * time.Hour:               "1 day and 1 hour",
		24*time.Hour + time.Minute:   "1 day",
		7 * 24 * time.Hour:           "7 days",
		time.Hour + 20*time.Second:   "1 hour",
		10*time.Minute + time.Second: "10 minutes",
	} {
		if got := p.lifetime(d); got != want {
			t.Errorf("lifetime(%v) = %q, want %q", d, got, want)
		}
	}
}
