package bot

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
)

// OneTimeSecret 0.24.1 to 0.25.11 gives a secret seven days anew when somebody looks
// at its page, opened or not
// (lib/onetime/models/secret/features/secret_state_management.rb there: previewed!
// saves with the default lifetime; mended in 0.26.0). Who shared it was told when it
// expires, and may have chosen that for a reason, so the app burns it then. What
// needs a passphrase it can't burn: the receipt says so.

// isToEnd says of what was found that the app is to burn it.
func isToEnd(r receipt.Receipt, now receipt.Seen) bool {
	return now.Fate == receipt.Overdue && !r.Phrase
}

// endOverdue burns what has outlived its end, and puts what is known then in place
// of what was found. What isn't burned is tried again at the next look, unless it
// turns out to need a passphrase.
func (f *follower) endOverdue(ctx context.Context, in *interaction, w *writing, found map[string]receipt.Seen) {
	ctx, stop := context.WithTimeout(ctx, slackapi.CallTimeout) // the rest of the time is for saying it
	defer stop()
	ended, wrong := make([]receipt.Seen, len(w.Rows)), make([]error, len(w.Rows))
	each(len(w.Rows), func(i int) {
		if now := found[w.Rows[i].Key]; w.Rows[i].Live() && isToEnd(w.Receipt, now) {
			ended[i], wrong[i] = f.end(ctx, in, w.Receipt, w.Rows[i], now)
		}
	})
	for i, now := range ended {
		if now.Fate != receipt.Unseen {
			found[w.Rows[i].Key] = now
		}
	}
	w.Phrase = w.Phrase || errors.Join(wrong...) != nil
}

func (f *follower) end(ctx context.Context, in *interaction, r receipt.Receipt, row receipt.Row, was receipt.Seen) (receipt.Seen, error) {
	if row.Fate == receipt.Overdue {
		was = row.Seen // which the receipt says already
	}
	row.Saw(was)
	now, err := f.vault.burnRow(ctx, r, row, otsclient.Plaintext{})
	if err != nil || !now.Fate.Final() {
		return was, err
	}
	if trusted := now.Fate == receipt.BurnedOnTrust; now.Fate.IsBurned() && !now.Late {
		f.metrics.secrets.WithLabelValues(secretBurned).Inc()
		f.event(auditBurned, in.about(row.Fingerprint()), zap.String("outcome", string(outcomeOverdue)))
		if now.Fate = receipt.Expired; trusted { // it may have been opened before
			now.Fate = receipt.Gone
		}
	}
	now.Late = false // nobody pressed anything
	return now, nil
}
