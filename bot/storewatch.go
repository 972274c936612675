package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"otsbot/bot/internal/memory"
)

// What whoever runs the app learns of its store: log, metrics, /readyz and
// check. Nothing that people do depends on it.

// StoreError says why the store at StoreURL isn't opened. Nothing in it was
// changed.
type StoreError struct{ error }

func (e *StoreError) Unwrap() error { return e.error }

// InUse says that another process has the store open, which is well if that is
// the app itself.
func (e *StoreError) InUse() bool { return errors.Is(e.error, memory.ErrInUse) }

// storeWatchEvery is how often the store is looked at, and offered what it
// could not take.
const storeWatchEvery = time.Second

// storeWatch looks at the store, and knows how it was then.
type storeWatch struct {
	*telemetry
	memory *memory.Memory
	ledger *ledger // what waits for the store
	locks  *locks  // and what it is still to be told

	mu    sync.Mutex
	now   storeCondition
	since time.Time
	why   error
}

type storeCondition string

const (
	storeUp   storeCondition = ""
	storeDown storeCondition = "down"
	storeFull storeCondition = "full"
)

// watch offers the store what it could not take before, and says when it
// goes and comes back, once each.
func (s *storeWatch) watch(ctx context.Context) {
	tick := time.NewTicker(storeWatchEvery)
	defer tick.Stop()
	for {
		s.look(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (s *storeWatch) look(ctx context.Context) {
	defer s.survive("store")
	s.locks.settle(ctx) // first: other replicas may wait for it
	again := s.ledger.storeAgain(ctx)
	health := s.memory.Health()
	switch {
	case errors.Is(health.Err, memory.ErrFull):
		s.is(storeFull, health.Err)
	case health.Err != nil:
		s.is(storeDown, health.Err)
	case errors.Is(again, memory.ErrFull):
		s.is(storeFull, again)
	case !errors.Is(again, memory.ErrDown): // else it was for a moment: the next look tells
		s.is(storeUp, nil)
	}
}

// is notes how the store is, and logs what is new.
func (s *storeWatch) is(now storeCondition, why error) {
	s.mu.Lock()
	was, since := s.now, s.since
	s.why = why
	if now != was {
		s.now, s.since = now, time.Now()
	}
	s.mu.Unlock()
	if now == was {
		return
	}
	about := []zap.Field{zap.String("store", s.memory.Health().Store), zap.Int("waiting", s.ledger.unkept.count())}
	switch now {
	case storeDown:
		s.log.Warn("the store is down: sharing, Check and Burn go on, following waits", append(about, zap.String("reason", reason(why)))...)
	case storeFull:
		s.log.Warn("the store is full: sharing goes on, what is new isn't followed until there is room", append(about, zap.String("reason", reason(why)))...)
	default:
		s.log.Info("the store is back", append(about, zap.Duration("after", time.Since(since)))...)
	}
}

// StoreTrouble says since when and why the store can't be used; "" if it can.
func (b *Bot) StoreTrouble() string { return b.store.trouble() }

// CheckStore says which store it is, and whether it can be used.
func (b *Bot) CheckStore(ctx context.Context) []Finding { return b.store.check(ctx) }

func (s *storeWatch) trouble() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == storeUp {
		return ""
	}
	return fmt.Sprintf("the store is %s since %s: %s", s.now, s.since.UTC().Format(time.RFC3339), reason(s.why))
}

// reason is why a store is down or full, without the word for that.
func reason(err error) string {
	said := err.Error()
	for _, state := range []error{memory.ErrDown, memory.ErrFull} {
		said = strings.TrimPrefix(said, state.Error()+": ")
	}
	return said
}

func (s *storeWatch) check(ctx context.Context) []Finding {
	held := s.memory.Stats(ctx)
	health := s.memory.Health()
	full := fmt.Sprintf("it holds %d of %d secrets and requests, %d of %d MiB", held.Entries, held.Max, held.Bytes>>20, held.MaxBytes>>20)
	switch {
	case health.Store == "memory":
		return []Finding{{OK: true, Text: "active secrets are remembered in memory until the process ends: STORE_URL isn't set"}}
	case health.Err != nil:
		return []Finding{{Text: "STORE_URL: " + reason(health.Err) + ". People can still share, but nothing is followed"}}
	case held.Used() >= 1:
		return []Finding{{Text: "STORE_URL: the store is full, " + full + ": new secrets aren't followed"}}
	case health.Store == "redis" && held.Marks+1 >= held.Max: // a claim takes two
		return []Finding{{Text: fmt.Sprintf("STORE_URL: the store has no room for who is at work: it holds %d of %d claims, locks and counts. Replicas may do the same thing twice", held.Marks, held.Max)}}
	case health.Store == "file":
		return []Finding{{OK: true, Text: "the store is a file that can be read and written; " + full}}
	}
	return []Finding{{OK: true, Text: "the store is a Redis that answers; " + full}}
}

func storeDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("otsbot_"+name, help, nil, nil)
}

var (
	descUp         = storeDesc("store_up", "Whether the store of what is out can be used.")
	descEntries    = storeDesc("store_entries", "Secrets and requests in the store.")
	descBytes      = storeDesc("store_bytes", "Size of the secrets and requests in the store, without its own overhead.")
	descMarks      = storeDesc("store_marks", "Claims, locks and counts in the store, of which there may be 100,000.")
	descUsed       = storeDesc("store_used_ratio", "How full the store is, by secrets and requests or by their size, whichever is more; 1 is full.")
	descUnreadable = storeDesc("store_unreadable_total", "Records that were met and that none of the keys opens.")
	descWaiting    = storeDesc("store_waiting_receipts", "Receipts that the store could not take and that wait in memory.")
)

// Describe is of prometheus.Collector.
func (s *storeWatch) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descUp, descEntries, descBytes, descMarks, descUsed, descUnreadable, descWaiting} {
		to <- d
	}
}

// Collect is of prometheus.Collector: what is in the store is counted when
// Prometheus asks.
func (s *storeWatch) Collect(to chan<- prometheus.Metric) {
	held := s.memory.Stats(context.Background())
	up := 1.0
	if s.trouble() != "" {
		up = 0
	}
	for d, value := range map[*prometheus.Desc]float64{descUp: up, descEntries: float64(held.Entries), descBytes: float64(held.Bytes),
		descMarks: float64(held.Marks), descUsed: held.Used(), descWaiting: float64(s.ledger.unkept.count())} {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value)
	}
	to <- prometheus.MustNewConstMetric(descUnreadable, prometheus.CounterValue, float64(held.Unreadable))
}
