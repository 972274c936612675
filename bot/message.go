package bot

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// ephemeralAck is an answer in the ack of a slash command, which only the
// person who typed it sees.
func ephemeralAck(m text.Message) slackapi.Answer {
	return slackapi.Answer{ResponseType: slackapi.Ephemeral, Text: m.Text, Blocks: m.Blocks}
}

// help answers `/secret help`; name is the command's own.
func help(name string, cfg Config) string {
	name = text.Escape(name)
	lines := []string{
		fmt.Sprintf("*%s* shares a password, key or token as a link that works once.", name),
		fmt.Sprintf("• `%s` opens a form: that is the best way, for long secrets above all, and to send people a link each.", name),
	}
	if cfg.Inline && !cfg.PassphraseRequired {
		lines = append(lines,
			fmt.Sprintf("• `%s the secret text` posts a link to it here. Paste the text rather than type it: Slack may turn quotes and dashes into others.", name))
	}
	lines = append(lines,
		fmt.Sprintf("• `%s generate` makes a password that nobody sees but who opens the link.", name),
		fmt.Sprintf("• `%s help` shows this.", name),
		fmt.Sprintf("Links work for %s unless you choose otherwise. You get a receipt in a direct message, with which you can see whether the secret was opened, and burn it.", lifetime(cfg.TTL)),
		"Only the link is posted. What you type passes through Slack on its way to OneTimeSecret and may stay in the message history of your own Slack app.",
	)
	return strings.Join(lines, "\n")
}

// noteBlock shows a note byte for byte: in plain text nothing becomes markup, a
// mention, a link or an emoji.
func noteBlock(note string) slack.Block {
	return plainSection("Note: " + note)
}

// announcement is the message in the conversation: the one place of the
// one-time link.
func announcement(creator, link string, expires time.Time, phrase bool, note string) text.Message {
	who := fmt.Sprintf("<@%s>", creator)
	blocks := []slack.Block{section(fmt.Sprintf(":lock: %s shared a secret: <%s>", who, text.Escape(link)))}
	if note != "" {
		blocks = append(blocks, noteBlock(note))
	}
	once := fmt.Sprintf("Anyone here can open it, *once*, until about %s, unless %s burns it before.", moment(expires), who)
	if phrase {
		once += fmt.Sprintf(" You need its passphrase, which %s has.", who)
	}
	return text.Message{
		Text:   who + " shared a secret here." + heard(expires, phrase),
		Blocks: append(blocks, small(once+fmt.Sprintf(" Already used, and it wasn't you? Tell %s.", who))),
	}
}

// personal is the message to one of several people, with a link of their own.
func (b *Bot) personal(r receipt.Receipt, to, link, note string) text.Message {
	who := fmt.Sprintf("<@%s>", r.Creator)
	blocks := []slack.Block{section(fmt.Sprintf(":lock: %s shared a secret with you: <%s>", who, text.Escape(link)))}
	if note != "" {
		blocks = append(blocks, noteBlock(note))
	}
	once := fmt.Sprintf("The link is yours alone. You can open it, *once*, until about %s, unless %s burns it before.", moment(r.Ends()), who)
	if r.Phrase {
		once += fmt.Sprintf(" You need its passphrase, which %s has.", who)
	}
	return text.Message{
		Text:   who + " shared a secret with you." + heard(r.Ends(), r.Phrase),
		Blocks: append(blocks, small(once), cannotButton(r, to, note, b.seal)),
	}
}

// cannotButton is for somebody whose link doesn't open.
func cannotButton(r receipt.Receipt, to, note string, keys text.Signer) *slack.ActionBlock {
	cannot := slack.NewButtonBlockElement(actionCannot, keys.Sign(actionCannot, plea{r.Creator, to, r.Expires, r.Phrase, note}), plainText("I can't open it"))
	cannot.AccessibilityLabel = "Tell who shared it that you can't open the link"
	return slack.NewActionBlock("personal", cannot)
}

// phraseMessage brings somebody the passphrase of a secret that they have the
// link of.
func phraseMessage(creator, link string, expires time.Time) text.Message {
	return text.Message{Text: fmt.Sprintf("<@%s> sent you a passphrase.", creator) + heard(expires, false), Blocks: []slack.Block{
		section(fmt.Sprintf(":key: <@%s> sent you the passphrase of the secret that they shared with you: <%s>", creator, text.Escape(link))),
		small(fmt.Sprintf("You can open this *once*, until about %s: write it down for the other link.", moment(expires))),
	}}
}

// heard is what a screen reader and a notification say of a link: they read the
// text alone, never the blocks.
func heard(expires time.Time, phrase bool) string {
	once := " Its link works once, until about " + moment(expires) + "."
	if phrase {
		once += " You need its passphrase."
	}
	return once
}

// phraseShown is the one place where a generated passphrase stands.
func phraseShown(phrase otsclient.Plaintext) string {
	return "*Passphrase*\n`" + text.Escape(phrase.Reveal()) + "`\nThis is shown once. Keep it: you need it to burn the secret. Tell it to who opens the link on another road, by phone for example."
}

// sentence turns an error of OneTimeSecret into what the creator reads, as
// plain text: a form's field shows no markup. asked is the lifetime of the
// secret that may exist.
func sentence(err error, asked time.Duration, now time.Time) string {
	const tellAdmin = " Please tell whoever runs this app."
	var tooLong *lifetimeError
	switch {
	case errors.As(err, &tooLong) && tooLong.leftLive:
		return fmt.Sprintf("OneTimeSecret would keep it for %s, longer than the %s allowed here, and didn't confirm that it burned it. Nobody has a link to it, and it is gone by %s.%s",
			lifetime(tooLong.granted), lifetime(tooLong.most), text.PlainMoment(now.Add(tooLong.granted)), tellAdmin)
	case errors.As(err, &tooLong):
		return fmt.Sprintf("OneTimeSecret would have kept it for %s, longer than the %s allowed here, so I burned it. Nobody has a link to it.%s",
			lifetime(tooLong.granted), lifetime(tooLong.most), tellAdmin)
	case errors.Is(err, otsclient.ErrNotAllowed):
		return "OneTimeSecret doesn't allow that: " + strings.TrimSuffix(otsclient.Reason(err), ".") + ". Nothing was stored." + tellAdmin
	case errors.Is(err, otsclient.ErrNoAPI):
		return "OneTimeSecret is there, but its API isn't. Nothing was stored, and trying again won't help." + tellAdmin
	case errors.Is(err, otsclient.ErrRejected):
		reason := strings.TrimSuffix(otsclient.Reason(err), ".")
		if reason == "" {
			return "OneTimeSecret refused it. Nothing was stored."
		}
		return "OneTimeSecret refused it: " + reason + ". Nothing was stored."
	case errors.Is(err, otsclient.ErrNotAuthorized):
		return "OneTimeSecret doesn't accept this app's account. Nothing was stored." + tellAdmin
	case errors.Is(err, otsclient.ErrRateLimited):
		wait := "in a few minutes"
		if after := otsclient.RetryAfter(err); after > 0 {
			wait = "in " + lifetime((after + time.Minute - 1).Truncate(time.Minute))
		}
		return "OneTimeSecret takes no more secrets from us right now. Nothing was stored; please try again " + wait + "."
	case errors.Is(err, otsclient.ErrOutcomeUnknown):
		return "OneTimeSecret gave no clear answer, so the secret may be stored there or not. Nobody has a link to it, and it would be gone by " +
			text.PlainMoment(now.Add(asked)) + ". You can try again."
	}
	return "OneTimeSecret can't be reached right now. Nothing was stored; please try again in a few minutes."
}
