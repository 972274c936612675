package otsclient

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// maxBody bounds what is read of an answer. The largest real one is a
	// long list of recent secrets, some 100 kB.
	maxBody = 1 << 20

	// attempts bounds how often one call is tried.
	attempts = 3

	// firstWait is the pause before the second attempt; it doubles.
	firstWait = 100 * time.Millisecond

	// longestWait is the longest that a server may ask for to be asked again.
	// Somebody waits for the outcome, and is told sooner of a longer one.
	longestWait = 2 * time.Second
)

// call is one request to the server.
type call struct {
	op     string // for errors: "share secret"
	method string
	path   string // below the base URL
	form   url.Values

	// json, if there is any, is sent instead of the form, whose secret and
	// passphrase are in it too. v1 ignores it before 0.24, silently.
	json any

	// once marks a call that creates or consumes: it must not be repeated
	// once its first byte may have been sent, and losing its answer is
	// ErrOutcomeUnknown.
	once bool

	// creates marks a call that makes a secret and names none.
	creates bool

	// private is what must not come back in a reason. The client fills it in.
	private []string

	// classify says what an error answer's message means, where the common
	// reading in answers.go is not enough. It may be nil.
	classify func(answer, message) *callError
}

// answer is what came back.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	retried bool // an earlier attempt may have done what was asked
}

// now is the server's clock, since what its answers are compared with is.
func (a answer) now() time.Time {
	if date, err := http.ParseTime(a.header.Get("Date")); err == nil {
		return date
	}
	return time.Now()
}

// do makes the call, repeats it where that is safe and may help, and returns
// an answer with a 2xx status or a *callError.
func (c *Client) do(ctx context.Context, call call) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	as := c.credentials.Load()
	got, failed := c.doAs(ctx, call, as)
	if failed != nil && failed.kind == ErrNotAuthorized {
		if renewed := c.renewed(ctx, as); renewed != nil {
			retried := got.retried
			got, failed = c.doAs(ctx, call, renewed)
			got.retried = got.retried || retried
		}
	}
	if failed != nil {
		return got, failed
	}
	return got, nil
}

// doAs is do with these credentials.
func (c *Client) doAs(ctx context.Context, call call, as *credentials) (answer, *callError) {
	call.private = []string{
		call.form.Get("secret"), call.form.Get("secret[secret]"), call.form.Get("passphrase"), call.form.Get("secret[passphrase]"),
		as.username, as.token.Reveal(),
	}
	var before retries
	for {
		got, failed := c.attempt(ctx, call, as)
		got.retried = before.mayHaveDone
		if failed == nil {
			return got, nil
		}
		before.mayHaveDone = before.mayHaveDone || failed.mayHaveDone(got)
		wait, again := before.next(failed)
		if !again || !pause(ctx, wait) {
			return got, failed
		}
	}
}

// retries are the attempts of one call that came to nothing.
type retries struct {
	failed      int
	heeded      bool // the server said when to come back, and we did
	mayHaveDone bool // what was asked: the answer is what failed
}

// next says whether to try again, and how long to wait before that. A server
// that names a wait is believed once: that it refuses again means that others
// were sooner, and they will be again.
func (r *retries) next(failed *callError) (wait time.Duration, again bool) {
	r.failed++
	switch {
	case !failed.repeatable || r.failed == attempts:
		return 0, false
	case failed.retryAfter == 0:
		return firstWait << (r.failed - 1), true
	case r.heeded || failed.retryAfter > longestWait:
		return 0, false
	}
	r.heeded = true
	return failed.retryAfter, true
}

