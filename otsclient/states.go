package otsclient

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"
)

// maxAtOnce is how many states one call may ask for; a server refuses more.
const maxAtOnce = 25

// batchPause is how long nothing is asked for at once after a server turned
// out not to have that: it is upgraded, or opened to guests, once in a while.
const batchPause = time.Hour

// batch remembers that many can't be asked for at once.
type batch struct{ missingUntil atomic.Int64 }

// States asks what has become of many secrets, 25 by a call where the server
// has that (0.24 and later, unless its operator turned it off), one by one
// elsewhere. Asking for many at once changes nothing at the server and counts
// as no look.
//
// The answer is in the order of keys. Keys that the server doesn't know, or not
// any more, are missing from it; so is what was not asked for any more when the
// error came that is returned with it. Views are not told.
func (c *Client) States(ctx context.Context, keys []Key) ([]Metadata, error) {
	const op = "read states"
	var all []Metadata
	for some := range slices.Chunk(slices.DeleteFunc(slices.Clone(keys), func(k Key) bool { return !k.Valid() }), maxAtOnce) {
		told, err := c.some(ctx, op, some)
		all = append(all, told...)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// AsksManyAtOnce says whether States asks for many by one call, as far as is
// known: until it has tried, it means to.
func (c *Client) AsksManyAtOnce() bool {
	return time.Now().UnixNano() >= c.batch.missingUntil.Load()
}

// some asks for at most maxAtOnce.
func (c *Client) some(ctx context.Context, op string, keys []Key) ([]Metadata, error) {
	if !c.AsksManyAtOnce() {
		return c.oneByOne(ctx, op, keys)
	}
	told, err := c.atOnce(ctx, op, keys)
	if errors.Is(err, ErrNoAPI) || errors.Is(err, ErrNotAllowed) {
		c.batch.missingUntil.Store(time.Now().Add(batchPause).UnixNano())
		return c.oneByOne(ctx, op, keys)
	}
	return told, err
}

func (c *Client) atOnce(ctx context.Context, op string, keys []Key) ([]Metadata, error) {
	asked := make([]string, len(keys))
	for i, key := range keys {
		asked[i] = key.Reveal()
	}
	made := call{
		op: op, method: http.MethodPost, path: "/api/v3/guest/receipts",
		form: url.Values{"identifiers[]": asked},
	}
	got, err := c.do(ctx, made)
	switch {
	case got.status == http.StatusNotFound: // a page, before 0.24; keys that are unknown are no error
		return nil, &callError{op: op, kind: ErrNoAPI}
	case err != nil:
		return nil, err
	}
	told, err := readReceipts(made, got)
	if err != nil {
		return nil, err
	}
	told = slices.DeleteFunc(told, func(m Metadata) bool { return !slices.Contains(asked, m.Key.Reveal()) })
	slices.SortStableFunc(told, func(a, b Metadata) int {
		return slices.Index(asked, a.Key.Reveal()) - slices.Index(asked, b.Key.Reveal())
	})
	for i := range told {
		if told[i].State != StateUnknown {
			continue
		}
		if alone, err := c.oneByOne(ctx, op, []Key{told[i].Key}); err == nil && len(alone) == 1 {
			told[i] = alone[0]
		}
	}
	return told, nil
}

func (c *Client) oneByOne(ctx context.Context, op string, keys []Key) ([]Metadata, error) {
	var all []Metadata
	for _, key := range keys {
		told, err := either(c,
			func() (Metadata, error) { return c.metadataV1(ctx, op, key, false) },
			func() (Metadata, error) { return c.metadataV2(ctx, op, key) })
		switch {
		case err == nil:
			all = append(all, told)
		case !errors.Is(err, ErrGone):
			return all, err
		}
	}
	return all, nil
}
