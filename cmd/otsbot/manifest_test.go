package main

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"otsbot/bot"
)

// manifest is what the app relies on in manifest.yaml. Keys that are not here
// are refused, so that whoever adds one decides what the code says to it.
type manifest struct {
	Metadata struct {
		Major int `yaml:"major_version"`
		Minor int `yaml:"minor_version"`
	} `yaml:"_metadata"`
	Display struct {
		Name       string `yaml:"name"`
		Short      string `yaml:"description"`
		Long       string `yaml:"long_description"`
		Background string `yaml:"background_color"`
	} `yaml:"display_information"`
	Features struct {
		AppHome struct {
			HomeTab          bool `yaml:"home_tab_enabled"`
			MessagesTab      bool `yaml:"messages_tab_enabled"`
			MessagesReadOnly bool `yaml:"messages_tab_read_only_enabled"`
		} `yaml:"app_home"`
		BotUser struct {
			DisplayName  string `yaml:"display_name"`
			AlwaysOnline bool   `yaml:"always_online"`
		} `yaml:"bot_user"`
		SlashCommands []struct {
			Command      string `yaml:"command"`
			Description  string `yaml:"description"`
			UsageHint    string `yaml:"usage_hint"`
			ShouldEscape *bool  `yaml:"should_escape"`
		} `yaml:"slash_commands"`
		Shortcuts []struct {
			Name        string `yaml:"name"`
			Type        string `yaml:"type"`
			CallbackID  string `yaml:"callback_id"`
			Description string `yaml:"description"`
		} `yaml:"shortcuts"`
	} `yaml:"features"`
	OAuth struct {
		Scopes struct {
			Bot         []string `yaml:"bot"`
			BotOptional []string `yaml:"bot_optional"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			Bot []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		Interactivity struct {
			Enabled bool `yaml:"is_enabled"`
		} `yaml:"interactivity"`
		SocketMode    bool `yaml:"socket_mode_enabled"`
		OrgDeploy     bool `yaml:"org_deploy_enabled"`
		TokenRotation bool `yaml:"token_rotation_enabled"`
	} `yaml:"settings"`
}

func readManifest(t *testing.T) manifest {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "manifest.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var m manifest
	decode := yaml.NewDecoder(file)
	decode.KnownFields(true)
	if err := decode.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

// requiredScopes are the bot scopes that nobody can decline.
func (m manifest) requiredScopes() []string {
	scopes := m.OAuth.Scopes
	return slices.DeleteFunc(slices.Clone(scopes.Bot), func(scope string) bool {
		return slices.Contains(scopes.BotOptional, scope)
	})
}

func TestManifestSwitchesOnWhatTheAppNeeds(t *testing.T) {
	t.Parallel()
	m := readManifest(t)
	home, settings := m.Features.AppHome, m.Settings
	rules := []struct {
		rule string
		kept bool
	}{
		{"Socket Mode is on", settings.SocketMode},
		{"interactivity is on: forms and buttons", settings.Interactivity.Enabled},
		{"token rotation is off: the app keeps no state to refresh tokens with", !settings.TokenRotation},
		{"the messages tab is on: receipts are direct messages", home.MessagesTab},
		{"the messages tab is read-only: nobody types a secret there", home.MessagesReadOnly},
		{"the home tab is on: My secrets", home.HomeTab},
		{"the events are those that the app answers", slices.Equal(slices.Sorted(slices.Values(settings.Events.Bot)), bot.Events())},
		{"there is one slash command: the app can't tell two apart", len(m.Features.SlashCommands) == 1},
	}
	for _, r := range rules {
		if !r.kept {
			t.Error("broken: " + r.rule)
		}
	}
	for _, c := range m.Features.SlashCommands {
		if c.ShouldEscape == nil || *c.ShouldEscape {
			t.Errorf("%s: should_escape must be false: Slack would rewrite names and URLs in a secret", c.Command)
		}
		if c.UsageHint == "" {
			t.Errorf("%s has no usage hint", c.Command)
		}
	}
}

// Slack's limits: https://docs.slack.dev/reference/app-manifest
func TestManifestIsWithinSlacksLimits(t *testing.T) {
	t.Parallel()
	m := readManifest(t)
	between := func(what, text string, least, most int) {
		if n := len([]rune(text)); n < least || n > most {
			t.Errorf("%s has %d characters, must have %d to %d", what, n, least, most)
		}
	}
	between("name", m.Display.Name, 1, 35)
	between("description", m.Display.Short, 1, 140)
	between("long_description", m.Display.Long, 175, 4000)
	between("bot display_name", m.Features.BotUser.DisplayName, 1, 80)
	for _, c := range m.Features.SlashCommands {
		between("command", c.Command, 2, 32)
		between("command's description", c.Description, 1, 2000)
		between("usage_hint", c.UsageHint, 1, 1000)
		if !strings.HasPrefix(c.Command, "/") {
			t.Errorf("command %s must start with /", c.Command)
		}
	}
	for _, s := range m.Features.Shortcuts {
		between("shortcut's name", s.Name, 1, 24)
		between("shortcut's description", s.Description, 1, 150)
		between("callback_id", s.CallbackID, 1, 255)
	}
}

// Least privilege, both ways: no call without its scope, no scope without a
// use. What is optional must work without, so it is not derived from calls.
func TestManifestAsksForTheScopesOfTheCallsAndNoMore(t *testing.T) {
	t.Parallel()
	// Bot scopes of Web API calls, as slack-go names them,
	// https://docs.slack.dev/reference/methods
	callScopes := map[string]string{
		"PostMessageWithResponseContext": "chat:write",
		"PostEphemeralContext":           "chat:write",
		"UpdateMessageContext":           "chat:write",
		"OpenViewContext":                "",
		"PushViewContext":                "",
		"UpdateViewContext":              "",
		"PublishViewContext":             "",
		"StartSocketModeContext":         "", // connections:write, of the app-level token
		"AuthTestContext":                "",
		// Called only with their scopes, and nothing fails without.
		"GetUserInfoContext":         "",
		"GetConversationInfoContext": "",
	}
	var needed []string
	if len(readManifest(t).Features.SlashCommands) > 0 {
		needed = append(needed, "commands")
	}
	for _, s := range botSelectors(t) {
		if !isAPI(s.X) || !strings.HasSuffix(s.Sel.Name, "Context") {
			continue
		}
		scope, known := callScopes[s.Sel.Name]
		if !known {
			t.Errorf("the bot calls %s: say in callScopes which scope it needs", s.Sel.Name)
		}
		if scope != "" && !slices.Contains(needed, scope) {
			needed = append(needed, scope)
		}
	}
	scopes := readManifest(t).OAuth.Scopes
	asked := readManifest(t).requiredScopes()
	slices.Sort(needed)
	slices.Sort(asked)
	if !slices.Equal(asked, needed) {
		t.Errorf("manifest asks for %v, the code needs %v", asked, needed)
	}
	if want := []string{"chat:write.public", "users:read"}; !slices.Equal(scopes.BotOptional, want) {
		t.Errorf("optional scopes = %v, want %v", scopes.BotOptional, want)
	}
	for _, scope := range scopes.BotOptional {
		if !slices.Contains(scopes.Bot, scope) {
			t.Errorf("Slack wants the optional scope %s in the list of all scopes, too", scope)
		}
	}
}

// isAPI tells c.api().PostMessageContext from slack.NewTextBlockObject.
func isAPI(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return named(e, "api")
	}
	on, ok := call.Fun.(*ast.SelectorExpr)
	return ok && on.Sel.Name == "api"
}

func TestManifestHasTheShortcutsThatTheCodeHandles(t *testing.T) {
	t.Parallel()
	handled := map[string]bool{}
	for _, s := range botSelectors(t) {
		switch s.Sel.Name {
		case "InteractionTypeShortcut":
			handled["global"] = true
		case "InteractionTypeMessageAction":
			handled["message"] = true
		}
	}
	known := botConstants(t)
	offered := map[string]bool{}
	for _, s := range readManifest(t).Features.Shortcuts {
		offered[s.Type] = true
		if !handled[s.Type] || !known[s.CallbackID] {
			t.Errorf("the manifest offers the %s shortcut %q, which the bot doesn't know", s.Type, s.CallbackID)
		}
	}
	for kind := range handled {
		if !offered[kind] {
			t.Errorf("the bot handles a %s shortcut, which the manifest doesn't offer", kind)
		}
	}
}

// botSelectors returns every x.y of the bot's own source.
func botSelectors(t *testing.T) []*ast.SelectorExpr {
	t.Helper()
	var all []*ast.SelectorExpr
	for _, name := range botFiles(t) {
		all = append(all, selectors(t, name)...)
	}
	return all
}

// botConstants holds the value of every string constant of the bot.
func botConstants(t *testing.T) map[string]bool {
	t.Helper()
	values := map[string]bool{}
	for _, name := range botFiles(t) {
		for _, decl := range parse(t, name).Decls {
			constants, ok := decl.(*ast.GenDecl)
			if !ok || constants.Tok != token.CONST {
				continue
			}
			ast.Inspect(constants, func(n ast.Node) bool {
				if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
					values[strings.Trim(text.Value, `"`)] = true
				}
				return true
			})
		}
	}
	return values
}

// botFiles lists the bot's own source, tests left out.
func botFiles(t *testing.T) []string {
	t.Helper()
	return sources(t, "bot")
}
