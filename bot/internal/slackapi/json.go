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

// verdict is how an answer of the Web API begins.
type verdict struct {
	OK     bool   `json:"ok"`
	Error  string `json:"error"`
	Needed string `json:"needed"` // scopes
}

func (v *verdict) failure() error {
	switch {
	case v.OK:
		return nil
	case v.Error == "":
		return errNotSlack
	}
	return slack.SlackErrorResponse{Err: v.Error, Needed: v.Needed}
}

// answer is what is read of an answer: a struct with a verdict, and no more than
// somebody looks at.
type answer interface{ failure() error }

// echo is as long as most answers are, which repeat a message.
const echo = 4 << 10

var errNotSlack = errors.New("answer is not from Slack")

// json makes a call of the Web API with the bot token, in JSON, and not by
// slack-go: that has no blocks.validate, and would write a message as a form
// around its JSON, and decode all of the message that Slack repeats. about is the
// channel that the call is about, "" if none. It waits as long as ctx where Slack
// limits. Its errors are for [sort].
func (c *Client) json(ctx context.Context, method, about string, args any, into answer) error {
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
		resp, err := c.wire.send(req, method+" "+about)
		if err != nil {
			return err
		}
		var said bytes.Buffer
		said.Grow(echo)
		_, err = said.ReadFrom(resp.Body)
		_ = resp.Body.Close()
		switch {
		case resp.StatusCode == http.StatusTooManyRequests: // the next turn waits for as long as Slack asks
			continue
		case resp.StatusCode != http.StatusOK:
			return slack.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
		case err != nil:
			return errors.New("read answer")
		case !readAnswer(said.Bytes(), into):
			return errNotSlack
		}
		return into.failure()
	}
}

// readAnswer reads an answer. Of the message that Slack repeats in it, nothing
// has to be as it was: Slack has taken it, and says in the rest what it did.
func readAnswer(said []byte, into answer) bool {
	err := json.Unmarshal(said, into)
	var odd *json.UnmarshalTypeError
	return err == nil || errors.As(err, &odd) && strings.HasPrefix(odd.Field, "message")
}
