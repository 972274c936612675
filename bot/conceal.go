package bot

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/rules"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// stored is a secret that OneTimeSecret keeps and nobody has been told about:
// whoever has it in hand delivers or burns it.
type stored struct {
	otsclient.Shared
	share
	vault *vault
	in    *interaction // that it was shared with, about it
}

func (s *stored) fingerprint() string { return s.in.fingerprint }

// settled says that somebody knows of it, or that it is burned.
func (s *stored) settled() { s.vault.work.settled(s.fingerprint()) }

// conceal has OneTimeSecret keep the secret. It is never repeated: a request
// whose outcome is open may have made a secret already.
//
// From here on until it is delivered or burned, the secret counts as open work,
// which a stopping process waits for.
func (v *vault) conceal(ctx context.Context, in *interaction, s share) (*stored, error) {
	started := time.Now()
	shared, err := v.ots.Share(ctx, otsclient.ShareRequest{Secret: s.secret, Passphrase: s.passphrase, TTL: s.ttl, Recipient: s.to.Mail})
	v.metrics.ots("share", started, err)
	if err != nil {
		v.log.Warn("conceal secret", zap.Error(err), zap.String("envelope_id", in.envelopeID))
		if errors.Is(err, otsclient.ErrOutcomeUnknown) {
			v.event(auditOutcomeUnproven, in)
		} else {
			v.uncount(ctx, s, 1)
		}
		return nil, err
	}
	one := &stored{shared, s, v, in.about(shared.MetadataKey.Fingerprint())}
	v.work.created(one.fingerprint())
	v.metrics.secrets.WithLabelValues(secretCreated).Inc()
	v.eventShared(one.in, s, shared)
	// Some versions and some settings of OneTimeSecret ignore the lifetime that was
	// asked for.
	if most := v.longest; shared.TTL > most+time.Minute || shared.Unprotected {
		ctx, cancel := outlive(ctx)
		defer cancel()
		v.uncount(ctx, s, 1)
		err := &termsError{granted: shared.TTL, most: most, open: shared.Unprotected, undone: one.burn(ctx, one.mailed()), fingerprint: one.fingerprint()}
		v.log.Warn("conceal secret", zap.Error(err), zap.String("envelope_id", in.envelopeID))
		return nil, err
	}
	return one, nil
}

// termsError says that OneTimeSecret would keep a secret on other terms than it
// may: for longer than anybody may have one here, or without its passphrase. So it
// was burned.
type termsError struct {
	granted, most time.Duration
	open          bool // without its passphrase
	undone        text.Undone
	fingerprint   string
}

// leftLive says that it could not be burned.
func (e *termsError) leftLive() bool { return !e.undone.Fate.Final() }

func (e *termsError) Error() string {
	if e.open {
		return "OneTimeSecret keeps a secret without its passphrase"
	}
	return "OneTimeSecret gives a longer lifetime than is allowed"
}

// notConcealed says why a secret isn't stored. What a is not told of s, it holds.
func (v *vault) notConcealed(in *interaction, err error, s share, a text.Attempt) string {
	var terms *termsError
	switch {
	case errors.As(err, &terms) && terms.open:
		return v.words(in.userID).Unprotected(terms.undone)
	case terms != nil:
		return v.words(in.userID).TooLongLived(terms.granted, terms.most, terms.undone)
	}
	a.Asked, a.Now, a.Mailed = s.ttl, time.Now(), s.to.Sort == receipt.ToMail
	return v.words(in.userID).NotConcealed(err, a)
}

// concealOutcome is how an interaction ended that failed to conceal.
func concealOutcome(err error) outcomeOf {
	var terms *termsError
	switch {
	case errors.As(err, &terms) && terms.leftLive():
		return outcomeOf{outcomeOrphaned, terms.fingerprint}
	case errors.As(err, &terms):
		return outcomeOf{outcomeUndone, terms.fingerprint}
	case errors.Is(err, otsclient.ErrRejected):
		return outcomeOf{outcome: outcomeRejected}
	case errors.Is(err, otsclient.ErrOutcomeUnknown):
		return outcomeOf{outcome: outcomeUncertain}
	}
	return outcomeOf{outcome: outcomeFailed}
}

// mailed is who may have the link before it was brought anywhere: OneTimeSecret
// mails one by itself.
func (s *stored) mailed() text.Holder {
	if len(s.Recipients) > 0 {
		return text.PerhapsMailed
	}
	return text.HeldByNobody
}

