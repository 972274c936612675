package bot

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/memory"
	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/request"
	"otsbot/bot/internal/seal"
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

// requests are what people ask each other for: what is remembered of it, and the
// messages that show it.
type requests struct {
	*voice
	memory *memory.Memory
	locks  *locks
	seal   *seal.Keys
}

// now is a request as it is remembered; if it isn't, as a button tells.
func (rq *requests) now(ctx context.Context, told request.Request) request.Request {
	e, err := rq.memory.Get(ctx, entryOf(told))
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
func (rq *requests) settle(ctx context.Context, told request.Request, f func(r *request.Request) error) (request.Request, error) {
	now, _, refused := rq.note(ctx, told, f)
	return now, refused
}

// note is settle, and says whether the change is remembered.
func (rq *requests) note(ctx context.Context, told request.Request, f func(r *request.Request) error) (_ request.Request, kept bool, _ error) {
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
	err := rq.memory.Update(ctx, entryOf(told), change)
	if errors.Is(err, memory.ErrNotFound) {
		fresh := memory.Entry{ID: entryOf(told), Creator: told.Asker, At: time.Now()}
		if err = change(&fresh); err == nil {
			err = rq.memory.Put(ctx, &fresh)
		}
		if errors.Is(err, memory.ErrChanged) { // somebody else was the first
			err = rq.memory.Update(ctx, entryOf(told), change)
		}
	}
	if !done {
		now.Rows = append([]request.Row(nil), now.Rows...)
		refused = f(&now)
	}
	if refused == nil && err != nil {
		rq.log.Debug("request not remembered", zap.Error(err))
	}
	return now, err == nil, refused
}

// card is what the asker follows a request with.
func (rq *requests) card(r request.Request) text.Message {
	return rq.words(r.Asker).Card(r, time.Now(), func(action string) string { return rq.seal.Sign(action, r) })
}

// showCard brings the card up to date with what is remembered by now, one
// replica after the other.
func (rq *requests) showCard(ctx context.Context, told request.Request) {
	if told.Card.TS == "" {
		return
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	release, _ := rq.locks.hold(ctx, "card "+told.ID, lockWait/4)
	defer release()
	r := rq.now(ctx, told)
	if r.Partial { // its asker's next press there shows the whole
		return
	}
	if shown := slackapi.Twice(func() slackapi.Result { return rq.slack.Update(ctx, r.Card, rq.card(r)) }); !shown.OK() {
		rq.log.Warn("card of a request not changed", zap.String("code", string(shown.Code)), zap.String("user_id", r.Asker))
	}
}

// close says in the message to somebody that there is nothing left to do
// for them, if so: where it stands or, where the app can't edit it, by the
// response_url of a press on it. It shows what is remembered by now, one replica
// after the other.
func (rq *requests) close(ctx context.Context, r request.Request, to string, pressed answering) {
	if _, over := rq.words(to).RequestOver(r, to, time.Now()); !over {
		return
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	release, _ := rq.locks.hold(ctx, "message "+r.ID+" "+to, lockWait/4)
	defer release()
	r = rq.now(ctx, r)
	m, over := rq.words(to).RequestOver(r, to, time.Now())
	if !over {
		return
	}
	at := pressed.At
	if row := r.Row(to); row != nil && row.Place.TS != "" {
		at = row.Place
	}
	if at.TS != "" && rq.slack.Update(ctx, at, m).OK() || pressed.ResponseURL == "" {
		return
	}
	how := slackapi.InChannel
	if r.Channel == "" {
		how = slackapi.Ephemeral
	}
	if done := rq.slack.Respond(ctx, pressed.ResponseURL, slackapi.Answer{Text: m.Text, Blocks: m.Blocks, ResponseType: how, ReplaceOriginal: true}); !done.OK() {
		rq.log.Info("request not closed where it stands", zap.String("code", string(done.Code)))
	}
}

// closeAll closes the messages to all who were asked.
func (rq *requests) closeAll(ctx context.Context, r request.Request) {
	each(len(r.Rows), func(i int) {
		if r.Rows[i].Step == request.Waiting {
			rq.close(ctx, r, r.Rows[i].To, answering{})
		}
	})
}

// answerable reads the pressed button of a request. If there is nothing to
// answer, it acks, says why, and returns how it ended.
func (rq *requests) answerable(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) (answering, outcome) {
	var q request.Question
	said := rq.words(in.userID).AskSaid()
	err := rq.seal.Read(cb.Actions[0].ActionID, cb.Actions[0].Value, &q)
	switch {
	case err != nil || q.ID == "" || !idLike(q.Asker, "UW"):
		_ = ack(nil)
		return answering{}, rq.refuseButton(ctx, in, receipt.ErrNotOurs)
	case q.To != "" && q.To != in.userID:
		_ = ack(nil)
		rq.tampered(in, tamperingForeign)
		rq.tell(ctx, in, said.NotAskedOf)
		return answering{}, outcomeRefused
	case q.Asker == in.userID:
		_ = ack(nil)
		rq.tell(ctx, in, said.OwnRequest)
		return answering{}, outcomeRefused
	}
	a := answering{Question: q, At: receiptAt(cb)}
	if q.Channel != "" {
		a.At = slackapi.Place{} // the memory knows it, or the response URL changes it
		a.ResponseURL = in.responseURL
	}
	now := rq.now(ctx, q.Request())
	if say := closed(said, now, in.userID, time.Now()); say != "" {
		_ = ack(nil)
		rq.tell(ctx, in, say)
		a.ResponseURL = in.responseURL
		rq.close(ctx, now, q.To, a)
		return answering{}, outcomeClosed
	}
	return a, ""
}

// closed says why somebody can't answer any more.
func closed(said text.AskSentences, r request.Request, user string, now time.Time) string {
	row := r.Row(user)
	switch {
	case row != nil && row.Step == request.Answered:
		return said.OverYours
	case r.Settled():
		return said.OverAnswered
	case r.Over:
		return said.OverWithdrawn
	case !now.Before(r.Ends()):
		return said.OverExpired
	}
	return ""
}

// answered notes that the asker has a link, once, and shows it.
func (rq *requests) answered(ctx context.Context, in *interaction, a answering) {
	fresh := false
	now, _ := rq.settle(ctx, a.Question.Request(), func(r *request.Request) error {
		row := r.Row(in.userID)
		fresh = row == nil || row.Step != request.Answered
		r.Note(in.userID, request.Answered, time.Now())
		return nil
	})
	if fresh { // else somebody pressed "Try again" on a receipt that showed less than is so
		rq.event(auditAnswered, in, zap.String("recipient_id", a.Question.Asker))
	}
	rq.close(ctx, now, a.Question.To, a)
	rq.showCard(ctx, now)
}

// holdAnswer waits its turn.
func (rq *requests) holdAnswer(ctx context.Context, name string) (release func(), ok bool) {
	return rq.locks.hold(ctx, name, answerWait)
}

// cardPressed reads the pressed button of a card. Such a card is whole.
func (rq *requests) cardPressed(in *interaction, cb payload.Payload) (request.Request, error) {
	var r request.Request
	err := rq.seal.Read(cb.Actions[0].ActionID, cb.Actions[0].Value, &r)
	switch {
	case err != nil || r.ID == "" || len(r.Rows) == 0:
		return r, receipt.ErrNotOurs
	case r.Asker != in.userID:
		return r, receipt.ErrNotTheirs
	}
	if at := receiptAt(cb); at.TS != "" {
		r.Card = at
	}
	return r, nil
}
