package bot

import (
	"context"
	"errors"
	"time"

	"otsbot/bot/internal/memory"
	"otsbot/bot/internal/payload"
)

// claimLease is when another replica may take over what one had begun: it
// extends the lease as long as it lives.
const claimLease = 12 * time.Second

// unheardMost is for how long a store may be away before nobody waits any more for
// what another replica does: a Redis starts again, or its Sentinels choose another,
// in less.
const unheardMost = time.Minute

// afterOutage is how many looks, of a quarter of a lease each, a store that was away
// gives the other.
const afterOutage = 2

var (
	errTheirs  = errors.New("another replica has done it")
	errUnheard = errors.New("another replica was at it, and nobody knows what came of it")
)

// claim makes sure that of several replicas with one store only one does what
// came in an envelope, by whatever ids it goes, however often and wherever Slack
// delivers it. It calls another as soon as it sees that another is at it, or was,
// and returns errTheirs when that has done it. done ends the claim. Each process
// still knows what it took itself, see package socketmode.
func (l *locks) claim(ctx context.Context, ids []string, another func()) (done func(), err error) {
	if !l.memory.Shared() {
		return func() {}, nil
	}
	c, err := l.memory.Claim(ctx, claimLease, ids...)
	if err == nil && !c.Won {
		another()
		if err := l.await(ctx, c); err != nil {
			return nil, err
		}
	}
	return l.keep(ctx, lease{name: ids[0], lasts: claimLease, unanswered: err != nil, extend: c.Extend,
		end: func(ctx context.Context) error { return c.Finish(ctx, nil) }}), nil
}

// await waits for the replica that has a claim. If that one has died, its lease
// ends, and the claim is won here.
//
// While the store is away, the other can't say that it lives, or that it is done.
// So when it is back, the other has the time of two looks to say so, for it may
// still wait for a connection that it tried before. And where that doesn't come, errUnheard is for who did it to
// hear, and nothing is done here: that both replicas live is likelier by far than
// that one died at the same time, and then there would be two secrets.
func (l *locks) await(ctx context.Context, c *memory.Claim) error {
	heard, patience := time.Now(), 0 // looks
	for !c.Won {
		if c.Done {
			return errTheirs
		}
		select {
		case <-time.After(claimLease / 4):
		case <-ctx.Done():
			return errUnheard
		}
		switch {
		case l.memory.Health().Err != nil:
			patience = afterOutage
		case patience > 0:
			patience--
		case c.Take(ctx, claimLease) == nil:
			heard = time.Now()
		default:
			patience = afterOutage
		}
		if time.Since(heard) > unheardMost {
			return errUnheard
		}
	}
	return nil
}

// idsOf are what an envelope is claimed by.
func idsOf(envelope string, p payload.Payload) []string {
	return []string{"envelope " + envelope, named("trigger ", p.TriggerID), named("event ", p.EventID)}
}

func named(prefix, id string) string {
	if id == "" {
		return ""
	}
	return prefix + id
}
