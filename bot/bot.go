package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/memory"
	"otsbot/bot/internal/rules"
	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/socketmode"
	"otsbot/bot/internal/text"
)

// Bot is the app. Make one with [New]; start it with [Bot.Run].
type Bot struct {
	*telemetry // what whoever runs it reads
	*voice     // how people are spoken to

	locks    *locks       // of several replicas, one does a thing
	gate     *gate        // the admin's rules
	forms    *secretForms // the forms for a secret
	vault    *vault       // OneTimeSecret
	ledger   *ledger      // what is written down of secrets
	courier  *courier     // brings links to where they belong
	requests *requests    // what people ask each other for
	homes    *homes       // people's Home tabs
	store    *storeWatch  // how the store is
	follower *follower    // looks at what is out by itself
	trial    *trial       // tries the app with a person
	prober   *prober      // what only Slack can tell

	cfg       Config
	slack     *slackapi.Client
	sockets   *socketmode.Pool
	seal      *seal.Keys
	memory    *memory.Memory
	work      *workload
	apologies chan struct{} // bounds the calls that only say "busy"
}

// New checks the configuration, opens the store and builds a Bot. A Redis that
// can't be reached yet is no error, and nothing else of the network is touched.
func New(cfg Config) (*Bot, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, fmt.Errorf("build bot: %w", err)
	}
	keys, err := seal.New(cfg.masters()...)
	if err != nil {
		return nil, fmt.Errorf("build bot: %w", err)
	}

	t := newTelemetry(cfg.Log)
	cfg.OTS.OnFallback(func() {
		t.log.Warn("OneTimeSecret has no API v1, its API v2 is used")
	})
	client, err := slackapi.New(slackapi.Config{BotToken: cfg.BotToken, AppToken: cfg.AppToken, APIURL: cfg.APIURL,
		DialContext: cfg.DialContext, Called: t.metrics.slack, Log: cfg.Log})
	if err != nil {
		return nil, fmt.Errorf("build bot: %w", err)
	}
	store, err := memory.Open(cfg.StoreURL, memory.Config{Sealer: keys, Timeout: cfg.StoreTimeout, Now: cfg.storeClock})
	if err != nil {
		return nil, &StoreError{err}
	}
	return assemble(cfg, keys, t, client, store), nil
}

// assemble makes the parts, those first that others have.
func assemble(cfg Config, keys *seal.Keys, t *telemetry, client *slackapi.Client, store *memory.Memory) *Bot {
	policy, work := rules.New(cfg.Policy, directory{client}, store), newWorkload(maxInFlight)
	set, beside := cfg.settings(policy), text.Beside{Links: cfg.OTS, Keys: keys, Followed: cfg.Follow}
	b := &Bot{cfg: cfg, slack: client, seal: keys, memory: store, work: work, apologies: make(chan struct{}, 32)}
	b.telemetry = t
	b.voice = &voice{telemetry: t, slack: client, printers: text.NewPrinters(cfg.DefaultLanguage, set), kept: cfg.LanguageKept, during: work.context}
	b.locks = &locks{telemetry: t, memory: store}
	b.gate = &gate{b.voice, policy, cfg.Policy.RecipientsMax != 0}
	b.forms = &secretForms{b.voice, b.gate, keys, set}
	b.vault = &vault{b.voice, cfg.OTS, policy, work, cfg.longestTTL()}
	b.ledger = &ledger{voice: b.voice, memory: store, locks: b.locks, beside: beside}
	b.courier = &courier{b.voice, b.vault, b.ledger, b.forms}
	b.requests = &requests{b.voice, store, b.locks, keys}
	b.homes = &homes{voice: b.voice, ledger: b.ledger, memory: store, locks: b.locks, seal: keys, work: work}
	if store.Health().Store == "memory" {
		b.homes.since = time.Now()
	}
	b.ledger.changed = b.homes.refresh
	b.store = &storeWatch{telemetry: t, memory: store, ledger: b.ledger, locks: b.locks}
	b.follower = &follower{voice: b.voice, memory: store, vault: b.vault, ledger: b.ledger, requests: b.requests, seal: keys, nudging: cfg.NotifyExpiring}
	b.sockets = socketmode.New(socketmode.Config{
		Open:        func(ctx context.Context) (string, error) { return openSocket(ctx, client) },
		Connections: cfg.Connections,
		Plain:       client.Plain(),
		DialContext: cfg.DialContext,
		Reconnected: func(reason string) { t.metrics.reconnects.WithLabelValues(reason).Inc() },
		Panicked:    t.bug,
		Log:         cfg.Log,
	}, b.take)
	b.prober = &prober{cfg.Log, client, b.sockets, cfg.Connections, policy, b.printers, beside}
	b.trial = &trial{voice: b.voice, vault: b.vault, homes: b.homes, sockets: b.sockets, phrase: cfg.PassphraseRequired}
	if cfg.Metrics != nil {
		t.metrics.register(cfg.Metrics, b.sockets, work, b.store)
	}
	return b
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
		defer b.survive("first look at the bot token")
		if err := b.prober.refusedToken(ctx); err != nil {
			end(err)
		}
	}()
	watching := make(chan struct{})
	go func() { defer close(watching); b.store.watch(deliver) }()
	following := make(chan struct{})
	go func() {
		defer close(following)
		if b.cfg.Follow {
			b.follower.follow(ctx)
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
	b.locks.settle(last)
	_ = b.ledger.storeAgain(last) // once more, and then it is forgotten
	if n := b.work.inFlight(); n > 0 {
		err = errors.Join(err, fmt.Errorf("stop: people who were never answered: %d", n))
	}
	if left := b.work.leftovers(); len(left) > 0 {
		err = errors.Join(err, fmt.Errorf("stop: not delivered and not burned: %v", left))
	}
	return err
}
