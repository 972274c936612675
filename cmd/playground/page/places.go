package page

import (
	"strings"

	"otsbot/bot/slackfake"
	"otsbot/cmd/playground/blockkit"
)

// reader is a person as the renderer needs them: whose names, what time.
func (p *Page) reader(user slackfake.User, channel slackfake.Channel) blockkit.Reader {
	names := map[string]string{slackfake.BotUserID: p.options.App.Name, slackfake.SlackbotID: "Slackbot"}
	for _, u := range p.stage.Slack.Users() {
		names[u.ID] = u.Name
	}
	for _, c := range p.stage.Slack.Channels(user.ID) {
		names[c.ID] = p.called(user.ID, c)
	}
	return blockkit.Reader{Names: names, Current: channel.ID, Zone: user.TZ, Now: p.stage.Clock.Now()}
}

// called is a conversation's name: a DM is named for the other person.
func (p *Page) called(user string, c slackfake.Channel) string {
	if c.ID == p.stage.Slack.AppDM(user) {
		return p.options.App.Name
	}
	if c.Name != "" {
		return c.Name
	}
	var others []string
	for _, u := range p.stage.Slack.Users() {
		for _, member := range c.Members {
			if u.ID == member && member != user {
				others = append(others, u.RealName)
			}
		}
	}
	return strings.Join(others, ", ")
}

// badge says what sets somebody apart, where Slack has a sign at the picture.
func badge(u slackfake.User) string {
	switch {
	case u.Stranger():
		return "(other organization)"
	case u.Guest || u.SingleChannelGuest:
		return "(guest)"
	case u.Bot:
		return "(app)"
	}
	return ""
}

// sign stands before a conversation's name.
func sign(c slackfake.Channel) string {
	switch {
	case c.Kind == slackfake.Public:
		return "# "
	case c.Kind == slackfake.Private:
		return "🔒 "
	}
	return ""
}

func (p *Page) notes(user string, c slackfake.Channel) string {
	if c.ID == p.stage.Slack.AppDM(user) {
		return "Direct messages from the app, to you alone"
	}
	kind := map[slackfake.Kind]string{slackfake.Public: "Public channel", slackfake.Private: "Private channel",
		slackfake.DM: "Direct messages", slackfake.GroupDM: "Group direct messages"}[c.Kind]
	app := "the app is not a member"
	if c.AppMember {
		app = "the app is a member"
	}
	if c.ExternallyShared {
		kind += " · shared with another organization"
	}
	if c.Archived {
		app += " · archived"
	}
	return kind + " · " + app
}

func (p *Page) sidebar(user slackfake.User, current string) []section {
	channels, people, apps := section{Title: "Channels"}, section{Title: "Direct messages"}, section{Title: "Apps"}
	for _, c := range p.stage.Slack.Channels(user.ID) {
		link := placeLink{c.ID, sign(c) + p.called(user.ID, c), "/as/" + user.ID + "/" + c.ID, c.ID == current, 0}
		link.Unread = max(0, len(p.stage.Slack.Messages(user.ID, c.ID))-p.hasRead(user.ID, c.ID, 0)) // some may have been deleted
		switch {
		case c.ID == p.stage.Slack.AppDM(user.ID):
			apps.Places = append(apps.Places, link)
		case c.Kind == slackfake.DM || c.Kind == slackfake.GroupDM:
			people.Places = append(people.Places, link)
		default:
			channels.Places = append(channels.Places, link)
		}
	}
	return []section{channels, people, apps}
}

// hasRead notes that a person has seen so many messages of a conversation, and
// returns the most that was noted.
func (p *Page) hasRead(user, channel string, n int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := user + " " + channel
	p.read[key] = max(p.read[key], n)
	return p.read[key]
}
