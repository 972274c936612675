package slackfake_test

import (
	"net/http"
	"strings"
	"testing"

	"otsbot/bot/slackfake"
)

func TestWhereTheAppMayPost(t *testing.T) {
	t.Parallel()
	public := []string{"chat:write", "chat:write.public"}
	for _, row := range []struct {
		name, channel string
		scopes        []string
		change        func(*slackfake.Channel)
		want          any
	}{
		{name: "a member", channel: "CGENERAL", scopes: public},
		{name: "public channel, not a member", channel: "CRANDOM", scopes: public},
		{name: "public channel, not a member, without chat:write.public", channel: "CRANDOM", scopes: []string{"chat:write"}, want: "not_in_channel"},
		{name: "private channel, not a member", channel: "GPRIVATE", scopes: public, want: "channel_not_found"},
		{name: "private channel, a member", channel: "GPRIVATE", scopes: public, change: func(c *slackfake.Channel) { c.AppMember = true }},
		{name: "DM between people", channel: "DANABEN", scopes: public, want: "channel_not_found"},
		{name: "no such channel", channel: "CNOWHERE", scopes: public, want: "channel_not_found"},
		{name: "no channel", channel: "", scopes: public, want: "invalid_arguments"},
		{name: "archived", channel: "CGENERAL", scopes: public, change: func(c *slackfake.Channel) { c.Archived = true }, want: "is_archived"},
		{name: "restricted", channel: "CGENERAL", scopes: public,
			change: func(c *slackfake.Channel) { c.Restricted = "restricted_action_read_only_channel" }, want: "restricted_action_read_only_channel"},
		{name: "a person", channel: "UANA", scopes: public},
		{name: "no such person", channel: "UNOBODY", scopes: public, want: "channel_not_found"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			a := start(t, slackfake.Options{Scopes: row.scopes})
			if row.change != nil {
				a.slack.EditChannel(row.channel, row.change)
			}
			v := a.call("chat.postMessage", m{"channel": row.channel, "text": "hi"})
			expect(t, "error", v["error"], row.want)
		})
	}
}

func TestWhomTheAppMayWriteTo(t *testing.T) {
	t.Parallel()
	post := func(a *app) any { return a.call("chat.postMessage", m{"channel": "UANA", "text": "hi"})["error"] }
	edit := func(change func(*slackfake.User)) *app {
		a := start(t, slackfake.Options{})
		a.slack.EditUser("UANA", change)
		return a
	}
	expect(t, "DMs off", post(edit(func(u *slackfake.User) { u.DMsOff = true })), "messages_tab_disabled")
	slackbot := start(t, slackfake.Options{}).call("chat.postMessage", m{"channel": slackfake.SlackbotID, "text": "hi"})
	expect(t, "Slackbot", slackbot["error"], "channel_not_found")
	expect(t, "another app's bot", post(edit(func(u *slackfake.User) { u.Bot = true })), "channel_not_found")
	expect(t, "a stranger", post(edit(func(u *slackfake.User) { u.TeamID = "TOTHER" })), "channel_not_found")
	gone := edit(func(u *slackfake.User) { u.Deactivated = true })
	expect(t, "deactivated, no DM yet", post(gone), "channel_not_found")
	gone.slack.AppDM("UANA")
	expect(t, "deactivated, with a DM: Slack says nothing", post(gone), nil)
}

func TestAPersonsIDOpensTheDMWithTheApp(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	v := a.call("chat.postMessage", m{"channel": "UANA", "text": "hi"})
	expect(t, "channel", v["channel"], a.slack.AppDM("UANA"))
	expect(t, "ana sees", len(a.slack.Messages("UANA", a.slack.AppDM("UANA"))), 1)
	expect(t, "ben sees", len(a.slack.Messages("UBEN", a.slack.AppDM("UANA"))), 0)
	up := a.call("chat.update", m{"channel": "UANA", "ts": v["ts"], "text": "ho"})
	expect(t, "an update wants the DM's id", up["error"], "channel_not_found")
	up = a.call("chat.update", m{"channel": v["channel"], "ts": v["ts"], "text": "ho"})
	expect(t, "updated", up["ok"], true)
	expect(t, "text", a.slack.Messages("UANA", a.slack.AppDM("UANA"))[0].PlainText(), "ho")
}

func TestAMessagesText(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	post := func(args m) m { args["channel"] = "CGENERAL"; return a.call("chat.postMessage", args) }
	expect(t, "nothing", post(m{})["error"], "no_text")
	expect(t, "not an array", post(m{"blocks": "{}"})["error"], "invalid_blocks_format")
	expect(t, "too long is cut", post(m{"text": strings.Repeat("x", 40_001)})["warning"], "message_truncated")
	v := post(m{"text": "x"})
	long := a.call("chat.update", m{"channel": "CGENERAL", "ts": v["ts"], "text": strings.Repeat("x", 4_001)})
	expect(t, "an edit is shorter", long["error"], "msg_too_long")
	expect(t, "an edit without blocks removes them", func() string {
		v := post(m{"text": "x", "blocks": []m{section("y")}})
		a.call("chat.update", m{"channel": "CGENERAL", "ts": v["ts"], "text": "z"})
		all := a.slack.Messages("UANA", "CGENERAL")
		return all[len(all)-1].PlainText()
	}(), "z")
}

