package blockkit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// interactive draws an interactive element outside input blocks: a button, or an
// element that tells the app of each change.
func (r Reader) interactive(block, el object, form *Form) node {
	switch el.str("type") {
	case "button":
		return button(block, el)
	case "overflow":
		return overflow(block, el)
	case "image":
		return image(el)
	}
	drawn := r.element(FieldID{block.str("block_id"), el.str("action_id")}, el, form)
	drawn.attr("data-dispatch", "change")
	return drawn
}

// button carries what the page needs to press it: which it is, and the
// questions to ask first. Its value stays on the server.
func button(block, el object) node {
	class := "bk-button"
	switch el.str("style") {
	case "danger":
		class += " bk-danger"
	case "primary":
		class += " bk-primary"
	}
	b := tag("button", at{"type", "button", "class", class,
		"data-block", block.str("block_id"), "data-action", el.str("action_id")},
		text(Emoji(el.obj("text").str("text"))))
	b.attr("aria-label", el.str("accessibility_label"))
	if url := el.str("url"); clickable(url) {
		b.attr("data-url", url)
	}
	if c := el.obj("confirm"); c != nil {
		b.attr("data-confirm-title", c.obj("title").str("text"))
		b.attr("data-confirm-text", c.obj("text").str("text"))
		b.attr("data-confirm-yes", c.obj("confirm").str("text"))
		b.attr("data-confirm-no", c.obj("deny").str("text"))
		b.attr("data-confirm-style", c.str("style"))
	}
	return b
}

// overflow is the "…" menu, drawn open: what can't be seen can't be checked.
func overflow(block, el object) node {
	menu := tag("div", at{"class", "bk-overflow"}, text("⋯ "))
	for _, o := range options(el) {
		menu.add(tag("button", at{"type", "button", "class", "bk-button", "data-block", block.str("block_id"),
			"data-action", el.str("action_id"), "data-option", o.str("value")}, text(o.obj("text").str("text"))))
	}
	return menu
}

// element draws an element that holds a value.
func (r Reader) element(id FieldID, el object, form *Form) *element {
	field := r.held(id, el, form)
	switch kind := el.str("type"); kind {
	case "plain_text_input", "email_text_input", "url_text_input", "number_input", "datepicker", "timepicker":
		return typedIn(id, el, field.value())
	case "static_select", "multi_static_select":
		return choose(id, el, field, optionChoices(el))
	case "conversations_select", "multi_conversations_select", "channels_select", "multi_channels_select", "users_select":
		return choose(id, el, field, r.named(kind, field))
	case "multi_users_select":
		return people(id, el, r.named(kind, field), field)
	case "checkboxes":
		return r.boxes("checkbox", id, el, field)
	case "radio_buttons":
		return r.boxes("radio", id, el, field)
	}
	return unknownType("element", el)
}

// held returns what stands in an input.
func (r Reader) held(id FieldID, el object, form *Form) Field {
	if form != nil {
		if f, ok := form.Fields[id]; ok {
			return f
		}
	}
	if el.is("default_to_current_conversation") && r.Current != "" {
		return Field{Values: []string{r.Current}}
	}
	for _, key := range []string{"initial_value", "initial_conversation", "initial_channel", "initial_user", "initial_date", "initial_time"} {
		if s := el.str(key); s != "" {
			return Field{Values: []string{s}}
		}
	}
	if one := el.obj("initial_option"); one != nil {
		return Field{Values: []string{one.str("value")}}
	}
	several := append(el.strings("initial_users"), el.strings("initial_conversations")...)
	for _, o := range el.list("initial_options") {
		several = append(several, o.str("value"))
	}
	return Field{Values: several}
}

func (f Field) value() string {
	if len(f.Values) == 0 {
		return ""
	}
	return f.Values[0]
}

