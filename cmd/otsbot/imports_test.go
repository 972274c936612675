package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goPackage is what the rules need of "go list -json".
type goPackage struct {
	ImportPath string
	Dir        string
	Imports    []string
	GoFiles    []string
}

// goList lists packages of the main module.
func goList(t *testing.T, args ...string) []goPackage {
	t.Helper()
	list := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,Imports,GoFiles"}, args...)...)
	list.Dir = filepath.Join("..", "..")
	out, err := list.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%v: %s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	var packages []goPackage
	for decode := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decode.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func TestNoFakeAndNoTestingInTheBinary(t *testing.T) {
	t.Parallel()
	deps := goList(t, "-deps", "./cmd/otsbot")
	if len(deps) < 50 {
		t.Fatalf("go list named only %d packages", len(deps))
	}
	for _, p := range deps {
		switch {
		case strings.HasPrefix(p.ImportPath, "otsbot/") && strings.HasSuffix(p.ImportPath, "fake"),
			strings.HasPrefix(p.ImportPath, "otsbot/cmd/playground"),
			strings.HasPrefix(p.ImportPath, "otsbot/internal/"),
			p.ImportPath == "testing",
			p.ImportPath == "net/http/httptest":
			t.Errorf("the binary holds %s", p.ImportPath)
		}
	}
}

// Arrows go one way: cmd → bot → otsclient.
func TestWhoMayImportWhom(t *testing.T) {
	t.Parallel()
	const slackGo = "github.com/slack-go/slack"
	rules := []struct {
		importer string   // a package, or with /... it and what is below
		never    []string // likewise
	}{
		{"otsbot/otsclient", []string{slackGo + "/...", "otsbot/bot/...", "otsbot/cmd/...", "otsbot/otsclient/otsfake"}},
		{"otsbot/otsclient/otsfake", []string{slackGo + "/...", "otsbot/bot/...", "otsbot/cmd/...", "otsbot/otsclient", "testing"}},
		{"otsbot/bot", []string{"otsbot/cmd/...", "otsbot/bot/slackfake", "otsbot/otsclient/otsfake"}},
		{"otsbot/bot/internal/...", []string{"otsbot/bot", "otsbot/bot/slackfake", "otsbot/cmd/...", "otsbot/otsclient/otsfake"}},
		{"otsbot/bot/internal/payload", []string{"otsbot/...", "net/..."}},
		{"otsbot/bot/internal/authored", []string{slackGo + "/...", "otsbot/bot/internal/rules", "net/http"}},
		{"otsbot/bot/internal/receipt", []string{"otsbot/bot/internal/memory", "otsbot/bot/internal/rules", "otsbot/bot/internal/text", "net/..."}},
		{"otsbot/bot/internal/seal", []string{slackGo + "/...", "otsbot/...", "net/..."}},
		{"otsbot/bot/internal/memory", []string{slackGo + "/...", "otsbot/..."}},
		{"otsbot/bot/internal/socketmode", []string{slackGo + "/...", "otsbot/...", "github.com/prometheus/..."}},
		{"otsbot/bot/internal/slackapi", []string{"otsbot/...", "github.com/prometheus/..."}},
		{"otsbot/bot/internal/rules", []string{slackGo + "/...", "otsbot/...", "net/..."}},
		{"otsbot/bot/internal/text", []string{"otsbot/bot/internal/seal", "otsbot/bot/internal/memory", "otsbot/bot/internal/socketmode", "net/http"}},
		{"otsbot/bot/slackfake", []string{slackGo + "/...", "otsbot/bot", "otsbot/cmd/...", "otsbot/otsclient/...", "testing"}},
		{"otsbot/cmd/internal/service", []string{"otsbot/bot/slackfake", "otsbot/otsclient/otsfake"}},
		{"otsbot/cmd/otsbot", []string{slackGo + "/..."}},
		{"otsbot/cmd/playground/...", []string{slackGo + "/..."}},
		{"otsbot/cmd/ots/...", []string{slackGo + "/...", "otsbot/bot/..."}},
	}
	packages := goList(t, "./...")
	for _, rule := range rules {
		found := false
		for _, p := range packages {
			if !matches(rule.importer, p.ImportPath) {
				continue
			}
			found = true
			for _, imported := range p.Imports {
				if slices.ContainsFunc(rule.never, func(pattern string) bool { return matches(pattern, imported) }) {
					t.Errorf("%s imports %s", p.ImportPath, imported)
				}
			}
		}
		if !found {
			t.Errorf("there is no %s", rule.importer)
		}
	}
}

func matches(pattern, path string) bool {
	below, ok := strings.CutSuffix(pattern, "/...")
	return path == below || ok && strings.HasPrefix(path, below+"/")
}

func TestOnlyCommandsReadTheEnvironment(t *testing.T) {
	t.Parallel()
	reading := []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}
	for _, p := range goList(t, "./...") {
		if strings.HasPrefix(p.ImportPath, "otsbot/cmd/") {
			continue
		}
		if slices.Contains(p.Imports, "github.com/kelseyhightower/envconfig") {
			t.Errorf("%s imports envconfig", p.ImportPath)
		}
		for _, name := range p.GoFiles {
			for _, call := range selectors(t, filepath.Join(p.Dir, name)) {
				if id, ok := call.X.(*ast.Ident); ok && (id.Name == "os" || id.Name == "syscall") && slices.Contains(reading, call.Sel.Name) {
					t.Errorf("%s/%s calls %s.%s", p.ImportPath, name, id.Name, call.Sel.Name)
				}
			}
		}
	}
}

// sources lists a folder's source and that of the folders below it, without
// tests and without what is no part of the binary.
func sources(t *testing.T, folder string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(filepath.Join("..", "..", folder), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "slackfake" || d.Name() == "testdata"):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			files = append(files, path)
		}
		return nil
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no source in %s: %v", folder, err)
	}
	return files
}

// What is held to the guides is all that the binary is made of, in whatever
// folder it stands.
func TestTheSourceThatIsReadIsAllThereIs(t *testing.T) {
	t.Parallel()
	var read []string
	for _, folder := range []string{"bot", "cmd/internal", "cmd/otsbot"} {
		for _, file := range sources(t, folder) {
			whole, err := filepath.Abs(file)
			if err != nil {
				t.Fatal(err)
			}
			read = append(read, whole)
		}
	}
	for _, p := range goList(t, "-deps", "./cmd/otsbot") {
		if !matches("otsbot/bot/...", p.ImportPath) && !matches("otsbot/cmd/...", p.ImportPath) {
			continue
		}
		for _, name := range p.GoFiles {
			if file := filepath.Join(p.Dir, name); !slices.Contains(read, file) {
				t.Errorf("%s is not read", file)
			}
		}
	}
}

// selectors returns every x.y of a Go file.
func selectors(t *testing.T, path string) []*ast.SelectorExpr {
	t.Helper()
	var all []*ast.SelectorExpr
	ast.Inspect(parse(t, path), func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			all = append(all, s)
		}
		return true
	})
	return all
}

func parse(t *testing.T, path string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
