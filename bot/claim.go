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

// locks see to it that of several replicas with one store only one does a thing.
// A store that can't be asked holds up nobody.
type locks struct {
	*telemetry
	memory *memory.Memory
}

// claim makes sure that of several replicas with one store only one does what
// came in an envelope, by whatever ids it goes, however often and wherever Slack
// delivers it. It is false if another has done it, or is at it and lives; it calls
// another as soon as it sees that. done ends the claim. Each process still knows
// what it took itself, see package socketmode.
func (l *locks) claim(ctx context.Context, ids []string, another func()) (done func(), ours bool) {
	if !l.memory.Shared() {
		return func() {}, true
	}
	for first := true; ; first = false {
		c, err := l.memory.Claim(ctx, claimLease, ids...)
		switch {
		case err != nil && first:
			return func() {}, true
		case err == nil && c.Won:
			stop := l.extended(ctx, claimLease, c.Extend)
			return func() {
				stop()
				_ = c.Finish(context.WithoutCancel(ctx), nil) // or the lease ends: the ack is out
			}, true
		}
		if first {
			another()
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

// idsOf are what an envelope is claimed by.
func idsOf(envelope string, p payload.Payload) []string {
	return []string{"envelope " + envelope, named("trigger ", p.TriggerID), named("event ", p.EventID)}
}

// extended keeps what was taken for a lease, until it is stopped. That waits for
// the store's answer: an extension that is cut short may count or not, and what
// can't be told can't be given back.
func (l *locks) extended(ctx context.Context, lease time.Duration, extend func(context.Context, time.Duration) error) (stop func()) {
	ctx = context.WithoutCancel(ctx)
	stopped, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		defer l.survive("lease")
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

const (
	// lockLease is when a lock is free again if its replica died.
	lockLease = 30 * time.Second
	// lockWait is how long a writer waits for one on another replica.
	lockWait = 20 * time.Second
)

// lock holds a receipt over all replicas, where there may be others.
func (l *locks) lock(ctx context.Context, id string) (unlock func(), ok bool) {
	if !l.memory.Shared() {
		return func() {}, true
	}
	return l.hold(ctx, "receipt "+id, lockWait)
}

// hold takes a lock by its name and keeps it until release. It is false if another
// has it for as long as the wait; a store that can't be asked holds up nobody.
func (l *locks) hold(ctx context.Context, name string, wait time.Duration) (release func(), ok bool) {
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	held, err := l.memory.Lock(waiting, name, lockLease)
	switch {
	case errors.Is(err, memory.ErrHeld):
		return func() {}, false
	case err != nil:
		return func() {}, true
	}
	stop := l.extended(ctx, lockLease, held.Extend)
	return func() {
		stop()
		_ = held.Release(context.WithoutCancel(ctx)) // or it ends by itself
	}, true
}
