package memory

import (
	"context"
	"sync"
	"time"

	"github.com/tidwall/btree"
)

// tree is a table in memory.
type tree struct{ btree.Map[string, []byte] }

func (t *tree) get(k []byte) []byte {
	v, _ := t.Map.Get(string(k))
	return v
}

func (t *tree) put(k, v []byte) error {
	t.Set(string(k), v)
	return nil
}

func (t *tree) delete(k []byte) error {
	t.Map.Delete(string(k))
	return nil
}

func (t *tree) scan(k []byte, f func(k []byte) bool) {
	t.Ascend(string(k), func(k string, _ []byte) bool { return f([]byte(k)) })
}

// newInMemory is a store that ends with the process. Nothing that it does can
// fail halfway.
func newInMemory(max limits) *shelf {
	var mu sync.Mutex
	held := &shelved{table: &tree{}}
	run := func(_ context.Context, _ access, f func(*shelved) error) error {
		mu.Lock()
		defer mu.Unlock()
		return f(held)
	}
	trouble := func() (time.Time, error) { return time.Time{}, nil }
	return &shelf{run: run, max: max, trouble: trouble, end: func() error { return nil }}
}
