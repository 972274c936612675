// Package memory is the one place for what the app remembers: what is out and
// when to look at it next ([Entry]), what was taken ([Memory.Claim]), how much a
// person shared within the hour ([Memory.Reserve]), and which replica writes a
// receipt ([Memory.Lock]). Start with [Open].
//
// It knows nothing of Slack and OneTimeSecret, and the app works without it:
// an operation that the store can't do now returns [ErrDown] or [ErrFull], soon,
// and the caller goes on as if nothing were remembered.
//
// # How it is made
//
// All of that is records (record.go): a key, a sealed value, a version that each
// write must know, and times. A store keeps records and does four things with
// them, each as a whole or not at all. What is above the stores is written once:
// entries.go, counts.go, and claims.go and locks.go, both on holding.go. There are
// three stores: in memory (inmemory.go), the same with its changes in a file
// (file.go; shelf.go does the work of both, on the ordered keys of shelved.go), and
// in Redis (redis.go, with redis.lua).
//
// # What a thief gets
//
// Values are sealed. Keys, and the creators that entries are listed by, are
// HMACs; their secret is in the store too, sealed (names.go), so that it outlives
// a change of the sealer's keys. In the clear are: of which kind a record is, how
// large, when it was made, when it is due and when it ends, and that two entries
// have the same creator, never who. Nothing can be burned or read with that.
// A copy from before a secret was over still holds its payload, sealed, and so may
// a file, where nothing was written over it yet.
package memory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Config is what a Memory needs beside its URL.
type Config struct {
	// Sealer hides what is stored.
	Sealer Sealer
	// MaxEntries and MaxBytes bound the store: how many entries, and their size
	// without the store's own overhead; and as much again of all else. 0 means
	// 100,000 and 64 MiB.
	MaxEntries int
	MaxBytes   int64
	// Timeout is what one operation may take, retries and all; 0 means 100 ms,
	// since people wait for some of them. A context that ends sooner counts.
	Timeout time.Duration
	// Now is the clock. nil is this machine's, put right by that of Redis if
	// that is the store: replicas must agree on when a lease has run out.
	Now func() time.Time
}

// Sealer encrypts what is stored. It may have several keys, of which the first
// seals and all open.
type Sealer interface {
	Seal(purpose string, plain []byte) []byte
	Open(purpose string, sealed []byte) ([]byte, error)
	// Current says whether the first key opens sealed.
	Current(purpose string, sealed []byte) bool
}

const (
	defaultEntries = 100_000
	defaultBytes   = 64 << 20
	defaultTimeout = 100 * time.Millisecond
	// upkeepEvery is how often what is over is dropped.
	upkeepEvery = time.Minute
)

// Memory is what the app remembers. It can be used by many goroutines.
type Memory struct {
	kind       string
	store      store
	sealer     Sealer
	clock      func() time.Time
	naming     naming
	unreadable atomic.Int64
	known      atomic.Pointer[sizes]
	stop       func()
	done       sync.WaitGroup
	close      func() error
}

