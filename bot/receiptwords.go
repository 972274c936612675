package bot

import (
	"fmt"
	"strings"
	"time"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
)

// stateWords say what became of a secret, as of a moment.
func stateWords(s receipt.Seen) string {
	at := moment(time.Unix(s.AsOf, 0))
	asOf, tooLate := " (as of "+at+")", ""
	if s.Late {
		tooLate = "Too late to burn it. "
	}
	switch s.Fate {
	case receipt.NoAnswer:
		return "Not known: OneTimeSecret could not be reached" + asOf + ". Try again in a few minutes."
	case receipt.BurnedOnTrust:
		return ":fire: You burned it " + at + ". OneTimeSecret said yes, and could not be asked whether somebody had opened it before."
	case receipt.BurnedNow:
		return ":fire: You burned it " + at + ", before anyone opened it."
	case receipt.BurnNotDone:
		return "Not burned: OneTimeSecret still has the secret" + asOf + ". Please press Burn again."
	case receipt.Waiting:
		return "Not opened yet" + asOf
	case receipt.Opened:
		return tooLate + "Opened" + openedWhen(s) + asOf + ". If that wasn't whom you meant it for, change the credential now."
	case receipt.Burned:
		if s.Late {
			return "Already burned: nobody can open it" + asOf
		}
		return "Burned: nobody can open it any more" + asOf
	case receipt.Expired:
		return tooLate + "Expired: nobody can open it any more" + asOf
	case receipt.Gone:
		return tooLate + "Gone. OneTimeSecret doesn't say whether it was opened, burned or expired" + asOf
	}
	return "Not known: OneTimeSecret says something about it that I don't understand" + asOf + ". Its page tells more."
}

// shortState says it in a row, where the receipt says as of when.
func shortState(s receipt.Seen) string {
	switch s.Fate {
	case receipt.NoAnswer:
		return "Not known: OneTimeSecret could not be reached."
	case receipt.BurnedOnTrust:
		return ":fire: Burned. Whether somebody opened it before could not be asked."
	case receipt.BurnedNow:
		return ":fire: Burned, before anyone opened it."
	case receipt.BurnNotDone:
		return "Not burned: OneTimeSecret still has it. Please press Burn again."
	case receipt.Waiting:
		return "Not opened yet."
	case receipt.Opened:
		return "Opened" + openedWhen(s) + ". If that wasn't them, change the credential."
	case receipt.Burned:
		return "Burned: nobody can open it."
	case receipt.Expired:
		return "Expired: nobody can open it."
	case receipt.Gone:
		return "Gone: opened, burned or expired."
	}
	return "Not known: its page tells more."
}

func openedWhen(s receipt.Seen) string {
	if s.Opened == 0 {
		return ""
	}
	return " " + moment(time.Unix(s.Opened, 0))
}

// alone says that nobody but its creator reads where the link is: the only DM
// that the app can post in is its own with them.
func alone(r receipt.Receipt) bool {
	return r.To.Sort == receipt.ToConversation && strings.HasPrefix(r.To.Channel, "D") && r.Rows[0].TS != ""
}

// remarks are what the receipt says besides. What only mattered while a secret
// could be opened is left out in the end.
func remarks(w *text.Printer, r receipt.Receipt, links pages) (lines []string) {
	if r.Original != nil {
		lines = append(lines, ":warning: "+originalAdvice(w, *r.Original))
	}
	if r.Count(receipt.Row.Live) == 0 {
		return lines
	}
	people, row := r.To.Sort == receipt.ToPeople, r.Rows[0]
	if row.Why != "" && !people {
		lines = append(lines, ":warning: "+whyNotPosted(row.Why))
	}
	if say := sayRemarks(r.Remarks); say != "" {
		lines = append(lines, ":warning: "+say)
	}
	if r.Asked != 0 {
		lines = append(lines, "You asked for "+lifetime(time.Duration(r.Asked)*time.Second)+"; OneTimeSecret gives it "+lifetime(time.Duration(r.Given)*time.Second)+".")
	}
	if alone(r) {
		lines = append(lines, w.NobodyElse)
	}
	if r.Astray(row) {
		lines = append(lines, w.Astray)
	}
	if row.Secret != "" && !people {
		// As code: a link that could be clicked would be opened by accident.
		lines = append(lines, ":point_right: *The link to hand on.* It works once, so don't open it yourself: copy it.\n`"+text.Escape(links.SecretLink(r.Link(row)))+"`")
	}
	return lines
}

func phraseFact(r receipt.Receipt) string {
	if r.Phrase {
		return "Needed, for burning too"
	}
	return "None"
}

func whoOpens(r receipt.Receipt) string {
	switch step := r.Rows[0].Step; {
	case step == receipt.Perhaps:
		return "Anyone there if it was posted, or whoever you give the link to; once"
	case step != receipt.Sent:
		return "Whoever you give the link to, once"
	case r.To.Sort == receipt.ToMail:
		return "Whoever reads the e-mail, once"
	}
	return "Anyone there, once"
}

