package bot

import (
	"sync"
	"time"
)

// homeWatched is for how long a Home tab is kept up to date after it was opened
// or pressed: Slack doesn't say when somebody leaves it.
const homeWatched = time.Hour

// samePage is the page of a tab that somebody looks at already.
const samePage = -1

// tabs are those that may be on a screen, as far as this replica knows.
type tabs struct {
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
func (t *tabs) open(user string, page int, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	for other, tab := range t.all {
		if now.After(tab.until) && !tab.busy {
			delete(t.all, other)
		}
	}
	tab := t.all[user]
	if tab == nil {
		tab = &home{}
		if t.all == nil {
			t.all = map[string]*home{}
		}
		t.all[user] = tab
	}
	tab.until = until
	if page != samePage {
		tab.page = page
	}
}

// begin claims the publishing of a tab, or notes that it is out of date. A tab
// that nobody looks at is left, unless others know more of it.
func (t *tabs) begin(user string, others bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	tab := t.all[user]
	if tab == nil && others {
		tab = &home{}
		if t.all == nil {
			t.all = map[string]*home{}
		}
		t.all[user] = tab
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

func (t *tabs) pageOf(user string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all[user].page
}

// end says whether the tab is to be published once more.
func (t *tabs) end(user string) (again bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	tab := t.all[user]
	again, tab.outOfDate = tab.outOfDate, false
	tab.busy = again
	if !again && time.Now().After(tab.until) {
		delete(t.all, user)
	}
	return again
}

// fail leaves a tab as it is, until something is pressed or changes.
func (t *tabs) fail(user string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	tab := t.all[user]
	tab.busy, tab.outOfDate = false, true
}

// watched says whether somebody may look at their tab.
func (t *tabs) watched(user string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	tab := t.all[user]
	return tab != nil && !time.Now().After(tab.until)
}

// current says whether a tab was watched, and as far as is known shows what is.
func (t *tabs) current(user string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	tab := t.all[user]
	return tab != nil && !time.Now().After(tab.until) && (tab.busy || !tab.outOfDate)
}
