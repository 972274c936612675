package bot

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/bot/internal/memory"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

// homes are people's Home tabs. One is made anew from the memory each time, so it
// is the same on every replica, and an event that comes again or late does no harm.
type homes struct {
	*voice
	ledger *ledger // which knows what somebody has out
	memory *memory.Memory
	locks  *locks
	seal   *seal.Keys
	work   *workload
	since  time.Time // nothing is known of what was shared before
	tabs   tabs
}

// homeTab is what replicas with one store tell each other of a tab.
type homeTab struct {
	Page  int  `json:"p"`
	Stale bool `json:"s,omitempty"` // it could not be published
}

func homeEntry(user string) string { return "home " + user }

// watch notes, for all replicas, that somebody looks at a page of their tab. It
// says whether one of them could not publish it.
func (h *homes) watch(ctx context.Context, user string, page int) (stale bool) {
	until := time.Now().Add(homeWatched)
	h.tabs.open(user, page, until)
	h.tellOthers(ctx, user, func(tab *homeTab) time.Time {
		if page != samePage {
			tab.Page = page
		}
		stale, tab.Stale = tab.Stale, false
		return until
	})
	return stale
}

// tellOthers changes what other replicas know of a tab, and until when.
func (h *homes) tellOthers(ctx context.Context, user string, f func(tab *homeTab) (until time.Time)) {
	if !h.memory.Shared() {
		return
	}
	note := func(e *memory.Entry) error {
		var tab homeTab
		_ = json.Unmarshal(e.Payload, &tab) // sealed, so ours; a new one is empty
		e.Until = f(&tab)
		e.Payload, _ = json.Marshal(tab) // numbers
		return nil
	}
	err := h.memory.Update(ctx, homeEntry(user), note)
	if errors.Is(err, memory.ErrNotFound) {
		fresh := memory.Entry{ID: homeEntry(user), At: time.Now()}
		_ = note(&fresh)
		err = h.memory.Put(ctx, &fresh)
	}
	if err != nil {
		h.log.Debug("Home tab is known to this replica alone", zap.Error(err))
	}
}

// watchedAnywhere says whether somebody may look at their tab, as far as any
// replica knows.
func (h *homes) watchedAnywhere(ctx context.Context, user string) bool {
	if h.memory.Shared() {
		var tab homeTab
		e, err := h.memory.Get(ctx, homeEntry(user))
		if err == nil && json.Unmarshal(e.Payload, &tab) == nil {
			h.tabs.open(user, tab.Page, e.Until)
		}
	}
	return h.tabs.watched(user)
}

// pressed is what follows each press on a tab: what a press found out of date
// isn't any more.
func (h *homes) pressed(ctx context.Context, user string) {
	current := h.tabs.current(user)
	if stale := h.watch(ctx, user, samePage); stale || !current {
		h.refresh(user)
	}
}

// refresh brings a tab up to date that may be on a screen, in the
// background: no press waits for it.
func (h *homes) refresh(user string) {
	if !h.tabs.begin(user, h.memory.Shared()) {
		return
	}
	work := h.work.begin(user)
	if work == nil {
		h.tabs.fail(user) // busy: the next change or press mends it
		return
	}
	h.work.acked()
	go func() {
		defer h.work.end(work)
		defer h.survive("Home tab")
		h.publishing(work.ctx, user)
	}()
}

// publish brings a tab up to date.
func (h *homes) publish(ctx context.Context, user string) outcome {
	if !h.tabs.begin(user, false) {
		return outcomeHomeShown // whoever publishes it does so once more
	}
	return h.publishing(ctx, user)
}

func (h *homes) publishing(ctx context.Context, user string) outcome {
	shown := false
	defer func() {
		if !shown { // also when something panics: the next press mends it
			h.tabs.fail(user)
		}
	}()
	for {
		if published := h.publishOnce(ctx, user); !published.OK() {
			h.log.Warn("Home tab not published", zap.String("code", string(published.Code)), zap.String("user_id", user))
			h.tellOthers(ctx, user, func(tab *homeTab) time.Time {
				tab.Stale = true
				return time.Now().Add(homeWatched)
			})
			return outcomeFormFailed
		}
		if !h.tabs.end(user) {
			shown = true
			return outcomeHomeShown
		}
	}
}

// publishOnce publishes a tab as it is now, if anybody may look at it. Replicas do so
// one after the other: else what was read first could be shown last.
func (h *homes) publishOnce(ctx context.Context, user string) slackapi.Result {
	if !h.watchedAnywhere(ctx, user) {
		return slackapi.Result{}
	}
	if h.memory.Shared() {
		release, _ := h.locks.hold(ctx, homeEntry(user), lockWait)
		defer release()
		if !h.watchedAnywhere(ctx, user) { // the page may have been turned meanwhile
			return slackapi.Result{}
		}
	}
	return h.slack.PublishHome(ctx, user, h.view(ctx, user), "")
}

// view is somebody's tab, from what is remembered of them and of nobody else.
func (h *homes) view(ctx context.Context, user string) slack.HomeTabViewRequest {
	live, ended, complete := h.ledger.listed(ctx, user)
	return h.words(user).HomeView(text.Home{
		Live: live, Ended: ended, Page: h.tabs.pageOf(user), Unsure: !complete, Since: h.since,
		Link:        h.link,
		Share:       h.seal.Sign(receipt.ActionReopen, receipt.Opener{Creator: user}),
		ActionShare: receipt.ActionReopen,
		More:        h.words(user).AskButtons(h.seal.Sign(text.ActionAsk, receipt.Opener{Creator: user})),
		BurnAll:     h.seal.Sign(text.ActionHomeBurnAll, receipt.Opener{Creator: user}),
		ActionBurn:  text.ActionBurnKept,
		Burn: func(r receipt.Receipt) string {
			return h.seal.Sign(text.ActionBurnKept, pointer{ID: r.ID, Creator: r.Creator})
		},
	})
}

// link leads to the message with a receipt's link, where there is one that it can
// be edited in.
func (h *homes) link(r receipt.Receipt) string {
	row := r.Rows[0]
	if r.To.Sort != receipt.ToConversation || row.TS == "" {
		return ""
	}
	return text.ArchiveLink(h.slack.Known().Address(), row.Channel, row.TS)
}
