package memory

import (
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otsbot/internal/canary"
	"otsbot/internal/redistest"
)

// What may stand in no store in the clear, in any encoding.
var canaries = []string{"canary-metadata-key", "U0CANARY1", "C0CANARY1", "canary-envelope", "canary-result", "canary-receipt"}

// fill puts the canaries wherever a value can be put.
func fill(t *testing.T, w *world, m *Memory) {
	t.Helper()
	all := []byte(strings.Join(canaries, " "))
	for _, canary := range canaries {
		must(t, m.Put(ctx, &Entry{ID: canary, Creator: canary, Payload: all, At: w.now(), Next: w.now(), Until: w.in(time.Hour)}))
		c, err := m.Claim(ctx, time.Minute, canary)
		must(t, err)
		must(t, c.Finish(ctx, all))
		_, _, err = m.Reserve(ctx, canary, 1, 10)
		must(t, err)
		_, err = m.Lock(ctx, canary, time.Minute)
		must(t, err)
	}
	_, err := m.Due(ctx, 3, time.Minute)
	must(t, err)
}

func scan(t *testing.T, stored []byte) {
	t.Helper()
	if len(stored) < 24*headerSize {
		t.Fatalf("only %d bytes to scan", len(stored))
	}
	for _, value := range canaries {
		if how := canary.In(stored, value); how != "" {
			t.Errorf("%s is stored in %s", value, how)
		}
	}
}

func TestAStolenFileTellsNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "otsbot.db")
	w := forOne("file:" + path)
	m := w.open(t)
	fill(t, w, m)
	must(t, m.Close())
	stored, err := os.ReadFile(path)
	must(t, err)
	scan(t, stored)
}

func TestAStolenRedisTellsNothing(t *testing.T) {
	t.Parallel()
	s := redistest.New(t)
	w := forMany(s.URL("otsbot"))
	fill(t, w, w.open(t))
	scan(t, s.Bytes(t))
}

// The scan finds what it looks for.
func TestTheScanSees(t *testing.T) {
	t.Parallel()
	for _, encoded := range []string{
		canaries[0], hex.EncodeToString([]byte(canaries[0])),
		base64.StdEncoding.EncodeToString([]byte("{\"" + canaries[0] + "\"}")),
	} {
		inner := &testing.T{}
		scan(inner, append(make([]byte, 24*headerSize), encoded...))
		if !inner.Failed() {
			t.Errorf("%s isn't seen", encoded)
		}
	}
}

// A record that somebody with access to the store puts at another's key opens
// there no more than a made up one does.
func TestRecordsCantChangePlaces(t *testing.T) {
	inEach(t, func(t *testing.T, w *world) {
		m := w.open(t)
		w.put(t, m, "R1", "U1")
		w.put(t, m, "R2", "U2")
		from, err := m.key(ctx, kindEntry, "R1")
		must(t, err)
		to, err := m.key(ctx, kindEntry, "R2")
		must(t, err)
		r, err := m.store.get(ctx, from)
		must(t, err)
		r.key = to
		_, err = m.store.write(ctx, m.now(), []write{{record: r, was: anyVersion}})
		must(t, err)
		_, err = m.Get(ctx, "R2")
		want(t, err, ErrNotFound)
	})
}
