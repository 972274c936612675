package stage

import (
	"encoding/json"
	"fmt"

	"otsbot/bot/slackfake"
)

// OnCall is a public channel with the app, where there are messages of all
// kinds that hold a secret, to try the shortcut on.
const OnCall = "C0ONCALL"

// Seed adds that channel. What it is full of was written before the bot came.
func (s *Stage) Seed() error {
	w := s.Slack
	w.AddChannel(slackfake.Channel{ID: OnCall, Name: "on-call", Kind: slackfake.Public, Members: []string{Ana, Bob, Chloe, Dev}, AppMember: true})
	original, err := w.PostAs(Bob, BobChloe, "The VPN key is k3y-between-us")
	if err != nil {
		return fmt.Errorf("write messages: %w", err)
	}
	if _, err := w.Forward(Chloe, original, OnCall, "Bob's key, for whoever is on call:"); err != nil {
		return fmt.Errorf("write messages: %w", err)
	}
	asked, err := w.PostAs(Dev, OnCall, "What is the password of the staging database?")
	if err != nil {
		return fmt.Errorf("write messages: %w", err)
	}
	for _, p := range []slackfake.Post{
		{User: Bob, ThreadTS: asked.TS, Text: "st4ging-in-a-thread"},
		// An app's message has blocks alone, and another one what came before blocks.
		{User: Status, Blocks: json.RawMessage(`[
			{"type":"header","text":{"type":"plain_text","text":"Password rotated"}},
			{"type":"section","fields":[{"type":"mrkdwn","text":"*Host*\ndb-1.example.com"},{"type":"mrkdwn","text":"*Password*\nr0tated-by-an-app"}]},
			{"type":"context","elements":[{"type":"mrkdwn","text":"Valid for 30 days"}]}]`)},
		{User: Status, Attachments: json.RawMessage(`[{"id":1,"fallback":"Alert","pretext":"Alert","title":"Login failed","text":"with the old password",
			"fields":[{"title":"User","value":"svc_deploy","short":true},{"title":"Password","value":"0ld-in-an-alert","short":true}],"footer":"Statusbot"}]`)},
		{User: Bob, RawText: "<https://vault.example.com/reset?token=t0ken-in-a-link|Reset your password here>"},
		{User: Bob, Text: "Here is the key for the build server, passphrase: open-s3same",
			Files: json.RawMessage(`[{"id":"F0KEY","mode":"snippet","name":"key.pem","title":"key.pem","filetype":"text","pretty_type":"Plain Text"}]`)},
	} {
		p.Channel = OnCall
		if _, err := w.PostMessage(p); err != nil {
			return fmt.Errorf("write messages: %w", err)
		}
	}
	return nil
}
