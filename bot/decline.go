package bot

import (
	"context"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/request"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

// openDecline is "I don't have it": it asks for a word to go with that.
func (b *Bot) openDecline(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	a, ended := b.requests.answerable(ctx, in, cb, ack)
	if ended != "" {
		return ended
	}
	sealed := b.seal.Wrap(sealedFor(text.CallbackDecline, in.userID), a)
	opened := b.slack.OpenView(ctx, cb.TriggerID, b.words(in.userID).DeclineForm(sealed, a.Question))
	return b.opened(ctx, in, opened, ack)
}

// declined is its form. The asker is told before the ack, so that what was typed
// is kept if they can't be.
func (b *Bot) declined(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	var a answering
	if b.seal.Unwrap(sealedFor(text.CallbackDecline, in.userID), cb.View.PrivateMetadata, &a) != nil {
		return b.refuseStale(ctx, in, ack)
	}
	q, said := a.Question, b.words(in.userID).AskSaid()
	form := func() slack.ModalViewRequest {
		return b.words(in.userID).DeclineForm(b.seal.Wrap(sealedFor(text.CallbackDecline, in.userID), a), q)
	}
	r := b.patiently(ctx, in, cb, ack, form)
	defer r.late()
	release, ok := b.requests.holdAnswer(ctx, "decline "+q.ID+" "+in.userID) // or two forms tell the asker twice
	if !ok {
		r.problem(text.BlockWord, said.BeingAnswered, form)
		return outcomeRefused
	}
	defer release()
	now := b.requests.now(ctx, q.Request())
	if say := closed(said, now, in.userID, time.Now()); say != "" {
		r.problem(text.BlockWord, say, form)
		b.requests.close(ctx, now, q.To, a)
		return outcomeClosed
	}
	if row := now.Row(in.userID); row != nil && row.Step == request.Declined { // pressed twice
		r.close()
		return outcomeDeclined
	}
	if b.left(ctx, q.Asker) {
		r.problem(text.BlockWord, said.AskerLeft, form)
		return outcomeNotTold
	}
	word := strings.TrimSpace(cb.View.Text(text.BlockWord))
	news := b.words(q.Asker).DeclinedNews(in.userID, q.What, word)
	told := slackapi.Twice(func() slackapi.Result {
		_, posted := b.slack.Post(ctx, q.Asker, news, "")
		return posted
	})
	if !told.OK() {
		r.problem(text.BlockWord, said.NotReached, form)
		return outcomeNotTold
	}
	now, _ = b.requests.settle(ctx, q.Request(), func(r *request.Request) error {
		r.Note(in.userID, request.Declined, time.Now())
		return nil
	})
	if r.late() {
		r.change(b.words(in.userID).DeclineDone())
	} else {
		r.close()
	}
	b.event(auditDeclined, in, zap.String("recipient_id", q.Asker))
	b.requests.close(ctx, now, q.To, a)
	b.requests.showCard(ctx, now)
	return outcomeDeclined
}
