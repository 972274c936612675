package browsertest

import (
	"strings"
	"testing"

	"otsbot/cmd/playground/browsertest/browser"
)

// scopes are what the rules ask of Slack with.
const scopes = "users:read,channels:read,groups:read,im:read,mpim:read"

func TestRulesAnswerWherePeopleAre(t *testing.T) {
	s := newSceneWith(t, []string{"POLICY_EXTERNAL=refuse", "POLICY_GUESTS=refuse", "POLICY_RECIPIENTS_MAX=2", "SUPPORT_CONTACT=#it-help"}, "-scopes", scopes)
	a := s.as(ana, deploys)
	a.does(a.Sends("/secret"),
		a.Fills("secret/value", "for the right people"),
		a.Ticks("people/value", "Finn Berg (other organization)", "Eva Novak (guest)"),
		a.Presses("Share", "dialog.view"),
		a.Sees("dialog.view .bk-invalid .bk-error", "from another organization", "a guest", "Nothing was stored", "#it-help"))
	if offered := a.tells(`document.querySelector('dialog.view [name="place/value"]').innerText`); strings.Contains(offered, "northwind") {
		t.Errorf("the form offers a conversation with another organization: %s", offered)
	}
	a.does(a.Ticks("people/value", "Bob Okafor"), a.Presses("Share", "dialog.view"),
		a.Sees("#told", "at most 2"), // as Slack's field would not take a third
		a.Presses("Cancel", "dialog.view"), a.SeesNone("dialog.view"),
		a.Goes(browser.Partner), a.Sends("/secret for everybody"),
		a.Sees(".message .bk-ephemeral", "shared with another organization", "Nothing was stored", "#it-help"))
	e := s.as(browser.Eva, deploys)
	e.does(e.Sends("/secret of mine"), e.Sees(".message .bk-ephemeral", "Guests can't share secrets here", "Nothing was stored"))
}

// With a warning, what goes outside is shared at the second press.
func TestAWarningIsGivenOnceAndKeepsTheForm(t *testing.T) {
	s := newSceneWith(t, []string{"POLICY_EXTERNAL=warn"}, "-scopes", scopes)
	a, f := s.as(ana, browser.Partner), s.as(browser.Finn, browser.Partner)
	a.does(a.Sends("/secret"),
		a.Fills("secret/value", "for both of us"),
		a.Presses("Share", "dialog.view"),
		a.Sees("dialog.view", "shared with another organization", "submit the form"))
	typed, err := a.Value("secret/value")
	a.does(err)
	if typed != "for both of us" {
		t.Errorf("the form holds %q, want what was typed", typed)
	}
	f.mustNotHold("shared a secret")
	a.does(a.Presses("Share", "dialog.view"), a.SeesNone("dialog.view"))
	f.does(f.Sees(".message", "@ana shared a secret"))
	f.opens(f.link(), "for both of us")
}
