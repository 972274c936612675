// Package service is the running bot: its settings, its log, its health
// endpoints and its life from start to stop. The otsbot command and the
// playground both call Run, so that what is tried there is what runs in
// production; they differ in URLs alone.
//
// Load reads the settings. Below this package nothing reads the environment.
package service

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"otsbot/bot"
	"otsbot/otsclient"
)

// Options are what a caller of Run may add to the settings. The zero value is
// what production uses.
type Options struct {
	// Version is what the first log line calls the build.
	Version string
	// LanguageKept is for how long nobody's language is asked for again; 0
	// means a day.
	LanguageKept time.Duration
}

// SettingsError says that a setting names something that can't be used.
type SettingsError struct{ error }

func (e *SettingsError) Unwrap() error { return e.error }

// Run runs the bot until ctx is done, and then stops it gracefully. It returns
// nil when nothing was left over; otherwise, or when the bot can't go on, an
// error that holds no value of the settings.
//
// The health endpoints outlive the bot's last work: while it finishes,
// /readyz says no and /livez says yes.
func Run(ctx context.Context, cfg Config, log *Log, opts Options) error {
	registry := newRegistry(opts.Version)
	registry.MustRegister(log.backlog.collectors()...)
	client, err := newClient(cfg)
	if err != nil {
		return err
	}
	app, err := newBot(cfg, client, log.Logger, registry, func(c *bot.Config) { c.LanguageKept = opts.LanguageKept })
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.ListenAddr)
	if err != nil {
		return fmt.Errorf("listen on LISTEN_ADDR: %w", err)
	}

	server := newHealthServer(ctx, app, metricsHandler(registry))
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	serving := make(chan struct{})
	go func() {
		defer close(serving)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			stop(fmt.Errorf("serve health endpoints: %w", err))
		}
	}()

	log.Info("starting",
		zap.String("version", opts.Version),
		zap.String("listen_addr", listener.Addr().String()),
		zap.String("ots_url", cfg.OTSURL),
		zap.Int("slack_connections", cfg.SlackConnections),
	)
	account, others := rotations(cfg, client, app, log.Logger)
	// A token that is generated at OneTimeSecret ends the one before at once.
	client.OnRefusal(func() { account.insist(ctx) })
	for _, r := range append(others, account) {
		go r.run(ctx)
	}
	err = app.Run(ctx)
	server.Close()
	<-serving
	return errors.Join(err, ownCause(ctx))
}

// ownCause is why Run itself ended ctx; nil when its caller did.
func ownCause(ctx context.Context) error {
	if cause := context.Cause(ctx); !errors.Is(cause, ctx.Err()) {
		return cause
	}
	return nil
}

func newBot(cfg Config, client *otsclient.Client, log *zap.Logger, registry prometheus.Registerer, changes ...func(*bot.Config)) (*bot.Bot, error) {
	settings := cfg.bot(client, log)
	settings.Metrics = registry
	for _, change := range changes {
		change(&settings)
	}
	app, err := bot.New(settings)
	if store := (*bot.StoreError)(nil); errors.As(err, &store) {
		return nil, &SettingsError{fmt.Errorf("STORE_URL can't be used: %w", store)}
	}
	if err != nil {
		return nil, fmt.Errorf("set up the bot: %w", err)
	}
	return app, nil
}

func newClient(cfg Config) (*otsclient.Client, error) {
	client, err := otsclient.New(cfg.client())
	if err != nil {
		return nil, fmt.Errorf("set up the OneTimeSecret client: %w", err)
	}
	return client, nil
}
