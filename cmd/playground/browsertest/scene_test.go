package browsertest

import (
	"testing"

	"otsbot/cmd/playground/browsertest/browser"
)

// scene is a test's playground, with people at it.
type scene struct {
	t          *testing.T
	playground *browser.Playground
}

func newScene(t *testing.T) *scene {
	t.Helper()
	return newSceneWith(t, nil)
}

// newSceneWith has settings of the bot, and more arguments of the playground.
func newSceneWith(t *testing.T, settings []string, args ...string) *scene {
	t.Helper()
	t.Parallel()
	p, err := browser.Start(shared.browser, shared.command, settings, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	return &scene{t, p}
}

// actor is a person whose failing step ends the test.
type actor struct {
	t *testing.T
	*browser.Person
}

func (s *scene) as(user, channel string) actor {
	s.t.Helper()
	p, err := s.playground.As(user, channel)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(p.Close)
	return actor{s.t, p}
}

// does goes through steps, and ends the test at the first that fails.
func (a actor) does(steps ...error) {
	a.t.Helper()
	for _, err := range steps {
		if err != nil {
			a.t.Fatal(err)
		}
	}
}

func (a actor) mustNotHold(what string) {
	a.t.Helper()
	held, err := a.Holds(what)
	a.does(err)
	if held {
		a.t.Errorf("the page holds %q", what)
	}
}

func (a actor) link() string {
	a.t.Helper()
	url, err := a.Link()
	a.does(err)
	return url
}

// tells what a JavaScript expression says.
func (a actor) tells(expression string) string {
	a.t.Helper()
	said, err := a.Tells(expression)
	a.does(err)
	return said
}

// opens a link and presses the page's button: once it shows the secret.
func (a actor) opens(link, secret string) {
	a.t.Helper()
	a.does(a.Visits(link))
	a.mustNotHold(secret)
	a.does(
		a.Presses("Show the secret", ""),
		a.Sees("pre", secret),
		a.Visits(link),
		a.Sees("h1", "There is nothing here"),
	)
	a.mustNotHold(secret)
}
