package bot

import (
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/text"
)

// announcementOver replaces a message with a link when the link doesn't work any
// more. That nobody had opened it, or that somebody has, is said only if
// OneTimeSecret said so.
func announcementOver(r receipt.Receipt, row receipt.Row, keys text.Signer) text.Message {
	now := row.Seen
	who := "<@" + r.Creator + ">"
	var say string
	switch now.Fate {
	case receipt.BurnedNow:
		say = fmt.Sprintf(":fire: %s burned this secret %s, before anyone opened it. The link doesn't work any more.", who, moment(time.Unix(now.AsOf, 0)))
	case receipt.BurnedOnTrust:
		say = fmt.Sprintf(":fire: %s burned this secret %s. The link doesn't work any more.", who, moment(time.Unix(now.AsOf, 0)))
	case receipt.Burned:
		say = fmt.Sprintf(":fire: The secret that %s shared here was burned. The link doesn't work any more.", who)
	case receipt.Opened:
		say = fmt.Sprintf(":unlock: The secret that %s shared here was opened%s. The link doesn't work any more. If it was meant for you and you didn't open it, tell %s.", who, openedWhen(now), who)
	case receipt.Expired:
		say = fmt.Sprintf(":hourglass: The secret that %s shared here has expired. The link doesn't work any more.", who)
	default:
		say = fmt.Sprintf("The secret that %s shared here is gone. The link doesn't work any more.", who)
	}
	m := text.Marked(say)
	if r.Note != "" {
		m.Blocks = append(m.Blocks, noteBlock(r.Note))
	}
	if r.To.Sort == receipt.ToPeople && now.Fate == receipt.Opened {
		m.Blocks = append(m.Blocks, cannotButton(r, row.To, r.Note, keys))
	}
	return m
}

// openedNews tells its creator that a secret was opened.
func openedNews(r receipt.Receipt, row receipt.Row) text.Message {
	m := text.Marked(fmt.Sprintf(":unlock: The secret that you shared %s was opened%s. If you didn't expect that, change the credential now.", whither(r, row), openedWhen(row.Seen)))
	if r.Note != "" {
		m.Blocks = append(m.Blocks, noteBlock(r.Note))
	}
	return m
}

// unopenedNews tells its creator that a secret ends, and nobody has opened it.
func (b *Bot) unopenedNews(r receipt.Receipt) text.Message {
	who := "Nobody has opened"
	if n := r.Count(receipt.Row.Out); r.To.Sort == receipt.ToPeople && n < len(r.Rows) {
		who = countOf(n, "person hasn't", "people haven't") + " opened"
	}
	m := text.Marked(fmt.Sprintf(":hourglass: %s the secret that you shared %s, and it expires about %s.", who, whither(r, r.Rows[0]), moment(r.Ends())))
	if r.Note != "" {
		m.Blocks = append(m.Blocks, noteBlock(r.Note))
	}
	burn := slack.NewButtonBlockElement(actionBurnKept, b.seal.Sign(actionBurnKept, pointer{ID: r.ID, Creator: r.Creator}), plainText("Burn"))
	burn.Style = slack.StyleDanger
	if !r.Phrase {
		burn.Confirm = b.words(r.Creator).ConfirmBurn()
	}
	again := slack.NewButtonBlockElement(receipt.ActionReopen, b.seal.Sign(receipt.ActionReopen, receipt.Opener{Creator: r.Creator}), plainText("Share again"))
	m.Blocks = append(m.Blocks, slack.NewActionBlock("unopened", burn, again))
	return m
}

// whither is where a link went, in the middle of a sentence.
func whither(r receipt.Receipt, row receipt.Row) string {
	switch {
	case r.To.Sort == receipt.ToPeople:
		return "with <@" + row.To + ">"
	case r.To.Sort == receipt.ToConversation && row.Step == receipt.Sent:
		return "in <#" + r.To.Channel + ">"
	case r.To.Sort == receipt.ToMail:
		return "by e-mail"
	}
	return "as a link"
}

const sayForgotten = "I don't remember that secret any more. Please press Burn on its receipt, in your direct messages from me."
