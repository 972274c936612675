package otsclient

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// ServerVersion asks for the server's version, such as "0.26.4"; 0.20.5 calls
// itself 0.20.4. Not every server tells: 0.12 has no such route, which is
// ErrUnavailable, and since 0.26.5 it takes credentials.
func (c *Client) ServerVersion(ctx context.Context) (string, error) {
	call := call{op: "read version", method: http.MethodGet, path: "/api/v2/version"}
	got, err := c.do(ctx, call)
	if err != nil {
		return "", err
	}
	var wire struct {
		Version []text `json:"version"`
	}
	if json.Unmarshal(got.body, &wire) != nil {
		return "", unusable(call, "no version")
	}
	var parts []string
	for _, part := range wire.Version {
		parts = append(parts, string(part))
	}
	return cut(strings.Join(parts, "."), 20), nil
}
