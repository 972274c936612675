package slackfake

import (
	"strings"
	"time"
)

func (w *Workspace) authTest(*call) reply {
	return reply{"url": w.base + "/", "team": teamDomain, "team_id": TeamID, "user": "app",
		"user_id": BotUserID, "bot_id": BotID, "is_enterprise_install": false}
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
	return reply{"channel": map[string]any{
		"id": channel.ID, "name": channel.Name, "is_channel": channel.Kind == Public || channel.Kind == Private,
		"is_im": channel.Kind == DM, "is_mpim": channel.Kind == GroupDM, "is_private": channel.Kind != Public,
		"is_archived": channel.Archived, "is_ext_shared": channel.ExternallyShared,
		"is_shared": channel.ExternallyShared, "is_member": channel.AppMember,
	}}
}

func (w *Workspace) userInfo(c *call) reply {
	u := w.users[c.str("user")]
	if u == nil {
		return fail("user_not_found")
	}
	_, offset := time.Now().In(u.zone()).Zone()
	return reply{"user": map[string]any{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "real_name": u.RealName, "deleted": u.Deactivated,
		"is_bot": u.Bot, "is_restricted": u.Guest || u.SingleChannelGuest, "is_ultra_restricted": u.SingleChannelGuest,
		"is_stranger": u.Stranger(), "tz": u.zone().String(), "tz_offset": offset,
		"profile": map[string]any{"real_name": u.RealName, "display_name": u.Name, "team": u.TeamID},
	}}
}
