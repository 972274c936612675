package bot

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/slackapi"
)

// receipts sees to it that each receipt has one writer at a time, in this
// process, and that the next one starts from where it ended: what a pressed
// button or a form brings along may be older. Across replicas the later change
// wins; Check puts that right.
type receipts struct {
	mu  sync.Mutex
	all map[string]*sheet // by what the receipt is known by, see group.ID and handle.fingerprint
}

// sheet is what is remembered of one receipt.
type sheet struct {
	busy   chan struct{} // closed when its writer is done; nil if it has none
	change int           // the newest that was written
	final  bool          // nothing can change any more: of a receipt for one secret
	group  *group        // the newest, while somebody may still have an older one on the screen
	forget []*time.Timer
}

const (
	// holdTime is how long a press waits for another: most are over sooner,
	// and with openTime after it the ack must still be inside three seconds.
	holdTime = 500 * time.Millisecond
	// keysKept is for how long the keys of a group's receipt are remembered
	// after a change; the receipt itself has them.
	keysKept = 10 * time.Minute
	// changeKept is for how long it is remembered that a receipt changed, so
	// that a form from before the change is not taken for the newest.
	changeKept = 24 * time.Hour
)

var (
	errBusy    = errors.New("receipt is being written")
	errChanged = errors.New("receipt has changed since")
)

// hold claims a receipt, or returns false if somebody keeps it for longer than
// limit.
func (r *receipts) hold(id string, limit time.Duration) (*sheet, bool) {
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	for {
		s, free := r.claim(id)
		if free == nil {
			return s, true
		}
		select {
		case <-free:
		case <-timeout.C:
			return nil, false
		}
	}
}

// claim returns the sheet, or what to wait for.
func (r *receipts) claim(id string) (*sheet, chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.all[id]
	if s == nil {
		s = &sheet{}
		if r.all == nil {
			r.all = map[string]*sheet{}
		}
		r.all[id] = s
	}
	if s.busy != nil {
		return nil, s.busy
	}
	s.busy = make(chan struct{})
	return s, nil
}

// release lets the next one write, and sees to it that what isn't of use any
// more is gone after a while.
func (r *receipts) release(id string, s *sheet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(s.busy)
	s.busy = nil
	for _, timer := range s.forget {
		timer.Stop()
	}
	s.forget = nil
	if s.change == 0 {
		delete(r.all, id)
		return
	}
	later := func(after time.Duration, f func()) {
		s.forget = append(s.forget, time.AfterFunc(after, func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			if s.busy == nil {
				f()
			}
		}))
	}
	later(keysKept, func() { s.group = nil })
	later(changeKept, func() { delete(r.all, id) })
}

// seen is the newest change of a receipt: what was learned of its secret before
// another one is old.
func (r *receipts) seen(id string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.all[id]; s != nil {
		return s.change
	}
	return 0
}

// wrote notes a change of a receipt for one secret.
func (r *receipts) wrote(s *sheet, final bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.change++
	s.final = s.final || final
}

// writing is a group's receipt in the hands of its one writer. Only
// [Bot.change] makes one, and only a writing can be saved.
type writing struct {
	group
	b     *Bot
	sheet *sheet
	shown group // as it was last saved
}

// change is the one way to a group's receipt. It gives f the group as it is
// now, alone in this process, and when f returns, what it changed is shown. It
// returns errBusy or errChanged if f was not called.
func (b *Bot) change(ctx context.Context, in *interaction, g group, f func(w *writing)) error {
	s, ok := b.receipts.hold(g.ID, holdTime)
	if !ok {
		return errBusy
	}
	defer b.receipts.release(g.ID, s)
	switch {
	case s.group != nil && s.change >= g.Change:
		g = s.group.copied()
	case s.change > g.Change:
		return errChanged
	}
	w := &writing{group: g, b: b, sheet: s, shown: g.copied()}
	f(w)
	if !reflect.DeepEqual(w.group, w.shown) && !w.save(ctx).OK() {
		b.tell(ctx, in, sayReceiptStuck)
	}
	return nil
}

// sayHeld says why a receipt could not be changed.
func sayHeld(err error) string {
	if errors.Is(err, errChanged) {
		return sayReceiptChanged
	}
	return sayReceiptBusy
}

// save brings the receipt up to date where it stands, also while the process
// is stopping. If Slack doesn't let it be changed, it is posted anew. It
// returns why there is no receipt.
func (w *writing) save(ctx context.Context) slackapi.Result {
	ctx, cancel := outlive(ctx)
	defer cancel()
	if w.At.TS != "" && w.refresh(ctx) {
		return slackapi.Result{}
	}
	w.Change++
	at, r := w.b.slack.Post(ctx, w.Creator, w.b.groupReceipt(w.group), "")
	if r.OK() {
		w.At = slackapi.Place{Channel: at.Channel, TS: at.TS}
		w.saved()
	}
	return r
}

// refresh changes the receipt where it stands, and nowhere else.
func (w *writing) refresh(ctx context.Context) bool {
	w.Change++
	m := w.b.groupReceipt(w.group)
	r := slackapi.Twice(func() slackapi.Result { return w.b.slack.Update(ctx, w.At, m) })
	if !r.OK() {
		w.b.log.Warn("receipt not changed", zap.String("code", string(r.Code)))
		return false
	}
	w.saved()
	return true
}

func (w *writing) saved() {
	w.shown = w.copied()
	newest := w.copied()
	w.b.receipts.mu.Lock()
	defer w.b.receipts.mu.Unlock()
	w.sheet.change, w.sheet.group = w.Change, &newest
}

func (g group) copied() group {
	g.Rows = slices.Clone(g.Rows)
	return g
}

// atOnce bounds the calls that one person's action makes side by side.
const atOnce = 4

// each runs f for 0 to n-1, some side by side, and returns when all have
// ended. A panic in one of them becomes the caller's.
func each(n int, f func(i int)) {
	var wg sync.WaitGroup
	slots, bugs := make(chan struct{}, atOnce), make(chan any, n)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() {
				if bug := recover(); bug != nil {
					bugs <- bug
				}
				<-slots
			}()
			f(i)
		})
	}
	wg.Wait()
	select {
	case bug := <-bugs:
		panic(bug)
	default:
	}
}
