package service

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// good is the least that Load accepts.
func good() map[string]string {
	return map[string]string{
		"SLACK_BOT_TOKEN": "xoxb-1-abc",
		"SLACK_APP_TOKEN": "xapp-1-abc",
		"OTS_URL":         "https://ots.example.com",
	}
}

// loadWith loads the good settings with changes, and nothing from the
// environment that the test runs in.
func loadWith(t *testing.T, changes map[string]string) (Config, error) {
	t.Helper()
	for _, s := range Settings() {
		t.Setenv(s.Name, "") // so that what Load takes out comes back
		os.Unsetenv(s.Name)
	}
	for name, value := range good() {
		t.Setenv(name, value)
	}
	for name, value := range changes {
		t.Setenv(name, value)
	}
	return Load()
}

func TestDefaultsApplyToWhatIsNotSet(t *testing.T) {
	cfg, err := loadWith(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		SlackBotToken:    "xoxb-1-abc",
		SlackAppToken:    "xapp-1-abc",
		SlackAPIURL:      "https://slack.com/api/",
		SlackConnections: 2,
		OTSURL:           "https://ots.example.com",
		OTSTimeout:       15 * time.Second,
		SecretTTL:        7 * 24 * time.Hour,
		SecretTTLChoices: []time.Duration{5 * time.Minute, time.Hour, 4 * time.Hour, 24 * time.Hour, 72 * time.Hour, 168 * time.Hour},
		SecretPassphrase: "optional",
		SecretInline:     true,

		PolicyExternal:      "warn",
		PolicyGuests:        "allow",
		PolicyRecipientsMax: 20,

		Follow:         true,
		NotifyExpiring: true,

		DefaultLanguage: "en",

		ListenAddr:      ":8080",
		LogLevel:        "info",
		LogFormat:       "json",
		ShutdownTimeout: 25 * time.Second,
	}
	if !reflect.DeepEqual(cfg, want) {
		t.Errorf("Load() =\n%+v, want\n%+v", cfg, want)
	}
}

