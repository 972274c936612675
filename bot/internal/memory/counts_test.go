package memory

import (
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// counted is what internal/rules counts in one process: what Reserve must agree
// with.
type counted []time.Time

func (q *counted) take(now time.Time, n, limit int) (wait time.Duration, ok bool) {
	*q = slices.DeleteFunc(*q, func(t time.Time) bool { return now.Sub(t) >= time.Hour })
	if over := len(*q) + n - limit; over > 0 {
		if over > len(*q) {
			return 0, false
		}
		return (*q)[over-1].Add(time.Hour).Sub(now), false
	}
	for range n {
		*q = append(*q, now)
	}
	return 0, true
}

func TestCountsAreThoseOfOneProcess(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		replicas := []*Memory{w.open(t), w.open(t)}
		var model counted
		for i := range 300 {
			m := replicas[i%2]
			n := 1 + rand.N(4)
			if i%7 == 0 {
				must(t, m.GiveBack(ctx, "U1", n))
				model = model[:max(0, len(model)-n)]
				continue
			}
			if i%11 == 0 {
				n = 30
			}
			wait, ok, err := m.Reserve(ctx, "U1", n, 20)
			must(t, err)
			if wantWait, wantOK := model.take(w.now(), n, 20); wait != wantWait || ok != wantOK {
				t.Fatalf("step %d: got %v %v, want %v %v", i, wait, ok, wantWait, wantOK)
			}
			w.pass(rand.N(20 * time.Minute))
		}
		_, ok, err := replicas[0].Reserve(ctx, "U2", 20, 20)
		must(t, err)
		if !ok {
			t.Fatal("somebody else's count")
		}
		w.pass(time.Hour)
		replicas[0].sweep(ctx)
		if n := replicas[0].Stats(ctx).Marks; n != 1 {
			t.Fatalf("%d records after an hour", n)
		}
	})
}

func TestCountsHoldAtOnce(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		replicas := []*Memory{w.open(t), w.open(t)}
		var taken atomic.Int64
		var all sync.WaitGroup
		for i := range 30 {
			all.Go(func() {
				_, ok, err := replicas[i%2].Reserve(ctx, "U1", 1, 10)
				if err != nil {
					t.Error(err)
				} else if ok {
					taken.Add(1)
				}
			})
		}
		all.Wait()
		if taken.Load() != 10 {
			t.Fatalf("%d were taken", taken.Load())
		}
	})
}

func FuzzTimes(f *testing.F) {
	f.Add(encodeTimes([]int64{1, 1, 5}))
	f.Add([]byte{0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		times := decodeTimes(b, -1)
		if !slices.IsSorted(times) {
			t.Fatal(times)
		}
		if again := decodeTimes(encodeTimes(times), -1); !slices.Equal(again, times) {
			t.Fatalf("got %v, want %v", again, times)
		}
	})
}

func FuzzEntries(f *testing.F) {
	e := Entry{ID: "R1", Creator: "U1", Payload: []byte("payload")}
	f.Add(record{version: 1, until: 2, value: e.encode()}.encode())
	f.Add([]byte{format})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decode(key{kindEntry}, b)
		if err != nil {
			return
		}
		if !slices.Equal(r.encode(), b) {
			t.Fatal("a record that is stored otherwise than it was read")
		}
		e, err := r.entry()
		if err != nil {
			return
		}
		if again, err := (record{value: e.encode()}).entry(); err != nil || again.ID != e.ID ||
			again.Creator != e.Creator || !slices.Equal(again.Payload, e.Payload) {
			t.Fatalf("got %+v, %v, want %+v", again, err, e)
		}
	})
}
