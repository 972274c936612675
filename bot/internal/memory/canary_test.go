package memory

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	lower := bytes.ToLower(stored)
	for _, canary := range canaries {
		if bytes.Contains(lower, []byte(strings.ToLower(canary))) || bytes.Contains(lower, []byte(hex.EncodeToString([]byte(canary)))) {
			t.Errorf("%s is stored in the clear or in hex", canary)
		}
		for shift := range 3 { // where a text begins within base64 changes how it looks
			encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + canary))
			inner := encoded[(shift*8+5)/6 : len(encoded)-2]
			url := strings.NewReplacer("+", "-", "/", "_").Replace(inner)
			if bytes.Contains(stored, []byte(inner)) || bytes.Contains(stored, []byte(url)) {
				t.Errorf("%s is stored in base64", canary)
			}
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
	client := s.Client()
	defer func() { _ = client.Close() }()
	keys, err := client.Keys(ctx, "*").Result()
	must(t, err)
	// Dumps may be compressed: what is in the keys is read as it is, too.
	stored := []byte(strings.Join(keys, " "))
	for _, k := range keys {
		dump, err := client.Dump(ctx, k).Result()
		must(t, err)
		stored = append(stored, dump...)
		if fields, err := client.HGetAll(ctx, k).Result(); err == nil {
			for field, value := range fields {
				stored = append(stored, field+" "+value+" "...)
			}
		} else {
			members, err := client.ZRange(ctx, k, 0, -1).Result()
			must(t, err)
			stored = append(stored, strings.Join(members, " ")...)
		}
	}
	scan(t, stored)
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