// undo takes a secret back that its creator could not be told of, and tells them
// so, by whatever road there is. Half of the time is for telling. link is who may
// have its link all the same; unseen says that nobody saw its passphrase.
func (s *stored) undo(ctx context.Context, link text.Holder, unseen bool) delivery {
	ctx, cancel := outlive(ctx)
	defer cancel()
	over := s.burn(ctx, link)
	over.Unseen = unseen
	d := delivery{outcome: outcomeUndone, undone: s.vault.words(s.creator.user).Undone(over)}
	switch {
	case !over.Fate.Final():
		d.outcome = outcomeOrphaned
	case over.Fate == receipt.Opened:
		d.outcome = outcomeTooLate
	}
	_, _ = s.vault.reach(ctx, s.creator, text.Plain(d.undone), viaHook, viaDM, viaEphemeral)
	return d
}

// burn burns a secret that its creator was not told about, in half of the time
// that ctx has, which comes from outlive, and says what became of it.
func (s *stored) burn(ctx context.Context, link text.Holder) text.Undone {
	deadline, _ := ctx.Deadline()
	burning, stop := context.WithTimeout(ctx, min(time.Until(deadline)/2, slackapi.CallTimeout))
	defer stop()
	v, in, r := s.vault, s.in, s.receipt()
	now, err := v.burnRow(burning, r, r.Rows[0], s.passphrase)
	switch over := err == nil && now.Fate.Final(); {
	case !over:
		v.metrics.secrets.WithLabelValues(secretUndelivered).Inc()
		v.log.Error("secret left undelivered", zap.Error(err), zap.String("fingerprint", in.fingerprint))
		v.event(auditLeftLive, in)
		return text.Undone{Link: link, Ends: r.Ends()}
	case now.Fate == receipt.Opened:
		v.event(auditBurnRefused, in, zap.String("outcome", string(outcomeTooLate)), zap.Stringer("state", now.Fate))
	default:
		v.metrics.secrets.WithLabelValues(secretBurned).Inc()
		v.event(auditBurned, in, zap.String("outcome", string(outcomeUndone)))
	}
	s.settled()
	return text.Undone{Fate: now.Fate, Link: link, Ends: r.Ends()}
}

// reasonOf is what a row remembers of an error of conceal.
func reasonOf(err error) string {
	var terms *termsError
	switch {
	case errors.As(err, &terms) && terms.open && terms.leftLive():
		return receipt.NoPhraseLive
	case errors.As(err, &terms) && terms.leftLive():
		return receipt.LeftLive
	case errors.As(err, &terms) && terms.open:
		return receipt.NoPhrase
	case errors.As(err, &terms):
		return receipt.TooLong
	case errors.Is(err, otsclient.ErrNotAuthorized):
		return receipt.NotAuthorized
	case errors.Is(err, otsclient.ErrNoAPI):
		return receipt.NoAPI
	case errors.Is(err, otsclient.ErrRejected):
		return receipt.Rejected
	case errors.Is(err, otsclient.ErrRateLimited):
		return receipt.RateLimited
	case errors.Is(err, otsclient.ErrOutcomeUnknown):
		return receipt.MaybeStored
	}
	return receipt.Unreachable
}

// gravest is the failure that says most of what may be stored.
func gravest(failures []error) (worst error) {
	grave := func(err error) int {
		var terms *termsError
		switch {
		case err == nil:
			return 0
		case errors.As(err, &terms) && terms.leftLive():
			return 4
		case errors.Is(err, otsclient.ErrOutcomeUnknown):
			return 3
		case errors.As(err, &terms):
			return 2
		}
		return 1
	}
	for _, err := range failures {
		if grave(err) > grave(worst) {
			worst = err
		}
	}
	return worst
}

// recount counts n secrets for another try, after uncount.
func (v *vault) recount(ctx context.Context, s share, n int) bool {
	if !s.counted {
		return true
	}
	return v.rules.Reserve(ctx, rules.Subject{Creator: s.creator.user, Secrets: n}) == nil
}

// uncount gives back to the creator's hour what was not stored.
func (v *vault) uncount(ctx context.Context, s share, n int) {
	if s.counted {
		v.rules.GiveBack(ctx, s.creator.user, n)
	}
}

// about is the same interaction, for what concerns one secret.
func (in *interaction) about(fingerprint string) *interaction {
	one := *in
	one.fingerprint = fingerprint
	return &one
}

// strongerPhrase makes a generated passphrase as the server has just said that
// it wants it, for n secrets: as long, and with all that it may ask for. That
// the server said so is a refusal, so another try can't make a second secret.
func (v *vault) strongerPhrase(ctx context.Context, s *share, err error, n int) bool {
	least := max(otsclient.MinPassphrase(err), phraseLength)
	switch {
	case !s.madePhrase, otsclient.Field(err) != otsclient.FieldPassphrase, least > otsclient.MaxPassphraseChars:
		return false
	case errors.Is(err, otsclient.ErrOutcomeUnknown): // of one of several
		return false
	case !v.recount(ctx, *s, n):
		return false
	}
	s.passphrase = strongPhrase(least)
	return true
}
