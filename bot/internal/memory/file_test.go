package memory

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// written is a file with some entries in it, closed.
func written(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "otsbot.db")
	w := forOne("file:" + path)
	m := w.open(t)
	for i := range 60 {
		w.put(t, m, fmt.Sprint(i), "U1")
	}
	must(t, m.Close())
	return path
}

// refused opens a file that can't be, and holds the error to its words, and the
// file to what it was.
func refused(t *testing.T, path string, want error, words string) {
	t.Helper()
	before, _ := os.ReadFile(path)
	m, err := Open("file:"+path, config(t, newClock()))
	if err == nil {
		_ = m.Close()
	}
	if !errors.Is(err, want) || err.Error() != words {
		t.Fatalf("got %q, want %q", err, words)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Fatal("the file was changed")
	}
}

func TestAFileIsAsItWasAfterARestart(t *testing.T) {
	t.Parallel()
	path := written(t)
	w := forOne("file://" + path)
	m := w.open(t)
	es, err := m.List(ctx, "U1", 1000)
	must(t, err)
	if s := m.Stats(ctx); len(es) != 60 || s.Entries != 60 || s.Marks != 1 || s.Bytes < 60*headerSize {
		t.Fatalf("%d entries, %+v", len(es), s)
	}
	for i := range 60 {
		must(t, m.Drop(ctx, fmt.Sprint(i)))
	}
	is, err := os.Stat(path)
	must(t, err)
	if s := m.Stats(ctx); s.Entries != 0 || is.Mode().Perm() != 0o600 {
		t.Fatalf("%+v, mode %v", s, is.Mode())
	}
}

func TestADamagedFileIsRefused(t *testing.T) {
	t.Parallel()
	const words = "open store: it is damaged, or not a store of this app"
	damage := map[string]func(b []byte) []byte{
		"text":      func([]byte) []byte { return []byte("a shopping list") },
		"long text": func([]byte) []byte { return bytes.Repeat([]byte("a shopping list\n"), 10_000) },
		"zeros":     func(b []byte) []byte { return make([]byte, len(b)) },
		"cut early": func(b []byte) []byte { return b[:100] },
		"cut late":  func(b []byte) []byte { return b[:used(t, b)-1] },
		"holes": func(b []byte) []byte {
			clear(b[2*os.Getpagesize():])
			return b
		},
	}
	for name, f := range damage {
		t.Run(name, func(t *testing.T) {
			path := written(t)
			b, err := os.ReadFile(path)
			must(t, err)
			must(t, os.WriteFile(path, f(b), 0o600))
			refused(t, path, ErrDamaged, words)
		})
	}
	t.Run("of another app", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "other.db")
		db, err := bbolt.Open(path, 0o600, nil)
		must(t, err)
		must(t, db.Update(func(tx *bbolt.Tx) error {
			_, err := tx.CreateBucket([]byte("other"))
			return err
		}))
		must(t, db.Close())
		refused(t, path, ErrDamaged, words)
	})
	for name, f := range map[string]func(b *bbolt.Bucket) error{
		"a record without its places": func(b *bbolt.Bucket) error {
			return b.Put(at(byKey, key{kindEntry, 1}), record{version: 1, until: maxTime}.encode())
		},
		"a place without its record": func(b *bbolt.Bucket) error { return b.Put(at(byDue, int64(1), key{}), nil) },
		"a key of no kind":           func(b *bbolt.Bucket) error { return b.Put([]byte("x"), nil) },
		"a record of another format": func(b *bbolt.Bucket) error { return b.Put(at(byKey, key{kindEntry, 1}), []byte{9}) },
	} {
		t.Run(name, func(t *testing.T) {
			path := written(t)
			altered(t, path, f)
			refused(t, path, ErrDamaged, words)
		})
	}
}

// used is how much of a file has something in it: more may be kept in reserve.
func used(t *testing.T, b []byte) (size int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.db")
	must(t, os.WriteFile(path, b, 0o600))
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	must(t, err)
	must(t, db.View(func(tx *bbolt.Tx) error { size = tx.Size(); return nil }))
	must(t, db.Close())
	return size
}

// altered changes a file behind the store's back.
func altered(t *testing.T, path string, f func(b *bbolt.Bucket) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	must(t, err)
	must(t, db.Update(func(tx *bbolt.Tx) error { return f(tx.Bucket([]byte(bucketName))) }))
	must(t, db.Close())
}

