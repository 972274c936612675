package test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// notes are what Helm says after an install. It shows them only with a cluster,
// so that here they are rendered as a value of a chart beside them.
func notes(t *testing.T, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(chart)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "templates", "NOTES.txt"), filepath.Join(dir, "NOTES.txt")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "templates", "notes.yaml"), []byte(`notes: {{ tpl (.Files.Get "NOTES.txt") . | quote }}`), 0o600); err != nil {
		t.Fatal(err)
	}
	rendering, err := run("", tools.helm, append([]string{"template", "otsbot", dir, "--namespace", "chat",
		"--show-only", "templates/notes.yaml", "--values", "testdata/default/values.yaml"}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	var is struct{ Notes string }
	if err := yaml.UnmarshalStrict([]byte(rendering), &is); err != nil {
		t.Fatal(err)
	}
	return is.Notes
}

func TestTheNotesSayWhereItRemembers(t *testing.T) {
	t.Parallel()
	const (
		file    = "on the volume otsbot. An update\nstops the old pod"
		several = "the replicas need a Redis: set STORE_URL in the Secret"
		closed  = "networkPolicy.store.port isn't set"
	)
	for _, test := range []struct {
		set  string
		says []string
	}{
		{"replicas=1", nil},
		{"store.file.enabled=true", []string{file}},
		{"replicas=3", []string{several, closed}},
		{"replicas=3,networkPolicy.store.port=6379", []string{several}},
		{"replicas=3,networkPolicy.enabled=false", []string{several}},
	} {
		said := notes(t, "--set", test.set)
		for _, what := range []string{file, several, closed} {
			if wanted := slices.Contains(test.says, what); strings.Contains(said, what) != wanted {
				t.Errorf("%s: %q should stand there: %t\n%s", test.set, what, wanted, said)
			}
		}
		if !strings.Contains(said, "\n\nNext:\n") {
			t.Errorf("%s: what comes next is not set apart in\n%s", test.set, said)
		}
	}
}
