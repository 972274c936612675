package page

import (
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"otsbot/bot/slackfake"
	"otsbot/cmd/playground/blockkit"
	"otsbot/cmd/playground/stage"
)

// workspaceData is all that one person's page shows.
type workspaceData struct {
	User     slackfake.User
	People   []personLink
	Sections []section
	Here     placeLink
	Notes    string // what there is to know about this conversation
	Archived bool
	Commands []stage.SlashCommand

	Languages []language
	Tabs      []tabData // of the app; none in other conversations
	AtApp     bool      // where somebody meets it
	AtHome    bool
	Home      template.HTML // empty: nothing was published

	Messages []messageData
	Thread   *threadData
	Form     *formData

	Global    []stage.Shortcut
	OnMessage []stage.Shortcut
	Trouble   troubleData
}

type personLink struct {
	ID, Name, Badge, Link string
	Current               bool
}

// section of the sidebar.
type section struct {
	Title  string
	Places []placeLink
}

type placeLink struct {
	ID, Name, Link string
	Current        bool
	Unread         int
}

type messageData struct {
	TS        string
	Drawn     template.HTML
	Ephemeral bool
	Own       bool
	Replies   int
	Thread    string // link to the thread; empty where there can be none
}

type threadData struct {
	TS       string
	Messages []messageData
	Close    string
}

type formData struct {
	Hash  string
	Drawn template.HTML
}

// workspace is a person's page.
func (p *Page) workspace(w http.ResponseWriter, r *http.Request) {
	user, known := p.person(r)
	if !known {
		http.NotFound(w, r)
		return
	}
	channel, sees := p.place(r, user)
	if !sees { // of a switch to somebody who isn't there
		http.Redirect(w, r, p.home(user.ID), http.StatusSeeOther)
		return
	}
	data := p.look(user, channel, r.URL.Query().Get("thread"), r.URL.Query().Get("tab"))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := p.templates.ExecuteTemplate(w, "page.html", data); err != nil {
		return // the browser is gone
	}
}

// look gathers what a person sees.
func (p *Page) look(user slackfake.User, channel slackfake.Channel, thread, tab string) workspaceData {
	slack := p.stage.Slack
	reader := p.reader(user, channel)
	messages := slack.Messages(user.ID, channel.ID)
	tabs, atHome := p.tabs(user.ID, channel, tab)
	if !atHome {
		p.hasRead(user.ID, channel.ID, len(messages))
	}
	data := workspaceData{
		User:     user,
		Sections: p.sidebar(user, channel.ID),
		Here:     placeLink{ID: channel.ID, Name: p.called(user.ID, channel)},
		Notes:    p.notes(user.ID, channel),
		Archived: channel.Archived,
		Commands: p.options.App.Commands,
		Form:     p.form(reader, user.ID),
		Trouble:  p.trouble.now(channel),

		Languages: languagesOf(user),
		Tabs:      tabs,
		AtApp:     channel.ID == slack.AppDM(user.ID),
		AtHome:    atHome,
	}
	if home := slack.Home(user.ID); atHome && home != nil {
		data.Home = reader.Home(home.Blocks)
	}
	for _, s := range p.options.App.Shortcuts {
		if s.Type == "global" {
			data.Global = append(data.Global, s)
		} else {
			data.OnMessage = append(data.OnMessage, s)
		}
	}
	for _, u := range slack.Users() {
		if !u.Bot && !u.Deactivated {
			data.People = append(data.People, personLink{u.ID, u.RealName, badge(u), "/as/" + u.ID + "/" + channel.ID, u.ID == user.ID})
		}
	}
	here := "/as/" + user.ID + "/" + channel.ID
	if thread != "" {
		data.Thread = &threadData{TS: thread, Close: here}
	}
	for _, m := range withTombstones(messages) {
		drawn := p.message(reader, user.ID, m)
		if thread != "" && (m.TS == thread || m.ThreadTS == thread) {
			data.Thread.Messages = append(data.Thread.Messages, drawn)
		}
		if m.ThreadTS != "" && m.ThreadTS != m.TS {
			continue
		}
		if !m.Ephemeral {
			drawn.Thread, drawn.Replies = here+"?thread="+m.TS, replies(messages, m.TS)
		}
		data.Messages = append(data.Messages, drawn)
	}
	return data
}

// withTombstones puts a message where the first one of a thread was, if that
// was deleted: the thread stays.
func withTombstones(messages []slackfake.Message) []slackfake.Message {
	roots := map[string]bool{}
	var all []slackfake.Message
	for _, m := range messages {
		roots[m.TS] = true
		if m.ThreadTS != "" && !roots[m.ThreadTS] {
			roots[m.ThreadTS] = true
			all = append(all, slackfake.Message{Channel: m.Channel, TS: m.ThreadTS, User: slackfake.SlackbotID, Text: "_This message was deleted._"})
		}
		all = append(all, m)
	}
	return all
}

func replies(messages []slackfake.Message, ts string) (n int) {
	for _, m := range messages {
		if m.ThreadTS == ts && m.TS != ts {
			n++
		}
	}
	return n
}

func (p *Page) message(reader blockkit.Reader, user string, m slackfake.Message) messageData {
	author, other := reader.Names[m.User], false
	for _, u := range p.stage.Slack.Users() {
		if u.ID == m.User {
			author, other = u.RealName, u.Bot
		}
	}
	return messageData{
		TS:        m.TS,
		Ephemeral: m.Ephemeral,
		Own:       m.User == user,
		Drawn: reader.Post(blockkit.Post{Author: author, App: m.App || other, Other: other, When: when(m.TS), Ephemeral: m.Ephemeral,
			Edited: m.Edited, Text: m.Text, Blocks: m.Blocks, Attachments: m.Attachments, Files: m.Files}),
	}
}

// when reads the time in a message's timestamp.
func when(ts string) time.Time {
	seconds, _, _ := strings.Cut(ts, ".")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(unix, 0)
}

// form draws the form that a person has open, or nothing.
func (p *Page) form(reader blockkit.Reader, user string) *formData {
	v := p.stage.Slack.View(user)
	if v == nil {
		return nil
	}
	f := blockkit.Form{Title: v.Title, Submit: v.Submit, Close: v.Close, Blocks: v.Blocks,
		Fields: map[blockkit.FieldID]blockkit.Field{}, Errors: v.Errors, Trouble: v.Trouble}
	for _, in := range v.Inputs {
		field := blockkit.Field{Values: in.Values, Choices: p.choices(reader, user, in)}
		if in.Value != "" {
			field.Values = []string{in.Value}
		}
		f.Fields[blockkit.FieldID{Block: in.BlockID, Action: in.ActionID}] = field
	}
	return &formData{Hash: v.ID + v.Hash, Drawn: reader.Form(f)}
}

// choices of a picker of conversations or people; others have their own.
func (p *Page) choices(reader blockkit.Reader, user string, in slackfake.Input) []blockkit.Choice {
	var choices []blockkit.Choice
	for _, id := range in.Options {
		label := reader.Names[id]
		switch {
		case strings.Contains(in.Type, "conversations"):
			for _, c := range p.stage.Slack.Channels(user) {
				if c.ID == id {
					label = sign(c) + label
				}
			}
		case strings.Contains(in.Type, "users"):
			for _, u := range p.stage.Slack.Users() {
				if u.ID == id {
					label = strings.TrimSpace(u.RealName + " " + badge(u))
				}
			}
		default:
			return nil
		}
		choices = append(choices, blockkit.Choice{Value: id, Label: label})
	}
	return choices
}