func TestOnlyOwnMessagesCanBeChanged(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	theirs := must[slackfake.Message](t)(a.slack.PostAs("UANA", "CGENERAL", "mine"))
	eph := a.call("chat.postEphemeral", m{"channel": "CGENERAL", "user": "UANA", "text": "psst"})
	for _, row := range []struct {
		name, method string
		ts, want     any
	}{
		{"update of a person's", "chat.update", theirs.TS, "cant_update_message"},
		{"delete of a person's", "chat.delete", theirs.TS, "cant_delete_message"},
		{"update of an ephemeral one", "chat.update", eph["message_ts"], "message_not_found"},
		{"update of none", "chat.update", "1.2", "message_not_found"},
	} {
		v := a.call(row.method, m{"channel": "CGENERAL", "ts": row.ts, "text": "x"})
		expect(t, row.name, v["error"], row.want)
	}
}

func TestAnEphemeralMessageNeedsBothInTheConversation(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	post := func(channel, user string) any {
		return a.call("chat.postEphemeral", m{"channel": channel, "user": user, "text": "psst"})["error"]
	}
	expect(t, "both", post("CGENERAL", "UANA"), nil)
	expect(t, "the person isn't", post("CGENERAL", "UCAL"), "user_not_in_channel")
	expect(t, "the app isn't", post("CRANDOM", "UANA"), "not_in_channel")
	expect(t, "the app can't know of it", post("GPRIVATE", "UANA"), "channel_not_found")
	expect(t, "ana sees", len(a.slack.Messages("UANA", "CGENERAL")), 1)
	expect(t, "ben sees", len(a.slack.Messages("UBEN", "CGENERAL")), 0)
}

func TestThreads(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	root := must[slackfake.Message](t)(a.slack.PostAs("UANA", "CGENERAL", "root"))
	a.call("chat.postMessage", m{"channel": "CGENERAL", "thread_ts": root.TS, "text": "reply"})
	expect(t, "thread", a.slack.Messages("UBEN", "CGENERAL")[1].ThreadTS, root.TS)
	if err := a.slack.DeleteMessage("UANA", root); err != nil {
		t.Fatal(err)
	}
	v := a.call("chat.postMessage", m{"channel": "CGENERAL", "thread_ts": root.TS, "text": "reply"})
	expect(t, "the root is gone", v["ok"], true)
	expect(t, "so it is in the conversation", v["message"].(m)["thread_ts"], nil)
}

func TestSlackFetchesLinksUnlessBothFlagsAreFalse(t *testing.T) {
	t.Parallel()
	const link = "https://ots.example.com/secret/abc"
	off := m{"unfurl_links": false, "unfurl_media": false}
	with := func(base m, more m) m {
		v := m{"channel": "CGENERAL", "text": "see " + link}
		for _, add := range []m{base, more} {
			for k, x := range add {
				v[k] = x
			}
		}
		return v
	}
	for _, row := range []struct {
		name string
		args m
		want int
	}{
		{"both false", with(off, nil), 0},
		{"neither given", with(nil, nil), 1},
		{"one false", with(m{"unfurl_links": false}, nil), 1},
		{"no link", with(nil, m{"text": "nothing"}), 0},
		{"in blocks only", with(nil, m{"text": "nothing", "blocks": []m{section("<" + link + "|here>")}}), 1},
		{"in code", with(nil, m{"text": "`" + link + "`"}), 1},
	} {
		a := start(t, slackfake.Options{})
		a.call("chat.postMessage", row.args)
		expect(t, row.name, len(a.slack.LinkFetches()), row.want)
	}
	a := start(t, slackfake.Options{})
	req, _ := http.NewRequest("POST", a.base+"/api/chat.postMessage", strings.NewReader(
		form("channel", "CGENERAL", "text", link, "unfurl_links", "false", "unfurl_media", "false").Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+a.slack.BotToken())
	_, v := a.do(req)
	expect(t, "posted by form", v["ok"], true)
	expect(t, "both false in a form", len(a.slack.LinkFetches()), 0)
	a.call("chat.update", m{"channel": "CGENERAL", "ts": v["ts"], "text": link + " again"})
	expect(t, "an edit that keeps the link", len(a.slack.LinkFetches()), 0)
	a.call("chat.update", m{"channel": "CGENERAL", "ts": v["ts"], "text": "https://other.example.com"})
	expect(t, "an edit that brings one", len(a.slack.LinkFetches()), 1)
}
