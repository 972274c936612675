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

	m       *Memory
	keys    []key
	version int64
}

// The values of claims: at work, or done with a result behind it.
const (
	atWork = "w"
	isDone = "d"
)

// Claim takes ids (an envelope's and its trigger's) for as long as the lease:
// of all who have one of them in common, on all replicas, one wins. A replica
// that dies loses its claim when the lease is over. Empty ids don't count.
func (m *Memory) Claim(ctx context.Context, lease time.Duration, ids ...string) (*Claim, error) {
	c := &Claim{m: m}
	for _, id := range ids {
		if id == "" {
			continue
		}
		k, err := m.key(ctx, kindClaim, id)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(c.keys, k) {
			c.keys = append(c.keys, k)
		}
	}
	if len(c.keys) == 0 {
		return nil, errors.New("claim: no id")
	}
	err := c.write(ctx, 0, atWork, lease)
	if !errors.Is(err, ErrChanged) {
		c.Won = err == nil
		return c, err
	}
	for _, k := range c.keys {
		r, ok, err := m.read(ctx, k)
		if err != nil {
			return nil, err
		}
		if result, done := bytes.CutPrefix(r.value, []byte(isDone)); ok && done {
			c.Done, c.Result = true, result
		}
	}
	return c, nil
}

// write writes a value at all of the claim's keys, for a while.
func (c *Claim) write(ctx context.Context, was int64, value string, kept time.Duration) error {
	var ws []write
	for _, k := range c.keys {
		r := record{key: k, until: c.m.in(kept), value: c.m.seal(k, []byte(value))}
		ws = append(ws, write{record: r, was: was})
	}
	version, err := c.m.store.write(ctx, c.m.now(), ws)
	if err == nil {
		c.version = version
	}
	return err
}

// Extend keeps a claim that was won for another lease from now. ErrChanged says
// that the lease was over and another has taken it.
func (c *Claim) Extend(ctx context.Context, lease time.Duration) error {
	return c.write(ctx, c.version, atWork, lease)
}

// Finish says that it is done. The result is kept, sealed, for an hour: what a
// redelivery is to be acked with, which must not be anything that somebody typed.
// ErrChanged says that the lease was over and another has taken it.
func (c *Claim) Finish(ctx context.Context, result []byte) error {
	err := c.write(ctx, c.version, isDone+string(result), ClaimKept)
	if errors.Is(err, ErrChanged) { // or was it only forgotten, and nobody has it?
		err = c.write(ctx, 0, isDone+string(result), ClaimKept)
	}
	return err
}

// Release gives a claim back: it was not done, and may come again. ErrChanged
// says that another has it already.
func (c *Claim) Release(ctx context.Context) error {
	var ws []write
	for _, k := range c.keys {
		ws = append(ws, write{record: record{key: k}, was: c.version, drop: true})
	}
	_, err := c.m.store.write(ctx, c.m.now(), ws)
	return err
}
