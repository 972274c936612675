package bot

import (
	"context"
	"time"

	"go.uber.org/zap"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/socketmode"
)

// claimLease is when another replica may take over what one had begun: it
// extends the lease as long as it lives.
const claimLease = 12 * time.Second

// claim makes sure that of several replicas with one store only one does what
// came in an envelope, however often and wherever Slack delivers it. It is false
// if another has done it, or is at it and lives; done ends the claim. A store
// that can't be asked holds up nobody: each process still knows what it took
// itself, see package socketmode.
//
// What another replica acked is not known here. So an envelope that it has is
// acked without a word, and a form stays open: closing it could lose what was
// typed.
func (b *Bot) claim(ctx context.Context, in *interaction, e *socketmode.Envelope, p payload.Payload, ack ackFunc) (done func(), ours bool) {
	if !b.memory.Shared() {
		return func() {}, true
	}
	if in.kind == commands && b.isInline(p) {
		_ = ack(nil) // which is its ack wherever it is shared, so nobody waits for the store
	}
	ids := []string{"envelope " + e.ID, named("trigger ", p.TriggerID), named("event ", p.EventID)}
	for first := true; ; first = false {
		c, err := b.memory.Claim(ctx, claimLease, ids...)
		switch {
		case err != nil && first:
			return func() {}, true
		case err == nil && c.Won:
			stop := b.extended(ctx, claimLease, c.Extend)
			return func() {
				stop()
				_ = c.Finish(context.WithoutCancel(ctx), nil) // or the lease ends: the ack is out
			}, true
		}
		if first {
			b.log.Info("envelope is another replica's", zap.String("envelope_id", e.ID))
			if in.accepts && len(in.inputs) > 0 {
				_ = ack(fieldErrors(in.field(""), b.words(in.userID).Stuck))
				return nil, false
			}
			_ = ack(nil)
		}
		if err != nil || c.Done {
			return nil, false
		}
		// The other may have died at it: then its lease ends, and it is done here.
		select {
		case <-time.After(claimLease / 4):
		case <-ctx.Done():
			return nil, false
		}
	}
}

// extended keeps what was taken for a lease, until it is stopped. That waits for
// the store's answer: an extension that is cut short may count or not, and what
// can't be told can't be given back.
func (b *Bot) extended(ctx context.Context, lease time.Duration, extend func(context.Context, time.Duration) error) (stop func()) {
	ctx = context.WithoutCancel(ctx)
	stopped, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		defer b.survive("lease")
		for {
			select {
			case <-time.After(lease / 4):
				_ = extend(ctx, lease) // the store may be away for a moment
			case <-stopped:
				return
			}
		}
	}()
	return func() {
		close(stopped)
		<-ended
	}
}

func named(prefix, id string) string {
	if id == "" {
		return ""
	}
	return prefix + id
}
