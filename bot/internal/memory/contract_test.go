package memory

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot/internal/seal"
)

// clock is a clock that stands still until a test moves it.
type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(time.Now().UnixMilli())
	return c
}

func (c *clock) now() time.Time               { return time.UnixMilli(c.ms.Load()) }
func (c *clock) pass(d time.Duration)         { c.ms.Add(d.Milliseconds()) }
func (c *clock) in(d time.Duration) time.Time { return c.now().Add(d) }

// world is one store and its clock.
type world struct {
	*clock
	// open opens the store, each time the same: another replica, or the same
	// process where a store is for one.
	open func(t testing.TB, change ...func(*Config)) *Memory
}

// worlds are the three stores.
var worlds = map[string]func(t testing.TB) *world{
	"memory": func(testing.TB) *world { return forOne("") },
	"file":   func(t testing.TB) *world { return forOne("file:" + filepath.Join(t.TempDir(), "otsbot.db")) },
	"redis":  func(t testing.TB) *world { return forMany(sharedRedis(t)) },
}

// forOne is a store for one process: its second replica is its first.
func forOne(url string) *world {
	w := &world{clock: newClock()}
	var known *Memory
	w.open = func(t testing.TB, change ...func(*Config)) *Memory {
		if known == nil {
			known = open(t, url, w.clock, change...)
		}
		return known
	}
	return w
}

// open opens a store for the length of a test.
func open(t testing.TB, url string, c *clock, change ...func(*Config)) *Memory {
	t.Helper()
	m, err := Open(url, config(t, c, change...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

func config(t testing.TB, c *clock, change ...func(*Config)) Config {
	// A loaded machine is not what these tests are about.
	cfg := Config{Sealer: sealer(t, "one"), Now: c.now, Timeout: 20 * time.Second}
	for _, f := range change {
		f(&cfg)
	}
	return cfg
}

// sealer seals with keys that are made of words.
func sealer(t testing.TB, words ...string) *seal.Keys {
	t.Helper()
	var keys [][]byte
	for _, word := range words {
		keys = append(keys, []byte(word))
	}
	sealer, err := seal.New(keys...)
	must(t, err)
	return sealer
}

// inEach runs a test with each of the stores.
func inEach(t *testing.T, f func(t *testing.T, w *world)) {
	for name, make := range worlds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, make(t))
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

var ctx = context.Background()

// put puts an entry that is due in a minute and kept for a day.
func (w *world) put(t testing.TB, m *Memory, id, creator string) *Entry {
	t.Helper()
	e := &Entry{ID: id, Creator: creator, Payload: []byte("payload of " + id), At: w.now(),
		Next: w.in(time.Minute), Until: w.in(24 * time.Hour)}
	must(t, m.Put(ctx, e))
	return e
}

func ids(es []Entry) (ids []string) {
	for _, e := range es {
		ids = append(ids, e.ID)
	}
	return ids
}

func wantIDs(t testing.TB, es []Entry, want ...string) {
	t.Helper()
	if got := ids(es); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestAnEntryIsReadAsItWasPut(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m, other := w.open(t), w.open(t)
		e := w.put(t, m, "R1", "U1")
		got, err := other.Get(ctx, "R1")
		must(t, err)
		if got.ID != "R1" || got.Creator != "U1" || string(got.Payload) != "payload of R1" ||
			!got.At.Equal(e.At) || !got.Next.Equal(e.Next) || !got.Until.Equal(e.Until) {
			t.Fatalf("got %+v, want %+v", got, *e)
		}
		_, err = m.Get(ctx, "R2")
		want(t, err, ErrNotFound)
		must(t, other.Drop(ctx, "R1"))
		must(t, other.Drop(ctx, "R1"))
		_, err = m.Get(ctx, "R1")
		want(t, err, ErrNotFound)
	})
}

func TestTheSlowerWriterOfAnEntryChangesNothing(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m, other := w.open(t), w.open(t)
		mine := w.put(t, m, "R1", "U1")
		want(t, other.Put(ctx, &Entry{ID: "R1", At: w.now(), Until: w.in(time.Hour)}), ErrChanged)

		theirs, err := other.Get(ctx, "R1")
		must(t, err)
		theirs.Payload = []byte("newer")
		must(t, other.Put(ctx, &theirs))
		mine.Payload = []byte("older")
		want(t, m.Put(ctx, mine), ErrChanged)
		theirs.Payload = []byte("newest")
		must(t, other.Put(ctx, &theirs))
		got, err := m.Get(ctx, "R1")
		must(t, err)
		if string(got.Payload) != "newest" {
			t.Fatalf("got %q", got.Payload)
		}

		must(t, m.Drop(ctx, "R1"))
		want(t, other.Put(ctx, &theirs), ErrChanged) // what was dropped doesn't come back
	})
}