// Bits that turn over may go unseen, or are refused, or make an entry
// unreadable: what they never do is end the process.
func TestTurnedBitsEndNothing(t *testing.T) {
	t.Parallel()
	path := written(t)
	whole, err := os.ReadFile(path)
	must(t, err)
	for i := 0; i < len(whole); i += 1 + len(whole)/60 {
		b := bytes.Clone(whole)
		b[i] ^= 0x55
		must(t, os.WriteFile(path, b, 0o600))
		m, err := Open("file:"+path, config(t, newClock()))
		if err != nil {
			want(t, err, ErrDamaged)
			continue
		}
		_, _ = m.List(ctx, "U1", 1000)
		_, _ = m.Due(ctx, 10, time.Minute)
		_ = m.Close()
	}
}

func TestANewerFileIsRefused(t *testing.T) {
	t.Parallel()
	path := written(t)
	altered(t, path, func(b *bbolt.Bucket) error {
		newer := record{version: 1, until: 1, value: []byte(`{"schema":2,"what":"else"}`)}
		return errors.Join(b.Put(at(byKey, aboutKey), newer.encode()), b.Put([]byte("new kind of key"), nil))
	})
	refused(t, path, ErrNewer,
		"open store: it was written by a newer version of this app: its schema is 2, this version knows 1")
}

func TestAFileThatCantBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	path := written(t)
	refused(t, filepath.Join(path, "below a file"), ErrUnwritable, "open store: it can't be written: not a directory")
	refused(t, filepath.Join(filepath.Dir(path), "no", "folder"), ErrUnwritable,
		"open store: it can't be written: no such file or directory")
	refused(t, filepath.Dir(path), ErrUnwritable, "open store: it can't be written: it isn't a file")
	refused(t, "", ErrURL, "open store: it must be empty, file:/path, redis://…, rediss://… or unix://…")
	m := forOne("file:" + path).open(t)
	refused(t, path, ErrInUse, "open store: another process has it open: a file is for one replica")
	must(t, m.Close())
	forOne("file:" + path).open(t)
}

func TestASlowDiskCostsOneWait(t *testing.T) {
	t.Parallel()
	path := written(t)
	disk, err := newFile(path, 50*time.Millisecond)
	must(t, err)
	m := &Memory{kind: "file", store: &shelf{run: disk.run, max: limits{100, 1 << 20}, trouble: disk.health, end: disk.close},
		sealer: sealer(t, "one"), clock: time.Now}
	must(t, m.learnNames(ctx))
	stuck, err := disk.db.Begin(true) // nobody else can write
	must(t, err)
	put := func(id string) {
		t.Helper()
		must(t, m.Put(ctx, &Entry{ID: id, Creator: "U1", Until: time.Now().Add(time.Hour)}))
	}
	start := time.Now()
	for i := range 30 {
		put(fmt.Sprint("slow ", i))
	}
	if took := time.Since(start); took < 50*time.Millisecond || took > time.Second {
		t.Fatalf("it took %v", took)
	}
	h := m.Health()
	if !errors.Is(h.Err, ErrDown) || h.Err.Error() != "the store is down: its disk is slow" || h.Since.IsZero() {
		t.Fatalf("got %+v", h)
	}
	must(t, stuck.Rollback())
	eventually(t, func() bool { return m.Health() == Health{Store: "file"} })
	must(t, disk.close())
	w := forOne("file:" + path)
	for i := range 30 {
		_, err := w.open(t).Get(ctx, fmt.Sprint("slow ", i))
		must(t, err)
	}
}

// A disk that takes nothing any more doesn't stop what is remembered meanwhile.
func TestADiskThatFailsIsSaid(t *testing.T) {
	t.Parallel()
	path := written(t)
	disk, err := newFile(path, time.Second)
	must(t, err)
	must(t, disk.db.Close())
	s := &shelf{run: disk.run, max: limits{100, 1 << 20}, trouble: disk.health, end: disk.close}
	for i := range 30 {
		r := record{key: key{kindEntry, byte(i)}, until: maxTime}
		_, err := s.write(ctx, 1, []write{{record: r}})
		must(t, err)
	}
	if _, err := s.health(); !errors.Is(err, ErrDown) || err.Error() != "the store is down: it can't be written" {
		t.Fatalf("got %v", err)
	}
	if err := s.close(); err == nil {
		t.Fatal("what was lost isn't said")
	}
}

