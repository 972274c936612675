package bot

import (
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/request"
	"otsbot/bot/internal/rules"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

// askState is what the form remembers of itself, sealed, with which somebody
// asks for a secret.
type askState struct {
	Here    string `json:"h,omitempty"` // the conversation that they look at, which is preselected
	Started int64  `json:"s,omitempty"` // Unix seconds: since when it is being worked on
}

// askShortcut is the global shortcut "Ask for a secret".
func (b *Bot) askShortcut(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) result {
	return b.openAsk(ctx, in, p.TriggerID, askState{}, ack)
}

// askPressed is the button on the Home tab.
func (b *Bot) askPressed(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) result {
	var o receipt.Opener
	err := b.seal.Read(text.ActionAsk, p.Actions[0].Value, &o)
	if err == nil && o.Creator != in.userID {
		err = receipt.ErrNotTheirs
	}
	if err != nil {
		_ = ack(nil)
		return b.refuseButton(ctx, in, err)
	}
	return b.openAsk(ctx, in, p.TriggerID, askState{}, ack)
}

// openAsk opens the form before the ack: the trigger lives three seconds. Only a
// command's ack can say why it doesn't open.
func (b *Bot) openAsk(ctx context.Context, in *interaction, trigger string, st askState, ack ackFunc) outcome {
	say := func(what string) {
		if in.kind == "command" {
			b.answer(ctx, in, ack, text.Plain(what))
			return
		}
		_ = ack(nil)
		b.tell(ctx, in, what)
	}
	if no := b.gate.mayAskAtAll(ctx, in); no != nil {
		say(no.say)
		return outcomeRejected
	}
	if opened := b.slack.OpenView(ctx, trigger, b.askView(in.userID, st, "")); !opened.OK() {
		say(b.words(in.userID).NotOpened(opened.Code))
		return outcomeFormFailed
	}
	_ = ack(nil)
	return outcomeFormOpened
}

func (b *Bot) askView(user string, st askState, problem string) slack.ModalViewRequest {
	st.Started = 0
	return b.words(user).AskForm(text.AskForm{Sealed: b.seal.Wrap(sealedFor(text.CallbackAsk, user), st), Problem: problem, Here: st.Here != ""})
}

// ask is the submitted form. People are asked before the ack, so that a failure
// stands at its field.
func (b *Bot) ask(ctx context.Context, in *interaction, cb payload.Payload, ack ackFunc) result {
	var st askState
	if b.seal.Unwrap(sealedFor(text.CallbackAsk, in.userID), cb.View.PrivateMetadata, &st) != nil {
		b.tampered(in, tamperingForm)
		b.refuseWhole(ctx, in, ack, b.words(in.userID).StaleForm)
		return outcomeRefused
	}
	if cb.View.CallbackID == text.CallbackAskWorking {
		b.refuseWhole(ctx, in, ack, stillWorking(b.words(in.userID), formState{Started: st.Started}, time.Now()))
		return outcomeRefused
	}
	block, what := b.forms.forged(in.userID, cb.View)
	switch {
	case what == "" && leadsElsewhere(cb):
		block, what = text.BlockPlace, tamperingID
	case what == "" && len(cb.View.People(text.BlockPeople)) > request.MaxPeople:
		block, what = text.BlockPeople, tamperingChoice
	}
	if what != "" {
		b.tampered(in, what)
		b.refuseForm(ctx, in, ack, map[string]string{block: b.words(in.userID).NotOffered})
		return outcomeRefused
	}
	asked, problems := b.readAsk(in, cb, st)
	if len(problems) > 0 {
		b.refuseForm(ctx, in, ack, problems)
		return outcomeRejected
	}
	r := b.patiently(ctx, in, cb, ack, func() slack.ModalViewRequest {
		now := askState{Here: st.Here, Started: time.Now().Unix()}
		return b.words(in.userID).AskForm(text.AskForm{Sealed: b.seal.Wrap(sealedFor(text.CallbackAsk, in.userID), now), Working: true})
	})
	defer r.late()
	block, say, ended := b.askPeople(ctx, in, &asked)
	switch {
	case say != "":
		r.problem(block, say, func() slack.ModalViewRequest { return b.askView(in.userID, st, say) })
	case r.late():
		r.change(b.words(in.userID).AskDone())
	default:
		r.close()
	}
	return ended
}

// readAsk turns the form into a request of which nobody knows yet.
func (b *Bot) readAsk(in *interaction, cb payload.Payload, st askState) (request.Request, map[string]string) {
	v, said, problems := cb.View, b.words(in.userID).AskSaid(), map[string]string{}
	in.channelID, in.responseURL = v.Conversation(text.BlockPlace), ""
	for _, hook := range cb.ResponseURLs {
		if hook.BlockID == text.BlockPlace {
			in.responseURL = hook.ResponseURL
		}
	}
	lasts := request.Usual
	if seconds, err := strconv.Atoi(v.Option(text.BlockUntil)); err == nil && seconds > 0 {
		lasts = min(time.Duration(seconds)*time.Second, request.Longest)
	}
	r := request.Request{ID: rand.Text()[:10], Asker: in.userID, What: strings.TrimSpace(v.Text(text.BlockWhat)), Until: time.Now().Add(lasts).Unix()}
	people := v.People(text.BlockPeople)
	switch {
	case len(people) > 0 && in.channelID != "" && in.channelID != st.Here:
		problems[text.BlockPeople] = said.WhomTwice
	case slices.Contains(people, in.userID):
		problems[text.BlockPeople] = said.AskedYourself
	case len(people) > 0: // the conversation that was preselected gives way
		in.channelID, in.responseURL = "", ""
		for _, user := range people {
			r.Rows = append(r.Rows, request.Row{To: user})
		}
	case in.channelID != "":
		r.Channel, r.Several = in.channelID, v.Checked(text.BlockSeveral)
		r.Rows = []request.Row{{}}
	default:
		problems[text.BlockPeople] = said.WhomMissing
	}
	switch {
	case r.What == "":
		problems[text.BlockWhat] = said.WhatMissing
	case utf8.RuneCountInString(r.What) > request.MaxWhat:
		problems[text.BlockWhat] = said.WhatLong
	}
	return r, problems
}

// askPeople posts the asker's card, then what it asks of each, and says at which
// field of the form there is a problem.
func (b *Bot) askPeople(ctx context.Context, in *interaction, r *request.Request) (block, say string, ended outcome) {
	said := b.words(in.userID).AskSaid()
	var people []string
	if r.Channel == "" {
		for _, row := range r.Rows {
			people = append(people, row.To)
		}
	}
	if no := b.gate.refusedBy(in, b.gate.Check(ctx, rules.Subject{Creator: in.userID, Channel: r.Channel, People: people})); no != nil {
		return no.block, no.say, outcomeRejected
	}
	if was, ok := b.askedBefore(ctx, *r); ok {
		return text.BlockWhat, b.words(in.userID).AskedAlready(was), outcomeRejected
	}
	card, posted := b.slack.Post(ctx, r.Asker, b.card(*r), "")
	if !posted.OK() {
		return text.BlockPeople, said.NoAnswerDM, outcomeNotAsked
	}
	r.Card = slackapi.Place{Channel: card.Channel, TS: card.TS}
	*r, _ = b.settle(ctx, *r, nil) // before the first of them can answer
	each(len(r.Rows), func(i int) { b.askOne(ctx, in, *r, &r.Rows[i], false) })
	rows := slices.Clone(r.Rows)
	*r, _ = b.settle(ctx, *r, func(r *request.Request) error { r.Went(rows); return nil })
	b.showCard(ctx, *r)
	if r.Count(request.Failed) == len(r.Rows) {
		if r.Channel != "" {
			return text.BlockPlace, said.AskFailed, outcomeNotAsked
		}
		return text.BlockPeople, said.NobodyAsked, outcomeNotAsked
	}
	b.event(auditAsked, in, zap.Int("people", len(people)), zap.Duration("until", time.Until(r.Ends()).Round(time.Minute)))
	return "", "", outcomeRequested
}

// askOne brings the request to one person, or into the conversation.
func (b *Bot) askOne(ctx context.Context, in *interaction, r request.Request, row *request.Row, again bool) {
	q := r.Question(row.To)
	m := b.words(row.To).Request(q, again, b.seal.Sign(text.ActionAnswer, q), b.seal.Sign(text.ActionDecline, q))
	to := row.To
	if to == "" {
		to = r.Channel
	}
	var at slackapi.Place
	posted := slackapi.Twice(func() (did slackapi.Result) {
		at, did = b.slack.Post(ctx, to, m, "")
		return did
	})
	if posted.OK() {
		row.Step, row.Why, row.Place = request.Waiting, "", slackapi.Place{Channel: at.Channel, TS: at.TS}
		return
	}
	if !again && row.To == "" && in.responseURL != "" && posted.Refused() && posted.Code.HookMayHelp() {
		posted = slackapi.Twice(func() slackapi.Result {
			return b.slack.Respond(ctx, in.responseURL, slackapi.Answer{Text: m.Text, Blocks: m.Blocks, ResponseType: slackapi.InChannel})
		})
		if posted.OK() {
			row.Step, row.Place = request.Waiting, slackapi.Place{} // Slack doesn't say where it went
			return
		}
	}
	b.log.Warn("request not delivered", zap.String("code", string(posted.Code)), zap.String("user_id", in.userID))
	switch {
	case again: // what was asked before stands
	case posted.Unproven: // it may stand there, with buttons that work
		row.Step, row.Why = request.Waiting, ""
	default:
		row.Step, row.Why = request.Failed, string(posted.Code)
	}
}

// askedBefore finds a request that is open, for the same thing and of the same
// people or in the same conversation.
func (b *Bot) askedBefore(ctx context.Context, r request.Request) (request.Request, bool) {
	entries, err := b.memory.List(ctx, r.Asker, maxListed)
	if err != nil {
		return request.Request{}, false
	}
	for _, e := range entries {
		was, ok := readRequest(e)
		if !ok || was.What != r.What || was.Channel != r.Channel || !was.Open(time.Now()) {
			continue
		}
		for _, row := range was.Due() {
			if r.Row(row.To) != nil {
				return was, true
			}
		}
	}
	return request.Request{}, false
}
