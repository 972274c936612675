package service

import (
	"encoding/base64"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"otsbot/bot"
)

const (
	// Slack: an app may keep ten Socket Mode connections open,
	// https://docs.slack.dev/apis/events-api/using-socket-mode
	maxConnections = 10

	// Slack: a select menu has at most 100 options,
	// https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
	maxChoices = 100

	// OneTimeSecret raises anything shorter to a minute (v0.22 and newer), and
	// takes 0 for a minute or for two weeks, depending on its version.
	minTTL = time.Minute

	// encryptionKeyLength is that of the keys that are derived from it.
	encryptionKeyLength = 32

	// maxTTL: to keep something for longer than a year is not to hand it over,
	// and much longer overflows what a moment can be.
	maxTTL = 365 * 24 * time.Hour

	// maxOTSTimeout is far more than a server takes: 0.26 spends up to 1.1 s on
	// a passphrase. Each call holds one of the places for people at work.
	maxOTSTimeout = 2 * time.Minute

	// maxShutdown is longer than anything that is waited for.
	maxShutdown = 10 * time.Minute

	// maxContact leaves room for the refusal that names the contact.
	maxContact = 200

	// What the bot keeps of the shutdown for burning what isn't delivered.
	burnReserve = 5 * time.Second
)

// Slack's ids: C is a channel, G an older private one, D a direct message;
// U and W are people. https://docs.slack.dev/apis/web-api/using-the-conversations-api
var (
	channelID = regexp.MustCompile(`^[CGD][A-Z0-9]+$`)
	userID    = regexp.MustCompile(`^[UW][A-Z0-9]+$`)
)

// check adds what is wrong with settings that could be read.
func (c *Config) check(found problems) {
	c.checkSlack(found)
	c.checkOTS(found)
	c.checkSecrets(found)
	c.checkPolicy(found)
	c.checkProcess(found)
	checkProxy(found)
	c.checkStore(found)
	if all := bot.Languages(); !slices.Contains(all, c.DefaultLanguage) {
		found.add("DEFAULT_LANGUAGE", "must be one of "+strings.Join(all, ", "))
	}
	if _, ok := c.encryptionKeys(); !ok {
		found.add("ENCRYPTION_KEY", "must be 32 bytes in base64, or several such keys separated by commas: openssl rand -base64 32 makes one")
	}
}

// checkStore looks at what can be seen without opening the store.
func (c *Config) checkStore(found problems) {
	known := func(prefix string) bool { return strings.HasPrefix(c.StoreURL, prefix) }
	to, err := url.Parse(c.StoreURL)
	switch {
	case c.StoreURL == "":
	case err != nil, !slices.ContainsFunc([]string{"file:/", "redis://", "rediss://", "unix://"}, known):
		found.add("STORE_URL", "must start with file:/, redis://, rediss:// or unix://")
	case to.Query().Get("skip_verify") != "":
		found.add("STORE_URL", "must not turn off certificate checks (skip_verify): to use your own authority, set SSL_CERT_FILE")
	}
}

// encryptionKeys decodes ENCRYPTION_KEY.
func (c *Config) encryptionKeys() (keys [][]byte, ok bool) {
	for _, text := range c.EncryptionKey {
		key, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(text))
		if err != nil || len(key) != encryptionKeyLength {
			return nil, false
		}
		keys = append(keys, key)
	}
	return keys, true
}

func (c *Config) checkSlack(found problems) {
	if problem := tokenProblem(c.SlackBotToken, "xoxb-"); problem != "" {
		found.add("SLACK_BOT_TOKEN", problem)
	}
	if problem := tokenProblem(c.SlackAppToken, "xapp-"); problem != "" {
		found.add("SLACK_APP_TOKEN", problem)
	}
	api, problem := parseBase(c.SlackAPIURL)
	switch {
	case problem != "":
		found.add("SLACK_API_URL", problem)
	case isPlainRemote(api):
		found.add("SLACK_API_URL", "must start with https://: tokens are sent to it")
	}
	if c.SlackConnections < 1 || c.SlackConnections > maxConnections {
		found.add("SLACK_CONNECTIONS", "must be from 1 to 10")
	}
}

func (c *Config) checkOTS(found problems) {
	api, problem := parseBase(c.OTSURL)
	plain := problem == "" && isPlainRemote(api)
	switch {
	case problem != "":
		found.add("OTS_URL", problem)
	case apiPath.MatchString(api.Path):
		found.add("OTS_URL", "must be the server's address without /api/…: the bot adds that")
	case plain && !c.OTSAllowHTTP:
		found.add("OTS_URL", "is plain http: use https, or set OTS_ALLOW_HTTP to true if the server is inside the cluster")
	}
	c.checkPublicURL(found, plain)
	c.checkAccount(found)
	if c.OTSShareDomain != "" && !hostName.MatchString(c.OTSShareDomain) {
		found.add("OTS_SHARE_DOMAIN", "must be a bare host name such as secrets.example.com")
	}
	if c.OTSTimeout <= 0 || c.OTSTimeout > maxOTSTimeout {
		found.add("OTS_TIMEOUT", "must be longer than 0s and at most two minutes: somebody is waiting")
	}
}

func (c *Config) checkPublicURL(found problems, plainAPI bool) {
	if c.OTSPublicURL == "" {
		if plainAPI {
			found.add("OTS_PUBLIC_URL", "is missing: OTS_URL is plain http, and the links that people open must be https")
		}
		return
	}
	public, problem := parseBase(c.OTSPublicURL)
	switch {
	case problem != "":
		found.add("OTS_PUBLIC_URL", problem)
	case public.Scheme != "https" && (plainAPI || isPlainRemote(public)):
		found.add("OTS_PUBLIC_URL", "must start with https://: people open these links")
	}
}

