package text

import (
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/request"
)

// What Slack sends back of a request for a secret.
const (
	CallbackAsk        = "ask_form"
	CallbackAskWorking = "ask_form_working"
	CallbackDecline    = "decline_form"

	BlockWhat    = "what"
	BlockUntil   = "until"
	BlockSeveral = "several"
	BlockWord    = "word"

	ActionAsk      = "ask"
	ActionAnswer   = "answer"
	ActionDecline  = "decline"
	ActionRemind   = "remind"
	ActionWithdraw = "withdraw"

	maxWord = 300
)

// AskForm is the form with which somebody asks for a secret.
type AskForm struct {
	Sealed  string
	Problem string // said on top
	Working bool
	Here    bool // the conversation that they look at is preselected
}

// AskForm is the form with which somebody asks for a secret.
func (p *Printer) AskForm(f AskForm) slack.ModalViewRequest {
	c := p.c.Ask
	callback, submit, leave := CallbackAsk, c.Ask, c.Cancel
	var blocks []slack.Block
	switch {
	case f.Working:
		callback, submit, leave = CallbackAskWorking, c.Working, p.c.Form.Close
		blocks = append(blocks, section(":hourglass_flowing_sand: "+p.Working))
	case f.Problem != "":
		blocks = append(blocks, problem(f.Problem))
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, PrivateMetadata: f.Sealed,
		Title: plainText(c.Title), Submit: plainText(submit), Close: plainText(leave),
		Blocks: slack.Blocks{BlockSet: append(blocks, p.askInputs(f.Here)...)},
	}
}

func (p *Printer) askInputs(here bool) []slack.Block {
	c, most := p.c.Ask, request.MaxPeople
	people := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeUser, plainText(c.PeopleExample), actionValue)
	people.MaxSelectedItems = &most
	whom := slack.NewInputBlock(BlockPeople, plainText(c.People), plainText(c.PeopleHint), people)
	place := slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, plainText(c.PlaceExample), actionValue)
	place.DefaultToCurrentConversation = here
	place.ResponseURLEnabled = true
	place.Filter = &slack.SelectBlockElementFilter{Include: []string{"public", "private", "im", "mpim"}, ExcludeBotUsers: true}
	where := slack.NewInputBlock(BlockPlace, plainText(c.Place), plainText(c.PlaceHint), place)
	what := slack.NewPlainTextInputBlockElement(plainText(c.WhatExample), actionValue)
	what.MaxLength, what.FocusOnLoad = request.MaxWhat, true
	several := slack.NewInputBlock(BlockSeveral, plainText(c.Several), plainText(c.SeveralHint),
		slack.NewCheckboxGroupsBlockElement(actionValue, option("yes", c.SeveralBox)))
	whom.Optional, where.Optional, several.Optional = true, true, true
	return []slack.Block{
		slack.NewInputBlock(BlockWhat, plainText(c.What), plainText(c.WhatHint), what),
		whom, where, several,
		slack.NewInputBlock(BlockUntil, plainText(c.Until), nil, choice(ttlValue(request.Usual), p.untilOptions())),
		small(c.Footer),
	}
}

// untilOptions are the lifetimes on offer, as far as a request may be open.
func (p *Printer) untilOptions() (options []*slack.OptionBlockObject) {
	usual := false
	for _, d := range p.set.TTLChoices {
		if d <= request.Longest {
			options = append(options, option(ttlValue(d), p.lifetime(d)))
			usual = usual || d == request.Usual
		}
	}
	if !usual {
		options = append(options, option(ttlValue(request.Usual), p.lifetime(request.Usual)))
	}
	return options
}

// AskDone closes the form of a request whose outcome came late.
func (p *Printer) AskDone() slack.ModalViewRequest {
	return p.done(p.c.Ask.Title, p.c.Ask.Sentences.AskDone)
}

// AskSaid are the sentences about requests.
func (p *Printer) AskSaid() AskSentences { return p.c.Ask.Sentences }

// AskButtons is the one that opens the form, or none: an answer is a link to a person.
func (p *Printer) AskButtons(value string) []slack.BlockElement {
	if p.set.RecipientsMax == 0 {
		return nil
	}
	return []slack.BlockElement{slack.NewButtonBlockElement(ActionAsk, value, plainText(p.c.Ask.Title))}
}

