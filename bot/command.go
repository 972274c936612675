package bot

import (
	"cmp"
	"context"
	"strings"
	"unicode/utf8"

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
	if p.Text.Odd {
		return b.unreadable(ctx, in, commands, ack)
	}
	switch t := readCommand(p); {
	case t.word == "help":
		// The command's own name comes from the payload: an admin may have
		// called it something else.
		b.answer(ctx, in, ack, b.words(in.userID).Help(cmp.Or(p.Command, "/secret")))
		return outcomeHelped
	case t.word == "ask":
		return b.openAsk(ctx, in, p.TriggerID, askState{Here: in.channelID}, ack)
	case t.secret.IsZero():
		return b.forms.openFromCommand(ctx, in, p.TriggerID, formState{Shape: t.form}, filled{}, ack)
	case !t.fits():
		b.event(auditRefused, in, zap.Strings("fields", []string{text.BlockSecret}))
		b.answer(ctx, in, ack, text.Plain(b.words(in.userID).TooBig(t.secret.Len())))
		return outcomeRejected
	case !b.forms.set.Inline:
		return b.forms.openFromCommand(ctx, in, p.TriggerID, formState{Shape: t.form}, filled{t.secret, "", b.words(in.userID).NotInline}, ack)
	default:
		return b.shareInline(ctx, in, p.TriggerID, t, ack)
	}
}

// typed is what stands behind the command: a word of its own, or a secret, byte for
// byte. A form that opens for either is as form says.
type typed struct {
	word   string // help, ask or generate
	secret otsclient.Plaintext
	form   text.Shape
}

// readCommand is the one place that knows how a command is typed.
func readCommand(p payload.Payload) typed {
	whole := authored.Typed(p.Text.Value)
	switch word := authored.Word(whole); {
	case isHelp(word):
		return typed{word: "help"}
	case word == "":
		return typed{}
	case word == "ask":
		return typed{word: word}
	case word == "generate":
		return typed{word: word, form: text.Shape{Generate: true}}
	}
	return typed{secret: otsclient.NewPlaintext(whole)}
}

// isHelp takes help as phones write it, too: they join two dashes to one. Anything else
// is a secret, even "help me" and "-help".
func isHelp(word string) bool {
	switch word {
	case "help", "-h", "--help", "?":
		return true
	}
	name := strings.TrimLeft(word, "-–")
	dashes := word[:len(word)-len(name)]
	return strings.Contains(dashes, "–") && utf8.RuneCountInString(dashes) <= 2 && (name == "help" || name == "h")
}

// fits says that OneTimeSecret takes as much.
func (t typed) fits() bool { return t.secret.Len() <= otsclient.MaxSecretBytes }

// sharesAsTyped says that a command is shared as it was typed.
func (f *secretForms) sharesAsTyped(p payload.Payload) bool {
	t := readCommand(p)
	return !p.Text.Odd && !t.secret.IsZero() && t.fits() && f.set.Inline
}

// shareInline acks first and with nothing: the ack closes the three seconds,
// and any payload that is not ephemeral would publish what was typed.
// Everything that follows is told by other roads.
func (b *Bot) shareInline(ctx context.Context, in *interaction, trigger string, t typed, ack ackFunc) result {
	_ = ack(nil)
	s := share{creator: in.person(), to: receipt.Conversation(in.channelID), responseURL: in.responseURL, secret: t.secret, ttl: b.cfg.TTL, tell: b.cfg.NotifyOpened}
	s.remarks = remarksOn(t.secret, text.WayCommand)
	w := b.words(in.userID)
	if outside := b.gate.outside(ctx, s, false); outside != nil {
		ask, unasked := w.Outside(outside)
		return b.forms.openFromCommand(ctx, in, trigger, formState{Shape: t.form, Warned: outside.About}, filled{t.secret, ask, unasked}, ack)
	}
	if no := b.gate.forbidden(ctx, in, &s); no != nil {
		b.tell(ctx, in, no.say)
		return outcomeRejected
	}
	kept, err := b.vault.conceal(ctx, in, s)
	if otsclient.Field(err) == otsclient.FieldPassphrase { // the form has a field for it
		say := b.vault.notConcealed(in, err, s, text.Attempt{})
		return b.forms.openFromCommand(ctx, in, trigger, formState{Shape: t.form}, filled{t.secret, say, w.Together(say, w.NoForm)}, ack)
	}
	if err != nil {
		b.tell(ctx, in, b.vault.notConcealed(in, err, s, text.Attempt{}))
		return concealOutcome(err)
	}
	return kept.in.ended(b.courier.deliver(ctx, kept).outcome)
}
