package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

// External is what becomes of secrets that would leave the organisation by
// Slack Connect.
type External string

// The zero value is ExternalAllow.
const (
	ExternalAllow  External = "allow"
	ExternalWarn   External = "warn"   // say so, and share if it is sent again
	ExternalRefuse External = "refuse" // also where Slack doesn't tell
)

// MaxRecipients is how many people one form may send a link each. More would
// be a mailing, and a receipt has room for 50 blocks,
// https://docs.slack.dev/reference/block-kit/blocks
const MaxRecipients = 20

// Policy is the admin's rules. The zero value has none, and offers no people.
// Burning and checking are never forbidden.
type Policy struct {
	External     External
	RefuseGuests bool // as who shares, and as who gets a link of their own
	// ChannelsAllow, if not empty, are the only conversations for links;
	// ChannelsDeny are none.
	ChannelsAllow, ChannelsDeny []string
	// UsersAllow, if not empty, are the only people who may share; UsersDeny
	// may neither share nor be sent a link.
	UsersAllow, UsersDeny []string
	SecretsPerHour        int    // of one person, in this process; 0 is no limit
	RecipientsMax         int    // people in one form, at most MaxRecipients; 0 offers none
	Support               string // whom a refusal names; "" is nobody
}

// ruleTime bounds what is asked of Slack before a share: less than a form's
// budget, and less than a trigger lives.
const ruleTime = 1500 * time.Millisecond

// Rules, as audit events name them.
const (
	ruleUsers      = "users"
	ruleChannels   = "channels"
	ruleGuests     = "guests"
	ruleExternal   = "external"
	rulePerHour    = "secrets_per_hour"
	ruleRecipients = "recipients"
)

// refusal is what a rule says to a share before anything is stored.
type refusal struct {
	rule  string
	block string // the form's field where it stands
	say   string
}

// forbidden holds a share against the rules. If all allow it, the share counts
// for its creator's hour.
func (b *Bot) forbidden(ctx context.Context, in *interaction, s *share) *refusal {
	no := b.outOfBounds(ctx, s)
	if no == nil {
		no = b.withinTheHour(s)
	}
	return b.refusedBy(in, no)
}

// outOfBounds asks who shares, where, and with whom.
func (b *Bot) outOfBounds(ctx context.Context, s *share) *refusal {
	ctx, cancel := context.WithTimeout(ctx, ruleTime)
	defer cancel()
	no := b.mayShare(ctx, s.creator.user)
	if no == nil {
		no = b.mayPost(ctx, s)
	}
	if no == nil {
		no = b.maySendTo(ctx, s.people)
	}
	return no
}

// refusedBy completes a refusal, and writes it down; nil stays nil.
func (b *Bot) refusedBy(in *interaction, no *refusal) *refusal {
	if no != nil {
		no.say = b.refused(no.say)
		b.event(auditRefused, in, zap.String("rule", no.rule))
	}
	return no
}

func (b *Bot) refused(say string) string {
	say += " Nothing was stored."
	if b.cfg.Policy.Support != "" {
		say += " Questions? Ask " + b.cfg.Policy.Support + "."
	}
	return say
}

// mayShareAtAll asks only what is known without Slack: a form can be refused
// with it before it opens.
func (b *Bot) mayShareAtAll(in *interaction) *refusal {
	if !b.cfg.Policy.excludes(in.userID) {
		return nil
	}
	return b.refusedBy(in, &refusal{ruleUsers, "", sayExcluded})
}

func (p Policy) excludes(user string) bool {
	return slices.Contains(p.UsersDeny, user) || len(p.UsersAllow) > 0 && !slices.Contains(p.UsersAllow, user)
}

func (b *Bot) mayShare(ctx context.Context, user string) *refusal {
	p := b.cfg.Policy
	if p.excludes(user) {
		return &refusal{ruleUsers, "", sayExcluded}
	}
	if !p.RefuseGuests {
		return nil
	}
	switch u, known := b.lookUp(ctx, user); {
	case !known:
		return &refusal{ruleGuests, "", "Guests may not share secrets here, and Slack doesn't tell me whether you are one."}
	case isGuest(u):
		return &refusal{ruleGuests, "", "Guests may not share secrets here."}
	}
	return nil
}

func (b *Bot) mayPost(ctx context.Context, s *share) *refusal {
	p := b.cfg.Policy
	switch {
	case s.mail != "" && p.External == ExternalRefuse:
		return &refusal{ruleExternal, blockMail, "Secrets may not leave the organisation here, and I can't tell where an address belongs."}
	case s.channel == "":
		return nil
	case slices.Contains(p.ChannelsDeny, s.channel) || len(p.ChannelsAllow) > 0 && !slices.Contains(p.ChannelsAllow, s.channel):
		return &refusal{ruleChannels, blockPlace, "The rules here don't let links be posted in that conversation."}
	case p.External != ExternalRefuse:
		return nil
	}
	switch outside, known := b.isExternal(ctx, s.channel); {
	case !known:
		return &refusal{ruleExternal, blockPlace, "Secrets may not leave the organisation here, and Slack doesn't tell me who can read that conversation. Inviting me there may help."}
	case outside:
		return &refusal{ruleExternal, blockPlace, "That conversation is shared with another organisation, and secrets may not go there."}
	}
	return nil
}

