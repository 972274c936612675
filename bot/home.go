package bot

import (
	"context"
	"strconv"
	"strings"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/otsclient"
)

// The Home tab: what somebody has out, and what ended in the last days.

// homeOpened is app_home_opened: somebody opened the app.
func (b *Bot) homeOpened(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) result {
	_ = ack(nil)
	if p.Event.Tab != "home" || in.userID == "" {
		return in.ended(outcomeIgnored)
	}
	b.homes.watch(ctx, in.userID, 0)
	return in.ended(b.homes.publish(ctx, in.userID))
}

// turnHome is a button that shows another page.
func (b *Bot) turnHome(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) result {
	_ = ack(nil)
	page, err := strconv.Atoi(p.Actions[0].Value)
	if err != nil || page < 0 || page > maxListed {
		return in.ended(outcomeIgnored)
	}
	b.homes.watch(ctx, in.userID, page)
	return in.ended(b.homes.publish(ctx, in.userID))
}

// burnAllKept burns all that somebody has out, but for what needs a passphrase.
// It is confirmed already.
func (b *Bot) burnAllKept(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) result {
	_ = ack(nil)
	if _, err := opener(b.seal, p, in.userID); err != nil {
		return in.ended(b.refuseButton(ctx, in, err))
	}
	live, _, complete := b.ledger.listed(ctx, in.userID)
	var burned, late, phrases, left int
	for _, r := range live {
		if r.Phrase {
			phrases += r.Count(receipt.Row.Live)
			continue
		}
		err := b.ledger.change(ctx, in, r, func(w *writing) {
			before := w.Copy()
			_, _ = b.vault.burnRows(ctx, in, w, receipt.Row.Live, otsclient.Plaintext{})
			for i, was := range before.Rows {
				switch now := w.Rows[i]; {
				case !was.Live():
				case now.Live():
					left++
				case now.Fate.IsBurned() && !now.Late:
					burned++
				default:
					late++
				}
			}
		})
		if err != nil {
			left += r.Count(receipt.Row.Live)
		}
	}
	words := b.words(in.userID)
	say := words.BurnedAll(burned, late, phrases, left)
	if !complete {
		say = words.Together(say, words.HomeUnsure())
	}
	if late+phrases+left > 0 || !complete {
		b.tell(ctx, in, strings.TrimSpace(say))
	}
	b.homes.refresh(in.userID)
	if burned > 0 {
		return in.ended(outcomeBurned)
	}
	return in.ended(outcomeTooLate)
}
