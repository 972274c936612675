package test

import (
	"os"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// The README's table has a line for each value, and none for what is no value.
func TestREADMEListsTheValues(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(chart + "/values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]any
	if err := yaml.UnmarshalStrict(text, &values); err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(chart + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	collect(want, "", values)
	for line := range strings.Lines(string(readme)) {
		name, ok := strings.CutPrefix(line, "| `")
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, "`")
		if !want[name] {
			t.Errorf("README.md lists %s, which is no value, or twice", name)
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("README.md lacks %s", name)
	}
}

// collect names the leaves of values. What is empty may be filled by whoever
// installs the chart, so it is a leaf, too.
func collect(into map[string]bool, prefix string, values map[string]any) {
	for key, value := range values {
		if inner, ok := value.(map[string]any); ok && len(inner) > 0 && key != "resources" && prefix+key != "grafanaDashboard.labels" {
			collect(into, prefix+key+".", inner)
			continue
		}
		into[prefix+key] = true
	}
}