// A disk that hangs doesn't keep the process from its end, and what it takes after
// all is in the file.
func TestAFileOnADiskThatHangsIsLeft(t *testing.T) {
	t.Parallel()
	path := written(t)
	disk, err := newFile(path, time.Millisecond)
	must(t, err)
	s := &shelf{run: disk.run, max: limits{100, 1 << 20}, trouble: disk.health, end: disk.close}
	stuck, err := disk.db.Begin(true) // nobody else can write
	must(t, err)
	r := record{key: key{kindEntry, 9}, until: maxTime}
	_, err = s.write(ctx, 1, []write{{record: r}})
	must(t, err)
	start := time.Now()
	want(t, s.close(), errHangs)
	if took := time.Since(start); took < closeWait {
		t.Errorf("it waited %v", took)
	}
	must(t, stuck.Rollback())
	eventually(t, func() bool {
		var is tree
		_, err := inspect(path, &is)
		return err == nil && is.get(at(byKey, r.key)) != nil
	})
}

// idle is a file whose changes are only written when the test says so.
func idle(t *testing.T, path string) (*file, *shelf) {
	t.Helper()
	disk, err := newFile(path, time.Millisecond)
	must(t, err)
	close(disk.stop)
	disk.done.Wait()
	t.Cleanup(func() { _ = disk.db.Close() })
	return disk, &shelf{run: disk.run, max: limits{1000, 1 << 20}, trouble: disk.health}
}

// What comes and goes while the disk takes nothing leaves nothing behind, and
// the file is whole once the disk takes it.
func TestADiskThatFailsCostsNoMoreMemory(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(t *testing.T, disk *file, path string) (mend func()){
		"not open": func(t *testing.T, disk *file, path string) func() {
			must(t, disk.db.Close())
			return func() {
				var err error
				disk.db, err = openBolt(path, false)
				must(t, err)
			}
		},
		"full": func(t *testing.T, disk *file, path string) func() {
			must(t, disk.db.Close())
			db, err := bbolt.Open(path, 0o600, &bbolt.Options{OpenFile: func(path string, _ int, _ os.FileMode) (*os.File, error) {
				return os.Open(path) // so every write fails
			}})
			must(t, err)
			disk.db = db
			return func() {
				must(t, db.Close())
				var err error
				disk.db, err = openBolt(path, false)
				must(t, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := written(t)
			disk, s := idle(t, path)
			mend := fail(t, disk, path)
			bound := 2 * disk.held.table.(*noted).Len() // all keys of the file are new, or gone
			now := time.Now().UnixMilli()
			for i := range 200 {
				comeAndGo(t, s, now)
				now += 60_000
				if i%3 == 0 && disk.flush() == nil {
					t.Fatal("the disk took it")
				}
				if n := len(disk.changes); n > bound {
					t.Fatalf("%d changes wait after %d rounds, of at most %d", n, i+1, bound)
				}
			}
			mend()
			isWhole(t, disk, path)
		})
	}
}

// A write that hangs keeps what it has, and not what comes and goes behind it.
func TestADiskThatHangsCostsNoMoreMemory(t *testing.T) {
	t.Parallel()
	path := written(t)
	disk, s := idle(t, path)
	bound := 2 * disk.held.table.(*noted).Len()
	now := time.Now().UnixMilli()
	stuck, err := disk.db.Begin(true) // nobody else can write
	must(t, err)
	defer func() { _ = stuck.Rollback() }()
	comeAndGo(t, s, now)
	flushed := make(chan error, 1)
	go func() { flushed <- disk.flush() }()
	eventually(t, func() bool {
		disk.mu.Lock()
		defer disk.mu.Unlock()
		return disk.flying != nil
	})
	for i := range 200 {
		now += 60_000
		comeAndGo(t, s, now)
		if n := len(disk.changes); n > bound {
			t.Fatalf("%d changes wait after %d rounds, of at most %d", n, i+1, bound)
		}
	}
	must(t, stuck.Rollback())
	must(t, <-flushed)
	isWhole(t, disk, path)
}

// comeAndGo makes everything due at another time, writes some of it anew, and
// takes a lock and gives it back.
func comeAndGo(t *testing.T, s *shelf, now int64) {
	t.Helper()
	rs, err := s.due(ctx, now, now+60_000, 100)
	must(t, err)
	for _, r := range rs[:min(len(rs), 10)] {
		r.due = now + 30_000
		_, err := s.write(ctx, now, []write{{record: r, was: anyVersion}})
		must(t, err)
	}
	lock := record{key: key{kindLock}, until: now + 1000}
	binary.BigEndian.PutUint64(lock.key[1:], uint64(now))
	_, err = s.write(ctx, now, []write{{record: lock}})
	must(t, err)
	_, err = s.write(ctx, now, []write{{record: lock, was: anyVersion, drop: true}})
	must(t, err)
}

// isWhole writes what waits, and holds the file to what is in memory.
func isWhole(t *testing.T, disk *file, path string) {
	t.Helper()
	must(t, disk.flush())
	must(t, disk.db.Close())
	var is tree
	size, err := inspect(path, &is)
	must(t, err)
	held := &disk.held.table.(*noted).tree
	if size != disk.held.size || is.Len() != held.Len() {
		t.Fatalf("%+v in %d keys, want %+v in %d", size, is.Len(), disk.held.size, held.Len())
	}
	held.scan(nil, func(k []byte) bool {
		if !bytes.Equal(is.get(k), held.get(k)) {
			t.Errorf("%q is another", k)
		}
		return true
	})
}

// What fails after all of it was written leaves keys that are to be deleted.
func TestWhatFailsLateMayBeInTheFile(t *testing.T) {
	t.Parallel()
	disk, _ := idle(t, written(t))
	id := 0
	must(t, disk.db.Update(func(tx *bbolt.Tx) error { id = tx.ID(); return nil }))
	if disk.missed(id) || !disk.missed(id+1) || !disk.missed(0) {
		t.Fatal("what the file has isn't known")
	}
	disk.changes = map[string]change{"r": {gone: true}}
	disk.takeBack(map[string]change{"r": {fresh: true}, "d": {fresh: true}}, false)
	if !disk.changes["r"].gone || disk.changes["d"].fresh {
		t.Fatalf("got %+v", disk.changes)
	}
	disk.takeBack(map[string]change{"r": {fresh: true}}, true)
	if _, waits := disk.changes["r"]; waits {
		t.Fatal("what never was in the file is to be deleted there")
	}
}

// crashing is set for a process that writes until it is killed.
const crashing = "MEMORY_TEST_CRASHING"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashing); path != "" {
		writeForever(path)
	}
	code := m.Run()
	if shared.Server != nil {
		shared.Kill()
		_ = os.RemoveAll(filepath.Dir(shared.Socket))
	}
	os.Exit(code)
}

