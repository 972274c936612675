package text

import (
	"strings"
	"testing"
)

func FuzzParts(f *testing.F) {
	f.Add("hunter2")
	f.Add(strings.Repeat("\U0001F511", fieldLength))
	f.Fuzz(func(t *testing.T, whole string) {
		parts := split(whole, PartsFor(whole))
		if strings.Join(parts, "") != whole {
			t.Errorf("%q does not come back from its parts", whole)
		}
		for _, part := range parts {
			if fits(part, fieldLength) != len(part) {
				t.Errorf("a part of %d bytes does not fit its field", len(part))
			}
		}
	})
}
