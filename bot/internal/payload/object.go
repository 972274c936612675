package payload

import (
	"encoding/json"
	"fmt"
)

// Object is JSON from outside of which each field is read on its own: one that
// is missing, null or of another kind than expected is as if it weren't there,
// and loses nothing else.
type Object map[string]any

// ReadObject reads data; what is no object has no fields.
func ReadObject(data []byte) Object {
	var o Object
	_ = json.Unmarshal(data, &o)
	return o
}

// Text is a string; whatever else is "".
func (o Object) Text(name string) string { s, _ := o[name].(string); return s }

// Number is an integer; whatever else is 0.
func (o Object) Number(name string) int { n, _ := o[name].(float64); return int(n) }

// Flag is true if the field is.
func (o Object) Flag(name string) bool { b, _ := o[name].(bool); return b }

// Object is an object; whatever else has no fields.
func (o Object) Object(name string) Object { return asObject(o[name]) }

// List returns the objects of a list, also of lists in it. One object stands
// for a list of one.
func (o Object) List(name string) []Object { return Objects(o[name]) }

func asObject(v any) Object { m, _ := v.(map[string]any); return m }

// Objects returns the objects in a value, as List does.
func Objects(v any) []Object {
	switch v := v.(type) {
	case map[string]any:
		return []Object{v}
	case []any:
		var all []Object
		for _, one := range v {
			all = append(all, Objects(one)...)
		}
		return all
	}
	return nil
}

// String keeps what somebody wrote out of whatever prints a value.
func (o Object) String() string { return fmt.Sprintf("object of %d fields", len(o)) }
