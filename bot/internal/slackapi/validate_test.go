package slackapi

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/slackfake"
)

func TestSlackIsAskedWhatItHasAgainstAMessage(t *testing.T) {
	t.Parallel()
	fake := slackfake.New(slackfake.Options{Scopes: []string{}})
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	t.Cleanup(fake.Close)
	c, err := New(Config{BotToken: fake.BotToken(), APIURL: server.URL + "/api"})
	if err != nil {
		t.Fatal(err)
	}
	good := Message{Text: "x", Blocks: []slack.Block{slack.NewDividerBlock()}}
	bad := Message{Text: "x", Blocks: []slack.Block{slack.NewSectionBlock(slack.NewTextBlockObject("text", "x", false, false), nil, nil)}}

	if objections, r := c.ValidateMessage(t.Context(), good); !r.OK() || len(objections) > 0 {
		t.Errorf("%+v, %+v of a good message", objections, r)
	}
	objections, r := c.ValidateMessage(t.Context(), bad)
	if r.Code != "invalid_message" || len(objections) != 1 || objections[0] != (Objection{"failed_constraint", "/blocks/0/text/type", "must be one of: plain_text, mrkdwn"}) {
		t.Errorf("%+v, %+v of a bad message", objections, r)
	}
	if objections, r := c.ValidateView(t.Context(), slack.ModalViewRequest{Type: slack.VTModal}); r.Code != "invalid_view" || len(objections) == 0 {
		t.Errorf("%+v, %+v of a bad view", objections, r)
	}

	fake.Fault(slackfake.Fault{Method: "blocks.validate", RetryAfter: time.Second, Times: 1})
	if _, r := c.ValidateMessage(t.Context(), good); !r.OK() {
		t.Errorf("%+v, want a call once more after the wait that Slack asks for", r)
	}
	for code, fault := range map[Code]slackfake.Fault{"server_error": {Status: 503}, noAnswer: {HTML: true}, "unknown_method": {Error: "unknown_method"}} {
		fault.Method, fault.Times = "blocks.validate", 1
		fake.Fault(fault)
		if objections, r := c.ValidateMessage(t.Context(), good); r.Code != code || len(objections) > 0 {
			t.Errorf("%+v, %+v, want %s", objections, r, code)
		}
	}
	if violations := fake.Violations(); len(violations) > 0 {
		t.Error(violations)
	}
}