func TestUpdatesOfManyAllCount(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m, other := w.open(t), w.open(t)
		w.put(t, m, "R1", "U1")
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				err := []*Memory{m, other}[i%2].Update(ctx, "R1", func(e *Entry) error {
					e.Payload = append(e.Payload, '+')
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		e, err := m.Get(ctx, "R1")
		must(t, err)
		if want := "payload of R1++++++++++++++++++++"; string(e.Payload) != want {
			t.Fatalf("got %q", e.Payload)
		}
		want(t, m.Update(ctx, "R2", nil), ErrNotFound)
		want(t, m.Update(ctx, "R1", func(*Entry) error { return ErrHeld }), ErrHeld)
	})
}

func TestACreatorsListIsNewestFirstAndNobodyElses(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m := w.open(t)
		for _, id := range []string{"R1", "R2", "R3", "R4"} {
			w.put(t, m, id, "U1")
			w.put(t, m, id+" of another", "U2")
			w.put(t, m, id+" of nobody", "")
			w.pass(time.Minute)
		}
		must(t, m.Drop(ctx, "R2"))
		must(t, m.Update(ctx, "R3", func(e *Entry) error { e.End([]byte("opened"), w.now()); return nil }))
		es, err := w.open(t).List(ctx, "U1", 10)
		must(t, err)
		wantIDs(t, es, "R4", "R3", "R1")
		es, err = m.List(ctx, "U1", 2)
		must(t, err)
		wantIDs(t, es, "R4", "R3")
		es, err = m.List(ctx, "", 2)
		must(t, err)
		wantIDs(t, es)
		w.pass(25 * time.Hour) // R3 has ended, and is kept longer
		es, err = m.List(ctx, "U1", 10)
		must(t, err)
		wantIDs(t, es, "R3")
	})
}

func TestWhatIsOverIsGone(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m := w.open(t)
		before := m.Stats(ctx)
		for i := range 3 * sweepAtOnce / 2 {
			w.put(t, m, fmt.Sprint(i), "U1")
		}
		if got := m.Stats(ctx); got.Entries+got.Marks != before.Entries+before.Marks+3*sweepAtOnce/2 || got.Bytes <= before.Bytes {
			t.Fatalf("got %+v after %+v", got, before)
		}
		w.pass(24 * time.Hour)
		_, err := m.Get(ctx, "0")
		want(t, err, ErrNotFound)
		es, err := m.Due(ctx, 10, time.Minute)
		must(t, err)
		wantIDs(t, es)
		m.sweep(ctx)
		if got := m.Stats(ctx); got != before {
			t.Fatalf("got %+v, want %+v", got, before)
		}
	})
}

func TestWhatIsDueIsHandedOutOnceForALease(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m, other := w.open(t), w.open(t)
		for _, id := range []string{"R1", "R2", "R3"} {
			w.put(t, m, id, "U1")
			w.pass(time.Second)
		}
		es, err := m.Due(ctx, 10, time.Minute)
		must(t, err)
		wantIDs(t, es)
		w.pass(time.Minute)
		mine, err := m.Due(ctx, 2, time.Minute)
		must(t, err)
		wantIDs(t, mine, "R1", "R2")
		theirs, err := other.Due(ctx, 10, time.Minute)
		must(t, err)
		wantIDs(t, theirs, "R3")

		// One is looked at again later, one is over, one's holder dies.
		mine[0].Next = w.in(3 * time.Minute)
		must(t, m.Put(ctx, &mine[0]))
		mine[1].Next = time.Time{}
		must(t, m.Put(ctx, &mine[1]))
		es, err = m.Due(ctx, 10, time.Minute)
		must(t, err)
		wantIDs(t, es)
		w.pass(time.Minute)
		again, err := m.Due(ctx, 10, time.Minute)
		must(t, err)
		wantIDs(t, again, "R3")
		want(t, other.Put(ctx, &theirs[0]), ErrChanged) // it was only slow
		again[0].Next = time.Time{}
		must(t, m.Put(ctx, &again[0]))
		w.pass(2 * time.Minute)
		es, err = m.Due(ctx, 10, time.Minute)
		must(t, err)
		wantIDs(t, es, "R1")
	})
}

