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
	roadMail    road = "mail" // by OneTimeSecret, as an e-mail
	roadPerhaps road = "perh" // to the creator, and perhaps into the conversation: Slack didn't say
)

// status is what a receipt says about the secret as of a moment.
type status struct {
	asOf   time.Time
	state  otsclient.State
	opened time.Time // when, if the server tells
	burned bool      // by this very press of Burn, and seen to be burned
	trust  bool      // by this very press of Burn, but the state could not be read after it
	kept   bool      // Burn was pressed, and OneTimeSecret still has the secret
	late   bool      // Burn was pressed, but the secret was gone before
	open   bool      // OneTimeSecret could not be asked: nothing is known anew
}

func (s status) words() string {
	asOf := " (as of " + moment(s.asOf) + ")"
	switch {
	case s.open:
		return "Not known: OneTimeSecret could not be reached" + asOf + ". Try again in a few minutes."
	case s.trust:
		return ":fire: You burned it " + moment(s.asOf) + ". OneTimeSecret said yes, and could not be asked whether somebody had opened it before."
	case s.burned:
		return ":fire: You burned it " + moment(s.asOf) + ", before anyone opened it."
	case s.kept:
		return "Not burned: OneTimeSecret still has the secret" + asOf + ". Please press Burn again."
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
	if s.state == otsclient.StateUnknown {
		return "Not known: OneTimeSecret says something about it that I don't understand" + asOf + ". Its page tells more."
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
func (s status) final() bool {
	if s.trust || s.burned {
		return true
	}
	return !s.open && s.state != otsclient.StateWaiting && s.state != otsclient.StateUnknown
}

// receipt is the creator's private message about one secret. All of it comes
// from the handle and the status, so that it is the same after each change.
func (b *Bot) receipt(h handle, s status) message {
	phrase := "None"
	if h.Phrase {
		phrase = "Needed, for burning too"
	}
	blocks := []slack.Block{section(":receipt: *Receipt for the secret that you shared*")}
	if h.Note != "" {
		blocks = append(blocks, noteBlock(h.Note))
	}
	for _, line := range b.remarks(h, s.final()) {
		blocks = append(blocks, section(line))
	}
	blocks = append(blocks, fieldsBlock(
		"*Where*\n"+h.where(),
		"*Who can open it*\n"+h.who(),
		"*Until about*\n"+moment(h.expires()),
		"*Passphrase*\n"+phrase,
	), section("*State*\n"+s.words()))
	if !s.final() {
		blocks = append(blocks, b.buttons(h))
	}
	footer := fmt.Sprintf("Keep <%s|its OneTimeSecret page> to yourself: it is not the link to hand on, and anyone who has it can burn the secret.", b.ots.ReceiptLink(h.key(), h.Path))
	if h.Road == roadHook {
		footer += " I can't change the message with the link: Slack lets me post there, not edit."
	}
	blocks = append(blocks, small(footer))
	text := fmt.Sprintf("Receipt for the secret that you shared. Where: %s. Until about %s. Passphrase: %s. State: %s", h.where(), moment(h.expires()), phrase, s.words())
	return message{Text: text, Blocks: blocks}
}

// remarks are what the receipt says besides. What only mattered while the
// secret could be opened is left out in the end.
func (b *Bot) remarks(h handle, final bool) []string {
	var lines []string
	if h.Leak {
		lines = append(lines, ":warning: "+originalAdvice(h.Original))
	}
	if final {
		return lines
	}
	if h.Why != "" {
		lines = append(lines, ":warning: "+whyNotPosted(h.Why))
	}
	if say := sayRemarks(h.Remarks); say != "" {
		lines = append(lines, ":warning: "+say)
	}
	if h.Asked != 0 {
		lines = append(lines, "You asked for "+lifetime(time.Duration(h.Asked)*time.Second)+"; OneTimeSecret gives it "+lifetime(time.Duration(h.Given)*time.Second)+".")
	}
	if h.Alone {
		lines = append(lines, sayNobodyElse)
	}
	if h.Astray {
		lines = append(lines, sayAstray)
	}
	if h.Secret != "" {
		// As code: a link that could be clicked would be opened by accident.
		lines = append(lines, ":point_right: *The link to hand on.* It works once, so don't open it yourself: copy it.\n`"+escape(b.ots.SecretLink(h.link()))+"`")
	}
	return lines
}

func (h handle) who() string {
	switch h.Road {
	case roadPrivate:
		return "Whoever you give the link to, once"
	case roadMail:
		return "Whoever reads the e-mail, once"
	case roadPerhaps:
		return "Anyone there if it was posted, or whoever you give the link to; once"
	}
	return "Anyone there, once"
}

func (h handle) where() string {
	switch {
	case h.Road == roadPrivate:
		return "Nowhere: only you have the link"
	case h.Road == roadMail:
		return "E-mailed to `" + escape(strings.ReplaceAll(h.Mail, "`", "")) + "`. Whether the mail arrives, OneTimeSecret doesn't say"
	case h.Road == roadPerhaps:
		return "Perhaps in " + h.conversation() + ": Slack didn't say"
	case h.Alone:
		return "Here, where nobody else reads"
	case h.Thread:
		return "A thread in " + h.conversation()
	case strings.HasPrefix(h.Channel, "D"):
		return "A direct message"
	}
	return h.conversation()
}

// conversation names a channel; a direct message has no name that Slack would
// put in place of its id.
func (h handle) conversation() string {
	if strings.HasPrefix(h.Channel, "D") {
		return "a direct message"
	}
	return "<#" + h.Channel + ">"
}

func fieldsBlock(fields ...string) *slack.SectionBlock {
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

func (b *Bot) buttons(h handle) *slack.ActionBlock {
	check := slack.NewButtonBlockElement(actionCheck, b.seal.Sign(actionCheck, h), plainText("Check"))
	check.AccessibilityLabel = "Check whether the secret was opened"
	burn := slack.NewButtonBlockElement(actionBurn, b.seal.Sign(actionBurn, h), plainText("Burn"))
	burn.Style = slack.StyleDanger
	burn.AccessibilityLabel = "Burn the secret so that nobody can open it"
	if !h.Phrase { // else the form for the passphrase is the confirmation
		burn.Confirm = confirmBurn("Burn this secret?", "Nobody will be able to open the link any more. This can't be undone.")
	}
	if h.Alone {
		return slack.NewActionBlock("receipt", check, burn, slack.NewButtonBlockElement(actionReopen, b.seal.Sign(actionReopen, opener{h.Creator}), plainText("Open the form")))
	}
	return slack.NewActionBlock("receipt", check, burn)
}
