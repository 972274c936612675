package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/rules"
)

// slackbot is in every workspace, and no person.
const slackbot = "USLACKBOT"

// grant is what Slack says of the bot token.
type grant struct {
	team, user, enterprise string
	scopes                 []string
}

// workspace is the one that the token is for; "" if that isn't known or the
// token is one for many.
func (g *grant) workspace() string {
	if g == nil || g.enterprise != "" || !strings.HasPrefix(g.team, "T") {
		return ""
	}
	return g.team
}

func (g *grant) has(scope string) bool { return slices.Contains(g.scopes, scope) }

// granted asks what the bot token may do, unless Slack has said so before. It
// returns nil if Slack doesn't answer.
func (b *Bot) granted(ctx context.Context) (*grant, string) {
	if g := b.grant.Load(); g != nil {
		return g, ""
	}
	who, err := b.slack.AuthTestContext(ctx)
	if _, code := b.sort("auth.test", err); code != "" {
		return nil, code
	}
	g := &grant{team: who.TeamID, user: who.UserID, enterprise: who.EnterpriseID,
		scopes: strings.Split(strings.ReplaceAll(who.Header.Get("X-OAuth-Scopes"), " ", ""), ",")}
	b.grant.Store(g)
	return g, ""
}

// mayAsk says whether the token has one of the scopes.
func (b *Bot) mayAsk(ctx context.Context, scopes ...string) bool {
	g, _ := b.granted(ctx)
	return g != nil && slices.ContainsFunc(scopes, g.has)
}

// lookUp asks who somebody is. It is not known where the token may not ask, or
// Slack doesn't answer in time.
func (b *Bot) lookUp(ctx context.Context, user string) (*slack.User, bool) {
	if u, ok := b.people.get(user); ok {
		return u, true
	}
	if !b.mayAsk(ctx, "users:read") {
		return nil, false
	}
	u, err := b.slack.GetUserInfoContext(ctx, user)
	if _, code := b.sort("users.info", err); code != "" {
		return nil, false
	}
	b.people.put(user, u)
	return u, true
}

// directory is what Slack tells the rules.
type directory struct{ b *Bot }

// People implements [rules.Directory].
func (d directory) People(ctx context.Context, ids []string) []*rules.Person {
	people := make([]*rules.Person, len(ids))
	each(len(ids), func(i int) {
		if u, known := d.b.lookUp(ctx, ids[i]); known {
			people[i] = &rules.Person{
				Name:    cmp.Or(u.Profile.DisplayName, u.RealName, u.Name),
				Gone:    u.Deleted,
				App:     u.IsBot || ids[i] == slackbot,
				Guest:   u.IsRestricted || u.IsUltraRestricted,
				Foreign: d.b.isForeign(ctx, u),
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
	g, _ := d.b.granted(ctx)
	return g != nil && g.has("channels:read") && g.has("groups:read") && g.has("im:read") && g.has("mpim:read")
}

// grantTime bounds the question what the app may ask, before a form opens.
const grantTime = 500 * time.Millisecond

// Place implements [rules.Directory].
func (d directory) Place(ctx context.Context, channel string) (at rules.Place, known bool) {
	b := d.b
	if at, ok := b.places.get(channel); ok {
		return at, true
	}
	// Each kind of conversation has a scope of its own, and an id doesn't tell
	// the kind, https://docs.slack.dev/reference/methods/conversations.info
	if !b.mayAsk(ctx, "channels:read", "groups:read", "im:read", "mpim:read") {
		return at, false
	}
	c, err := b.slack.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
	if f, code := classify(err); code != "" {
		// As for private conversations that the app isn't in, and for kinds
		// whose scope the admin didn't give: no fault of the token.
		b.metrics.slack("conversations.info", f, "")
		return at, false
	}
	b.metrics.slack("conversations.info", none, "")
	// Who is invited will read what was posted before.
	at = rules.Place{External: c.IsExtShared || c.IsPendingExtShared}
	if c.IsIM {
		at.With = c.User
	}
	b.places.put(channel, at)
	return at, true
}

// isForeign says whether somebody belongs to another organisation. In an
// Enterprise Grid people of other workspaces don't.
func (b *Bot) isForeign(ctx context.Context, u *slack.User) bool {
	g, _ := b.granted(ctx)
	switch {
	case g == nil, u.TeamID == "", u.TeamID == g.team:
		return u.IsStranger
	case g.enterprise != "" && u.Enterprise.EnterpriseID == g.enterprise:
		return false
	}
	return true
}

const (
	// rememberedFor is for how long a fact about a person or a conversation
	// is not asked again: users.info and conversations.info allow 100 and 50
	// calls a minute, https://docs.slack.dev/apis/web-api/rate-limits
	rememberedFor = 5 * time.Minute
	// rememberedFacts bounds the memory.
	rememberedFacts = 4096
)

// facts remembers what Slack said a short while ago.
type facts[V any] struct {
	mu  sync.Mutex
	all map[string]fact[V]
}

type fact[V any] struct {
	value V
	until time.Time
}

func (f *facts[V]) get(id string) (V, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	found, ok := f.all[id]
	return found.value, ok && time.Now().Before(found.until)
}

func (f *facts[V]) put(id string, value V) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all == nil || len(f.all) >= rememberedFacts {
		f.all = map[string]fact[V]{}
	}
	f.all[id] = fact[V]{value, time.Now().Add(rememberedFor)}
}
