package memory

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"otsbot/internal/redistest"
)

// trouble is between a replica and its store, as long as it is told so.
type trouble struct {
	store
	losesAnswers, losesWrites, losesReads atomic.Bool
}

func (t *trouble) write(ctx context.Context, now int64, ws []write) (int64, error) {
	if t.losesWrites.Load() {
		return 0, down{errTime}
	}
	version, err := t.store.write(ctx, now, ws)
	if t.losesAnswers.Load() {
		return 0, down{errTime}
	}
	return version, err
}

func (t *trouble) get(ctx context.Context, k key) (record, error) {
	if t.losesReads.Load() {
		return record{}, down{errTime}
	}
	return t.store.get(ctx, k)
}

// inDoubt runs a test with each of the stores, where nobody hears what becomes of
// the writes in doubted: once all were done, and once none.
func inDoubt(t *testing.T, f func(t *testing.T, w *world, m *Memory, doubted func(func()))) {
	inEach(t, func(t *testing.T, w *world) {
		for name, lost := range map[string]func(*trouble) *atomic.Bool{
			"done":     func(t *trouble) *atomic.Bool { return &t.losesAnswers },
			"not done": func(t *trouble) *atomic.Bool { return &t.losesWrites },
		} {
			t.Run(name, func(t *testing.T) {
				w := *w
				m := w.open(t)
				between := &trouble{store: m.store}
				m.store = between
				f(t, &w, m, func(f func()) {
					lost(between).Store(true)
					f()
					lost(between).Store(false)
				})
			})
		}
	})
}

// free takes a lock if it is free, without waiting.
func free(t *testing.T, m *Memory, name string) bool {
	t.Helper()
	l := &Lock{holding: holding{m: m, kind: kindLock, ids: []string{name}}}
	err := l.Extend(ctx, time.Minute)
	if err != nil {
		want(t, err, ErrChanged)
	}
	return err == nil
}

// held fails if a lock isn't.
func held(t *testing.T, m *Memory, name string) {
	t.Helper()
	if free(t, m, name) {
		t.Fatal("two have the lock")
	}
}

func TestALockThatMayHaveBeenTakenIsItsHolders(t *testing.T) {
	inDoubt(t, func(t *testing.T, w *world, m *Memory, doubted func(func())) {
		other := w.open(t)
		var mine *Lock
		doubted(func() {
			var err error
			mine, err = m.Lock(ctx, t.Name(), time.Minute)
			want(t, err, ErrDown)
		})
		must(t, mine.Extend(ctx, time.Minute))
		held(t, other, t.Name())
		must(t, mine.Release(ctx))

		var err error
		doubted(func() { mine, err = m.Lock(ctx, t.Name(), time.Minute) })
		want(t, err, ErrDown)
		must(t, mine.Release(ctx)) // and nobody waits for what may be there
		if !free(t, other, t.Name()) {
			t.Fatal("it was given back")
		}
		doubted(func() { mine, err = m.Lock(ctx, t.Name(), time.Minute) })
		want(t, err, ErrDown)
		want(t, mine.Extend(ctx, time.Minute), ErrChanged)
		want(t, mine.Release(ctx), ErrChanged)
	})
}

func TestAnExtensionThatMayHaveBeenDoneLosesNothing(t *testing.T) {
	inDoubt(t, func(t *testing.T, w *world, m *Memory, doubted func(func())) {
		other := w.open(t)
		lock, err := m.Lock(ctx, t.Name(), time.Minute)
		must(t, err)
		claim, err := m.Claim(ctx, time.Minute, t.Name(), t.Name()+" trigger")
		must(t, err)
		for range 3 {
			w.pass(40 * time.Second)
			doubted(func() {
				for range 2 {
					want(t, lock.Extend(ctx, time.Minute), ErrDown)
					want(t, claim.Extend(ctx, time.Minute), ErrDown)
				}
			})
			must(t, lock.Extend(ctx, time.Minute))
			must(t, claim.Extend(ctx, time.Minute))
			held(t, other, t.Name())
			theirs, err := other.Claim(ctx, time.Minute, t.Name()+" trigger")
			must(t, err)
			if theirs.Won || theirs.Done {
				t.Fatalf("got %+v", *theirs)
			}
		}
		must(t, lock.Release(ctx))
		must(t, claim.Finish(ctx, nil))
	})
}

func TestAClaimThatMayHaveBeenWonIsFinished(t *testing.T) {
	inDoubt(t, func(t *testing.T, w *world, m *Memory, doubted func(func())) {
		other := w.open(t)
		var mine *Claim
		var err error
		doubted(func() { mine, err = m.Claim(ctx, time.Minute, t.Name(), t.Name()+" trigger") })
		want(t, err, ErrDown)
		if mine.Won {
			t.Fatal("nobody has said so")
		}
		must(t, mine.Take(ctx, time.Minute))
		if !mine.Won {
			t.Fatal("it was lost to nobody")
		}
		doubted(func() { want(t, mine.Finish(ctx, []byte("ack")), ErrDown) })
		must(t, mine.Finish(ctx, []byte("ack")))
		must(t, mine.Finish(ctx, []byte("ack")))
		theirs, err := other.Claim(ctx, time.Minute, t.Name())
		must(t, err)
		if theirs.Won || !theirs.Done || string(theirs.Result) != "ack" {
			t.Fatalf("got %+v", *theirs)
		}

		// What another has can't be taken by asking again.
		second, err := other.Claim(ctx, time.Minute, t.Name()+" second")
		must(t, err)
		doubted(func() { mine, err = m.Claim(ctx, time.Minute, t.Name()+" second", t.Name()+" third") })
		want(t, err, ErrDown)
		must(t, mine.Take(ctx, time.Minute))
		if mine.Won || mine.Done {
			t.Fatalf("got %+v", *mine)
		}
		want(t, mine.Extend(ctx, time.Minute), ErrChanged)
		want(t, mine.Finish(ctx, nil), ErrChanged)
		must(t, second.Release(ctx))
		must(t, mine.Take(ctx, time.Minute))
		if !mine.Won {
			t.Fatal("it was given back")
		}
	})
}

