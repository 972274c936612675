// Package canary looks for marked values in what tests have stored.
package canary

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// In says how value stands in stored: "" if it doesn't, or "the clear", "hex" or
// "base64".
func In(stored []byte, value string) string {
	lower := bytes.ToLower(stored)
	switch {
	case bytes.Contains(lower, []byte(strings.ToLower(value))):
		return "the clear"
	case bytes.Contains(lower, []byte(hex.EncodeToString([]byte(value)))):
		return "hex"
	}
	for shift := range 3 { // where a text begins within base64 changes how it looks
		encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + value))
		inner := encoded[(shift*8+5)/6 : len(encoded)-2]
		url := strings.NewReplacer("+", "-", "/", "_").Replace(inner)
		if bytes.Contains(stored, []byte(inner)) || bytes.Contains(stored, []byte(url)) {
			return "base64"
		}
	}
	return ""
}
