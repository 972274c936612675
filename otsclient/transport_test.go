package otsclient_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"

	"otsbot/otsclient"
)

// transportFunc is a transport of one function.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// brokenBody breaks off, and knows whether it was closed.
type brokenBody struct {
	io.Reader
	closed bool
}

func (b *brokenBody) Close() error { b.closed = true; return nil }

// The status alone says that nothing was stored, whatever becomes of the body.
func TestARefusalCountsThoughItsBodyBreaksOff(t *testing.T) {
	for status, want := range map[int]error{
		http.StatusTooManyRequests:    otsclient.ErrRateLimited,
		http.StatusFound:              otsclient.ErrUnavailable,
		http.StatusOK:                 otsclient.ErrOutcomeUnknown,
		http.StatusNotFound:           otsclient.ErrOutcomeUnknown,
		http.StatusServiceUnavailable: otsclient.ErrOutcomeUnknown,
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var bodies []*brokenBody
				err := share(t.Context(), clientOf(t, transportFunc(func(*http.Request) (*http.Response, error) {
					bodies = append(bodies, &brokenBody{Reader: io.MultiReader(strings.NewReader("{"), errorReader{})})
					return &http.Response{StatusCode: status, Header: http.Header{}, Body: bodies[len(bodies)-1]}, nil
				})))
				if !errors.Is(err, want) {
					t.Errorf("%v, want %v", err, want)
				}
				for i, body := range bodies {
					if !body.closed {
						t.Errorf("body %d was left open, and its connection with it", i+1)
					}
				}
			})
		})
	}
}

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A transport that finds a pooled connection dead, before it wrote anything,
// asks for another by itself. If there is none, nothing was sent.
func TestADeadConnectionOfThePoolIsNoRequestThatWasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		err := share(t.Context(), clientOf(t, transportFunc(func(r *http.Request) (*http.Response, error) {
			tries++
			trace := httptrace.ContextClientTrace(r.Context())
			trace.GetConn("ots.example.com:443")
			trace.GotConn(httptrace.GotConnInfo{Reused: true})
			trace.GetConn("ots.example.com:443")
			return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
		})))
		if !errors.Is(err, otsclient.ErrUnavailable) || tries != 3 {
			t.Errorf("%v after %d tries", err, tries)
		}
	})
}
