package browsertest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"otsbot/cmd/playground/browsertest/browser"
)

// newHomeScene has another app than the bot, with a Home tab, and nobody behind
// it: the test calls Slack as the app.
func newHomeScene(t *testing.T) *scene {
	t.Helper()
	manifest := filepath.Join(t.TempDir(), "manifest.json")
	const app = `{"display_information": {"name": "Polls"}, "features": {"app_home": {"home_tab_enabled": true}}}`
	if err := os.WriteFile(manifest, []byte(app), 0o600); err != nil {
		t.Fatal(err)
	}
	return newSceneWith(t, nil, "-no-bot", "-manifest", manifest)
}

func (s *scene) publishes(user, view string) {
	s.t.Helper()
	resp, err := http.PostForm(s.playground.Slack+"/api/views.publish", url.Values{"token": {"xoxb-1-offline-bot"}, "user_id": {user}, "view": {view}})
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		OK    bool
		Error string
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || !answer.OK {
		s.t.Fatalf("views.publish: %s (%v)", answer.Error, err)
	}
}

func TestTheHomeTabIsDrawnAndItsButtonsPressed(t *testing.T) {
	s := newHomeScene(t)
	a := s.as(ana, browser.AppDM(ana))
	a.does(a.Presses("Home", ".tabs"), a.Sees(".home", "This is still a work in progress."))
	s.publishes(ana, `{"type":"home","blocks":[{"type":"header","text":{"type":"plain_text","text":"My secrets"}},
		{"type":"actions","elements":[{"type":"button","action_id":"burn","text":{"type":"plain_text","text":"Burn all"},
		"confirm":{"title":{"type":"plain_text","text":"Burn 2 secrets?"},"text":{"type":"plain_text","text":"Nobody can open them then."},
		"confirm":{"type":"plain_text","text":"Burn them"},"deny":{"type":"plain_text","text":"Keep them"}}}]}]}`)
	a.does(a.Sees(".home", "My secrets", "Burn all"), // by itself
		a.Presses("Burn all", ".home"), a.Sees("#confirm", "Burn 2 secrets?"),
		a.Presses("Burn them", "#confirm"),
		a.Sees("#told", "We had some trouble connecting")) // nobody is there
	b := s.as(bob, browser.AppDM(bob))
	b.does(b.Presses("Home", ".tabs"), b.Sees(".home", "This is still a work in progress."))
	b.mustNotHold("My secrets")
}

// onTab waits until the page of one of the app's tabs is there, with the focus on
// that tab, and listens to keys: the page before it had the focus there too, since
// the tab was pressed.
func (a actor) onTab(tab string) error {
	return a.Waits(`new URLSearchParams(location.search).get("tab") === "` + tab + `" && document.body.dataset.fresh &&
		document.activeElement.id === "tab-` + tab + `"`)
}

func TestTheAppsTabsAreTurnedByKeys(t *testing.T) {
	s := newHomeScene(t)
	a := s.as(ana, browser.AppDM(ana))
	a.does(a.Presses("Home", ".tabs"), a.onTab("home"),
		a.Types(kb.ArrowRight), a.Waits(`document.activeElement.id === "tab-messages"`),
		a.Sees(".home", "work in progress"), // until it is opened
		a.Types(kb.Enter), a.onTab("messages"), a.Sees(".messages", "Nothing was said here yet"),
		a.Types(kb.Home), a.Waits(`document.activeElement.id === "tab-home"`),
		a.Types(" "), a.onTab("home"), a.Sees(".home", "work in progress"))
}

func TestALanguageIsChosenForOnePerson(t *testing.T) {
	s := newScene(t)
	a, b := s.as(ana, deploys), s.as(bob, deploys)
	a.does(a.Chooses("[data-language]", "Deutsch"), a.Reloads(), a.Waits(`document.querySelector("[data-language]").value === "de-DE"`))
	b.does(b.Reloads(), b.Waits(`document.querySelector("[data-language]").value === "en-US"`))
}

// My secrets, by the real app: it changes by itself when a link is opened, and
// burns what is left.
func TestMySecretsFollowByThemselves(t *testing.T) {
	s := newScene(t)
	a, b := s.as(ana, deploys), s.as(bob, deploys)
	a.does(a.Sends("/secret hunter2"), a.Sees(".message", "shared a secret"))
	b.does(b.Sees(".message", "shared a secret"))
	link := b.link()
	a.does(a.Sends("/secret correct horse"),
		a.Goes(browser.AppDM(ana)), a.Presses("Home", ".tabs"),
		a.Sees(".home", "My secrets", "2 active secrets", "Not opened yet"))
	b.does(b.Visits(link), b.Presses("Show the secret", ""), b.Sees("h1", "Your secret"))
	a.does(a.Sees(".home", "1 active secret", "Ended in the last seven days", "Opened"),
		a.Presses("Burn", ".home"), a.Presses("Burn", "#confirm"),
		a.Sees(".home", "No active secrets to show", "Burned"))
}
