package payload

import (
	"maps"
	"slices"
)

// View is a form, and what stands in it, or a Home tab.
type View struct {
	ID                 string  `json:"id"`
	Type               string  `json:"type"` // modal or home
	CallbackID         string  `json:"callback_id"`
	PrivateMetadata    string  `json:"private_metadata"`
	AppInstalledTeamID string  `json:"app_installed_team_id"`
	Blocks             []block `json:"blocks"`
	State              Loose[struct {
		Values map[string]Loose[map[string]Loose[input]] `json:"values"`
	}] `json:"state"`
}

type block struct {
	Type    string `json:"type"`
	BlockID string `json:"block_id"`
}

// input is what stands in one input of a form.
type input struct {
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

// InputAction is the action_id of every input in the app's forms: one block
// has one.
const InputAction = "value"

func (v View) input(block string) input { return v.State.Value.Values[block].Value[InputAction].Value }

// Text is what was typed into the input of a block.
func (v View) Text(block string) string { return v.input(block).Value }

// Conversation is the one that was chosen.
func (v View) Conversation(block string) string { return v.input(block).SelectedConversation }

// People are those who were chosen.
func (v View) People(block string) []string { return v.input(block).SelectedUsers }

// Option is the value of the one that was chosen.
func (v View) Option(block string) string { return v.input(block).SelectedOption.Value }

// Checked says whether a box of the block was ticked.
func (v View) Checked(block string) bool { return len(v.input(block).SelectedOptions) > 0 }

// Inputs are the block ids at which problems of a form can stand.
func (v View) Inputs() (blocks []string) {
	for _, block := range v.Blocks {
		if block.Type == "input" && block.BlockID != "" {
			blocks = append(blocks, block.BlockID)
		}
	}
	if len(blocks) == 0 {
		return slices.Sorted(maps.Keys(v.State.Value.Values))
	}
	return blocks
}

// AsksNothing says that a form is known to have no input: nothing is lost when it
// closes. Of one whose blocks can't all be read that isn't known.
func (v View) AsksNothing() bool {
	mayAsk := func(b block) bool { return b.Type == "" || b.Type == "input" }
	return len(v.Blocks) > 0 && !slices.ContainsFunc(v.Blocks, mayAsk) && len(v.State.Value.Values) == 0
}

// Unread says whether Slack sent anything that stands in a form otherwise than it
// should, and in which inputs, as far as those are known: in all where the form's
// state as a whole is missing. Taking that for empty could share a secret without
// the passphrase that was typed. Only a block that isn't there at all is empty: some
// clients leave out what nobody touched.
func (v View) Unread() (blocks []string, unread bool) {
	if v.State.Odd || len(v.State.Value.Values) == 0 {
		return v.Inputs(), !v.AsksNothing()
	}
	for id, block := range v.State.Value.Values {
		if held, ok := block.Value[InputAction]; block.Odd || !ok || held.Odd {
			blocks = append(blocks, id)
		}
	}
	slices.Sort(blocks)
	return blocks, len(blocks) > 0
}
