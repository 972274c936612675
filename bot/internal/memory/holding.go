package memory

import (
	"context"
	"slices"
	"time"
)

// holding is what somebody has for a while, or tried to get: a claim, or a lock.
// Its values are sealed once, and sealed values are never the same twice. So a
// record that has one of them is the holder's own, and the holder knows it again
// also after a write whose answer never came, which may have been done or not.
type holding struct {
	m     *Memory
	kind  byte
	ids   []string
	value string   // what is written there
	own   []record // none until the store could be asked for the secret of their keys
}

// take makes it the holder's until a while from now, if it is already or is
// nobody's: a Redis may have lost what it had. ErrChanged says that it is another's.
func (h *holding) take(ctx context.Context, lease time.Duration) (version int64, err error) {
	if err := h.named(ctx); err != nil {
		return 0, err
	}
	return h.write(ctx, h.own, lease)
}

// named sees to it that the holder's own records are known.
func (h *holding) named(ctx context.Context) error {
	if h.own != nil {
		return nil
	}
	var own []record
	for _, id := range h.ids {
		k, err := h.m.key(ctx, h.kind, id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(own, func(r record) bool { return r.key == k }) {
			own = append(own, record{key: k})
		}
	}
	h.own = h.sealed(own, h.value)
	return nil
}

// sealed are records with another value.
func (h *holding) sealed(rs []record, value string) []record {
	rs = slices.Clone(rs)
	for i := range rs {
		rs[i].value = h.m.seal(rs[i].key, []byte(value))
	}
	return rs
}

// write puts records in the place of the holder's own, or of nobody's.
func (h *holding) write(ctx context.Context, rs []record, kept time.Duration) (version int64, err error) {
	var ws []write
	for i, r := range rs {
		r.until = h.m.in(kept)
		ws = append(ws, write{record: r, own: h.own[i].value})
	}
	return h.m.store.write(ctx, h.m.now(), ws)
}

// drop gives it back. ErrChanged says that it is another's.
func (h *holding) drop(ctx context.Context) error {
	var ws []write
	for _, r := range h.own {
		ws = append(ws, write{record: record{key: r.key}, own: r.value, drop: true})
	}
	_, err := h.m.store.write(ctx, h.m.now(), ws)
	return err
}
