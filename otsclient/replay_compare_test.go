package otsclient_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// learn notes which of the fake's keys stands for a recorded one.
func (r *replay) learn(want, have any) {
	recorded, ok1 := want.(map[string]any)
	ours, ok2 := have.(map[string]any)
	if !ok1 || !ok2 {
		return
	}
	for _, field := range []string{"secret_key", "metadata_key", "identifier"} {
		key, _ := recorded[field].(string)
		if own, _ := ours[field].(string); key != "" && own != "" && r.keys[key] == "" {
			r.keys[key] = own
		}
	}
	for _, inner := range []string{"state", "record", "receipt", "secret"} { // of a burn, of v2
		r.learn(recorded[inner], ours[inner])
	}
}

// compare compares two JSON values: the same fields everywhere, and the same
// values where they can be.
func (r *replay) compare(where string, want, have any) (problems []string) {
	switch want := want.(type) {
	case map[string]any:
		have, ok := have.(map[string]any)
		if !ok {
			return []string{where + " is no object"}
		}
		if w, h := names(want), names(have); w != h {
			return []string{fmt.Sprintf("%s has the fields %s,\nwant %s", where, h, w)}
		}
		for name := range want {
			problems = append(problems, r.compare(where+" "+name, want[name], have[name])...)
		}
	case []any:
		have, ok := have.([]any)
		if !ok {
			return []string{where + " is no list"}
		}
		return r.compareLists(where, want, have)
	default:
		if problem := r.differs(where[strings.LastIndex(where, " ")+1:], want, have); problem != "" {
			return []string{where + ": " + problem}
		}
	}
	return problems
}

// compareLists compares plain lists as they are. Of a list of secrets, which
// are others in each run, each recorded one must have its like.
func (r *replay) compareLists(where string, want, have []any) (problems []string) {
	for _, w := range want {
		w, ok := w.(map[string]any)
		if !ok {
			if fmt.Sprint(want) != fmt.Sprint(have) {
				return []string{fmt.Sprintf("%s: %v, want %v", where, have, want)}
			}
			return nil
		}
		alike := func(item any) bool {
			h, ok := item.(map[string]any)
			return ok && names(w) == names(h) && w["state"] == h["state"]
		}
		if !slices.ContainsFunc(have, alike) {
			problems = append(problems, fmt.Sprintf("%s: nothing like %v with fields %s", where, w["state"], names(w)))
		}
	}
	if len(want) == 0 && len(have) != 0 {
		problems = append(problems, fmt.Sprintf("%s: %v, want an empty list", where, have))
	}
	return problems
}

func names(object map[string]any) string {
	return strings.Join(slices.Sorted(maps.Keys(object)), " ")
}

// differs compares a field. Null is a value of its own.
func (r *replay) differs(field string, want, have any) string {
	different := fmt.Sprintf("%v, want %v", have, want)
	if (want == nil) != (have == nil) || fmt.Sprintf("%T", want) != fmt.Sprintf("%T", have) {
		return different
	}
	switch field {
	case "ttl":
		if want != have {
			return different
		}
	case "metadata_ttl", "secret_ttl", "receipt_ttl", "secret_realttl", "expiration_in_seconds":
		// Seconds passed while it was recorded.
		if w, ok := want.(float64); ok && math.Abs(w-have.(float64)) > 5 {
			return different
		}
	case "created", "updated", "received", "expiration", "previewed", "revealed", "viewed", "burned", // times
		"first_access", "last_access", "view_count", "shrimp", "request_id", "owner_id", "custid", "count", "timestamp": // of that run
	case "value", "secret_value": // generated ones are only alike in length
		w, _ := want.(string)
		h, _ := have.(string)
		if w != h && (len(w) < 12 || len(w) != len(h)) {
			return different
		}
	default:
		return r.differsAfterKeys(want, have, different)
	}
	return ""
}

// differsAfterKeys compares strings that may be a key, begin a key, or hold
// one, with the keys that stand for each other taken as the same.
func (r *replay) differsAfterKeys(want, have any, different string) string {
	w, ok := want.(string)
	if !ok {
		if want != have {
			return different
		}
		return ""
	}
	h := have.(string)
	if w == h || len(w) == len(h) && (len(w) == 6 || len(w) == 8) && !strings.Contains(w, " ") {
		return "" // the beginning of a key
	}
	for recorded, own := range r.keys {
		w = strings.ReplaceAll(w, recorded, own)
	}
	if w != h && !(len(w) >= 20 && len(w) == len(h) && !strings.Contains(w, " ")) { // a key never seen before
		return different
	}
	return ""
}
