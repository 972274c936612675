package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/rules"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
)

// conceal has OneTimeSecret keep the secret. It is never repeated: a request
// whose outcome is open may have made a secret already.
//
// From here on until deliver has come to an end, the secret counts as open
// work, which a stopping process waits for.
func (b *Bot) conceal(ctx context.Context, in *interaction, s share) (otsclient.Shared, error) {
	started := time.Now()
	shared, err := b.ots.Share(ctx, otsclient.ShareRequest{Secret: s.secret, Passphrase: s.passphrase, TTL: s.ttl, Recipient: s.to.Mail})
	b.metrics.ots("share", started, err)
	if err != nil {
		b.log.Warn("conceal secret", zap.Error(err), zap.String("envelope_id", in.envelopeID))
		if errors.Is(err, otsclient.ErrOutcomeUnknown) {
			b.event(auditOutcomeUnproven, in)
		} else {
			b.uncount(s, 1)
		}
		return otsclient.Shared{}, err
	}
	in.fingerprint = shared.MetadataKey.Fingerprint()
	b.work.created(in.fingerprint)
	b.metrics.secrets.WithLabelValues(secretCreated).Inc()
	b.eventShared(in, s, shared)
	if shared.TTL > b.longestTTL()+time.Minute {
		return otsclient.Shared{}, b.refuseLifetime(ctx, in, s, shared)
	}
	return shared, nil
}

// lifetimeError says that OneTimeSecret would keep a secret for longer than
// anybody may have one here, so it was burned.
type lifetimeError struct {
	granted, most time.Duration
	leftLive      bool // it could not be burned
}

func (e *lifetimeError) Error() string {
	return "OneTimeSecret gives a longer lifetime than is allowed"
}

// longestTTL is the most that anyone gets.
func (b *Bot) longestTTL() time.Duration { return max(b.cfg.TTL, slices.Max(b.cfg.TTLChoices)) }

// refuseLifetime burns a secret that would outlive the longest lifetime that
// the admin allows: some versions and some settings of OneTimeSecret ignore
// the one that was asked for.
func (b *Bot) refuseLifetime(ctx context.Context, in *interaction, s share, shared otsclient.Shared) error {
	ctx, cancel := outlive(ctx)
	defer cancel()
	b.uncount(s, 1)
	err := b.burnOrphan(ctx, in, s, shared)
	return &lifetimeError{granted: shared.TTL, most: b.longestTTL(), leftLive: err != nil}
}

func concealOutcome(err error) outcome {
	var tooLong *lifetimeError
	switch {
	case errors.As(err, &tooLong) && tooLong.leftLive:
		return outcomeOrphaned
	case errors.As(err, &tooLong):
		return outcomeUndone
	case errors.Is(err, otsclient.ErrRejected):
		return outcomeRejected
	case errors.Is(err, otsclient.ErrOutcomeUnknown):
		return outcomeUncertain
	}
	return outcomeFailed
}

// undo burns a secret whose link nobody got, and tells its creator say, or that
// it did not work, by whatever road there is. Half of the time is for telling.
func (b *Bot) undo(ctx context.Context, in *interaction, s share, shared otsclient.Shared, say string) delivery {
	ctx, cancel := outlive(ctx)
	defer cancel()
	d := delivery{outcome: outcomeUndone, undone: say}
	if b.burnOrphan(ctx, in, s, shared) != nil {
		d = delivery{outcome: outcomeOrphaned, undone: sayLeftLive + plainMoment(s.receiptOf(shared).Ends()) + "."}
	}
	_, _ = b.reach(ctx, s.creator, plain(d.undone), viaHook, viaDM, viaEphemeral)
	return d
}

// burnOrphan burns a secret that nobody was told about, in half of the time
// that ctx has, which comes from outlive.
func (b *Bot) burnOrphan(ctx context.Context, in *interaction, s share, shared otsclient.Shared) error {
	deadline, _ := ctx.Deadline()
	burning, stop := context.WithTimeout(ctx, min(time.Until(deadline)/2, slackapi.CallTimeout))
	defer stop()
	in = in.about(shared.MetadataKey.Fingerprint())
	started := time.Now()
	err := b.ots.Burn(burning, shared.MetadataKey, s.passphrase)
	b.metrics.ots("burn", started, err)
	if err != nil { // the answer may be lost and the secret burned all the same
		if meta, unread := b.ots.Metadata(burning, shared.MetadataKey); unread == nil && meta.State == otsclient.StateBurned {
			err = nil
		}
	}
	if err != nil {
		b.metrics.secrets.WithLabelValues(secretUndelivered).Inc()
		b.log.Error("secret left undelivered", zap.Error(err), zap.String("fingerprint", in.fingerprint))
		b.event(auditLeftLive, in)
		return err
	}
	b.work.settled(in.fingerprint)
	b.metrics.secrets.WithLabelValues(secretBurned).Inc()
	b.event(auditBurned, in, zap.String("outcome", string(outcomeUndone)))
	return nil
}

