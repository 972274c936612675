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
	"testing/synctest"
	"time"
)

// What people read, and the blocks that show it, are made by internal/text
// alone. Log lines, errors and help of metrics are for whoever runs the app;
// probe.go, shown.go and trial.go talk to them.
func TestNoFlowHoldsASentence(t *testing.T) {
	t.Parallel()
	forAdmins := []string{"probe.go", "storewatch.go", "shown.go", "trial.go", "metrics.go", "audit.go", "bot.go"}
	sentence := regexp.MustCompile(`^[A-Z:*•][\p{L}'_:]* .*|[a-z]\. `)
	makes := regexp.MustCompile(`^New\w*(Block|Element|Object)`)
	shown := regexp.MustCompile(`(Block|Element|Object|ViewRequest)$`)
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
				// log.Warn("…"), errors.New("…"), survive("…")
				if call, ok := n.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Error", "Warn", "Info", "Debug", "New", "Errorf", "survive"}, call.Sel.Name) {
					return false
				}
			case *ast.CompositeLit:
				if made, ok := n.Type.(*ast.SelectorExpr); ok && isSlacks(made, shown) {
					t.Errorf("%s makes a %s", name, made.Sel.Name)
				}
			case *ast.SelectorExpr:
				if isSlacks(n, makes) {
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

func TestWhoWasAskedForTheLongestAgoIsForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r readers
		ask := func(i int) { r.put(strconv.Itoa(i), &reader{asked: time.Now()}) }
		for i := range maxReaders {
			ask(i)
			time.Sleep(time.Millisecond)
		}
		ask(0)          // again: it is the newest now
		ask(maxReaders) // a new one
		if len(r.all) != maxReaders || r.all["1"] != nil || r.all["0"] == nil || r.all["2"] == nil {
			t.Errorf("%d are known, among them 0: %v, 1: %v, 2: %v", len(r.all), r.all["0"] != nil, r.all["1"] != nil, r.all["2"] != nil)
		}
	})
}

// isSlacks says of x.y that it is slack-go's, and is named like that.
func isSlacks(n *ast.SelectorExpr, named *regexp.Regexp) bool {
	x, ok := n.X.(*ast.Ident)
	return ok && x.Name == "slack" && named.MatchString(n.Sel.Name)
}
