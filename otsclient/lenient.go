package otsclient

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The types of the server's fields. Servers send integers, their
// documentation shows strings, newer APIs floats, and null or nothing stands
// for "none"; so each takes all of them, and what makes no sense is "none"
// too. None of them fails, since a strange field must not cost the caller the
// keys of a secret that was stored.

// number is an integer, as a count or in seconds.
type number int64

func (n *number) UnmarshalJSON(data []byte) error {
	*n = 0
	raw := string(data)
	if unquoted, ok := unquote(data); ok {
		raw = strings.TrimSpace(unquoted)
	}
	// 1<<53 is where float64 stops to be exact, and beyond any date or count.
	if f, err := strconv.ParseFloat(raw, 64); err == nil && math.Abs(f) < 1<<53 {
		*n = number(f)
	}
	return nil
}

// duration takes the number as seconds. Negative ones, as for a Redis key
// without one, are none.
func (n number) duration() time.Duration {
	if n < 0 || n > number(math.MaxInt64/time.Second) {
		return 0
	}
	return time.Duration(n) * time.Second
}

// time takes the number as a Unix time. No time is the zero time.
func (n number) time() time.Time {
	if n <= 0 {
		return time.Time{}
	}
	return time.Unix(int64(n), 0)
}

// text is a string.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	unquoted, _ := unquote(data)
	*t = text(unquoted)
	return nil
}

// texts is a list of strings, or one, or none ("").
type texts []string

func (t *texts) UnmarshalJSON(data []byte) error {
	*t = nil
	if one, ok := unquote(data); ok {
		if one != "" {
			*t = texts{one}
		}
		return nil
	}
	var list []text
	if json.Unmarshal(data, &list) != nil {
		return nil
	}
	for _, one := range list {
		if one != "" {
			*t = append(*t, string(one))
		}
	}
	return nil
}

// flag is a boolean that also tells whether it was there.
type flag struct{ present, set bool }

// denied reports whether it was there, and false.
func (f flag) denied() bool { return f.present && !f.set }

func (f *flag) UnmarshalJSON(data []byte) error {
	switch strings.ToLower(string(bytes.Trim(data, `"`))) {
	case "null", "":
		*f = flag{}
	case "true", "1":
		*f = flag{present: true, set: true}
	default:
		*f = flag{present: true}
	}
	return nil
}

// unquote reads a string of JSON, which data is known to be if it begins as one.
func unquote(data []byte) (string, bool) {
	if len(data) < 2 || data[0] != '"' {
		return "", false
	}
	if inside := data[1 : len(data)-1]; !bytes.ContainsRune(inside, '\\') && utf8.Valid(inside) {
		return string(inside), true // nearly always: nothing is escaped
	}
	var s string
	return s, json.Unmarshal(data, &s) == nil
}
