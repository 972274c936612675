package browsertest

import (
	"testing"

	"otsbot/cmd/playground/browsertest/browser"
)

// The newest message in #on-call has a file: what is typed with it is taken,
// and the form says that the file isn't.
func TestAMessageWithAFile(t *testing.T) {
	s := newScene(t)
	a, b := s.as(ana, browser.OnCall), s.as(bob, browser.OnCall)
	const secret = "Here is the key for the build server, passphrase: open-s3same"
	a.does(a.Sees(".message", secret, "key.pem"),
		a.Presses("More actions", ".message"),
		a.Presses("Share as a secret link", ".message .menu"),
		a.Sees("dialog.view", "A file in this message isn't included: key.pem."))
	filled, err := a.Value("secret/value")
	a.does(err)
	if filled != secret {
		t.Errorf("the form holds %q, want what was typed with the file", filled)
	}
	a.does(a.Presses("Share", "dialog.view"),
		a.SeesNone("dialog.view"),
		a.Goes(browser.AppDM(ana)),
		a.Sees(".message", "link doesn't protect the file in the message"))
	b.does(b.Goes(browser.AppDM(bob)), b.Sees(".message", "Please delete the message", "link doesn't protect the file in the message"))
}
