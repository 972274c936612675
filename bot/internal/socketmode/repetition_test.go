package socketmode

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnEnvelopeIsKnownForAsLongAsItMayComeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOnce()
		first, isFirst := o.first("envelope 1", "trigger 1")
		if !isFirst {
			t.Fatal("known before it came")
		}
		time.Sleep(remembered - time.Second)
		o.first("another") // as traffic goes on
		time.Sleep(2 * time.Second)
		o.first("and another")
		for _, key := range []string{"envelope 1", "trigger 1"} {
			if again, isFirst := o.first("new", key); isFirst || again != first {
				t.Errorf("%s is not known any more", key)
			}
			if again, isFirst := o.first("new"); isFirst || again != first {
				t.Error("what a duplicate brought along is not known as one")
			}
		}
	})
}

func TestWhatIsKnownIsBounded(t *testing.T) {
	t.Run("in time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			o := newOnce()
			o.first("old")
			for range 2 {
				time.Sleep(remembered + time.Second)
				o.first("traffic")
			}
			if o.now[claimOf("old")] != nil || o.before[claimOf("old")] != nil {
				t.Error("still known after twice the time")
			}
		})
	})
	t.Run("in number", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			o := newOnce()
			for i := range 3 * rememberedKeys {
				o.first(fmt.Sprint(i))
			}
			if n := len(o.now) + len(o.before); n > 2*rememberedKeys || n < rememberedKeys {
				t.Errorf("%d keys are known", n)
			}
		})
	})
}

// An ack may hold what somebody typed, or a passphrase.
func TestAnAcksPayloadIsKeptForSecondsAndWithinABound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOnce()
		give := func(key string, size int) *answer {
			a, _ := o.first(key)
			a.change(make(json.RawMessage, size))
			return a
		}
		one := give("1", 1000)
		kept := func() int {
			one.mu.Lock()
			defer one.mu.Unlock()
			return len(one.payload)
		}
		time.Sleep(repeatable - time.Second)
		one.change(make(json.RawMessage, 10)) // counts anew
		time.Sleep(repeatable - time.Second)
		if kept() != 10 || o.held.Load() != 10 {
			t.Errorf("%d bytes kept, %d counted", kept(), o.held.Load())
		}
		time.Sleep(2 * time.Second)
		if kept() != 0 || o.held.Load() != 0 {
			t.Errorf("%d bytes kept after %v, %d counted", kept(), repeatable, o.held.Load())
		}
		if again, isFirst := o.first("1"); isFirst || again != one {
			t.Error("with the payload, the envelope was forgotten")
		}
		for i := range 2 * maxHeld / MaxAckPayload {
			give(fmt.Sprint("flood ", i), MaxAckPayload)
			if held := o.held.Load(); held > maxHeld {
				t.Fatalf("%d bytes are kept", held)
			}
		}
		time.Sleep(repeatable + time.Second)
		if held := o.held.Load(); held != 0 {
			t.Errorf("%d bytes are kept after the flood", held)
		}
	})
}

// Past the limit of work, an envelope that is not acked must come again as new.
func TestWhatIsForgottenIsNew(t *testing.T) {
	t.Parallel()
	o := newOnce()
	o.first("envelope 1", "trigger 1")
	o.forget("envelope 1", "trigger 1")
	if _, isFirst := o.first("envelope 1", "trigger 1"); !isFirst {
		t.Error("still known")
	}
}

func TestEachArrivalOfAnEnvelopeIsAckedOnceAndAlike(t *testing.T) {
	inScript(t, 2, says(helloFrame, envelopeFrame), func(s *scripted) {
		one, two := <-s.taken, <-s.taken
		a, _ := newOnce().first("E1")
		a.change(json.RawMessage(`"too soon"`)) // there is nothing to change yet
		a.repeat(arrival{two, "waits"})
		synctest.Wait()
		if said, _, _ := s.all(); len(said) > 0 {
			t.Errorf("acked before the first arrival: %q", said)
		}
		if err := a.give(arrival{one, "first"}, json.RawMessage(`1`)); err != nil {
			t.Error(err)
		}
		if a.give(arrival{one, "first"}, json.RawMessage(`2`)) != ErrAcked {
			t.Error("acked a second time")
		}
		a.repeat(arrival{two, "late"})
		a.change(json.RawMessage(`3`))
		a.repeat(arrival{two, "later"})
		want := []string{
			`{"envelope_id":"first","payload":1}`,
			`{"envelope_id":"waits","payload":1}`,
			`{"envelope_id":"late","payload":1}`,
			`{"envelope_id":"later","payload":3}`,
		}
		said, _, _ := s.all()
		for _, ack := range want {
			n := 0
			for _, heard := range said {
				if heard == ack {
					n++
				}
			}
			if n != 1 || len(said) != len(want) {
				t.Errorf("%s was said %d times in %q", ack, n, said)
			}
		}
	})
}

func TestAnAckThatOneOfTwoArrivalsGotIsGiven(t *testing.T) {
	inScript(t, 2, says(helloFrame, envelopeFrame), func(s *scripted) {
		dead, alive := <-s.taken, <-s.taken
		dead.shut()
		o := newOnce()
		both, _ := o.first("1")
		alone, _ := o.first("2")
		both.repeat(arrival{alive, "E1"})
		if err := both.give(arrival{dead, "E1"}, nil); err != nil {
			t.Errorf("Slack has its answer, and it is called lost: %v", err)
		}
		if alone.give(arrival{dead, "E1"}, nil) == nil {
			t.Error("an ack on a dead socket counts as written")
		}
	})
}