func (c *Config) checkAccount(found problems) {
	switch {
	case c.OTSUsername == "" && c.OTSAPIToken != "":
		found.add("OTS_USERNAME", "is missing: OTS_API_TOKEN is set; set both, or neither to be anonymous")
	case c.OTSUsername != "" && c.OTSAPIToken == "":
		found.add("OTS_API_TOKEN", "is missing: OTS_USERNAME is set; set both, or neither to be anonymous")
	}
	if strings.Contains(c.OTSUsername, ":") || !isPrintable(c.OTSUsername) {
		found.add("OTS_USERNAME", "must not contain a colon, space or line break")
	}
	if !isPrintable(c.OTSAPIToken) {
		found.add("OTS_API_TOKEN", "must not contain a space or line break")
	}
}

func (c *Config) checkSecrets(found problems) {
	if !isLifetime(c.SecretTTL) {
		found.add("SECRET_TTL", "must be from 60s to 8760h, in whole seconds")
	}
	switch {
	case len(c.SecretTTLChoices) > maxChoices:
		found.add("SECRET_TTL_CHOICES", "must be at most 100 lifetimes")
	case !allLifetimes(c.SecretTTLChoices):
		found.add("SECRET_TTL_CHOICES", "must be lifetimes from 60s to 8760h, in whole seconds")
	}
	// Without choices, they couldn't be read, and that is said already.
	if choices := c.SecretTTLChoices; len(choices) > 0 && c.SecretTTL > slices.Max(choices) {
		found.add("SECRET_TTL", "must not be longer than the longest of SECRET_TTL_CHOICES")
	}
	if !slices.Contains([]string{"optional", "required"}, c.SecretPassphrase) {
		found.add("SECRET_PASSPHRASE", "must be optional or required")
	}
}

func (c *Config) checkPolicy(found problems) {
	if !slices.Contains([]string{"allow", "warn", "refuse"}, c.PolicyExternal) {
		found.add("POLICY_EXTERNAL", "must be allow, warn or refuse")
	}
	if !slices.Contains([]string{"allow", "refuse"}, c.PolicyGuests) {
		found.add("POLICY_GUESTS", "must be allow or refuse")
	}
	for name, ids := range map[string][]string{"POLICY_CHANNELS_ALLOW": c.PolicyChannelsAllow, "POLICY_CHANNELS_DENY": c.PolicyChannelsDeny} {
		if !allMatch(ids, channelID) {
			found.add(name, "must be conversation IDs such as C0123ABCD, separated by commas")
		}
	}
	for name, ids := range map[string][]string{"POLICY_USERS_ALLOW": c.PolicyUsersAllow, "POLICY_USERS_DENY": c.PolicyUsersDeny} {
		if !allMatch(ids, userID) {
			found.add(name, "must be member IDs such as U0123ABCD, separated by commas")
		}
	}
	if c.PolicySecretsPerHour < 0 {
		found.add("POLICY_SECRETS_PER_HOUR", "must be 0 or more")
	}
	if c.PolicyRecipientsMax < 0 || c.PolicyRecipientsMax > bot.MaxRecipients {
		found.add("POLICY_RECIPIENTS_MAX", "must be from 0 to 20")
	}
	if len(c.SupportContact) > maxContact || strings.ContainsFunc(c.SupportContact, unicode.IsControl) {
		found.add("SUPPORT_CONTACT", "must be one line of at most 200 characters")
	}
}

func allMatch(ids []string, pattern *regexp.Regexp) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { return !pattern.MatchString(id) })
}

func (c *Config) checkProcess(found problems) {
	_, port, err := net.SplitHostPort(c.ListenAddr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		found.add("LISTEN_ADDR", "must be host:port or :port, such as :8080")
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.LogLevel) {
		found.add("LOG_LEVEL", "must be debug, info, warn or error")
	}
	if !slices.Contains([]string{"json", "console"}, c.LogFormat) {
		found.add("LOG_FORMAT", "must be json or console")
	}
	if c.ShutdownTimeout > maxShutdown {
		found.add("SHUTDOWN_TIMEOUT", "must be at most ten minutes")
	}
	if c.ShutdownTimeout <= burnReserve {
		found.add("SHUTDOWN_TIMEOUT", "must be longer than 5s: the last five seconds are kept for burning what isn't delivered")
	}
}

// tokenProblem says what is wrong with a Slack token: most often one stands in
// the other's place.
func tokenProblem(token, prefix string) string {
	switch {
	case !isPrintable(token):
		return "must not contain a space or line break"
	case strings.HasPrefix(token, prefix) && len(token) > len(prefix):
		return ""
	case prefix != "xoxb-" && strings.HasPrefix(token, "xoxb-"):
		return "is a bot token, which belongs in SLACK_BOT_TOKEN"
	case prefix != "xapp-" && strings.HasPrefix(token, "xapp-"):
		return "is an app-level token, which belongs in SLACK_APP_TOKEN"
	case strings.HasPrefix(token, "xoxe.") || strings.HasPrefix(token, "xoxe-"):
		return "is a token that expires: turn off token rotation in the app's settings and install it again"
	default:
		return "must be a token that starts with " + prefix
	}
}

func isLifetime(d time.Duration) bool {
	return d >= minTTL && d <= maxTTL && d%time.Second == 0 // OneTimeSecret counts in seconds
}

func allLifetimes(choices []time.Duration) bool {
	return !slices.ContainsFunc(choices, func(d time.Duration) bool { return !isLifetime(d) })
}

// isPrintable reports whether s is visible ASCII, which is all that tokens and
// account names are made of. A line break at the end of a token file is the
// mistake that it catches.
func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