func TestSetButEmptyIsNotSet(t *testing.T) {
	defaults, err := loadWith(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range Settings() {
		for _, empty := range []string{"", "  ", "\n"} {
			cfg, err := loadWith(t, map[string]string{s.Name: empty})
			switch {
			case s.Default == "required" && (err == nil || !strings.HasPrefix(err.Error(), s.Name+" is missing: ")):
				t.Errorf("%s=%q: error %v, want that it is missing", s.Name, empty, err)
			case s.Default != "required" && (err != nil || !reflect.DeepEqual(cfg, defaults)):
				t.Errorf("%s=%q: %+v, %v, want the defaults", s.Name, empty, cfg, err)
			}
		}
	}
}

func TestEverySettingReachesItsField(t *testing.T) {
	cfg, err := loadWith(t, map[string]string{
		"SLACK_API_URL":           "https://slack-gov.com/api",
		"SLACK_CONNECTIONS":       "10",
		"OTS_URL":                 "http://ots.internal:3000/prefix",
		"OTS_PUBLIC_URL":          "https://secrets.example.com",
		"OTS_ALLOW_HTTP":          "true",
		"OTS_USERNAME":            "bot@example.com",
		"OTS_API_TOKEN":           "abc",
		"OTS_SHARE_DOMAIN":        "links.example.com",
		"OTS_TIMEOUT":             "20s",
		"SECRET_TTL":              "1h",
		"SECRET_TTL_CHOICES":      "2h,1h,1h",
		"SECRET_PASSPHRASE":       "required",
		"SECRET_INLINE":           "false",
		"POLICY_EXTERNAL":         "refuse",
		"POLICY_GUESTS":           "refuse",
		"POLICY_CHANNELS_ALLOW":   "C1, G2",
		"POLICY_CHANNELS_DENY":    "D3",
		"POLICY_USERS_ALLOW":      "U1,W2",
		"POLICY_USERS_DENY":       " U3 ",
		"POLICY_SECRETS_PER_HOUR": "30",
		"POLICY_RECIPIENTS_MAX":   "5",
		"SUPPORT_CONTACT":         "#it-help",
		"ENCRYPTION_KEY":          "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=,YWJjZGVmZ2hpamthYmNkZWZnaGlqa2FiY2RlZmdoaWo=",
		"STORE_URL":               "file:/var/lib/otsbot/otsbot.db",
		"FOLLOW":                  "false",
		"NOTIFY_OPENED":           "true",
		"NOTIFY_EXPIRING":         "false",
		"DEFAULT_LANGUAGE":        "de",
		"LISTEN_ADDR":             "127.0.0.1:0",
		"LOG_LEVEL":               "debug",
		"LOG_FORMAT":              "console",
		"SHUTDOWN_TIMEOUT":        "6s",
		"SLACK_BOT_TOKEN":         "xoxb-2",
		"SLACK_APP_TOKEN":         "xapp-2",
		"SECRET_UNKNOWN_NAME":     "ignored",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		SlackBotToken: "xoxb-2", SlackAppToken: "xapp-2",
		SlackAPIURL: "https://slack-gov.com/api/", SlackConnections: 10,
		OTSURL: "http://ots.internal:3000/prefix", OTSPublicURL: "https://secrets.example.com", OTSAllowHTTP: true,
		OTSUsername: "bot@example.com", OTSAPIToken: "abc", OTSShareDomain: "links.example.com", OTSTimeout: 20 * time.Second,
		SecretTTL: time.Hour, SecretTTLChoices: []time.Duration{time.Hour, 2 * time.Hour}, SecretPassphrase: "required", SecretInline: false,
		PolicyExternal: "refuse", PolicyGuests: "refuse", PolicyChannelsAllow: []string{"C1", "G2"}, PolicyChannelsDeny: []string{"D3"},
		PolicyUsersAllow: []string{"U1", "W2"}, PolicyUsersDeny: []string{"U3"}, PolicySecretsPerHour: 30, PolicyRecipientsMax: 5, SupportContact: "#it-help",
		EncryptionKey: []string{"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "YWJjZGVmZ2hpamthYmNkZWZnaGlqa2FiY2RlZmdoaWo="},
		StoreURL:      "file:/var/lib/otsbot/otsbot.db", Follow: false, NotifyOpened: true, NotifyExpiring: false,
		DefaultLanguage: "de",
		ListenAddr:      "127.0.0.1:0", LogLevel: "debug", LogFormat: "console", ShutdownTimeout: 6 * time.Second,
	}
	if !reflect.DeepEqual(cfg, want) {
		t.Errorf("Load() =\n%+v, want\n%+v", cfg, want)
	}
}

func TestAllProblemsAreToldAtOnceInTheOrderOfTheSettings(t *testing.T) {
	_, err := loadWith(t, map[string]string{
		"SLACK_BOT_TOKEN":    "",
		"SLACK_APP_TOKEN":    "nonsense",
		"SLACK_CONNECTIONS":  "many",
		"OTS_URL":            "ots.example.com",
		"OTS_TIMEOUT":        "15",
		"SECRET_TTL_CHOICES": "5m,x",
		"SECRET_PASSPHRASE":  "never",
		"LOG_LEVEL":          "loud",
	})
	if err == nil {
		t.Fatal("Load() accepted all of it")
	}
	var names []string
	for line := range strings.Lines(err.Error()) {
		name, _, _ := strings.Cut(line, " ")
		names = append(names, name)
	}
	got := strings.Join(names, " ")
	want := "SLACK_BOT_TOKEN SLACK_APP_TOKEN SLACK_CONNECTIONS OTS_URL OTS_TIMEOUT SECRET_TTL_CHOICES SECRET_PASSPHRASE LOG_LEVEL"
	if got != want {
		t.Errorf("problems with\n%s, want\n%s\nin\n%v", got, want, err)
	}
}

// Names in an error help; a value may be a token that stands in the wrong place.
func TestNoErrorHoldsAValue(t *testing.T) {
	const canary = "CANARYs3cr3t"
	shapes := []string{
		"%", "xoxb-% ", "xapp-%\n", "xoxe.xoxb-1-%", "https://user:%@ots.example.com", "https://ots.example.com/?%",
		"http://%.example.com", "ftp://%", "https://%:port", "%://", "5m,%", "%:8080", "99%", "\x7f%", "%,MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
	}
	for _, s := range Settings() {
		for _, shape := range shapes {
			value := strings.ReplaceAll(shape, "%", canary)
			_, err := loadWith(t, map[string]string{s.Name: value})
			if err != nil && strings.Contains(strings.ToLower(err.Error()), strings.ToLower(canary)) {
				t.Errorf("%s=%q: the error holds the value: %v", s.Name, value, err)
			}
		}
	}
}

func FuzzLoadNeverQuotesAValue(f *testing.F) {
	const canary = "CANARYs3cr3t"
	for i, s := range Settings() {
		f.Add(uint8(i), s.Default, "")
	}
	f.Add(uint8(0), "xoxb-", " ")
	f.Add(uint8(4), "https://", ".example.com/#")
	f.Fuzz(func(t *testing.T, which uint8, before, after string) {
		if strings.ContainsRune(before+after, 0) {
			t.Skip("no environment holds a NUL")
		}
		setting := Settings()[int(which)%len(Settings())]
		_, err := loadWith(t, map[string]string{setting.Name: before + canary + after})
		if err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the error holds the value: %v", setting.Name, err)
		}
	})
}
