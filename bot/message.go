package bot

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
)

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

// Sentences.
const (
	sayBusy        = "I have too much to do right now. Nothing was stored; please try again in a minute."
	sayUnreadable  = "Slack sent me something that I can't read, so I did nothing and stored nothing. Please try again, or type the secret into the form."
	sayFieldUnread = "I can't read what Slack sent me of this field, so I did nothing. What you typed is still here: please try again."
	sayFormUnread  = "I can't read what Slack sent me of your form, so I left it as it is. Please press the button again."
	sayPanic       = "Something went wrong in this app. Please look for a receipt from me before you try again: the link may be posted already."

	sayFormUnchanged = "I couldn't change the form just now. What you typed is still there: please press the button again."

	sayFormLate   = "Slack gave me no time to open the form. Nothing was stored; please try again."
	sayFormFailed = "I could not open the form just now. If none appeared, please try again; nothing was stored."
	sayNotInline  = "Here secrets go into the form, not behind the command. I could not open it in time, so nothing was stored; please try again with nothing behind the command."

	sayNotOurs   = "I can't use this button: it doesn't hold what I put there, or it is from before a change of this app. I did nothing. On a receipt, the link to the secret's page in OneTimeSecret still works."
	sayNotTheirs = "Only the person who shared this secret can do that."

	sayNotOffered = "This form doesn't offer that, so nothing was stored. Please choose again; if that doesn't help, copy what you typed, close the form and open it again."
	sayStaleForm  = "I can't use this form any more: it isn't as I made it, or it is from before a change of this app. Nothing was stored. Copy what you typed, close it and open it again."

	sayEmpty         = "Type or paste the secret here."
	sayPhraseMissing = "Here every secret needs a passphrase. Tell it on another road, by phone for example."
	sayPhraseLength  = "A passphrase has 8 to 128 characters."
	sayPhraseBlank   = "The passphrase begins or ends with a blank, which nobody would see or think to type. Please leave it out."
	sayPhraseHidden  = "The passphrase has an invisible character in it, which nobody could type. Please type it instead of pasting it."
	sayPhraseEmoji   = "The passphrase has the name of an emoji in it, such as :smile:. Slack may have put it there, and whoever opens the link would have to type it like that. Please choose another."
	sayPhraseCurly   = "The passphrase has curly quotes, long dashes or an ellipsis in it, which are hard to type for whoever opens the link. Please use plain ones, or others."
	sayNoteSecret    = "Everyone sees the note, and it contains the secret."
	sayNotePhrase    = "Everyone sees the note, and it contains the passphrase."
	sayNoAddress     = "That is no e-mail address."

	sayPressed        = " Nothing was stored yet: press Share if that is what you want."
	sayUnasked        = " I couldn't ask you in the form whether that's what you want, so nothing was stored. Please share it again."
	sayNoForm         = " I couldn't open the form for it; please try again, with nothing behind the command."
	sayPlaceAndPeople = "You chose a conversation besides. Clear one of the two: a link in the conversation could be opened by anyone there."
	sayNoReceipt      = "I can't send you a direct message, which is where the receipt belongs. Nothing was stored; please try again, or post the link in a conversation."
	sayReceiptBusy    = "I am still working on that receipt. Please try again in a moment."
	sayReceiptChanged = "The receipt has changed since. Please press the button on it once more."
	sayAllServed      = "Everybody on that receipt has a link by now, so I stored nothing. To share again, use the command."
	sayReceiptStuck   = "It is done, but I could not change the receipt. Press Check all to bring it up to date."
	sayPeopleDone     = ":white_check_mark: The links are on their way. Your receipt, in your direct messages from me, says who has theirs."
	sayToldAlready    = "That is on its way already."
	sayCreatorNotTold = "I could not reach <@%s>. Please tell them yourself that you can't open it."

	sayNoText     = "That message has no text that I could put behind a link."
	sayFileOnly   = "That message holds only files, and I share text alone. If a file contains a secret, ask its author to delete it and to change the credential."
	sayNobodyElse = "Nobody else reads this conversation: the link here is for you alone. To share with others, use the command where they are, or the form."
	sayAstray     = "Slack didn't confirm that the link is in the thread. If it isn't there, it is in the conversation itself."
	sayOriginal   = "The original message still shows the secret: please delete it, and change the credential, since others may have seen it. I can't delete it for you."

	sayOriginalOfApp = "The original message still shows the secret. An app wrote it, so there is nobody I can ask: please have it deleted, by an admin or whoever runs that app, and change the credential, since others may have seen it."

	sayWorking = "Still working on it. You don't have to do anything."
	sayStuck   = "This form was interrupted. Look for a receipt from me: if there is none, close this form and share the secret again."

	sayLeftLive       = "I could not bring the link to anyone, and OneTimeSecret didn't confirm that it burned the secret. Nobody has its link, and it is gone by "
	sayGaveUp         = "I could not bring the link to anyone, so I burned the secret. Nobody can open it; please try again."
	sayPhraseUnseen   = "The form was closed before I could show you the passphrase that I made, so I burned the secret: nobody could have opened it. Please try again."
	sayWrongPhrase    = "That is not the passphrase of this secret."
	sayPhraseLocked   = "OneTimeSecret doesn't accept a passphrase for this secret just now, most likely after too many wrong ones. Try again in half an hour."
	sayStillThere     = "OneTimeSecret did not burn it, so the secret is as it was. Try again in a few minutes."
	sayBurnUnknown    = "OneTimeSecret didn't answer, so I don't know whether it burned the secret. Press Check on the receipt in a few minutes."
	sayNeedsPhrase    = "This secret can be burned only with its passphrase. Please press Burn again: a form then asks for it."
	sayNoSecondLink   = "I could not make a link of your own."
	sayAuthorNotTold  = "I couldn't send <@%s>, who wrote the original message, a direct message. Please ask them to delete it and to change the credential."
	sayAuthorLeft     = "<@%s>, who wrote the original message, has left, so there is nobody I can ask. Please have an admin delete it, and change the credential."
	sayBurnFormFailed = "I could not open the form for the passphrase. The secret is as it was; please press Burn again."
)

