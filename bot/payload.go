package bot

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

// payload is what is used of a command's or an interaction's payload. Slack
// and its SDKs' fixtures show fields that are missing, null, or lists where
// objects are expected, and slack-go refuses a whole payload for one of them.
// Here each field is read on its own: one of another shape stays empty and
// loses nothing else. That is encoding/json's own way with plain types; a type
// with an UnmarshalJSON that fails would end it, so none here does.
type payload struct {
	Type        string `json:"type"`
	CallbackID  string `json:"callback_id"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	// A slash command has flat fields.
	TeamID    string        `json:"team_id"`
	ChannelID string        `json:"channel_id"`
	UserID    string        `json:"user_id"`
	Command   string        `json:"command"`
	Text      loose[string] `json:"text"`
	// An interaction has objects.
	Team       struct{ ID string } `json:"team"` // null in an Enterprise Grid
	Enterprise struct{ ID string } `json:"enterprise"`
	Channel    struct{ ID string } `json:"channel"`
	User       struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	Container struct {
		ChannelID   string `json:"channel_id"`
		MessageTS   string `json:"message_ts"`
		IsEphemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	Message struct {
		TS     string            `json:"ts"`
		Text   string            `json:"text"`
		Blocks []json.RawMessage `json:"blocks"`
	} `json:"message"`
	View         viewPayload   `json:"view"`
	ResponseURLs []responseFor `json:"response_urls"`
	Actions      []struct {
		ActionID string `json:"action_id"`
		BlockID  string `json:"block_id"`
		Value    string `json:"value"`
	} `json:"actions"`
}

type responseFor struct {
	BlockID     string `json:"block_id"`
	ChannelID   string `json:"channel_id"`
	ResponseURL string `json:"response_url"`
}

type viewPayload struct {
	ID                 string `json:"id"`
	CallbackID         string `json:"callback_id"`
	PrivateMetadata    string `json:"private_metadata"`
	AppInstalledTeamID string `json:"app_installed_team_id"`
	Blocks             []struct {
		Type    string `json:"type"`
		BlockID string `json:"block_id"`
	} `json:"blocks"`
	State loose[struct {
		Values map[string]loose[map[string]loose[entered]] `json:"values"`
	}] `json:"state"`
}

// entered is what stands in one input of a form.
type entered struct {
	Value          string `json:"value"`
	SelectedOption struct {
		Value string `json:"value"`
	} `json:"selected_option"`
	SelectedOptions []struct {
		Value string `json:"value"`
	} `json:"selected_options"`
	SelectedConversation string   `json:"selected_conversation"`
	SelectedUsers        []string `json:"selected_users"`
}

// loose is a field of which it matters whether it could be read.
type loose[T any] struct {
	value T
	odd   bool
}

func (l *loose[T]) UnmarshalJSON(data []byte) error {
	l.odd = json.Unmarshal(data, &l.value) != nil
	return nil
}

// readPayload reads what can be read.
func readPayload(data []byte) (p payload) {
	_ = json.Unmarshal(data, &p)
	return p
}

// inputs are where problems of a form can stand.
func (p payload) inputs() (blocks []string) {
	for _, block := range p.View.Blocks {
		if block.Type == string(slack.MBTInput) && block.BlockID != "" {
			blocks = append(blocks, block.BlockID)
		}
	}
	if len(blocks) == 0 {
		return slices.Sorted(maps.Keys(p.View.State.value.Values))
	}
	return blocks
}

// unread are the inputs of a form whose content Slack didn't send as it should:
// all of them where the form's state as a whole is missing. Taking those for
// empty could share a secret without the passphrase that was typed. Only a block
// that isn't there at all is empty: some clients leave out what nobody touched.
func (p payload) unread() (blocks []string) {
	state := p.View.State
	if state.odd || len(state.value.Values) == 0 {
		return p.inputs()
	}
	for id, block := range state.value.Values {
		if block.odd || len(block.value) == 0 || block.value[actionValue].odd {
			blocks = append(blocks, id)
		}
	}
	slices.Sort(blocks)
	return blocks
}

// workspace is the one that the app is installed in. With Slack Connect the
// team of a payload may be another organisation's.
func (p payload) workspace(g *grant) string {
	switch {
	case p.View.AppInstalledTeamID != "":
		return p.View.AppInstalledTeamID
	case g != nil && g.enterprise == "" && strings.HasPrefix(g.team, "T"):
		return g.team
	}
	return either(either(p.TeamID, p.Team.ID), either(p.User.TeamID, p.Enterprise.ID))
}

// interaction is the payload as slack-go's own type, with what is used of it.
// The state of its view is never nil.
func (p payload) interaction() slack.InteractionCallback {
	cb := slack.InteractionCallback{
		Type: slack.InteractionType(p.Type), CallbackID: p.CallbackID, TriggerID: p.TriggerID, ResponseURL: p.ResponseURL,
		User:      slack.User{ID: p.User.ID, TeamID: p.User.TeamID},
		Container: slack.Container{ChannelID: p.Container.ChannelID, MessageTs: p.Container.MessageTS, IsEphemeral: p.Container.IsEphemeral},
		View: slack.View{ID: p.View.ID, CallbackID: p.View.CallbackID, PrivateMetadata: p.View.PrivateMetadata,
			State: &slack.ViewState{Values: p.View.values()}},
	}
	cb.Team.ID, cb.Channel.ID = p.Team.ID, p.Channel.ID
	cb.Message.Timestamp, cb.Message.Text, cb.Message.Blocks = p.Message.TS, p.Message.Text, readBlocks(p.Message.Blocks)
	for _, u := range p.ResponseURLs {
		cb.ResponseURLs = append(cb.ResponseURLs, slack.ViewSubmissionCallbackResponseURL{BlockID: u.BlockID, ChannelID: u.ChannelID, ResponseURL: u.ResponseURL})
	}
	for _, a := range p.Actions {
		cb.ActionCallback.BlockActions = append(cb.ActionCallback.BlockActions, &slack.BlockAction{ActionID: a.ActionID, BlockID: a.BlockID, Value: a.Value})
	}
	return cb
}

func (v viewPayload) values() map[string]map[string]slack.BlockAction {
	values := map[string]map[string]slack.BlockAction{}
	for id, block := range v.State.value.Values {
		in := block.value[actionValue].value
		field := slack.BlockAction{
			Value:                in.Value,
			SelectedOption:       slack.OptionBlockObject{Value: in.SelectedOption.Value},
			SelectedConversation: in.SelectedConversation,
			SelectedUsers:        in.SelectedUsers,
		}
		for _, option := range in.SelectedOptions {
			field.SelectedOptions = append(field.SelectedOptions, slack.OptionBlockObject{Value: option.Value})
		}
		values[id] = map[string]slack.BlockAction{actionValue: field}
	}
	return values
}

// readBlocks reads a message's blocks one by one: slack-go refuses all of them
// for one that it doesn't know. Such a block stays as it is.
func readBlocks(raw []json.RawMessage) (blocks slack.Blocks) {
	for _, one := range raw {
		var read slack.Blocks
		if json.Unmarshal(slices.Concat([]byte("["), one, []byte("]")), &read) != nil {
			if kept, err := slack.BlockFromJSON(string(one)); err == nil {
				read.BlockSet = []slack.Block{kept}
			}
		}
		blocks.BlockSet = append(blocks.BlockSet, read.BlockSet...)
	}
	return blocks
}

// unmatched writes down that nothing here answers a payload: after a change of
// the app's manifest, say. What came is shown as far as it is a name.
func (b *Bot) unmatched(in *interaction, p payload) outcome {
	fields := []zap.Field{zap.String("kind", nameLike(in.kind)), zap.String("type", nameLike(p.Type)),
		zap.String("callback_id", nameLike(either(p.View.CallbackID, p.CallbackID)))}
	if len(p.Actions) > 0 {
		fields = append(fields, zap.String("action_id", nameLike(p.Actions[0].ActionID)))
	}
	b.log.Debug("nothing answers this payload", fields...)
	switch slack.InteractionType(p.Type) {
	case slack.InteractionTypeBlockActions, slack.InteractionTypeViewSubmission:
		// Buttons and forms are this app's own. A shortcut may be in its
		// manifest without being here.
		b.tampered(in, tamperingAction)
	}
	return outcomeIgnored
}

// nameLike lets only what looks like a name into a log.
func nameLike(s string) string {
	const most = 64
	if len(s) > most || strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:") != "" {
		return "(not a name)"
	}
	return s
}
