package blockkit

import (
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
)

// Form is a view as somebody has it open.
type Form struct {
	Title, Submit, Close string
	Home                 bool // it is a Home tab
	Blocks               json.RawMessage
	// Fields holds what stands in the inputs. For an input that isn't there,
	// it is what the blocks say at first.
	Fields map[FieldID]Field
	// Errors stand at their inputs, by block id.
	Errors map[string]string
	// Trouble is said above the buttons.
	Trouble string
}

// FieldID names an input.
type FieldID struct{ Block, Action string }

// Name is the input's name in the HTML form.
func (id FieldID) Name() string { return id.Block + "/" + id.Action }

// Field is what stands in an input.
type Field struct {
	// Values: the text, the values of chosen options, the ids of chosen
	// conversations or people.
	Values []string
	// Choices are what a picker of conversations or people offers.
	Choices []Choice
}

// Choice is one that a picker offers.
type Choice struct{ Value, Label string }

// ParseView reads a view as an app sends it.
func ParseView(raw []byte) (Form, error) {
	var v struct {
		Type                 string `json:"type"`
		Title, Submit, Close *struct{ Text string }
		Blocks               json.RawMessage
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return Form{}, fmt.Errorf("read view: %w", err)
	}
	if v.Type != "modal" && v.Type != "home" {
		return Form{}, fmt.Errorf("read view: type %q", v.Type)
	}
	words := func(o *struct{ Text string }) string {
		if o == nil {
			return ""
		}
		return o.Text
	}
	return Form{Home: v.Type == "home", Title: words(v.Title), Submit: words(v.Submit), Close: words(v.Close), Blocks: v.Blocks}, nil
}

// Form draws a form: a title, the blocks, and the buttons below. The page
// around it makes a dialog of it.
func (r Reader) Form(f Form) template.HTML {
	blocks, problem := decode(f.Blocks)
	body := tag("div", at{"class", "bk-body"})
	if problem != nil {
		body.add(problem)
	} else {
		body.add(r.blocks(blocks, &f))
	}
	if f.Home { // the tab's name is Slack's, and there are no buttons below
		return render(tag("div", at{"class", "bk-form"}, tag("h2", at{"class", "bk-title"}, text("Home")), body))
	}
	if f.Close == "" {
		f.Close = "Cancel" // as Slack does
	}
	feet := tag("div", at{"class", "bk-foot"})
	if f.Trouble != "" {
		feet.add(tag("p", at{"class", "bk-error", "role", "alert"}, text(f.Trouble)))
	}
	feet.add(tag("button", at{"type", "button", "class", "bk-button", "data-close", "view"}, text(f.Close)))
	if f.Submit != "" {
		feet.add(tag("button", at{"type", "submit", "class", "bk-button bk-primary"}, text(f.Submit)))
	}
	return render(tag("div", at{"class", "bk-form"},
		tag("h2", at{"class", "bk-title"}, text(f.Title)), body, feet))
}

// input draws an input block: the label, the element, the hint, and an error
// that both eyes and screen readers find at the field.
func (r Reader) input(block object, form *Form) node {
	el := block.obj("element")
	id := FieldID{block.str("block_id"), el.str("action_id")}
	label := tag("span", at{"class", "bk-label"}, text(block.obj("label").str("text")))
	if block.is("optional") {
		label.add(tag("span", at{"class", "bk-optional"}, text(" (optional)")))
	}
	problem := ""
	if form != nil {
		problem = form.Errors[id.Block]
	}
	drawn := r.element(id, el, form)
	group := tag("div", at{"class", "bk-input"}, label, drawn)
	if isChoices(el) { // each box has a label of its own
		group.attrs = append(group.attrs, "role", "group", "aria-label", block.obj("label").str("text"))
	} else {
		group = tag("label", at{"class", "bk-input"}, label, drawn)
	}
	if problem != "" {
		group.attrs[1] += " bk-invalid"
		drawn.attr("aria-invalid", "true") // for screen readers
		group.add(tag("span", at{"class", "bk-error", "role", "alert"}, text(problem)))
	}
	if hint := block.obj("hint"); hint != nil {
		group.add(tag("span", at{"class", "bk-hint"}, text(Emoji(hint.str("text")))))
	}
	return group
}

func isChoices(el object) bool {
	return slices.Contains([]string{"checkboxes", "radio_buttons", "multi_users_select"}, el.str("type"))
}
