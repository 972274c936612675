package otsclient

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// Status asks whether the server is there and, if the client has credentials,
// whether it takes them. Don't poll it: 0.18 and 0.20 allow 25 calls in 20
// minutes.
func (c *Client) Status(ctx context.Context) error {
	const op = "check status"
	_, err := either(c,
		func() (struct{}, error) { return struct{}{}, c.statusV1(ctx, op) },
		func() (struct{}, error) { return struct{}{}, c.statusV2(ctx, op) })
	return err
}

func (c *Client) statusV1(ctx context.Context, op string) error {
	return c.nominal(ctx, call{op: op, method: http.MethodGet, path: "/api/v1/status"})
}

// CheckCredentials asks whether the server takes the client's credentials. It
// is ErrNotAuthorized when there are none.
func (c *Client) CheckCredentials(ctx context.Context) error {
	const op = "check credentials"
	if c.credentials.Load().username == "" {
		return &callError{op: op, kind: ErrNotAuthorized, detail: "no credentials given"}
	}
	_, err := either(c, func() (struct{}, error) {
		err := c.nominal(ctx, call{op: op, method: http.MethodGet, path: "/api/v1/authcheck"})
		if errors.Is(err, ErrNoAPI) {
			// Servers before 0.18 don't have it, but check what is sent to /status.
			err = c.statusV1(ctx, op)
		}
		return struct{}{}, err
	}, func() (struct{}, error) { return struct{}{}, c.statusV2(ctx, op) })
	return err
}

// nominal makes a call whose answer is {"status": "nominal"}. Anything else
// that says 200, such as the page of a hotel's network, is not the server.
func (c *Client) nominal(ctx context.Context, call call) error {
	got, err := c.do(ctx, call)
	if err != nil {
		return err
	}
	var wire struct {
		Status text `json:"status"`
	}
	if json.Unmarshal(got.body, &wire) != nil || wire.Status != "nominal" {
		return unusable(call, "not nominal")
	}
	return nil
}
