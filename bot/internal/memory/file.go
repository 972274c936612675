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
	// diskAgain is when a change that the disk didn't take is tried again.
	diskAgain = time.Second
	// closeWait is how long a close waits for the disk: one that hangs must not
	// keep the process.
	closeWait = 2 * time.Second
)

// file is a table in memory, whose changes go to a file of bbolt: as many at once
// as there are. It is for one process. What must outlive the process waits for
// the disk; a claim, a lock, a count or a lease, which people wait for, doesn't: a
// process that is killed may lose those of its last moment. A disk that is slow
// or full costs nobody more than one wait; [Memory.Health] says so, and all is
// written once the disk takes it.
type file struct {
	db      *bbolt.DB
	timeout time.Duration
	wake    chan struct{}
	stop    chan struct{}
	done    sync.WaitGroup

	mu      sync.Mutex
	held    *shelved
	changes map[string]change // that are not in the file yet
	flying  map[string]change // that are being written
	written chan struct{}     // closed when they are, or couldn't be
	trouble error             // why the file can't be written
	since   time.Time
}

// change is what a key's value shall be.
type change struct {
	value []byte
	gone  bool
	fresh bool // the file has no such key, so there is nothing to write once it is gone
}

// noted is a table that notes what changes.
type noted struct {
	tree
	s *file
}

func (n *noted) put(k, v []byte) error {
	_, there := n.Set(string(k), v)
	last, changed := n.s.changes[string(k)]
	_, flies := n.s.flying[string(k)]
	n.s.changes[string(k)] = change{value: v, fresh: last.fresh || !there && !changed && !flies}
	return nil
}

func (n *noted) delete(k []byte) error {
	if n.s.changes[string(k)].fresh {
		delete(n.s.changes, string(k))
	} else {
		n.s.changes[string(k)] = change{gone: true}
	}
	return n.tree.delete(k)
}

func openFile(url string, max limits, timeout time.Duration) (*shelf, error) {
	path := strings.TrimPrefix(url, "file:")
	if rest, ok := strings.CutPrefix(path, "//"); ok && strings.HasPrefix(rest, "/") {
		path = rest
	}
	if path == "" || strings.HasPrefix(path, "//") {
		return nil, ErrURL
	}
	s, err := newFile(path, timeout)
	if err != nil {
		return nil, err
	}
	return &shelf{run: s.run, max: max, trouble: s.health, end: s.close}, nil
}

func newFile(path string, timeout time.Duration) (*file, error) {
	s := &file{timeout: timeout, wake: make(chan struct{}, 1), stop: make(chan struct{}),
		changes: map[string]change{}, written: make(chan struct{})}
	into := &noted{s: s}
	size, err := inspect(path, &into.tree)
	if err != nil {
		return nil, err
	}
	s.held = &shelved{table: into, size: size}
	if s.db, err = openBolt(path, false); err != nil {
		return nil, err
	}
	s.done.Go(s.work)
	return s, nil
}

var (
	errDisk  = errors.New("its disk is slow")
	errHangs = errors.New("its disk hangs: what it has not written is lost")
)

func (s *file) run(ctx context.Context, how access, f func(*shelved) error) error {
	s.mu.Lock()
	err := f(s.held)
	written, pending, trouble := s.written, len(s.changes) > 0, s.trouble
	s.mu.Unlock()
	if !pending {
		return err
	}
	s.again()
	if how != keep || err != nil || trouble != nil {
		return err
	}
	timer := time.NewTimer(s.timeout)
	defer timer.Stop()
	select {
	case <-written:
	case <-ctx.Done():
	case <-timer.C:
		s.saw(errDisk)
		s.again() // and it is over once something was written
	}
	return nil
}

// work writes changes to the file, until there are no more to come.
func (s *file) work() {
	for {
		ending := false
		select {
		case <-s.wake:
		case <-s.stop:
			ending = true
		}
		err := s.flush()
		if ending {
			return
		}
		if err != nil {
			timer := time.NewTimer(diskAgain)
			select {
			case <-timer.C:
				s.again()
			case <-s.stop:
				timer.Stop()
			}
		}
	}
}

// again wakes the writer, unless it is about to be awake.
func (s *file) again() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// flush writes the changes that there are. What it can't write stays one.
func (s *file) flush() error {
	s.mu.Lock()
	changes, written := s.changes, s.written
	if len(changes) == 0 && s.trouble == nil {
		s.mu.Unlock()
		return nil
	}
	s.changes, s.flying, s.written = map[string]change{}, changes, make(chan struct{})
	s.mu.Unlock()
	defer close(written)
	id := 0
	err := guarded(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			id = tx.ID()
			return apply(tx, changes)
		})
	})
	s.saw(err)
	missed := err != nil && s.missed(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying = nil
	if err != nil {
		s.takeBack(changes, missed)
	}
	return err
}

// missed says whether it is sure that nothing of a transaction that failed, 0 if
// it didn't begin, is in the file: when only its last sync fails, all of it is.
func (s *file) missed(id int) bool {
	return id == 0 || guarded(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			if tx.ID() >= id {
				return errDisk
			}
			return nil
		})
	}) == nil
}

// takeBack makes what wasn't written changes again, below those made meanwhile.
func (s *file) takeBack(changes map[string]change, missed bool) {
	for k, c := range changes {
		c.fresh = c.fresh && missed
		newer, ok := s.changes[k]
		switch {
		case !ok:
			s.changes[k] = c
		case c.fresh && newer.gone:
			delete(s.changes, k)
		case c.fresh:
			newer.fresh = true
			s.changes[k] = newer
		}
	}
}

func apply(tx *bbolt.Tx, changes map[string]change) error {
	b, err := tx.CreateBucketIfNotExists([]byte(bucketName))
	for k, c := range changes {
		if c.gone {
			err = errors.Join(err, b.Delete([]byte(k)))
		} else {
			err = errors.Join(err, b.Put([]byte(k), c.value))
		}
	}
	return err
}

// saw notes how a write went, in this package's words.
func (s *file) saw(err error) {
	switch {
	case err == nil:
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		err = fmt.Errorf("%w: no space left on its disk", ErrFull)
	case errors.Is(err, ErrDamaged), errors.Is(err, errDisk):
		err = down{err}
	default:
		err = down{unwritable(err)}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil:
		s.since = time.Time{}
	case s.trouble == nil:
		s.since = time.Now()
	}
	s.trouble = err
}

func (s *file) health() (since time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.since, s.trouble
}

// close writes what there is to be written, if the disk takes it in time. Where it
// hangs, what it did not take is lost with the process.
func (s *file) close() error {
	close(s.stop)
	closed := make(chan error, 1)
	go func() {
		s.done.Wait()
		s.mu.Lock()
		defer s.mu.Unlock()
		err := s.db.Close()
		if err == nil && len(s.changes) > 0 {
			err = s.trouble
		}
		closed <- err
	}()
	timer := time.NewTimer(closeWait)
	defer timer.Stop()
	select {
	case err := <-closed:
		return err
	case <-timer.C:
		return errHangs
	}
}