func TestWhatIsLaterIsDueThenAndOtherwiseAsItWas(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m, other := w.open(t), w.open(t)
		for _, id := range []string{"R1", "R2"} {
			w.put(t, m, id, "U1")
		}
		w.pass(time.Minute)
		before, err := m.Get(ctx, "R1")
		must(t, err)
		mine, err := m.Due(ctx, 10, time.Minute)
		must(t, err)
		if len(mine) != 2 || mine[0].Next != before.Next {
			t.Fatalf("%d handed out, due at %v, want %v", len(mine), mine[0].Next, before.Next)
		}
		for i := range mine {
			mine[i].Next = w.in(3 * time.Minute)
		}
		changed, err := other.Get(ctx, mine[1].ID) // by somebody's press, meanwhile
		must(t, err)
		changed.Next, changed.Payload = w.in(5*time.Minute), []byte("changed")
		must(t, other.Put(ctx, &changed))
		must(t, m.Later(ctx, mine))
		after, err := m.Get(ctx, mine[0].ID)
		must(t, err)
		if string(after.Payload) != string(mine[0].Payload) || after.Next != mine[0].Next || after.Creator != "U1" || after.Until != mine[0].Until {
			t.Errorf("got %+v", after)
		}
		w.pass(2 * time.Minute)
		es, err := m.Due(ctx, 10, time.Minute)
		must(t, err)
		wantIDs(t, es)
		w.pass(time.Minute)
		es, err = m.Due(ctx, 10, time.Minute)
		must(t, err)
		wantIDs(t, es, mine[0].ID)
		want(t, m.Put(ctx, &mine[0]), ErrChanged)
		w.pass(2 * time.Minute)
		es, err = m.Due(ctx, 10, time.Minute)
		must(t, err)
		if len(es) != 2 || !slices.ContainsFunc(es, func(e Entry) bool { return string(e.Payload) == "changed" }) {
			t.Errorf("got %+v", es)
		}
	})
}

func TestNothingIsDoneTwiceByManyReplicas(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		replicas := []*Memory{w.open(t), w.open(t), w.open(t)}
		for i := range 100 {
			w.put(t, replicas[0], fmt.Sprint(i), "U1")
		}
		w.pass(time.Minute)
		var mu sync.Mutex
		done := map[string]int{}
		var all sync.WaitGroup
		for i := range 9 {
			all.Go(func() {
				for {
					es, err := replicas[i%3].Due(ctx, 7, time.Minute)
					if err != nil {
						t.Error(err)
					}
					if len(es) == 0 {
						return
					}
					for _, e := range es {
						e.Next = w.in(time.Hour)
						if err := replicas[i%3].Put(ctx, &e); err != nil {
							t.Error(err)
						}
						mu.Lock()
						done[e.ID]++
						mu.Unlock()
					}
				}
			})
		}
		all.Wait()
		for id, n := range done {
			if n != 1 {
				t.Errorf("%s was done %d times", id, n)
			}
		}
		if len(done) != 100 {
			t.Errorf("%d were done", len(done))
		}
	})
}

func TestOneOfManyWinsAClaim(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		replicas := []*Memory{w.open(t), w.open(t)}
		var won atomic.Int64
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				// a redelivery may come under a new envelope id
				c, err := replicas[i%2].Claim(ctx, time.Minute, fmt.Sprint("envelope ", i%3), "trigger")
				if err != nil {
					t.Error(err)
				} else if c.Won {
					won.Add(1)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d won", won.Load())
		}
	})
}

func TestAClaimIsFinishedReleasedOrRunsOut(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m, other := w.open(t), w.open(t)
		claim := func(m *Memory, won, done bool, result string) *Claim {
			t.Helper()
			c, err := m.Claim(ctx, time.Minute, "envelope", "", "trigger")
			must(t, err)
			if c.Won != won || c.Done != done || string(c.Result) != result {
				t.Fatalf("got %+v", *c)
			}
			return c
		}
		mine := claim(m, true, false, "")
		claim(other, false, false, "")
		must(t, mine.Release(ctx))
		theirs := claim(other, true, false, "")
		want(t, mine.Release(ctx), ErrChanged) // it is theirs now
		claim(m, false, false, "")
		w.pass(time.Minute) // they died
		mine = claim(m, true, false, "")
		want(t, theirs.Finish(ctx, nil), ErrChanged)
		must(t, mine.Finish(ctx, []byte("ack")))
		claim(other, false, true, "ack")
		w.pass(ClaimKept)
		mine = claim(other, true, false, "")
		w.pass(time.Minute) // too slow, but nobody came meanwhile
		m.sweep(ctx)
		must(t, mine.Finish(ctx, nil))
		claim(m, false, true, "")
		_, err := m.Claim(ctx, time.Minute, "")
		if err == nil {
			t.Fatal("a claim of nothing")
		}
	})
}

