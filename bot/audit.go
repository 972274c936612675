package bot

import (
	"go.uber.org/zap"

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
	auditBurned          = "burned"                // by its creator, or since nobody could be told
	auditBurnRefused     = "burn_refused"          // too late, wrong passphrase, not theirs
	auditNoReceipt       = "receipt_undeliverable" // the link is posted, its creator has no receipt
	auditRefused         = "refused"               // a rule of this app: length, passphrase, note
	auditLeftLive        = "left_live"             // nobody was told, and it could not be burned
	auditOutcomeUnproven = "maybe_stored"          // OneTimeSecret did not say whether it keeps the secret
)

// event writes an audit event about what somebody did.
func (b *Bot) event(event string, in *interaction, fields ...zap.Field) {
	fields = append(fields,
		zap.String("event", event),
		zap.String("kind", in.kind),
		zap.String("team_id", in.teamID),
		zap.String("channel_id", in.channelID),
		zap.String("user_id", in.userID))
	if in.fingerprint != "" {
		fields = append(fields, zap.String("fingerprint", in.fingerprint))
	}
	b.audit.Info("audit", fields...)
}

// eventShared writes what was stored.
func (b *Bot) eventShared(in *interaction, s share, shared otsclient.Shared) {
	b.event(auditShared, in,
		zap.Duration("lifetime", shared.TTL),
		zap.Bool("passphrase", !s.passphrase.IsZero()),
		zap.Bool("thread", s.thread != ""),
		zap.Bool("from_message", s.leaked != nil))
}
