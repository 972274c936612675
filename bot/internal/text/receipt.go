package text

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
	"otsbot/otsclient"
)

// Links are where OneTimeSecret's pages are.
type Links interface {
	SecretLink(otsclient.Shared) string
	ReceiptLink(key otsclient.Key, path string) string
}

// Signer is package seal's Keys.
type Signer interface {
	receipt.Signer
	Sign(action string, v any) string
}

// Beside is what a receipt is shown with, beside what it holds.
type Beside struct {
	Links    Links
	Keys     Signer
	Followed bool // the app looks by itself, so it can tell when it was opened
}

// maxBlocks is how long the blocks of a message may be together as JSON, in
// characters. Slack documents no limit, and refuses more with msg_blocks_too_long:
// https://github.com/slackapi/bolt-js/issues/2509
const maxBlocks = 13_000

// mostSaid is how many sentences a row may need: how its link went out, what became
// of the secret, and of the passphrase.
const mostSaid = 3

// Receipt is the creator's private message about what they shared. All of it
// comes from the receipt, so that it is the same after each change. Where the rows
// of many people have no room for all that there is to say of each, they say the
// first things only, or nothing, and the receipt says so: else Slack would refuse to
// change it.
func (p *Printer) Receipt(r receipt.Receipt, with Beside) Message {
	m := p.receipt(r, with, mostSaid)
	for most := mostSaid - 1; most >= 0 && len(r.Rows) > 1 && !fitAMessage(m.Blocks); most-- {
		m = p.receipt(r, with, most)
	}
	return m
}

func fitAMessage(blocks []slack.Block) bool {
	data, err := json.Marshal(blocks)
	return err == nil && utf8.RuneCount(data) <= maxBlocks
}

// receipt is one whose rows say so many sentences at most.
func (p *Printer) receipt(r receipt.Receipt, with Beside, most int) Message {
	title, people := p.c.Receipt.Title, r.To.Sort == receipt.ToPeople
	if people {
		title = p.count(len(r.Rows), p.c.Receipt.TitleForPeople)
	}
	blocks := []slack.Block{section(":receipt: " + title)}
	if r.Note != "" {
		blocks = append(blocks, p.note(r.Note))
	}
	for _, line := range p.remarks(r, with) {
		blocks = append(blocks, section(line))
	}
	blocks = append(blocks, fields(p.facts(r)...))
	buttons, heard := r.Buttons(with.Keys), p.heardOfOne
	if people {
		heard = p.heardOfPeople
		if most < 2 { // counted, what no row has room for
			blocks = append(blocks, section(strings.Join(p.homeCounts(r), " · ")))
		}
		for i := range r.Rows {
			blocks = append(blocks, p.row(r, i, with.Links, buttons, most))
		}
	} else {
		blocks = append(blocks, section(fmt.Sprintf(p.c.Receipt.State, p.state(r.Rows[0].Seen))))
	}
	if all := p.receiptButtons(r, with, buttons); all != nil {
		blocks = append(blocks, all)
	}
	say := p.footer(r, with.Links)
	if most < mostSaid {
		say = p.Together(p.c.Receipt.LeftOut, say)
	}
	if say != "" {
		blocks = append(blocks, small(say))
	}
	return Message{Text: heard(r), Blocks: blocks}
}

// note shows a note byte for byte: in plain text nothing becomes markup, a
// mention, a link or an emoji.
func (p *Printer) note(note string) slack.Block {
	return plainSection(fmt.Sprintf(p.c.Receipt.Note, note))
}

// facts are what the rows have in common. Once nobody can open any, it isn't said
// who can; and until when somebody could, only where that may be why it is over.
func (p *Printer) facts(r receipt.Receipt) (facts []string) {
	c, who, people := p.c.Receipt, p.c.Receipt.EachOnce, r.To.Sort == receipt.ToPeople
	if !people {
		facts, who = append(facts, fmt.Sprintf(c.Where, p.where(r))), p.who(r)
	}
	expired := func(row receipt.Row) bool { return row.Fate == receipt.Expired || row.Fate == receipt.Gone }
	switch {
	case !r.Settled():
		until := c.Until
		if r.Overdue() {
			until = c.WasUntil
		}
		facts = append(facts, p.count(len(r.Rows), c.Who, who), fmt.Sprintf(until, p.moment(r.Ends())))
	case r.Count(expired) > 0:
		facts = append(facts, fmt.Sprintf(c.WasUntil, p.moment(r.Ends())))
	}
	facts = append(facts, fmt.Sprintf(c.Passphrase, p.phrase(r)))
	if people && r.Checked != 0 {
		facts = append(facts, fmt.Sprintf(c.Checked, p.moment(time.Unix(r.Checked, 0))))
	}
	return facts
}

func (p *Printer) footer(r receipt.Receipt, links Links) string {
	c, row, people := p.c.Receipt, r.Rows[0], r.To.Sort == receipt.ToPeople
	page, pages := c.ItsPage, c.TheirPages
	if r.Phrase { // no version of OneTimeSecret burns a secret without its passphrase
		page, pages = c.ItsPagePhrase, c.TheirPagesPhrase
	}
	switch live := r.Count(receipt.Row.Live); {
	case live == 0 || people && r.Crowded(): // nothing left to burn, or no page is shown
		page = ""
	case len(r.Rows) > 1:
		page = pages
	default:
		page = fmt.Sprintf(page, links.ReceiptLink(row.MetadataKey(), r.Path))
	}
	if r.Count(func(row receipt.Row) bool { return row.Step == receipt.Pending }) > 0 {
		return p.Together(c.Follows, page)
	}
	stays := ""
	if row.Key != "" && r.To.Sort == receipt.ToConversation && row.Step == receipt.Sent && row.TS == "" {
		stays = c.NotEditable
	}
	return p.Together(page, stays)
}

