package bot

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"otsbot/otsclient"
)

// road is how the link went out, as the receipt tells it.
type road string

const (
	roadPost    road = "post" // by the app; can be edited
	roadHook    road = "hook" // by response_url; can't be edited
	roadPrivate road = "priv" // to the creator alone
)

// status is what a receipt says about the secret as of a moment.
type status struct {
	asOf   time.Time
	state  otsclient.State
	opened time.Time // when, if the server tells
	burned bool      // by this very press of Burn
	late   bool      // Burn was pressed, but the secret was gone before
	open   bool      // OneTimeSecret could not be asked: nothing is known anew
}

func (s status) words() string {
	asOf := " (as of " + moment(s.asOf) + ")"
	switch {
	case s.open:
		return "Not known: OneTimeSecret could not be reached" + asOf + ". Try again in a few minutes."
	case s.burned:
		return ":fire: You burned it " + moment(s.asOf) + ", before anyone opened it."
	case s.state == otsclient.StateWaiting:
		return "Not opened yet" + asOf
	case s.state == otsclient.StateOpened:
		return s.tooLate() + "Opened" + s.openedWhen() + asOf + ". If that wasn't whom you meant it for, change the credential now."
	case s.state == otsclient.StateBurned && s.late:
		return "Already burned: nobody can open it" + asOf
	case s.state == otsclient.StateBurned:
		return "Burned: nobody can open it any more" + asOf
	case s.state == otsclient.StateExpired:
		return s.tooLate() + "Expired: nobody can open it any more" + asOf
	}
	return s.tooLate() + "Gone. OneTimeSecret doesn't say whether it was opened, burned or expired" + asOf
}

func (s status) tooLate() string {
	if s.late {
		return "Too late to burn it. "
	}
	return ""
}

func (s status) openedWhen() string {
	if s.opened.IsZero() {
		return ""
	}
	return " " + moment(s.opened)
}

// final says that there is nothing left to check or to burn.
func (s status) final() bool { return !s.open && s.state != otsclient.StateWaiting }

// receipt is the creator's private message about one secret. All of it comes
// from the handle and the status, so that it is the same after each change.
// extra lines are for what is only known at the time of sharing.
func (b *Bot) receipt(h handle, s status, extra ...string) message {
	opens := "Anyone there, once"
	if h.Road == roadPrivate {
		opens = "Whoever you give the link to, once"
	}
	phrase := "None"
	if h.Phrase {
		phrase = "Needed, for burning too"
	}
	fields := []string{
		"*Where*\n" + h.where(),
		"*Who can open it*\n" + opens,
		"*Until about*\n" + moment(h.expires()),
		"*Passphrase*\n" + phrase,
	}
	blocks := []slack.Block{section(":receipt: *Receipt for the secret that you shared*")}
	if h.Alone && !s.final() {
		extra = append(extra, sayNobodyElse)
	}
	if h.Link != "" && !s.final() {
		// As code: a link that could be clicked would be opened by accident.
		extra = append(extra, "Your link works once: don't open it yourself, copy it to whom it is for.\n`"+escape(h.Link)+"`")
	}
	for _, line := range extra {
		blocks = append(blocks, section(line))
	}
	blocks = append(blocks, fieldsBlock(fields), section("*State*\n"+s.words()))
	if !s.final() {
		blocks = append(blocks, buttons(h))
	}
	footer := fmt.Sprintf("<%s|Its page in OneTimeSecret> is for you alone: whoever has that page can burn the secret.", b.ots.ReceiptLink(h.key(), h.Path))
	if h.Road == roadHook {
		footer += " I can't change the message with the link: Slack lets me post there, not edit."
	}
	blocks = append(blocks, small(footer))
	return message{"Receipt for the secret that you shared.", blocks}
}

func (h handle) where() string {
	switch {
	case h.Road == roadPrivate:
		return "Nowhere: only you have the link"
	case h.Alone:
		return "Here, where nobody else reads"
	case strings.HasPrefix(h.Channel, "D"):
		return "A direct message"
	case h.Thread:
		return "A thread in <#" + h.Channel + ">"
	}
	return "<#" + h.Channel + ">"
}

func fieldsBlock(fields []string) *slack.SectionBlock {
	var objects []*slack.TextBlockObject
	for _, f := range fields {
		objects = append(objects, slack.NewTextBlockObject(slack.MarkdownType, f, false, false))
	}
	return slack.NewSectionBlock(nil, objects, nil)
}

const (
	actionCheck  = "check"
	actionBurn   = "burn"
	actionReopen = "open_form"
)

func buttons(h handle) *slack.ActionBlock {
	value := h.encode()
	check := slack.NewButtonBlockElement(actionCheck, value, plainText("Check"))
	check.AccessibilityLabel = "Check whether the secret was opened"
	burn := slack.NewButtonBlockElement(actionBurn, value, plainText("Burn"))
	burn.Style = slack.StyleDanger
	burn.AccessibilityLabel = "Burn the secret so that nobody can open it"
	if !h.Phrase { // else the form for the passphrase is the confirmation
		burn.Confirm = slack.NewConfirmationBlockObject(
			plainText("Burn this secret?"),
			plainText("Nobody will be able to open the link any more. This can't be undone."),
			plainText("Burn"), plainText("Keep it")).WithStyle(slack.StyleDanger)
	}
	if h.Alone {
		return slack.NewActionBlock("receipt", check, burn, slack.NewButtonBlockElement(actionReopen, "", plainText("Open the form")))
	}
	return slack.NewActionBlock("receipt", check, burn)
}