func writeForever(path string) {
	t := &testing.B{}
	w := forOne("file:" + path)
	m := w.open(t)
	for i := 0; ; i++ {
		id := fmt.Sprintf("%d-%d", os.Getpid(), i)
		e := &Entry{ID: id, Creator: "U1", Payload: make([]byte, 500), At: w.now(), Next: w.now(), Until: w.in(time.Hour)}
		must(t, m.Put(ctx, e))
		fmt.Println(id)
		if i%3 == 0 {
			must(t, m.Drop(ctx, id))
			fmt.Println("-" + id)
		}
	}
}

func TestAFileSurvivesKilledProcesses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "otsbot.db")
	there := map[string]bool{}
	for round := range 6 {
		writer := exec.Command(os.Args[0])
		writer.Env = append(os.Environ(), crashing+"="+path)
		out, err := writer.StdoutPipe()
		must(t, err)
		must(t, writer.Start())
		lines := bufio.NewScanner(out)
		last := ""
		for n := 0; lines.Scan(); n++ {
			if n == 20+7*round {
				must(t, writer.Process.Kill())
			}
			last = lines.Text()
			id, dropped := strings.CutPrefix(last, "-")
			there[id] = !dropped
		}
		_ = writer.Wait() // it was killed

		m, err := Open("file:"+path, config(t, newClock()))
		must(t, err)
		for id, is := range there {
			_, err := m.Get(ctx, id)
			if is && id == last && errors.Is(err, ErrNotFound) {
				there[id] = false // dropped, and killed before it said so
				continue
			}
			if is && err != nil || !is && !errors.Is(err, ErrNotFound) {
				t.Fatalf("%s: there %v, got %v", id, is, err)
			}
		}
		must(t, m.Close())
	}
	if len(there) < 100 {
		t.Fatalf("only %d were written", len(there))
	}
}
