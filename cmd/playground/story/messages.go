package story

import (
	"strings"

	"otsbot/cmd/playground/stage"
)

// The shortcut on what people and apps write: the form holds what one reads
// there, and says what it leaves out.
func messagesOfAllKinds(t *teller) {
	t.chapter("Messages of all kinds")
	t.audit.inForms = true // the form shows the message's text, to be checked
	t.must(t.stage.Seed())
	t.tells("In #on-call Ana tries the shortcut on each message.")
	seen := t.stage.Slack.Messages(ana, stage.OnCall)
	for _, kind := range []struct {
		holds string
		form  []string
	}{
		{"k3y-between-us", []string{"Bob's key, for whoever is on call:\nThe VPN key is k3y-between-us", "The text of a forwarded or linked message is included."}},
		{"st4ging-in-a-thread", []string{"[st4ging-in-a-thread]"}},
		{"r0tated-by-an-app", []string{"Password rotated\n*Host*\ndb-1.example.com\n*Password*\nr0tated-by-an-app"}},
		{"0ld-in-an-alert", []string{"Login failed\nwith the old password\nUser: svc_deploy\nPassword: 0ld-in-an-alert"}},
		{"Reset your password", []string{"Reset your password here (https://vault.example.com/reset?token=t0ken-in-a-link)"}},
		{"key.pem", []string{"open-s3same", "A file in this message isn't included: key.pem."}},
	} {
		for _, m := range seen {
			if strings.Contains(m.PlainText(), kind.holds) {
				t.uses(ana, &m)
				t.looksAt(ana, kind.form...)
				t.closes(ana)
			}
		}
	}
}