// concealEach makes a secret for everybody who has none. It returns those that
// it made, and the gravest failure. With allOrNone they are taken back if there
// is one: nobody knows a generated password, so nobody could give it to the
// others.
func (b *Bot) concealEach(ctx context.Context, in *interaction, s *share, w *writing, allOrNone bool) ([]otsclient.Shared, error) {
	fresh, failure := b.concealOnce(ctx, in, *s, w)
	if missing := w.Count(receipt.Row.Missing); failure != nil && len(fresh) == 0 && b.strongerPhrase(s, failure, missing) {
		fresh, failure = b.concealOnce(ctx, in, *s, w)
	}
	if failure != nil && allOrNone {
		_ = b.takeBack(ctx, in, *s, w, fresh) // the rows say what could not be
		return nil, failure
	}
	return fresh, failure
}

func (b *Bot) concealOnce(ctx context.Context, in *interaction, s share, w *writing) (fresh []otsclient.Shared, failure error) {
	made := make([]otsclient.Shared, len(w.Rows))
	failures := make([]error, len(w.Rows))
	each(len(w.Rows), func(i int) {
		row := &w.Rows[i]
		if !row.Missing() || !s.goesTo(row.To) {
			return
		}
		shared, err := b.conceal(ctx, in.about(""), s)
		if err != nil {
			row.Step, row.Why, failures[i] = receipt.Failed, reasonOf(err), err
			return
		}
		made[i] = shared
	})
	for i, shared := range made {
		if !shared.MetadataKey.IsZero() {
			fresh = append(fresh, shared)
			w.Stores(i, shared, s.ttl)
		}
	}
	return fresh, gravest(failures)
}

// reasonOf is what a row remembers of an error of conceal.
func reasonOf(err error) string {
	var tooLong *lifetimeError
	switch {
	case errors.As(err, &tooLong) && tooLong.leftLive:
		return receipt.LeftLive
	case errors.As(err, &tooLong):
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
		var tooLong *lifetimeError
		switch {
		case err == nil:
			return 0
		case errors.As(err, &tooLong) && tooLong.leftLive:
			return 4
		case errors.Is(err, otsclient.ErrOutcomeUnknown):
			return 3
		case errors.As(err, &tooLong):
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

// takeBack burns what was concealed, and says so in the rows. What OneTimeSecret
// didn't confirm to be burned stays there to be burned; its link goes to nobody.
func (b *Bot) takeBack(ctx context.Context, in *interaction, s share, w *writing, fresh []otsclient.Shared) error {
	ctx, cancel := outlive(ctx)
	defer cancel()
	left := make([]error, len(fresh))
	each(len(fresh), func(i int) { left[i] = b.burnOrphan(ctx, in.about(""), s, fresh[i]) })
	for n, shared := range fresh {
		i := slices.IndexFunc(w.Rows, func(r receipt.Row) bool { return r.Key == shared.MetadataKey.Reveal() })
		if i < 0 {
			continue
		}
		if left[n] == nil {
			w.Rows[i] = receipt.Row{To: w.Rows[i].To}
			continue
		}
		w.Rows[i].Step, w.Rows[i].Why, w.Rows[i].Secret = receipt.NotSent, receipt.NotBurned, ""
	}
	return errors.Join(left...)
}

// recount counts n secrets for another try, after uncount.
func (b *Bot) recount(s share, n int) bool {
	if !s.counted {
		return true
	}
	return b.rules.Reserve(rules.Subject{Creator: s.creator.user, Secrets: n}) == nil
}

// uncount gives back to the creator's hour what was not stored.
func (b *Bot) uncount(s share, n int) {
	if s.counted {
		b.rules.GiveBack(s.creator.user, n)
	}
}

// undoEach burns what nobody could be told about, and says so once.
func (b *Bot) undoEach(ctx context.Context, in *interaction, s share, w *writing, fresh []otsclient.Shared, say string) {
	if len(fresh) == 0 {
		return
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	if b.takeBack(ctx, in, s, w, fresh) != nil {
		say = sayLeftLive + plainMoment(w.Ends()) + "."
	}
	_, _ = b.reach(ctx, s.creator, plain(say), viaHook, viaDM, viaEphemeral)
}

// about is the same interaction, for what concerns one secret.
func (in *interaction) about(fingerprint string) *interaction {
	one := *in
	one.fingerprint = fingerprint
	return &one
}
