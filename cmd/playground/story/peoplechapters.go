package story

import (
	"regexp"
	"slices"
	"strings"

	"otsbot/bot/slackfake"
	"otsbot/cmd/playground/stage"
)

const dev = stage.Dev

// The form's fields for where the link goes.
const (
	toPeople = "Or send each person their own link"
	toPlace  = "Post the link in"
)

// Three people, of whom one can't be reached: what failed is one row's, and so
// is the second try.
func aLinkEach(t *teller) {
	t.chapter("A link each for three people")
	const secret = "s3rvice-acc0unt & co"
	t.keeps(secret)
	if t.err != nil {
		return
	}
	mend := t.stage.Slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: dev, Error: "messages_tab_disabled"})
	t.tells("Slack doesn't let the app write to Dev.")
	t.types(ana, deploys, "")
	t.looksAt(ana, toPlace+": [#deploys]", toPeople+": []")
	t.submits(ana, slackfake.Values{"Secret": secret, toPlace: stage.Coffee, toPeople: []string{bob, chloe, dev}})
	t.looksAt(ana, "You also chose a conversation")
	t.submits(ana, slackfake.Values{toPlace: nil, "Public note (everyone who sees the link can read it)": "rotate it in May"})
	t.isDone(ana)
	receipt := t.sees(ana, t.appDM(ana), "Receipt", "3 people", "They can't get messages from me",
		"[Check all]", "[Burn all]", "[Try again for 1 person]")
	chloes := t.personal(chloe, "rotate it in May")
	links := map[string]string{
		bob:   t.ownLink(bob, "rotate it in May"),
		chloe: t.ownLinkIn(chloe, chloes),
		dev:   t.codeLink(receipt),
	}
	t.differ(links)
	t.seesNothing(dev, t.appDM(dev))
	t.lacks(receipt, lastPart(links[bob]))

	mend()
	t.tells("Now it does.")
	t.pressesUntil(ana, receipt, "Try again for 1 person", func() bool {
		return !slices.Contains(t.again(ana, receipt).Buttons(), "Try again for 1 person")
	})
	receipt = t.becomes(ana, receipt, "@dev: ", "[Burn all]")
	t.lacks(receipt, lastPart(links[dev]))
	t.expects("the link that Dev gets", links[dev], t.ownLink(dev))

	t.opens(bob, links[bob], "", secret)
	t.tells("In Chloe's row:")
	receipt = t.changes(ana, receipt, "row "+chloe+"/Burn", "@chloe: :fire: ", "before anyone opened it")
	t.lacks(t.becomes(chloe, chloes, "@ana burned this secret"), lastPart(links[chloe]))
	t.findsGone(chloe, links[chloe], secret)
	receipt = t.changes(ana, receipt, "Check all", "@bob: Opened", "@dev: Not opened yet")
	t.changes(ana, receipt, "Burn all", "@dev: :fire: ", "@bob: Opened")
	t.findsGone(dev, links[dev], secret)
}

// Who finds nothing behind the link says so, and is sent another one.
func iCantOpenIt(t *teller) {
	t.chapter("“I can't open it”")
	const first, second = "opened by the wrong eyes", "a fresh one"
	t.keeps(first, second)
	t.toPeople(first, bob)
	t.sees(ana, t.appDM(ana), "1 person", "@bob: ")
	personal := t.personal(bob)
	link := t.ownLinkIn(bob, personal)
	t.opens(chloe, link, "", first)
	t.findsGone(bob, link, first)
	t.presses(bob, personal, "I can't open it")
	t.becomes(bob, personal, "I've told @ana that you can't open it")
	told := t.sees(ana, t.appDM(ana), "@bob can't open the secret", "change the credential", "[Share again]")
	t.presses(ana, told, "Share again")
	t.looksAt(ana, toPlace+": []", toPeople+": [@bob]")
	t.submits(ana, slackfake.Values{"Secret": second})
	t.isDone(ana)
	t.opens(bob, t.ownLink(bob), "", second)
}

// A passphrase that nobody typed, and that goes the same way as the link only
// because its creator says so.
func thePassphraseOnAnotherRoad(t *teller) {
	t.chapter("The passphrase on another road")
	const secret = "twice locked for Bob"
	t.keeps(secret)
	t.usesTheLightningMenu()
	t.pressesInForm(ana, "Generate a passphrase")
	t.looksAt(ana, "I'll generate one and show it to you here, once")
	t.submits(ana, slackfake.Values{"Secret": secret, toPeople: []string{bob, chloe}})
	form := t.looksAt(ana, "it won't be shown again", "the secret can't be opened or burned")
	phrase := t.inCode(form)
	t.audit.shownOnce(phrase)
	t.closes(ana)
	receipt := t.sees(ana, t.appDM(ana), "2 people", "Needed to open or burn them", "[Send the passphrase]")
	link := t.ownLink(bob, "You need a passphrase to open it. If you don't have it, ask @ana")
	t.failsToOpen(bob, link, "a guess", secret)

	t.pressesUntil(ana, receipt, "Send the passphrase", func() bool { return t.stage.Slack.View(ana) != nil })
	t.looksAt(ana, "the passphrase through a second link that works once: @bob and @chloe", "It doesn't protect against someone who can read both messages")
	t.submits(ana, slackfake.Values{"Passphrase": phrase})
	t.looksAt(ana, "The passphrase was sent")
	t.closes(ana)
	t.becomes(ana, receipt, "The passphrase ", "[Burn all]")
	second := t.oneLink(t.sees(bob, t.appDM(bob), "@ana sent you the passphrase"))
	t.audit.belongs(second, bob)
	t.expects("the passphrase behind the second link", phrase, t.reveals(second))
	t.tells("Bob opens the second link, and has the passphrase.")
	t.opens(bob, link, phrase, secret)
	t.oneLink(t.sees(chloe, t.appDM(chloe), "@ana sent you the passphrase"))
}

