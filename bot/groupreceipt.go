package bot

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
)

// groupReceipt is the creator's private message about a group: one row for
// each person, and the buttons for all. All of it comes from the group.
func (b *Bot) groupReceipt(g group) message {
	blocks := []slack.Block{section(fmt.Sprintf(":receipt: *Receipt for the secret that you shared with %s*", countOf(len(g.Rows), "person", "people")))}
	if g.Note != "" {
		blocks = append(blocks, noteBlock(g.Note))
	}
	if g.Asked != 0 {
		blocks = append(blocks, section("You asked for "+lifetime(time.Duration(g.Asked)*time.Second)+"; OneTimeSecret gives it "+lifetime(time.Duration(g.Given)*time.Second)+"."))
	}
	if say := sayRemarks(g.Remarks); say != "" && g.count(row.live) > 0 {
		blocks = append(blocks, section(":warning: "+say))
	}
	phrase := "None"
	if g.Phrase {
		phrase = "Needed, for burning too"
	}
	fields := []string{
		"*Who can open it*\nEach their own link, once",
		"*Until about*\n" + moment(time.Unix(g.Expires, 0)),
		"*Passphrase*\n" + phrase,
	}
	if g.Checked != 0 {
		fields = append(fields, "*Checked*\n"+moment(time.Unix(g.Checked, 0)))
	}
	blocks = append(blocks, fieldsBlock(fields...))
	for _, r := range g.Rows {
		blocks = append(blocks, b.rowBlock(g, r))
	}
	if all := b.groupButtons(g); all != nil {
		blocks = append(blocks, all)
	}
	if g.count(func(r row) bool { return r.Step == stepPending }) > 0 {
		blocks = append(blocks, small("This receipt follows as the links go out. Whoever it still shows as waiting after a few minutes has no link: I was interrupted."))
	}
	text := "Receipt for the secret that you shared with " + countOf(len(g.Rows), "person", "people") + ", until about " + moment(time.Unix(g.Expires, 0)) + "."
	for _, r := range g.Rows {
		text += " <@" + r.To + ">: " + strings.Join(g.rowSays(r), " ")
	}
	return message{Text: text, Blocks: blocks}
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func mentions(users []string) string {
	all := make([]string, len(users))
	for i, user := range users {
		all[i] = "<@" + user + ">"
	}
	return strings.Join(all, ", ")
}

// roomyRows is how many rows may be generous: with their pages, their links
// where those did not arrive, and a confirmation of their own.
const roomyRows = 10

func (g group) crowded() bool { return len(g.Rows) > roomyRows }

// rowBlock is one person's row. What it needs is in its button; a row that has
// none any more keeps it in its block id, which nobody sees.
func (b *Bot) rowBlock(g group, r row) *slack.SectionBlock {
	block := section("<@" + r.To + ">: " + b.rowWords(g, r))
	if !r.live() {
		block.BlockID = blockEnd + seal.Encode(r)
		return block
	}
	block.BlockID = "row " + r.To
	burn := slack.NewButtonBlockElement(actionBurnOne, seal.Encode(r), label("Burn"))
	burn.Style = slack.StyleDanger
	if !g.Phrase && !g.crowded() { // else a form is the confirmation
		burn.Confirm = confirmBurn("Burn this secret?", "They will not be able to open their link any more. This can't be undone.")
	}
	block.Accessory = slack.NewAccessory(burn)
	return block
}

// label is a button's text without its flag for emoji: twenty rows need the room.
func label(text string) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: text}
}

func confirmBurn(title, text string) *slack.ConfirmationBlockObject {
	return slack.NewConfirmationBlockObject(plainText(title), plainText(text), plainText("Burn"), plainText("Keep it")).WithStyle(slack.StyleDanger)
}

// rowWords say what a person has, and what became of it.
func (b *Bot) rowWords(g group, r row) string {
	said := g.rowSays(r)
	if r.live() && !g.crowded() {
		said = append(said, b.rowLinks(g, r)...)
	}
	return strings.Join(said, " ")
}

// rowSays is the same without a link.
func (g group) rowSays(r row) (said []string) {
	switch r.Step {
	case stepPending:
		return []string{"Waiting to be sent. No link yet."}
	case stepFailed:
		return []string{":warning: No link. " + whyNotStored(r.Why)}
	case stepStored:
		said = append(said, "Being sent: they may have the link or not.")
	case stepNotSent:
		why := whyNotSent(r.Why)
		if g.crowded() && r.Why != notBurnedCode {
			why = "I could not write to them."
		}
		said = append(said, ":warning: No link. "+why)
	case stepPerhaps:
		said = append(said, ":warning: Slack didn't say whether they got the link.")
	case stepSent:
		if r.AsOf == 0 {
			said = append(said, "Sent.")
		}
	}
	if r.AsOf != 0 {
		said = append(said, r.status().short())
	}
	return append(said, phraseNote(r.Phrase)...)
}

