package memory

import (
	"encoding/binary"
	"errors"
)

// table is ordered keys with values: a bucket of a file, or a tree in memory.
type table interface {
	get(k []byte) []byte
	put(k, v []byte) error
	delete(k []byte) error
	// scan calls f with the keys from k on, in order, until f says false. f
	// doesn't change the table.
	scan(k []byte, f func(k []byte) bool)
}

// A table has these kinds of keys, by their first byte: the records, three ways to
// find them, and the newest version.
const (
	byKey   = 'r' // the key
	byDue   = 'd' // when, and the key
	byUntil = 'u' // when, and the key
	byOwner = 'o' // the owner, how far before maxTime it was made, and the key
	counter = 's' // the newest version
)

// shelved is a shelf's table while somebody has it.
type shelved struct {
	table
	size sizes
}

func at(prefix byte, parts ...any) []byte {
	b := []byte{prefix}
	for _, part := range parts {
		switch part := part.(type) {
		case key:
			b = append(b, part[:]...)
		case owner:
			b = append(b, part[:]...)
		case int64:
			b = binary.BigEndian.AppendUint64(b, uint64(part))
		}
	}
	return b
}

// index is the keys by which a record is found.
func (r record) index() [][]byte {
	keys := [][]byte{at(byUntil, r.until, r.key)}
	if r.due != 0 {
		keys = append(keys, at(byDue, r.due, r.key))
	}
	if r.owner != (owner{}) {
		keys = append(keys, at(byOwner, r.owner, maxTime-r.at, r.key))
	}
	return keys
}

func (t *shelved) record(k key) (record, error) {
	b := t.get(at(byKey, k))
	if b == nil {
		return record{}, nil
	}
	return decode(k, b)
}

func (t *shelved) remove(r record) error {
	if r.version == 0 {
		return nil
	}
	t.size.add(r, -1)
	err := t.delete(at(byKey, r.key))
	for _, k := range r.index() {
		err = errors.Join(err, t.delete(k))
	}
	return err
}

// set puts a record in the place of what was there.
func (t *shelved) set(r record) error {
	old, err := t.record(r.key)
	if err != nil {
		return err
	}
	err = t.remove(old)
	t.size.add(r, 1)
	err = errors.Join(err, t.put(at(byKey, r.key), r.encode()))
	for _, k := range r.index() {
		err = errors.Join(err, t.put(k, nil))
	}
	return err
}

// nextVersion grows even if the store was lost in between: it is never behind
// the time.
func (t *shelved) nextVersion(now int64) (int64, error) {
	last := int64(0)
	if b := t.get([]byte{counter}); len(b) == 8 {
		last = int64(binary.BigEndian.Uint64(b))
	}
	next := max(last+1, now)
	return next, t.put([]byte{counter}, binary.BigEndian.AppendUint64(nil, uint64(next)))
}

// first is up to n keys of records, in the order of an index, whose time is not
// after now.
func (t *shelved) first(index byte, now int64, n int) (keys []key) {
	t.scan([]byte{index}, func(k []byte) bool {
		if len(keys) == n || k[0] != index || int64(binary.BigEndian.Uint64(k[1:])) > now {
			return false
		}
		keys = append(keys, key(k[9:]))
		return true
	})
	return keys
}

func (t *shelved) sweep(now int64) (more bool, err error) {
	keys := t.first(byUntil, now, sweepAtOnce)
	for _, k := range keys {
		r, err := t.record(k)
		if err = errors.Join(err, t.remove(r)); err != nil {
			return false, err
		}
	}
	return len(keys) == sweepAtOnce, nil
}

// after is what the store's size would be after the writes, or ErrChanged.
func (t *shelved) after(now int64, ws []write) (sizes, error) {
	after := t.size
	for _, w := range ws {
		r, err := t.record(w.key)
		if err != nil {
			return after, err
		}
		if !w.fits(r, now) {
			return after, ErrChanged
		}
		if r.version != 0 {
			after.add(r, -1)
		}
		if !w.drop {
			after.add(w.record, 1)
		}
	}
	return after, nil
}

// move makes a record due at another time.
func (t *shelved) move(r record, version, due int64) error {
	var err error
	if r.due != 0 {
		err = t.delete(at(byDue, r.due, r.key))
	}
	r.due, r.version = due, version
	if due != 0 {
		err = errors.Join(err, t.put(at(byDue, due, r.key), nil))
	}
	return errors.Join(err, t.put(at(byKey, r.key), r.encode()))
}
