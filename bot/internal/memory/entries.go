package memory

import (
	"context"
	"encoding/binary"
	"errors"
	"time"
)

// Entry is something that is out: the app's receipt for a secret, or a request.
type Entry struct {
	// ID is what it is found by, of the caller's choice. It is stored sealed.
	ID string
	// Creator is the person in whose list it is; "" is nobody.
	Creator string
	// Payload is what the app has to know of it. Of what is over it must not
	// hold a key any more.
	Payload []byte
	// At is when it was made: lists are newest first.
	At time.Time
	// Next is when to look at it next; the zero time is never.
	Next time.Time
	// Until is when it is dropped.
	Until time.Time

	version int64 // as it was read, 0 if it is new
	key     key   // of what was read
}

// EndedKept is for how long it is remembered what a secret was and how it ended.
const EndedKept = 7 * 24 * time.Hour

// End turns an entry into one that is over: what it was and how it ended, to be
// kept for a while, in the place of what its keys were in.
func (e *Entry) End(payload []byte, at time.Time) {
	e.Payload, e.Next, e.Until = payload, time.Time{}, at.Add(EndedKept)
}

// Put stores an entry. A new one must not be there yet, one that was read must
// be as it was read: else Put returns ErrChanged, and nothing is stored. So
// whoever was too slow can't undo what came after, whether they came by Get,
// List or Due. After a Put, e can be put again.
func (m *Memory) Put(ctx context.Context, e *Entry) error {
	k, err := m.key(ctx, kindEntry, e.ID)
	if err != nil {
		return err
	}
	o, err := m.owner(ctx, e.Creator)
	if err != nil {
		return err
	}
	r := record{key: k, at: millis(e.At), due: millis(e.Next), until: millis(e.Until), owner: o}
	r.value = m.seal(k, e.encode())
	version, err := m.store.write(ctx, m.now(), []write{{record: r, was: e.version}})
	if e.version == 0 && errors.Is(err, ErrChanged) {
		version, err = m.replaceUnreadable(ctx, r)
	}
	if err == nil {
		e.version = version
	}
	return err
}

// replaceUnreadable puts a record in the place of one that no key opens.
func (m *Memory) replaceUnreadable(ctx context.Context, r record) (version int64, err error) {
	old, readable, err := m.read(ctx, r.key)
	if err != nil {
		return 0, err
	}
	if readable {
		return 0, ErrChanged
	}
	return m.store.write(ctx, m.now(), []write{{record: r, was: old.version}})
}

// Get returns an entry, or ErrNotFound.
func (m *Memory) Get(ctx context.Context, id string) (Entry, error) {
	k, err := m.key(ctx, kindEntry, id)
	if err != nil {
		return Entry{}, err
	}
	r, ok, err := m.read(ctx, k)
	if err != nil {
		return Entry{}, err
	}
	e, err := r.entry()
	if !ok || err != nil {
		return Entry{}, ErrNotFound
	}
	return e, nil
}

// Update changes an entry to what f makes of it, again if somebody else changed
// it meanwhile. It returns ErrNotFound, or f's error, and then changes nothing.
func (m *Memory) Update(ctx context.Context, id string, f func(e *Entry) error) error {
	for {
		e, err := m.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := f(&e); err != nil {
			return err
		}
		if err := m.Put(ctx, &e); !errors.Is(err, ErrChanged) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// Drop forgets an entry, whatever its state.
func (m *Memory) Drop(ctx context.Context, id string) error {
	k, err := m.key(ctx, kindEntry, id)
	if err != nil {
		return err
	}
	_, err = m.store.write(ctx, m.now(), []write{{record: record{key: k}, was: anyVersion, drop: true}})
	return err
}

// List returns up to n entries of a creator, newest first.
func (m *Memory) List(ctx context.Context, creator string, n int) ([]Entry, error) {
	o, err := m.owner(ctx, creator)
	if err != nil || o == (owner{}) {
		return nil, err
	}
	rs, err := m.store.list(ctx, m.now(), o, n)
	es, _ := m.entries(rs)
	return es, err
}

// unreadableAgain is when a record that is due and that no key opens is looked
// at again, perhaps by a replica that has the key.
const unreadableAgain = time.Hour

// Due hands out up to n entries whose time has come, and for the length of the
// lease to nobody else. Their Next is when they were due. The holder says by Put
// or Later what comes next; if it doesn't, or is dead, they are due again when the
// lease is over. A Put after that returns ErrChanged if somebody else got the entry.
func (m *Memory) Due(ctx context.Context, n int, lease time.Duration) ([]Entry, error) {
	for {
		rs, err := m.store.due(ctx, m.now(), m.in(lease), n)
		if err != nil || len(rs) == 0 {
			return nil, err
		}
		es, unreadable := m.entries(rs)
		for _, r := range unreadable {
			r.due = m.in(unreadableAgain)
			_, _ = m.store.write(ctx, m.now(), []write{{record: r, was: r.version}}) // or it is due again after the lease
		}
		if len(es) > 0 {
			return es, nil
		}
	}
}

// Later says when to look next at entries that Due handed out, and nothing else of
// them: for all at once, which costs less than a Put of each. Those that somebody
// else has by now are left alone. They can't be put after that.
func (m *Memory) Later(ctx context.Context, es []Entry) error {
	rs := make([]record, len(es))
	for i, e := range es {
		rs[i] = record{key: e.key, version: e.version, due: millis(e.Next)}
	}
	return m.store.later(ctx, m.now(), rs)
}

// entries reads records, and says which it can't.
func (m *Memory) entries(rs []record) (es []Entry, unreadable []record) {
	for _, r := range rs {
		opened, ok := r, false
		opened.value, ok = m.open(r)
		e, err := opened.entry()
		if !ok || err != nil {
			unreadable = append(unreadable, r)
			continue
		}
		es = append(es, e)
	}
	return es, unreadable
}

// An entry's value is its id and its creator, each after its length, and the
// payload.
func (e *Entry) encode() []byte {
	var b []byte
	for _, s := range []string{e.ID, e.Creator} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return append(b, e.Payload...)
}

func (r record) entry() (Entry, error) {
	e := Entry{At: timeOf(r.at), Next: timeOf(r.due), Until: timeOf(r.until), version: r.version, key: r.key}
	b := r.value
	for _, s := range []*string{&e.ID, &e.Creator} {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return Entry{}, ErrDamaged
		}
		*s, b = string(b[size:size+int(n)]), b[size+int(n):]
	}
	e.Payload = b
	return e, nil
}
