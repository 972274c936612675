package browsertest

import (
	"strings"
	"testing"

	"otsbot/cmd/playground/browsertest/browser"
)

const dev = browser.Dev

// sharesWith opens the form by the lightning menu, and sends people a link each.
func (a actor) sharesWith(secret string, people ...string) {
	a.t.Helper()
	a.does(a.Presses("Shortcuts", ".composer"),
		a.Presses("Share a secret", ".composer"),
		a.Fills("secret/value", secret),
		a.Ticks("people/value", people...),
		a.Presses("Share", "dialog.view"))
}

func TestEachOfSeveralPeopleGetsALinkOfTheirOwn(t *testing.T) {
	s := newScene(t)
	const secret = "one secret, three links"
	a, b, c, d := s.as(ana, deploys), s.as(bob, browser.AppDM(bob)), s.as(chloe, browser.AppDM(chloe)), s.as(dev, browser.AppDM(dev))
	a.does(a.Presses("Trouble on demand", ""), a.Chooses(`[data-switch="unreachable"]`, "don't reach Dev Mehta"))
	a.sharesWith(secret, "Bob Okafor", "Chloe Tanaka", "Dev Mehta")
	a.does(a.SeesNone("dialog.view"), a.Goes(browser.AppDM(ana)),
		a.Sees(".message", "3 people", "Slack doesn't let me message them", "Try again for 1 person"))
	b.does(b.Sees(".message", "@ana shared a secret with you", "This link is only for you"))
	c.does(c.Sees(".message", "@ana shared a secret with you"))
	bobs, chloes := b.link(), c.link()
	if bobs == chloes {
		t.Error("Bob and Chloe have the same link")
	}
	a.mustNotHold(bobs)
	d.mustNotHold("shared a secret with you")

	a.does(a.Presses("Trouble on demand", ""), a.Chooses(`[data-switch="unreachable"]`, "reach everybody"),
		a.Presses("Try again for 1 person", ".message"),
		a.Waits(`!document.querySelector(".messages").innerText.includes("Try again for")`))
	d.does(d.Sees(".message", "@ana shared a secret with you"))
	devs := d.link()
	b.opens(bobs, secret)

	// The second row's button, not the first one's.
	a.does(a.PressesIn("@chloe", "Burn"),
		a.Sees("#confirm", "Burn this secret?"), a.Presses("Burn", "#confirm"),
		a.Sees(".message", "@chloe: 🔥", "before anyone opened it"))
	c.does(c.Sees(".message", "@ana burned this secret"), c.Visits(chloes), c.Sees("h1", "There is nothing here"))
	a.does(a.Presses("Check all", ".message"), a.Sees(".message", "@bob: Opened", "@dev: Not opened yet"),
		a.Presses("Burn all", ".message"), a.Sees("#confirm", "Burn this secret?"), a.Presses("Burn", "#confirm"),
		a.Sees(".message", "@dev: 🔥", "@bob: Opened"))
	d.does(d.Visits(devs), d.Sees("h1", "There is nothing here"))
}

func TestWhoCantOpenTheirLinkIsSentAnother(t *testing.T) {
	s := newScene(t)
	a, b := s.as(ana, deploys), s.as(bob, browser.AppDM(bob))
	a.sharesWith("gone before Bob came", "Bob Okafor")
	b.does(b.Sees(".message", "@ana shared a secret with you"))
	link := b.link()
	b.opens(link, "gone before Bob came")
	b.does(b.Goes(browser.AppDM(bob)), b.Presses("Tell the person who shared it that it won't open", ".message"),
		b.Sees(".message", "I've told @ana"))
	a.does(a.Goes(browser.AppDM(ana)), a.Sees(".message", "@bob can't open the secret"),
		a.Presses("Open the form to share it with them again", ".message"),
		a.Fills("secret/value", "for Bob, again"))
	if ticked := a.tells(`[...document.querySelectorAll('dialog.view [name="people/value"]:checked')].map((el) => el.labels[0].innerText.trim()).join()`); ticked != "Bob Okafor" {
		t.Errorf("%q are ticked in the form, want Bob", ticked)
	}
	a.does(a.Presses("Share", "dialog.view"), a.SeesNone("dialog.view"))
	b.does(b.Waits(`document.querySelectorAll('.message a[href*="/secret/"]').length === 2`))
	b.opens(b.link(), "for Bob, again")
}

