// Package payload reads what Slack sends: each field on its own. Slack and its
// SDKs' fixtures show fields that are missing, null, or lists where objects are
// expected, and slack-go refuses a whole payload for one of them. Here one of
// another shape stays empty and loses nothing else. [Payload] is what is used
// of a command or an interaction; [Object] is what may hold anything, such as
// a message.
package payload

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/slack-go/slack"
)

// Payload is what is used of a command's or an interaction's payload. That one
// odd field loses nothing else is encoding/json's own way with plain types; a
// type with an UnmarshalJSON that fails would end it, so none here does.
type Payload struct {
	Type        string `json:"type"`
	CallbackID  string `json:"callback_id"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	// A slash command has flat fields.
	TeamID    string        `json:"team_id"`
	ChannelID string        `json:"channel_id"`
	UserID    string        `json:"user_id"`
	Command   string        `json:"command"`
	Text      Loose[string] `json:"text"`
	// An interaction has objects.
	Team       struct{ ID, Domain string } `json:"team"` // null in an Enterprise Grid
	Enterprise struct{ ID string }         `json:"enterprise"`
	Channel    struct{ ID string }         `json:"channel"`
	User       struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	Container struct {
		ChannelID   string `json:"channel_id"`
		MessageTS   string `json:"message_ts"`
		IsEphemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	Message      Object        `json:"message"`
	MessageTS    string        `json:"message_ts"`
	View         View          `json:"view"`
	ResponseURLs []ResponseURL `json:"response_urls"`
	Actions      []Action      `json:"actions"`
	// An event of the Events API.
	EventID string `json:"event_id"`
	Event   struct {
		Type string `json:"type"`
		User ID     `json:"user"` // whom it is about
		Tab  string `json:"tab"`
	} `json:"event"`
}

// ID is that of somebody. Some events have it, others an object with it.
type ID string

// UnmarshalJSON never fails.
func (id *ID) UnmarshalJSON(data []byte) error {
	var alone string
	if json.Unmarshal(data, &alone) != nil {
		alone = ReadObject(data).Text("id")
	}
	*id = ID(alone)
	return nil
}

// ResponseURL is the way into the conversation that was chosen in a block.
type ResponseURL struct {
	BlockID     string `json:"block_id"`
	ChannelID   string `json:"channel_id"`
	ResponseURL string `json:"response_url"`
}

// Action is a button that was pressed.
type Action struct {
	ActionID string `json:"action_id"`
	BlockID  string `json:"block_id"`
	Value    string `json:"value"`
}

// Loose is a field of which it matters whether it could be read.
type Loose[T any] struct {
	Value T
	Odd   bool
}

// UnmarshalJSON never fails.
func (l *Loose[T]) UnmarshalJSON(data []byte) error {
	l.Odd = json.Unmarshal(data, &l.Value) != nil
	return nil
}

// Read reads what can be read.
func Read(data []byte) (p Payload) {
	_ = json.Unmarshal(data, &p)
	return p
}

// Workspace is the one that the app is installed in. With Slack Connect the
// team of a payload may be another organisation's. installed is the app's own,
// if that is known to be the only one.
func (p Payload) Workspace(installed string) string {
	return cmp.Or(p.View.AppInstalledTeamID, installed, p.TeamID, p.Team.ID, p.User.TeamID, p.Enterprise.ID)
}

// Blocks reads a message's blocks one by one: slack-go refuses all of them
// for one that it doesn't know. Such a block stays as it is.
func Blocks(message Object) (blocks []slack.Block) {
	all, _ := message["blocks"].([]any)
	for _, block := range all {
		one, _ := json.Marshal(block) // it comes from JSON
		var read slack.Blocks
		if json.Unmarshal(slices.Concat([]byte("["), one, []byte("]")), &read) != nil {
			if kept, err := slack.BlockFromJSON(string(one)); err == nil {
				read.BlockSet = []slack.Block{kept}
			}
		}
		blocks = append(blocks, read.BlockSet...)
	}
	return blocks
}
