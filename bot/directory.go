package bot

import (
	"cmp"
	"context"
	"time"

	"otsbot/bot/internal/rules"
	"otsbot/bot/internal/slackapi"
)

// slackbot is in every workspace, and no person.
const slackbot = "USLACKBOT"

// directory is what Slack tells the rules.
type directory struct{ slack *slackapi.Client }

// People implements [rules.Directory].
func (d directory) People(ctx context.Context, ids []string) []*rules.Person {
	people := make([]*rules.Person, len(ids))
	each(len(ids), func(i int) {
		if u, known := d.slack.User(ctx, ids[i]); known {
			people[i] = &rules.Person{
				Name:    cmp.Or(u.Profile.DisplayName, u.RealName, u.Name),
				Gone:    u.Deleted,
				App:     u.IsBot || ids[i] == slackbot,
				Guest:   u.IsRestricted || u.IsUltraRestricted,
				Foreign: d.slack.IsForeign(ctx, u),
			}
		}
	})
	return people
}

// SeesPlaces implements [rules.Directory]. Slack is asked only while it hasn't
// answered the start's own question, and not for long: a form that is about to
// open has a trigger that lives three seconds.
func (d directory) SeesPlaces(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, grantTime)
	defer cancel()
	g, _ := d.slack.Grant(ctx)
	return g.Has("channels:read") && g.Has("groups:read") && g.Has("im:read") && g.Has("mpim:read")
}

// grantTime bounds the question what the app may ask, before a form opens.
const grantTime = 500 * time.Millisecond

// Place implements [rules.Directory].
func (d directory) Place(ctx context.Context, channel string) (rules.Place, bool) {
	at, known := d.slack.Conversation(ctx, channel)
	return rules.Place{External: at.External, With: at.With}, known
}
