package bot

import (
	"cmp"
	"slices"
	"time"

	"otsbot/bot/internal/text"
)

// ackFunc answers the envelope: nil closes it without a word, anything else
// is its payload. It returns when the frame was written. Slack waits three
// seconds for it, so where a handler calls it is a decision, and said there.
// The first call counts.
//
// An ack never has the response_type in_channel: Slack would publish the
// command that was typed, and the secret with it,
// https://docs.slack.dev/interactivity/implementing-slash-commands
type ackFunc func(payload any) error

// interaction is one thing that was done: by whom, where, and how it is acked. What
// was asked for is a payload.Payload beside it; what came of it is returned, see
// result.
type interaction struct {
	kind        string   // closed set: command, form, check, burn, ...
	form        bool     // that may hold what somebody typed, and stays open if its ack says so
	inputs      []string // block ids of the form's inputs, for its errors
	odd         bool     // what stands in them Slack didn't send as it should
	unread      []string // in which, as far as that is known
	envelopeID  string
	teamID      string
	channelID   string
	userID      string
	nobody      bool // an event that no person did: nobody waits for it, or is told anything
	responseURL string
	accepts     bool              // whether the ack may carry a payload
	reack       func(payload any) // what a redelivery is acked with from now on

	started     time.Time
	fingerprint string // of the secret it is about, see about
}

// field is where a problem stands: at its own block if the form has it, else at
// the first. Slack takes errors only for input blocks that the view has; for
// another block it says that it had "trouble connecting", and the form stays open
// all the same. So where no block is known, that of a passphrase will do, which most
// forms have. No ack at all would say as much, but Slack would deliver it again.
func (in *interaction) field(block string) string {
	if len(in.inputs) > 0 && !slices.Contains(in.inputs, block) {
		return in.inputs[0]
	}
	return cmp.Or(block, text.BlockPhrase)
}

// reads says that its ack can show a problem: it is a form's, with a block for it.
func (in *interaction) reads() bool { return in.form && len(in.inputs) > 0 }

// outcome is how an interaction ended: a closed set, for the log.
type outcome string

const (
	outcomeIgnored    outcome = "ignored"
	outcomeHelped     outcome = "helped"
	outcomeFormOpened outcome = "form_opened"
	outcomeHomeShown  outcome = "home_shown"
	outcomeFormFailed outcome = "form_not_opened"
	outcomePosted     outcome = "posted"           // in the conversation, by the app
	outcomeViaURL     outcome = "posted_via_url"   // in the conversation, by response_url
	outcomePartly     outcome = "posted_in_part"   // to some of several people
	outcomeMailed     outcome = "mailed"           // by OneTimeSecret
	outcomePrivate    outcome = "given_privately"  // to the creator, as wished
	outcomeNotPosted  outcome = "not_posted"       // to the creator, since the conversation refused
	outcomeUndone     outcome = "burned_unposted"  // nobody could be told, so it was burned
	outcomeOrphaned   outcome = "left_undelivered" // and that failed too
	outcomeRejected   outcome = "rejected"         // not stored: what was typed breaks a rule
	outcomeWarned     outcome = "warned"           // not stored yet: it would leave the organisation
	outcomeTold       outcome = "told"             // the creator knows that a link doesn't open
	outcomeNotTold    outcome = "not_told"         // the creator could not be reached
	outcomeFailed     outcome = "not_stored"       // OneTimeSecret did not take it
	outcomeUncertain  outcome = "maybe_stored"     // OneTimeSecret did not say
	outcomeChecked    outcome = "checked"
	outcomeBurned     outcome = "burned"
	outcomeOverdue    outcome = "burned_overdue" // by the app, since it had outlived its end
	outcomeTooLate    outcome = "not_burned"     // opened, burned or expired before
	outcomeAsked      outcome = "passphrase_asked"
	outcomeRequested  outcome = "requested"    // somebody is asked for a secret
	outcomeNotAsked   outcome = "nobody_asked" // nobody could be
	outcomeDeclined   outcome = "declined"     // and the asker knows
	outcomeReminded   outcome = "reminded"
	outcomeWithdrawn  outcome = "withdrawn"
	outcomeClosed     outcome = "request_closed" // neither stored nor sent: it was answered, withdrawn or is over
	outcomeRefused    outcome = "refused"        // a button that is not theirs, or not ours
	outcomeNoAnswer   outcome = "unreachable"    // OneTimeSecret did not answer; nothing changed
	outcomeUnreadable outcome = "unreadable"
	outcomePanicked   outcome = "panicked"
)

// result is how an interaction ended: an outcome, which may be that of one
// secret.
type result interface {
	of() (outcome outcome, fingerprint string)
}

func (o outcome) of() (outcome, string) { return o, "" }

// outcomeOf is the outcome of one secret.
type outcomeOf struct {
	outcome
	fingerprint string
}

func (o outcomeOf) of() (outcome, string) { return o.outcome, o.fingerprint }

// ended is how it ended for the secret that it is about.
func (in *interaction) ended(o outcome) result { return outcomeOf{o, in.fingerprint} }