func fields(facts ...string) *slack.SectionBlock {
	var objects []*slack.TextBlockObject
	for _, f := range facts {
		objects = append(objects, slack.NewTextBlockObject(slack.MarkdownType, f, false, false))
	}
	return slack.NewSectionBlock(nil, objects, nil)
}

// row is one person's. What it needs is in its button; a row that has none any
// more keeps it in its block id, which nobody sees.
func (p *Printer) row(r receipt.Receipt, i int, links Links, buttons *receipt.Buttons, most int) *slack.SectionBlock {
	row := r.Rows[i]
	said := p.says(r, row)
	said = said[:min(len(said), most)]
	if row.Live() && !r.Crowded() {
		if row.Secret != "" && row.Step != receipt.Stored {
			// As code: a link that could be clicked would be opened by accident.
			said = append(said, fmt.Sprintf(p.c.Rows.Link, Escape(links.SecretLink(r.Link(row)))))
		}
		said = append(said, fmt.Sprintf(p.c.Rows.Page, links.ReceiptLink(row.MetadataKey(), r.Path)))
	}
	say := mention(row.To)
	if len(said) > 0 {
		say = fmt.Sprintf(p.c.Rows.Row, say, p.Together(said...))
	}
	block := section(say)
	if !row.Live() {
		block.BlockID = buttons.Ended(i)
		return block
	}
	block.BlockID = "row " + row.To
	c := p.c.ReceiptButtons
	burn := slack.NewButtonBlockElement(receipt.ActionBurnRow, buttons.Row(i), label(c.Burn))
	burn.Style = slack.StyleDanger
	if !r.Crowded() { // a crowd has no room for it
		burn.AccessibilityLabel = sprint(c.BurnRowHint, i+1, len(r.Rows))
	}
	if !r.Phrase && !r.Crowded() { // else a form is the confirmation
		burn.Confirm = p.confirmBurn(c.BurnOne, c.BurnTheirsMeans)
	}
	block.Accessory = slack.NewAccessory(burn)
	return block
}

// label is a button's text without its flag for emoji: twenty rows need the room.
func label(text string) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: text}
}

// confirmBurns is what Slack asks before n secrets are burned.
func (p *Printer) confirmBurns(n int) *slack.ConfirmationBlockObject {
	c := p.c.ReceiptButtons
	if n == 1 {
		return p.confirmBurn(c.BurnOne, c.BurnOneMeans)
	}
	return p.confirmBurn(p.count(n, c.BurnSome), c.BurnSomeMeans)
}

func (p *Printer) confirmBurn(title, means string) *slack.ConfirmationBlockObject {
	c := p.c.ReceiptButtons
	return slack.NewConfirmationBlockObject(plainText(title), plainText(means), plainText(c.Burn), plainText(c.Keep)).WithStyle(slack.StyleDanger)
}

// receiptButtons are for the receipt as a whole; nil when there is nothing left
// to do.
func (p *Printer) receiptButtons(r receipt.Receipt, with Beside, buttons *receipt.Buttons) *slack.ActionBlock {
	c, live, people := p.c.ReceiptButtons, r.Count(receipt.Row.Live), r.To.Sort == receipt.ToPeople
	var elements []slack.BlockElement
	add := func(action string, text *slack.TextBlockObject, hint string) *slack.ButtonBlockElement {
		button := slack.NewButtonBlockElement(action, buttons.All(action), text)
		button.AccessibilityLabel = hint
		elements = append(elements, button)
		return button
	}
	burn := func(text *slack.TextBlockObject, hint string, confirm *slack.ConfirmationBlockObject) {
		button := add(receipt.ActionBurn, text, hint)
		button.Style = slack.StyleDanger
		if !r.Phrase { // else the form for the passphrase is the confirmation
			button.Confirm = confirm
		}
	}
	switch {
	case live > 0 && people:
		add(receipt.ActionCheck, label(c.CheckAll), "")
		burn(label(c.BurnAll), "", p.confirmBurns(live))
	case live > 0:
		add(receipt.ActionCheck, plainText(c.Check), c.CheckHint)
		burn(plainText(c.Burn), c.BurnHint, p.confirmBurns(live))
	}
	if n := r.Count(receipt.Row.Due); n > 0 && people {
		add(receipt.ActionSendAgain, label(p.count(n, c.TryAgain)), "")
	}
	if r.Phrase && people && r.Count(receipt.Row.Out) > 0 {
		text := c.SendPhrase
		if r.Count(func(row receipt.Row) bool { return row.Out() && row.Phrase != receipt.PhraseSent }) == 0 {
			text = c.SendPhraseAgain
		}
		add(receipt.ActionSendPhrase, label(text), "")
	}
	if wish := c.Tell; live > 0 && with.Followed {
		if r.Tell {
			wish = c.DontTell
		}
		add(receipt.ActionTell, label(wish), "")
	}
	if live > 0 && alone(r) {
		elements = append(elements, slack.NewButtonBlockElement(receipt.ActionReopen, with.Keys.Sign(receipt.ActionReopen, receipt.Opener{Creator: r.Creator}), plainText(c.OpenForm)))
	}
	if len(elements) == 0 {
		return nil
	}
	return slack.NewActionBlock(receipt.BlockButtons, elements...)
}

// alone says that nobody but its creator reads where the link is: the only DM
// that the app can post in is its own with them.
func alone(r receipt.Receipt) bool {
	return r.To.Sort == receipt.ToConversation && isDM(r.To.Channel) && r.Rows[0].TS != ""
}
