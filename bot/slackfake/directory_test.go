package slackfake_test

import (
	"testing"

	"otsbot/bot/slackfake"
)

func TestWhatSlackSaysOfPeople(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{Scopes: []string{"users:read"}, Enterprise: true})
	people(a.slack)
	organisation := func(u m) any {
		e, _ := u["enterprise_user"].(m)
		return e["enterprise_id"]
	}
	for _, row := range []struct {
		id                         string
		team, org                  any
		gone, bot, guest, stranger bool
	}{
		{id: "UANA", team: slackfake.TeamID, org: slackfake.EnterpriseID},
		{id: "UGONE", team: slackfake.TeamID, org: slackfake.EnterpriseID, gone: true},
		{id: "UROBOT", team: slackfake.TeamID, org: slackfake.EnterpriseID, bot: true},
		{id: "UGUEST", team: slackfake.TeamID, org: slackfake.EnterpriseID, guest: true},
		{id: "USISTER", team: "TSISTER", org: slackfake.EnterpriseID},
		{id: "UFAR", team: "TOTHER", stranger: true},
		{id: "UMET", team: "TOTHER"}, // an outsider, but no stranger: they are in a channel that the app could look into
		{id: slackfake.SlackbotID, team: slackfake.TeamID, org: slackfake.EnterpriseID},
		{id: slackfake.BotUserID, team: slackfake.TeamID, org: slackfake.EnterpriseID, bot: true},
	} {
		u, _ := a.call("users.info", m{"user": row.id})["user"].(m)
		expect(t, row.id+": team", u["team_id"], row.team)
		expect(t, row.id+": organisation", organisation(u), row.org)
		expect(t, row.id+": flags", []any{u["deleted"], u["is_bot"], u["is_restricted"], u["is_stranger"]},
			[]any{row.gone, row.bot, row.guest, row.stranger})
	}
	expect(t, "nobody", a.call("users.info", m{"user": "UNOBODY"})["error"], "user_not_found")
}

func TestTheOrganisationIsToldWhereThereIsOne(t *testing.T) {
	t.Parallel()
	for enterprise, want := range map[bool]any{false: nil, true: slackfake.EnterpriseID} {
		a := start(t, slackfake.Options{Enterprise: enterprise})
		expect(t, "auth.test", a.call("auth.test", m{})["enterprise_id"], want)
	}
}

func TestWhatSlackSaysOfConversations(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{Scopes: []string{"channels:read", "groups:read", "im:read", "mpim:read"}})
	flags := func(id string) []any {
		c, _ := a.call("conversations.info", m{"channel": id})["channel"].(m)
		return []any{c["is_ext_shared"], c["is_pending_ext_shared"], c["is_org_shared"], c["is_shared"]}
	}
	for name, row := range map[string]struct {
		change func(*slackfake.Channel)
		want   []any
	}{
		"its own":           {func(*slackfake.Channel) {}, []any{false, false, false, false}},
		"Slack Connect":     {func(c *slackfake.Channel) { c.ExternallyShared = true }, []any{true, false, false, true}},
		"invitation is out": {func(c *slackfake.Channel) { c.PendingShare = true }, []any{false, true, false, false}},
		"in the same org":   {func(c *slackfake.Channel) { c.OrgShared = true }, []any{false, false, true, true}},
	} {
		a.slack.EditChannel("CRANDOM", func(c *slackfake.Channel) {
			c.ExternallyShared, c.PendingShare, c.OrgShared = false, false, false
			row.change(c)
		})
		expect(t, name, flags("CRANDOM"), row.want)
	}
	dm := a.slack.AppDM("UANA")
	expect(t, "the DM with the app", a.call("conversations.info", m{"channel": dm})["channel"].(m)["user"], "UANA")
	expect(t, "a DM between people", a.call("conversations.info", m{"channel": "DANABEN"})["error"], "channel_not_found")
	expect(t, "a private channel without the app", a.call("conversations.info", m{"channel": "GPRIVATE"})["error"], "channel_not_found")
}

func TestAFaultCanBefallOnePerson(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{Scopes: []string{"chat:write", "users:read"}})
	clear := a.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: "UBEN", Error: "fatal_error"})
	post := func(to string) any { return a.call("chat.postMessage", m{"channel": to, "text": "hi"})["error"] }
	expect(t, "ana", post("UANA"), nil)
	expect(t, "ben", post("UBEN"), "fatal_error")
	expect(t, "ben, by the DM's id", post(a.slack.AppDM("UBEN")), "fatal_error")
	expect(t, "a channel", post("CGENERAL"), nil)
	clear()
	expect(t, "ben, afterwards", post("UBEN"), nil)
	a.slack.Fault(slackfake.Fault{Method: "users.info", Channel: "UBEN", Error: "user_not_visible"})
	expect(t, "who ben is", a.call("users.info", m{"user": "UBEN"})["error"], "user_not_visible")
	expect(t, "who ana is", a.call("users.info", m{"user": "UANA"})["error"], nil)
}