// sayPhraseOfAll keeps one receipt to one passphrase, or to none: it says on
// each link whether one is needed, and burns them all with it.
func sayPhraseOfAll(needed bool) string {
	if needed {
		return "The others' links need the passphrase that you set for them: please set the same here."
	}
	return "The others' links need no passphrase: please leave this empty."
}

// message is what goes to Slack.
type message = slackapi.Message

// plain is a sentence as a message. It is plain text, since it may hold what a
// server, a person or an admin wrote: nothing in it becomes markup, a mention,
// a link or an emoji.
func plain(text string) message {
	return message{Text: escape(text), Blocks: []slack.Block{plainSection(text)}}
}

func plainSection(text string) *slack.SectionBlock {
	return slack.NewSectionBlock(plainText(text), nil, nil)
}

// problemBlock says on top of a form what is wrong, as plain text.
func problemBlock(say string) slack.Block { return plainSection("⚠️ " + say) }

// marked is a message of one line of mrkdwn.
func marked(markdown string) message {
	return message{Text: markdown, Blocks: []slack.Block{section(markdown)}}
}

func section(markdown string) *slack.SectionBlock {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, markdown, false, false), nil, nil)
}

func small(markdown string) *slack.ContextBlock {
	return slack.NewContextBlock("", slack.NewTextBlockObject(slack.MarkdownType, markdown, false, false))
}

