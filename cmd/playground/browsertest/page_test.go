// Package browsertest plays what people do on the playground's page, in a real
// browser. It fails where the app is broken, or the page.
package browsertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"otsbot/cmd/playground/browsertest/browser"
)

const (
	ana, bob, chloe = browser.Ana, browser.Bob, browser.Chloe
	deploys         = browser.Deploys
)

// shared by all tests: the browser, and the playground's command. Each test
// runs a playground of its own.
var shared struct {
	browser *browser.Chromium
	command string
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "playground")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	if shared.command, err = browser.Build(filepath.Join("..", "..", ".."), folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if shared.browser, err = browser.Open(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer shared.browser.Close()
	return m.Run()
}

func TestInlineTextBecomesALinkThatOpensOnce(t *testing.T) {
	s := newScene(t)
	const secret = `hunter2 & <b>"bold"</b>`
	b, a := s.as(bob, deploys), s.as(ana, deploys)
	a.does(a.Sends("/secret " + secret))
	b.does(b.Sees(".message", "@ana shared a secret", "It opens once, for whoever here"))
	b.mustNotHold("hunter2")
	a.does(a.Sees(".sidebar a.unread", "One-Time Secrets"),
		a.Goes(browser.AppDM(ana)),
		a.Sees(".message", "Receipt", "Not opened yet"))
	a.mustNotHold("hunter2")
	b.opens(b.link(), secret)
	a.does(a.Presses("Check whether the secret was opened", ".message"), a.Sees(".message", "Status", "Opened"))
}

func TestTheFormReachesAPrivateChannelWithoutTheApp(t *testing.T) {
	s := newScene(t)
	a, b, c := s.as(ana, deploys), s.as(bob, browser.Payroll), s.as(chloe, deploys)
	a.does(a.Sends("/secret"),
		a.Sees("dialog.view h2", "Share a secret"),
		a.Fills("secret/value", "for payroll alone"),
		a.Chooses(`dialog.view [name="place/value"]`, "🔒 payroll"),
		a.Chooses(`dialog.view [name="ttl/value"]`, "1 hour"),
		a.Fills("note/value", "the <!channel> password"),
		a.Presses("Share", "dialog.view"),
		a.SeesNone("dialog.view"))
	b.does(b.Sees(".message", "@ana shared a secret", "the <!channel> password"))
	link := b.link()
	b.opens(link, "for payroll alone")
	c.does(c.Reloads())
	c.mustNotHold("payroll")
	c.mustNotHold(link)
	c.does(c.Goes(browser.Payroll), c.Sees("h1", "deploys")) // not to be seen, so it leads elsewhere
	c.mustNotHold(link)
}

func TestABurnChangesTheMessageBeforeEverybodysEyes(t *testing.T) {
	s := newScene(t)
	a, b := s.as(ana, deploys), s.as(bob, deploys)
	a.does(a.Sends("/secret the wrong one"))
	b.does(b.Sees(".message", "@ana shared a secret"))
	link := b.link()
	a.does(a.Goes(browser.AppDM(ana)),
		a.Presses("Burn the secret so that nobody can open it", ".message"),
		a.Sees("#confirm", "Burn this secret?", "can't be undone"),
		a.Presses("Keep", "#confirm"),
		a.SeesNone("#confirm[open]"),
		a.Sees(".message", "Not opened yet"),
		a.Presses("Burn the secret so that nobody can open it", ".message"),
		a.Presses("Burn", "#confirm"),
		a.Sees(".message", "You burned it", "before anyone opened it"))
	b.does(b.Sees(".message", "@ana burned this secret"))
	b.mustNotHold(link)
	b.does(b.Visits(link), b.Sees("h1", "There is nothing here"))
}

func TestALeakedPasswordIsCleanedUp(t *testing.T) {
	s := newScene(t)
	const secret = `root:T0ps3cret & <more>`
	b, c := s.as(bob, browser.Coffee), s.as(chloe, browser.Coffee)
	b.does(b.Sends(secret), b.Sees(".message", secret))
	c.does(c.Sees(".message", secret),
		c.Presses("More actions", ".message"),
		c.Presses("Share as a secret link", ".message .menu"),
		c.Sees("dialog.view", "The link goes into the thread of the message you chose"))
	filled, err := c.Value("secret/value")
	c.does(err)
	if filled != secret {
		t.Errorf("the form holds %q, want what the message said", filled)
	}
	c.does(c.Presses("Share", "dialog.view"),
		c.SeesNone("dialog.view"),
		c.Presses("1 reply", ".messages"),
		c.Sees("aside .message", "@chloe shared a secret"))
	b.does(b.Goes(browser.AppDM(bob)), b.Sees(".message", "Please delete the message"),
		b.Goes(browser.Coffee), b.Presses("More actions", ".channel .message"), b.Presses("Delete message", ".channel .message .menu"))
	c.does(c.Sees(".channel .message", "This message was deleted", "1 reply"))
	c.mustNotHold("T0ps3cret")
}

func TestWithOneTimeSecretDownTheTypedTextStays(t *testing.T) {
	s := newScene(t)
	a := s.as(ana, deploys)
	a.does(a.Presses("Trouble on demand", ""),
		a.Chooses(`[data-switch="ots"]`, "is down"),
		a.Sends("/secret"),
		a.Fills("secret/value", "typed once"),
		a.Presses("Share", "dialog.view"),
		a.Sees("dialog.view .bk-invalid .bk-error", "can't be reached", "Nothing was stored"))
	typed, err := a.Value("secret/value")
	a.does(err)
	if typed != "typed once" {
		t.Errorf("the form holds %q, want what was typed", typed)
	}
	a.does(a.Chooses(`[data-switch="ots"]`, "works"),
		a.Presses("Share", "dialog.view"),
		a.SeesNone("dialog.view"),
		a.Sees(".message", "@ana shared a secret"))
	a.opens(a.link(), "typed once")
}

// Two seconds in, the form says that it is being worked on; the outcome comes
// into the same form.
func TestASlowOneTimeSecretIsWaitedForInTheForm(t *testing.T) {
	s := newScene(t)
	a := s.as(ana, deploys)
	a.does(a.Presses("Trouble on demand", ""),
		a.Chooses(`[data-switch="ots"]`, "is slow (8 seconds)"),
		a.Sends("/secret"),
		a.Fills("secret/value", "worth the wait"),
		a.Presses("Share", "dialog.view"),
		a.Sees("dialog.view", "Still working"),
		a.Sees("dialog.view", "The link was posted"),
		a.Presses("Close", "dialog.view"),
		a.SeesNone("dialog.view"),
		a.Chooses(`[data-switch="ots"]`, "works"),
		a.Sees(".message", "@ana shared a secret"))
	a.opens(a.link(), "worth the wait")
}

func TestButtonsInTheFormKeepWhatWasTyped(t *testing.T) {
	s := newScene(t)
	a := s.as(ana, deploys)
	a.does(a.Presses("Shortcuts", ".composer"),
		a.Presses("Share a secret", ".composer"),
		a.Fills("secret/value", "first "),
		a.Fills("note/value", "a note"),
		a.Presses("Add another field", "dialog.view"),
		a.Sees("dialog.view", "Secret, part 1 of 2"),
		a.Fills("secret_2/value", "second"))
	for field, want := range map[string]string{"secret/value": "first ", "note/value": "a note"} {
		if got, err := a.Value(field); err != nil || got != want {
			t.Errorf("%s holds %q (%v), want %q", field, got, err, want)
		}
	}
	a.does(a.Presses("Share", "dialog.view"),
		a.SeesNone("dialog.view"),
		a.Goes(browser.AppDM(ana)),
		a.Sees(".message", "only you got the link"))
	link := a.tells(`document.querySelector(".message .bk-code").innerText`)
	a.opens(link, "first second")
}

func TestAGeneratedPasswordIsSeenByItsReaderAlone(t *testing.T) {
	s := newScene(t)
	a, b := s.as(ana, deploys), s.as(bob, deploys)
	a.does(a.Sends("/secret"),
		a.Presses("Generate a password", "dialog.view"),
		a.Chooses(`dialog.view [name="length/value"]`, "32 characters"),
		a.Presses("Share", "dialog.view"),
		a.SeesNone("dialog.view"))
	b.does(b.Sees(".message", "@ana shared a secret"), b.Visits(b.link()), b.Presses("Show the secret", ""), b.Sees("h1", "Your secret"))
	password := b.tells(`document.querySelector("pre").innerText`)
	if len(password) != 32 {
		t.Errorf("the password has %d characters, want 32", len(password))
	}
}

func TestAPassphraseIsNeededToOpenAndToBurn(t *testing.T) {
	s := newScene(t)
	const phrase = "told by phone"
	a, b := s.as(ana, deploys), s.as(bob, deploys)
	a.does(a.Sends("/secret"),
		a.Fills("secret/value", "twice locked"),
		a.Fills("passphrase/value", "short"),
		a.Presses("Share", "dialog.view"),
		a.Sees("dialog.view .bk-invalid", "8 to 128 characters"),
		a.Empties("passphrase/value"),
		a.Fills("passphrase/value", phrase),
		a.Presses("Share", "dialog.view"),
		a.SeesNone("dialog.view"))
	b.does(b.Sees(".message", "You need a passphrase to open it"))
	link := b.link()
	b.does(b.Visits(link), b.Does(`document.querySelector("#passphrase").value = "a guess"`),
		b.Presses("Show the secret", ""), b.Sees(".problem", "is not the passphrase"))
	b.mustNotHold("twice locked")
	a.does(a.Goes(browser.AppDM(ana)),
		a.Presses("Burn the secret so that nobody can open it", ".message"),
		a.Fills("passphrase/value", "not this one"),
		a.Presses("Burn", "dialog.view"),
		a.Sees("dialog.view .bk-invalid", "isn't the passphrase"),
		a.Empties("passphrase/value"),
		a.Fills("passphrase/value", phrase),
		a.Presses("Burn", "dialog.view"),
		a.Sees("dialog.view", "You burned it"),
		a.Presses("Close", "dialog.view"),
		a.Sees(".message", "You burned it"))
	b.does(b.Visits(link), b.Sees("h1", "There is nothing here"))
}

func TestThePageCanBeUsedByKeys(t *testing.T) {
	s := newScene(t)
	a := s.as(ana, deploys)
	a.does(a.Sends("/secret"), a.Sees("dialog.view", "Share a secret"))
	focused := a.tells(`document.activeElement.name`)
	if focused != "secret/value" {
		t.Errorf("the focus is on %q, want the secret's field", focused)
	}
	a.does(a.Types("by keys"), a.Types("\t"), a.Types("\r"), // the first button behind it: more room
		a.Sees("dialog.view", "Secret, part 1 of 2"),
		a.Types("\u001b"), // Escape
		a.SeesNone("dialog.view"))
	a.does(a.Sends("/secret"), a.Sees("dialog.view", "Share a secret"))
	unlabelled := a.tells(`[...document.querySelectorAll("button, input, select, textarea, summary")]
		.filter((el) => !(el.labels?.length || el.getAttribute("aria-label") || el.textContent.trim() || el.closest("#confirm")))
		.map((el) => el.outerHTML).join("\n")`)
	if unlabelled != "" {
		t.Errorf("screen readers have no name for %s", unlabelled)
	}
}

func TestThePageFitsANarrowWindow(t *testing.T) {
	s := newScene(t)
	a := s.as(ana, deploys)
	a.does(a.Sized(400, 800), a.Sends("/secret x"), a.Sees(".message", "@ana shared a secret"))
	if over := a.tells(`String(document.documentElement.scrollWidth - document.documentElement.clientWidth)`); over != "0" {
		t.Errorf("the page is %s pixels wider than its window", over)
	}
}

func TestSwitchesMakeTheTroubleThatTheySay(t *testing.T) {
	s := newScene(t)
	a := s.as(ana, deploys)
	a.does(a.Presses("Trouble on demand", ""),
		a.Chooses(`[data-switch="ots"]`, "limits our calls"),
		a.Sends("/secret not today"),
		a.Sees(".message .bk-ephemeral", "limiting how many secrets", "Nothing was stored"),
		a.Chooses(`[data-switch="ots"]`, "works"),
		a.Presses("Cut the wire", ""))
	i := s.as(bob, deploys)
	i.does(i.Visits(s.playground.URL+"/inspector"), i.Sees("li", "hello · socket 3")) // the bot is back
	a.does(a.Sends("/secret until tomorrow"),
		a.Sees(".message", "@ana shared a secret"))
	link := a.link()
	a.does(a.Presses("A week on", ""), a.Sees(`[aria-label="Clock"]`, "168h0m0s ahead"),
		a.Visits(link), a.Sees("h1", "There is nothing here"),
		a.Goes(deploys), a.Presses("Trouble on demand", ""),
		a.Presses("Archive this conversation", ""),
		a.Sees("header", "archived"),
		a.Sends("/secret x"), a.Sees("#told", "archived"),
		a.Presses("Unarchive this conversation", ""))
	a.does(a.Chooses(`[data-switch="slack"]`, "fails to post messages"),
		a.Sends("/secret by the other road"),
		a.Sees(".bk-ephemeral", "Slack didn't confirm that the link was posted"))
}

func TestTheInspectorShowsThatOnlyTheLinkWasPosted(t *testing.T) {
	s := newScene(t)
	a := s.as(ana, deploys)
	a.does(a.Sends("/secret hunter2"), a.Sees(".message", "@ana shared a secret"),
		a.Presses("Inspector: everything that crosses, for developers", ""))
	a.mustNotHold("xoxb-") // it is in a frame of its own
	i := s.as(ana, deploys)
	i.does(i.Visits(s.playground.URL+"/inspector"),
		i.Sees("li", "Slack → app", "envelope slash_commands"),
		i.Sees("li", "app → Slack", "ack", " ms"),
		i.Sees("li", "app → Slack", "chat.postMessage"),
		i.Sees("li", "→ OneTimeSecret", "POST /api/v1/share"),
		i.Sees("dl", "xoxb-", "xapp-", "/api/"))
	leaks := i.tells(`[...document.querySelectorAll("li")].map((li) => li.textContent).filter((row) => row.includes("app → Slack") && row.includes("hunter2")).join("\n")`)
	if leaks != "" {
		t.Errorf("the app sent the secret to Slack: %s", leaks)
	}
	a.does(a.Sends("/secret again"))
	i.does(i.Waits(`document.body.innerText.split("POST /api/v1/share").length > 2`)) // it follows by itself
}
