package slackfake

import (
	"encoding/json"
	"maps"
)

// View is a form as the person sees it who has it open.
type View struct {
	ID, Hash, CallbackID, PrivateMetadata string
	Title, Submit, Close                  string
	Blocks                                json.RawMessage
	Inputs                                []Input
	// Errors are shown at the fields, by block id.
	Errors map[string]string
	// Trouble is shown above the buttons when the app didn't answer.
	Trouble string
	// Depth is how many views are open, this one on top.
	Depth int

	viewer *viewer
}

// Input is a field of a form.
type Input struct {
	BlockID, ActionID, Label, Hint, Type string
	Optional, Multiline                  bool
	// Value is what stands in the field: the text, the chosen option's value, or
	// the id of a conversation or a person.
	Value string
	// Values are the choices of a field that takes several.
	Values []string
	// Options are what can be chosen: the visible texts of options, the ids of
	// conversations or people.
	Options []string
}

// View returns the form that a person looks at, or nil.
func (w *Workspace) View(user string) *View {
	w.mu.Lock()
	defer w.mu.Unlock()
	if v := w.top(user); v != nil {
		return w.showView(v)
	}
	return nil
}

func (w *Workspace) showView(v *view) *View {
	shown := &View{
		ID: v.id, Hash: v.hash, CallbackID: v.spec.CallbackID, PrivateMetadata: v.spec.PrivateMetadata,
		Title: textOf(v.spec.Title), Submit: textOf(v.spec.Submit), Close: textOf(v.spec.Close),
		Blocks: marshal(v.spec.Blocks), Errors: maps.Clone(v.errors), Trouble: v.trouble,
		Depth: len(w.views[v.user]), viewer: w.viewer(v.user),
	}
	for _, f := range fieldsOf(v.spec.Blocks) {
		in := Input{BlockID: f.blockID, ActionID: f.actionID, Label: f.label(), Hint: textOf(f.block["hint"]),
			Type: f.kind(), Optional: f.optional(), Multiline: f.el["multiline"] == true}
		key, _ := stateKey(f.kind())
		in.Value, in.Values = held(v.values[f.blockID][f.actionID][key])
		in.Options = w.offered(f, v.user)
		shown.Inputs = append(shown.Inputs, in)
	}
	return shown
}

// held reads a value out of a view's state.
func held(value any) (one string, several []string) {
	switch value := value.(type) {
	case string:
		return value, nil
	case map[string]any:
		s, _ := value["value"].(string)
		return s, nil
	case []any:
		for _, item := range value {
			s, _ := held(item)
			several = append(several, s)
		}
	}
	return "", several
}

// Input returns a field by its label, block id or action id, or nil.
func (v *View) Input(key string) *Input {
	for i, in := range v.Inputs {
		if in.Label == key || in.BlockID == key || in.ActionID == key {
			return &v.Inputs[i]
		}
	}
	return nil
}

// Buttons returns the labels of the buttons among the view's blocks.
func (v *View) Buttons() []string { return buttonLabels(decodeBlocks(v.Blocks)) }

// PlainText is all the text of the view as the person reads it, without what
// stands in the fields.
func (v *View) PlainText() string { return v.Title + "\n" + v.viewer.blocks(decodeBlocks(v.Blocks)) }
