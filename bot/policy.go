package bot

import (
	"context"
	"slices"

	"go.uber.org/zap"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/rules"
	"otsbot/bot/internal/text"
)

// Policy is the admin's rules; package rules decides by them.
type Policy = rules.Policy

// External is what becomes of secrets that would leave the organisation.
type External = rules.External

// What Policy.External can be, and the most that Policy.RecipientsMax can.
const (
	ExternalAllow  = rules.ExternalAllow
	ExternalWarn   = rules.ExternalWarn
	ExternalRefuse = rules.ExternalRefuse
	MaxRecipients  = rules.MaxRecipients
)

// refusal is what a rule says to a share before anything is stored.
type refusal struct {
	block string // the form's field where it stands
	say   string
}

// subject is what rules need to know of a share.
func (s share) subject() rules.Subject {
	n := max(1, len(s.to.People))
	if s.also {
		n++
	}
	return rules.Subject{Creator: s.creator.user, Channel: s.to.Channel, People: slices.Concat(s.to.People, s.stored), Mail: s.to.Sort == receipt.ToMail, Secrets: n}
}

// forbidden holds a share against the rules. If all allow it, the share counts
// for its creator's hour.
func (b *Bot) forbidden(ctx context.Context, in *interaction, s *share) *refusal {
	no := b.rules.Check(ctx, s.subject())
	if no == nil {
		no = b.rules.Reserve(ctx, s.subject())
		s.counted = no == nil
	}
	return b.refusedBy(in, no)
}

// mayGoOut holds what is stored already against the rules, before its links go
// out once more.
func (b *Bot) mayGoOut(ctx context.Context, in *interaction, s share) *refusal {
	return b.refusedBy(in, b.rules.Check(ctx, s.subject()))
}

// mayShareAtAll asks only what is known without Slack: a form can be refused
// with it before it opens.
func (b *Bot) mayShareAtAll(in *interaction) *refusal {
	return b.refusedBy(in, b.rules.ExcludedBeforehand(in.userID))
}

// refusedBy words a refusal, and writes it down; nil stays nil.
func (b *Bot) refusedBy(in *interaction, no *rules.Refusal) *refusal {
	if no == nil {
		return nil
	}
	b.event(auditRefused, in, zap.String("rule", no.Rule))
	block := map[rules.About]string{rules.AboutPlace: text.BlockPlace, rules.AboutPeople: text.BlockPeople, rules.AboutMail: text.BlockMail}[no.About]
	return &refusal{block, b.words(in.userID).Refused(no)}
}

// outside says who of other organisations would get a share; nil for nobody.
// picked says that the place was chosen among external ones, too.
func (b *Bot) outside(ctx context.Context, s share, picked bool) *rules.Warning {
	subject := s.subject()
	subject.Picked = picked
	return b.rules.Warning(ctx, subject)
}
