package service

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Each row changes the good settings and names what Load then says about which
// variable; no problem means that the change is accepted.
func TestRulesOfTheSettings(t *testing.T) {
	hundred := strings.TrimSuffix(strings.Repeat("1h,", 100), ",")
	many := manyChoices(101)
	rules := []struct {
		set     string // NAME=value, several separated by |
		problem string
	}{
		{"SLACK_BOT_TOKEN=xoxb-1", ""},
		{"SLACK_BOT_TOKEN=xoxb-", "SLACK_BOT_TOKEN must be a token that starts with xoxb-"},
		{"SLACK_BOT_TOKEN=xapp-1", "SLACK_BOT_TOKEN is an app-level token, which belongs in SLACK_APP_TOKEN"},
		{"SLACK_BOT_TOKEN=xoxp-1", "SLACK_BOT_TOKEN must be a token that starts with xoxb-"},
		{"SLACK_BOT_TOKEN=xoxe.xoxb-1-2", "SLACK_BOT_TOKEN is a token that expires"},
		{"SLACK_BOT_TOKEN=xoxb-1\n", "SLACK_BOT_TOKEN must not contain a space or line break"},
		{"SLACK_APP_TOKEN=xoxb-1", "SLACK_APP_TOKEN is a bot token, which belongs in SLACK_BOT_TOKEN"},
		{"SLACK_APP_TOKEN=xapp-", "SLACK_APP_TOKEN must be a token that starts with xapp-"},
		{"SLACK_APP_TOKEN=xapp-1 ", "SLACK_APP_TOKEN must not contain a space or line break"},

		{"SLACK_API_URL=https://slack-gov.com/api//", ""},
		{"SLACK_API_URL=http://127.0.0.1:8000/api/", ""},
		{"SLACK_API_URL=http://localhost:8000/api/", ""},
		{"SLACK_API_URL=http://[::1]:8000/api/", ""},
		{"SLACK_API_URL=http://slack.localhost:8000/api/", "SLACK_API_URL must start with https://: tokens"},
		{"OTS_URL=http://ots.localhost:3000|OTS_PUBLIC_URL=https://ots.example.com", "OTS_URL is plain http"},
		{"SLACK_API_URL=http://slack.com/api/", "SLACK_API_URL must start with https://: tokens"},
		{"SLACK_API_URL=http://slack.localhost:8000/api/", "SLACK_API_URL must start with https://: tokens"},
		{"SLACK_API_URL=http://127.0.0.1.example.com/api/", "SLACK_API_URL must start with https://: tokens"},
		{"SLACK_API_URL=http://localhost.example.com/api/", "SLACK_API_URL must start with https://: tokens"},
		{"SLACK_API_URL=slack.com/api/", "SLACK_API_URL must start with https://"},
		{"SLACK_API_URL=https://slack.com/api?x=", "SLACK_API_URL must end with the host or the path"},

		{"SLACK_CONNECTIONS=1", ""},
		{"SLACK_CONNECTIONS=10", ""},
		{"SLACK_CONNECTIONS=0", "SLACK_CONNECTIONS must be from 1 to 10"},
		{"SLACK_CONNECTIONS=11", "SLACK_CONNECTIONS must be from 1 to 10"},
		{"SLACK_CONNECTIONS=two", "SLACK_CONNECTIONS must be a whole number"},

		{"OTS_URL=https://ots.example.com:8443/prefix/", ""},
		{"OTS_URL=http://127.0.0.1:3000", ""},
		{"OTS_URL=ots.example.com", "OTS_URL must start with https://"},
		{"OTS_URL=ftp://ots.example.com", "OTS_URL must start with https://"},
		{"OTS_URL=https:ots.example.com", "OTS_URL must be a URL"},
		{"OTS_URL=https://ots.example.com:x", "OTS_URL must be a URL"},
		{"OTS_URL=https://", "OTS_URL must name a host"},
		{"OTS_URL=https://:443", "OTS_URL must name a host"},
		{"OTS_URL=https://me:pw@ots.example.com", "OTS_URL must not contain a user name or password"},
		{"OTS_URL=https://ots.example.com?", "OTS_URL must end with the host or the path"},
		{"OTS_URL=https://ots.example.com/#", "OTS_URL must end with the host or the path"},
		{"OTS_URL=https://ots.example.com/api/v1", "OTS_URL must be the server's address without /api"},
		{"OTS_URL=https://ots.example.com/api/", "OTS_URL must be the server's address without /api"},
		{"OTS_URL=http://ots.internal|OTS_PUBLIC_URL=https://ots.example.com", "OTS_URL is plain http"},
		{"OTS_URL=http://ots.internal|OTS_PUBLIC_URL=https://ots.example.com|OTS_ALLOW_HTTP=true", ""},
		{"OTS_URL=http://ots.internal|OTS_ALLOW_HTTP=true", "OTS_PUBLIC_URL is missing: OTS_URL is plain http"},
		{"OTS_URL=http://ots.internal|OTS_ALLOW_HTTP=true|OTS_PUBLIC_URL=http://127.0.0.1", "OTS_PUBLIC_URL must start with https://: people"},
		{"OTS_URL=http://127.0.0.1:3000|OTS_PUBLIC_URL=http://127.0.0.1:3001", ""},

		{"OTS_PUBLIC_URL=https://secrets.example.com/p", ""},
		{"OTS_PUBLIC_URL=http://secrets.example.com", "OTS_PUBLIC_URL must start with https://: people"},
		{"OTS_PUBLIC_URL=secrets.example.com", "OTS_PUBLIC_URL must start with https://"},
		{"OTS_ALLOW_HTTP=1", ""},
		{"ENCRYPTION_KEY=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", ""},
		{"ENCRYPTION_KEY=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=, YWJjZGVmZ2hpamthYmNkZWZnaGlqa2FiY2RlZmdoaWo=", ""},
		{"ENCRYPTION_KEY=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=,", "ENCRYPTION_KEY must be 32 bytes in base64"},
		{"ENCRYPTION_KEY=c2hvcnQ=", "ENCRYPTION_KEY must be 32 bytes in base64"},
		{"ENCRYPTION_KEY=correct horse battery staple, thirty", "ENCRYPTION_KEY must be 32 bytes in base64"},
		{"STORE_URL=file:/var/lib/otsbot/otsbot.db", ""},
		{"STORE_URL=rediss://otsbot:secret@redis.example.com:6379/0", ""},
		{"STORE_URL=redis://redis|FOLLOW=false|NOTIFY_OPENED=true|NOTIFY_EXPIRING=false", ""},
		{"STORE_URL=otsbot.db", "STORE_URL must start with file:/, redis://, rediss:// or unix://"},
		{"STORE_URL=file:otsbot.db", "STORE_URL must start with file:/"},
		{"STORE_URL=postgres://CANARY@db", "STORE_URL must start with file:/"},
		{"STORE_URL=rediss://redis?skip_verify=true", "STORE_URL must not turn off certificate checks"},
		{"DEFAULT_LANGUAGE=de", ""},
		{"DEFAULT_LANGUAGE=tlh", "DEFAULT_LANGUAGE must be one of en, "},
		{"FOLLOW=maybe", "FOLLOW must be true or false"},
		{"NOTIFY_OPENED=maybe", "NOTIFY_OPENED must be true or false"},
		{"NOTIFY_EXPIRING=maybe", "NOTIFY_EXPIRING must be true or false"},
		{"OTS_ALLOW_HTTP=yes", "OTS_ALLOW_HTTP must be true or false"},

		{"OTS_USERNAME=bot@example.com|OTS_API_TOKEN=abc", ""},
		{"OTS_USERNAME=bot@example.com", "OTS_API_TOKEN is missing: OTS_USERNAME is set"},
		{"OTS_API_TOKEN=abc", "OTS_USERNAME is missing: OTS_API_TOKEN is set"},
		{"OTS_USERNAME=bot:x|OTS_API_TOKEN=abc", "OTS_USERNAME must not contain a colon"},
		{"OTS_USERNAME=bot\n|OTS_API_TOKEN=abc", "OTS_USERNAME must not contain a colon"},
		{"OTS_USERNAME=bot|OTS_API_TOKEN=abc\n", "OTS_API_TOKEN must not contain a space or line break"},

		{"OTS_SHARE_DOMAIN=links.example.com", ""},
		{"OTS_SHARE_DOMAIN=https://links.example.com", "OTS_SHARE_DOMAIN must be a bare host name"},
		{"OTS_SHARE_DOMAIN=links.example.com/x", "OTS_SHARE_DOMAIN must be a bare host name"},
		{"OTS_SHARE_DOMAIN=links..example.com", "OTS_SHARE_DOMAIN must be a bare host name"},

		{"OTS_TIMEOUT=500ms", ""},
		{"OTS_TIMEOUT=0s", "OTS_TIMEOUT must be longer than 0s"},
		{"OTS_TIMEOUT=-1s", "OTS_TIMEOUT must be longer than 0s"},
		{"OTS_TIMEOUT=15", "OTS_TIMEOUT must be a duration"},

		{"SECRET_TTL=60s", ""},
		{"SECRET_TTL_CHOICES=168h,8760h", ""},
		{"SECRET_TTL_CHOICES=168h,8761h", "SECRET_TTL_CHOICES must be lifetimes from 60s to 8760h"},
		{"SECRET_TTL_CHOICES=168h,2562047h", "SECRET_TTL_CHOICES must be lifetimes from 60s to 8760h"},
		{"OTS_TIMEOUT=2m", ""},
		{"OTS_TIMEOUT=121s", "OTS_TIMEOUT must be longer than 0s and at most two minutes"},
		{"SHUTDOWN_TIMEOUT=10m", ""},
		{"SHUTDOWN_TIMEOUT=601s", "SHUTDOWN_TIMEOUT must be at most ten minutes"},
		{"SECRET_TTL=59s", "SECRET_TTL must be from 60s to 8760h"},
		{"SECRET_TTL=1m0.5s", "SECRET_TTL must be from 60s to 8760h, in whole seconds"},
		{"SECRET_TTL=169h", "SECRET_TTL must not be longer than the longest of SECRET_TTL_CHOICES"},
		{"SECRET_TTL=7d", "SECRET_TTL must be a duration"},
		{"SECRET_TTL_CHOICES=1h|SECRET_TTL=1h", ""},
		{"SECRET_TTL_CHOICES=1h", "SECRET_TTL must not be longer than the longest of SECRET_TTL_CHOICES"},
		{"SECRET_TTL_CHOICES=5m, 168h", "SECRET_TTL_CHOICES must be durations separated by commas, without spaces"},
		{"SECRET_TTL_CHOICES=5m,,168h", "SECRET_TTL_CHOICES must be durations"},
		{"SECRET_TTL_CHOICES=30s,168h", "SECRET_TTL_CHOICES must be lifetimes from 60s to 8760h"},
		{"SECRET_TTL_CHOICES=-1h,168h", "SECRET_TTL_CHOICES must be lifetimes from 60s to 8760h"},
		{"SECRET_TTL_CHOICES=" + hundred + ",168h", ""},
		{"SECRET_TTL_CHOICES=" + many, "SECRET_TTL_CHOICES must be at most 100 lifetimes"},

		{"SECRET_PASSPHRASE=required", ""},
		{"SECRET_PASSPHRASE=never", "SECRET_PASSPHRASE must be optional or required"},
		{"SECRET_INLINE=false", ""},
		{"SECRET_INLINE=off", "SECRET_INLINE must be true or false"},

		{"POLICY_EXTERNAL=allow", ""},
		{"POLICY_EXTERNAL=deny", "POLICY_EXTERNAL must be allow, warn or refuse"},
		{"POLICY_GUESTS=refuse", ""},
		{"POLICY_GUESTS=warn", "POLICY_GUESTS must be allow or refuse"},
		{"POLICY_CHANNELS_ALLOW=C01, G02,D03", ""},
		{"POLICY_CHANNELS_ALLOW=#general", "POLICY_CHANNELS_ALLOW must be conversation IDs"},
		{"POLICY_CHANNELS_DENY=C01,,C02", "POLICY_CHANNELS_DENY must be conversation IDs"},
		{"POLICY_USERS_ALLOW=U01,W02", ""},
		{"POLICY_USERS_ALLOW=C01", "POLICY_USERS_ALLOW must be member IDs"},
		{"POLICY_USERS_DENY=@eve", "POLICY_USERS_DENY must be member IDs"},
		{"POLICY_SECRETS_PER_HOUR=100", ""},
		{"POLICY_SECRETS_PER_HOUR=-1", "POLICY_SECRETS_PER_HOUR must be 0 or more"},
		{"POLICY_SECRETS_PER_HOUR=few", "POLICY_SECRETS_PER_HOUR must be a whole number"},
		{"POLICY_RECIPIENTS_MAX=0", ""},
		{"POLICY_RECIPIENTS_MAX=21", "POLICY_RECIPIENTS_MAX must be from 0 to 20"},
		{"SUPPORT_CONTACT=#it-help, or it@example.com", ""},
		{"SUPPORT_CONTACT=" + strings.Repeat("x", 201), "SUPPORT_CONTACT must be one line of at most 200"},

		{"LISTEN_ADDR=[::]:8080", ""},
		{"LISTEN_ADDR=8080", "LISTEN_ADDR must be host:port"},
		{"LISTEN_ADDR=:http", "LISTEN_ADDR must be host:port"},
		{"LISTEN_ADDR=:65536", "LISTEN_ADDR must be host:port"},
		{"LOG_LEVEL=error", ""},
		{"LOG_LEVEL=fatal", "LOG_LEVEL must be debug, info, warn or error"},
		{"LOG_FORMAT=console", ""},
		{"LOG_FORMAT=text", "LOG_FORMAT must be json or console"},
		{"SHUTDOWN_TIMEOUT=5001ms", ""},
		{"SHUTDOWN_TIMEOUT=5s", "SHUTDOWN_TIMEOUT must be longer than 5s"},
		{"SHUTDOWN_TIMEOUT=forever", "SHUTDOWN_TIMEOUT must be a duration"},
	}
	covered := map[string]bool{}
	for _, rule := range rules {
		changes := map[string]string{}
		for change := range strings.SplitSeq(rule.set, "|") {
			name, value, _ := strings.Cut(change, "=")
			changes[name] = value
			covered[name] = true
		}
		_, err := loadWith(t, changes)
		switch {
		case rule.problem == "" && err != nil:
			t.Errorf("%q: %v, want it accepted", rule.set, err)
		case rule.problem != "" && (err == nil || !strings.HasPrefix(err.Error(), rule.problem)):
			t.Errorf("%q: %v, want %s…", rule.set, err, rule.problem)
		case err != nil && strings.Contains(err.Error(), "\n"):
			t.Errorf("%q: %v, want one problem", rule.set, err)
		}
	}
	for _, s := range Settings() {
		if !covered[s.Name] && !strings.HasSuffix(s.Name, fileSuffix) { // see TestRulesOfTheFiles
			t.Errorf("%s has no rule here", s.Name)
		}
	}
}

// manyChoices returns n different lifetimes that end with the default one.
func manyChoices(n int) string {
	choices := []string{"168h"}
	for hours := 1; len(choices) < n; hours++ {
		choices = append(choices, strconv.Itoa(hours)+"h")
	}
	return strings.Join(choices, ",")
}

func TestUnknownVariablesAreNamed(t *testing.T) {
	before := Unknown()
	for _, name := range []string{
		"OTS_TIMEOUTS", "SLACK_SIGNING_SECRET", "SECRET_LIFETIME", // ours by their prefix
		"OTS_SERVICE_HOST", "OTS_SERVICE_PORT", "OTS_SERVICE_PORT_HTTP", "OTS_PORT", "OTS_PORT_443_TCP", // a Service called ots
		"OTS_URL", "OTSBOT", "LOG_COLOR",
	} {
		t.Setenv(name, "value")
	}
	got := slices.DeleteFunc(Unknown(), func(name string) bool { return slices.Contains(before, name) })
	want := []string{"OTS_TIMEOUTS", "SECRET_LIFETIME", "SLACK_SIGNING_SECRET"}
	if !slices.Equal(got, want) {
		t.Errorf("Unknown() = %v, want %v", got, want)
	}
}
