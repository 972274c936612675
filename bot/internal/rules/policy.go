// Package rules is the admin's rules: who may share, where a link may go, and
// who may be sent one. It decides, and says why, as a value. It knows nothing of
// secrets, forms or sockets; what it has to know of people and conversations,
// it asks a [Directory].
//
// A rule looks at who gets the link, by whatever road it goes. What can't be
// judged is refused while the rule is set, or the rule's own description says
// that it isn't judged.
package rules

import "slices"

// External is what becomes of secrets that would leave the organisation by
// Slack Connect or by e-mail.
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
	// External is about conversations, people and e-mail addresses. Nobody can
	// tell where an address belongs: warn says that in the form.
	External External
	// RefuseGuests is about who shares, who gets a link of their own, and whose
	// direct message a link is posted in. Guests who are in a channel or a group
	// DM read what is posted there.
	RefuseGuests bool
	// ChannelsAllow, if not empty, are the only conversations for links, and no
	// link is e-mailed. What the app sends to people one by one is up to
	// RecipientsMax; a link for oneself is always possible.
	ChannelsAllow []string
	// ChannelsDeny are conversations for no link.
	ChannelsDeny []string
	// UsersAllow, if not empty, are the only people who may share.
	UsersAllow []string
	// UsersDeny may neither share nor be sent a link, nor is one posted in their
	// direct messages. They read what is posted in a channel or a group DM that
	// they are in.
	UsersDeny      []string
	SecretsPerHour int    // of one person, in this process; 0 is no limit
	RecipientsMax  int    // people in one form, at most MaxRecipients; 0 offers none
	Support        string // whom a refusal names; "" is nobody
}

// Excludes says that somebody may not share anything: it is known without
// asking, so that not even a form has to open.
func (p Policy) Excludes(user string) bool {
	return slices.Contains(p.UsersDeny, user) || len(p.UsersAllow) > 0 && !slices.Contains(p.UsersAllow, user)
}

// OffersMail says that a link may be e-mailed.
func (p Policy) OffersMail() bool {
	return p.External != ExternalRefuse && len(p.ChannelsAllow) == 0
}

// forbids says that links may not go into a conversation, going by its id.
func (p Policy) forbids(channel string) bool {
	return slices.Contains(p.ChannelsDeny, channel)
}

func (p Policy) includes(channel string) bool {
	return len(p.ChannelsAllow) == 0 || slices.Contains(p.ChannelsAllow, channel)
}

// judgesPeople says that it matters who gets a link, and which rule says so.
func (p Policy) judgesPeople() (rule string, yes bool) {
	switch {
	case len(p.UsersDeny) > 0:
		return ruleUsers, true
	case p.RefuseGuests:
		return ruleGuests, true
	case p.External == ExternalRefuse:
		return ruleExternal, true
	}
	return "", false
}