// Request is the message to somebody who is asked, or in a conversation. send
// and decline are the values of its buttons.
func (p *Printer) Request(q request.Question, again bool, send, decline string) Message {
	c, who := p.c.Ask, mention(q.Asker)
	say, why := sprint(c.Asks, who), sprint(c.Why, who, p.moment(q.Ends()))
	if again {
		say = sprint(c.Again, who)
	}
	if q.Several {
		why = sprint(c.WhySeveral, who, p.moment(q.Ends()))
	}
	sending := slack.NewButtonBlockElement(ActionAnswer, send, plainText(c.Send))
	sending.Style, sending.AccessibilityLabel = slack.StylePrimary, c.SendHint
	declining := slack.NewButtonBlockElement(ActionDecline, decline, plainText(c.DontHave))
	declining.AccessibilityLabel = c.DontHint
	return Message{Text: lines(say, Escape(q.What), why), Blocks: []slack.Block{
		section(say), plainSection(q.What), small(why),
		slack.NewActionBlock("request", sending, declining),
	}}
}

// AskedAgain stands where a message was that was sent once more.
func (p *Printer) AskedAgain(q request.Question) Message { return p.closed(p.c.Ask.AskedAgain, q.What) }

// closed is a message about a request that nobody can press any more.
func (p *Printer) closed(say, what string) Message {
	return Message{Text: lines(say, Escape(what)), Blocks: []slack.Block{section(say), plainSection(what)}}
}

// RequestOver is the message to somebody who was asked, after there is nothing
// for them to do any more; false if there is.
func (p *Printer) RequestOver(r request.Request, to string, now time.Time) (Message, bool) {
	c, asker := p.c.Ask, mention(r.Asker)
	row := r.Row(to)
	switch {
	case r.Channel == "" && row != nil && row.Step == request.Answered:
		return p.closed(sprint(c.YouAnswered, asker, p.moment(time.Unix(row.At, 0))), r.What), true
	case r.Channel != "" && r.Settled():
		for _, row := range r.Rows {
			if row.Step == request.Answered {
				return p.closed(sprint(c.HasAnswered, mention(row.To), asker, p.moment(time.Unix(row.At, 0))), r.What), true
			}
		}
	case r.Channel == "" && row != nil && row.Step == request.Declined:
		return p.closed(sprint(c.YouDeclined, asker, p.moment(time.Unix(row.At, 0))), r.What), true
	case r.Over:
		return p.closed(sprint(c.Withdrawn, asker), r.What), true
	case !now.Before(r.Ends()):
		return p.closed(sprint(c.Expired, asker, p.moment(r.Ends())), r.What), true
	}
	return Message{}, false
}

// Card is what the asker follows a request with. value is that of its buttons.
func (p *Printer) Card(r request.Request, now time.Time, value func(action string) string) Message {
	c, open := p.c.Ask, r.Open(now)
	say := c.Card
	if r.Channel != "" {
		say = sprint(c.CardIn, "<#"+r.Channel+">")
	}
	var rows []string
	for _, row := range r.Rows {
		rows = append(rows, p.cardRow(r, row, now))
	}
	if r.Earlier > 0 {
		rows = append(rows, p.count(r.Earlier, c.RowEarlier))
	}
	hint := c.CardOwn
	remote := r.Channel != "" && r.Rows[0].Step == request.Waiting && r.Rows[0].Place.TS == ""
	switch {
	case r.Over:
		hint = c.CardOver
	case !now.Before(r.Ends()):
		hint = sprint(c.CardExpired, p.moment(r.Ends()))
	case open && remote:
		hint = p.Together(sprint(c.CardUntil, p.moment(r.Ends())), c.CardNoEdit)
	case open, r.Count(request.Pending) > 0:
		hint = sprint(c.CardUntil, p.moment(r.Ends()))
	}
	m := Message{
		Text:   lines(say, Escape(r.What), lines(rows...), hint),
		Blocks: []slack.Block{section(say), plainSection(r.What), section(lines(rows...)), small(hint)},
	}
	if !open {
		return m
	}
	var buttons []slack.BlockElement
	if len(r.Due()) > 0 && !remote {
		buttons = append(buttons, slack.NewButtonBlockElement(ActionRemind, value(ActionRemind), plainText(c.Remind)))
	}
	withdraw := slack.NewButtonBlockElement(ActionWithdraw, value(ActionWithdraw), plainText(c.Withdraw))
	withdraw.Confirm = slack.NewConfirmationBlockObject(plainText(c.WithdrawIt), plainText(c.WithdrawText), plainText(c.Withdraw), plainText(c.Keep))
	m.Blocks = append(m.Blocks, slack.NewActionBlock("card", append(buttons, withdraw)...))
	return m
}

