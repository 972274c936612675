package slackfake_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"otsbot/bot/slackfake"
)

func TestATokenIsTakenFromHeaderAndFormOnly(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	bot, app := a.slack.BotToken(), a.slack.AppToken()
	for _, row := range []struct {
		name, method, header, query, body, kind string
		err, tokenIn                            any
		violation                               string
	}{
		{name: "header", method: "auth.test", header: "Bearer " + bot, tokenIn: "header"},
		{name: "form", method: "auth.test", body: "token=" + bot, kind: "application/x-www-form-urlencoded", tokenIn: "form"},
		{name: "query", method: "auth.test", query: "?token=" + bot, err: "not_authed", tokenIn: "query", violation: "sent a token in a query: auth.test"},
		{name: "json body", method: "auth.test", body: `{"token":"` + bot + `"}`, kind: "application/json; charset=utf-8", err: "not_authed", tokenIn: ""},
		{name: "none", method: "auth.test", err: "not_authed", tokenIn: ""},
		{name: "somebody else's", method: "auth.test", header: "Bearer xoxb-other", err: "invalid_auth", tokenIn: "header"},
		{name: "app token for a bot's method", method: "auth.test", header: "Bearer " + app, err: "not_allowed_token_type", tokenIn: "header"},
		{name: "bot token for a connection", method: "apps.connections.open", header: "Bearer " + bot, err: "not_allowed_token_type", tokenIn: "header"},
		{name: "app token for a connection", method: "apps.connections.open", header: "Bearer " + app, tokenIn: "header"},
		{name: "unknown method", method: "chat.shout", header: "Bearer " + bot, err: "unknown_method", tokenIn: "header", violation: "called an unknown method: chat.shout"},
	} {
		req, _ := http.NewRequest("POST", a.base+"/api/"+row.method+row.query, strings.NewReader(row.body))
		req.Header.Set("Content-Type", row.kind)
		req.Header.Set("Authorization", row.header)
		_, v := a.do(req)
		expect(t, row.name, v["error"], row.err)
		journal := a.slack.Journal()
		entry := journal[len(journal)-1]
		expect(t, row.name+": journal", entry.TokenIn, row.tokenIn)
		expect(t, row.name+": violation", entry.Violation, row.violation)
	}
}

func TestAMissingScopeIsNamed(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{Scopes: []string{"commands"}})
	for method, needed := range map[string]string{
		"chat.postMessage": "chat:write", "chat.update": "chat:write", "chat.delete": "chat:write",
		"chat.postEphemeral": "chat:write", "conversations.open": "im:write", "users.info": "users:read",
	} {
		v := a.call(method, m{"channel": "CGENERAL", "text": "x"})
		expect(t, method, v["error"], "missing_scope")
		expect(t, method+" needs", v["needed"], needed)
		expect(t, method+" provided", v["provided"], "commands")
	}
	expect(t, "info of a public channel", a.call("conversations.info", m{"channel": "CGENERAL"})["needed"], "channels:read")
	expect(t, "info of a private channel", a.call("conversations.info", m{"channel": "GPRIVATE"})["needed"], "groups:read")
}

func TestDefaultScopesAreTheLeast(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	expect(t, "provided", a.call("users.info", m{"user": "UANA"})["provided"], "commands,chat:write,chat:write.public")
}

func TestArgumentsInAMultipartForm(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("channel", "CGENERAL")
	w.WriteField("text", "hi")
	w.Close()
	req, _ := http.NewRequest("POST", a.base+"/api/chat.postMessage", &body)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Authorization", "Bearer "+a.slack.BotToken())
	_, v := a.do(req)
	expect(t, "posted", v["ok"], true)
}

func TestJSONWithoutCharsetIsWarnedAbout(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	req, _ := http.NewRequest("POST", a.base+"/api/api.test", strings.NewReader(`{}`))
	req.Header.Set("Content-Type", "application/json")
	_, v := a.do(req)
	expect(t, "warning", v["warning"], "missing_charset")
}

func TestOpenedDMsAndPeople(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{Scopes: []string{"im:write", "users:read", "channels:read"}})
	a.slack.AddUser(slackfake.User{ID: "UGONE", Name: "gone", Deactivated: true})
	a.slack.AddUser(slackfake.User{ID: "UBOT", Name: "robot", Bot: true})
	a.slack.AddUser(slackfake.User{ID: "UFAR", Name: "far", TeamID: "TOTHER"})
	for user, want := range map[string]any{
		"UANA": nil, "UGONE": "user_disabled", "UNOBODY": "user_not_found", "UFAR": "invalid_user_combination", "UBOT": "cannot_dm_bot",
	} {
		v := a.call("conversations.open", m{"users": user})
		expect(t, user, v["error"], want)
	}
	info := a.call("users.info", m{"user": "UGONE"})["user"].(m)
	expect(t, "deleted", info["deleted"], true)
	a.slack.EditChannel("CGENERAL", func(c *slackfake.Channel) { c.ExternallyShared = true })
	expect(t, "shared", a.call("conversations.info", m{"channel": "CGENERAL"})["channel"].(m)["is_ext_shared"], true)
}
