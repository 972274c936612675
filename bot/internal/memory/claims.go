package memory

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"
)

// ClaimKept is for how long it is known what was done. Slack redelivers within
// seconds, events within five minutes; replays after up to an hour have been
// seen.
const ClaimKept = time.Hour

// Claim says who does what came under some ids.
type Claim struct {
	// Won: the caller does it, and calls Finish or Release.
	Won bool
	// Done: somebody has done it; Result is what Finish was given, if anything.
	// Neither Won nor Done: somebody is at it.
	Done   bool
	Result []byte

	holding
	done []record // what Finish writes
}

// The values of claims: at work, or done with a result behind it.
const (
	atWork = "w"
	isDone = "d"
)

// Claim takes ids (an envelope's and its trigger's) for as long as the lease:
// of all who have one of them in common, on all replicas, one wins. A replica
// that dies loses its claim when the lease is over. Empty ids don't count. With an
// error of the store it returns a claim all the same, of which nobody knows whether
// it was won: Take tells as soon as the store can be asked, Extend and Finish keep
// others from it, and Release gives it back.
func (m *Memory) Claim(ctx context.Context, lease time.Duration, ids ...string) (*Claim, error) {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "" })
	if len(ids) == 0 {
		return nil, errors.New("claim: no id")
	}
	c := &Claim{holding: holding{m: m, kind: kindClaim, ids: ids, value: atWork}}
	soon, cancel := context.WithTimeout(ctx, moment)
	defer cancel()
	m.store.await(soon) // what is not claimed may be done twice
	err := c.Take(ctx, lease)
	if errors.Is(err, ErrDown) && soon.Err() == nil { // it went just now, say by a reset of its connections
		m.store.await(soon)
		err = c.Take(ctx, lease)
	}
	return c, err
}

// Take tries again to win, and says in c what came of it.
func (c *Claim) Take(ctx context.Context, lease time.Duration) error {
	_, err := c.take(ctx, lease)
	if c.Won = err == nil; !errors.Is(err, ErrChanged) {
		return err
	}
	for _, r := range c.own {
		// What can't be read now is another's all the same.
		is, ok, err := c.m.read(ctx, r.key)
		if result, done := bytes.CutPrefix(is.value, []byte(isDone)); err == nil && ok && done {
			c.Done, c.Result = true, result
		}
	}
	return nil
}

// Extend keeps a claim for another lease from now. ErrChanged says that the lease
// was over and another has taken it.
func (c *Claim) Extend(ctx context.Context, lease time.Duration) error {
	_, err := c.take(ctx, lease)
	return err
}

// Finish says that it is done. The result is kept, sealed, for an hour: what a
// redelivery is to be acked with, which must not be anything that somebody typed.
// ErrChanged says that the lease was over and another has taken it. With any other
// error it can be called again, and has the result of the first call.
func (c *Claim) Finish(ctx context.Context, result []byte) error {
	if err := c.named(ctx); err != nil {
		return err
	}
	if c.done == nil {
		c.done = c.sealed(c.own, isDone+string(result))
	}
	_, err := c.write(ctx, c.done, ClaimKept)
	return err
}

// Release gives a claim back: it was not done, and may come again. ErrChanged
// says that another has it already.
func (c *Claim) Release(ctx context.Context) error { return c.drop(ctx) }
