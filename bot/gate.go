package bot

import (
	"context"
	"slices"

	"go.uber.org/zap"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/request"
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

// gate asks the admin's rules, and words and writes down what they refuse.
type gate struct {
	*voice
	*rules.Rules
	people bool // links may go to people
}

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
func (g *gate) forbidden(ctx context.Context, in *interaction, s *share) *refusal {
	no := g.Check(ctx, s.subject())
	if no == nil {
		no = g.Reserve(ctx, s.subject())
		s.counted = no == nil
	}
	return g.refusedBy(in, no)
}

// mayGoOut holds what is stored already against the rules, before its links go
// out once more.
func (g *gate) mayGoOut(ctx context.Context, in *interaction, s share) *refusal {
	return g.refusedBy(in, g.Check(ctx, s.subject()))
}

// mayShareAtAll asks only what is known without Slack: a form can be refused
// with it before it opens.
func (g *gate) mayShareAtAll(in *interaction) *refusal {
	return g.refusedBy(in, g.ExcludedBeforehand(in.userID))
}

// refusedBy words a refusal, and writes it down; nil stays nil.
func (g *gate) refusedBy(in *interaction, no *rules.Refusal) *refusal {
	if no == nil {
		return nil
	}
	g.metrics.refusals.WithLabelValues(no.Rule).Inc()
	g.event(auditRefused, in, zap.String("rule", no.Rule))
	block := map[rules.About]string{rules.AboutPlace: text.BlockPlace, rules.AboutPeople: text.BlockPeople, rules.AboutMail: text.BlockMail}[no.About]
	return &refusal{block, g.words(in.userID).Refused(no)}
}

// outside says who of other organisations would get a share; nil for nobody.
// picked says that the place was chosen among external ones, too.
func (g *gate) outside(ctx context.Context, s share, picked bool) *rules.Warning {
	subject := s.subject()
	subject.Picked = picked
	return g.Warning(ctx, subject)
}

// mayAsk holds a request against the rules, before anybody is asked.
func (g *gate) mayAsk(ctx context.Context, in *interaction, r request.Request) *refusal {
	return g.refusedBy(in, g.Check(ctx, rules.Subject{Creator: in.userID, Channel: r.Channel, People: peopleOf(r)}))
}

// mayAskAtAll asks what is known before anybody is chosen: an answer is a link to
// a person, and somebody who may not share may not have others share either.
func (g *gate) mayAskAtAll(ctx context.Context, in *interaction) *refusal {
	subject := rules.Subject{Creator: in.userID}
	if !g.people {
		subject.People = []string{in.userID}
	}
	return g.refusedBy(in, g.Check(ctx, subject))
}