// A Redis may come back with nothing, while those who held something live.
func TestWhatAStoreForgotIsTakenAnewByItsHolder(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m, other := w.open(t), w.open(t)
		lock, err := m.Lock(ctx, "receipt", time.Minute)
		must(t, err)
		claim, err := m.Claim(ctx, time.Minute, "envelope")
		must(t, err)
		for _, r := range append(lock.own, claim.own...) {
			_, err := m.store.write(ctx, m.now(), []write{{record: record{key: r.key}, was: anyVersion, drop: true}})
			must(t, err)
		}
		must(t, lock.Extend(ctx, time.Minute))
		must(t, claim.Extend(ctx, time.Minute))
		held(t, other, "receipt")
		theirs, err := other.Claim(ctx, time.Minute, "envelope")
		must(t, err)
		if theirs.Won {
			t.Fatal("two have it")
		}
	})
}

func TestWhatIsAnothersAndCannotBeReadIsAnothers(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m, other := w.open(t), w.open(t)
		_, err := other.Claim(ctx, time.Minute, "envelope")
		must(t, err)
		m.store = &trouble{store: m.store}
		m.store.(*trouble).losesReads.Store(true)
		c, err := m.Claim(ctx, time.Minute, "envelope")
		must(t, err)
		if c.Won || c.Done {
			t.Fatalf("got %+v", *c)
		}
	})
}

// A replica that begins while its store is away learns later how keys are made.
func TestWhatWasTakenBeforeAStoreWasThereIsTakenThen(t *testing.T) {
	t.Parallel()
	s := redistest.New(t)
	s.Kill()
	m := newMemoryFor(t, s.URL("otsbot"))
	lock, err := m.Lock(ctx, "receipt", time.Minute)
	want(t, err, ErrDown)
	claim, err := m.Claim(ctx, time.Minute, "envelope")
	want(t, err, ErrDown)
	finished, err := m.Claim(ctx, time.Minute, "another")
	want(t, err, ErrDown)
	s.Start(t)
	eventually(t, func() bool { return lock.Extend(ctx, time.Minute) == nil })
	must(t, claim.Extend(ctx, time.Minute))
	must(t, finished.Finish(ctx, nil))
	other := newMemoryFor(t, s.URL("otsbot"))
	held(t, other, "receipt")
	for _, id := range []string{"envelope", "another"} {
		c, err := other.Claim(ctx, time.Minute, id)
		must(t, err)
		if c.Won || c.Done != (id == "another") {
			t.Fatalf("%s: got %+v", id, *c)
		}
	}
}

// An answer that comes later than the store's time, and one that never comes, are
// no answers: what Redis did is known once it answers again.
func TestALateAnswerOfRedisGivesNobodyElseWhatIsHeld(t *testing.T) {
	t.Parallel()
	p := newProxy(t, redistest.New(t).Socket, nil)
	w := forMany("redis://" + p.Addr)
	m, other := w.open(t, func(c *Config) { c.Timeout = 200 * time.Millisecond }), w.open(t)
	for name, late := range map[string]func(bool){
		"late": func(is bool) {
			p.Delay.Store(0)
			if is {
				p.Delay.Store(int64(time.Second))
			}
		},
		"never": p.Lose.Store,
	} {
		eventually(t, func() bool { _, err := m.Get(ctx, "R1"); return errors.Is(err, ErrNotFound) })
		late(true)
		lock, err := m.Lock(ctx, name, time.Minute)
		want(t, err, ErrDown)
		late(false)
		answers := func(f func() error) {
			t.Helper()
			eventually(t, func() bool {
				err := f()
				if err != nil && !errors.Is(err, ErrDown) {
					t.Fatal(err)
				}
				return err == nil
			})
		}
		answers(func() error { return lock.Extend(ctx, time.Minute) })
		claim, _ := m.Claim(ctx, time.Minute, name)
		answers(func() error { return claim.Take(ctx, time.Minute) })
		for range 3 {
			w.pass(40 * time.Second)
			late(true)
			want(t, lock.Extend(ctx, time.Minute), ErrDown)
			late(false)
			answers(func() error { return claim.Extend(ctx, time.Minute) })
			late(true)
			want(t, claim.Extend(ctx, time.Minute), ErrDown)
			late(false)
			answers(func() error { return lock.Extend(ctx, time.Minute) })
			held(t, other, name)
			theirs, err := other.Claim(ctx, time.Minute, name)
			must(t, err)
			if theirs.Won {
				t.Fatal("two have it")
			}
		}
		late(true)
		want(t, claim.Finish(ctx, nil), ErrDown)
		late(false)
		answers(func() error { return lock.Release(ctx) })
		answers(func() error { return claim.Finish(ctx, nil) })
	}
}
