package slackfake_test

import (
	"net/http"
	"testing"

	"otsbot/bot/slackfake"
)

func TestTokensAreRevokedAndIssued(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	first, app := a.slack.BotToken(), a.slack.AppToken()
	says := func(method, token string) any {
		t.Helper()
		req, _ := http.NewRequest("POST", a.base+"/api/"+method, nil)
		req.Header.Set("Authorization", "Bearer "+token)
		_, v := a.do(req)
		return v["error"]
	}
	a.slack.SetBotTokens(first, "xoxb-2")
	expect(t, "the first", says("auth.test", first), nil)
	expect(t, "the second", says("auth.test", "xoxb-2"), nil)
	a.slack.SetBotTokens("xoxb-2")
	expect(t, "the first, revoked", says("auth.test", first), "token_revoked")
	expect(t, "the second", says("auth.test", "xoxb-2"), nil)
	expect(t, "the app token", says("apps.connections.open", app), nil)
	a.slack.SetAppTokens("xapp-2")
	expect(t, "the app token, revoked", says("apps.connections.open", app), "token_revoked")
	expect(t, "the second app token", says("apps.connections.open", "xapp-2"), nil)
	expect(t, "a bot token for a connection", says("apps.connections.open", "xoxb-2"), "not_allowed_token_type")
}
