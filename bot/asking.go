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
	"otsbot/bot/internal/request"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

// askState is what the form remembers of itself, sealed, with which somebody
// asks for a secret.
type askState struct {
	Here    string `json:"h,omitempty"` // the conversation that they look at, which is preselected
	Started int64  `json:"s,omitempty"` // Unix seconds: since when it is being worked on
}

func (rq *requests) view(user string, st askState, problem string) slack.ModalViewRequest {
	st.Started = 0
	return rq.words(user).AskForm(text.AskForm{Sealed: rq.seal.Wrap(sealedFor(text.CallbackAsk, user), st), Problem: problem, Here: st.Here != ""})
}

// workingView stands while people are asked.
func (rq *requests) workingView(user string, st askState, now time.Time) slack.ModalViewRequest {
	st.Started = now.Unix()
	return rq.words(user).AskForm(text.AskForm{Sealed: rq.seal.Wrap(sealedFor(text.CallbackAsk, user), st), Working: true})
}

// read turns the form into a request of which nobody knows yet.
func (rq *requests) read(in *interaction, cb payload.Payload, st askState) (request.Request, map[string]string) {
	v, said, problems := cb.View, rq.words(in.userID).AskSaid(), map[string]string{}
	in.channelID, in.responseURL = v.Conversation(text.BlockPlace), placeURL(cb)
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

// askOne brings the request to one person, or into the conversation, and says how
// that went.
func (rq *requests) askOne(ctx context.Context, in *interaction, r request.Request, row *request.Row, again bool) slackapi.Result {
	q := r.Question(row.To)
	m := rq.words(row.To).Request(q, again, rq.seal.Sign(text.ActionAnswer, q), rq.seal.Sign(text.ActionDecline, q))
	to := row.To
	if to == "" {
		to = r.Channel
	}
	var at slackapi.Place
	posted := slackapi.Twice(func() (did slackapi.Result) {
		at, did = rq.slack.Post(ctx, to, m, "")
		return did
	})
	if posted.OK() {
		row.Step, row.Why, row.Place = request.Waiting, "", slackapi.Place{Channel: at.Channel, TS: at.TS}
		return posted
	}
	if !again && row.To == "" && in.responseURL != "" && posted.Refused() && posted.Code.HookMayHelp() {
		posted = slackapi.Twice(func() slackapi.Result {
			return rq.slack.Respond(ctx, in.responseURL, slackapi.Answer{Text: m.Text, Blocks: m.Blocks, ResponseType: slackapi.InChannel})
		})
		if posted.OK() {
			row.Step, row.Place = request.Waiting, slackapi.Place{} // Slack doesn't say where it went
			return posted
		}
	}
	rq.log.Warn("request not delivered", zap.String("code", string(posted.Code)), zap.String("user_id", in.userID))
	switch {
	case again: // what was asked before stands
	case posted.Unproven: // it may stand there, with buttons that work
		row.Step, row.Why = request.Waiting, ""
	default:
		row.Step, row.Why = request.Failed, string(posted.Code)
	}
	return posted
}

// askedBefore finds a request that is open, for the same thing and of the same
// people or in the same conversation.
func (rq *requests) askedBefore(ctx context.Context, r request.Request) (request.Request, bool) {
	entries, err := rq.memory.List(ctx, r.Asker, maxListed)
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

// peopleOf are those who are asked; nobody where a conversation is.
func peopleOf(r request.Request) (people []string) {
	if r.Channel != "" {
		return nil
	}
	for _, row := range r.Rows {
		people = append(people, row.To)
	}
	return people
}

// askPeople posts the asker's card, then what it asks of each, and says at which
// field of the form there is a problem.
func (rq *requests) askPeople(ctx context.Context, in *interaction, r *request.Request) (block, say string, ended outcome) {
	said := rq.words(in.userID).AskSaid()
	release, _ := rq.locks.hold(ctx, "ask "+r.Asker, lockWait) // or two forms ask everybody twice
	defer release()
	if was, ok := rq.askedBefore(ctx, *r); ok {
		return text.BlockWhat, rq.words(in.userID).AskedAlready(was), outcomeRejected
	}
	card, posted := rq.slack.Post(ctx, r.Asker, rq.card(*r), "")
	if !posted.OK() {
		return text.BlockPeople, said.NoAnswerDM, outcomeNotAsked
	}
	r.Card = slackapi.Place{Channel: card.Channel, TS: card.TS}
	*r, _ = rq.settle(ctx, *r, nil) // before the first of them can answer
	each(len(r.Rows), func(i int) { rq.askOne(ctx, in, *r, &r.Rows[i], false) })
	rows := slices.Clone(r.Rows)
	*r, _ = rq.settle(ctx, *r, func(r *request.Request) error { r.Went(rows); return nil })
	rq.showCard(ctx, *r)
	if r.Count(request.Failed) == len(r.Rows) {
		if r.Channel != "" {
			return text.BlockPlace, said.AskFailed, outcomeNotAsked
		}
		return text.BlockPeople, said.NobodyAsked, outcomeNotAsked
	}
	rq.event(auditAsked, in, zap.Int("people", len(peopleOf(*r))), zap.Duration("until", time.Until(r.Ends()).Round(time.Minute)))
	return "", "", outcomeRequested
}
