package rules

import (
	"time"
)

// About is what of a subject a refusal is about; "" is the whole.
type About string

// What a refusal can be about.
const (
	AboutPlace  About = "place"
	AboutPeople About = "people"
	AboutMail   About = "mail"
)

// Rules, as audit events name them.
const (
	ruleUsers      = "users"
	ruleChannels   = "channels"
	ruleGuests     = "guests"
	ruleExternal   = "external"
	rulePerHour    = "secrets_per_hour"
	ruleRecipients = "recipients"
)

// Names are those of all rules, for what counts by them.
func Names() []string {
	return []string{ruleUsers, ruleChannels, ruleGuests, ruleExternal, rulePerHour, ruleRecipients}
}

// Why is why something is refused, or warned about.
type Why string

// Reasons.
const (
	NotYou          Why = "not you"
	GuestsMayNot    Why = "guests may not"
	PerhapsGuest    Why = "perhaps a guest"
	MailOutside     Why = "mail outside"
	MailNotAllowed  Why = "mail not allowed"
	PlaceNotAllowed Why = "place not allowed"
	PlaceUnknown    Why = "place unknown"
	PlaceOutside    Why = "place outside"
	WhoseDM         Why = "whose direct message"
	NoPeople        Why = "no people"
	TooManyPeople   Why = "too many people" // more than Most
	UnfitPeople     Why = "unfit people"    // those of Unfit
	TooManySecrets  Why = "too many secrets"

	// Of somebody who can't be sent a link.
	NotAPerson  Why = "not a person"
	Excluded    Why = "excluded"
	WhoUnknown  Why = "who unknown"
	Deactivated Why = "deactivated"
	AnApp       Why = "an app"
	AnOutsider  Why = "an outsider"
	AGuest      Why = "a guest"
)

// Refusal is what a rule says before anything is stored.
type Refusal struct {
	Rule  string
	About About
	Why   Why
	Most  int           // people, or secrets an hour
	Unfit []Unfit       // who can't be sent a link
	Wait  time.Duration // until it may be tried again, if that is known
}

// Unfit is somebody who can't be sent a link.
type Unfit struct {
	Name string
	Why  Why
}
