package service

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/kelseyhightower/envconfig"
	"go.uber.org/zap"

	"otsbot/bot"
	"otsbot/otsclient"
)

// Config is the list of settings: the names, the defaults and what each means.
// "otsbot -h" and the table in README.md are made from it. Values are plain
// strings here, so a Config must never be printed or logged as a whole.
//
// What is tagged file:"yes" may stand in a file that the variable of its name
// and _FILE names.
type Config struct {
	SlackBotToken    string `envconfig:"SLACK_BOT_TOKEN" file:"yes" required:"true" desc:"The app's bot token (xoxb-…), from OAuth & Permissions."`
	SlackAppToken    string `envconfig:"SLACK_APP_TOKEN" file:"yes" required:"true" desc:"An app-level token (xapp-…) with the scope connections:write, from Basic Information."`
	SlackAPIURL      string `envconfig:"SLACK_API_URL" default:"https://slack.com/api/" desc:"Slack's Web API. GovSlack has its own."`
	SlackConnections int    `envconfig:"SLACK_CONNECTIONS" default:"2" desc:"Socket Mode connections kept open at once, 1 to 10. Slack allows one app ten in all, replicas counted."`

	OTSURL         string        `envconfig:"OTS_URL" required:"true" desc:"Where the OneTimeSecret API is, such as https://eu.onetimesecret.com, a custom domain, a self-hosted or cluster-internal server. It has no default: where secrets are kept is the operator's decision."`
	OTSPublicURL   string        `envconfig:"OTS_PUBLIC_URL" unset:"OTS_URL" desc:"Base of the links that people open. Required, and https, when OTS_URL is plain http on another host."`
	OTSAllowHTTP   bool          `envconfig:"OTS_ALLOW_HTTP" default:"false" desc:"Accept http:// for OTS_URL beyond loopback, inside a cluster."`
	OTSUsername    string        `envconfig:"OTS_USERNAME" file:"yes" unset:"anonymous" desc:"OneTimeSecret account for HTTP Basic. Set it together with OTS_API_TOKEN."`
	OTSAPIToken    string        `envconfig:"OTS_API_TOKEN" file:"yes" unset:"anonymous" desc:"API token of that account."`
	OTSShareDomain string        `envconfig:"OTS_SHARE_DOMAIN" desc:"Custom domain of the links, a bare host name that the OneTimeSecret server knows."`
	OTSTimeout     time.Duration `envconfig:"OTS_TIMEOUT" default:"15s" desc:"How long one call to OneTimeSecret may take, up to 2m."`

	SecretTTL        time.Duration   `envconfig:"SECRET_TTL" default:"168h" desc:"Lifetime of a secret when nobody chooses one."`
	SecretTTLChoices []time.Duration `envconfig:"SECRET_TTL_CHOICES" default:"5m,1h,4h,24h,72h,168h" desc:"Lifetimes that the form offers, up to 8760h. The longest is the most anyone gets."`
	SecretPassphrase string          `envconfig:"SECRET_PASSPHRASE" default:"optional" desc:"Whether secrets need a passphrase: optional or required."`
	SecretInline     bool            `envconfig:"SECRET_INLINE" default:"true" desc:"Whether the text may follow the command (/secret some text). If not, the command opens the form."`

	PolicyExternal       string   `envconfig:"POLICY_EXTERNAL" default:"warn" desc:"Conversations and people of other organizations (Slack Connect): allow, warn, or refuse, also where Slack doesn't tell, as of direct messages between people. No app can tell where an email address belongs: warn says so in the form, refuse emails nothing. Both warn and refuse need the scopes channels:read, groups:read, im:read, mpim:read and users:read."`
	PolicyGuests         string   `envconfig:"POLICY_GUESTS" default:"allow" desc:"Guests, as who shares and as who gets a link of their own: allow or refuse. Refuse also posts nothing in direct messages between people, since Slack doesn't tell an app whose they are; guests in a channel or group DM read what is posted there. Needs the scope users:read, and im:read for commands typed in the app's own direct message."`
	PolicyChannelsAllow  []string `envconfig:"POLICY_CHANNELS_ALLOW" unset:"all" desc:"IDs of the only conversations that links may be posted in, separated by commas. No link is emailed then. What the app sends to people one by one is up to POLICY_RECIPIENTS_MAX; a link for oneself is always possible."`
	PolicyChannelsDeny   []string `envconfig:"POLICY_CHANNELS_DENY" unset:"none" desc:"IDs of conversations that no link may be posted in."`
	PolicyUsersAllow     []string `envconfig:"POLICY_USERS_ALLOW" unset:"all" desc:"IDs of the only people who may share."`
	PolicyUsersDeny      []string `envconfig:"POLICY_USERS_DENY" unset:"none" desc:"IDs of people who may neither share nor be sent a link. While it is set, nothing is posted in direct messages between people, since Slack doesn't tell an app whose they are. What is posted in a channel or group DM, everyone in it can read. Email addresses aren't matched to people. The app's own direct message needs the scope im:read."`
	PolicySecretsPerHour int      `envconfig:"POLICY_SECRETS_PER_HOUR" default:"0" desc:"How many secrets one person may share in an hour; each recipient counts. 0 is no limit. Replicas with one store (STORE_URL) count together, others each for itself."`
	PolicyRecipientsMax  int      `envconfig:"POLICY_RECIPIENTS_MAX" default:"20" desc:"How many people one form may send a link each, up to 20. 0 turns that off, and asking for secrets with it."`
	SupportContact       string   `envconfig:"SUPPORT_CONTACT" unset:"nobody" desc:"Who to ask about a refusal, in your own words, such as #it-help or it@example.com. Refusals name it."`

	EncryptionKey []string `envconfig:"ENCRYPTION_KEY" file:"yes" unset:"from the bot token" desc:"What forms and the store are sealed with, and buttons signed: 32 bytes in base64. A list separated by commas: the first is used, all are read. Set it so that buttons and the store outlive a change of the bot token. openssl rand -base64 32 makes one."`

	StoreURL       string `envconfig:"STORE_URL" file:"yes" unset:"in memory" desc:"Where the app remembers what is out, so that it can follow it, list it and share the work with other replicas: file:/var/lib/otsbot/otsbot.db (one replica), or redis://… or rediss://… for several. Without it, in memory, until the process stops. What is kept is sealed with ENCRYPTION_KEY."`
	Follow         bool   `envconfig:"FOLLOW" default:"true" desc:"Whether the app notices by itself that a secret was opened, burned or has expired, and changes the receipt and the message with the link."`
	NotifyOpened   bool   `envconfig:"NOTIFY_OPENED" default:"false" desc:"Whether people are told when their secret is opened, unless they choose otherwise. Each receipt has a button for it."`
	NotifyExpiring bool   `envconfig:"NOTIFY_EXPIRING" default:"true" desc:"Whether people get one reminder before their secret expires unopened. For lifetimes of a day or more."`

	DefaultLanguage string `envconfig:"DEFAULT_LANGUAGE" default:"en" desc:"Language of what many people read, such as the message with a link: {languages}. What one person reads is in the language they use Slack in, if the app speaks it and has the scope users:read; else in this one."`

	ListenAddr      string        `envconfig:"LISTEN_ADDR" default:":8080" desc:"Where /livez, /readyz and /metrics are served."`
	LogLevel        string        `envconfig:"LOG_LEVEL" default:"info" desc:"debug, info, warn or error. No level logs content, links or keys."`
	LogFormat       string        `envconfig:"LOG_FORMAT" default:"json" desc:"json, or console for people."`
	ShutdownTimeout time.Duration `envconfig:"SHUTDOWN_TIMEOUT" default:"25s" desc:"How long work in flight may take after SIGTERM, up to 10m. In the last five seconds, what isn't delivered is burned."`

	files map[string]secretFile // by the name of the setting that stands there
}

