// Package request is what is written down of a secret that somebody asks for:
// whom they asked, and how each of them stands. It is data: what it says is for
// package text, what becomes of it for package bot.
//
// A request lives in the buttons of its asker's card, so that it outlives the
// process without a store; the message to each person who is asked holds a
// [Question], which is all but how the others stand.
package request

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"otsbot/bot/internal/slackapi"
)

// Limits of a request.
const (
	MaxPeople = 20
	MaxWhat   = 150 // characters
	Longest   = 7 * 24 * time.Hour
	Usual     = 24 * time.Hour
	// RemindEvery is how often its asker may remind the people.
	RemindEvery = 24 * time.Hour
)

// Request is one secret that is asked for. Names in JSON are short: there is
// little room in a button.
type Request struct {
	ID       string         `json:"i"`
	Asker    string         `json:"u"`
	What     string         `json:"w"` // as it was typed; whoever is asked sees it
	Until    int64          `json:"e"` // Unix seconds
	Channel  string         `json:"c,omitempty"`
	Several  bool           `json:"s,omitempty"` // in a conversation: more than one answer counts
	Over     bool           `json:"x,omitempty"` // withdrawn
	Reminded int64          `json:"m,omitempty"` // Unix seconds
	Card     slackapi.Place `json:"at,omitzero"`
	// Rows are the people; in a conversation, the first is the message there,
	// and the others are those who answered.
	Rows    []Row `json:"r,omitempty"`
	Earlier int   `json:"n,omitempty"` // answers there that have no row any more
	// Partial says that only some rows are known: it is put together from a
	// Question after the process forgot the rest.
	Partial bool `json:"p,omitempty"`
}

// Row is how somebody stands who was asked.
type Row struct {
	To   string // "" is a conversation
	Step Step
	Why  string // Slack's code, if they weren't asked
	At   int64  // Unix seconds: when they answered or declined
	// Place is that of the message to them; its TS is "" where the app can't
	// edit it.
	Place slackapi.Place
}

// Step is how far it has come with somebody.
type Step string

// The steps. The zero value says that they were not asked yet.
const (
	Pending  Step = ""
	Failed   Step = "f" // they could not be asked, see Why
	Waiting  Step = "w"
	Answered Step = "a"
	Declined Step = "d"
)

// MarshalText is short: twenty rows go into one button.
func (r Row) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%s,%s,%s,%d,%s,%s", r.To, r.Step, r.Why, r.At, r.Place.Channel, r.Place.TS), nil
}

var errRow = errors.New("not a row")

// UnmarshalText reads what MarshalText wrote.
func (r *Row) UnmarshalText(data []byte) error {
	parts := strings.Split(string(data), ",")
	if len(parts) != 6 {
		return errRow
	}
	*r = Row{To: parts[0], Step: Step(parts[1]), Why: parts[2], Place: slackapi.Place{Channel: parts[4], TS: parts[5]}}
	_, err := fmt.Sscan(parts[3], &r.At)
	return err
}

// Question is what the buttons hold of the message to somebody who is asked.
type Question struct {
	ID      string         `json:"i"`
	Asker   string         `json:"u"`
	What    string         `json:"w"`
	Until   int64          `json:"e"`
	To      string         `json:"to,omitempty"` // "" is anyone in the conversation
	Channel string         `json:"c,omitempty"`
	Several bool           `json:"s,omitempty"`
	Card    slackapi.Place `json:"at,omitzero"`
}

// Question is that to somebody; "" is the conversation.
func (r Request) Question(to string) Question {
	return Question{ID: r.ID, Asker: r.Asker, What: r.What, Until: r.Until, To: to, Channel: r.Channel, Several: r.Several, Card: r.Card}
}

// Request is what a question tells of its request.
func (q Question) Request() Request {
	r := Request{ID: q.ID, Asker: q.Asker, What: q.What, Until: q.Until, Channel: q.Channel, Several: q.Several, Card: q.Card, Partial: true}
	r.Rows = []Row{{To: q.To, Step: Waiting, Place: slackapi.Place{Channel: q.Channel}}}
	return r
}

// Ends is when nobody can answer any more.
func (r Request) Ends() time.Time { return time.Unix(r.Until, 0) }

// Ends is when nobody can answer any more.
func (q Question) Ends() time.Time { return time.Unix(q.Until, 0) }

// Row is somebody's; nil if they have none.
func (r *Request) Row(to string) *Row {
	i := slices.IndexFunc(r.Rows, func(row Row) bool { return row.To == to })
	if i < 0 {
		return nil
	}
	return &r.Rows[i]
}

// Count is how many rows have come so far.
func (r Request) Count(step Step) (n int) {
	for _, row := range r.Rows {
		if row.Step == step {
			n++
		}
	}
	return n
}

// Settled says that one answer was wanted, and is there.
func (r Request) Settled() bool {
	return r.Channel != "" && !r.Several && r.Count(Answered) > 0
}

// Open says that somebody can still answer.
func (r Request) Open(now time.Time) bool {
	return !r.Over && now.Before(r.Ends()) && !r.Settled() && r.Count(Waiting)+r.Count(Declined) > 0
}

// Due are the rows of those who were asked and said nothing yet.
func (r Request) Due() (rows []Row) {
	if r.Settled() {
		return nil
	}
	for _, row := range r.Rows {
		if row.Step == Waiting {
			rows = append(rows, row)
		}
	}
	return rows
}

// Note notes what somebody did, at a time. In a conversation they get a row, as
// far as there is room.
func (r *Request) Note(who string, step Step, at time.Time) {
	row := r.Row(who)
	if row == nil {
		if len(r.Rows) > MaxPeople && step != Answered {
			return
		}
		if len(r.Rows) > MaxPeople { // an answer tells more than who declined
			r.Rows = slices.DeleteFunc(r.Rows, func(row Row) bool { return row.Step == Declined })
		}
		if first := slices.IndexFunc(r.Rows, func(row Row) bool { return row.Step == Answered }); len(r.Rows) > MaxPeople && first >= 0 {
			r.Rows = slices.Delete(r.Rows, first, first+1)
			r.Earlier++
		}
		r.Rows = append(r.Rows, Row{To: who})
		row = &r.Rows[len(r.Rows)-1]
	}
	if row.Step != Answered { // nobody takes an answer back
		row.Step, row.At = step, at.Unix()
	}
}

// With is a whole request with what a partial one knows.
func (r Request) With(partial Request) Request {
	r.Rows = slices.Clone(r.Rows)
	r.Over = r.Over || partial.Over
	r.Reminded = max(r.Reminded, partial.Reminded)
	r.Earlier += partial.Earlier
	for _, row := range partial.Rows {
		if row.Step == Answered || row.Step == Declined {
			r.Note(row.To, row.Step, time.Unix(row.At, 0))
		}
	}
	return r
}

// Went notes how the messages to some people went out; who has answered
// meanwhile has.
func (r *Request) Went(rows []Row) {
	for _, sent := range rows {
		row := r.Row(sent.To)
		if row == nil {
			continue
		}
		row.Place, row.Why = sent.Place, sent.Why
		if row.Step == Pending {
			row.Step = sent.Step
		}
	}
}
