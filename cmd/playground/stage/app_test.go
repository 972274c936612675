package stage

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// What the playground offers is what Slack would offer with this manifest.
func TestTheAppIsAsItsManifestHasIt(t *testing.T) {
	t.Parallel()
	app, err := ReadManifest("../../../manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(app, OwnApp()) {
		t.Errorf("the manifest has %+v\nhere is         %+v", app, OwnApp())
	}
}

func TestAnotherAppsManifestMayBeJSON(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "manifest.json")
	const manifest = `{"display_information": {"name": "Polls"}, "features": {
		"slash_commands": [{"command": "/poll", "description": "Ask", "usage_hint": "[question]"}],
		"shortcuts": [{"name": "Ask", "type": "global", "callback_id": "ask", "description": "Ask"}],
		"app_home": {"home_tab_enabled": true}}, "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}}}`
	if err := os.WriteFile(file, []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	want := App{"Polls", []SlashCommand{{"/poll", "[question]"}}, []Shortcut{{"Ask", "global", "ask"}}, true, []string{"app_home_opened"}}
	if got, err := ReadManifest(file); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestAFileThatIsNoManifestIsRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "manifest.yaml")
	for _, content := range []string{"", "features: {}", "]"} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if app, err := ReadManifest(file); err == nil {
			t.Errorf("%q was read as %+v", content, app)
		}
	}
	if _, err := ReadManifest(file + ".gone"); err == nil {
		t.Error("a file that isn't there was read")
	}
}
