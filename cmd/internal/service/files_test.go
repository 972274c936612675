package service

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
)

const goodKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

// inFile writes content into a file of its own, and returns its path.
func inFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSecretsMayStandInFiles(t *testing.T) {
	want, err := loadWith(t, map[string]string{
		"SLACK_BOT_TOKEN": "xoxb-f", "SLACK_APP_TOKEN": "xapp-f", "OTS_USERNAME": "me", "OTS_API_TOKEN": "t",
		"ENCRYPTION_KEY": goodKey + "," + goodKey,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"", "\n", "\r\n"} {
		got, err := loadWith(t, map[string]string{
			"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": " ",
			"SLACK_BOT_TOKEN_FILE": inFile(t, "xoxb-f"+end),
			"SLACK_APP_TOKEN_FILE": inFile(t, "xapp-f"+end),
			"OTS_USERNAME_FILE":    inFile(t, "me"+end),
			"OTS_API_TOKEN_FILE":   "-" + inFile(t, "t"+end),
			"ENCRYPTION_KEY_FILE":  inFile(t, goodKey+","+goodKey+end),
		})
		if err != nil {
			t.Fatal(err)
		}
		got.files = want.files
		if !reflect.DeepEqual(got, want) {
			t.Errorf("with %q at the end: %+v, want %+v", end, got, want)
		}
	}
}

// Each row sets variables and names the one problem that follows.
func TestRulesOfTheFiles(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "gone")
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, rule := range []struct{ name, value, also, problem string }{
		{"SLACK_BOT_TOKEN_FILE", inFile(t, "xoxb-1"), "SLACK_BOT_TOKEN=xoxb-2", "SLACK_BOT_TOKEN_FILE and SLACK_BOT_TOKEN are both set: set only one"},
		{"SLACK_BOT_TOKEN_FILE", gone, "", "SLACK_BOT_TOKEN_FILE names a file that doesn't exist"},
		{"SLACK_BOT_TOKEN_FILE", "-" + gone, "", "SLACK_BOT_TOKEN (from SLACK_BOT_TOKEN_FILE) is missing: "},
		{"SLACK_BOT_TOKEN_FILE", inFile(t, " \n"), "", "SLACK_BOT_TOKEN_FILE names an empty file"},
		{"SLACK_BOT_TOKEN_FILE", inFile(t, "xapp-1"), "", "SLACK_BOT_TOKEN (from SLACK_BOT_TOKEN_FILE) is an app-level token"},
		{"SLACK_BOT_TOKEN_FILE", inFile(t, "xoxb-1\nxoxb-2"), "", "SLACK_BOT_TOKEN (from SLACK_BOT_TOKEN_FILE) must not contain a space or line break"},
		{"SLACK_APP_TOKEN_FILE", t.TempDir(), "", "SLACK_APP_TOKEN_FILE must name a file"},
		{"SLACK_APP_TOKEN_FILE", pipe, "", "SLACK_APP_TOKEN_FILE must name a file"},
		{"SLACK_APP_TOKEN_FILE", "xapp-1-2-3", "", "SLACK_APP_TOKEN_FILE names a file that doesn't exist"},
		{"OTS_API_TOKEN_FILE", gone, "OTS_USERNAME=me", "OTS_API_TOKEN_FILE names a file that doesn't exist"},
		{"OTS_API_TOKEN_FILE", "-" + gone, "OTS_USERNAME=me", "OTS_API_TOKEN (from OTS_API_TOKEN_FILE) is missing: OTS_USERNAME is set"},
		{"OTS_API_TOKEN_FILE", "-" + gone, "", ""},
		{"OTS_USERNAME_FILE", "-" + inFile(t, ""), "", ""},
		{"OTS_USERNAME_FILE", gone, "OTS_API_TOKEN=t", "OTS_USERNAME_FILE names a file that doesn't exist"},
		{"ENCRYPTION_KEY_FILE", inFile(t, strings.Repeat(goodKey+",", 2000)), "", "ENCRYPTION_KEY_FILE names a file larger than 64 KiB"},
		{"ENCRYPTION_KEY_FILE", inFile(t, goodKey+","), "", "ENCRYPTION_KEY (from ENCRYPTION_KEY_FILE) must be 32 bytes in base64"},
	} {
		changes := map[string]string{strings.TrimSuffix(rule.name, fileSuffix): "", rule.name: rule.value}
		if name, value, ok := strings.Cut(rule.also, "="); ok {
			changes[name] = value
		}
		_, err := loadWith(t, changes)
		switch {
		case rule.problem == "" && err != nil:
			t.Errorf("%s=%q: %v, want it accepted", rule.name, rule.value, err)
		case rule.problem != "" && (err == nil || !strings.HasPrefix(err.Error(), rule.problem) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%s=%q: %v, want only %s…", rule.name, rule.value, err, rule.problem)
		}
	}
}

func TestNoErrorHoldsWhatAFileHolds(t *testing.T) {
	const canary = "CANARYs3cr3t"
	for field := range new(Config).fields() {
		if !mayBeFile(field) {
			continue
		}
		name := field.Tag.Get("envconfig")
		for _, content := range []string{canary, "xoxb-" + canary + "\nx", "xapp-" + canary, canary + ":", canary + ",", canary + "\x00", strings.Repeat(canary, maxSecretFile)} {
			_, err := loadWith(t, map[string]string{name: "", name + fileSuffix: inFile(t, content)})
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("%s: the error holds what the file holds: %v", name, err)
			}
		}
	}
}

// What the files are read into: a setting of another type would need its parser.
func TestOnlyTextStandsInFiles(t *testing.T) {
	for field := range new(Config).fields() {
		text := field.Type == reflect.TypeFor[string]() || field.Type == reflect.TypeFor[[]string]()
		if mayBeFile(field) && !text {
			t.Errorf("%s is a %s", field.Tag.Get("envconfig"), field.Type)
		}
	}
}
