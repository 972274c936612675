package browsertest

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"otsbot/cmd/playground/browsertest/browser"
)

// Two people are asked. One sends it, and the asker alone gets the link; the other
// doesn't have it, and says who does.
func TestWhoAsksGetsTheAnswerAlone(t *testing.T) {
	s := newScene(t)
	const secret, what = "only for Ana", "the <!channel> password"
	a, b, c := s.as(ana, deploys), s.as(bob, browser.AppDM(bob)), s.as(chloe, browser.AppDM(chloe))
	a.does(a.Sends("/secret ask"),
		a.Sees("dialog.view h2", "Ask for a secret"),
		a.Fills("what/value", what),
		a.Ticks("people/value", "Bob Okafor", "Chloe Tanaka"),
		a.Presses("Ask", "dialog.view"),
		a.SeesNone("dialog.view"),
		a.Goes(browser.AppDM(ana)),
		a.Sees(".message", "You asked for:", what, "@bob: waiting", "@chloe: waiting"))

	b.does(b.Sees(".message", "@ana is asking for a secret", what),
		b.Presses("Send it", ".message"),
		b.Sees("dialog.view", "The link goes to @ana alone", what),
		b.Fills("secret/value", secret),
		b.Presses("Send", "dialog.view"),
		b.SeesNone("dialog.view"),
		b.Sees(".message", "You answered @ana's request"),
		b.Sees(".message", "Receipt", "Asked for: "+what))
	if still := b.tells(`[...document.querySelectorAll(".message button")].map((el) => el.innerText.trim()).filter((label) => label === "Send it").join()`); still != "" {
		t.Error("the request can be answered once more")
	}
	a.does(a.Sees(".message", "Asked for: "+what), a.Sees(".message", "@bob: answered", "@chloe: waiting"))
	link := a.link()
	for _, other := range []actor{b, c} {
		other.does(other.Reloads())
		other.mustNotHold(link)
	}

	c.does(c.Presses("I don't have it", ".message"),
		c.Sees("dialog.view", "I'll tell @ana", what),
		c.Fills("word/value", "Bob has it"),
		c.Presses("Tell them", "dialog.view"),
		c.SeesNone("dialog.view"),
		c.Sees(".message", "You told @ana"))
	a.does(a.Sees(".message", "@chloe doesn't have what you asked for", "Bob has it"),
		a.Sees(".message", "@bob: answered", "@chloe: doesn't have it"))
	b.mustNotHold("Bob has it")
	a.opens(link, secret)
}

// What is withdrawn while somebody has its form open is stored nowhere.
func TestWhatIsWithdrawnIsSentByNobody(t *testing.T) {
	s := newScene(t)
	a, b := s.as(ana, deploys), s.as(bob, deploys)
	a.does(a.Sends("/secret ask"),
		a.Fills("what/value", "a key"),
		a.Presses("Ask", "dialog.view"), // where she is
		a.SeesNone("dialog.view"))
	b.does(b.Sees(".message", "@ana is asking for a secret", "a key"),
		b.Presses("Send it", ".message"),
		b.Fills("secret/value", "typed in vain"))
	a.does(a.Goes(browser.AppDM(ana)),
		a.Presses("Withdraw", ".message"),
		a.Sees("#confirm", "Withdraw this request?"), a.Presses("Withdraw", "#confirm"),
		a.Sees(".message", "withdrawn"))
	b.does(b.Presses("Send", "dialog.view"),
		b.Sees("dialog.view .bk-invalid .bk-error", "This request was withdrawn. Nothing was stored."))
	if typed, err := b.Value("secret/value"); err != nil || typed != "typed in vain" {
		t.Errorf("the form holds %q (%v), want what was typed", typed, err)
	}
	a.mustNotHold("/secret/")
}

// focused is what has the focus, as people read it.
const focused = `(document.activeElement.innerText?.trim() || document.activeElement.labels?.[0]?.innerText.trim() || "")`

// tabsTo presses Tab until what says so has the focus.
func (a actor) tabsTo(label string) {
	a.t.Helper()
	for range 150 {
		if a.tells(focused) == label {
			return
		}
		a.does(a.Types("\t"))
	}
	a.t.Fatalf("Tab doesn't lead to %q", label)
}

func TestAskingTakesNoMouse(t *testing.T) {
	s := newScene(t)
	a, b := s.as(ana, deploys), s.as(bob, browser.AppDM(bob))
	a.does(a.Sends("/secret ask"), a.Sees("dialog.view h2", "Ask for a secret"),
		a.Waits(`document.activeElement.name === "what/value"`), a.Types("a key"))
	a.tabsTo("Bob Okafor")
	a.does(a.Types(" "))
	a.tabsTo("Ask")
	a.does(a.Types(kb.Enter), a.SeesNone("dialog.view"))

	b.does(b.Sees(".message", "@ana is asking for a secret", "a key"))
	b.tabsTo("Send it")
	b.does(b.Types(kb.Enter), b.Sees("dialog.view", "The link goes to @ana alone"),
		b.Waits(`document.activeElement.name === "secret/value"`), b.Types("by keys"))
	b.tabsTo("Send")
	b.does(b.Types(kb.Enter), b.SeesNone("dialog.view"), b.Sees(".message", "You answered @ana's request"))

	a.does(a.Goes(browser.AppDM(ana)), a.Sees(".message", "@bob: answered"))
	a.opens(a.link(), "by keys")
}
