package bot

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// The Home tab: what somebody has out, and what ended in the last days. It is
// made anew from the memory each time, so it is the same on every replica, and
// an event that comes again or late does no harm.

// homeOpened is app_home_opened: somebody opened the app.
func (b *Bot) homeOpened(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) result {
	_ = ack(nil)
	if p.Event.Tab != "home" || in.userID == "" {
		return in.ended(outcomeIgnored)
	}
	b.watchHome(ctx, in.userID, 0)
	return in.ended(b.publishHome(ctx, in.userID))
}

// homePressed is what follows each press on a tab: what a press found out of date
// isn't any more.
func (b *Bot) homePressed(ctx context.Context, user string) {
	current := b.homes.current(user)
	if stale := b.watchHome(ctx, user, samePage); stale || !current {
		b.refreshHome(user)
	}
}

// refreshHome brings a tab up to date that may be on a screen, in the
// background: no press waits for it.
func (b *Bot) refreshHome(user string) {
	if !b.homes.begin(user, b.memory.Shared()) {
		return
	}
	work := b.work.begin(user)
	if work == nil {
		b.homes.fail(user) // busy: the next change or press mends it
		return
	}
	b.work.acked()
	go func() {
		defer b.work.end(work)
		defer b.survive("Home tab")
		b.publishing(work.ctx, user)
	}()
}

// publishHome brings a tab up to date.
func (b *Bot) publishHome(ctx context.Context, user string) outcome {
	if !b.homes.begin(user, false) {
		return outcomeHomeShown // whoever publishes it does so once more
	}
	return b.publishing(ctx, user)
}

func (b *Bot) publishing(ctx context.Context, user string) outcome {
	shown := false
	defer func() {
		if !shown { // also when something panics: the next press mends it
			b.homes.fail(user)
		}
	}()
	for {
		if published := b.publishOnce(ctx, user); !published.OK() {
			b.log.Warn("Home tab not published", zap.String("code", string(published.Code)), zap.String("user_id", user))
			b.tellOfHome(ctx, user, func(tab *homeTab) time.Time {
				tab.Stale = true
				return time.Now().Add(homeWatched)
			})
			return outcomeFormFailed
		}
		if !b.homes.end(user) {
			shown = true
			return outcomeHomeShown
		}
	}
}

// publishOnce publishes a tab as it is now, if anybody may look at it. Replicas do so
// one after the other: else what was read first could be shown last.
func (b *Bot) publishOnce(ctx context.Context, user string) slackapi.Result {
	if !b.watchedHome(ctx, user) {
		return slackapi.Result{}
	}
	if b.memory.Shared() {
		release, _ := b.locks.hold(ctx, homeEntry(user), lockWait)
		defer release()
	}
	return b.slack.PublishHome(ctx, user, b.homeView(ctx, user), "")
}

// homeView is somebody's tab, from what is remembered of them and of nobody
// else.
func (b *Bot) homeView(ctx context.Context, user string) slack.HomeTabViewRequest {
	live, ended, complete := b.ledger.listed(ctx, user)
	h := text.Home{
		Live: live, Ended: ended, Page: b.homes.pageOf(user), Unsure: !complete,
		Link:        b.messageLink,
		Share:       b.seal.Sign(receipt.ActionReopen, receipt.Opener{Creator: user}),
		ActionShare: receipt.ActionReopen,
		More:        []slack.BlockElement{b.words(user).AskButton(b.seal.Sign(text.ActionAsk, receipt.Opener{Creator: user}))},
		BurnAll:     b.seal.Sign(text.ActionHomeBurnAll, receipt.Opener{Creator: user}),
		ActionBurn:  text.ActionBurnKept,
		Burn: func(r receipt.Receipt) string {
			return b.seal.Sign(text.ActionBurnKept, pointer{ID: r.ID, Creator: r.Creator})
		},
	}
	if b.memory.Health().Store == "memory" {
		h.Since = b.started
	}
	return b.words(user).HomeView(h)
}

// messageLink leads to the message with a receipt's link, where there is one
// that it can be edited in.
func (b *Bot) messageLink(r receipt.Receipt) string {
	row := r.Rows[0]
	if r.To.Sort != receipt.ToConversation || row.TS == "" {
		return ""
	}
	return text.ArchiveLink(b.slack.Known().Address(), row.Channel, row.TS)
}

// turnHome is a button that shows another page.
func (b *Bot) turnHome(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) result {
	_ = ack(nil)
	page, err := strconv.Atoi(p.Actions[0].Value)
	if err != nil || page < 0 || page > maxListed {
		return in.ended(outcomeIgnored)
	}
	b.watchHome(ctx, in.userID, page)
	return in.ended(b.publishHome(ctx, in.userID))
}

// burnAllKept burns all that somebody has out, but for what needs a passphrase.
// It is confirmed already.
func (b *Bot) burnAllKept(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) result {
	_ = ack(nil)
	var o receipt.Opener
	err := b.seal.Read(text.ActionHomeBurnAll, p.Actions[0].Value, &o)
	if err == nil && o.Creator != in.userID {
		err = receipt.ErrNotTheirs
	}
	if err != nil {
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
	b.refreshHome(in.userID)
	if burned > 0 {
		return in.ended(outcomeBurned)
	}
	return in.ended(outcomeTooLate)
}
