package memory

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// naming is the secret that keys and owners are HMACs under.
type naming struct {
	mu      sync.Mutex
	secret  atomic.Pointer[[]byte]
	refused atomic.Pointer[error] // why the store's can't be used
}

// schema is the version of everything that is stored, but for this one record:
// every version of this app, also older ones, must be able to read its header
// and its schema.
const schema = 1

// about is the one record that says what a store is. It is at a key of zeros.
type about struct {
	Schema int `json:"schema"`
	// Names are sealed copies of the naming secret, one for each key that
	// sealed one; the first that opens counts. More than one secret is among
	// them if replicas had no key in common.
	Names [][]byte `json:"names"`
}

const (
	purposeNames  = "memory names"
	purposeRecord = "memory record"
	maxNames      = 8
	// A store that nobody opens for aboutKept is over. The record is written
	// anew when half of that is left.
	aboutKept = 180 * 24 * time.Hour
)

var aboutKey = key{kindNames}

// learnNames reads the naming secret, or makes one. It is repeated, since a
// Redis can lose what it had.
func (m *Memory) learnNames(ctx context.Context) error {
	m.naming.mu.Lock()
	defer m.naming.mu.Unlock()
	err := ErrChanged
	for range 5 {
		if err = m.tryNames(ctx); !errors.Is(err, ErrChanged) {
			break
		}
	}
	m.naming.refused.Store(nil)
	if errors.Is(err, ErrNewer) || errors.Is(err, ErrDamaged) {
		m.naming.refused.Store(&err)
		m.naming.secret.Store(nil)
	}
	return err
}

func (m *Memory) tryNames(ctx context.Context) error {
	r, err := m.store.get(ctx, aboutKey)
	if err != nil {
		return err
	}
	a, err := r.about()
	if err != nil {
		return err
	}
	secret, current := m.openNames(a.Names)
	if secret == nil {
		secret = m.ownSecret()
	}
	now := m.now()
	if !current || r.until < now+aboutKept.Milliseconds()/2 {
		if !current {
			a.Names = append(a.Names, m.sealer.Seal(purposeNames, secret))
			a.Names = a.Names[max(0, len(a.Names)-maxNames):]
		}
		value, err := json.Marshal(a)
		if err != nil {
			return err
		}
		w := write{record: record{key: aboutKey, at: now, until: now + aboutKept.Milliseconds(), value: value}}
		if r.live(now) {
			w.was = r.version
		}
		if _, err := m.store.write(ctx, now, []write{w}); err != nil {
			return err
		}
	}
	m.naming.secret.Store(&secret)
	return nil
}

// about reads the record that says what a store is; a new store has none.
func (r record) about() (about, error) {
	a := about{Schema: schema}
	if r.version == 0 {
		return a, nil
	}
	if err := json.Unmarshal(r.value, &a); err != nil || a.Schema < 1 {
		return a, ErrDamaged
	}
	if a.Schema > schema {
		return a, fmt.Errorf("%w: its schema is %d, this version knows %d", ErrNewer, a.Schema, schema)
	}
	return a, nil
}

// openNames returns the secret that counts, and whether this replica's first
// key opens a copy of it.
func (m *Memory) openNames(sealed [][]byte) (secret []byte, current bool) {
	for _, s := range sealed {
		plain, err := m.sealer.Open(purposeNames, s)
		if err != nil || len(plain) != sha256.Size {
			continue
		}
		if secret == nil {
			secret = plain
		}
		if hmac.Equal(secret, plain) && m.sealer.Current(purposeNames, s) {
			current = true
		}
	}
	return secret, current
}

// ownSecret is the one that this process used so far, or a new one.
func (m *Memory) ownSecret() []byte {
	if known := m.naming.secret.Load(); known != nil {
		return *known
	}
	secret := make([]byte, sha256.Size)
	_, _ = rand.Read(secret) // never fails, by its documentation
	return secret
}

func (m *Memory) mac(ctx context.Context, kind byte, id string) ([]byte, error) {
	secret := m.naming.secret.Load()
	if secret == nil {
		if err := m.learnNames(ctx); err != nil {
			return nil, err
		}
		if secret = m.naming.secret.Load(); secret == nil {
			return nil, ErrDown
		}
	}
	mac := hmac.New(sha256.New, *secret)
	mac.Write([]byte{kind})
	mac.Write([]byte(id))
	return mac.Sum(nil)[:16], nil
}

func (m *Memory) key(ctx context.Context, kind byte, id string) (key, error) {
	sum, err := m.mac(ctx, kind, id)
	if err != nil {
		return key{}, err
	}
	return key(append([]byte{kind}, sum...)), nil
}

func (m *Memory) owner(ctx context.Context, who string) (owner, error) {
	if who == "" {
		return owner{}, nil
	}
	sum, err := m.mac(ctx, 'o', who)
	if err != nil {
		return owner{}, err
	}
	return owner(sum), nil
}

// seal seals a value for one key: it opens at no other.
func (m *Memory) seal(k key, value []byte) []byte {
	return m.sealer.Seal(purposeRecord, append(k[:], value...))
}

// open opens a record's value, or counts that it can't be.
func (m *Memory) open(r record) (value []byte, ok bool) {
	plain, err := m.sealer.Open(purposeRecord, r.value)
	if err != nil || len(plain) < len(r.key) || key(plain[:len(r.key)]) != r.key {
		m.unreadable.Add(1)
		return nil, false
	}
	return plain[len(r.key):], true
}

// read returns a record that is not over, with its value opened. A record that
// no key opens has its version and no value, and can be written over.
func (m *Memory) read(ctx context.Context, k key) (r record, ok bool, err error) {
	if r, err = m.store.get(ctx, k); err != nil {
		return record{}, false, err
	}
	if !r.live(m.now()) {
		return record{}, false, nil
	}
	r.value, ok = m.open(r)
	return r, ok, nil
}
