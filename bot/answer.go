package bot

import (
	"context"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/request"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

// answering is what a form remembers of the request that it answers, and of the
// message whose button opened it.
type answering struct {
	Question request.Question `json:"q"`
	At       slackapi.Place   `json:"at,omitzero"`
	// ResponseURL is the way to change the message where the app is no member.
	ResponseURL string `json:"r,omitempty"`
}

// openAnswer is "Send it": it opens the form for a secret whose link goes to the
// asker alone.
func (b *Bot) openAnswer(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	a, ended := b.answerable(ctx, in, cb, ack)
	if ended != "" {
		return ended
	}
	s := share{creator: in.person(), to: receipt.People([]string{a.Question.Asker})}
	if no := b.gate.mayGoOut(ctx, in, s); no != nil { // before they type it
		_ = ack(nil)
		b.tell(ctx, in, no.say)
		return outcomeRejected
	}
	return b.forms.openFromButton(ctx, in, cb, formState{Answers: &a}, ack)
}

// answerable reads the pressed button of a request. If there is nothing to
// answer, it acks, says why, and returns how it ended.
func (b *Bot) answerable(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) (answering, outcome) {
	var q request.Question
	said := b.words(in.userID).AskSaid()
	err := b.seal.Read(cb.Actions[0].ActionID, cb.Actions[0].Value, &q)
	switch {
	case err != nil || q.ID == "" || !idLike(q.Asker, "UW"):
		_ = ack(nil)
		return answering{}, b.refuseButton(ctx, in, receipt.ErrNotOurs)
	case q.To != "" && q.To != in.userID:
		_ = ack(nil)
		b.tampered(in, tamperingForeign)
		b.tell(ctx, in, said.NotAskedOf)
		return answering{}, outcomeRefused
	case q.Asker == in.userID:
		_ = ack(nil)
		b.tell(ctx, in, said.OwnRequest)
		return answering{}, outcomeRefused
	}
	a := answering{Question: q, At: receiptAt(cb)}
	if q.Channel != "" {
		a.At = slackapi.Place{} // the memory knows it, or the response URL changes it
		a.ResponseURL = in.responseURL
	}
	now := b.requestNow(ctx, q.Request())
	if say := closed(said, now, in.userID, time.Now()); say != "" {
		_ = ack(nil)
		b.tell(ctx, in, say)
		a.ResponseURL = in.responseURL
		b.closeRequest(ctx, now, q.To, a)
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

// answerWait is how long an answer waits for another one to end.
const answerWait = time.Second

// shareAnswer is the submitted form of an answer: the request is held while its
// secret is stored and sent, so that the first of several answers counts.
func (b *Bot) shareAnswer(ctx context.Context, in *interaction, s share, st formState, r *reply) result {
	a := *st.Answers
	q, said := a.Question, b.words(in.userID).AskSaid()
	refuse := func(say string) result {
		b.vault.uncount(ctx, s, 1)
		r.problem(text.BlockSecret, say, b.forms.with(in, st, s, say))
		return outcomeClosed
	}
	release, ok := b.holdAnswer(ctx, answerName(q, in.userID))
	if !ok {
		return refuse(said.BeingAnswered)
	}
	defer release()
	now := b.requestNow(ctx, q.Request())
	if say := closed(said, now, in.userID, time.Now()); say != "" {
		ended := refuse(say)
		b.closeRequest(ctx, now, q.To, a)
		return ended
	}
	ended := b.courier.toPeople(ctx, in, s, st, r)
	if ended == outcomePosted { // or its receipt says how it stands
		b.answered(ctx, in, a)
	}
	return ended
}

// answered notes that the asker has a link, and shows it.
func (b *Bot) answered(ctx context.Context, in *interaction, a answering) {
	now, _ := b.settle(ctx, a.Question.Request(), func(r *request.Request) error {
		r.Note(in.userID, request.Answered, time.Now())
		return nil
	})
	b.event(auditAnswered, in, zap.String("recipient_id", a.Question.Asker))
	b.closeRequest(ctx, now, a.Question.To, a)
	b.showCard(ctx, now)
}

// sendAnswerAgain is [Bot.sendUnsent] for a receipt whose secret answers a
// request, which may be over by now.
func (b *Bot) sendAnswerAgain(ctx context.Context, in *interaction, r receipt.Receipt) outcome {
	a := answering{Question: r.Answers.Question, At: r.Answers.At}
	release, ok := b.holdAnswer(ctx, answerName(a.Question, in.userID))
	if !ok {
		b.tell(ctx, in, b.words(in.userID).ReceiptBusy)
		return outcomeRefused
	}
	defer release()
	ended := b.sendUnsent(ctx, in, r, func() string {
		said := b.words(in.userID).AskSaid()
		if closed(said, b.requestNow(ctx, a.Question.Request()), in.userID, time.Now()) != "" {
			return said.OverUnsent
		}
		return ""
	})
	if ended == outcomePosted {
		b.answered(ctx, in, a)
	}
	return ended
}

// answerName is what is held while somebody answers: where one answer counts,
// by one person at a time.
func answerName(q request.Question, user string) string {
	if q.Channel == "" || q.Several {
		return "answer " + q.ID + " " + user
	}
	return "answer " + q.ID
}

// holdAnswer waits its turn.
func (b *Bot) holdAnswer(ctx context.Context, name string) (release func(), ok bool) {
	return b.locks.hold(ctx, name, answerWait)
}
