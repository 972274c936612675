package otsclient

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// viewsTimeout bounds the question for something that is merely nice to know.
const viewsTimeout = 2 * time.Second

// addViews asks v2 how often the link was looked at, and when first. No answer
// is no error.
func (c *Client) addViews(ctx context.Context, told *Metadata) {
	ctx, cancel := context.WithTimeout(ctx, viewsTimeout)
	defer cancel()
	got, failed := c.attempt(ctx, call{op: "count views", method: http.MethodGet, path: "/api/v2/receipt/" + told.Key.Reveal()}, c.credentials.Load())
	if failed != nil {
		return
	}
	if wire, err := readShown(got); err == nil {
		wire.addViews(told)
	}
}

// exists asks v2 whether a secret is there, which doesn't change it; 0.26
// counts it as a view. It is how a wrong passphrase is told from a secret that
// is gone, which v1 doesn't.
func (c *Client) exists(ctx context.Context, secret Key) bool {
	ctx, cancel := context.WithTimeout(ctx, viewsTimeout)
	defer cancel()
	got, failed := c.attempt(ctx, call{op: "look for secret", method: http.MethodGet, path: "/api/v2/secret/" + secret.Reveal() + "/status"}, c.credentials.Load())
	if failed != nil {
		return false
	}
	var wire struct {
		Record struct {
			State text `json:"state"`
		} `json:"record"`
	}
	if json.Unmarshal(got.body, &wire) != nil {
		return false
	}
	switch wire.Record.State {
	case "new", "shared", "viewed", "previewed":
		return true
	}
	return false
}
