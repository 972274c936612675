package rules

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Directory is what Slack knows about people and conversations.
type Directory interface {
	// People describes people, in their order; nil stands for those whom Slack
	// doesn't tell about.
	People(ctx context.Context, ids []string) []*Person
	// Place describes a conversation, if Slack tells.
	Place(ctx context.Context, id string) (Place, bool)
	// SeesPlaces says whether it can ask about conversations of every kind.
	SeesPlaces(ctx context.Context) bool
}

// Person is somebody who shares, or gets a link.
type Person struct {
	Name    string
	Gone    bool // the account is deactivated
	App     bool
	Guest   bool
	Foreign bool // of another organisation
}

// Place is a conversation.
type Place struct {
	External bool   // other organisations read there
	With     string // whose direct message it is, beside the app's
}

// Subject is what is to be shared, as far as rules go: by whom, and on one of
// four roads. Without any, the link is the creator's alone.
type Subject struct {
	Creator string
	Channel string   // the conversation, or that of the thread
	People  []string // who get a link each
	Mail    bool     // it is e-mailed
	Secrets int      // how many are stored for it
	// Picked says that a form that offers external conversations was used.
	Picked bool
}

// Rules decides by a policy.
type Rules struct {
	Policy
	dir     Directory
	counter Counter
	quota   quota
}

// New makes the rules of a policy.
func New(p Policy, dir Directory, counter Counter) *Rules {
	return &Rules{Policy: p, dir: dir, counter: counter}
}

// lookTime bounds what is asked of Slack before a share: less than a form's
// budget, and less than a trigger lives.
const lookTime = 1500 * time.Millisecond

// Check asks who shares, where, and with whom.
func (r *Rules) Check(ctx context.Context, s Subject) *Refusal {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	no := r.mayShare(ctx, s.Creator)
	if no == nil {
		no = r.mayMail(s)
	}
	if no == nil {
		no = r.mayPost(ctx, s)
	}
	if no == nil {
		no = r.maySendTo(ctx, s.People)
	}
	return no
}

// ExcludedBeforehand refuses who may not share at all.
func (r *Rules) ExcludedBeforehand(user string) *Refusal {
	if !r.Excludes(user) {
		return nil
	}
	return &Refusal{Rule: ruleUsers, Why: NotYou}
}

func (r *Rules) mayShare(ctx context.Context, user string) *Refusal {
	if no := r.ExcludedBeforehand(user); no != nil {
		return no
	}
	if !r.RefuseGuests {
		return nil
	}
	switch u := r.dir.People(ctx, []string{user})[0]; {
	case u == nil:
		return &Refusal{Rule: ruleGuests, Why: PerhapsGuest}
	case u.Guest:
		return &Refusal{Rule: ruleGuests, Why: GuestsMayNot}
	}
	return nil
}

func (r *Rules) mayMail(s Subject) *Refusal {
	switch {
	case !s.Mail || r.OffersMail():
		return nil
	case r.External == ExternalRefuse:
		return &Refusal{Rule: ruleExternal, About: AboutMail, Why: MailOutside}
	}
	return &Refusal{Rule: ruleChannels, About: AboutMail, Why: MailNotAllowed}
}

func (r *Rules) mayPost(ctx context.Context, s Subject) *Refusal {
	notThere := &Refusal{Rule: ruleChannels, About: AboutPlace, Why: PlaceNotAllowed}
	switch {
	case s.Channel == "":
		return nil
	case r.forbids(s.Channel):
		return notThere
	case isDM(s.Channel):
		return r.mayPostInDM(ctx, s, notThere)
	case !r.includes(s.Channel):
		return notThere
	case r.External != ExternalRefuse:
		return nil
	}
	switch place, known := r.dir.Place(ctx, s.Channel); {
	case !known:
		return &Refusal{Rule: ruleExternal, About: AboutPlace, Why: PlaceUnknown}
	case place.External:
		return &Refusal{Rule: ruleExternal, About: AboutPlace, Why: PlaceOutside}
	}
	return nil
}

// mayPostInDM judges a direct message by the person at its other end. Slack
// tells an app about none but its own: conversations.info answers
// channel_not_found for the others,
// https://docs.slack.dev/reference/methods/conversations.info
func (r *Rules) mayPostInDM(ctx context.Context, s Subject, notThere *Refusal) *Refusal {
	rule, judged := r.judgesPeople()
	if !judged && len(r.ChannelsAllow) == 0 {
		return nil
	}
	place, known := r.dir.Place(ctx, s.Channel)
	known = known && place.With != ""
	switch {
	case known && place.With == s.Creator: // a link for oneself
		return nil
	case !r.includes(s.Channel):
		return notThere
	case !judged:
		return nil
	case !known:
		return &Refusal{Rule: rule, About: AboutPlace, Why: WhoseDM}
	case place.External && r.External == ExternalRefuse:
		return &Refusal{Rule: ruleExternal, About: AboutPlace, Why: PlaceOutside}
	}
	if no := r.unfitOf(ctx, []string{place.With}); no != nil {
		no.About = AboutPlace
		return no
	}
	return nil
}

// isDM goes by the id, which is all that comes with a form.
func isDM(channel string) bool { return strings.HasPrefix(channel, "D") }

// maySendTo names who can't be sent a link, as far as Slack tells.
func (r *Rules) maySendTo(ctx context.Context, people []string) *Refusal {
	switch most := r.RecipientsMax; {
	case len(people) == 0:
		return nil
	case most == 0:
		return &Refusal{Rule: ruleRecipients, About: AboutPeople, Why: NoPeople}
	case len(people) > most:
		return &Refusal{Rule: ruleRecipients, About: AboutPeople, Why: TooManyPeople, Most: most}
	}
	return r.unfitOf(ctx, people)
}

func (r *Rules) unfitOf(ctx context.Context, people []string) *Refusal {
	var rule string
	var out []Unfit
	known := r.dir.People(ctx, people)
	for i, user := range people {
		why, because := r.unfit(user, known[i])
		if why == "" {
			continue
		}
		out = append(out, Unfit{nameOf(user, known[i]), why})
		if rule == "" {
			rule = because
		}
	}
	if len(out) == 0 {
		return nil
	}
	return &Refusal{Rule: rule, About: AboutPeople, Why: UnfitPeople, Unfit: out}
}

// unfit says why somebody can't be sent a link, and which rule says so.
func (r *Rules) unfit(user string, u *Person) (why Why, rule string) {
	switch {
	case !isPerson(user):
		return NotAPerson, ruleRecipients
	case slices.Contains(r.UsersDeny, user):
		return Excluded, ruleUsers
	case u == nil && (r.RefuseGuests || r.External == ExternalRefuse):
		return WhoUnknown, ruleRecipients
	case u == nil:
		return "", ""
	case u.Gone:
		return Deactivated, ruleRecipients
	case u.App:
		return AnApp, ruleRecipients
	case r.External == ExternalRefuse && u.Foreign:
		return AnOutsider, ruleExternal
	case r.RefuseGuests && u.Guest:
		return AGuest, ruleGuests
	}
	return "", ""
}

// isPerson goes by the id. A conversation's, among the people, would have the
// link posted there: chat.postMessage takes either.
func isPerson(id string) bool { return strings.HasPrefix(id, "U") || strings.HasPrefix(id, "W") }

func nameOf(user string, u *Person) string {
	if u == nil || u.Name == "" {
		return user
	}
	return u.Name
}
