package slackfake

import (
	"cmp"
	"strings"
	"time"
)

func (w *Workspace) authTest(*call) reply {
	r := reply{"url": w.base + "/", "team": teamDomain, "team_id": TeamID, "user": "app",
		"user_id": BotUserID, "bot_id": BotID, "is_enterprise_install": false}
	if w.opt.Enterprise {
		r["enterprise_id"] = EnterpriseID
	}
	return r
}

// openConversation is conversations.open for the DM with one person.
func (w *Workspace) openConversation(c *call) reply {
	id := c.str("users")
	if channel := w.channels[c.str("channel")]; channel != nil && w.isAppDM(channel) {
		id = channel.Members[0]
	}
	u := w.users[id]
	switch {
	case strings.Contains(id, ","):
		return w.missingScope("mpim:write")
	case u == nil:
		return fail("user_not_found")
	case u.Deactivated:
		return fail("user_disabled")
	case u.Stranger():
		return fail("invalid_user_combination")
	case u.Bot:
		return fail("cannot_dm_bot")
	}
	return reply{"no_op": true, "already_open": true, "channel": map[string]any{"id": w.appDM(id).ID}}
}

// conversationInfo needs the read scope of the kind of conversation.
func (w *Workspace) conversationInfo(c *call) reply {
	channel := w.channels[c.str("channel")]
	if channel == nil {
		if r := w.missingScope("channels:read", "groups:read", "im:read", "mpim:read"); r != nil {
			return r
		}
		return fail("channel_not_found")
	}
	scope := map[Kind]string{Public: "channels:read", Private: "groups:read", DM: "im:read", GroupDM: "mpim:read"}[channel.Kind]
	if r := w.missingScope(scope); r != nil {
		return r
	}
	if channel.Kind != Public && !channel.AppMember {
		return fail("channel_not_found")
	}
	info := map[string]any{
		"id": channel.ID, "name": channel.Name, "is_channel": channel.Kind == Public || channel.Kind == Private,
		"is_im": channel.Kind == DM, "is_mpim": channel.Kind == GroupDM, "is_private": channel.Kind != Public,
		"is_archived": channel.Archived, "is_member": channel.AppMember,
		"is_ext_shared": channel.ExternallyShared, "is_pending_ext_shared": channel.PendingShare,
		"is_org_shared": channel.OrgShared, "is_shared": channel.ExternallyShared || channel.OrgShared,
	}
	if w.isAppDM(channel) {
		info["user"] = channel.Members[0]
	}
	return reply{"channel": info}
}

// userInfo describes a person as https://docs.slack.dev/reference/objects/user-object
// does. is_stranger is false of an outsider whom the app could meet in a
// channel: who asks whether somebody is of another organisation has to look at
// the team, and on Enterprise Grid at the organisation.
func (w *Workspace) userInfo(c *call) reply {
	u := w.described(c.str("user"))
	if u == nil {
		return fail("user_not_found")
	}
	_, offset := time.Now().In(u.zone()).Zone()
	info := map[string]any{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "real_name": u.RealName, "deleted": u.Deactivated,
		"is_bot": u.Bot, "is_app_user": false, "tz": u.zone().String(), "tz_offset": offset,
		"is_restricted": u.Guest || u.SingleChannelGuest, "is_ultra_restricted": u.SingleChannelGuest,
		"is_stranger": u.Stranger() && !w.appMeets(u.ID),
		"profile":     map[string]any{"real_name": u.RealName, "display_name": u.Name, "team": u.TeamID},
	}
	// Not without being asked for: https://docs.slack.dev/changelog/2017-09-locale-locale-locale
	if c.isTrue("include_locale") {
		info["locale"] = cmp.Or(u.Locale, "en-US")
	}
	switch {
	case u.EnterpriseID != "":
		info["enterprise_user"] = map[string]any{"id": u.ID, "enterprise_id": u.EnterpriseID, "teams": []string{u.TeamID}}
	case w.opt.Enterprise && u.TeamID == TeamID:
		info["enterprise_user"] = map[string]any{"id": u.ID, "enterprise_id": EnterpriseID, "teams": []string{TeamID}}
	}
	return reply{"user": info}
}

// described is somebody who was added, the app's own bot, or Slackbot, of whom
// Slack says that it is no bot, https://github.com/slackapi/bolt-js/issues/794
func (w *Workspace) described(id string) *User {
	switch id {
	case BotUserID:
		return &User{ID: id, Name: "app", RealName: "app", TeamID: TeamID, Bot: true}
	case SlackbotID:
		return &User{ID: id, Name: "slackbot", RealName: "Slackbot", TeamID: TeamID}
	}
	return w.users[id]
}

// appMeets tells whether somebody is in a channel that the app could look into.
func (w *Workspace) appMeets(id string) bool {
	for _, c := range w.channels {
		if c.has(id) && !w.isAppDM(c) && (c.AppMember || c.Kind == Public) {
			return true
		}
	}
	return false
}
