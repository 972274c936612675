package slackapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
)

// maxAnswer bounds what is read of an answer. Slack's answers to the calls made
// here echo a message or a view (at most 250 kB).
const maxAnswer = 1 << 20

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
	transport.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
		if resp.StatusCode/100 != 2 {
			return proxyRefusal(resp.StatusCode)
		}
		return nil
	}
	if dial != nil {
		transport.DialContext = dial
		transport.Proxy = nil
	}
	return &http.Client{
		Transport: transport,
		Timeout:   CallTimeout,
		// A token must not follow a redirect, and a POST would become a GET.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// proxyRefusal is the status with which a proxy refuses to lead to Slack.
type proxyRefusal int

func (r proxyRefusal) Error() string { return unreachableProxy + strconv.Itoa(int(r)) }

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
	if said := dropEcho(resp); !said && resp.StatusCode == http.StatusOK {
		return nil, errNotSlack // slack-go would take it for a success
	}
	return resp, nil
}

var errNotSlack = errors.New("answer is not from Slack")

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
// before its body is read; what it did stays open then. Its errors hold neither
// the URL, which may be a response URL, nor anything of the request.
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