// typedIn is an input for text, or something that browsers have an input for.
func typedIn(id FieldID, el object, value string) *element {
	kind := map[string]string{"email_text_input": "email", "url_text_input": "url", "datepicker": "date", "timepicker": "time"}[el.str("type")]
	if kind == "" {
		kind = "text"
	}
	in := tag("input", at{"class", "bk-text", "type", kind, "value", value})
	if el.is("multiline") {
		// HTML drops one line break right after the tag.
		in = tag("textarea", at{"class", "bk-text", "rows", "4"}, text(guarded(value)))
	}
	if el.str("type") == "number_input" {
		in.attr("inputmode", "decimal")
	}
	in.attr("name", id.Name())
	in.attr("placeholder", el.obj("placeholder").str("text"))
	in.attr("autocomplete", "off")
	in.attr("spellcheck", "false")
	if most, ok := el["max_length"].(float64); ok {
		in.attr("data-max", fmt.Sprint(int(most)))
	}
	if el.is("focus_on_load") {
		in.attr("data-focus", "on")
	}
	return in
}

func guarded(value string) string {
	if strings.HasPrefix(value, "\n") {
		return "\n" + value
	}
	return value
}

// choose is a menu. The placeholder stands for nothing chosen.
func choose(id FieldID, el object, field Field, choices []Choice) *element {
	menu := tag("select", at{"class", "bk-select", "name", id.Name()})
	if strings.HasPrefix(el.str("type"), "multi_") {
		menu.attr("multiple", "multiple")
	} else {
		placeholder := el.obj("placeholder").str("text")
		if placeholder == "" {
			placeholder = "Select an option"
		}
		menu.add(tag("option", at{"value", ""}, text(placeholder)))
	}
	for _, c := range choices {
		option := tag("option", at{"value", c.Value}, text(c.Label))
		if slices.Contains(field.Values, c.Value) {
			option.attr("selected", "selected")
		}
		menu.add(option)
	}
	return menu
}

// people is a menu that several are chosen from: boxes to tick, which is more
// than Slack's field shows at once, and takes no skill with a list box.
func people(id FieldID, el object, choices []Choice, field Field) *element {
	group := tag("div", at{"class", "bk-people"})
	if len(choices) == 0 {
		group.add(tag("span", at{"class", "bk-hint"}, text(cmp.Or(el.obj("placeholder").str("text"), "Select users"))))
	}
	for _, c := range choices {
		box := tag("input", at{"type", "checkbox", "name", id.Name(), "value", c.Value})
		if slices.Contains(field.Values, c.Value) {
			box.attr("checked", "checked")
		}
		group.add(tag("label", at{"class", "bk-box"}, box, tag("span", nil, text(c.Label))))
	}
	return group
}

// named are the choices of a picker of conversations or people, with what is
// chosen among them in any case.
func (r Reader) named(kind string, field Field) []Choice {
	sign := "#"
	if strings.Contains(kind, "users") {
		sign = "@"
	}
	choices := slices.Clone(field.Choices)
	for _, id := range field.Values {
		if !slices.ContainsFunc(choices, func(c Choice) bool { return c.Value == id }) {
			choices = append(choices, Choice{id, sign + r.name(id)})
		}
	}
	return choices
}

func optionChoices(el object) []Choice {
	var choices []Choice
	for _, o := range options(el) {
		choices = append(choices, Choice{o.str("value"), Emoji(o.obj("text").str("text"))})
	}
	return choices
}

// options of an element, those in groups too.
func options(el object) []object {
	all := el.list("options")
	for _, group := range el.list("option_groups") {
		all = append(all, group.list("options")...)
	}
	return all
}

// boxes are check boxes or radio buttons.
func (r Reader) boxes(kind string, id FieldID, el object, field Field) *element {
	group := tag("div", at{"class", "bk-boxes"})
	for _, o := range options(el) {
		box := tag("input", at{"type", kind, "name", id.Name(), "value", o.str("value")})
		if slices.Contains(field.Values, o.str("value")) {
			box.attr("checked", "checked")
		}
		row := tag("label", at{"class", "bk-box"}, box, tag("span", nil, r.text(o.obj("text"))...))
		if d := o.obj("description"); d != nil {
			row.add(tag("span", at{"class", "bk-hint"}, r.text(d)...))
		}
		group.add(row)
	}
	return group
}
