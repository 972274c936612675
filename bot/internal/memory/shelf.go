package memory

import (
	"bytes"
	"context"
	"errors"
	"time"
)

// shelf is a store on a table (shelved.go).
type shelf struct {
	// run gives f the table, alone.
	run func(ctx context.Context, how access, f func(*shelved) error) error
	max limits
	// trouble says since when, and why, run fails; nil if it can't.
	trouble func() (since time.Time, err error)
	end     func() error
}

// access is how far what f does must have come when run returns.
type access int

const (
	use  access = iota // done
	keep               // and safe from the end of the process, if the store is for that
)

func (s *shelf) write(ctx context.Context, now int64, ws []write) (int64, error) {
	version, full, how := int64(0), false, use
	for _, w := range ws {
		if w.key[0] == kindEntry || w.key[0] == kindNames {
			how = keep
		}
	}
	err := s.run(ctx, how, func(t *shelved) error {
		after, err := t.after(now, ws)
		for err == nil && after.over(t.size, s.max) {
			before := t.size
			if _, err = t.sweep(now); err == nil {
				after, err = t.after(now, ws)
			}
			if full = t.size == before; full {
				return err // what was swept stays swept
			}
		}
		if err != nil {
			return err
		}
		if version, err = t.nextVersion(now); err != nil {
			return err
		}
		for _, w := range ws {
			r := w.record
			r.version = version
			if !w.drop {
				err = t.set(r)
			} else if r, err = t.record(w.key); err == nil {
				err = t.remove(r)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && full {
		err = ErrFull
	}
	if err != nil {
		return 0, err
	}
	return version, nil
}

func (s *shelf) get(ctx context.Context, k key) (r record, err error) {
	err = s.run(ctx, use, func(t *shelved) (err error) {
		r, err = t.record(k)
		return err
	})
	return r, err
}

func (s *shelf) due(ctx context.Context, now, then int64, n int) ([]record, error) {
	var rs []record
	err := s.run(ctx, use, func(t *shelved) error {
		keys := t.first(byDue, now, n)
		if len(keys) == 0 {
			return nil
		}
		version, err := t.nextVersion(now)
		if err != nil {
			return err
		}
		for _, k := range keys {
			r, err := t.record(k)
			if err != nil {
				return err
			}
			if !r.live(now) {
				if err := t.remove(r); err != nil {
					return err
				}
				continue
			}
			if err = t.move(r, version, then); err != nil {
				return err
			}
			r.version = version
			rs = append(rs, r)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rs, nil
}

func (s *shelf) later(ctx context.Context, now int64, rs []record) error {
	return s.run(ctx, use, func(t *shelved) error {
		version, err := t.nextVersion(now)
		for _, r := range rs {
			is, e := t.record(r.key)
			if err = errors.Join(err, e); err == nil && is.version == r.version {
				err = t.move(is, version, r.due)
			}
		}
		return err
	})
}

func (s *shelf) list(ctx context.Context, now int64, o owner, n int) (rs []record, err error) {
	err = s.run(ctx, use, func(t *shelved) (err error) {
		rs = nil
		prefix := at(byOwner, o)
		t.scan(prefix, func(k []byte) bool {
			if len(rs) == n || !bytes.HasPrefix(k, prefix) {
				return false
			}
			r, e := t.record(key(k[len(prefix)+8:]))
			if err = e; err == nil && r.live(now) {
				rs = append(rs, r)
			}
			return err == nil
		})
		return err
	})
	return rs, err
}

func (s *shelf) sweep(ctx context.Context, now int64) (bool, error) {
	more := false
	err := s.run(ctx, use, func(t *shelved) (err error) {
		more, err = t.sweep(now)
		return err
	})
	return err == nil && more, err
}

func (s *shelf) size(ctx context.Context) (n sizes, err error) {
	err = s.run(ctx, use, func(t *shelved) error {
		n = t.size
		return nil
	})
	return n, err
}

func (s *shelf) limits() limits             { return s.max }
func (s *shelf) skew() time.Duration        { return 0 }
func (s *shelf) health() (time.Time, error) { return s.trouble() }
func (s *shelf) await(context.Context)      {}
func (s *shelf) close() error               { return s.end() }
