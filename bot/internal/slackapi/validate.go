package slackapi

import (
	"context"

	"github.com/slack-go/slack"
)

// Objection is one thing that Slack has against a message or a view.
type Objection struct {
	Code    string `json:"code"`
	Pointer string `json:"pointer"` // to the part of it, a JSON pointer
	Message string `json:"message"`
}

// ValidateMessage asks what Slack has against a message, without sending it: the
// call takes no scope, and nobody sees anything,
// https://docs.slack.dev/reference/methods/blocks.validate
func (c *Client) ValidateMessage(ctx context.Context, m Message) ([]Objection, Result) {
	return c.validate(ctx, map[string]any{"message": struct {
		Text   string        `json:"text"`
		Blocks []slack.Block `json:"blocks,omitempty"`
	}{m.Text, m.Blocks}})
}

// ValidateView asks the same of a view: a form or a Home tab.
func (c *Client) ValidateView(ctx context.Context, view any) ([]Objection, Result) {
	return c.validate(ctx, map[string]any{"view": view})
}

func (c *Client) validate(ctx context.Context, what map[string]any) ([]Objection, Result) {
	var said struct {
		verdict
		Errors []Objection `json:"errors"`
	}
	err := c.json(ctx, "blocks.validate", "", what, &said)
	return said.Errors, c.sort("blocks.validate", err)
}
