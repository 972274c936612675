// Package test holds the tests of the chart in ../otsbot.
package test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden renderings anew")

const chart = "../otsbot"

// tools are built once for all tests: Helm, pinned in go.mod, and the bot.
var tools struct{ helm, otsbot string }

func TestMain(m *testing.M) {
	os.Exit(func() int {
		flag.Parse()
		dir, err := os.MkdirTemp("", "chart")
		if err == nil {
			defer os.RemoveAll(dir)
			err = buildTools(dir)
		}
		if err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			return 1
		}
		return m.Run()
	}())
}

func buildTools(dir string) error {
	path, err := run("", "go", "tool", "-n", "helm") // builds it, and says where
	if err != nil {
		return err
	}
	tools.helm = strings.TrimSpace(path)
	tools.otsbot = filepath.Join(dir, "otsbot")
	_, err = run("../..", "go", "build", "-o", tools.otsbot, "./cmd/otsbot")
	return err
}

// run returns what a command prints, or an error with what it said.
func run(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", errors.Join(err, errors.New(stderr.String()))
	}
	return stdout.String(), nil
}

// render is "helm template" of a release called otsbot in the namespace chat,
// with what has no default set.
func render(args ...string) (string, error) {
	return run("", tools.helm, append([]string{"template", "otsbot", chart, "--namespace", "chat",
		"--values", "testdata/default/values.yaml"}, args...)...)
}

// cases are the value sets in testdata, by name.
func cases(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*/values.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no value sets: %v", err)
	}
	sets := map[string]string{}
	for _, file := range files {
		sets[filepath.Base(filepath.Dir(file))] = file
	}
	return sets
}

func TestLintFindsNothing(t *testing.T) {
	t.Parallel()
	for name, values := range cases(t) {
		if _, err := run("", tools.helm, "lint", "--strict", chart, "--values", values); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRenderingsAreAsReviewed(t *testing.T) {
	t.Parallel()
	for name, values := range cases(t) {
		got, err := render("--values", values)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden := filepath.Join("testdata", name, "golden.yaml")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s renders otherwise than %s; if that is meant: go test -update, and look at the diff", name, golden)
		}
	}
}
