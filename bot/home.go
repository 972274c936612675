package bot

import (
	"context"
	"strconv"
	"strings"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/text"
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
	var all text.BurnedAll
	for _, r := range live {
		if r.Phrase {
			all.Phrases += r.Count(receipt.Row.Live)
			continue
		}
		err := b.ledger.change(ctx, in, r, func(w *writing) {
			before := w.Copy()
			_, _ = b.vault.burnRows(ctx, in, w, receipt.Row.Live, otsclient.Plaintext{})
			tally(&all, before, w.Receipt)
		})
		if err != nil {
			all.Busy += r.Count(receipt.Row.Live)
		}
	}
	words := b.words(in.userID)
	say := words.BurnedAll(all)
	if !complete {
		say = words.Together(say, words.HomeUnsure())
	}
	if all.Said() || !complete {
		b.tell(ctx, in, strings.TrimSpace(say))
	}
	b.homes.refresh(in.userID)
	if all.Burned > 0 {
		return in.ended(outcomeBurned)
	}
	return in.ended(outcomeTooLate)
}

// tally counts what became of the rows that were live before.
func tally(all *text.BurnedAll, before, now receipt.Receipt) {
	for i, was := range before.Rows {
		switch is := now.Rows[i]; {
		case !was.Live():
		case is.Live() && now.Phrase: // somebody set one meanwhile
			all.Phrases++
		case is.Live() && is.Fate == receipt.BurnNotDone:
			all.Kept++
		case is.Live():
			all.Unknown++
		case is.Fate.IsBurned() && !is.Late:
			all.Burned++
		default:
			all.Late++
		}
	}
}