func TestALockHasOneHolder(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m, other := w.open(t), w.open(t)
		at := func(m *Memory) (*Lock, error) {
			soon, cancel := context.WithCancel(ctx)
			time.AfterFunc(20*time.Millisecond, cancel)
			return m.Lock(soon, "receipt", time.Minute)
		}
		mine, err := at(m)
		must(t, err)
		_, err = at(other)
		want(t, err, ErrHeld)
		_, err = other.Lock(ctx, "another", time.Minute)
		must(t, err)
		must(t, mine.Release(ctx))
		theirs, err := at(other)
		must(t, err)
		w.pass(time.Minute) // they died
		mine, err = at(m)
		must(t, err)
		if mine.Fence <= theirs.Fence {
			t.Fatalf("fence %d after %d", mine.Fence, theirs.Fence)
		}
		want(t, theirs.Release(ctx), ErrChanged)
		_, err = at(other)
		want(t, err, ErrHeld)
	})
}

func TestALockIsExtendedAsLongAsItsHolderLives(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m, other := w.open(t), w.open(t)
		at := func(m *Memory) (*Lock, error) {
			soon, cancel := context.WithCancel(ctx)
			time.AfterFunc(20*time.Millisecond, cancel)
			return m.Lock(soon, "receipt", time.Minute)
		}
		mine, err := at(m)
		must(t, err)
		fence := mine.Fence
		for range 3 {
			w.pass(40 * time.Second)
			must(t, mine.Extend(ctx, time.Minute))
			_, err = at(other)
			want(t, err, ErrHeld)
		}
		must(t, mine.Release(ctx))
		theirs, err := at(other)
		must(t, err)
		must(t, theirs.Extend(ctx, time.Minute))
		want(t, mine.Extend(ctx, time.Minute), ErrChanged)
		w.pass(time.Minute) // they died
		last, err := at(m)
		must(t, err)
		if mine.Fence != fence || theirs.Fence <= fence || last.Fence <= theirs.Fence {
			t.Fatalf("fences %d, %d, %d", mine.Fence, theirs.Fence, last.Fence)
		}
		want(t, theirs.Extend(ctx, time.Minute), ErrChanged)
		want(t, theirs.Release(ctx), ErrChanged)
	})
}

func TestWhoeverWaitsForALockGetsIt(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		replicas := []*Memory{w.open(t), w.open(t)}
		var inside, most, fence atomic.Int64
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() {
				l, err := replicas[i%2].Lock(ctx, "receipt", time.Hour)
				if err != nil {
					t.Error(err)
					return
				}
				most.Store(max(most.Load(), inside.Add(1)))
				if last := fence.Swap(l.Fence); last >= l.Fence {
					t.Errorf("fence %d after %d", l.Fence, last)
				}
				inside.Add(-1)
				if err := l.Release(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if most.Load() != 1 {
			t.Fatalf("%d at once", most.Load())
		}
	})
}

func TestAFullStoreSaysSoAndGoesOn(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m := w.open(t, func(c *Config) { c.MaxEntries, c.MaxBytes = 5, 2000 })
		for i := range 5 {
			w.put(t, m, fmt.Sprint(i), "U1")
		}
		more := &Entry{ID: "more", At: w.now(), Until: w.in(time.Hour)}
		want(t, m.Put(ctx, more), ErrFull)
		must(t, m.Update(ctx, "1", func(e *Entry) error { e.Payload = nil; return nil }))
		want(t, m.Update(ctx, "1", func(e *Entry) error { e.Payload = make([]byte, 2000); return nil }), ErrFull)
		must(t, m.Drop(ctx, "1"))
		must(t, m.Put(ctx, more))
		want(t, m.Put(ctx, &Entry{ID: "another", At: w.now(), Until: w.in(time.Hour)}), ErrFull)
		w.pass(time.Hour) // "more" is over, and makes room without being asked
		w.put(t, m, "another", "U1")
		if s := m.Stats(ctx); s.Entries != 5 || s.Max != 5 || s.MaxBytes != 2000 || s.Used() != 1 {
			t.Fatalf("got %+v", s)
		}
	})
}