// pause waits, or reports false when the context ends first: at once where it
// is known to.
func pause(ctx context.Context, wait time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// attempt sends the request once and reads the whole answer.
func (c *Client) attempt(ctx context.Context, call call, as *credentials) (answer, *callError) {
	var sent progress
	body, kind := call.encode()
	request, err := http.NewRequestWithContext(sent.watch(ctx), call.method, c.base+call.path, strings.NewReader(body))
	if err != nil {
		return answer{}, &callError{op: call.op, kind: ErrUnavailable, detail: "request can't be made"}
	}
	if call.method != http.MethodGet {
		request.Header.Set("Content-Type", kind)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.userAgent)
	if as.username != "" { // an empty Basic header is refused, also where anonymous calls are not
		request.SetBasicAuth(as.username, as.token.Reveal())
	}
	// A transport follows no redirects, as an http.Client does: that would
	// carry the secret, and on the same host the credentials, to wherever the
	// answer points.
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return answer{}, lost(ctx, call, err, sent.maybe(err))
	}
	defer response.Body.Close()
	got := answer{status: response.StatusCode, header: response.Header}
	if got.status < http.StatusOK {
		// 101: from here on no deadline of net/http's binds the connection.
		return got, unusable(call, "no final answer")
	}
	// net/http ends a body with its context; another transport may not.
	defer context.AfterFunc(ctx, func() { response.Body.Close() })()
	got.body, err = io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	if isClearRefusal(got.status) { // whatever is in the body, read or not
		return got, read(call, got)
	}
	if err != nil {
		return got, lost(ctx, call, err, true)
	}
	if len(got.body) > maxBody {
		return got, unusable(call, "answer too long")
	}
	return got, read(call, got)
}

func (call call) encode() (body, kind string) {
	if call.json == nil {
		return call.form.Encode(), "application/x-www-form-urlencoded"
	}
	encoded, _ := json.Marshal(call.json) // strings and booleans, which can be
	return string(encoded), "application/json"
}

// lost is the error for an exchange that broke off. Of err, only what is safe
// to print is kept.
func lost(ctx context.Context, call call, err error, sent bool) *callError {
	failed := &callError{op: call.op, kind: ErrUnavailable, detail: describe(err), repeatable: true, sent: sent}
	if sent && call.once {
		failed.kind, failed.repeatable = ErrOutcomeUnknown, false
	}
	if ctx.Err() != nil {
		failed.cause, failed.repeatable = ctx.Err(), false
		failed.detail = "timed out"
		if errors.Is(ctx.Err(), context.Canceled) {
			failed.detail = "canceled"
		}
	}
	return failed
}

// describe names a failure of the transport without quoting it: the text of
// such errors has URLs, addresses and, with some proxies, header lines in it.
func describe(err error) string {
	var (
		dns     *net.DNSError
		op      *net.OpError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		refused proxyRefusal
		timeout interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &refused):
		return refused.Error()
	case errors.As(err, &dns):
		return "host not found"
	case errors.As(err, &cert), errors.As(err, &record), errors.As(err, &alert):
		return "TLS failed"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timed out"
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return "proxy failed"
	case errors.As(err, &op) && op.Op == "dial":
		return "connection failed"
	}
	return "connection lost"
}

// unusable is the error for an answer that can't be read although the server
// did something.
func unusable(call call, detail string) *callError {
	if call.once {
		return &callError{op: call.op, kind: ErrOutcomeUnknown, detail: detail}
	}
	return &callError{op: call.op, kind: ErrUnavailable, detail: detail}
}

// progress tells whether a byte of a request may have been sent. A transport
// asks for a connection and, once it has got one, writes; it asks again only
// when it knows that nothing was written (net/http, shouldRetryRequest).
type progress struct{ asked, got atomic.Bool }

// watch returns a context that reports to p.
func (p *progress) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { p.asked.Store(true); p.got.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { p.got.Store(true) },
	})
}

// maybe reports whether anything may have been sent before err. A transport
// that reports no progress (a test's own) has, unless err says otherwise.
func (p *progress) maybe(err error) bool {
	if p.asked.Load() {
		return p.got.Load()
	}
	var op *net.OpError
	return !errors.As(err, &op) || op.Op != "dial"
}
