package slackfake_test

import (
	"testing"
	"time"

	"otsbot/bot/slackfake"
)

// command runs a command as ana and returns what came of it.
func (a *app) command(channel, text string) *slackfake.Interaction {
	a.t.Helper()
	return must[*slackfake.Interaction](a.t)(a.slack.Command(a.t.Context(), "UANA", channel, "/secret", text))
}

func TestAResponseURLReachesWhereverThePersonIs(t *testing.T) {
	t.Parallel()
	for _, channel := range []string{"CGENERAL", "CRANDOM", "GPRIVATE", "DANABEN"} {
		a := start(t, slackfake.Options{})
		a.answer(ackAll)
		url := a.command(channel, "x").ResponseURL
		status, v := a.respond(url, m{"text": "only you"})
		expect(t, channel, status, 200)
		expect(t, channel+" answers", v["body"], "ok")
		expect(t, channel+": ben sees", len(a.slack.Messages("UBEN", channel)), 0)
		a.respond(url, m{"text": "all", "response_type": "in_channel"})
		expect(t, channel+": ben sees", len(a.slack.Messages("UBEN", channel)), 1)
		seen := a.slack.Messages("UANA", channel)
		expect(t, channel+": ana sees", texts(seen), []string{"only you", "all"})
		expect(t, channel+": types", []string{seen[0].ResponseType, seen[1].ResponseType}, []string{"ephemeral", "in_channel"})
		expect(t, channel+": ephemeral", []bool{seen[0].Ephemeral, seen[1].Ephemeral}, []bool{true, false})
	}
}

func TestAResponseURLIsGoodForFiveUsesInThirtyMinutes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := start(t, slackfake.Options{Clock: func() time.Time { return now }})
	a.answer(ackAll)
	used, old := a.command("CGENERAL", "x").ResponseURL, a.command("CGENERAL", "x").ResponseURL
	for range 5 {
		status, _ := a.respond(used, m{"text": "x"})
		expect(t, "use", status, 200)
	}
	status, v := a.respond(used, m{"text": "x"})
	expect(t, "sixth use", status, 404)
	expect(t, "sixth use", v["error"], "used_url")
	now = now.Add(30*time.Minute + time.Second)
	status, v = a.respond(old, m{"text": "x"})
	expect(t, "too late", status, 404)
	expect(t, "too late", v["error"], "expired_url")
	status, v = a.respond(a.base+"/commands/T/1/none", m{"text": "x"})
	expect(t, "never was", status, 404)
	expect(t, "never was", v["error"], "no_service")
}

func TestWhatAResponseURLRefuses(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.answer(ackAll)
	url := a.command("CGENERAL", "x").ResponseURL
	for _, row := range []struct {
		name string
		body m
		want string
	}{
		{"nothing", m{}, "no_text"},
		{"blocks that are none", m{"blocks": []m{{"type": "nonsense"}}}, "invalid_blocks"},
	} {
		status, v := a.respond(url, row.body)
		expect(t, row.name, status, 400)
		expect(t, row.name, v["error"], row.want)
	}
	expect(t, "violations", len(a.slack.Violations()), 2)
	a.slack.EditChannel("CGENERAL", func(c *slackfake.Channel) { c.Archived = true })
	_, v := a.respond(url, m{"text": "x"})
	expect(t, "archived meanwhile", v["error"], "is_archived")
}

func TestAButtonsResponseURLChangesItsMessage(t *testing.T) {
	t.Parallel()
	button := []m{section("press"), {"type": "actions", "elements": []m{{"type": "button", "action_id": "go", "text": m{"type": "plain_text", "text": "Go"}}}}}
	a := start(t, slackfake.Options{})
	a.answer(ackAll)
	a.call("chat.postEphemeral", m{"channel": "CGENERAL", "user": "UANA", "text": "t", "blocks": button})
	shown := a.slack.Messages("UANA", "CGENERAL")[0]
	expect(t, "buttons", shown.Buttons(), []string{"Go"})
	url := must[*slackfake.Interaction](t)(a.slack.Press(t.Context(), "UANA", shown, "Go")).ResponseURL
	a.respond(url, m{"text": "done", "replace_original": true})
	all := a.slack.Messages("UANA", "CGENERAL")
	expect(t, "still one message", len(all), 1)
	expect(t, "replaced", all[0].PlainText(), "done")
	expect(t, "still ephemeral", len(a.slack.Messages("UBEN", "CGENERAL")), 0)
	a.respond(url, m{"delete_original": true})
	expect(t, "deleted", len(a.slack.Messages("UANA", "CGENERAL")), 0)
	if _, err := a.slack.Press(t.Context(), "UANA", shown, "go"); err == nil {
		t.Error("a deleted message could be pressed")
	}
}

func TestAResponseURLPostIsWatchedForLinks(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.answer(ackAll)
	url := a.command("CGENERAL", "x").ResponseURL
	link := "https://ots.example.com/secret/abc"
	a.respond(url, m{"text": link, "unfurl_links": false, "unfurl_media": false})
	expect(t, "flags false", len(a.slack.LinkFetches()), 0)
	a.respond(url, m{"text": link})
	expect(t, "no flags", a.slack.LinkFetches(), []string{link})
}
