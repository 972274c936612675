package bot

import (
	"context"
	"fmt"
)

// SetBotToken has the app act with another bot token from now on. One that Slack
// doesn't take, or that is another app's or another workspace's, is an error, and
// changes nothing. Where keys come from the bot token, those of the tokens from
// before are read until the process ends, so that its buttons and forms live on.
func (b *Bot) SetBotToken(ctx context.Context, token string) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if err := b.slack.SetBotToken(ctx, token); err != nil {
		return err
	}
	b.prober.tellGaps(b.slack.Known())
	if len(b.cfg.EncryptionKeys) > 0 {
		return nil
	}
	if err := b.seal.Prefer([]byte(token)); err != nil {
		return fmt.Errorf("change keys: %w", err)
	}
	return nil
}

// SetAppToken opens the sockets anew with another app-level token, one after the
// other. One that Slack doesn't take is an error, and changes nothing.
func (b *Bot) SetAppToken(ctx context.Context, token string) error {
	asking, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if err := b.slack.SetAppToken(asking, token); err != nil {
		return err
	}
	return b.sockets.Renew(ctx)
}

// SetEncryptionKeys has forms sealed and buttons signed with the first of these
// keys from now on, and all of them read.
func (b *Bot) SetEncryptionKeys(keys ...[]byte) error {
	if err := b.seal.Replace(keys...); err != nil {
		return fmt.Errorf("change keys: %w", err)
	}
	return nil
}
