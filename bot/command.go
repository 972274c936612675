package bot

import (
	"cmp"
	"context"

	"go.uber.org/zap"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// command is the slash command: `/secret some text`, `/secret`,
// `/secret generate`, `/secret ask`, `/secret help`.
func (b *Bot) command(ctx context.Context, in *interaction, p payload.Payload, ack ackFunc) result {
	if p.Text.Odd || in.userID == "" {
		return b.unreadable(ctx, in, ack)
	}
	// The command's own name comes from the payload: an admin may have
	// called it something else.
	switch typed := authored.Typed(p.Text.Value); {
	case isHelp(typed):
		b.answer(ctx, in, ack, b.words(in.userID).Help(cmp.Or(p.Command, "/secret")))
		return outcomeHelped
	case authored.Word(typed) == "":
		return b.forms.openFromCommand(ctx, in, p.TriggerID, formState{}, filled{}, ack)
	case authored.Word(typed) == "generate":
		return b.forms.openFromCommand(ctx, in, p.TriggerID, formState{Generate: true}, filled{}, ack)
	case authored.Word(typed) == "ask":
		return b.openAsk(ctx, in, p.TriggerID, askState{Here: in.channelID}, ack)
	case len(typed) > otsclient.MaxSecretBytes:
		b.event(auditRefused, in, zap.Strings("fields", []string{text.BlockSecret}))
		b.answer(ctx, in, ack, text.Plain(b.words(in.userID).TooBig(len(typed))))
		return outcomeRejected
	case !b.cfg.Inline || b.cfg.PassphraseRequired:
		return b.forms.openFromCommand(ctx, in, p.TriggerID, formState{}, filled{otsclient.NewPlaintext(typed), "", b.words(in.userID).NotInline}, ack)
	default:
		return b.shareInline(ctx, in, p.TriggerID, otsclient.NewPlaintext(typed), ack)
	}
}

// isInline says that a command is shared as it was typed.
func (c Config) isInline(p payload.Payload) bool {
	typed := authored.Typed(p.Text.Value)
	switch word := authored.Word(typed); {
	case p.Text.Odd, isHelp(typed), word == "", word == "generate", word == "ask":
		return false
	}
	return len(typed) <= otsclient.MaxSecretBytes && c.Inline && !c.PassphraseRequired
}

// shareInline acks first and with nothing: the ack closes the three seconds,
// and any payload that is not ephemeral would publish what was typed.
// Everything that follows is told by other roads.
func (b *Bot) shareInline(ctx context.Context, in *interaction, trigger string, secret otsclient.Plaintext, ack ackFunc) result {
	_ = ack(nil)
	s := share{creator: in.person(), to: receipt.Conversation(in.channelID), responseURL: in.responseURL, secret: secret, ttl: b.cfg.TTL, tell: b.cfg.NotifyOpened}
	s.remarks = remarksOn(secret, text.WayCommand)
	w := b.words(in.userID)
	if outside := b.gate.outside(ctx, s, false); outside != nil {
		ask, unasked := w.Outside(outside)
		return b.forms.openFromCommand(ctx, in, trigger, formState{Warned: outside.About}, filled{secret, ask, unasked}, ack)
	}
	if no := b.gate.forbidden(ctx, in, &s); no != nil {
		b.tell(ctx, in, no.say)
		return outcomeRejected
	}
	kept, err := b.vault.conceal(ctx, in, s)
	if otsclient.Field(err) == otsclient.FieldPassphrase { // the form has a field for it
		say := b.vault.notConcealed(in, err, s.ttl, false)
		return b.forms.openFromCommand(ctx, in, trigger, formState{}, filled{secret, say, w.Together(say, w.NoForm)}, ack)
	}
	if err != nil {
		b.tell(ctx, in, b.vault.notConcealed(in, err, s.ttl, false))
		return concealOutcome(err)
	}
	return kept.in.ended(b.courier.deliver(ctx, kept).outcome)
}
