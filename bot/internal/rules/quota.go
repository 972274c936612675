package rules

import (
	"context"
	"sync"
	"time"
)

// quota counts the secrets that each person shared within the last hour, in
// this process.
type quota struct {
	mu     sync.Mutex
	shared map[string][]time.Time // oldest first
}

// take counts n secrets of user, unless that makes more than limit in an hour.
// Then it says how long to wait; 0 if n is too many at any time.
func (q *quota) take(user string, n, limit int) (wait time.Duration, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	q.forget(now)
	times := q.shared[user]
	if over := len(times) + n - limit; over > 0 {
		if over > len(times) {
			return 0, false
		}
		return times[over-1].Add(time.Hour).Sub(now), false
	}
	for range n {
		times = append(times, now)
	}
	if q.shared == nil {
		q.shared = map[string][]time.Time{}
	}
	q.shared[user] = times
	return 0, true
}

// giveBack takes off n secrets that were not stored.
func (q *quota) giveBack(user string, n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if times := q.shared[user]; len(times) > 0 {
		q.shared[user] = times[:max(0, len(times)-n)]
	}
}

// forget drops what is older than an hour, of everybody: so the memory is
// bounded by what an hour brings.
func (q *quota) forget(now time.Time) {
	for user, times := range q.shared {
		for len(times) > 0 && now.Sub(times[0]) >= time.Hour {
			times = times[1:]
		}
		if len(times) == 0 {
			delete(q.shared, user)
			continue
		}
		q.shared[user] = times
	}
}

// Counter counts for all replicas together.
type Counter interface {
	// Reserve counts n more for somebody, unless that makes more than limit
	// within an hour. Then it says how long to wait; 0 if n is too many at any
	// time. An error says that it can't count now.
	Reserve(ctx context.Context, who string, n, limit int) (wait time.Duration, ok bool, err error)
	GiveBack(ctx context.Context, who string, n int) error
}

// Reserve counts a share for its creator's hour, before anything is stored: in
// this process, which never allows less than all of them together, and then by
// the Counter. One that can't count now holds up nobody.
func (r *Rules) Reserve(ctx context.Context, s Subject) *Refusal {
	if r.SecretsPerHour == 0 {
		return nil
	}
	wait, ok := r.quota.take(s.Creator, s.Secrets, r.SecretsPerHour)
	if ok {
		var err error
		if wait, ok, err = r.counter.Reserve(ctx, s.Creator, s.Secrets, r.SecretsPerHour); ok || err != nil {
			return nil
		}
		r.quota.giveBack(s.Creator, s.Secrets)
	}
	return &Refusal{Rule: rulePerHour, Why: TooManySecrets, Most: r.SecretsPerHour, Wait: wait}
}

// GiveBack takes off n secrets that were reserved and not stored.
func (r *Rules) GiveBack(ctx context.Context, user string, n int) {
	if r.SecretsPerHour == 0 {
		return
	}
	r.quota.giveBack(user, n)
	_ = r.counter.GiveBack(ctx, user, n) // else one who may share less for an hour
}
