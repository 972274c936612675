package stage

import (
	"os"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

// What the playground offers is what Slack would offer with this manifest.
func TestTheAppIsAsItsManifestHasIt(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../../manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		DisplayInformation struct{ Name string } `yaml:"display_information"`
		Features           struct {
			Shortcuts     []Shortcut
			SlashCommands []struct {
				Command string
				Hint    string `yaml:"usage_hint"`
			} `yaml:"slash_commands"`
		}
	}
	if err := yaml.Unmarshal(raw, &manifest); err != nil {
		t.Fatal(err)
	}
	if got := manifest.DisplayInformation.Name; got != AppName {
		t.Errorf("the app is called %q, here %q", got, AppName)
	}
	commands := manifest.Features.SlashCommands
	if len(commands) != 1 || commands[0].Command != Command || commands[0].Hint != CommandHint {
		t.Errorf("the commands are %v, here %s %s", commands, Command, CommandHint)
	}
	for _, s := range Shortcuts() {
		if !slices.Contains(manifest.Features.Shortcuts, s) {
			t.Errorf("the manifest has no shortcut %v, but %v", s, manifest.Features.Shortcuts)
		}
	}
	if got := len(manifest.Features.Shortcuts); got != len(Shortcuts()) {
		t.Errorf("the manifest has %d shortcuts, here are %d", got, len(Shortcuts()))
	}
}
