package receipt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/receipt"
)

// A message comes back with each press, and Slack may leave anything of it out.
func TestWhateverIsLeftOfAReceiptsMessageIsReadOrRefused(t *testing.T) {
	t.Parallel()
	k, r := keys(t), team()
	blocks, pressed := shown(r, k, "check", "burn")
	sent, err := json.Marshal(map[string]any{"blocks": blocks})
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for at := range nodes(t, sent) {
		for _, odd := range []any{nil, []any{}, map[string]any{}, 7, "x", true, []any{nil}, left} {
			message := nodes(t, sent)[at](odd)
			for name, p := range pressed {
				p.Blocks = payload.Blocks(payload.ReadObject(message))
				if _, _, err := receipt.Read(k, p); err != nil && !errors.Is(err, receipt.ErrNotOurs) {
					t.Errorf("%s, with %s as %v: %v", name, at, odd, err)
				}
				tried++
			}
		}
	}
	if tried < 1000 {
		t.Errorf("tried only %d", tried)
	}
}

// left is what takes a node out of its place.
var left any = struct{ out bool }{}

// nodes are all that stands in some JSON, each with what puts another in its
// place.
func nodes(t *testing.T, data []byte) map[string]func(to any) []byte {
	t.Helper()
	var whole any
	if err := json.Unmarshal(data, &whole); err != nil {
		t.Fatal(err)
	}
	found := map[string]func(any) []byte{}
	changed := func(set func()) []byte {
		set()
		out, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, inner := range v {
				found[at+"."+key] = func(to any) []byte {
					if to == left {
						return changed(func() { delete(v, key) })
					}
					return changed(func() { v[key] = to })
				}
				walk(at+"."+key, inner)
			}
		case []any:
			for i, inner := range v {
				found[fmt.Sprintf("%s[%d]", at, i)] = func(to any) []byte {
					if to == left {
						to = nil
					}
					return changed(func() { v[i] = to })
				}
				walk(fmt.Sprintf("%s[%d]", at, i), inner)
			}
		}
	}
	walk("", whole)
	return found
}

func TestNothingIsOverdueBeforeTheEndThatItsCreatorKnows(t *testing.T) {
	t.Parallel()
	r := receipt.Receipt{Expires: 600}
	for asOf, want := range map[int64]receipt.Fate{599: receipt.Waiting, 600: receipt.Waiting, 601: receipt.Overdue} {
		if got := r.Dated(receipt.Seen{Fate: receipt.Overdue, AsOf: asOf}).Fate; got != want {
			t.Errorf("as of %d it is %q, want %q", asOf, got, want)
		}
	}
	if got := r.Dated(receipt.Seen{Fate: receipt.Opened, AsOf: 1}).Fate; got != receipt.Opened {
		t.Errorf("opened became %q", got)
	}
}
