package bot

import (
	"encoding/json"
	"fmt"
)

// object is JSON from outside of which each field is read on its own: one that
// is missing, null or of another kind than expected is as if it weren't there,
// and loses nothing else.
type object map[string]any

// readObject reads data; what is no object has no fields.
func readObject(data []byte) object {
	var o object
	_ = json.Unmarshal(data, &o)
	return o
}

func (o object) text(name string) string { s, _ := o[name].(string); return s }

// number is an integer; whatever else is 0.
func (o object) number(name string) int { n, _ := o[name].(float64); return int(n) }

func (o object) flag(name string) bool { b, _ := o[name].(bool); return b }

func (o object) object(name string) object { return asObject(o[name]) }

// list returns the objects of a list, also of lists in it. One object stands
// for a list of one.
func (o object) list(name string) []object { return objects(o[name]) }

func asObject(v any) object { m, _ := v.(map[string]any); return m }

func objects(v any) []object {
	switch v := v.(type) {
	case map[string]any:
		return []object{v}
	case []any:
		var all []object
		for _, one := range v {
			all = append(all, objects(one)...)
		}
		return all
	}
	return nil
}

// String keeps what somebody wrote out of whatever prints a value.
func (o object) String() string { return fmt.Sprintf("object of %d fields", len(o)) }
