package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"
)

const (
	// callTimeout bounds one HTTP exchange with Slack. slack-go's own default
	// client has no timeout.
	callTimeout = 10 * time.Second
	// postTimeout bounds one message, its waits for Slack's rate limit
	// included: chat.postMessage allows about one message a second and
	// channel, https://docs.slack.dev/apis/web-api/rate-limits
	postTimeout = 30 * time.Second
	// maxAnswer bounds what is read of an answer. Slack's answers to the
	// calls made here echo a message or a view (at most 250 kB).
	maxAnswer = 1 << 20
)

// newHTTPClient is the one HTTP client for Slack: Web API and response URLs.
func newHTTPClient(dial func(context.Context, string, string) (net.Conn, error)) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	// Everything goes to one or two hosts: the default of two idle
	// connections would dial anew for most messages of a busy hour.
	transport.MaxIdleConnsPerHost = 64
	// A proxy would read what plain http carries.
	transport.Proxy = func(r *http.Request) (*url.URL, error) {
		if r.URL.Scheme == "http" {
			return nil, nil
		}
		return http.ProxyFromEnvironment(r)
	}
	if dial != nil {
		transport.DialContext = dial
		transport.Proxy = nil
	}
	return &http.Client{
		Transport: transport,
		Timeout:   callTimeout,
		// A token must not follow a redirect, and a POST would become a GET.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// newSlackClient builds slack-go's client. Its debug mode, which logs what
// people typed, stays off, and its logger leads nowhere.
func newSlackClient(cfg Config, client *http.Client) *slack.Client {
	retry := slack.DefaultRetryConfig()
	retry.MaxRetries = 3
	retry.RetryAfterDuration = limitedFor
	retry.RetryAfterJitter = 250 * time.Millisecond
	retry.Handlers = []slack.RetryHandler{inTime{slack.NewRateLimitErrorRetryHandler(retry)}}
	return slack.New(cfg.BotToken,
		slack.OptionAppLevelToken(cfg.AppToken),
		slack.OptionAPIURL(strings.TrimSuffix(cfg.APIURL, "/")+"/"), // slack-go concatenates
		slack.OptionLog(log.New(io.Discard, "", 0)),
		slack.OptionHTTPClient(&webAPI{client, newLimits()}),
		slack.OptionRetryConfig(retry), // after the client: the order matters to slack-go
	)
}

// inTime retries only if the wait ends before the caller's deadline; to wait
// longer would only tell the person later.
type inTime struct{ slack.RetryHandler }

func (h inTime) ShouldRetry(state *slack.RetryState, req *http.Request, resp *http.Response, err error) (bool, time.Duration) {
	retry, wait := h.RetryHandler.ShouldRetry(state, req, resp, err)
	if deadline, ok := req.Context().Deadline(); ok && time.Until(deadline) <= wait {
		return false, 0
	}
	return retry, wait
}

// webAPI sends slack-go's requests. It moves the token from the form body,
// where slack-go's chat calls put it, to the Authorization header, bounds the
// answer, and says of a failed request whether Slack can have seen it.
type webAPI struct {
	client *http.Client
	limits *limits
}

func (w *webAPI) Do(req *http.Request) (*http.Response, error) {
	kind := path.Base(req.URL.Path)
	if req.Header.Get("Content-Type") == "application/x-www-form-urlencoded" && req.Body != nil {
		channel, err := moveToken(req)
		if err != nil {
			return nil, err
		}
		kind += " " + channel
	}
	if err := w.limits.wait(req.Context(), kind); err != nil {
		return nil, err
	}
	resp, err := exchange(w.client, req)
	if err != nil {
		return nil, err
	}
	w.limits.note(kind, resp)
	dropEcho(resp)
	return resp, nil
}

// dropEcho takes out of an answer the message or view that Slack repeats in it,
// but for the thread that the message is in. Nobody reads the rest, to decode it
// was a quarter of the work of a whole share, and slack-go fails on a block that
// it doesn't know: a message that was posted would count as one of which nobody
// can say. An answer that breaks off is left for slack-go to find so.
func dropEcho(resp *http.Response) {
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	var fields map[string]json.RawMessage
	if json.Unmarshal(answer, &fields) == nil {
		delete(fields, "view")
		if echo, ok := fields["message"]; ok {
			fields["message"] = onlyThread(echo)
		}
		answer, _ = json.Marshal(fields)
	}
	resp.Body = io.NopCloser(bytes.NewReader(answer))
}

// onlyThread leaves of a message the ts of the thread that it is in.
func onlyThread(message json.RawMessage) json.RawMessage {
	var in struct {
		Thread string `json:"thread_ts,omitempty"`
	}
	_ = json.Unmarshal(message, &in)
	thread, _ := json.Marshal(in)
	return thread
}

// moveToken also returns the channel that the call is about, "" if none.
func moveToken(req *http.Request) (channel string, err error) {
	form, err := io.ReadAll(req.Body)
	if err != nil {
		return "", errors.New("read request form")
	}
	// The other fields, some kilobytes of blocks, stay as slack-go wrote them.
	var others []string
	for field := range strings.SplitSeq(string(form), "&") {
		name, value, _ := strings.Cut(field, "=")
		switch name {
		case "token":
			token, err := url.QueryUnescape(value)
			if err != nil {
				return "", errors.New("parse request form")
			}
			req.Header.Set("Authorization", "Bearer "+token)
			continue
		case "channel":
			channel = value
		}
		others = append(others, field)
	}
	body := strings.Join(others, "&")
	req.ContentLength = int64(len(body))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
	req.Body, _ = req.GetBody()
	return channel, nil
}

// errNotSent marks a failure before a byte of the request was sent, so that
// it cannot have had an effect.
var errNotSent = errors.New("no connection to Slack")

// exchange sends req, and refuses an answer of a status that no call expects
// before its body is read; what it did stays open then. Its errors hold neither the URL, which may be a
// response URL, nor anything of the request.
func exchange(client *http.Client, req *http.Request) (*http.Response, error) {
	var connected atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}
	resp, err := client.Do(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err != nil {
		var withURL *url.Error
		if errors.As(err, &withURL) {
			err = withURL.Err
		}
		if !connected.Load() {
			return nil, errors.Join(errNotSent, err)
		}
		return nil, err
	}
	if resp.StatusCode < http.StatusOK || resp.StatusCode > 599 {
		// The body of a "101 Switching Protocols" has no end, and no deadline.
		_ = resp.Body.Close()
		return nil, fmt.Errorf("an answer of status %d", resp.StatusCode)
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

// failure says what a failed post or update means for the message.
type failure int

const (
	none     failure = iota
	refused          // Slack said no, or never saw it: it was not posted
	unproven         // it may have been posted: no answer, a 5xx, or an error of Slack's own
)

// classify sorts an error of a Slack call, and names it in Slack's words for
// the log and for the sentence that people read.
func classify(err error) (failure, string) {
	var said slack.SlackErrorResponse
	var status slack.StatusCodeError
	var limited *slack.RateLimitedError
	switch {
	case err == nil:
		return none, ""
	case errors.Is(err, errNotSent):
		return refused, "unreachable"
	case errors.As(err, &said):
		return classifyCode(said.Err), word(said.Err)
	case errors.As(err, &limited):
		return refused, "ratelimited"
	case errors.As(err, &status):
		switch {
		case status.Code < http.StatusMultipleChoices:
			return unproven, "no_answer" // a success, and not one of Slack's
		case status.Code == http.StatusTooManyRequests:
			return refused, "ratelimited"
		case status.Code >= http.StatusInternalServerError:
			return unproven, "server_error"
		}
		return refused, "http_error"
	}
	return unproven, "no_answer"
}

// word is a code of Slack's, if it looks like one: it ends in logs, and who
// knows who answers in Slack's place.
func word(code string) string {
	other := func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }
	if code == "" || len(code) > 64 || strings.ContainsFunc(code, other) {
		return "unknown_error"
	}
	return code
}

// scopes are the names of scopes, such as "channels:read,groups:read", if they
// look like some, for the same reason.
func scopes(needed string) string {
	if len(needed) > 64 || strings.Trim(needed, "abcdefghijklmnopqrstuvwxyz_.:,") != "" {
		return "(not a scope)"
	}
	return needed
}

// tokenRefused are Slack's codes for a token that is no good (any more).
func tokenRefused(code string) bool {
	switch code {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type":
		return true
	}
	return false
}

// classifyCode sorts the codes of https://docs.slack.dev/reference/methods/chat.postMessage#errors:
// these few are Slack's own trouble and leave the outcome open.
func classifyCode(code string) failure {
	switch code {
	case "fatal_error", "internal_error", "service_unavailable", "request_timeout":
		return unproven
	}
	return refused
}
