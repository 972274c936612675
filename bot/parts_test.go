package bot

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// The Bot is made of parts, each of which depends on its fields and nothing else:
// none has the Bot, and what they can do isn't done by it.
func TestNoPartKnowsTheBot(t *testing.T) {
	t.Parallel()
	const most = 60
	methods, parts := 0, 0
	for _, name := range goFiles(t, "*.go") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Recv != nil && namesBot(n.Recv) {
					methods++
				}
			case *ast.TypeSpec:
				made, ok := n.Type.(*ast.StructType)
				if !ok {
					break
				}
				parts++
				if namesBot(made.Fields) {
					t.Errorf("%s: %s has the Bot", name, n.Name)
				}
			}
			return true
		})
	}
	if methods >= most {
		t.Errorf("Bot has %d methods, and shall have fewer than %d: is one of them a part's?", methods, most)
	}
	if methods < 20 || parts < 30 {
		t.Errorf("only %d methods of Bot and %d structs were found", methods, parts)
	}
}

// namesBot says whether a field, or a receiver, is a Bot. Functions may take one.
func namesBot(fields *ast.FieldList) (found bool) {
	for _, field := range fields.List {
		ast.Inspect(field.Type, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncType:
				return false
			case *ast.Ident:
				found = found || n.Name == "Bot"
			}
			return true
		})
	}
	return found
}
