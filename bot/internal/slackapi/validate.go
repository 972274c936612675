package slackapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

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

// validate is our own call, since slack-go has none. It waits as long as ctx
// where Slack limits.
func (c *Client) validate(ctx context.Context, what map[string]any) ([]Objection, Result) {
	var said struct {
		OK     bool        `json:"ok"`
		Error  string      `json:"error"`
		Errors []Objection `json:"errors"`
	}
	err := c.json(ctx, "blocks.validate", what, &said)
	if err == nil && !said.OK {
		err = slack.SlackErrorResponse{Err: said.Error}
	}
	return said.Errors, c.sort("blocks.validate", err)
}

// json makes a call of the Web API with the bot token, in JSON. Its errors are
// for [sort].
func (c *Client) json(ctx context.Context, method string, args, answer any) error {
	body, err := json.Marshal(args)
	if err != nil {
		return errors.New("encode call")
	}
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.cfg.APIURL, "/")+"/"+method, bytes.NewReader(body))
		if err != nil {
			return errors.New("build call")
		}
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
		req.Header.Set("Authorization", "Bearer "+c.api().bot)
		resp, err := c.wire.Do(req)
		if err != nil {
			return err
		}
		switch resp.StatusCode {
		case http.StatusOK:
			if json.NewDecoder(resp.Body).Decode(answer) != nil {
				return errNotSlack
			}
			return nil
		case http.StatusTooManyRequests: // the next turn waits for as long as Slack asks
		default:
			return slack.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
		}
	}
}
