package bot

import (
	"errors"

	"go.uber.org/zap"

	"otsbot/bot/internal/receipt"
	"otsbot/otsclient"
)

// AuditLogger is the name of the logger that audit events are written to.
const AuditLogger = "audit"

// Audit events are for a security team: one line for each thing that matters,
// on the logger AuditLogger. They hold who, where and how, and
// never content, links or keys. docs/operate.md describes them field by field.
const (
	auditShared          = "shared"                // OneTimeSecret keeps a secret
	auditDelivered       = "delivered"             // its link is where it belongs, or with its creator
	auditDeliveryFailed  = "delivery_failed"       // the conversation refused it; outcome says what then
	auditFound           = "found"                 // the app saw by itself that a secret was opened, burned or has expired
	auditBurned          = "burned"                // by its creator, or since nobody could be told
	auditBurnRefused     = "burn_refused"          // too late, wrong passphrase, not theirs
	auditNoReceipt       = "receipt_undeliverable" // the link is posted, its creator has no receipt
	auditAsked           = "asked"                 // somebody asks people, or a conversation, for a secret
	auditAnswered        = "answered"              // by a secret whose link the asker got
	auditDeclined        = "declined"              // somebody who was asked doesn't have it
	auditReminded        = "reminded"              // those who had not answered were asked again
	auditWithdrawn       = "withdrawn"             // by who asked
	auditRefused         = "refused"               // by a rule, or by what a form must hold: length, passphrase, note
	auditTampering       = "tampering_refused"     // what came back isn't what this app gave out
	auditLeftLive        = "left_live"             // nobody was told, and it could not be burned
	auditOutcomeUnproven = "maybe_stored"          // OneTimeSecret did not say whether it keeps the secret
)

// tampering is what was wrong with something that came back from a client:
// it says what kind of thing, and never what stood in it.
type tampering string

const (
	tamperingButton  tampering = "button"         // a value that this app didn't write
	tamperingForeign tampering = "foreign_button" // a value that it wrote for somebody else
	tamperingForm    tampering = "form"           // memory of a form that it didn't seal for this person
	tamperingID      tampering = "id"             // no id of what the field asks for
	tamperingChoice  tampering = "choice"         // a value that the form didn't offer
	tamperingAction  tampering = "action"         // a button or form that it doesn't have
)

// tampered writes down that something was refused which only an altered
// client, or one that kept it through a change of the key, sends. What the
// person is told is the caller's.
func (t *telemetry) tampered(in *interaction, what tampering) {
	t.event(auditTampering, in, zap.String("what", string(what)))
}

// tamperedBy is tampered for an error of reading a button's value.
func (t *telemetry) tamperedBy(in *interaction, err error) {
	if errors.Is(err, receipt.ErrNotTheirs) {
		t.tampered(in, tamperingForeign)
		return
	}
	t.tampered(in, tamperingButton)
}

// event writes an audit event about what somebody did.
func (t *telemetry) event(event string, in *interaction, fields ...zap.Field) {
	fields = append(fields,
		zap.String("event", event),
		zap.String("kind", in.kind),
		zap.String("team_id", in.teamID),
		zap.String("channel_id", in.channelID),
		zap.String("user_id", in.userID))
	if in.fingerprint != "" {
		fields = append(fields, zap.String("fingerprint", in.fingerprint))
	}
	t.audit.Info("audit", fields...)
}

// eventShared writes what was stored.
func (t *telemetry) eventShared(in *interaction, s share, shared otsclient.Shared) {
	t.event(auditShared, in,
		zap.Duration("lifetime", shared.TTL),
		zap.Bool("passphrase", !s.passphrase.IsZero() && !shared.Unprotected),
		zap.Bool("thread", s.to.Thread != ""),
		zap.Bool("from_message", s.leaked.known()))
}
