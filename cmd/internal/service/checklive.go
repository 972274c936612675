package service

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"go.uber.org/zap"

	"otsbot/bot"
)

const (
	// liveTime bounds a live check: it takes less than a minute and the time of
	// whoever is asked, unless Slack limits.
	liveTime = 4 * time.Minute
	// shownTime is the part of it for what is shown to nobody.
	shownTime = 90 * time.Second
	// liveShutdown bounds its end.
	liveShutdown = 25 * time.Second
)

// Live is what a live check needs beside the settings.
type Live struct {
	Version string
	User    string      // who is asked to try the app; "" for nobody
	Log     *zap.Logger // of the app, while it runs for them
}

// CheckLive is Check, and then what only a real Slack can say: how it takes every
// message and form, and, with somebody who agrees, all the calls that a secret
// needs. What it writes of that is a report for anybody to read, without ids,
// tokens, keys or links.
func CheckLive(ctx context.Context, cfg Config, out io.Writer, live Live) error {
	ctx, cancel := context.WithTimeout(ctx, liveTime)
	defer cancel()
	if err := Check(ctx, cfg, out); err != nil {
		return fmt.Errorf("%w, so the live check didn't begin", err)
	}
	if strings.HasPrefix(cfg.StoreURL, "file:") {
		cfg.StoreURL = "" // the file is the running bot's
	}
	client, err := newClient(cfg)
	if err != nil {
		return err
	}
	defer client.Close()
	cfg.SlackConnections, cfg.ShutdownTimeout = 1, liveShutdown
	app, err := newBot(cfg, client, live.Log, nil)
	if err != nil {
		return err
	}
	fmt.Fprintln(out)
	findings := shown(ctx, app)
	if live.User == "" {
		app.Close()
	} else {
		fmt.Fprintln(out, "That person is asked now, in their direct message with the app, and has two minutes. Until then, this check is one more connection to Slack: what other people do may come here first, and reaches the running otsbot a few seconds later. That is too late to open a form: anyone who sees none just asks for it again.")
		fmt.Fprintln(out)
		findings = append(findings, app.CheckWith(ctx, live.User)...)
	}
	fmt.Fprintf(out, "The live check. There are no IDs, tokens or links below, so you can paste it into an issue.\n\notsbot %s, %s\n", live.Version, time.Now().UTC().Format(time.DateOnly))
	return report(out, findings)
}

func shown(ctx context.Context, app *bot.Bot) []bot.Finding {
	ctx, cancel := context.WithTimeout(ctx, shownTime)
	defer cancel()
	return app.CheckShown(ctx)
}