// However much is followed, it is still known who does what; and however much was
// done, there is room for what is to be followed.
func TestOneKindOfRecordDoesNotTakeTheRoomOfTheOther(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m := w.open(t, func(c *Config) { c.MaxEntries = 5 })
		for i := range 5 {
			w.put(t, m, fmt.Sprint("entry", i), "U1")
		}
		want(t, m.Put(ctx, &Entry{ID: "more", At: w.now(), Until: w.in(time.Hour)}), ErrFull)
		for i := range 4 { // and what says whose names are whose
			c, err := m.Claim(ctx, time.Minute, fmt.Sprint("envelope", i))
			must(t, err)
			if again, err := m.Claim(ctx, time.Minute, fmt.Sprint("envelope", i)); err != nil || !c.Won || again.Won {
				t.Fatalf("won by %t and %t, %v", c.Won, again.Won, err)
			}
		}
		_, err := m.Claim(ctx, time.Minute, "more")
		want(t, err, ErrFull)
		if s := m.Stats(ctx); s.Entries != 5 || s.Marks != 5 {
			t.Fatalf("got %+v", s)
		}
		must(t, m.Drop(ctx, "entry1"))
		w.put(t, m, "more", "U1")
		w.pass(2 * time.Minute) // of the claims
		_, err = m.Claim(ctx, time.Minute, "more")
		must(t, err)
	})
}

func TestKeysOfTheSealerCanBeChanged(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m := w.open(t)
		keys := func(keys ...string) { m.sealer = sealer(t, keys...) }
		w.put(t, m, "R1", "U1")
		w.put(t, m, "R2", "U1")
		keys("two", "one")
		m.sweep(ctx)
		must(t, m.Update(ctx, "R1", func(*Entry) error { return nil })) // sealed anew
		keys("two")
		m.naming.secret.Store(nil) // as after a restart
		es, err := m.List(ctx, "U1", 10)
		must(t, err)
		wantIDs(t, es, "R1")
		if n := m.Stats(ctx).Unreadable; n != 1 {
			t.Fatalf("%d were unreadable", n)
		}
		w.pass(time.Minute)
		es, err = m.Due(ctx, 1, time.Minute)
		must(t, err)
		wantIDs(t, es, "R1")
		es, err = m.Due(ctx, 1, time.Minute)
		must(t, err)
		wantIDs(t, es)
		w.put(t, m, "R2", "U1") // in the place of what nobody can read
		es, err = m.List(ctx, "U1", 10)
		must(t, err)
		wantIDs(t, es, "R2", "R1")

		keys("three") // of another bot, or lost: goes on, with nothing known
		m.naming.secret.Store(nil)
		es, err = m.List(ctx, "U1", 10)
		must(t, err)
		wantIDs(t, es)
		w.put(t, m, "R1", "U1")
		w.pass(48 * time.Hour)
		m.sweep(ctx)
		if s := m.Stats(ctx); s.Entries != 0 || s.Marks != 1 {
			t.Fatalf("got %+v", s)
		}
	})
}

func TestANewerStoreIsNotUsed(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m := w.open(t)
		w.put(t, m, "R1", "U1")
		r := record{key: aboutKey, at: m.now(), until: m.in(time.Hour), value: []byte(`{"schema":2}`)}
		_, err := m.store.write(ctx, m.now(), []write{{record: r, was: anyVersion}})
		must(t, err)
		m.sweep(ctx) // also if a newer version came while this one ran
		_, err = m.Get(ctx, "R1")
		want(t, err, ErrNewer)
		want(t, m.Health().Err, ErrNewer)
	})
}

// Time passes for the app's own tests as it does for the app.
func TestWhatIsOverGoesByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, err := Open("", Config{Sealer: sealer(t, "one")})
		must(t, err)
		before := m.Stats(ctx)
		must(t, m.Put(ctx, &Entry{ID: "R1", Until: time.Now().Add(time.Hour)}))
		l, err := m.Lock(ctx, "receipt", 10*time.Second)
		must(t, err)
		second, err := m.Lock(ctx, "receipt", time.Second)
		must(t, err)
		want(t, l.Release(ctx), ErrChanged)
		must(t, second.Release(ctx))
		<-time.After(time.Hour + upkeepEvery)
		if got := m.Stats(ctx); got != before {
			t.Fatalf("got %+v, want %+v", got, before)
		}
		must(t, m.Close())
		must(t, m.Close())
	})
}