// maySendTo names who can't be sent a link, as far as Slack tells.
func (b *Bot) maySendTo(ctx context.Context, people []string) *refusal {
	p := b.cfg.Policy
	if len(people) == 0 {
		return nil
	}
	if len(people) > p.RecipientsMax {
		return &refusal{ruleRecipients, blockPeople, "At most " + strconv.Itoa(p.RecipientsMax) + " people can get a link each."}
	}
	var rule string
	var out []string
	known := b.lookUpAll(ctx, people)
	for i, user := range people {
		why, because := b.unfit(ctx, user, known[i])
		if why != "" {
			out = append(out, nameOf(user, known[i])+" ("+why+")")
			rule = either(rule, because)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return &refusal{rule, blockPeople, "I can't send it to " + strings.Join(out, ", ") + "."}
}

// unfit says why somebody can't be sent a link, and which rule says so.
func (b *Bot) unfit(ctx context.Context, user string, u *slack.User) (why, rule string) {
	p := b.cfg.Policy
	switch {
	case slices.Contains(p.UsersDeny, user):
		return "excluded by the rules here", ruleUsers
	case u == nil && (p.RefuseGuests || p.External == ExternalRefuse):
		return "Slack doesn't tell me who that is", ruleRecipients
	case u == nil:
		return "", ""
	case u.Deleted:
		return "the account is deactivated", ruleRecipients
	case u.IsBot || user == slackbot:
		return "an app, not a person", ruleRecipients
	case p.External == ExternalRefuse && b.isForeign(ctx, u):
		return "of another organisation", ruleExternal
	case p.RefuseGuests && isGuest(u):
		return "a guest", ruleGuests
	}
	return "", ""
}

func (b *Bot) withinTheHour(s *share) *refusal {
	limit := b.cfg.Policy.SecretsPerHour
	if limit == 0 {
		return nil
	}
	n := max(1, len(s.people))
	if s.also {
		n++
	}
	wait, ok := b.quota.take(s.creator.user, n, limit)
	if ok {
		s.counted = true
		return nil
	}
	say := "Nobody may share more than " + strconv.Itoa(limit) + " secrets an hour here."
	if wait > 0 {
		say += " You can try again in " + lifetime((wait + time.Minute - 1).Truncate(time.Minute)) + "."
	}
	return &refusal{rulePerHour, "", say}
}

// offersExternal says that the form may offer conversations of other
// organisations: it is allowed, or can be warned about. Slack is asked only
// while it hasn't answered the start's own question, and not for long: a form
// that is about to open has a trigger that lives three seconds.
func (b *Bot) offersExternal(ctx context.Context) bool {
	switch b.cfg.Policy.External {
	case ExternalAllow, "":
		return true
	case ExternalWarn:
		ctx, cancel := context.WithTimeout(ctx, grantTime)
		defer cancel()
		g, _ := b.granted(ctx)
		return g != nil && g.has("channels:read") && g.has("groups:read") && g.has("im:read") && g.has("mpim:read")
	}
	return false
}

// grantTime bounds the question what the app may ask, before a form opens.
const grantTime = 500 * time.Millisecond

// outside says who of other organisations would get a share, where rules and
// Slack tell: what must be warned about, and the fact. Of a warning, sayPressed
// or sayUnasked is the rest.
// What was picked in a form that offers everything is warned about also where
// Slack doesn't tell; a command is typed where its creator sees who reads.
func (b *Bot) outside(ctx context.Context, s share, picked bool) (about, fact string) {
	if b.cfg.Policy.External != ExternalWarn {
		return "", ""
	}
	ctx, cancel := context.WithTimeout(ctx, ruleTime)
	defer cancel()
	if s.channel != "" {
		switch outside, known := b.isExternal(ctx, s.channel); {
		case !known && picked:
			return s.channel, "Slack doesn't tell me whether that conversation is shared with another organisation."
		case outside:
			return s.channel, "That conversation is shared with another organisation, whose people could open the link."
		}
	}
	var names []string
	for i, u := range b.lookUpAll(ctx, s.people) {
		if u != nil && b.isForeign(ctx, u) {
			names, about = append(names, nameOf(s.people[i], u)), about+" "+s.people[i]
		}
	}
	if len(names) == 0 {
		return "", ""
	}
	return about, "Of another organisation: " + strings.Join(names, ", ") + "."
}

// gaps are the rules that can't be enforced with what the bot token may ask.
func (p Policy) gaps(has func(scope string) bool) (gaps []Finding) {
	const places = "channels:read, groups:read, im:read and mpim:read"
	missing := map[string]bool{
		places:       !(has("channels:read") && has("groups:read") && has("im:read") && has("mpim:read")),
		"users:read": !has("users:read"),
	}
	for _, about := range []struct{ scopes, refuse, warn string }{
		{places, "which conversations are external, so links to all are refused", "which conversations are external, so there is no warning; the form offers none of them"},
		{"users:read", "who is of another organisation, so links to people are refused", "who is of another organisation, so there is no warning about people"},
	} {
		without := ": without " + about.scopes + " Slack doesn't tell "
		switch {
		case !missing[about.scopes]:
		case p.External == ExternalRefuse:
			gaps = append(gaps, Finding{Text: "POLICY_EXTERNAL=refuse" + without + about.refuse})
		case p.External == ExternalWarn:
			gaps = append(gaps, Finding{OK: true, Text: "POLICY_EXTERNAL=warn" + without + about.warn})
		}
	}
	if p.RefuseGuests && !has("users:read") {
		gaps = append(gaps, Finding{Text: "POLICY_GUESTS=refuse: without users:read Slack doesn't tell who is a guest, so everything is refused"})
	}
	return gaps
}
