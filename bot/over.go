package bot

import (
	"context"

	"go.uber.org/zap"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
)

// editAnnouncement says of the message with a link that the link doesn't work any
// more, where the app may edit it. It is called for each secret that is over,
// whoever noticed: the follower, Check, Burn, or a form for people; again only if the
// receipt could not be saved. r is the receipt as it was; row is as it is now.
func (l *ledger) editAnnouncement(ctx context.Context, r receipt.Receipt, row receipt.Row) {
	if row.TS == "" {
		return
	}
	at := slackapi.Place{Channel: row.Channel, TS: row.TS}
	m := l.words(row.To).AnnouncementOver(r, row, l.cannotValue(r, row.To))
	if changed := slackapi.Twice(func() slackapi.Result { return l.slack.Update(ctx, at, m) }); !changed.OK() {
		l.log.Warn("announcement not changed", zap.String("code", string(changed.Code)), zap.String("fingerprint", row.Fingerprint()))
	}
}