func TestAPassphraseThatNobodyTypedGoesOnAnotherRoad(t *testing.T) {
	s := newScene(t)
	const secret = "twice locked"
	a, b := s.as(ana, deploys), s.as(bob, browser.AppDM(bob))
	a.does(a.Presses("Shortcuts", ".composer"), a.Presses("Share a secret", ".composer"),
		a.Fills("secret/value", secret),
		a.Ticks("people/value", "Bob Okafor"),
		a.Presses("Generate a passphrase", "dialog.view"),
		a.Sees("dialog.view", "I'll generate one"),
		a.Presses("Share", "dialog.view"),
		a.Sees("dialog.view", "it won't be shown again"))
	phrase := a.tells(`document.querySelector("dialog.view .bk-code").innerText`)
	a.does(a.Presses("Close", "dialog.view"), a.SeesNone("dialog.view"), a.Goes(browser.AppDM(ana)),
		a.Sees(".message", "1 person", "Needed to open or burn it"))
	a.mustNotHold(phrase)
	b.does(b.Sees(".message", "You need a passphrase to open it. If you don't have it, ask @ana"))
	b.mustNotHold(phrase)
	first := b.link()
	a.does(a.Presses("Send the passphrase", ".message"),
		a.Sees("dialog.view", "It doesn't protect against someone who can read both messages"),
		a.Fills("passphrase/value", phrase),
		a.Presses("Send", "dialog.view"),
		a.Sees("dialog.view", "The passphrase was sent"),
		a.Presses("Close", "dialog.view"))
	b.does(b.Sees(".message", "@ana sent you the passphrase"))
	b.opens(b.link(), phrase)
	b.does(b.Visits(first), b.Does(`document.querySelector("#passphrase").value = "`+phrase+`"`),
		b.Presses("Show the secret", ""), b.Sees("pre", secret))
}

// The form says at the field what is wrong with people, and keeps who was ticked.
func TestAConversationBesidesPeopleIsAMistake(t *testing.T) {
	s := newScene(t)
	a := s.as(ana, deploys)
	a.does(a.Sends("/secret"),
		a.Fills("secret/value", "x y z"),
		a.Chooses(`dialog.view [name="place/value"]`, "# coffee"),
		a.Ticks("people/value", "Bob Okafor", "Chloe Tanaka"),
		a.Presses("Share", "dialog.view"),
		a.Sees("dialog.view .bk-invalid .bk-error", "You also chose a conversation"))
	ticked := a.tells(`[...document.querySelectorAll('dialog.view [name="people/value"]:checked')].map((el) => el.value).join()`)
	if ticked != bob+","+chloe {
		t.Errorf("%q are ticked, want Bob and Chloe", ticked)
	}
	offered := a.tells(`document.querySelector("dialog.view .bk-people").innerText`)
	if strings.Contains(offered, "Gus") || !strings.Contains(offered, "Eva Novak (guest)") {
		t.Errorf("the form offers\n%s", offered)
	}
}

// Slack's client looks at an address before the app does; then OneTimeSecret
// sends the mail, and nothing is posted.
func TestALinkGoesByEMailWhereThereIsAnAccount(t *testing.T) {
	s := newSceneWith(t, nil, "-account")
	a := s.as(ana, deploys)
	a.does(a.Sends("/secret"),
		a.Fills("secret/value", "for a partner"),
		a.Presses("Email the link instead", "dialog.view"),
		a.Fills("mail/value", "partner"),
		a.Presses("Share", "dialog.view"),
		a.Sees("dialog.view .bk-invalid .bk-error", "valid email address"),
		a.Empties("mail/value"),
		a.Fills("mail/value", "partner@example.com"),
		a.Presses("Share", "dialog.view"),
		a.SeesNone("dialog.view"),
		a.Goes(browser.AppDM(ana)),
		a.Sees(".message", "Emailed to pa", "Not opened yet"))
	b := s.as(bob, deploys)
	b.mustNotHold("@ana shared a secret")
}
