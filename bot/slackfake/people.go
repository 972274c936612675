package slackfake

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// User is a person, or another app's bot, in the workspace.
type User struct {
	ID, Name string
	// RealName is the full name; empty: Name.
	RealName string
	// TeamID is the workspace that the person belongs to. Empty: this one;
	// another: a stranger, met in a shared channel.
	TeamID string
	// EnterpriseID is the organisation that the person's workspace belongs to,
	// on Enterprise Grid. With [EnterpriseID], somebody of another workspace is
	// a colleague all the same.
	EnterpriseID string
	// Deactivated people can be named but not written to.
	Deactivated bool
	// Bot is set for other apps' bots.
	Bot bool
	// Guest is a multi-channel guest (is_restricted), SingleChannelGuest a
	// guest of one channel (is_ultra_restricted).
	Guest, SingleChannelGuest bool
	// DMsOff: the app can't write to this person (messages_tab_disabled).
	DMsOff bool
	// TZ is where the person's dates are shown. Nil: UTC.
	TZ *time.Location
	// Locale is the language that the person uses Slack in. Empty: en-US.
	Locale string
}

// Stranger tells whether the person belongs to another organisation.
func (u User) Stranger() bool {
	return u.TeamID != "" && u.TeamID != TeamID && u.EnterpriseID != EnterpriseID
}

func (u User) zone() *time.Location {
	if u.TZ == nil {
		return time.UTC
	}
	return u.TZ
}

// Kind is what sort of conversation a channel is.
type Kind int

// The kinds of conversations.
const (
	Public Kind = iota
	Private
	DM
	GroupDM
)

// Channel is a conversation: a channel, a DM or a group DM.
type Channel struct {
	// ID is made up when empty.
	ID, Name string
	Kind     Kind
	// Members are the people in it, by id; the app is in it with AppMember.
	Members   []string
	AppMember bool
	Archived  bool
	// ExternallyShared: a Slack Connect channel. PendingShare: an invitation to
	// another organisation is out. OrgShared: with the other workspaces of the
	// same organisation, on Enterprise Grid.
	ExternallyShared, PendingShare, OrgShared bool
	// Restricted is the error code that the app's posts get there, such as
	// restricted_action. Response URLs bypass it, as they do in Slack.
	Restricted string
}

func (c *Channel) has(user string) bool { return slices.Contains(c.Members, user) }

// sees: members see a conversation, and a public one everybody of the workspace
// who is not a guest. Called with the lock held.
func (w *Workspace) sees(user string, c *Channel) bool {
	u := w.users[user]
	return c.has(user) || c.Kind == Public && u != nil && !u.Guest && !u.SingleChannelGuest && !u.Stranger()
}

// payloadName is the name that Slack gives a conversation in payloads, which
// for all but public channels hides the real one.
func (c *Channel) payloadName() string {
	switch c.Kind {
	case Private:
		return "privategroup"
	case DM:
		return "directmessage"
	case GroupDM:
		return "mpdm"
	default:
		return c.Name
	}
}

// AddUser adds a person and returns what was added.
func (w *Workspace) AddUser(u User) User {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u.ID == "" {
		u.ID = w.newID("U")
	}
	if u.RealName == "" {
		u.RealName = u.Name
	}
	if u.TeamID == "" {
		u.TeamID = TeamID
	}
	w.users[u.ID] = &u
	w.broadcast()
	return u
}

// EditUser changes a person: deactivated now, DMs off, another time zone.
func (w *Workspace) EditUser(id string, change func(*User)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u := w.users[id]; u != nil {
		change(u)
		w.broadcast()
	}
}

// Users returns the people, ordered by id.
func (w *Workspace) Users() []User {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []User
	for _, u := range w.users {
		all = append(all, *u)
	}
	slices.SortFunc(all, func(a, b User) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// AddChannel adds a conversation and returns what was added.
func (w *Workspace) AddChannel(c Channel) Channel {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c.ID == "" {
		c.ID = w.newID(map[Kind]string{Public: "C", Private: "G", DM: "D", GroupDM: "G"}[c.Kind])
	}
	w.addChannel(&c)
	w.broadcast()
	return c
}

func (w *Workspace) addChannel(c *Channel) {
	c.Members = slices.Clone(c.Members)
	if w.channels[c.ID] == nil {
		w.order = append(w.order, c.ID)
	}
	w.channels[c.ID] = c
}

// EditChannel changes a conversation in the middle of things: archive it,
// invite the app, restrict it.
func (w *Workspace) EditChannel(id string, change func(*Channel)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.channels[id]; c != nil {
		change(c)
		w.broadcast()
	}
}

// Channels returns the conversations that a person sees in the sidebar, in the
// order they were added; all of them when user is empty.
func (w *Workspace) Channels(user string) []Channel {
	w.mu.Lock()
	defer w.mu.Unlock()
	var seen []Channel
	for _, id := range w.order {
		c := w.channels[id]
		if user == "" || w.sees(user, c) {
			seen = append(seen, *c)
		}
	}
	return seen
}

// AppDM returns the id of a person's DM with the app.
func (w *Workspace) AppDM(user string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.appDM(user).ID
}

func appDMID(user string) string { return "D" + user + "APP" }

func (w *Workspace) appDM(user string) *Channel {
	id := appDMID(user)
	if c := w.channels[id]; c != nil {
		return c
	}
	c := &Channel{ID: id, Kind: DM, Members: []string{user}, AppMember: true}
	w.addChannel(c)
	return c
}

// isAppDM tells a DM with the app from one between people.
func (w *Workspace) isAppDM(c *Channel) bool {
	return c.Kind == DM && c.AppMember && len(c.Members) == 1
}

// person returns a user who can act, that is one who exists and isn't
// deactivated. Called with the lock held.
func (w *Workspace) person(id string) (*User, error) {
	u := w.users[id]
	if u == nil {
		return nil, fmt.Errorf("no such user: %s", id)
	}
	if u.Deactivated {
		return nil, fmt.Errorf("user is deactivated: %s", id)
	}
	return u, nil
}

// place returns a conversation that a person can write in. Called with the
// lock held.
func (w *Workspace) place(user, channel string) (*Channel, error) {
	c := w.channels[channel]
	switch {
	case c == nil:
		return nil, fmt.Errorf("no such channel: %s", channel)
	case !c.has(user):
		return nil, fmt.Errorf("user %s is not in channel %s", user, channel)
	case c.Archived:
		return nil, fmt.Errorf("channel is archived: %s", channel)
	}
	return c, nil
}
