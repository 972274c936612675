package story

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"otsbot/bot/slackfake"
	"otsbot/cmd/playground/stage"
)

// Who has a passphrase opens it; burning takes it, too.
func withAPassphrase(t *teller) {
	t.chapter("With a passphrase")
	const secret, phrase = "worth a second lock", "tell it by phone"
	t.keeps(secret, phrase)
	t.types(ana, deploys, "")
	t.looksAt(ana, "Passphrase: []")
	t.submits(ana, slackfake.Values{"Secret": secret, "Passphrase": "short"})
	t.looksAt(ana, "8 to 128 characters")
	t.submits(ana, slackfake.Values{"Passphrase": phrase})
	t.isDone(ana)
	post := t.sees(bob, deploys, "@ana shared a secret", "You need a passphrase to open it")
	link := t.oneLink(post)
	receipt := t.sees(ana, t.appDM(ana), "Needed to open or burn it")
	t.failsToOpen(bob, link, "open sesame", secret)

	t.presses(ana, receipt, "Burn")
	t.looksAt(ana, "Burn the secret", "Passphrase: []")
	t.submits(ana, slackfake.Values{"Passphrase": "was it this?"})
	t.looksAt(ana, "That isn't the passphrase")
	t.submits(ana, slackfake.Values{"Passphrase": phrase})
	t.looksAt(ana, "Burn the secret")
	t.closes(ana)
	t.becomes(ana, receipt, "You burned it")
	t.becomes(bob, post, "@ana burned this secret")
	t.findsGone(bob, link, secret)
}

// Somebody wrote a password into a channel, somebody else cleans up.
func aLeakedPassword(t *teller) {
	t.chapter("A leaked password")
	const secret = "root:T0ps3cret & <more>"
	t.audit.inForms = true // the form shows the message's text, to be checked
	original := t.writes(bob, stage.Coffee, secret)
	t.keeps(secret)
	t.tells("Chloe opens that message's menu, and picks the shortcut.")
	t.uses(chloe, &original)
	form := t.looksAt(chloe, "Share a secret")
	if t.err == nil && form.Input("Secret").Value != secret {
		t.difference("the form holds what Bob wrote", secret, form.Input("Secret").Value)
	}
	t.submits(chloe, nil)
	t.isDone(chloe)
	reply := t.sees(ana, stage.Coffee, "@chloe shared a secret")
	if t.err == nil && reply.ThreadTS != original.TS {
		t.difference("the link goes into the message's thread", original.TS, reply.ThreadTS)
	}
	link := t.oneLink(reply)
	t.sees(chloe, t.appDM(chloe), "A thread in #coffee", "Please delete the message")
	t.sees(bob, t.appDM(bob), "@chloe made a one-time link for the secret in your message", "Please delete the message")
	t.opens(ana, link, "", secret)
}

// The channel refuses: the link is not lost, it goes to its creator.
func theChannelIsArchived(t *teller) {
	t.chapter("The channel is archived meanwhile")
	const secret = "too late for the launch"
	t.keeps(secret)
	t.types(ana, stage.Launch, "")
	t.looksAt(ana, "Post the link in: [#launch]")
	if t.err != nil {
		return
	}
	t.tells("Bob archives #launch.")
	t.stage.Slack.EditChannel(stage.Launch, func(c *slackfake.Channel) { c.Archived = true })
	t.submits(ana, slackfake.Values{"Secret": secret})
	t.isDone(ana)
	receipt := t.sees(ana, t.appDM(ana), "The link wasn't posted because the channel is archived", "only you got the link", "[Burn]")
	t.codeLink(receipt)
	t.seesNothing(bob, stage.Launch)
	t.presses(ana, receipt, "Burn")
	t.becomes(ana, receipt, "You burned it")
}

// In the app's own direct messages nobody else reads.
func whereNobodyElseReads(t *teller) {
	t.chapter("Where nobody else reads")
	const secret = "a note to myself"
	t.keeps(secret)
	t.types(ana, t.appDM(ana), secret)
	t.sees(ana, t.appDM(ana), "@ana shared a secret")
	receipt := t.sees(ana, t.appDM(ana), "Nobody else can read this conversation", "[Open the form]")
	t.presses(ana, receipt, "Open the form")
	t.looksAt(ana, "Share a secret", "Post the link in: []")
	t.closes(ana)
}

// appDM is where a person reads what the app has to say.
func (t *teller) appDM(user string) string { return t.stage.Slack.AppDM(user) }

func lastPart(url string) string { return url[strings.LastIndex(url, "/")+1:] }

var codeSpan = regexp.MustCompile("`(http[^`]+)`")

// codeLink is the one-time link in a receipt whose creator is to pass it on:
// as code, so that nobody opens it by accident.
func (t *teller) codeLink(m slackfake.Message) string {
	found := codeSpan.FindStringSubmatch(string(m.Blocks))
	if found == nil {
		t.difference("the link in the receipt", "a link as code", m.PlainText())
		return ""
	}
	for _, link := range m.Links() {
		if link == found[1] {
			t.difference("the link in the receipt", "can't be clicked", link)
		}
	}
	t.audit.link(found[1])
	return found[1]
}

// shown finds the secret on the page that shows it.
var shown = regexp.MustCompile(`(?s)<(?:textarea|pre|code)\b[^>]*>(.*?)</`)

// reveals opens a link whose secret the story doesn't know.
func (t *teller) reveals(link string) string {
	if t.err != nil {
		return ""
	}
	_, after, err := t.visits(link, "")
	t.must(err)
	found := shown.FindStringSubmatch(after.html)
	if found == nil {
		t.must(fmt.Errorf("the page shows no secret: %s", after.text()))
		return ""
	}
	return html.UnescapeString(strings.TrimSpace(found[1]))
}
