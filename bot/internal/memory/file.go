package memory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
)

const (
	// bucketName is the one bucket of a file.
	bucketName = "otsbot"
	// lockWait is how long an open waits for another process to let go of the
	// file: the one before may be ending.
	lockWait = time.Second
	// writesAtOnce bounds how many writes share one sync of the disk.
	writesAtOnce = 100
)

// bucket is a table in a file, during a transaction.
type bucket struct{ *bbolt.Bucket }

func (b bucket) get(k []byte) []byte   { return b.Get(k) }
func (b bucket) put(k, v []byte) error { return b.Put(k, v) }
func (b bucket) delete(k []byte) error { return b.Delete(k) }
func (b bucket) scan(k []byte, f func(k []byte) bool) {
	c := b.Cursor()
	for k, _ = c.Seek(k); k != nil && f(k); k, _ = c.Next() {
	}
}

// file is a table in a file of bbolt, for one process.
type file struct {
	db      *bbolt.DB
	timeout time.Duration
	jobs    chan job
	stop    chan struct{}
	done    sync.WaitGroup

	mu      sync.Mutex
	size    size
	trouble error // of the last transaction
	since   time.Time
}

var errDisk = errors.New("the disk is slow")

// job is a change that waits for its transaction.
type job struct {
	ctx  context.Context
	f    func(*shelved) error
	done chan error
}

func openFile(url string, max limits, timeout time.Duration) (*shelf, error) {
	path := strings.TrimPrefix(url, "file:")
	if rest, ok := strings.CutPrefix(path, "//"); ok && strings.HasPrefix(rest, "/") {
		path = rest
	}
	if path == "" || strings.HasPrefix(path, "//") {
		return nil, ErrURL
	}
	size, err := inspect(path)
	if err != nil {
		return nil, err
	}
	db, err := openBolt(path, false)
	if err != nil {
		return nil, err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		if tx.Bucket([]byte(bucketName)) != nil {
			return errNothing
		}
		_, err := tx.CreateBucket([]byte(bucketName))
		return err
	})
	if err != nil && !errors.Is(err, errNothing) {
		return nil, errors.Join(unwritable(err), db.Close())
	}
	s := &file{db: db, timeout: timeout, size: size, jobs: make(chan job), stop: make(chan struct{})}
	s.done.Go(s.work)
	return &shelf{run: s.run, max: max, trouble: s.health, end: s.close}, nil
}

// errNothing ends a transaction that has nothing to write.
var errNothing = errors.New("nothing to do")

func (s *file) run(ctx context.Context, change bool, f func(*shelved) error) error {
	if !change {
		return s.saw(guarded(func() error {
			return s.db.View(func(tx *bbolt.Tx) error { return f(s.table(tx)) })
		}))
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	j := job{ctx: ctx, f: f, done: make(chan error, 1)}
	select {
	case s.jobs <- j:
	case <-s.stop:
		return ErrDown
	case <-ctx.Done():
		return down{errDisk}
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		return down{errDisk}
	}
}

func (s *file) table(tx *bbolt.Tx) *shelved {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &shelved{table: bucket{tx.Bucket([]byte(bucketName))}, size: s.size}
}

// work does the changes that wait, as many as there are with one sync.
func (s *file) work() {
	for {
		var batch []job
		select {
		case <-s.stop:
			return
		case j := <-s.jobs:
			batch = append(batch, j)
		}
		for more := true; more && len(batch) < writesAtOnce; {
			select {
			case j := <-s.jobs:
				batch = append(batch, j)
			default:
				more = false
			}
		}
		s.commit(batch)
	}
}

func (s *file) commit(batch []job) {
	said := make([]error, len(batch))
	err := s.saw(guarded(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			t := s.table(tx)
			for i, j := range batch {
				if said[i] = j.ctx.Err(); said[i] == nil {
					said[i] = j.f(t)
				}
				if said[i] != nil && !ours(said[i]) {
					return said[i]
				}
			}
			tx.OnCommit(func() {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.size = t.size
			})
			return nil
		})
	}))
	for i, j := range batch {
		if err != nil {
			said[i] = err
		}
		j.done <- said[i]
	}
}

// ours says whether an error is of one change, and nothing for the others.
func ours(err error) bool {
	return errors.Is(err, ErrChanged) || errors.Is(err, ErrDamaged) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// saw notes how a transaction went, and says it in this package's words.
func (s *file) saw(err error) error {
	switch {
	case err == nil:
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		err = fmt.Errorf("%w: no space left on its disk", ErrFull)
	case errors.Is(err, ErrDamaged):
		err = down{ErrDamaged}
	default:
		err = down{unwritable(err)}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trouble == nil && err != nil {
		s.since = time.Now()
	}
	s.trouble = err
	return err
}

func (s *file) health() (since time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trouble == nil {
		return time.Time{}, nil
	}
	return s.since, s.trouble
}

func (s *file) close() error {
	close(s.stop)
	s.done.Wait()
	return s.db.Close()
}
