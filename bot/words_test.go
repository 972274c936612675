package bot

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What people read, and the blocks that show it, are made by internal/text
// alone. Log lines, errors and help of metrics are for whoever runs the app;
// probe.go talks to them.
func TestNoFlowHoldsASentence(t *testing.T) {
	t.Parallel()
	forAdmins := []string{"probe.go", "metrics.go", "audit.go", "bot.go"}
	sentence := regexp.MustCompile(`^[A-Z:*•][\p{L}'_:]* .*|[a-z]\. `)
	for _, name := range goFiles(t, "*.go") {
		if strings.HasSuffix(name, "_test.go") || slices.Contains(forAdmins, name) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "Error" {
					return false
				}
			case *ast.CallExpr:
				// log.Warn("…"), errors.New("…"), survive(…, "…")
				if call, ok := n.Fun.(*ast.Ident); ok && call.Name == "survive" {
					return false
				}
				if call, ok := n.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Error", "Warn", "Info", "Debug", "New", "Errorf"}, call.Sel.Name) {
					return false
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "slack" && regexp.MustCompile(`^New\w*(Block|Element|Object)`).MatchString(n.Sel.Name) {
					t.Errorf("%s makes a %s", name, n.Sel.Name)
				}
			case *ast.BasicLit:
				if said, _ := strconv.Unquote(n.Value); n.Kind == token.STRING && sentence.MatchString(said) {
					t.Errorf("%s says %q", name, said)
				}
			}
			return true
		})
	}
}
