package bot

import (
	"context"

	"go.uber.org/zap"

	"otsbot/bot/internal/receipt"
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

// end burns a secret that has outlived its end, and says what is known of it then.
// As long as it isn't burned, the next look tries again.
func (f *follower) end(ctx context.Context, in *interaction, r receipt.Receipt, row receipt.Row, was receipt.Seen) receipt.Seen {
	if row.Fate == receipt.Overdue {
		was = row.Seen // which the receipt says already
	}
	now, err := f.vault.burnRow(ctx, r, row, otsclient.Plaintext{})
	if err != nil || !now.Fate.Final() {
		return was
	}
	if trusted := now.Fate == receipt.BurnedOnTrust; now.Fate.IsBurned() && !now.Late {
		f.metrics.secrets.WithLabelValues(secretBurned).Inc()
		f.event(auditBurned, in.about(row.Fingerprint()), zap.String("outcome", string(outcomeOverdue)))
		if now.Fate = receipt.Expired; trusted { // it may have been opened before
			now.Fate = receipt.Gone
		}
	}
	now.Late = false // nobody pressed anything
	return now
}
