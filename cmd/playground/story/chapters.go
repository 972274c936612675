package story

import (
	"otsbot/bot/slackfake"
	"otsbot/cmd/playground/stage"
	"otsbot/otsclient/otsfake"
)

const (
	ana, bob, chloe = stage.Ana, stage.Bob, stage.Chloe
	deploys         = stage.Deploys
)

// The main job: typed, posted as a link, opened once, checked.
func aPasswordForTheTeam(t *teller) {
	t.chapter("A password for the team")
	const secret = `correct "horse" & <battery> staple`
	t.keeps(secret)
	t.types(ana, deploys, secret)
	link := t.oneLink(t.sees(bob, deploys, "@ana shared a secret", "It opens once, for whoever here opens it first"))
	receipt := t.sees(ana, t.appDM(ana), "Receipt", "#deploys", "Not opened yet", "[Check]", "[Burn]")
	t.lacks(receipt, lastPart(link))

	t.opens(bob, link, "", secret)
	t.findsGone(chloe, link, secret)
	t.presses(ana, receipt, "Check")
	t.becomes(ana, receipt, "Opened")
}

// A form into a private channel where the app isn't: Slack's response URL
// carries the link, which then can't be edited.
func intoAPrivateChannel(t *teller) {
	t.chapter("Into a private channel where the app isn't")
	const secret = "pa55 for the payroll"
	t.keeps(secret)
	t.types(ana, deploys, "")
	t.looksAt(ana, "Share a secret", "Post the link in: [#deploys]")
	t.submits(ana, slackfake.Values{"Secret": secret, "Post the link in": stage.Payroll, "Expires after": "1 hour",
		"Public note (everyone who sees the link can read it)": "for <!channel> & friends"})
	t.isDone(ana)
	post := t.sees(bob, stage.Payroll, "@ana shared a secret", "for <!channel> & friends", "It opens once, for whoever here opens it first")
	link := t.oneLink(post)
	t.seesNothing(chloe, stage.Payroll)
	receipt := t.sees(ana, t.appDM(ana), "Receipt", "#payroll", "Not opened yet")

	t.presses(ana, receipt, "Burn")
	t.becomes(ana, receipt, "You burned it", "before anyone opened it", "Slack doesn't let me edit the message with the link")
	t.findsGone(bob, link, secret)
}

// A burn in time, and the message in the channel says so.
func burnedInTime(t *teller) {
	t.chapter("The wrong password, burned in time")
	const secret = "the wrong one"
	t.keeps(secret)
	t.types(ana, deploys, secret)
	post := t.sees(bob, deploys, "@ana shared a secret")
	link := t.oneLink(post)
	receipt := t.sees(ana, t.appDM(ana), "Not opened yet")
	t.presses(ana, receipt, "Burn")
	t.becomes(ana, receipt, "You burned it")
	changed := t.becomes(bob, post, "@ana burned this secret", "before anyone opened it")
	t.lacks(changed, lastPart(link))
	t.findsGone(bob, link, secret)
}

// A burn that loses the race must not say that it burned anything.
func burnedTooLate(t *teller) {
	t.chapter("Burned too late")
	const secret = "opened while she hesitated"
	t.keeps(secret)
	t.types(ana, deploys, secret)
	post := t.sees(bob, deploys, "@ana shared a secret")
	link := t.oneLink(post)
	receipt := t.sees(ana, t.appDM(ana), "Not opened yet")
	t.opens(chloe, link, "", secret)
	t.presses(ana, receipt, "Burn")
	told := t.becomes(ana, receipt, "It was too late to burn it", "Opened", "change the credential")
	t.lacks(told, "You burned it")
	t.lacks(t.again(bob, post), "burned")
}

// Nothing is stored, the person is told so, and keeps what was typed.
func whileOneTimeSecretIsDown(t *teller) {
	t.chapter("While OneTimeSecret is down")
	const inline, typed = "typed in vain", "typed once, and only once"
	t.keeps(inline, typed)
	if t.err != nil {
		return
	}
	mend := t.stage.OTS.Fault(otsfake.Fault{Down: true})
	t.tells("OneTimeSecret is down.")
	t.types(ana, deploys, inline)
	t.sees(ana, deploys, "OneTimeSecret can't be reached", "Nothing was stored")

	t.types(ana, deploys, "")
	t.looksAt(ana, "Share a secret")
	t.submits(ana, slackfake.Values{"Secret": typed})
	form := t.looksAt(ana, "can't be reached", "Nothing was stored")
	if t.err == nil && form.Input("Secret").Value != typed {
		t.difference("what was typed is still in the form", typed, form.Input("Secret").Value)
	}
	mend()
	t.tells("OneTimeSecret is back. Ana's text is still there.")
	t.submits(ana, nil)
	t.isDone(ana)
	link := t.oneLink(t.sees(bob, deploys, "@ana shared a secret"))
	t.sees(ana, t.appDM(ana), "Not opened yet")
	t.opens(bob, link, "", typed)
}

// No conversation: the link for an e-mail or a ticket.
func justTheLink(t *teller) {
	t.chapter("Just the link, for an e-mail")
	const secret = "for a customer"
	t.keeps(secret)
	t.tells("Ana picks the shortcut from the lightning menu.")
	t.uses(ana, nil)
	t.looksAt(ana, "Post the link in: []")
	t.submits(ana, slackfake.Values{"Secret": secret})
	t.isDone(ana)
	receipt := t.sees(ana, t.appDM(ana), "Link to pass on", "only you got the link")
	link := t.codeLink(receipt)
	t.opens(chloe, link, "", secret)
}

// A password that nobody typed, and nobody saw before the link was opened.
func aPasswordNobodyTyped(t *teller) {
	t.chapter("A password that nobody typed")
	t.types(ana, deploys, "generate")
	t.looksAt(ana, "Length of the password")
	t.submits(ana, slackfake.Values{"Length of the password": "32 characters",
		"Characters": "Letters, digits and symbols", "A link for you": []string{"yes"}})
	t.isDone(ana)
	link := t.oneLink(t.sees(bob, deploys, "@ana shared a secret"))
	t.sees(ana, t.appDM(ana), "#deploys", "Not opened yet")
	own := t.codeLink(t.sees(ana, t.appDM(ana), "only you got the link"))
	bobs, anas := t.reveals(link), t.reveals(own)
	if t.err == nil && (len(bobs) != 32 || bobs != anas) {
		t.difference("the generated password", "the same 32 characters behind both links", bobs+" and "+anas)
	}
	t.keeps(bobs)
	t.tells("Bob's link and Ana's own show the same 32 characters, which no one has seen before.")
}
