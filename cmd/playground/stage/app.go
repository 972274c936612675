package stage

import (
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"

	"otsbot/bot"
)

// The app, as its manifest has it; a test compares them.
const (
	AppName         = "One-Time Secrets"
	Command         = "/secret"
	CommandHint     = "[text] | generate | ask | help (empty opens a form)"
	MessageShortcut = "share_message"
	GlobalShortcut  = "share_secret"
	AskShortcut     = "ask_secret"
)

// App is what people see of an app in Slack.
type App struct {
	Name      string
	Commands  []SlashCommand
	Shortcuts []Shortcut
	HomeTab   bool
	Events    []string // that it subscribes to
}

// SlashCommand is one that the app has, by its fields in the manifest.
type SlashCommand struct {
	Command string
	Hint    string `yaml:"usage_hint"`
}

// Shortcut is one that the app has, by its fields in the manifest.
type Shortcut struct {
	Name       string
	Type       string // global or message
	CallbackID string `yaml:"callback_id"`
}

// OwnApp is the bot of this repository.
func OwnApp() App {
	return App{
		Name:     AppName,
		HomeTab:  true,
		Events:   bot.Events(),
		Commands: []SlashCommand{{Command, CommandHint}},
		Shortcuts: []Shortcut{
			{"Share a secret", "global", GlobalShortcut},
			{"Ask for a secret", "global", AskShortcut},
			{"Share as a secret link", "message", MessageShortcut},
		},
	}
}

// ReadManifest reads what people see of an app from its manifest, in YAML or
// JSON.
func ReadManifest(path string) (App, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return App{}, fmt.Errorf("read manifest: %w", err)
	}
	var manifest struct {
		DisplayInformation struct{ Name string } `yaml:"display_information"`
		Features           struct {
			Shortcuts     []Shortcut
			SlashCommands []SlashCommand `yaml:"slash_commands"`
			AppHome       struct {
				HomeTab bool `yaml:"home_tab_enabled"`
			} `yaml:"app_home"`
		}
		Settings struct {
			Events struct {
				Bot []string `yaml:"bot_events"`
			} `yaml:"event_subscriptions"`
		}
	}
	if err := yaml.Unmarshal(raw, &manifest); err != nil {
		return App{}, fmt.Errorf("read manifest: %w", err)
	}
	if manifest.DisplayInformation.Name == "" {
		return App{}, fmt.Errorf("read manifest: %s names no app", path)
	}
	return App{Name: manifest.DisplayInformation.Name, Commands: manifest.Features.SlashCommands, Shortcuts: manifest.Features.Shortcuts,
		HomeTab: manifest.Features.AppHome.HomeTab, Events: manifest.Settings.Events.Bot}, nil
}
