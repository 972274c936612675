package slackapi

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// Grant is what Slack says of the bot token.
type Grant struct {
	Team, User, Enterprise string
	URL                    string // of the workspace in a browser
	scopes                 []string
}

// Workspace is the one that the token is for; "" if that isn't known or the
// token is one for many.
func (g *Grant) Workspace() string {
	if g == nil || g.Enterprise != "" || !strings.HasPrefix(g.Team, "T") {
		return ""
	}
	return g.Team
}

// Address is where the workspace is in a browser; "" if that isn't known to be
// one of Slack's.
func (g *Grant) Address() string {
	if g == nil || !strings.HasPrefix(g.URL, "https://") {
		return ""
	}
	return g.URL
}

// Has says whether the token has one of the scopes. One that isn't known has
// none.
func (g *Grant) Has(scopes ...string) bool {
	return g != nil && slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(g.scopes, s) })
}

// Known is the grant as far as Slack was asked already; nil if it wasn't.
func (c *Client) Known() *Grant { return c.grant.Load() }

// Grant asks what the bot token may do, unless Slack has said so before. It is
// nil if Slack doesn't answer.
func (c *Client) Grant(ctx context.Context) (*Grant, Result) {
	if g := c.grant.Load(); g != nil {
		return g, Result{}
	}
	api := c.api()
	g, err := ask(ctx, api.Client)
	if r := c.sort("auth.test", err); !r.OK() {
		return nil, r
	}
	c.tokens.Lock()
	defer c.tokens.Unlock()
	if c.api().bot == api.bot { // no other token was set meanwhile
		c.grant.Store(g)
	}
	return g, Result{}
}

// ask asks what the bot token of api may do.
func ask(ctx context.Context, api *slack.Client) (*Grant, error) {
	who, err := api.AuthTestContext(ctx)
	if err != nil {
		return nil, err
	}
	return &Grant{Team: who.TeamID, User: who.UserID, Enterprise: who.EnterpriseID, URL: who.URL,
		scopes: strings.Split(strings.ReplaceAll(who.Header.Get("X-OAuth-Scopes"), " ", ""), ",")}, nil
}

// mayAsk says whether the token has one of the scopes.
func (c *Client) mayAsk(ctx context.Context, scopes ...string) bool {
	g, _ := c.Grant(ctx)
	return g.Has(scopes...)
}

// User asks who somebody is. It is not known where the token may not ask, or
// Slack doesn't answer in time.
func (c *Client) User(ctx context.Context, id string) (*slack.User, bool) {
	if u, ok := c.people.get(id); ok {
		return u, true
	}
	return c.UserNow(ctx, id)
}

// UserNow is User of this moment, also if it was known a short while ago.
func (c *Client) UserNow(ctx context.Context, id string) (*slack.User, bool) {
	if !c.mayAsk(ctx, "users:read") {
		return nil, false
	}
	u, err := c.api().GetUserInfoContext(ctx, id)
	if !c.sort("users.info", err).OK() {
		return nil, false
	}
	c.people.put(id, u)
	return u, true
}

// IsForeign says whether somebody belongs to another organisation. In an
// Enterprise Grid people of other workspaces don't.
func (c *Client) IsForeign(ctx context.Context, u *slack.User) bool {
	g, _ := c.Grant(ctx)
	switch {
	case g == nil, u.TeamID == "", u.TeamID == g.Team:
		return u.IsStranger
	case g.Enterprise != "" && u.Enterprise.EnterpriseID == g.Enterprise:
		return false
	}
	return true
}

// Conversation is what is asked about one.
type Conversation struct {
	External bool   // people of other organisations read there, or are invited
	With     string // of a direct message: the other person
}

// Conversation asks about one. It is not known where the token may not ask, the
// app doesn't see it, or Slack doesn't answer.
func (c *Client) Conversation(ctx context.Context, id string) (Conversation, bool) {
	if at, ok := c.places.get(id); ok {
		return at, true
	}
	// Each kind of conversation has a scope of its own, and an id doesn't tell
	// the kind, https://docs.slack.dev/reference/methods/conversations.info
	if !c.mayAsk(ctx, "channels:read", "groups:read", "im:read", "mpim:read") {
		return Conversation{}, false
	}
	found, err := c.api().GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
	if r := sort(err); !r.OK() {
		// As for private conversations that the app isn't in, and for kinds
		// whose scope the admin didn't give: no fault of the token.
		if !r.Unproven {
			r.Code = "not_seen"
		}
		c.count("conversations.info", r)
		return Conversation{}, false
	}
	c.count("conversations.info", Result{})
	// Whoever is invited will read what was posted before.
	at := Conversation{External: found.IsExtShared || found.IsPendingExtShared}
	if found.IsIM {
		at.With = found.User
	}
	c.places.put(id, at)
	return at, true
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
