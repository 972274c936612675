package bot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/bot/internal/rules"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// Config is what a Bot needs. Nothing in this package reads the environment.
type Config struct {
	// BotToken (xoxb-) and AppToken (xapp-, scope connections:write).
	BotToken, AppToken string
	// StoreURL is where the app remembers what is out, see memory.Open; "" is
	// in memory, until it stops.
	StoreURL string
	// StoreTimeout is what one question to the store may take; 0 means 100 ms,
	// since people wait for some.
	StoreTimeout time.Duration
	storeClock   func() time.Time // instead of the store's own, in tests
	// Follow has the app notice by itself that a secret was opened, burned or
	// has expired.
	Follow bool
	// NotifyOpened is whether creators hear that it was opened unless they wish
	// otherwise; NotifyExpiring, whether they hear that it ends unopened.
	NotifyOpened, NotifyExpiring bool
	// EncryptionKeys seal what forms and the store remember and sign what buttons hold: the
	// first is used, all are read. None means one that is derived from
	// BotToken: forms and buttons then don't outlive a change of it.
	EncryptionKeys [][]byte
	// APIURL is the base of Slack's Web API; "" means https://slack.com/api/.
	APIURL string
	// Connections is how many sockets are kept open, 1 to 10; 0 means 2, so
	// that one is always up while the other is being refreshed.
	Connections int
	// OTS is where secrets are kept.
	OTS *otsclient.Client
	// TTL is the lifetime when nobody chooses one; TTLChoices is what the
	// form offers, and its longest is the most anyone gets.
	TTL        time.Duration
	TTLChoices []time.Duration
	// PassphraseRequired refuses secrets without a passphrase.
	PassphraseRequired bool
	// Inline allows `/secret some text`; if false, or if something must be filled
	// in besides, it opens the form.
	Inline bool
	// Email offers to have OneTimeSecret e-mail the link, which takes an
	// account there.
	Email bool
	// DefaultLanguage is that of what many people read, and of those whose own
	// isn't known, one of [Languages]; "" is English.
	DefaultLanguage string
	// LanguageKept is for how long nobody's own language is asked for again; 0
	// means a day.
	LanguageKept time.Duration
	// Policy is the admin's rules.
	Policy Policy
	// ShutdownTimeout is how long in-flight work may take once Run's context
	// is done; 0 means 25 s. Its last five seconds are kept for burning what
	// could not be delivered.
	ShutdownTimeout time.Duration
	// Log gets one line per finished interaction, and, on a logger named
	// "audit", one for each event that matters to a security team; nil means
	// none.
	Log *zap.Logger
	// Metrics is where the bot's metrics are registered; nil means nowhere.
	Metrics prometheus.Registerer
	// DialContext opens the connections to Slack; nil is the ordinary dialer
	// behind the proxy of the environment.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
}

// masters are what the keys are derived from.
func (c Config) masters() [][]byte {
	if len(c.EncryptionKeys) == 0 {
		return [][]byte{[]byte(c.BotToken)}
	}
	return c.EncryptionKeys
}

// longestTTL is the most that anyone gets.
func (c Config) longestTTL() time.Duration { return max(c.TTL, slices.Max(c.TTLChoices)) }

// complete fills in what is not set, and says what can't be left out.
func (c Config) complete() (Config, error) {
	if c.OTS == nil {
		return c, errors.New("no OneTimeSecret client")
	}
	if c.APIURL == "" {
		c.APIURL = slack.APIURL
	}
	if c.Connections == 0 {
		c.Connections = 2
	}
	if c.ShutdownTimeout == 0 {
		c.ShutdownTimeout = 25 * time.Second
	}
	if c.TTL == 0 {
		c.TTL = 7 * 24 * time.Hour
	}
	if len(c.TTLChoices) == 0 {
		c.TTLChoices = []time.Duration{c.TTL}
	}
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	if c.LanguageKept == 0 {
		c.LanguageKept = 24 * time.Hour
	}
	if c.DefaultLanguage == "" {
		c.DefaultLanguage = Languages()[0]
	}
	if !slices.Contains(Languages(), c.DefaultLanguage) {
		return c, fmt.Errorf("DefaultLanguage is none of %v", Languages())
	}
	return c, nil
}

// settings are those that people can see, and that what they type is held to.
func (c Config) settings(r *rules.Rules) text.Settings {
	var required []string
	if c.PassphraseRequired {
		required = append(required, text.BlockPhrase)
	}
	return text.Settings{
		TTL: c.TTL, TTLChoices: c.TTLChoices, Required: required, Inline: c.Inline && len(required) == 0,
		RecipientsMax: c.Policy.RecipientsMax, OffersMail: c.Email && r.OffersMail(),
		Follows: c.Follow, NotifyOpened: c.NotifyOpened,
		WarnsOfOutside: c.Policy.External == ExternalWarn, Support: c.Policy.Support,
	}
}