func where(r receipt.Receipt) string {
	switch row := r.Rows[0]; {
	case row.Step == receipt.Perhaps:
		return "Perhaps in " + conversation(r.To.Channel) + ": Slack didn't say"
	case row.Step != receipt.Sent:
		return "Nowhere: only you have the link"
	case r.To.Sort == receipt.ToMail:
		return "E-mailed to `" + text.Escape(strings.ReplaceAll(r.To.Mail, "`", "")) + "`. Whether the mail arrives, OneTimeSecret doesn't say"
	case alone(r):
		return "Here, where nobody else reads"
	case row.InThread:
		return "A thread in " + conversation(r.To.Channel)
	case strings.HasPrefix(r.To.Channel, "D"):
		return "A direct message"
	}
	return conversation(r.To.Channel)
}

// conversation names a channel; a direct message has no name that Slack would
// put in place of its id.
func conversation(channel string) string {
	if strings.HasPrefix(channel, "D") {
		return "a direct message"
	}
	return "<#" + channel + ">"
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

// rowWords say what a person has, and what became of it.
func rowWords(r receipt.Receipt, row receipt.Row, links pages) string {
	said := rowSays(r, row)
	if row.Live() && !r.Crowded() {
		if row.Secret != "" && row.Step != receipt.Stored {
			// As code: a link that could be clicked would be opened by accident.
			said = append(said, "To give it to them yourself: `"+text.Escape(links.SecretLink(r.Link(row)))+"`")
		}
		said = append(said, fmt.Sprintf("<%s|Its page>", links.ReceiptLink(row.MetadataKey(), r.Path)))
	}
	return strings.Join(said, " ")
}

// rowSays is the same without a link.
func rowSays(r receipt.Receipt, row receipt.Row) (said []string) {
	switch row.Step {
	case receipt.Pending:
		return []string{"Waiting to be sent. No link yet."}
	case receipt.Failed:
		return []string{":warning: No link. " + whyNotStored(row.Why)}
	case receipt.Stored:
		said = append(said, "Being sent: they may have the link or not.")
	case receipt.NotSent:
		why := whyNotSent(row.Why)
		if r.Crowded() && row.Why != receipt.NotBurned {
			why = "I could not write to them."
		}
		said = append(said, ":warning: No link. "+why)
	case receipt.Perhaps:
		said = append(said, ":warning: Slack didn't say whether they got the link.")
	case receipt.Sent:
		if row.Fate == receipt.Unseen {
			said = append(said, "Sent.")
		}
	}
	if row.Fate != receipt.Unseen {
		said = append(said, shortState(row.Seen))
	}
	return append(said, phraseNote(r, row)...)
}

// phraseNote is what a row says of the passphrase's own link, if anything.
func phraseNote(r receipt.Receipt, row receipt.Row) []string {
	switch row.Phrase {
	case receipt.PhraseSent:
		return []string{"The passphrase is sent, too."}
	case receipt.PhraseLive:
		if r.Crowded() {
			return []string{":warning: I can't say that the passphrase reached them, and its own link may work."}
		}
		return []string{":warning: I can't say that the passphrase reached them, and its own link may work until about " + moment(time.Unix(row.Until, 0)) + "."}
	case receipt.PhraseUnproven:
		return []string{":warning: Slack didn't say whether the passphrase reached them, so I burned its link."}
	case receipt.PhraseNotSent:
		return []string{":warning: The passphrase did not reach them."}
	}
	return nil
}

// whyNotStored says it of one of several people; the form says more.
func whyNotStored(why string) string {
	switch why {
	case receipt.MaybeStored:
		return "OneTimeSecret didn't answer, so a secret may be stored for them; nobody has a link to it."
	case receipt.TooLong:
		return "OneTimeSecret would have kept it for longer than is allowed here, so I burned it."
	case receipt.LeftLive:
		return "OneTimeSecret would keep it for longer than is allowed here, and didn't confirm that it burned it. Nobody has a link to it. Please tell whoever runs this app."
	case receipt.NoAPI:
		return "OneTimeSecret is there, but its API isn't; nothing was stored for them. Please tell whoever runs this app."
	case receipt.NotAuthorized:
		return "OneTimeSecret doesn't accept this app's account; nothing was stored for them. Please tell whoever runs this app."
	case receipt.Rejected:
		return "OneTimeSecret refused it; nothing was stored for them."
	case receipt.RateLimited:
		return "OneTimeSecret takes no more secrets from us right now; nothing was stored for them."
	}
	return "OneTimeSecret can't be reached; nothing was stored for them."
}

// whyNotSent turns Slack's code for a refused direct message into words.
func whyNotSent(why string) string {
	switch code := slackapi.Code(why); {
	case why == receipt.NotBurned:
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
