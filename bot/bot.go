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

	"otsbot/bot/internal/memory"
	"otsbot/bot/internal/rules"
	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/socketmode"
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
	// Inline allows `/secret some text`; if false, it opens the form.
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

// Bot is the app. Make one with [New]; start it with [Bot.Run].
type Bot struct {
	cfg      Config
	log      *zap.Logger
	audit    *zap.Logger
	metrics  *metrics
	slack    *slackapi.Client
	ots      *otsclient.Client
	sockets  *socketmode.Pool
	seal     *seal.Keys
	rules    *rules.Rules
	receipts receipts
	memory   *memory.Memory
	unkept   unkept
	store    storeState
	printers *text.Printers
	readers  readers
	homes    homes
	started  time.Time
	work     *workload
	// liveSeen is where CheckWith waits; nil in others.
	liveSeen chan witness
	// apologies bounds the calls that only say "busy".
	apologies chan struct{}
}

// New checks the configuration, opens the store and builds a Bot. A Redis that
// can't be reached yet is no error, and nothing else of the network is touched.
func New(cfg Config) (*Bot, error) {
	if cfg.OTS == nil {
		return nil, errors.New("build bot: no OneTimeSecret client")
	}
	if cfg.APIURL == "" {
		cfg.APIURL = slack.APIURL
	}
	if cfg.Connections == 0 {
		cfg.Connections = 2
	}
	if cfg.ShutdownTimeout == 0 {
		cfg.ShutdownTimeout = 25 * time.Second
	}
	if cfg.TTL == 0 {
		cfg.TTL = 7 * 24 * time.Hour
	}
	if len(cfg.TTLChoices) == 0 {
		cfg.TTLChoices = []time.Duration{cfg.TTL}
	}
	if cfg.Log == nil {
		cfg.Log = zap.NewNop()
	}
	if cfg.LanguageKept == 0 {
		cfg.LanguageKept = 24 * time.Hour
	}
	if cfg.DefaultLanguage == "" {
		cfg.DefaultLanguage = Languages()[0]
	}
	if !slices.Contains(Languages(), cfg.DefaultLanguage) {
		return nil, fmt.Errorf("build bot: DefaultLanguage is none of %v", Languages())
	}
	keys, err := seal.New(cfg.masters()...)
	if err != nil {
		return nil, fmt.Errorf("build bot: %w", err)
	}

	b := &Bot{
		cfg:   cfg,
		log:   cfg.Log,
		audit: cfg.Log.Named(AuditLogger),
		ots:   cfg.OTS,
		seal:  keys,
		work:  newWorkload(maxInFlight),

		started: time.Now(),

		apologies: make(chan struct{}, 32),
	}
	cfg.OTS.OnFallback(func() {
		b.log.Warn("OneTimeSecret has no API v1, its API v2 is used")
	})
	b.metrics = newMetrics(b)
	b.slack, err = slackapi.New(slackapi.Config{BotToken: cfg.BotToken, AppToken: cfg.AppToken, APIURL: cfg.APIURL,
		DialContext: cfg.DialContext, Called: b.metrics.slack, Log: cfg.Log})
	if err != nil {
		return nil, fmt.Errorf("build bot: %w", err)
	}
	b.memory, err = memory.Open(cfg.StoreURL, memory.Config{Sealer: keys})
	if err != nil {
		return nil, &StoreError{err}
	}
	b.rules = rules.New(cfg.Policy, directory{b.slack}, b.memory)
	b.printers = text.NewPrinters(cfg.DefaultLanguage, text.Settings{
		TTL: cfg.TTL, TTLChoices: cfg.TTLChoices, Inline: cfg.Inline, PassphraseRequired: cfg.PassphraseRequired,
		RecipientsMax: cfg.Policy.RecipientsMax, OffersMail: cfg.Email && b.rules.OffersMail(),
		Follows: cfg.Follow, NotifyOpened: cfg.NotifyOpened,
		WarnsOfOutside: cfg.Policy.External == ExternalWarn, Support: cfg.Policy.Support,
	})
	b.sockets = socketmode.New(socketmode.Config{
		Open:        b.openSocket,
		Connections: cfg.Connections,
		Plain:       b.slack.Plain(),
		DialContext: cfg.DialContext,
		Reconnected: func(reason string) { b.metrics.reconnects.WithLabelValues(reason).Inc() },
		Panicked:    func(where string, value any) { reportBug(b.log, b.metrics, where, value) },
		Log:         cfg.Log,
	}, b.take)
	return b, nil
}

// Ready says whether a socket has said hello and was heard within a minute.
func (b *Bot) Ready() bool { return b.sockets.Ready() }

// Live says whether the loops that keep the sockets open are turning, and
// nothing is worked on that should long have ended. A Slack that cannot be
// reached does not make it false: a restart would not help.
func (b *Bot) Live() bool { return b.sockets.Turning() && !b.work.hangs() }

// Close lets go of the store. Run does it at its end.
func (b *Bot) Close() {
	if err := b.memory.Close(); err != nil {
		b.log.Warn("store not closed", zap.Error(err))
	}
}

// compensateTime is the end of ShutdownTimeout, kept for burning what was not
// delivered and telling its creator.
const compensateTime = 5 * time.Second

// Run connects to Slack and serves people until ctx is done, then drains:
// envelopes already taken are answered, sockets close, deliveries finish.
// What is not delivered compensateTime before the end of ShutdownTimeout is
// burned and its creator told.
//
// It returns nil if nothing was left over, a [FatalError] if Slack refuses
// this app for good, and otherwise an error that counts who was never answered
// and names the fingerprints of what was left.
func (b *Bot) Run(ctx context.Context) error {
	deliver, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	b.work.start(deliver)
	defer b.Close()

	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	go func() {
		defer survive(b.log, b.metrics, "first look at the bot token")
		if err := b.refusedToken(ctx); err != nil {
			end(err)
		}
	}()
	watching := make(chan struct{})
	go func() { defer close(watching); b.watchStore(ctx) }()
	following := make(chan struct{})
	go func() {
		defer close(following)
		if b.cfg.Follow {
			b.follow(ctx)
		}
	}()
	err := b.sockets.Run(ctx)
	end(nil)
	var fatal *FatalError
	if errors.As(context.Cause(ctx), &fatal) {
		err = errors.Join(err, fatal)
	}

	stopping := time.Now()
	b.sockets.StopTaking()
	b.work.waitAcked(socketmode.AckDeadline)
	b.sockets.Close()
	select { // it says what it has begun to say
	case <-following:
	case <-time.After(b.cfg.ShutdownTimeout - compensateTime - time.Since(stopping)):
	}
	if !b.work.waitIdle(b.cfg.ShutdownTimeout - compensateTime - time.Since(stopping)) {
		giveUp()
		b.work.waitIdle(b.cfg.ShutdownTimeout - time.Since(stopping))
	}
	giveUp()
	<-watching
	select { // by now it stops at once
	case <-following:
	case <-time.After(time.Second):
	}
	last, done := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer done()
	_ = b.storeAgain(last) // once more, and then it is forgotten
	if n := b.work.inFlight(); n > 0 {
		err = errors.Join(err, fmt.Errorf("stop: people who were never answered: %d", n))
	}
	if left := b.work.leftovers(); len(left) > 0 {
		err = errors.Join(err, fmt.Errorf("stop: not delivered and not burned: %v", left))
	}
	return err
}
