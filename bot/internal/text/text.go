// Package text is everything that people read: sentences, messages, receipts
// and forms, as pure functions of settings and data. It sends nothing, asks
// nobody and keeps nothing.
//
// A [Catalog] is one language: every sentence, by a name that the compiler
// checks. A [Printer] is a catalog with the settings of this app; its methods
// make what is shown. CONTRIBUTING.md says how to add a language.
//
// How we write to people:
//
//   - Say what happened, then what to do. No "error", no codes, no jargon.
//   - "Nothing was stored" or "It was burned" wherever it is true: people who
//     hand over a password want to know where it is now.
//   - Never promise more than the server does: "until about", since some
//     versions move the lifetime; "opened" only if the server says so.
//   - What others typed is escaped, and never stands where it could become a
//     mention or a link.
//   - The message in a conversation stays true after the secret is gone: it
//     often can't be edited.
//   - Every message has a text besides its blocks: that is what a screen
//     reader and a notification say. It never holds a one-time link.
//   - A sentence is whole: none is put together from halves, since no two
//     languages break it at the same place.
package text

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
)

// Settings are those of this app that people can see in its words.
type Settings struct {
	TTL            time.Duration   // the lifetime when nobody chooses one
	TTLChoices     []time.Duration // those that the form offers
	Required       []string        // the form's fields that must be filled in
	Inline         bool            // what is typed behind the command is shared as it stands
	RecipientsMax  int             // how many people can get a link each; 0 means none
	OffersMail     bool            // the form has a button for e-mail
	WarnsOfOutside bool            // what may leave the organisation is warned about
	Follows        bool            // the app notices by itself that a secret was opened
	NotifyOpened   bool            // and people hear of it unless they wish otherwise
	Support        string          // where to ask about the rules, in the admin's words
}

// Printer says things in one language.
type Printer struct {
	Sentences // those that need nothing but to be said

	c   *Catalog
	set Settings
}

// New makes a printer of a language.
func New(c *Catalog, set Settings) *Printer { return &Printer{c.Sentences, c, set} }

// Plural is what is said of a number of things, which is its first argument,
// %[1]d. Which form a number takes is the language's own; each language fills
// in those that it has, and always Other.
type Plural struct{ Zero, One, Two, Few, Many, Other string }

// form is the one for a number.
func (f Plural) form(c *Catalog, n int) string {
	form := ""
	switch plural.Cardinal.MatchPlural(c.Language, n, 0, 0, 0, 0) {
	case plural.Zero:
		form = f.Zero
	case plural.One:
		form = f.One
	case plural.Two:
		form = f.Two
	case plural.Few:
		form = f.Few
	case plural.Many:
		form = f.Many
	}
	if form == "" {
		return f.Other
	}
	return form
}

// count says a number of things.
func (p *Printer) count(n int, f Plural, more ...any) string {
	return sprint(f.form(p.c, n), append([]any{n}, more...)...)
}

// sprint fills a format in. One that needs none of its arguments is as it is.
func sprint(format string, args ...any) string {
	if !strings.Contains(format, "%") {
		return format
	}
	return fmt.Sprintf(format, args...)
}

// mentions names people.
func (p *Printer) mentions(users []string) string {
	return p.enumerate(mentioned(users))
}

// mentioned is each of them by name.
func mentioned(users []string) []string {
	all := make([]string, len(users))
	for i, user := range users {
		all[i] = mention(user)
	}
	return all
}

// enumerate joins names as people do: "a", "a and b", "a, b and c".
func (p *Printer) enumerate(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return sprint(p.c.And, strings.Join(names[:last], p.c.Comma), names[last])
}

// mention names somebody, as Slack shows people.
func mention(user string) string { return "<@" + user + ">" }

// Together sets whole sentences one after the other, and leaves out the empty
// ones. An emoji's name never touches the sentence before it.
func (p *Printer) Together(sentences ...string) string {
	var said strings.Builder
	for _, s := range sentences {
		switch {
		case s == "" || said.Len() == 0:
		case strings.HasPrefix(s, ":"):
			said.WriteString(" ")
		default:
			said.WriteString(p.c.Between)
		}
		said.WriteString(s)
	}
	return said.String()
}

// Escape keeps typed text from becoming markup, as Slack asks for,
// https://docs.slack.dev/messaging/formatting-message-text#escaping
func Escape(s string) string { return markup.Replace(s) }

// markup is made once: that takes more than all it is used for in a message.
var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// moment is a time in the reader's own zone and language; the fallback is UTC.
func (p *Printer) moment(t time.Time) string {
	return fmt.Sprintf("<!date^%d^%s|%s>", t.Unix(), p.c.Moment, p.plainMoment(t))
}

// plainMoment is a time where Slack shows no markup.
func (p *Printer) plainMoment(t time.Time) string { return t.UTC().Format(p.c.PlainMoment) }

// lifetime says a duration as people do: "5 minutes", "7 days".
func (p *Printer) lifetime(d time.Duration) string {
	const day = 24 * time.Hour
	days, hours, minutes := int(d/day), int(d%day/time.Hour), int(d%time.Hour/time.Minute)
	u := p.c.Units
	switch {
	case days > 0 && hours > 0:
		return sprint(u.Both, p.count(days, u.Days), p.count(hours, u.Hours))
	case days > 0:
		return p.count(days, u.Days)
	case hours > 0 && minutes > 0:
		return sprint(u.Both, p.count(hours, u.Hours), p.count(minutes, u.Minutes))
	case hours > 0:
		return p.count(hours, u.Hours)
	case minutes > 0:
		return p.count(minutes, u.Minutes)
	}
	return p.count(int(d/time.Second), u.Seconds)
}
