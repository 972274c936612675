package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// operate.md and /metrics of the real process name the same metrics.
func TestMetricsAreDocumented(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, health := w.run(t)
	w.typed(t, p, "hunter2")
	p.logged("interaction")
	w.slack.Disconnect("warning") // so that a reconnection is counted
	p.logged("socket is leaving")
	p.logged("socket connected")
	_, served := get(t, health+"/metrics")

	var metrics []string
	for _, name := range regexp.MustCompile(`(?m)^# TYPE (otsbot_\w+) `).FindAllStringSubmatch(served, -1) {
		metrics = append(metrics, name[1])
	}
	documented := inTable(readFile(t, "docs/operate.md"), "otsbot_")
	slices.Sort(documented)
	if !slices.Equal(metrics, documented) {
		t.Errorf("served:     %v\ndocumented: %v", metrics, documented)
	}
	for _, file := range []string{"docs/operate.md", "helm/otsbot/files/dashboard.json", "helm/otsbot/templates/prometheusrule.yaml"} {
		for _, name := range regexp.MustCompile(`\botsbot_\w+\b`).FindAllString(readFile(t, file), -1) {
			if !slices.Contains(metrics, name) && !slices.Contains(metrics, strings.TrimSuffix(name, "_bucket")) {
				t.Errorf("%s: there is no %s", file, name)
			}
		}
	}
	problems, err := promlint.New(strings.NewReader(served + "\n")).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		if strings.HasPrefix(problem.Metric, "otsbot_") {
			t.Errorf("promlint: %s: %s", problem.Metric, problem.Text)
		}
	}
}

func TestAlertsAreDocumented(t *testing.T) {
	t.Parallel()
	var alerts []string
	for _, name := range regexp.MustCompile(`- alert: (\w+)`).FindAllStringSubmatch(readFile(t, "helm/otsbot/templates/prometheusrule.yaml"), -1) {
		alerts = append(alerts, name[1])
	}
	documented := inTable(readFile(t, "docs/operate.md"), "Otsbot")
	if !slices.Equal(alerts, documented) {
		t.Errorf("in the chart: %v\ndocumented:   %v", alerts, documented)
	}
}

// inTable returns the first words of table rows that begin with prefix.
func inTable(doc, prefix string) []string {
	var names []string
	for _, row := range regexp.MustCompile("(?m)^\\| `("+prefix+"\\w+)`").FindAllStringSubmatch(doc, -1) {
		names = append(names, row[1])
	}
	return names
}

// What whoever runs the bot may meet in its log or its metrics, as the source
// has it: audit events, rules, outcomes, kinds, warnings and errors.
func TestWhatIsLoggedIsDocumented(t *testing.T) {
	t.Parallel()
	doc := readFile(t, "docs/operate.md")
	met := map[string]int{}
	for _, folder := range []string{"bot", "cmd/internal", "cmd/otsbot"} {
		for what, words := range wordsOf(t, folder) {
			met[what] += len(words)
			for _, word := range words {
				if !strings.Contains(doc, "`"+word+"`") {
					t.Errorf("docs/operate.md lacks the %s %q", what, word)
				}
			}
		}
	}
	for what, least := range map[string]int{"audit event": 10, "what of tampering": 6, "rule": 6, "outcome": 20, "kind": 10, "log line": 15} {
		if met[what] < least {
			t.Errorf("found only %d of %s in the source", met[what], what)
		}
	}
}

// wordsOf finds these words in the source of a folder.
func wordsOf(t *testing.T, folder string) map[string][]string {
	t.Helper()
	words := map[string][]string{}
	for _, file := range sources(t, folder) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if what, word := meaning(n); word != "" && word != "ignored" { // what is ignored leaves no line
				words[what] = append(words[what], word)
			}
			return true
		})
	}
	return words
}

// meaning is what a piece of source has to say to whoever runs the bot, if anything.
func meaning(n ast.Node) (what, word string) {
	switch n := n.(type) {
	case *ast.ValueSpec:
		if len(n.Names) != 1 || len(n.Values) != 1 {
			return "", ""
		}
		for prefix, what := range map[string]string{"audit": "audit event", "tampering": "what of tampering", "rule": "rule", "outcome": "outcome"} {
			if strings.HasPrefix(n.Names[0].Name, prefix) {
				return what, literal(n.Values[0])
			}
		}
	case *ast.AssignStmt:
		if to, ok := n.Lhs[0].(*ast.SelectorExpr); ok && to.Sel.Name == "kind" && named(to.X, "in") { // of an interaction
			return "kind", literal(n.Rhs[0])
		}
	case *ast.KeyValueExpr:
		if named(n.Key, "kind") { // of a handler
			return "kind", literal(n.Value)
		}
	case *ast.CallExpr:
		called, ok := n.Fun.(*ast.SelectorExpr)
		if !ok || len(n.Args) == 0 {
			return "", ""
		}
		switch called.Sel.Name {
		case "Warn", "Error":
			return "log line", literal(n.Args[0])
		case "Log":
			return "log line", literal(n.Args[1])
		}
	}
	return "", ""
}

func named(e ast.Expr, name string) bool {
	ident, ok := e.(*ast.Ident)
	return ok && ident.Name == name
}

func literal(e ast.Expr) string {
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		text, _ := strconv.Unquote(l.Value)
		return text
	}
	return ""
}
