package otsclient

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
)

// Recent lists the secrets that the account created in the last 30 days,
// newest first. It takes credentials.
//
// The list doesn't tell whether a secret still exists, so State is
// StateWaiting for whatever isn't known to be over; Metadata knows better.
// 0.22 and 0.23 can't do it at all: ErrUnavailable.
func (c *Client) Recent(ctx context.Context) ([]Metadata, error) {
	list, err := either(c,
		func() ([]Metadata, error) { return c.recentV1(ctx) },
		func() ([]Metadata, error) { return c.recentV2(ctx) })
	// Each version has its own order.
	slices.SortStableFunc(list, func(a, b Metadata) int {
		return cmp.Compare(b.Created.Unix(), a.Created.Unix())
	})
	return list, err
}

func (c *Client) recentV1(ctx context.Context) ([]Metadata, error) {
	made := call{op: "list recent secrets", method: http.MethodGet, path: "/api/v1/private/recent"}
	got, err := c.do(ctx, made)
	if err != nil {
		return nil, err
	}
	var wires []metadataWire
	if json.Unmarshal(got.body, &wires) != nil {
		return nil, unusable(made, "answer not readable")
	}
	list := make([]Metadata, 0, len(wires))
	for _, wire := range wires {
		told := wire.read(got.now())
		told.Key = NewKey(string(wire.MetadataKey))
		if told.State == StateGone && wire.State != "orphaned" {
			told.State = StateWaiting
		}
		list = append(list, told)
	}
	return list, nil
}
