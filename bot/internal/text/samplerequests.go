package text

import (
	"fmt"
	"time"

	"otsbot/bot/internal/request"
	"otsbot/bot/internal/slackapi"
)

// asked is a request with a row of each sort.
func (s *sampler) asked() request.Request {
	return request.Request{ID: "GOLDEN3", Asker: "UANA", What: "The password of the *staging* database <now>",
		Until: s.expires.Unix(), Card: slackapi.Place{Channel: "DANA", TS: "1773500966.000100"}, Rows: []request.Row{
			{To: "UBEN", Step: request.Answered, At: s.now.Unix()}, {To: "UCID", Step: request.Declined, At: s.now.Unix()},
			{To: "UDAN", Step: request.Waiting}, {To: "UEVE", Step: request.Failed, Why: "channel_not_found"}, {To: "UFAY"},
		}}
}

// requests are what askers and those they ask see.
func (s *sampler) requests() {
	p, r := s.p, s.asked()
	in, answered, withdrawn := r, r, r
	in.Channel, in.Several = "CGENERAL", true
	in.Rows = []request.Row{{Step: request.Waiting, Place: slackapi.Place{Channel: "CGENERAL", TS: "1773500966.000200"}}}
	remote := in
	remote.Rows = []request.Row{{Step: request.Waiting, Place: slackapi.Place{Channel: "CGENERAL"}}}
	answered.Channel, answered.Rows = "CGENERAL", []request.Row{in.Rows[0], {To: "UBEN", Step: request.Answered, At: s.now.Unix()}}
	withdrawn.Over = true
	many := in
	many.Earlier = 3
	for i := range request.MaxPeople {
		many.Rows = append(many.Rows, request.Row{To: fmt.Sprintf("U0SAMPLE%02d", i), Step: request.Answered, At: s.now.Unix()})
	}
	card := func(name string, r request.Request, at time.Time) {
		s.message(name, p.Card(r, at, func(action string) string { return s.side.Keys.Sign(action, r) }))
	}
	card("card", r, s.now)
	card("card-in", in, s.now)
	card("card-in-remote", remote, s.now)
	card("card-in-answered", answered, s.now)
	card("card-in-full", many, s.now)
	card("card-withdrawn", withdrawn, s.now)
	card("card-expired", r, s.expires)

	asks := func(name string, q request.Question, again bool) {
		s.message(name, p.Request(q, again, s.side.Keys.Sign(ActionAnswer, q), s.side.Keys.Sign(ActionDecline, q)))
	}
	asks("request", r.Question("UBEN"), false)
	asks("request-again", r.Question("UDAN"), true)
	asks("request-in", in.Question(""), false)
	over := func(name string, r request.Request, to string, at time.Time) {
		m, _ := p.RequestOver(r, to, at)
		s.message(name, m)
	}
	over("request-answered", r, "UBEN", s.now)
	over("request-answered-in", answered, "", s.now)
	over("request-declined", r, "UCID", s.now)
	over("request-withdrawn", withdrawn, "UDAN", s.now)
	over("request-expired", r, "UDAN", s.expires)
	s.message("request-before", p.AskedAgain(r.Question("UDAN")))
	s.message("declined-news", p.DeclinedNews("UCID", r.What, "Ask *Dan* <dan>"))

	question := r.Question("UBEN")
	s.view("ask", p.AskForm(AskForm{Here: true}))
	s.view("ask-failed", p.AskForm(AskForm{Problem: p.AskSaid().AskFailed}))
	s.view("ask-working", p.AskForm(AskForm{Working: true}))
	s.view("ask-done", p.AskDone())
	s.view("answer", p.Form(Form{Shape: Shape{Parts: 1}, Answers: &question}))
	s.view("answer-working", p.Form(Form{Shape: Shape{Parts: 1}, Answers: &question, Working: true}))
	s.view("decline-done", p.DeclineDone())
	s.view("decline", p.DeclineForm("sealed", question))
}
