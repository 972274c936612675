package service

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"go.uber.org/zap"
)

// liveTime bounds a live check: it takes less than a minute unless Slack limits.
const liveTime = 5 * time.Minute

// CheckLive is Check, and then what only a real Slack can say: how it takes every
// message and form. What it writes of that is a report for anybody to read,
// without ids, tokens, keys or links.
func CheckLive(ctx context.Context, cfg Config, out io.Writer, opts Options) error {
	ctx, cancel := context.WithTimeout(ctx, liveTime)
	defer cancel()
	if err := Check(ctx, cfg, out); err != nil {
		return fmt.Errorf("%w, so the live check didn't begin", err)
	}
	client, err := newClient(cfg)
	if err != nil {
		return err
	}
	defer client.Close()
	if strings.HasPrefix(cfg.StoreURL, "file:") {
		cfg.StoreURL = "" // the file is the running bot's
	}
	app, err := newBot(cfg, client, zap.NewNop(), nil)
	if err != nil {
		return err
	}
	defer app.Close()
	fmt.Fprintf(out, "\nThe live check, for an issue if you like: below is no id, token or link.\n\notsbot %s, %s\n", opts.Version, time.Now().UTC().Format(time.DateOnly))
	return report(out, app.CheckShown(ctx))
}