// Open opens a store: "" is in memory, "file:/path" a file, and redis://,
// rediss:// and unix:// are Redis or Valkey, see redis.go. A Redis that can't be
// reached yet, or has no room, is no error; one that refuses the login is. The errors are those
// of errors.go, and none holds the URL, which may have a password.
func Open(url string, cfg Config) (*Memory, error) {
	if cfg.Sealer == nil {
		return nil, errors.New("open memory: no sealer")
	}
	cfg.MaxEntries = orDefault(cfg.MaxEntries, defaultEntries)
	cfg.MaxBytes = orDefault(cfg.MaxBytes, defaultBytes)
	cfg.Timeout = orDefault(cfg.Timeout, defaultTimeout)
	m := &Memory{sealer: cfg.Sealer, clock: cfg.Now}
	if m.clock == nil {
		m.clock = time.Now
	}
	var err error
	max := limits{cfg.MaxEntries, cfg.MaxBytes}
	switch {
	case url == "":
		m.kind, m.store = "memory", newInMemory(max)
	case strings.HasPrefix(url, "file:"):
		m.kind = "file"
		m.store, err = openFile(url, max, cfg.Timeout)
	case strings.HasPrefix(url, "redis:"), strings.HasPrefix(url, "rediss:"), strings.HasPrefix(url, "unix:"):
		m.kind = "redis"
		m.store, err = openRedis(url, max, cfg.Timeout, cfg.Now == nil)
	default:
		err = ErrURL
	}
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	err = m.learnNames(context.Background())
	if d := (down{}); errors.As(err, &d) && errors.Is(err, ErrRefused) {
		err = d.why // it won't come up by itself
	}
	if err != nil && !errors.Is(err, ErrDown) && !errors.Is(err, ErrFull) {
		_ = m.store.close()
		return nil, fmt.Errorf("open store: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	m.stop = cancel
	m.done.Go(func() { m.upkeep(ctx) })
	m.close = sync.OnceValue(m.store.close)
	return m, nil
}

func orDefault[N int | int64 | time.Duration](n, otherwise N) N {
	if n == 0 {
		return otherwise
	}
	return n
}

// Close ends everything that the Memory runs and lets go of the store.
func (m *Memory) Close() error {
	m.stop()
	m.done.Wait()
	return m.close()
}

// upkeep drops what is over, also when nobody writes.
func (m *Memory) upkeep(ctx context.Context) {
	tick := time.NewTicker(upkeepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			m.sweep(ctx)
		}
	}
}

// sweep is one round of upkeep. What it can't do now, the next one does.
func (m *Memory) sweep(ctx context.Context) {
	if m.learnNames(ctx) != nil {
		return
	}
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = m.store.sweep(ctx, m.now()); err != nil {
			return
		}
	}
}

// now is the time in milliseconds, which is how the stores keep it.
func (m *Memory) now() int64 { return m.clock().Add(m.store.skew()).UnixMilli() }

func (m *Memory) in(d time.Duration) int64 { return m.now() + d.Milliseconds() }

// Health is how the store is.
type Health struct {
	Store string // "memory", "file" or "redis"
	// Err is nil, or why operations fail at the moment, in words that may be
	// shown.
	Err   error
	Since time.Time // since when; zero if Err is nil
}

// Shared says that other replicas may have the same store.
func (m *Memory) Shared() bool { return m.kind == "redis" }

// Health says how the store is, from what it knows: it doesn't ask.
func (m *Memory) Health() Health {
	h := Health{Store: m.kind}
	h.Since, h.Err = m.store.health()
	if err := m.naming.refused.Load(); h.Err == nil && err != nil {
		h.Err = *err
	}
	return h
}

// Stats is how full the store is.
type Stats struct {
	// Entries are followed, and Bytes their size; Marks say what was done, who
	// is at work and how much a person shared.
	Entries, Marks, Max int // Max is that of each of the two
	Bytes, MaxBytes     int64
	// Unreadable is how often a record was met that none of the sealer's keys
	// opens. Such records stay until their end.
	Unreadable int64
}

// Used is how full the store is of what is followed; with 1 it takes no more.
func (s Stats) Used() float64 {
	return max(float64(s.Entries)/float64(s.Max), float64(s.Bytes)/float64(s.MaxBytes))
}

// Stats counts. If the store is down, it is the last that was known.
func (m *Memory) Stats(ctx context.Context) Stats {
	if now, err := m.store.size(ctx); err == nil {
		m.known.Store(&now)
	}
	l := m.store.limits()
	s := Stats{Max: l.records, MaxBytes: l.bytes, Unreadable: m.unreadable.Load()}
	if known := m.known.Load(); known != nil {
		s.Entries, s.Bytes, s.Marks = known[entries].records, known[entries].bytes, known[marks].records
	}
	return s
}
