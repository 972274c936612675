package memory

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"syscall"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// bucket is a table in a file, while it is read.
type bucket struct {
	*bbolt.Bucket
	table
}

func (b bucket) get(k []byte) []byte { return b.Get(k) }

func (b bucket) scan(k []byte, f func(k []byte) bool) {
	c := b.Cursor()
	for k, _ = c.Seek(k); k != nil && f(k); k, _ = c.Next() {
	}
}

// inspect reads all of a file into a tree, without a change to it, and returns
// how much it holds. There may be none yet.
func inspect(path string, into *tree) (held sizes, err error) {
	is, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && is.Mode().IsRegular() && is.Size() == 0:
		return sizes{}, nil
	case err != nil:
		return sizes{}, unwritable(err)
	case !is.Mode().IsRegular():
		return sizes{}, fmt.Errorf("%w: it isn't a file", ErrUnwritable)
	}
	db, err := openBolt(path, true)
	if err != nil {
		return sizes{}, err
	}
	defer func() { _ = db.Close() }()
	err = guarded(func() error {
		return db.View(func(tx *bbolt.Tx) error {
			if tx.Size() > is.Size() { // the rest is missing, and not even mapped
				return ErrDamaged
			}
			held, err = inspectAll(tx, into)
			return err
		})
	})
	return held, err
}

func inspectAll(tx *bbolt.Tx, into *tree) (sizes, error) {
	names := 0
	if err := tx.ForEach(func([]byte, *bbolt.Bucket) error { names++; return nil }); err != nil {
		return sizes{}, ErrDamaged
	}
	b := tx.Bucket([]byte(bucketName))
	if names == 0 {
		return sizes{}, nil // it ended before it began
	}
	if b == nil || names > 1 {
		return sizes{}, ErrDamaged
	}
	t := &shelved{table: bucket{Bucket: b}}
	r, err := t.record(aboutKey)
	if err != nil {
		return sizes{}, err
	}
	if _, err := r.about(); err != nil {
		return sizes{}, err
	}
	held, err := t.inspect()
	if err != nil {
		return sizes{}, err
	}
	return held, b.ForEach(func(k, v []byte) error { return into.put(k, bytes.Clone(v)) })
}

// inspect holds every record to its place in each order, and every place to a
// record.
func (t *shelved) inspect() (held sizes, err error) {
	places, last := 0, []byte(nil)
	t.scan([]byte{0}, func(k []byte) bool {
		err = ErrDamaged
		if bytes.Compare(last, k) >= 0 {
			return false
		}
		last = bytes.Clone(k)
		switch {
		case k[0] == byDue || k[0] == byUntil || k[0] == byOwner:
			places--
		case len(k) == 1 && k[0] == counter:
		case len(k) == 1+len(key{}) && k[0] == byKey:
			r, e := t.record(key(k[1:]))
			if e != nil {
				return false
			}
			for _, place := range r.index() {
				places++
				if t.get(place) == nil {
					return false
				}
			}
			held.add(r, 1)
		default:
			return false
		}
		err = nil
		return true
	})
	if err == nil && places != 0 {
		err = ErrDamaged
	}
	return held, err
}

func openBolt(path string, readOnly bool) (db *bbolt.DB, err error) {
	err = guarded(func() (err error) {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			ReadOnly: readOnly, Timeout: lockWait, FreelistType: bbolt.FreelistMapType, NoStatistics: true,
		})
		return err
	})
	var where *fs.PathError
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, bbolterrors.ErrTimeout):
		return nil, ErrInUse
	case errors.As(err, &where):
		return nil, unwritable(err)
	}
	return nil, ErrDamaged
}

// guarded turns into ErrDamaged what bbolt panics with, and what the machine
// does, when a page isn't what it should be; and what go-redis panics with at a
// length that overflows.
func guarded(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			err = ErrDamaged
		}
	}()
	return f()
}

// unwritable says why a path can't be written, without it.
func unwritable(err error) error {
	var number syscall.Errno
	if errors.As(err, &number) {
		return fmt.Errorf("%w: %w", ErrUnwritable, number)
	}
	return ErrUnwritable
}
