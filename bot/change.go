package bot

import (
	"context"
	"errors"
	"reflect"
	"sync"

	"go.uber.org/zap"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

var (
	errBusy       = errors.New("receipt is being written")
	errChanged    = errors.New("receipt has changed since")
	errNotWritten = errors.New("receipt could not be written")
)

// notHeld says why a receipt could not be changed.
func notHeld(w *text.Printer, err error) string {
	if errors.Is(err, errChanged) {
		return w.ReceiptChanged
	}
	return w.ReceiptBusy
}

// writing is a receipt in the hands of its one writer. Only [ledger.change] makes
// one, and only a writing can be saved.
type writing struct {
	receipt.Receipt
	ledger  *ledger
	creator person // and the ways to them
	replace string // the response_url of a press on the receipt itself
	unasked bool   // nobody pressed anything: it is changed where it stands, or not at all
	sheet   *sheet
	shown   receipt.Receipt // as it was last saved
}

// change is the one way to write a receipt. It gives f the receipt as it is now,
// alone, over all replicas that share a store, and when f returns, what it
// changed is shown: on the receipt, and in the messages whose links are over by
// now. It returns errBusy or errChanged if f was not called.
func (l *ledger) change(ctx context.Context, in *interaction, r receipt.Receipt, f func(w *writing)) error {
	return l.write(ctx, in, r, func(w *writing) error {
		f(w)
		if !reflect.DeepEqual(w.Receipt, w.shown) && w.save(ctx) != nil {
			l.tell(ctx, in, l.words(in.userID).ReceiptStuck)
		}
		return nil
	})
}

// changeUnasked is change for what the app found by itself: nobody is told
// anything, and nothing is posted anew. Its error says that it is to be tried
// again.
func (l *ledger) changeUnasked(ctx context.Context, in *interaction, r receipt.Receipt, f func(w *writing)) error {
	return l.write(ctx, in, r, func(w *writing) error {
		w.unasked = true
		f(w)
		if reflect.DeepEqual(w.Receipt, w.shown) {
			return nil
		}
		return w.save(ctx)
	})
}

func (l *ledger) write(ctx context.Context, in *interaction, r receipt.Receipt, f func(w *writing) error) error {
	s, ok := l.receipts.hold(r.ID, slackapi.PostTimeout)
	if !ok {
		return errBusy
	}
	defer l.receipts.release(r.ID, s)
	unlock, ok := l.locks.lock(ctx, r.ID)
	if !ok {
		return errBusy
	}
	defer unlock()
	r, err := l.newest(ctx, r)
	if err != nil {
		return err
	}
	w := &writing{Receipt: r.Copy(), ledger: l, creator: in.person(), sheet: s, shown: r}
	if err := f(w); err != nil {
		return err
	}
	each(len(r.Rows), func(i int) {
		if was, now := r.Rows[i], w.Rows[i]; was.Live() && now.Fate.Final() {
			was.Seen = now.Seen
			l.editAnnouncement(ctx, r, was)
		}
	})
	return nil
}

// pressed is change for a button on the receipt itself. The press is acked.
func (l *ledger) pressed(ctx context.Context, in *interaction, r receipt.Receipt, f func(w *writing) outcome) outcome {
	ended := outcomeRefused
	err := l.change(ctx, in, r, func(w *writing) {
		w.replace = in.responseURL
		ended = f(w)
	})
	if err != nil {
		l.tell(ctx, in, notHeld(l.words(in.userID), err))
	}
	return ended
}

// save brings the receipt up to date where it stands, also while the process is
// stopping: as a DM by chat.update, as an ephemeral message by the response_url
// of the press. If Slack doesn't let it be changed, it is posted anew.
func (w *writing) save(ctx context.Context) error {
	ctx, cancel := outlive(ctx)
	defer cancel()
	switch {
	case w.unasked:
		return w.saveUnasked(ctx)
	case w.At.TS != "" && w.refresh(ctx).OK():
		return nil
	case w.replace != "" && w.replaced(ctx).OK():
		return nil
	case w.At.TS == "" && w.replace == "" && w.Change > 0 && w.To.Sort != receipt.ToPeople:
		// An ephemeral one, out of reach: a form has told the outcome.
		w.saved(ctx)
		return nil
	}
	_, err := w.post(ctx)
	return err
}

// saveUnasked changes the receipt where it can be edited. Where it can't, or
// its creator has deleted it, what was found is only remembered.
func (w *writing) saveUnasked(ctx context.Context) error {
	if w.At.TS == "" {
		w.Change++
		w.saved(ctx)
		return nil
	}
	switch r := w.refresh(ctx); {
	case r.OK():
	case r.Unproven, r.Code.Limited(), r.Code.Unreachable(), r.Code.TokenRefused(): // which says nothing of the message
		return errNotWritten
	default:
		w.saved(ctx)
	}
	return nil
}

// refresh changes the receipt where it stands, and nowhere else.
func (w *writing) refresh(ctx context.Context) slackapi.Result {
	w.Change++
	m := w.ledger.receipt(w.Receipt)
	return w.wrote(ctx, slackapi.Twice(func() slackapi.Result { return w.ledger.slack.Update(ctx, w.At, m) }))
}

func (w *writing) replaced(ctx context.Context) slackapi.Result {
	w.Change++
	m := w.ledger.receipt(w.Receipt)
	return w.wrote(ctx, w.ledger.slack.Respond(ctx, w.replace, slackapi.Answer{Text: m.Text, Blocks: m.Blocks, ResponseType: slackapi.Ephemeral, ReplaceOriginal: true}))
}

func (w *writing) wrote(ctx context.Context, r slackapi.Result) slackapi.Result {
	if r.OK() {
		w.saved(ctx)
	} else {
		w.ledger.log.Warn("receipt not changed", zap.String("code", string(r.Code)))
	}
	return r
}

// post posts the receipt, for the first time or anew, and says which way. With
// several people only a message that brings its rows back will do: a DM.
func (w *writing) post(ctx context.Context) (via, error) {
	w.Change++
	m := w.ledger.receipt(w.Receipt)
	at, posted := w.ledger.slack.Post(ctx, w.Creator, m, "")
	if posted.OK() {
		w.At = slackapi.Place{Channel: at.Channel, TS: at.TS}
		w.saved(ctx)
		return viaDM, nil
	}
	missed := &unreached{}
	missed.add(posted)
	if w.To.Sort == receipt.ToPeople {
		return viaNone, missed
	}
	way, err := w.ledger.reachAfter(ctx, missed, w.creator, m, viaHook, viaEphemeral)
	if err == nil {
		w.At = slackapi.Place{}
		w.saved(ctx)
	}
	return way, err
}

// drop leaves a receipt that nobody has as it is: there is nothing to bring up
// to date.
func (w *writing) drop() { w.shown = w.Copy() }

// saved notes what is shown by now, here and in the memory.
func (w *writing) saved(ctx context.Context) {
	w.shown = w.Copy()
	change, newest := 0, (*receipt.Receipt)(nil) // nothing to note beside the memory
	if !w.ledger.remember(ctx, w.Receipt) {
		kept := w.Copy()
		change, newest = w.Change, &kept
	}
	w.ledger.receipts.mu.Lock()
	w.sheet.change, w.sheet.newest = change, newest
	w.ledger.receipts.mu.Unlock()
	w.ledger.changed(w.Creator)
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