// rowLinks are what the creator can use by hand.
func (b *Bot) rowLinks(g group, r row) (said []string) {
	if r.Secret != "" && r.Step != stepStored {
		// As code: a link that could be clicked would be opened by accident.
		said = append(said, "To give it to them yourself: `"+escape(b.rowLink(g, r))+"`")
	}
	return append(said, fmt.Sprintf("<%s|Its page>", b.ots.ReceiptLink(otsclient.NewKey(r.Key), g.Path)))
}

// short says a state in a row, where the receipt says as of when.
func (s status) short() string {
	switch {
	case s.open:
		return "Not known: OneTimeSecret could not be reached."
	case s.trust:
		return ":fire: Burned. Whether somebody opened it before could not be asked."
	case s.burned:
		return ":fire: Burned, before anyone opened it."
	case s.kept:
		return "Not burned: OneTimeSecret still has it. Please press Burn again."
	}
	switch s.state {
	case otsclient.StateWaiting:
		return "Not opened yet."
	case otsclient.StateOpened:
		return "Opened" + s.openedWhen() + ". If that wasn't them, change the credential."
	case otsclient.StateBurned:
		return "Burned: nobody can open it."
	case otsclient.StateExpired:
		return "Expired: nobody can open it."
	case otsclient.StateGone:
		return "Gone: opened, burned or expired."
	}
	return "Not known: its page tells more."
}

// whyNotStored says it of one of several people; the form says more.
func whyNotStored(code string) string {
	switch code {
	case "unknown":
		return "OneTimeSecret didn't answer, so a secret may be stored for them; nobody has a link to it."
	case "too_long_lived":
		return "OneTimeSecret would have kept it for longer than is allowed here, so I burned it."
	case "left_live":
		return "OneTimeSecret would keep it for longer than is allowed here, and didn't confirm that it burned it. Nobody has a link to it. Please tell whoever runs this app."
	case "no_api":
		return "OneTimeSecret is there, but its API isn't; nothing was stored for them. Please tell whoever runs this app."
	case "not_authorized":
		return "OneTimeSecret doesn't accept this app's account; nothing was stored for them. Please tell whoever runs this app."
	case "rejected":
		return "OneTimeSecret refused it; nothing was stored for them."
	case "rate_limited":
		return "OneTimeSecret takes no more secrets from us right now; nothing was stored for them."
	}
	return "OneTimeSecret can't be reached; nothing was stored for them."
}

// whyNotSent turns Slack's code for a refused direct message into words.
func whyNotSent(why string) string {
	switch code := slackapi.Code(why); {
	case why == notBurnedCode:
		return "I took it back, and OneTimeSecret didn't confirm that it burned the secret: please press Burn."
	case code.Deactivated():
		return "Their account is deactivated."
	case code.NoSuchPerson():
		return "Slack doesn't let me write to them: they may be deactivated, an app, or of another organisation."
	case code.MessagesOff():
		return "They can't get messages from me."
	}
	return "They did not get the link." + strings.TrimPrefix(whyNotPosted(why), "I could not post the link:")
}

const (
	actionBurnOne    = "burn_one"
	actionBurnAll    = "burn_all"
	actionCheckAll   = "check_all"
	actionSendAgain  = "send_again"
	actionSendPhrase = "send_passphrase"
)

// groupButtons are for all rows; nil when there is nothing left to do. The
// first has the group in its value, whichever it is; each is signed for its own
// action.
func (b *Bot) groupButtons(g group) *slack.ActionBlock {
	head := seal.Encode(g)
	parts := []string{"", head}
	for _, r := range g.Rows {
		parts = append(parts, seal.Encode(r))
	}
	var elements []slack.BlockElement
	add := func(action, text string) *slack.ButtonBlockElement {
		parts[0] = action
		value := b.seal.MAC(parts...)
		if len(elements) == 0 {
			value += head
		}
		button := slack.NewButtonBlockElement(action, value, label(text))
		elements = append(elements, button)
		return button
	}
	if g.count(row.live) > 0 {
		add(actionCheckAll, "Check all")
		burn := add(actionBurnAll, "Burn all")
		burn.Style = slack.StyleDanger
		if !g.Phrase {
			burn.Confirm = confirmBurn("Burn all of these secrets?", "Nobody will be able to open their link any more. This can't be undone.")
		}
	}
	if n := g.count(row.due); n > 0 {
		add(actionSendAgain, "Try again for "+countOf(n, "person", "people"))
	}
	if g.Phrase && g.count(row.opensWithPhrase) > 0 {
		text := "Send the passphrase"
		if g.count(func(r row) bool { return r.opensWithPhrase() && r.Phrase != phraseSent }) == 0 {
			text = "Send the passphrase again"
		}
		add(actionSendPhrase, text)
	}
	if len(elements) == 0 {
		return nil
	}
	return slack.NewActionBlock(blockAll, elements...)
}
