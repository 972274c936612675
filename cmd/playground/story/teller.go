package story

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"otsbot/bot/slackfake"
	"otsbot/cmd/playground/blockkit"
	"otsbot/cmd/playground/stage"
)

// patience is how long one step may take before the story counts as gone
// wrong. A step takes milliseconds, or two seconds where the bot waits.
const patience = 15 * time.Second

// teller makes people do things, waits for what each of them must see, and
// writes it down. After the first thing that came out differently it does
// nothing more, so that a chapter reads from top to bottom without checks.
type teller struct {
	ctx   context.Context
	out   io.Writer
	stage *stage.Stage
	log   *safeBuffer // the bot's log
	err   error

	patience time.Duration
	seen     map[string]int // messages that a person has seen in a conversation
	audit    auditor
	number   int
}

func newTeller(ctx context.Context, out io.Writer, s *stage.Stage, log *safeBuffer) *teller {
	return &teller{ctx: ctx, out: out, stage: s, log: log, patience: patience, seen: map[string]int{}}
}

// difference stops the story: this was expected, and that is what there was.
func (t *teller) difference(what, expected, got string) {
	if t.err == nil {
		t.err = fmt.Errorf("%s\n  expected: %s\n  got:      %s", what, indent(expected, 12), indent(got, 12))
	}
}

func indent(s string, by int) string {
	return strings.ReplaceAll(s, "\n", "\n"+strings.Repeat(" ", by))
}

func (t *teller) must(err error) {
	if t.err == nil && err != nil {
		t.err = err
	}
}

func (t *teller) chapter(title string) {
	if t.err == nil {
		t.number++
		fmt.Fprintf(t.out, "\n\n%d. %s\n%s\n", t.number, title, strings.Repeat("─", utf8.RuneCountInString(title)+4))
	}
}

// tells writes a line of the story.
func (t *teller) tells(format string, args ...any) {
	if t.err == nil {
		fmt.Fprintf(t.out, "\n%s\n", fmt.Sprintf(format, args...))
	}
}

// shows writes what somebody sees, in a frame.
func (t *teller) shows(title, text string) {
	if t.err != nil {
		return
	}
	fmt.Fprintf(t.out, "\n    ┌ %s\n", title)
	for line := range strings.Lines(blockkit.Emoji(text)) {
		fmt.Fprintf(t.out, "    │ %s\n", strings.TrimSuffix(line, "\n"))
	}
	fmt.Fprintln(t.out, "    └")
}

// waits until cond holds, and says whether it did.
func (t *teller) waits(cond func() bool) bool {
	if t.err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(t.ctx, t.patience)
	defer cancel()
	return t.stage.Slack.Wait(ctx, cond) == nil
}

// sees waits for a message that the person has not seen there before and that
// says all these words, and shows it.
func (t *teller) sees(user, channel string, words ...string) slackfake.Message {
	key := user + " " + channel
	var found slackfake.Message
	ok := t.waits(func() bool {
		all := t.stage.Slack.Messages(user, channel)
		for i := t.seen[key]; i < len(all); i++ {
			if missing(all[i].PlainText(), words) == "" {
				found, t.seen[key] = all[i], i+1
				return true
			}
		}
		return false
	})
	if !ok {
		t.difference(fmt.Sprintf("%s, in %s, should see a new message", name(user), t.place(user, channel)),
			strings.Join(words, " … "), t.newest(user, channel))
		return found
	}
	t.shows(t.heading(user, found), reading(found))
	return found
}

// becomes waits until a message that the person saw reads differently.
func (t *teller) becomes(user string, m slackfake.Message, words ...string) slackfake.Message {
	before := reading(m)
	ok := t.waits(func() bool {
		m = t.again(user, m)
		return missing(m.PlainText(), words) == ""
	})
	if !ok {
		t.difference(fmt.Sprintf("the message that %s sees in %s should change", name(user), t.place(user, m.Channel)),
			strings.Join(words, " … "), m.PlainText())
		return m
	}
	t.shows(t.heading(user, m)+", changed", changes(before, reading(m)))
	return m
}

// title is the first line of a field that has a bold title.
var title = regexp.MustCompile(`"\*([^*"\\]+)\*\\n`)

// reading is a message's text, with the titles of fields beside them.
func reading(m slackfake.Message) string {
	text := m.PlainText()
	for _, found := range title.FindAllSubmatch(m.Blocks, -1) {
		text = strings.Replace(text, string(found[1])+"\n", string(found[1])+": ", 1)
	}
	return text
}

// changes are the lines of a message that were not there before; an ellipsis
// stands for those that were.
func changes(before, after string) string {
	old := strings.Split(before, "\n")
	var lines []string
	for line := range strings.SplitSeq(after, "\n") {
		if !slices.Contains(old, line) {
			lines = append(lines, line)
		} else if len(lines) == 0 || lines[len(lines)-1] != "…" {
			lines = append(lines, "…")
		}
	}
	return strings.Join(lines, "\n")
}

// again is the message as the person sees it now.
func (t *teller) again(user string, m slackfake.Message) slackfake.Message {
	for _, now := range t.stage.Slack.Messages(user, m.Channel) {
		if now.TS == m.TS {
			return now
		}
	}
	return m
}

// lacks says what a person must not see in a message.
func (t *teller) lacks(m slackfake.Message, what string) {
	if t.err == nil && strings.Contains(m.Text+string(m.Blocks), what) {
		t.difference("a message holds what it must not hold", "nothing of "+what, m.PlainText())
	}
}

// seesNothing: not a message, not even that there is one.
func (t *teller) seesNothing(user, channel string) {
	if n := len(t.stage.Slack.Messages(user, channel)); t.err == nil && n > 0 {
		t.difference(name(user)+" is not in that conversation", "no message", fmt.Sprintf("%d messages", n))
	}
}

// oneLink returns the one thing in a message that can be clicked.
func (t *teller) oneLink(m slackfake.Message) string {
	links := m.Links()
	if len(links) != 1 {
		t.difference("only the link is posted", "one link", strings.Join(links, " and "))
		return ""
	}
	t.audit.link(links[0])
	return links[0]
}

func missing(text string, words []string) string {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return w
		}
	}
	return ""
}

func (t *teller) newest(user, channel string) string {
	all := t.stage.Slack.Messages(user, channel)
	if t.seen[user+" "+channel] >= len(all) {
		return "no new message"
	}
	return all[len(all)-1].PlainText()
}

func (t *teller) heading(user string, m slackfake.Message) string {
	who := stage.AppName
	if !m.App {
		who = name(m.User)
	}
	only := ""
	if m.Ephemeral {
		only = ", only visible to " + name(user)
	}
	if m.ThreadTS != "" {
		only += ", in the thread"
	}
	return fmt.Sprintf("%s sees in %s%s, from %s", name(user), t.place(user, m.Channel), only, who)
}

// place is what a conversation is called by somebody.
func (t *teller) place(user, channel string) string {
	if channel == t.stage.Slack.AppDM(user) {
		return "the app's direct messages"
	}
	for _, c := range t.stage.Slack.Channels("") {
		if c.ID == channel && c.Name != "" {
			return "#" + c.Name
		}
	}
	return "a direct message"
}

func name(user string) string {
	switch user {
	case stage.Ana:
		return "Ana"
	case stage.Bob:
		return "Bob"
	case stage.Chloe:
		return "Chloe"
	case stage.Dev:
		return "Dev"
	}
	return user
}
