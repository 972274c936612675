package bot

import (
	"context"
	"time"

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
	a, ended := b.requests.answerable(ctx, in, cb, ack)
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
	release, ok := b.requests.holdAnswer(ctx, answerName(q, in.userID))
	if !ok {
		return refuse(said.BeingAnswered)
	}
	defer release()
	now := b.requests.now(ctx, q.Request())
	if say := closed(said, now, in.userID, time.Now()); say != "" {
		ended := refuse(say)
		b.requests.close(ctx, now, q.To, a)
		return ended
	}
	ended := b.courier.toPeople(ctx, in, s, st, r)
	if ended == outcomePosted { // or its receipt says how it stands
		b.requests.answered(ctx, in, a)
	}
	return ended
}

// sendAnswerAgain is [Bot.sendUnsent] for a receipt whose secret answers a
// request, which may be over by now.
func (b *Bot) sendAnswerAgain(ctx context.Context, in *interaction, r receipt.Receipt) outcome {
	a := answering{Question: r.Answers.Question, At: r.Answers.At}
	release, ok := b.requests.holdAnswer(ctx, answerName(a.Question, in.userID))
	if !ok {
		b.tell(ctx, in, b.words(in.userID).ReceiptBusy)
		return outcomeRefused
	}
	defer release()
	ended := b.sendUnsent(ctx, in, r, func() string {
		said := b.words(in.userID).AskSaid()
		if closed(said, b.requests.now(ctx, a.Question.Request()), in.userID, time.Now()) != "" {
			return said.OverUnsent
		}
		return ""
	})
	if ended == outcomePosted {
		b.requests.answered(ctx, in, a)
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