func (p *Printer) cardRow(r request.Request, row request.Row, now time.Time) string {
	c, who := p.c.Ask, mention(row.To)
	if row.To == "" {
		who = "<#" + r.Channel + ">"
	}
	format, over := c.RowWaiting, r.Over || !now.Before(r.Ends())
	switch {
	case row.Step == request.Answered:
		return sprint(c.RowAnswered, who, p.moment(time.Unix(row.At, 0)))
	case row.Step == request.Declined:
		format = c.RowDeclined
	case row.Step == request.Failed && row.To == "":
		format = c.InFailed
	case row.Step == request.Failed:
		format = c.RowFailed
	case row.Step == request.Pending && over && row.To == "":
		format = c.InUnasked
	case row.Step == request.Pending && over:
		format = c.RowUnasked
	case row.Step == request.Pending && row.To == "":
		format = c.InPending
	case row.Step == request.Pending:
		format = c.RowPending
	case row.To == "" && !r.Open(now):
		format = c.InClosed
	case row.To == "":
		format = c.InWaiting
	case r.Over:
		format = c.RowWithdrawn
	case over:
		format = c.RowExpired
	}
	return sprint(format, who)
}

// DeclineForm asks for a word with which somebody declines.
func (p *Printer) DeclineForm(sealed string, q request.Question) slack.ModalViewRequest {
	c := p.c.Ask
	element := slack.NewPlainTextInputBlockElement(nil, actionValue)
	element.MaxLength, element.FocusOnLoad = maxWord, true
	word := slack.NewInputBlock(BlockWord, plainText(c.DeclineWord), plainText(c.DeclineHint), element)
	word.Optional = true
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: CallbackDecline, PrivateMetadata: sealed,
		Title: plainText(c.DeclineTitle), Submit: plainText(c.DeclineSend), Close: plainText(c.Cancel),
		Blocks: slack.Blocks{BlockSet: []slack.Block{section(sprint(c.DeclineTo, mention(q.Asker))), plainSection(q.What), word}},
	}
}

// DeclinedNews tells the asker that somebody doesn't have it.
func (p *Printer) DeclinedNews(who, what, word string) Message {
	m := p.closed(sprint(p.c.Ask.DeclinedBy, mention(who)), what)
	if word != "" {
		m.Text, m.Blocks = lines(m.Text, Escape(fmt.Sprintf(p.c.Receipt.Note, word))), append(m.Blocks, p.note(word))
	}
	return m
}

// AnswerNote is the note of a link that answers a request.
func (p *Printer) AnswerNote(what string) string { return fmt.Sprintf(p.c.Ask.AnswerNote, what) }

// NoteFor is the note of a receipt as whoever has its link reads it. That of an
// answer is in its creator's language on the receipt.
func (p *Printer) NoteFor(r receipt.Receipt) string {
	if r.Answers != nil {
		return p.AnswerNote(r.Answers.Question.What)
	}
	return r.Note
}

// TooSoon says when people can be reminded again.
func (p *Printer) TooSoon(again time.Time) string {
	return sprint(p.c.Ask.TooSoon, p.plainMoment(again))
}

// AskedAlready says so of a request that is open.
func (p *Printer) AskedAlready(r request.Request) string {
	return sprint(p.c.Ask.AskedAlready, p.plainMoment(r.Ends()))
}

// DeclineDone closes the form of [Printer.DeclineForm].
func (p *Printer) DeclineDone() slack.ModalViewRequest {
	return p.done(p.c.Ask.DeclineTitle, p.c.Ask.DeclineDone)
}

// answering is on top of the form that answers a request: to whom, and what.
func (p *Printer) answering(q request.Question) []slack.Block {
	return []slack.Block{section(sprint(p.c.Ask.AnswerTo, mention(q.Asker))), plainSection(q.What)}
}