func plainText(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// ephemeralAck is an answer in the ack of a slash command, which only the
// person who typed it sees.
func ephemeralAck(m message) slackapi.Answer {
	return slackapi.Answer{ResponseType: slackapi.Ephemeral, Text: m.Text, Blocks: m.Blocks}
}

// help answers `/secret help`; name is the command's own.
func help(name string, cfg Config) string {
	name = escape(name)
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
func announcement(creator, link string, expires time.Time, phrase bool, note string) message {
	who := fmt.Sprintf("<@%s>", creator)
	blocks := []slack.Block{section(fmt.Sprintf(":lock: %s shared a secret: <%s>", who, escape(link)))}
	if note != "" {
		blocks = append(blocks, noteBlock(note))
	}
	once := fmt.Sprintf("Anyone here can open it, *once*, until about %s, unless %s burns it before.", moment(expires), who)
	if phrase {
		once += fmt.Sprintf(" You need its passphrase, which %s has.", who)
	}
	return message{
		Text:   who + " shared a secret here." + heard(expires, phrase),
		Blocks: append(blocks, small(once+fmt.Sprintf(" Already used, and it wasn't you? Tell %s.", who))),
	}
}

// personal is the message to one of several people, with a link of their own.
func (b *Bot) personal(r receipt.Receipt, to, link, note string) message {
	who := fmt.Sprintf("<@%s>", r.Creator)
	blocks := []slack.Block{section(fmt.Sprintf(":lock: %s shared a secret with you: <%s>", who, escape(link)))}
	if note != "" {
		blocks = append(blocks, noteBlock(note))
	}
	once := fmt.Sprintf("The link is yours alone. You can open it, *once*, until about %s, unless %s burns it before.", moment(r.Ends()), who)
	if r.Phrase {
		once += fmt.Sprintf(" You need its passphrase, which %s has.", who)
	}
	return message{
		Text:   who + " shared a secret with you." + heard(r.Ends(), r.Phrase),
		Blocks: append(blocks, small(once), cannotButton(r, to, note, b.seal)),
	}
}

// cannotButton is for somebody whose link doesn't open.
func cannotButton(r receipt.Receipt, to, note string, keys signer) *slack.ActionBlock {
	cannot := slack.NewButtonBlockElement(actionCannot, keys.Sign(actionCannot, plea{r.Creator, to, r.Expires, r.Phrase, note}), plainText("I can't open it"))
	cannot.AccessibilityLabel = "Tell who shared it that you can't open the link"
	return slack.NewActionBlock("personal", cannot)
}

// phraseMessage brings somebody the passphrase of a secret that they have the
// link of.
func phraseMessage(creator, link string, expires time.Time) message {
	return message{Text: fmt.Sprintf("<@%s> sent you a passphrase.", creator) + heard(expires, false), Blocks: []slack.Block{
		section(fmt.Sprintf(":key: <@%s> sent you the passphrase of the secret that they shared with you: <%s>", creator, escape(link))),
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
	return "*Passphrase*\n`" + escape(phrase.Reveal()) + "`\nThis is shown once. Keep it: you need it to burn the secret. Tell it to who opens the link on another road, by phone for example."
}

// whyNotPosted turns Slack's code for a refused post into words.
func whyNotPosted(why string) string {
	const notPosted = "I could not post the link: "
	switch code := slackapi.Code(why); {
	case why == receipt.Unproven:
		return "Slack didn't say whether your link was posted, so it may be in the conversation or not."
	case why == receipt.NotMailed:
		return "OneTimeSecret did not take the address, so it mails nothing."
	case code.Archived():
		return notPosted + "the channel is archived."
	case code.NotMember(), code.NoResponseURL():
		return notPosted + "I am not a member of that conversation. Invite me there, or use the command there."
	case code.DeadResponseURL():
		return notPosted + "I am not a member of that conversation, and Slack's way around that has run out. Invite me there, or try again."
	case code.Limited():
		return notPosted + "Slack lets me post no more messages right now."
	case code.Unreachable():
		return notPosted + "Slack can't be reached right now."
	case code.Forbidden():
		return notPosted + "your organisation's admins don't let me."
	case code.TokenRefused(), code.ScopeMissing():
		return notPosted + "this app's installation is broken. Please tell whoever runs it."
	case code.Restricted():
		return notPosted + "not everyone may post in that channel."
	}
	return notPosted + "Slack refused it."
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
			lifetime(tooLong.granted), lifetime(tooLong.most), plainMoment(now.Add(tooLong.granted)), tellAdmin)
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
			plainMoment(now.Add(asked)) + ". You can try again."
	}
	return "OneTimeSecret can't be reached right now. Nothing was stored; please try again in a few minutes."
}
