package service

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestREADMEListsTheSettingsAsTheyAre(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join("..", "..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if table := markdownSettings(); !strings.Contains(string(readme), table) {
		t.Errorf("README.md must hold this table:\n%s", table)
	}
}

func markdownSettings() string {
	var table strings.Builder
	table.WriteString("| variable | default | meaning |\n|---|---|---|\n")
	for _, s := range Settings() {
		shown := s.Default
		if isValue(s) {
			shown = "`" + shown + "`"
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", s.Name, shown, s.Meaning)
	}
	return table.String()
}

// isValue tells a default that can be written down from a word about it.
func isValue(s Setting) bool {
	words := []string{"", "required", "anonymous", "all", "none", "nobody", "from the bot token", "in memory"}
	return !slices.Contains(words, s.Default)
}
