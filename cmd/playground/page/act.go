package page

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"otsbot/bot/slackfake"
	"otsbot/cmd/playground/stage"
)

// deed is something that a person does on the page.
type deed struct {
	// Text that was typed, as a message or a command; Thread, if in one.
	Text, Thread string
	// TS of the message that it is about, and Action of the button on it.
	TS, Action string
	// Shortcut is a callback id.
	Shortcut string
	// Do says what is done to the form: submit, close, press or choose.
	Do string
	// Values that were changed in the form since it was drawn, by field: a
	// string, or a list of strings where several can be chosen.
	Values map[string]json.RawMessage
	// Field that was changed, when the app wants to be told.
	Field string
	// Locale that was chosen.
	Locale string
}

// sentence is an error as Slack would tell it.
type sentence string

func (s sentence) Error() string { return string(s) }

// maxDeed bounds what is read: a form holds a hundred fields at most.
const maxDeed = 1 << 20

// act does something as a person, and answers with what Slack would tell that
// person, if it went wrong. What came of it is on the page.
func (p *Page) act(w http.ResponseWriter, r *http.Request) {
	user, known := p.person(r)
	channel, sees := p.place(r, user)
	var d deed
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxDeed)).Decode(&d)
	if !known || !sees || err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	does := map[string]func(*http.Request, slackfake.User, slackfake.Channel, deed) (*slackfake.Interaction, error){
		"send": p.send, "press": p.press, "shortcut": p.shortcut, "form": p.fillIn, "delete": p.delete,
		"open": p.open, "home": p.pressInHome, "language": p.speak,
	}[r.PathValue("act")]
	if does == nil {
		http.NotFound(w, r)
		return
	}
	seen, err := does(r, user, channel, d)
	told := ""
	switch {
	case err != nil:
		told = err.Error()
	case seen != nil && seen.Error == slackfake.TroubleConnecting:
		told = seen.Error // a command's failure stands in the conversation
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]string{"error": told})
}

// send is what stands in the composer: a message, or a command.
func (p *Page) send(r *http.Request, u slackfake.User, c slackfake.Channel, d deed) (*slackfake.Interaction, error) {
	command, text, _ := strings.Cut(d.Text, " ")
	switch {
	case strings.TrimSpace(d.Text) == "":
		return nil, nil
	case strings.HasPrefix(d.Text, "/") && d.Thread != "":
		return nil, sentence(command + " is not supported in threads. Sorry!")
	case strings.HasPrefix(d.Text, "/") && (p.options.AnyCommand || p.knows(command)):
		return p.stage.Slack.Command(r.Context(), u.ID, c.ID, command, text)
	case strings.HasPrefix(d.Text, "/"):
		return nil, sentence(command + " is not a valid command. In Slack, anything beginning with a slash is one.")
	case c.ID == p.stage.Slack.AppDM(u.ID):
		return nil, sentence("Sending messages to this app has been turned off. Commands work.")
	}
	_, err := p.stage.Slack.PostMessage(slackfake.Post{User: u.ID, Channel: c.ID, ThreadTS: d.Thread, Text: d.Text})
	return nil, err
}

func (p *Page) knows(command string) bool {
	return slices.ContainsFunc(p.options.App.Commands, func(c stage.SlashCommand) bool { return c.Command == command })
}

func (p *Page) press(r *http.Request, u slackfake.User, c slackfake.Channel, d deed) (*slackfake.Interaction, error) {
	m, err := p.visible(u, c, d.TS)
	if err != nil {
		return nil, err
	}
	return p.stage.Slack.Press(r.Context(), u.ID, m, d.Action)
}

// shortcut on a message if there is one, and otherwise the global one.
func (p *Page) shortcut(r *http.Request, u slackfake.User, c slackfake.Channel, d deed) (*slackfake.Interaction, error) {
	if d.TS == "" {
		return p.stage.Slack.GlobalShortcut(r.Context(), u.ID, d.Shortcut)
	}
	m, err := p.visible(u, c, d.TS)
	if err != nil {
		return nil, err
	}
	return p.stage.Slack.MessageShortcut(r.Context(), u.ID, m, d.Shortcut)
}

func (p *Page) delete(_ *http.Request, u slackfake.User, c slackfake.Channel, d deed) (*slackfake.Interaction, error) {
	m, err := p.visible(u, c, d.TS)
	if err != nil {
		return nil, err
	}
	return nil, p.stage.Slack.DeleteMessage(u.ID, m)
}

// fillIn is what is done to the form that a person has open. What was typed
// goes with everything, as Slack's client has it in the form's state.
func (p *Page) fillIn(r *http.Request, u slackfake.User, _ slackfake.Channel, d deed) (*slackfake.Interaction, error) {
	slack := p.stage.Slack
	if d.Do == "close" {
		return slack.CloseView(r.Context(), u.ID)
	}
	values := slackfake.Values{}
	for field, raw := range d.Values {
		value, err := entered(raw)
		if err != nil {
			return nil, err
		}
		values[field] = value
	}
	if d.Do == "choose" {
		return slack.Choose(r.Context(), u.ID, d.Field, values[d.Field])
	}
	if d.Do == "submit" {
		return slack.Submit(r.Context(), u.ID, values)
	}
	if err := slack.Fill(u.ID, values); err != nil {
		return nil, err
	}
	return slack.PressInView(r.Context(), u.ID, d.Action)
}

// entered is a field's value: text, or several choices.
func entered(raw json.RawMessage) (any, error) {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return one, nil
	}
	var several []string
	if err := json.Unmarshal(raw, &several); err != nil {
		return nil, errors.New("a field holds neither text nor choices")
	}
	return several, nil
}

// visible finds a message that the person sees.
func (p *Page) visible(u slackfake.User, c slackfake.Channel, ts string) (slackfake.Message, error) {
	for _, m := range p.stage.Slack.Messages(u.ID, c.ID) {
		if m.TS == ts {
			return m, nil
		}
	}
	return slackfake.Message{}, sentence("That message isn't there any more.")
}
