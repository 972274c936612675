package story

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"otsbot/bot/slackfake"
	"otsbot/cmd/playground/stage"
)

// types is a slash command, typed in a conversation.
func (t *teller) types(user, channel, text string) {
	if t.err != nil {
		return
	}
	t.tells("%s types in %s:  %s", name(user), t.place(user, channel), strings.TrimSpace(stage.Command+" "+text))
	seen, err := t.stage.Slack.Command(t.ctx, user, channel, stage.Command, text)
	t.acked("the command", seen, err)
}

// acked: Slack got its answer in time, and had nothing to complain about.
func (t *teller) acked(what string, seen *slackfake.Interaction, err error) {
	switch {
	case err != nil:
		t.must(fmt.Errorf("%s: %w", what, err))
	case !seen.Acked || seen.Error != "":
		t.difference(what+" should be acknowledged in time", "an ack", "Slack says "+seen.Error)
	}
}

// presses a button of a message; a confirm dialog is answered with yes.
func (t *teller) presses(user string, m slackfake.Message, button string) {
	if t.err != nil {
		return
	}
	seen, err := t.stage.Slack.Press(t.ctx, user, m, button)
	asked := ""
	if err == nil && seen.Confirm != nil {
		asked = confirmed(seen.Confirm)
	}
	_, label, inRow := strings.Cut(button, "/") // block id and label
	if !inRow {
		label = button
	}
	t.tells("%s presses %s.%s", name(user), label, asked)
	t.acked("the press of "+button, seen, err)
}

// confirmed is a dialog that was answered with yes.
func confirmed(dialog *slackfake.Confirm) string {
	return fmt.Sprintf(" %q %s: yes.", dialog.Title, dialog.Text)
}

// uses the shortcut on a message, or the global one if m is nil.
func (t *teller) uses(user string, m *slackfake.Message) {
	if t.err != nil {
		return
	}
	var seen *slackfake.Interaction
	var err error
	if m == nil {
		seen, err = t.stage.Slack.GlobalShortcut(t.ctx, user, stage.GlobalShortcut)
	} else {
		seen, err = t.stage.Slack.MessageShortcut(t.ctx, user, *m, stage.MessageShortcut)
	}
	t.acked("the shortcut", seen, err)
}

// looksAt the form that a person has open: it must say these words, at its
// fields too. It is shown.
func (t *teller) looksAt(user string, words ...string) *slackfake.View {
	var v *slackfake.View
	ok := t.waits(func() bool {
		v = t.stage.Slack.View(user)
		return v != nil && missing(t.written(v), words) == ""
	})
	switch {
	case ok:
		t.shows(name(user)+" has a form open", t.written(v))
	case v == nil:
		t.difference(name(user)+" should have a form open", strings.Join(words, " … "), "no form")
	default:
		t.difference("the form that "+name(user)+" has open", strings.Join(words, " … "), t.written(v))
	}
	return v
}

// written is a form with what stands in it.
func (t *teller) written(v *slackfake.View) string {
	lines := []string{v.Title}
	var labels []string
	for _, in := range v.Inputs {
		labels = append(labels, in.Label, in.Hint)
	}
	for line := range strings.Lines(v.PlainText()) {
		line = strings.TrimSpace(line)
		if line != v.Title && !slices.Contains(labels, line) {
			lines = append(lines, line)
		}
	}
	for _, in := range v.Inputs {
		values := append(slices.Clone(in.Values), in.Value)
		for i, value := range values {
			values[i] = t.chosen(v, value)
		}
		lines = append(lines, fmt.Sprintf("%s: [%s]", in.Label, strings.TrimSuffix(strings.Join(values, ", "), ", ")))
		if e := v.Errors[in.BlockID]; e != "" {
			lines = append(lines, "    ⚠ "+e)
		}
	}
	for _, last := range []string{v.Trouble, v.Submit} {
		if last != "" {
			lines = append(lines, "[ "+last+" ]")
		}
	}
	return strings.Join(lines, "\n")
}

// chosen is what people read for a value: an option's text, or the name of a
// channel or a person.
func (t *teller) chosen(v *slackfake.View, value string) string {
	for _, u := range t.stage.Slack.Users() {
		if u.ID == value {
			return "@" + u.Name
		}
	}
	for _, c := range t.stage.Slack.Channels("") {
		if value != "" && c.ID == value {
			return "#" + c.Name
		}
	}
	option := regexp.MustCompile(`"text":"([^"]*)"[^{}]*\},"value":` + regexp.QuoteMeta(strconv.Quote(value)))
	if found := option.FindSubmatch(v.Blocks); value != "" && found != nil {
		return string(found[1])
	}
	return value
}

// submits the form. The outcome shows in the form, or by its being closed.
func (t *teller) submits(user string, values slackfake.Values) {
	if t.err != nil {
		return
	}
	var entered []string
	for label, value := range values {
		entered = append(entered, label+" = "+t.entered(user, value))
	}
	slices.Sort(entered)
	said := ""
	if len(entered) > 0 {
		said = ", with " + strings.Join(entered, ", ")
	}
	t.tells("%s submits it%s.", name(user), said)
	seen, err := t.stage.Slack.Submit(t.ctx, user, values)
	t.acked("the form", seen, err)
}

// entered is a value as it is told: nothing is nothing.
func (t *teller) entered(user string, value any) string {
	form := t.stage.Slack.View(user)
	switch value := value.(type) {
	case nil:
		return "nothing"
	case []string:
		var all []string
		for _, one := range value {
			all = append(all, t.chosen(form, one))
		}
		return strings.Join(all, ", ")
	}
	return t.chosen(form, fmt.Sprint(value))
}

// isDone: the form has been closed by itself.
func (t *teller) isDone(user string) {
	if !t.waits(func() bool { return t.stage.Slack.View(user) == nil }) {
		still := ""
		if v := t.stage.Slack.View(user); v != nil {
			still = t.written(v)
		}
		t.difference("the form of "+name(user)+" should be closed", "no form", still)
	}
}

// closes the form that a person has open.
func (t *teller) closes(user string) {
	if t.err != nil {
		return
	}
	_, err := t.stage.Slack.CloseView(t.ctx, user)
	t.must(err)
}

// writes an ordinary message.
func (t *teller) writes(user, channel, text string) slackfake.Message {
	if t.err != nil {
		return slackfake.Message{}
	}
	t.tells("%s writes in %s:  %s", name(user), t.place(user, channel), text)
	m, err := t.stage.Slack.PostAs(user, channel, text)
	t.must(err)
	return m
}