// Load reads the settings from the environment and checks them as a whole. Its
// error lists every problem, one line each, by the variable's name and never
// with a value.
//
// A variable that is set but empty counts as not set, as an optional key of a
// Kubernetes Secret often is. envconfig can't be told so, therefore Load takes
// such variables out of the environment first.
func Load() (Config, error) {
	var cfg Config
	found := problems{}
	for field, into := range cfg.fields() {
		name := field.Tag.Get("envconfig")
		given := present(name)
		if mayBeFile(field) && present(name+fileSuffix) {
			cfg.standsIn(name, newSecretFile(os.Getenv(name+fileSuffix)))
			if !given {
				continue
			}
			found.add(name+fileSuffix, "and "+name+" are both set: set only one")
		}
		value, err := process(field)
		if err != nil {
			found.add(name, problemOf(field, err))
			continue
		}
		into.Set(value)
	}
	cfg.normalize()
	cfg.readFiles(found)
	return cfg, found.join(cfg.files)
}

// present takes a variable that is set but empty out of the environment, and
// reports whether there is one then.
func present(name string) bool {
	if strings.TrimSpace(os.Getenv(name)) == "" {
		os.Unsetenv(name)
	}
	_, is := os.LookupEnv(name)
	return is
}

// fields are the settings with their places in c.
func (c *Config) fields() iter.Seq2[reflect.StructField, reflect.Value] {
	return func(yield func(reflect.StructField, reflect.Value) bool) {
		for field, into := range reflect.ValueOf(c).Elem().Fields() {
			if field.IsExported() && !yield(field, into) {
				return
			}
		}
	}
}

