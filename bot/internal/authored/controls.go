package authored

import (
	"cmp"
	"strings"

	"otsbot/bot/internal/payload"
)

// controls reads buttons and menus.
func (r *reader) controls(all []payload.Object) {
	for _, c := range all {
		r.add(r.control(c))
	}
}

// control reads a button or a menu. Where it leads is taken, as of any link: a token
// stands in an address as well as in a text. What else it shows says what can be
// done, and is noted.
func (r *reader) control(c payload.Object) string {
	var leads []string
	choices := append(c.List("options"), c.List("option_groups")...)
	switch address := Typed(c.Text("url")); {
	case address != "":
		label := cmp.Or(c.Text("text"), c.Object("text").Text("text")) // the older kind has a string
		leads = append(leads, link(address, Typed(label)))
	case len(choices) == 0 && len(c) > 0:
		r.facts.Buttons = true
	}
	for _, choice := range choices {
		if lead := r.control(choice); lead != "" {
			leads = append(leads, lead)
		}
	}
	return strings.Join(leads, "\n")
}
