package bot

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// pages are where OneTimeSecret's links lead.
type pages interface {
	SecretLink(otsclient.Shared) string
	ReceiptLink(key otsclient.Key, path string) string
}

// receipt is the creator's private message about a receipt. All of it comes from
// there, so that it is the same after each change.
func (b *Bot) receipt(r receipt.Receipt) text.Message {
	return receiptMessage(b.words(r.Creator), r, b.ots, b.seal, b.cfg.Follow)
}

func receiptMessage(w *text.Printer, r receipt.Receipt, links pages, keys signer, followed bool) text.Message {
	people, title := r.To.Sort == receipt.ToPeople, "Receipt for the secret that you shared"
	if people {
		title += " with " + countOf(len(r.Rows), "person", "people")
	}
	blocks := []slack.Block{section(":receipt: *" + title + "*")}
	if r.Note != "" {
		blocks = append(blocks, noteBlock(r.Note))
	}
	for _, line := range remarks(w, r, links) {
		blocks = append(blocks, section(line))
	}
	blocks = append(blocks, fieldsBlock(sharedFacts(r)...))
	m := text.Message{Text: heading(r, title)}
	buttons := r.Buttons(keys)
	if people {
		for i, row := range r.Rows {
			blocks = append(blocks, rowBlock(r, i, links, buttons))
			m.Text += " <@" + row.To + ">: " + strings.Join(rowSays(r, row), " ")
		}
	} else {
		state := stateWords(r.Rows[0].Seen)
		blocks = append(blocks, section("*State*\n"+state))
		m.Text += " State: " + state
	}
	if all := receiptButtons(r, keys, buttons, followed); all != nil {
		blocks = append(blocks, all)
	}
	if say := footer(r, links); say != "" {
		blocks = append(blocks, small(say))
	}
	m.Blocks = blocks
	return m
}

// heading is what a screen reader reads first.
func heading(r receipt.Receipt, title string) string {
	if r.To.Sort == receipt.ToPeople {
		return title + ", until about " + moment(r.Ends()) + "."
	}
	return fmt.Sprintf("%s. Where: %s. Until about %s. Passphrase: %s.", title, where(r), moment(r.Ends()), phraseFact(r))
}

// sharedFacts are what the rows have in common.
func sharedFacts(r receipt.Receipt) (fields []string) {
	who := "Each their own link, once"
	if r.To.Sort != receipt.ToPeople {
		fields, who = append(fields, "*Where*\n"+where(r)), whoOpens(r)
	}
	fields = append(fields, "*Who can open it*\n"+who, "*Until about*\n"+moment(r.Ends()), "*Passphrase*\n"+phraseFact(r))
	if r.To.Sort == receipt.ToPeople && r.Checked != 0 {
		fields = append(fields, "*Checked*\n"+moment(time.Unix(r.Checked, 0)))
	}
	return fields
}

func footer(r receipt.Receipt, links pages) string {
	row := r.Rows[0]
	switch {
	case r.Count(func(row receipt.Row) bool { return row.Step == receipt.Pending }) > 0:
		return "This receipt follows as the links go out. Whoever it still shows as waiting after a few minutes has no link: I was interrupted."
	case r.To.Sort == receipt.ToPeople || row.Key == "":
		return ""
	}
	say := fmt.Sprintf("Keep <%s|its OneTimeSecret page> to yourself: it is not the link to hand on, and anyone who has it can burn the secret.", links.ReceiptLink(row.MetadataKey(), r.Path))
	if r.To.Sort == receipt.ToConversation && row.Step == receipt.Sent && row.TS == "" {
		say += " I can't change the message with the link: Slack lets me post there, not edit."
	}
	return say
}

func fieldsBlock(fields ...string) *slack.SectionBlock {
	var objects []*slack.TextBlockObject
	for _, f := range fields {
		objects = append(objects, slack.NewTextBlockObject(slack.MarkdownType, f, false, false))
	}
	return slack.NewSectionBlock(nil, objects, nil)
}

// rowBlock is one person's row. What it needs is in its button; a row that has
// none any more keeps it in its block id, which nobody sees.
func rowBlock(r receipt.Receipt, i int, links pages, buttons *receipt.Buttons) *slack.SectionBlock {
	row := r.Rows[i]
	block := section("<@" + row.To + ">: " + rowWords(r, row, links))
	if !row.Live() {
		block.BlockID = buttons.Ended(i)
		return block
	}
	block.BlockID = "row " + row.To
	burn := slack.NewButtonBlockElement(actionBurnOne, buttons.Row(i), label("Burn"))
	burn.Style = slack.StyleDanger
	if !r.Phrase && !r.Crowded() { // else a form is the confirmation
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

const (
	actionCheck      = "check"
	actionBurn       = "burn"
	actionBurnOne    = receipt.ActionBurnRow
	actionSendAgain  = "send_again"
	actionSendPhrase = "send_passphrase"
	actionReopen     = "open_form"
	actionTell       = "tell_opened"
)

// receiptButtons are for the receipt as a whole; nil when there is nothing left
// to do.
func receiptButtons(r receipt.Receipt, keys signer, buttons *receipt.Buttons, followed bool) *slack.ActionBlock {
	var elements []slack.BlockElement
	add := func(action string, text *slack.TextBlockObject, hint string) *slack.ButtonBlockElement {
		button := slack.NewButtonBlockElement(action, buttons.All(action), text)
		button.AccessibilityLabel = hint
		elements = append(elements, button)
		return button
	}
	live := r.Count(receipt.Row.Live) > 0
	wish := func() {
		switch {
		case !followed || !live:
		case r.Tell:
			add(actionTell, label("Don't tell me when it's opened"), "")
		default:
			add(actionTell, label("Tell me when it's opened"), "")
		}
	}
	if r.To.Sort != receipt.ToPeople {
		if !live {
			return nil
		}
		add(actionCheck, plainText("Check"), "Check whether the secret was opened")
		burn := add(actionBurn, plainText("Burn"), "Burn the secret so that nobody can open it")
		burn.Style = slack.StyleDanger
		if !r.Phrase { // else the form for the passphrase is the confirmation
			burn.Confirm = confirmBurn("Burn this secret?", "Nobody will be able to open the link any more. This can't be undone.")
		}
		wish()
		if alone(r) {
			elements = append(elements, slack.NewButtonBlockElement(actionReopen, keys.Sign(actionReopen, opener{r.Creator}), plainText("Open the form")))
		}
		return slack.NewActionBlock(receipt.BlockButtons, elements...)
	}
	if live {
		add(actionCheck, label("Check all"), "")
		burn := add(actionBurn, label("Burn all"), "")
		burn.Style = slack.StyleDanger
		if !r.Phrase {
			burn.Confirm = confirmBurn("Burn all of these secrets?", "Nobody will be able to open their link any more. This can't be undone.")
		}
	}
	if n := r.Count(receipt.Row.Due); n > 0 {
		add(actionSendAgain, label("Try again for "+countOf(n, "person", "people")), "")
	}
	if r.Phrase && r.Count(receipt.Row.Out) > 0 {
		text := "Send the passphrase"
		if r.Count(func(row receipt.Row) bool { return row.Out() && row.Phrase != receipt.PhraseSent }) == 0 {
			text = "Send the passphrase again"
		}
		add(actionSendPhrase, label(text), "")
	}
	wish()
	if len(elements) == 0 {
		return nil
	}
	return slack.NewActionBlock(receipt.BlockButtons, elements...)
}

// signer is package seal's Keys.
type signer interface {
	receipt.Signer
	Sign(action string, v any) string
}