// process reads one setting. envconfig stops at the first bad field of a
// struct, so that each field gets a struct of its own.
func process(field reflect.StructField) (reflect.Value, error) {
	alone := reflect.New(reflect.StructOf([]reflect.StructField{{
		Name: field.Name,
		Type: field.Type,
		Tag:  field.Tag,
	}}))
	err := envconfig.Process("", alone.Interface())
	return alone.Elem().Field(0), err
}

// problemOf says what is wrong with a setting that envconfig refused. The
// library's own text is dropped, because it quotes the value.
func problemOf(field reflect.StructField, err error) string {
	if parse := (*envconfig.ParseError)(nil); !errors.As(err, &parse) {
		return "is missing: " + field.Tag.Get("desc")
	}
	switch field.Type {
	case reflect.TypeFor[time.Duration]():
		return "must be a duration such as 30s, 5m or 24h (a week is 168h)"
	case reflect.TypeFor[[]time.Duration]():
		return "must be durations separated by commas, without spaces, such as 5m,1h,24h (a week is 168h)"
	case reflect.TypeFor[bool]():
		return "must be true or false"
	default:
		return "must be a whole number"
	}
}

// normalize brings what has several good spellings into one.
func (c *Config) normalize() {
	if c.SlackAPIURL != "" {
		// slack-go puts the method's name right behind it.
		c.SlackAPIURL = strings.TrimRight(c.SlackAPIURL, "/") + "/"
	}
	slices.Sort(c.SecretTTLChoices)
	c.SecretTTLChoices = slices.Compact(c.SecretTTLChoices)
	for _, ids := range []*[]string{&c.PolicyChannelsAllow, &c.PolicyChannelsDeny, &c.PolicyUsersAllow, &c.PolicyUsersDeny} {
		for i, id := range *ids {
			(*ids)[i] = strings.TrimSpace(id)
		}
	}
}

// problems holds what is wrong, by variable. The first problem of a variable
// is kept: what follows from a value that couldn't be read helps nobody.
type problems map[string]string

func (p problems) add(name, problem string) {
	if _, known := p[name]; !known {
		p[name] = problem
	}
}

// join makes one error of all problems, in the order of the settings. What
// stands in a file is said to.
func (p problems) join(files map[string]secretFile) error {
	var all []error
	for _, s := range Settings() {
		problem, ok := p[s.Name]
		switch _, inFile := files[s.Name]; {
		case ok && inFile:
			all = append(all, fmt.Errorf("%s (from %s) %s", s.Name, s.Name+fileSuffix, problem))
		case ok:
			all = append(all, fmt.Errorf("%s %s", s.Name, problem))
		}
	}
	if problem, ok := p[proxyVariable]; ok {
		all = append(all, fmt.Errorf("%s %s", proxyVariable, problem))
	}
	return errors.Join(all...)
}

// client is the part of the settings that says where and as whom secrets are kept.
func (c Config) client() otsclient.Config {
	return otsclient.Config{
		BaseURL:     c.OTSURL,
		PublicURL:   c.OTSPublicURL,
		Username:    c.OTSUsername,
		APIToken:    c.OTSAPIToken,
		ShareDomain: c.OTSShareDomain,
		Timeout:     c.OTSTimeout,
		AllowHTTP:   c.OTSAllowHTTP,
	}
}

// bot is the part of the settings that is about Slack and its people.
func (c Config) bot(client *otsclient.Client, log *zap.Logger) bot.Config {
	keys, _ := c.encryptionKeys() // Load has checked them
	return bot.Config{
		EncryptionKeys:     keys,
		StoreURL:           c.StoreURL,
		Follow:             c.Follow,
		NotifyOpened:       c.NotifyOpened,
		NotifyExpiring:     c.NotifyExpiring,
		BotToken:           c.SlackBotToken,
		AppToken:           c.SlackAppToken,
		APIURL:             c.SlackAPIURL,
		Connections:        c.SlackConnections,
		OTS:                client,
		TTL:                c.SecretTTL,
		TTLChoices:         c.SecretTTLChoices,
		PassphraseRequired: c.SecretPassphrase == "required",
		Inline:             c.SecretInline,
		DefaultLanguage:    c.DefaultLanguage,
		Email:              c.OTSUsername != "",
		Policy:             c.policy(),
		ShutdownTimeout:    c.ShutdownTimeout,
		Log:                log,
	}
}

// policy is the admin's rules.
func (c Config) policy() bot.Policy {
	return bot.Policy{
		External:       bot.External(c.PolicyExternal),
		RefuseGuests:   c.PolicyGuests == "refuse",
		ChannelsAllow:  c.PolicyChannelsAllow,
		ChannelsDeny:   c.PolicyChannelsDeny,
		UsersAllow:     c.PolicyUsersAllow,
		UsersDeny:      c.PolicyUsersDeny,
		SecretsPerHour: c.PolicySecretsPerHour,
		RecipientsMax:  c.PolicyRecipientsMax,
		Support:        c.SupportContact,
	}
}
