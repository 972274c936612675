package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/rules"
	"otsbot/otsclient"
)

// vault is OneTimeSecret, as what people do has need of it: it keeps their secrets
// (conceal.go), says what became of them, and burns them.
type vault struct {
	*voice
	ots     *otsclient.Client
	rules   *rules.Rules // which count what somebody has stored
	work    *workload    // which counts what nobody was told about yet
	longest time.Duration
}

// lookAt asks OneTimeSecret about some rows. What it finds is by metadata key.
func (v *vault) lookAt(ctx context.Context, r receipt.Receipt, which func(receipt.Row) bool) map[string]receipt.Seen {
	found := make([]receipt.Seen, len(r.Rows))
	each(len(r.Rows), func(i int) {
		if which(r.Rows[i]) {
			found[i] = v.look(ctx, r, r.Rows[i])
		}
	})
	byKey := map[string]receipt.Seen{}
	for i, now := range found {
		if now.Fate != receipt.Unseen {
			byKey[r.Rows[i].Key] = now
		}
	}
	return byKey
}

// look asks OneTimeSecret for the state of a secret.
func (v *vault) look(ctx context.Context, r receipt.Receipt, row receipt.Row) receipt.Seen {
	now, _ := v.ask(ctx, r, row)
	return now
}

// ask is look, and says why there was no answer.
func (v *vault) ask(ctx context.Context, r receipt.Receipt, row receipt.Row) (receipt.Seen, error) {
	started := time.Now()
	meta, err := v.ots.Metadata(ctx, row.MetadataKey())
	v.metrics.ots("metadata", started, err)
	now := r.Dated(v.seen(meta))
	gone := errors.Is(err, otsclient.ErrGone)
	switch {
	case gone && time.Now().After(r.Ends()) && !row.Outlives():
		now.Fate = receipt.Gone // the server has forgotten it, and what became of it
		return now, nil
	case gone:
		// Metadata lives twice as long as its secret was to, whatever becomes of
		// that. So the server has lost it or is another one, or the secret lives on.
		v.log.Warn("read metadata", zap.Error(err), zap.String("fingerprint", row.Fingerprint()))
		now.Fate = receipt.NotFound
		return now, nil
	case err != nil:
		v.log.Warn("read metadata", zap.Error(err), zap.String("fingerprint", row.Fingerprint()))
		now.Fate = receipt.NoAnswer
	}
	return now, err
}

// states asks about some secrets, at once where the server can.
func (v *vault) states(ctx context.Context, keys []otsclient.Key) ([]otsclient.Metadata, error) {
	started := time.Now()
	told, err := v.ots.States(ctx, keys)
	v.metrics.ots("states", started, err)
	return told, err
}

// seen is what OneTimeSecret says of a secret, as of now.
func (v *vault) seen(meta otsclient.Metadata) receipt.Seen {
	if meta.State == otsclient.StateOpened {
		v.metrics.secrets.WithLabelValues(secretOpened).Inc()
	}
	now := receipt.Seen{AsOf: time.Now().Unix(), Fate: receipt.FateOf(meta)}
	if !meta.Received.IsZero() {
		now.Opened = meta.Received.Unix()
	}
	return now
}

// burnRows burns some rows and notes how each is then. It returns outcomeBurned
// if it burned any, or outcomeTooLate, and an error of those that refused the
// passphrase.
func (v *vault) burnRows(ctx context.Context, in *interaction, w *writing, which func(receipt.Row) bool, phrase otsclient.Plaintext) (outcome, error) {
	ended, wrong := make([]outcome, len(w.Rows)), make([]error, len(w.Rows))
	each(len(w.Rows), func(i int) {
		row := w.Rows[i]
		if !which(row) {
			return
		}
		now, err := v.burnRow(ctx, w.Receipt, row, phrase)
		if err != nil {
			wrong[i] = err
			return
		}
		w.Rows[i].Saw(now)
		ended[i] = v.noteBurn(in.about(row.Fingerprint()), now)
	})
	err := errors.Join(wrong...)
	w.Phrase = w.Phrase || err != nil
	if slices.Contains(ended, outcomeBurned) {
		return outcomeBurned, err
	}
	return outcomeTooLate, err
}

// burnRow burns and says how the secret is now, or that the passphrase is
// wrong or locked. A 200 alone is not enough: the receipt must never say
// "burned" of a secret that was opened first, and the answer's own state is
// stale on most versions, so the metadata is read again.
func (v *vault) burnRow(ctx context.Context, r receipt.Receipt, row receipt.Row, phrase otsclient.Plaintext) (receipt.Seen, error) {
	started := time.Now()
	err := v.ots.Burn(ctx, row.MetadataKey(), phrase)
	v.metrics.ots("burn", started, err)
	if errors.Is(err, otsclient.ErrWrongPassphrase) || errors.Is(err, otsclient.ErrLocked) {
		return receipt.Seen{}, err
	}
	gone := errors.Is(err, otsclient.ErrGone)
	if err != nil && !gone {
		v.log.Warn("burn secret", zap.Error(err), zap.String("fingerprint", row.Fingerprint()))
	}
	now := v.look(ctx, r, row)
	silent := now.Fate == receipt.NoAnswer || now.Fate == receipt.NotFound
	switch {
	case silent && errors.Is(err, otsclient.ErrBurned):
		now.Fate = receipt.Burned
	case silent && err == nil:
		now.Fate = receipt.BurnedOnTrust
	case now.Fate.Waits() && gone && r.Phrase:
		return now, otsclient.ErrWrongPassphrase // 0.12 says no more than that
	case now.Fate.Waits():
		now.Fate = receipt.BurnNotDone
	case !now.Fate.Final(): // nobody knows
	case err == nil && now.Fate == receipt.Burned:
		now.Fate = receipt.BurnedNow
	case now.Fate == receipt.Burned && !gone:
		// The answer was lost, or is none that is known: burned now or before.
	default:
		now.Late = true
	}
	return now, nil
}

// noteBurn counts a burn that came to its end.
func (v *vault) noteBurn(in *interaction, now receipt.Seen) outcome {
	if !now.Fate.Final() {
		return outcomeNoAnswer
	}
	if now.Late || !now.Fate.IsBurned() {
		v.event(auditBurnRefused, in, zap.String("outcome", string(outcomeTooLate)), zap.Stringer("state", now.Fate))
		return outcomeTooLate
	}
	v.metrics.secrets.WithLabelValues(secretBurned).Inc()
	v.event(auditBurned, in, zap.String("outcome", string(outcomeBurned)))
	return outcomeBurned
}
