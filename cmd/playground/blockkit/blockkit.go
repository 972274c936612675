// Package blockkit draws Slack's Block Kit as HTML that looks like Slack:
// messages, and forms (modals) with their inputs and errors. The playground's
// page and the pictures in the README are made with it.
//
// Start with [Reader.Post] for a message and [Reader.Form] for a form, inside
// a page that has [Stylesheet].
//
// What it draws may be hostile. All of the output is well-formed XML, because
// it also goes into SVG, and is built as a tree of nodes: text and attributes
// are escaped when they are written, and nothing else can become markup. Links
// go to http, https and mailto alone; nothing is ever loaded from elsewhere.
//
// What it doesn't know it shows as a labelled box, never as nothing: a block
// that is missing from a picture would look like a block that isn't sent.
package blockkit

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"strings"
	"time"
)

// Stylesheet is the CSS of everything that this package draws, light and dark.
// It follows the reader's system unless an ancestor has data-theme="light" or
// "dark".
//
//go:embed blockkit.css
var Stylesheet string

// Reader is who looks: names and dates depend on it.
type Reader struct {
	// Names of people and conversations by id. An id that isn't there is shown
	// as it is.
	Names map[string]string
	// Current is the conversation that they look at, which a picker may choose
	// at first.
	Current string
	// Zone is where dates are shown. Nil: UTC.
	Zone *time.Location
	// Now decides what is "today" and "yesterday". Zero: no such words.
	Now time.Time
}

// Post is a message with what Slack shows around it.
type Post struct {
	Author string
	App    bool // of an app, which gets a label
	Other  bool // of another app than the one that plays here
	When   time.Time
	// Ephemeral messages say that only their reader sees them.
	Ephemeral bool
	Edited    bool
	// Text in mrkdwn; with blocks it is only for notifications and not shown.
	Text   string
	Blocks json.RawMessage
	// Attachments and Files are what comes with it.
	Attachments, Files json.RawMessage
}

// Post draws a message.
func (r Reader) Post(p Post) template.HTML {
	head := tag("div", at{"class", "bk-head"},
		tag("span", at{"class", "bk-author"}, text(p.Author)))
	if p.App {
		head.add(tag("span", at{"class", "bk-app"}, text("APP")))
	}
	if !p.When.IsZero() {
		when := p.When.In(r.zone())
		head.add(tag("time", at{"class", "bk-time", "datetime", when.Format(time.RFC3339)}, text(when.Format("3:04 PM"))))
	}
	body := tag("div", at{"class", "bk-content"})
	if p.Ephemeral {
		body.add(tag("div", at{"class", "bk-only"}, text("Only visible to you")))
	}
	body.add(head, r.content(p))
	body.add(r.attached(p)...)
	if p.Edited {
		body.add(tag("span", at{"class", "bk-edited"}, text("(edited)")))
	}
	class := "bk-post"
	if p.Ephemeral {
		class += " bk-ephemeral"
	}
	return render(tag("div", at{"class", class}, avatar(p), body))
}

// Home draws what an app published for its Home tab.
func (r Reader) Home(raw json.RawMessage) template.HTML {
	blocks, problem := decode(raw)
	if problem != nil {
		return render(problem)
	}
	return render(tag("div", at{"class", "bk-home"}, r.blocks(blocks, nil)))
}

func (r Reader) content(p Post) node {
	blocks, problem := decode(p.Blocks)
	switch {
	case problem != nil:
		return problem
	case len(blocks) == 0 && p.Text == "":
		return tag("div", nil) // it is all in what is attached
	case len(blocks) == 0:
		return tag("div", at{"class", "bk-section"}, r.mrkdwn(p.Text)...)
	}
	return r.blocks(blocks, nil)
}

// avatar is a coloured square with a letter: no picture is loaded.
func avatar(p Post) node {
	letter, hue := "?", 0
	for i, c := range p.Author {
		if i == 0 {
			letter = strings.ToUpper(string(c))
		}
		hue = (hue*31 + int(c)) % 6
	}
	if p.App && !p.Other {
		letter, hue = "🔒", 6
	}
	return tag("div", at{"class", "bk-avatar bk-avatar-" + string(rune('0'+hue)), "aria-hidden", "true"}, text(letter))
}

func (r Reader) zone() *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}

func (r Reader) name(id string) string {
	if name := r.Names[id]; name != "" {
		return name
	}
	return id
}

// decode reads blocks. What can't be read is drawn as a box that says so.
func decode(raw json.RawMessage) ([]object, node) {
	if len(raw) == 0 {
		return nil, nil
	}
	var blocks []object
	if err := json.Unmarshal(raw, &blocks); err != nil {
		return nil, unknown("blocks that can't be read")
	}
	return blocks, nil
}

// object is any JSON object of Block Kit. Its methods answer with the zero
// value where something is missing or of another type.
type object map[string]any

func (o object) str(key string) string { s, _ := o[key].(string); return s }
func (o object) is(key string) bool    { b, _ := o[key].(bool); return b }
func (o object) obj(key string) object { m, _ := o[key].(map[string]any); return m }

func (o object) strings(key string) (all []string) {
	items, _ := o[key].([]any)
	for _, item := range items {
		if s, ok := item.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

func (o object) list(key string) []object {
	items, _ := o[key].([]any)
	var all []object
	for _, item := range items {
		m, _ := item.(map[string]any)
		all = append(all, m)
	}
	return all
}
