package memory

import (
	"context"
	"encoding/binary"
	"errors"
	"time"
)

// countWindow is what Reserve counts within.
const countWindow = time.Hour

// Reserve counts n more for somebody, unless that makes more than limit within
// an hour. Then it says how long to wait; 0 if n is too many at any time.
func (m *Memory) Reserve(ctx context.Context, who string, n, limit int) (wait time.Duration, ok bool, err error) {
	err = m.count(ctx, who, func(times []int64, now int64) []int64 {
		wait, ok = 0, false
		if over := len(times) + n - limit; over > 0 {
			if over <= len(times) {
				wait = time.Duration(times[over-1]+countWindow.Milliseconds()-now) * time.Millisecond
			}
			return nil
		}
		ok = true
		for range n {
			times = append(times, now)
		}
		return times
	})
	return wait, ok && err == nil, err
}

// GiveBack takes off n that were reserved, the newest.
func (m *Memory) GiveBack(ctx context.Context, who string, n int) error {
	return m.count(ctx, who, func(times []int64, _ int64) []int64 {
		return times[:max(0, len(times)-n)]
	})
}

// count changes when somebody's count went up within the hour, oldest first, to
// what f makes of it; nil is no change.
func (m *Memory) count(ctx context.Context, who string, f func(times []int64, now int64) []int64) error {
	k, err := m.key(ctx, kindCount, who)
	if err != nil {
		return err
	}
	for {
		r, _, err := m.read(ctx, k)
		if err != nil {
			return err
		}
		now := m.now()
		times := f(decodeTimes(r.value, now-countWindow.Milliseconds()), now)
		if times == nil {
			return nil
		}
		w := write{record: record{key: k}, was: r.version, drop: len(times) == 0}
		if !w.drop {
			w.until = times[len(times)-1] + countWindow.Milliseconds()
			w.value = m.seal(k, encodeTimes(times))
		}
		if _, err := m.store.write(ctx, now, []write{w}); !errors.Is(err, ErrChanged) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// Times are stored as the first, and then how much later each is than the one
// before.
func encodeTimes(times []int64) (b []byte) {
	last := int64(0)
	for _, t := range times {
		b = binary.AppendUvarint(b, uint64(max(0, t-last)))
		last = max(last, t)
	}
	return b
}

// decodeTimes returns those after since, as far as b can be read.
func decodeTimes(b []byte, since int64) []int64 {
	times, last := []int64{}, int64(0)
	for len(b) > 0 {
		later, size := binary.Uvarint(b)
		if size <= 0 || later > uint64(maxTime-last) {
			return times
		}
		b, last = b[size:], last+int64(later)
		if last > since {
			times = append(times, last)
		}
	}
	return times
}
