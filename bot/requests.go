package bot

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/memory"
	"otsbot/bot/internal/request"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

// A request for a secret is remembered beside the receipts. Nothing depends on
// that: its buttons hold what they need, and a message whose request is over has
// none. What was remembered only in part, since the process has forgotten the
// rest, is put together when its asker presses a button of their card.

// remembered is a request as an entry holds it.
type remembered struct {
	Request *request.Request `json:"q"`
}

func entryOf(r request.Request) string { return "request " + r.ID }

// readRequest reads an entry, and says whether it is of a request.
func readRequest(e memory.Entry) (request.Request, bool) {
	var k remembered
	if json.Unmarshal(e.Payload, &k) != nil || k.Request == nil || e.ID != entryOf(*k.Request) {
		return request.Request{}, false
	}
	return *k.Request, true
}

// keepRequest writes a request into its entry. It is looked at once more when it
// ends.
func keepRequest(e *memory.Entry, r request.Request) {
	e.Payload, _ = json.Marshal(remembered{&r}) // strings and numbers
	e.Next, e.Until = time.Time{}, r.Ends().Add(memory.EndedKept)
	if r.Open(time.Now()) {
		e.Next = r.Ends().Add(atEnd)
	}
}

// known is what is remembered, and what a button tells, in one.
func known(kept, told request.Request) request.Request {
	if kept.Partial && !told.Partial {
		return told.With(kept)
	}
	return kept
}

// requestNow is a request as it is remembered; if it isn't, as a button tells.
func (b *Bot) requestNow(ctx context.Context, told request.Request) request.Request {
	e, err := b.memory.Get(ctx, entryOf(told))
	if err != nil {
		return told
	}
	kept, ok := readRequest(e)
	if !ok || kept.Asker != told.Asker {
		return told
	}
	return known(kept, told)
}

// settle changes a request where it is remembered, whoever else changes it, and
// returns it as it is then. Its error is f's, which then changed nothing.
func (b *Bot) settle(ctx context.Context, told request.Request, f func(r *request.Request) error) (request.Request, error) {
	if f == nil {
		f = func(*request.Request) error { return nil }
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	now, refused, done := told, error(nil), false
	change := func(e *memory.Entry) error {
		now = told
		if kept, ok := readRequest(*e); ok && kept.Asker == told.Asker {
			now = known(kept, told)
		}
		now.Rows = append([]request.Row(nil), now.Rows...)
		refused, done = f(&now), true
		keepRequest(e, now)
		return refused
	}
	err := b.memory.Update(ctx, entryOf(told), change)
	if errors.Is(err, memory.ErrNotFound) {
		fresh := memory.Entry{ID: entryOf(told), Creator: told.Asker, At: time.Now()}
		if err = change(&fresh); err == nil {
			err = b.memory.Put(ctx, &fresh)
		}
		if errors.Is(err, memory.ErrChanged) { // somebody else was the first
			err = b.memory.Update(ctx, entryOf(told), change)
		}
	}
	if !done {
		now.Rows = append([]request.Row(nil), now.Rows...)
		refused = f(&now)
	}
	if refused == nil && err != nil {
		b.log.Debug("request not remembered", zap.Error(err))
	}
	return now, refused
}

// card is what the asker follows a request with.
func (b *Bot) card(r request.Request) text.Message {
	return b.words(r.Asker).Card(r, time.Now(), func(action string) string { return b.seal.Sign(action, r) })
}

// showCard brings the card up to date with what is remembered by now, one
// replica after the other.
func (b *Bot) showCard(ctx context.Context, told request.Request) {
	if told.Card.TS == "" {
		return
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	release, _ := b.locks.hold(ctx, "card "+told.ID, lockWait/4)
	defer release()
	r := b.requestNow(ctx, told)
	if r.Partial { // its asker's next press there shows the whole
		return
	}
	if shown := slackapi.Twice(func() slackapi.Result { return b.slack.Update(ctx, r.Card, b.card(r)) }); !shown.OK() {
		b.log.Warn("card of a request not changed", zap.String("code", string(shown.Code)), zap.String("user_id", r.Asker))
	}
}

// closeRequest says in the message to somebody that there is nothing left to do
// for them, if so: where it stands or, where the app can't edit it, by the
// response_url of a press on it.
func (b *Bot) closeRequest(ctx context.Context, r request.Request, to string, pressed answering) {
	m, over := b.words(to).RequestOver(r, to, time.Now())
	if !over {
		return
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	at := pressed.At
	if row := r.Row(to); row != nil && row.Place.TS != "" {
		at = row.Place
	}
	if at.TS != "" && b.slack.Update(ctx, at, m).OK() || pressed.ResponseURL == "" {
		return
	}
	how := slackapi.InChannel
	if r.Channel == "" {
		how = slackapi.Ephemeral
	}
	if done := b.slack.Respond(ctx, pressed.ResponseURL, slackapi.Answer{Text: m.Text, Blocks: m.Blocks, ResponseType: how, ReplaceOriginal: true}); !done.OK() {
		b.log.Info("request not closed where it stands", zap.String("code", string(done.Code)))
	}
}

// closeAll closes the messages to all who were asked.
func (b *Bot) closeAll(ctx context.Context, r request.Request) {
	each(len(r.Rows), func(i int) {
		if r.Rows[i].Step == request.Waiting {
			b.closeRequest(ctx, r, r.Rows[i].To, answering{})
		}
	})
}

// requestEnded is a request whose time has come, which the follower noticed.
func (f *follower) requestEnded(e *memory.Entry, r request.Request) {
	ctx, cancel := f.toTheEnd()
	defer cancel()
	if !time.Now().Before(r.Ends()) && !r.Partial {
		f.closeAll(ctx, r)
		f.showCard(ctx, r)
	}
	keepRequest(e, r)
	_ = f.memory.Put(ctx, e) // or the lease ends, and it is done again
}