// toPeople shares with people by the form of the lightning menu.
func (t *teller) toPeople(secret string, people ...string) {
	t.usesTheLightningMenu()
	t.submits(ana, slackfake.Values{"Secret": secret, toPeople: people})
	t.isDone(ana)
}

func (t *teller) usesTheLightningMenu() {
	t.tells("Ana picks the shortcut from the lightning menu.")
	t.uses(ana, nil)
	t.looksAt(ana, toPlace+": []", toPeople+": []")
}

// personal is the next message from the app that brings somebody a link.
func (t *teller) personal(user string, words ...string) slackfake.Message {
	words = append([]string{"@ana shared a secret with you", "This link is only for you", "[I can't open it]"}, words...)
	return t.sees(user, t.appDM(user), words...)
}

// ownLinkIn is the link in such a message. It may be in no one else's.
func (t *teller) ownLinkIn(user string, m slackfake.Message) string {
	link := t.oneLink(m)
	t.audit.belongs(link, user)
	return link
}

func (t *teller) ownLink(user string, words ...string) string {
	return t.ownLinkIn(user, t.personal(user, words...))
}

// changes presses a button of a receipt, which then says these words.
func (t *teller) changes(user string, receipt slackfake.Message, button string, words ...string) slackfake.Message {
	t.pressesUntil(user, receipt, button, func() bool { return missing(t.again(user, receipt).PlainText(), words) == "" })
	return t.becomes(user, receipt, words...)
}

// pressesUntil presses a button, and once more if the app is still at work on
// that receipt and asks for a moment: nobody is as fast as a story.
func (t *teller) pressesUntil(user string, receipt slackfake.Message, button string, done func() bool) {
	asked := func() (n int) {
		for _, m := range t.stage.Slack.Messages(user, receipt.Channel) {
			n += strings.Count(m.PlainText(), "I'm still updating that receipt")
		}
		return n
	}
	for again := true; again && t.err == nil; {
		before := asked()
		t.presses(user, receipt, button)
		t.waits(func() bool { return done() || asked() > before })
		again = asked() > before
	}
}

// differ: no two people have the same link.
func (t *teller) differ(links map[string]string) {
	var all []string
	for user, link := range links {
		if slices.Contains(all, link) {
			t.difference("a link each", "another one for "+name(user), link)
		}
		all = append(all, link)
	}
}

// expects that something is just so.
func (t *teller) expects(what, want, got string) {
	if t.err == nil && got != want {
		t.difference(what, want, got)
	}
}

// pressesInForm presses a button of the open form.
func (t *teller) pressesInForm(user, button string) {
	if t.err != nil {
		return
	}
	t.tells("%s presses %s.", name(user), button)
	seen, err := t.stage.Slack.PressInView(t.ctx, user, button)
	t.acked("the press of "+button, seen, err)
}

var inBackticks = regexp.MustCompile("`([^`]+)`")

// inCode is what a form shows as code.
func (t *teller) inCode(v *slackfake.View) string {
	if t.err != nil {
		return ""
	}
	found := inBackticks.FindSubmatch(v.Blocks)
	if found == nil {
		t.difference("the form shows the passphrase", "something in code", v.PlainText())
		return ""
	}
	return string(found[1])
}

// The other way round: who needs a secret asks for it, and nobody else gets the
// link.
func askedFor(t *teller) {
	t.chapter("“Send me the staging password”")
	const secret = "st4ging pa55word & more"
	t.keeps(secret)
	t.types(ana, deploys, "ask")
	t.looksAt(ana, "Ask people: []", "Or ask in a conversation: [#deploys]")
	t.submits(ana, slackfake.Values{"What you need": "The staging password", "Ask people": []string{bob, chloe}})
	card := t.sees(ana, t.appDM(ana), "You asked for:", "@bob: waiting", "@chloe: waiting", "[Remind]", "[Withdraw]")
	bobs := t.sees(bob, t.appDM(bob), "@ana is asking for a secret", "The staging password", "[Send it]")
	chloes := t.sees(chloe, t.appDM(chloe), "@ana is asking for a secret")

	t.pressesToOpen(bob, bobs, "Send it")
	t.looksAt(bob, "The link goes to @ana alone")
	t.submits(bob, slackfake.Values{"Secret": secret})
	t.isDone(bob)
	link := t.ownLinkIn(ana, t.sees(ana, t.appDM(ana), "@bob shared a secret with you", "Asked for: The staging password"))
	t.sees(bob, t.appDM(bob), "Receipt", "[Check all]", "[Burn all]")
	t.lacks(t.becomes(bob, bobs, "You answered @ana's request"), lastPart(link))
	t.lacks(t.becomes(ana, card, "@bob: answered", "@chloe: waiting"), lastPart(link))

	t.pressesToOpen(chloe, chloes, "I don't have it")
	t.submits(chloe, slackfake.Values{"Add a note": "Bob has it."})
	t.sees(ana, t.appDM(ana), "@chloe doesn't have what you asked for", "Bob has it.")
	t.becomes(ana, card, "@chloe: doesn't have it")
	t.opens(ana, link, "", secret)
}

// pressesToOpen presses a button that opens a form.
func (t *teller) pressesToOpen(user string, m slackfake.Message, button string) {
	t.presses(user, m, button)
	t.waits(func() bool { return t.stage.Slack.View(user) != nil })
}
