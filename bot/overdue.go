package bot

import (
	"maps"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/receipt"
	"otsbot/otsclient"
)

// OneTimeSecret 0.24.1 to 0.25.11 gives a secret seven days anew when somebody looks
// at its page, opened or not
// (lib/onetime/models/secret/features/secret_state_management.rb there: previewed!
// saves with the default lifetime; mended in 0.26.0). Who shared it was told when it
// expires, and may have chosen that for a reason, so the app ends it then. What
// needs a passphrase it can't burn: the receipt says so.

// endOverdue burns what was found to have outlived its end. It returns what is news
// then: of what could not be burned, that it is overdue, once.
func (f *follower) endOverdue(r receipt.Receipt, news map[string]receipt.Seen) map[string]receipt.Seen {
	if r.Phrase {
		return news
	}
	ctx, cancel := f.toTheEnd()
	defer cancel()
	in, ended := f.unasked(r), maps.Clone(news)
	for _, row := range r.Rows {
		if news[row.Key].Fate != receipt.Overdue {
			continue
		}
		now, err := f.vault.burnRow(ctx, r, row, otsclient.Plaintext{})
		switch {
		case err != nil || !now.Fate.Final() || now.Fate == receipt.BurnedOnTrust: // the next look tells
			if row.Fate == receipt.Overdue {
				delete(ended, row.Key)
			}
			continue
		case now.Fate.IsBurned() && !now.Late:
			f.metrics.secrets.WithLabelValues(secretBurned).Inc()
			f.event(auditBurned, in.about(row.Fingerprint()), zap.String("outcome", string(outcomeOverdue)))
			now.Fate = receipt.Expired
		}
		now.Late = false // nobody pressed anything
		ended[row.Key] = now
	}
	return ended
}

// unasked is what the app does by itself about a receipt.
func (f *follower) unasked(r receipt.Receipt) *interaction {
	return &interaction{kind: "follow", teamID: f.slack.Known().Workspace(), channelID: r.To.Channel, userID: r.Creator, started: time.Now()}
}
