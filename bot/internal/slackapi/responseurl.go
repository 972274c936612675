package slackapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// responseURLs posts to the response_url of a command, a form's picker or a
// shortcut: five uses within thirty minutes, in any conversation that the
// person is in, whether the app is a member or not,
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
//
// This is our own call because slack-go's drops the unfurl flags, without
// which Slack's servers fetch the link.
type responseURLs struct {
	client *http.Client
	api    *url.URL // where Slack's Web API is
}

func newResponseURLs(client *http.Client, api *url.URL) *responseURLs {
	return &responseURLs{client: client, api: api}
}

// theirs says whether to is where a response_url may lead: to Slack's own hosts,
// or to the host of the Web API. An emulator of Slack has a plain http API, and
// its response URLs at another port or another name of the machine itself.
func (r *responseURLs) theirs(to *url.URL) bool {
	plain := r.api.Scheme == "http"
	host := strings.ToLower(to.Hostname())
	switch {
	case host == "", to.Scheme != "https" && !(plain && to.Scheme == "http"):
		return false
	case host == strings.ToLower(r.api.Hostname()):
		return true
	case host == "hooks.slack.com", host == "hooks.slack-gov.com":
		return to.Scheme == "https"
	}
	return plain && isLoopback(host)
}

// isLoopback says so only of what needs no resolver to be sure.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Who sees an answer. An ack never says InChannel: Slack would publish the
// command that was typed.
const (
	InChannel = "in_channel"
	Ephemeral = "ephemeral"
)

// Answer is the body of a post to a response URL, and of an ack that says
// something.
type Answer struct {
	Text         string        `json:"text"`
	Blocks       []slack.Block `json:"blocks,omitempty"`
	ResponseType string        `json:"response_type,omitempty"`
	ThreadTS     string        `json:"thread_ts,omitempty"`
	// ReplaceOriginal rewrites the message whose button was pressed; it is
	// the only way to change an ephemeral message.
	ReplaceOriginal bool `json:"replace_original"`
	UnfurlLinks     bool `json:"unfurl_links"`
	UnfurlMedia     bool `json:"unfurl_media"`
}

// post sends m. Its error is for [sort], and never holds the URL, which
// is a capability to post.
func (r *responseURLs) post(ctx context.Context, responseURL string, m Answer) error {
	to, err := url.Parse(responseURL)
	if err != nil || !r.theirs(to) {
		return slack.SlackErrorResponse{Err: "no_response_url"}
	}
	body, err := json.Marshal(m)
	if err != nil {
		return errors.New("encode message")
	}
	ctx, cancel := context.WithTimeout(ctx, PostTimeout)
	defer cancel()
	for {
		wait, err := r.try(ctx, responseURL, body)
		if wait == 0 {
			return err
		}
		if deadline, _ := ctx.Deadline(); time.Until(deadline) <= wait {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return err
		}
	}
}

// try posts once. A wait above zero means: Slack did not take it, and says
// when to come back.
func (r *responseURLs) try(ctx context.Context, responseURL string, body []byte) (wait time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, responseURL, bytes.NewReader(body))
	if err != nil {
		return 0, slack.SlackErrorResponse{Err: "no_response_url"}
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := exchange(r.client, req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		return retryAfter(resp), slack.SlackErrorResponse{Err: "ratelimited"}
	case resp.StatusCode == http.StatusNotFound:
		// "used_url" after five uses, "expired_url" after thirty minutes.
		return 0, slack.SlackErrorResponse{Err: "dead_response_url"}
	case resp.StatusCode >= http.StatusMultipleChoices:
		return 0, slack.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
	}
	return 0, readHookAnswer(resp.Body)
}

// readHookAnswer finds the yes or the no in an answer of success. Slack says
// "ok"; programs that speak as Slack does say nothing, or some JSON of the Web
// API's kind. All else is somebody else's, a proxy's page say, and nobody knows
// what became of the post.
func readHookAnswer(body io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(body, 4<<10))
	if err != nil {
		return errors.New("read answer")
	}
	text := strings.TrimSpace(string(data))
	if text == "" || strings.EqualFold(text, "ok") {
		return nil
	}
	var answer map[string]any
	if json.Unmarshal(data, &answer) != nil || answer == nil {
		return errors.New("answer is not from Slack")
	}
	switch code, _ := answer["error"].(string); {
	case len(answer) == 0, answer["ok"] == true:
		return nil
	case answer["ok"] == false && code != "":
		return slack.SlackErrorResponse{Err: code}
	case answer["ok"] == false:
		return slack.SlackErrorResponse{Err: "http_error"}
	}
	return errors.New("answer is not from Slack")
}
