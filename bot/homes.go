package bot

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/memory"
)

// homeWatched is for how long a Home tab is kept up to date after it was opened
// or pressed: Slack doesn't say when somebody leaves it.
const homeWatched = time.Hour

// samePage is the page of a tab that somebody looks at already.
const samePage = -1

// homes are the tabs that may be on a screen, as far as this replica knows.
type homes struct {
	mu  sync.Mutex
	all map[string]*home
}

type home struct {
	until     time.Time
	page      int
	busy      bool // it is being published
	outOfDate bool // and was changed meanwhile, or could not be published
}

// open notes that somebody looks at a page of their tab until then.
func (h *homes) open(user string, page int, until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	for other, tab := range h.all {
		if now.After(tab.until) && !tab.busy {
			delete(h.all, other)
		}
	}
	tab := h.all[user]
	if tab == nil {
		tab = &home{}
		if h.all == nil {
			h.all = map[string]*home{}
		}
		h.all[user] = tab
	}
	tab.until = until
	if page != samePage {
		tab.page = page
	}
}

// begin claims the publishing of a tab, or notes that it is out of date. A tab
// that nobody looks at is left, unless others know more of it.
func (h *homes) begin(user string, others bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	tab := h.all[user]
	if tab == nil && others {
		tab = &home{}
		if h.all == nil {
			h.all = map[string]*home{}
		}
		h.all[user] = tab
	}
	switch {
	case tab == nil || time.Now().After(tab.until) && !others:
		return false
	case tab.busy:
		tab.outOfDate = true
		return false
	}
	tab.busy, tab.outOfDate = true, false
	return true
}

func (h *homes) pageOf(user string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all[user].page
}

// end says whether the tab is to be published once more.
func (h *homes) end(user string) (again bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	tab := h.all[user]
	again, tab.outOfDate = tab.outOfDate, false
	tab.busy = again
	if !again && time.Now().After(tab.until) {
		delete(h.all, user)
	}
	return again
}

// fail leaves a tab as it is, until something is pressed or changes.
func (h *homes) fail(user string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	tab := h.all[user]
	tab.busy, tab.outOfDate = false, true
}

// watched says whether somebody may look at their tab.
func (h *homes) watched(user string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	tab := h.all[user]
	return tab != nil && !time.Now().After(tab.until)
}

// current says whether a tab was watched, and as far as is known shows what is.
func (h *homes) current(user string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	tab := h.all[user]
	return tab != nil && !time.Now().After(tab.until) && (tab.busy || !tab.outOfDate)
}

// homeTab is what replicas with one store tell each other of a tab.
type homeTab struct {
	Page  int  `json:"p"`
	Stale bool `json:"s,omitempty"` // it could not be published
}

func homeEntry(user string) string { return "home " + user }

// watchHome notes, for all replicas, that somebody looks at a page of their tab. It
// says whether one of them could not publish it.
func (b *Bot) watchHome(ctx context.Context, user string, page int) (stale bool) {
	until := time.Now().Add(homeWatched)
	b.homes.open(user, page, until)
	b.tellOfHome(ctx, user, func(tab *homeTab) time.Time {
		if page != samePage {
			tab.Page = page
		}
		stale, tab.Stale = tab.Stale, false
		return until
	})
	return stale
}

// tellOfHome changes what other replicas know of a tab, and until when.
func (b *Bot) tellOfHome(ctx context.Context, user string, f func(tab *homeTab) (until time.Time)) {
	if !b.memory.Shared() {
		return
	}
	note := func(e *memory.Entry) error {
		var tab homeTab
		_ = json.Unmarshal(e.Payload, &tab) // sealed, so ours; a new one is empty
		e.Until = f(&tab)
		e.Payload, _ = json.Marshal(tab) // numbers
		return nil
	}
	err := b.memory.Update(ctx, homeEntry(user), note)
	if errors.Is(err, memory.ErrNotFound) {
		fresh := memory.Entry{ID: homeEntry(user), At: time.Now()}
		_ = note(&fresh)
		err = b.memory.Put(ctx, &fresh)
	}
	if err != nil {
		b.log.Debug("Home tab is known to this replica alone", zap.Error(err))
	}
}

// watchedHome says whether somebody may look at their tab, as far as any replica
// knows.
func (b *Bot) watchedHome(ctx context.Context, user string) bool {
	if b.memory.Shared() {
		var tab homeTab
		e, err := b.memory.Get(ctx, homeEntry(user))
		if err == nil && json.Unmarshal(e.Payload, &tab) == nil {
			b.homes.open(user, tab.Page, e.Until)
		}
	}
	return b.homes.watched(user)
}
