package memory

import (
	"bytes"
	"context"
	"encoding/binary"
	"time"
)

// key is what a record is found by: its kind, then an HMAC of its id.
type key [17]byte

// The kinds of records. They are stored: don't change them.
const (
	kindEntry = 'e'
	kindClaim = 't'
	kindCount = 'n'
	kindLock  = 'l'
	kindNames = 'm'
)

// class is what a key's record counts as, see sizes.
func (k key) class() class {
	if k[0] == kindEntry {
		return entries
	}
	return marks
}

// owner is an HMAC of the person whose list a record is in; zero is in none.
type owner [16]byte

// record is what a store keeps. Times are in milliseconds since 1970.
type record struct {
	key     key
	version int64 // grows with each write; 0 if there is no such record
	at      int64 // lists are newest first
	due     int64 // 0 is never
	until   int64 // from then on, it is as if it weren't there
	owner   owner
	value   []byte
}

func (r record) live(now int64) bool { return r.version != 0 && r.until > now }

// write is a record as it shall be, or no more.
type write struct {
	record
	was  int64  // the version that it must have now: 0 for none, or anyVersion
	own  []byte // or a value of the writer's own, as the one that it writes is
	drop bool
}

const anyVersion = -1

// fits says whether a record is as it must be for the write. One that is over
// and not dropped yet is both there and not there: nobody has written since.
func (w write) fits(r record, now int64) bool {
	return w.was == anyVersion || w.was == r.version || (w.was == 0 || w.drop) && !r.live(now) ||
		w.own != nil && (bytes.Equal(r.value, w.own) || bytes.Equal(r.value, w.value))
}

// store keeps records. Whatever it does, it does as a whole or not at all, also
// beside other replicas.
type store interface {
	// get returns a record, also one that is over; its version is 0 if there is
	// none.
	get(ctx context.Context, k key) (record, error)
	// write does all of the writes, under one new version, greater than any
	// before it; or none of them, and returns ErrChanged if one is not what it
	// must be, see fits, ErrFull if there is no room for what they add.
	write(ctx context.Context, now int64, ws []write) (version int64, err error)
	// due returns up to n records that are due, longest due first, and makes
	// them due at then: so nobody else gets them before. Their version is new,
	// and what is returned says when they were due.
	due(ctx context.Context, now, then int64, n int) ([]record, error)
	// later makes records due when they say, those that have the version that
	// they say, under a new one. It is no loss if it isn't done.
	later(ctx context.Context, now int64, rs []record) error
	// list returns up to n records of an owner, newest first.
	list(ctx context.Context, now int64, o owner, n int) ([]record, error)
	// sweep drops some of what is over, and says whether there is more.
	sweep(ctx context.Context, now int64) (more bool, err error)
	size(ctx context.Context) (sizes, error)
	limits() limits
	// skew is how far the store's clock is ahead of this machine's.
	skew() time.Duration
	health() (since time.Time, err error)
	// await waits for a store that went down just now, until it is up again or has
	// been down for a moment.
	await(ctx context.Context)
	close() error
}

// class says which of a store's two bounds a record counts for. Each may be reached
// without the other: marks of what was done must not take the room of what is to be
// followed, and while there is no room for that, it is still known what was done.
type class int

const (
	entries class = iota // what is to be followed
	marks                // all else: claims, locks, counts and names, most of them for an hour or less
)

type (
	// size is how much a store holds of one class, limits how much it may hold
	// of each.
	size struct {
		records int
		bytes   int64
	}
	sizes  [2]size // by class
	limits size
)

// add counts a record that comes, by 1, or goes, by -1.
func (s *sizes) add(r record, n int) {
	of := &s[r.key.class()]
	of.records += n
	of.bytes += int64(n) * r.size()
}

// over says whether a class has grown since before, and past the limits.
func (s sizes) over(before sizes, l limits) bool {
	for c, is := range s {
		was := before[c]
		if (is.records > was.records || is.bytes > was.bytes) && (is.records > l.records || is.bytes > l.bytes) {
			return true
		}
	}
	return false
}

// sweepAtOnce bounds what one sweep drops, so that nobody waits long for it.
const sweepAtOnce = 500

// A record is stored as one byte for the format, the version, at, due and until,
// the owner, and the value. redis.lua reads it too.
const (
	format     = 1
	headerSize = 1 + 4*8 + 16
)

// size is what a record counts for.
func (r record) size() int64 { return int64(len(r.key) + headerSize + len(r.value)) }

func (r record) encode() []byte {
	b := make([]byte, 0, headerSize+len(r.value))
	b = append(b, format)
	for _, n := range []int64{r.version, r.at, r.due, r.until} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return append(append(b, r.owner[:]...), r.value...)
}

// decode reads what encode wrote. The value is a copy.
func decode(k key, b []byte) (record, error) {
	if len(b) < headerSize || b[0] != format {
		return record{}, ErrDamaged
	}
	n := func(i int) int64 { return int64(binary.BigEndian.Uint64(b[1+8*i:])) }
	r := record{key: k, version: n(0), at: n(1), due: n(2), until: n(3)}
	if r.version <= 0 || r.at < 0 || r.at > maxTime || r.due < 0 || r.until < 0 {
		return record{}, ErrDamaged
	}
	copy(r.owner[:], b[headerSize-16:])
	r.value = append([]byte(nil), b[headerSize:]...)
	return r, nil
}

// maxTime is the last time that a store can keep: what Lua's numbers are exact
// for.
const maxTime = 1<<53 - 1

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return min(max(t.UnixMilli(), 1), maxTime)
}

func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
