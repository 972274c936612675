package otsclient

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"
)

// A server that ends idle connections after five seconds never meets a request
// with that.
func TestAnIdleConnectionEndsBeforeTheServerEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := pooledTransport().(*http.Transport)
		ours, theirs := net.Pipe()
		transport.DialContext = func(context.Context, string, string) (net.Conn, error) { return ours, nil }
		opened := time.Now()
		ended := make(chan time.Duration)
		go func() {
			buffer := make([]byte, 4096)
			theirs.Read(buffer)
			theirs.Write([]byte("HTTP/1.1 204 No Content\r\n\r\n"))
			theirs.Read(buffer) // until it hangs up
			ended <- time.Since(opened)
		}()
		request, _ := http.NewRequest(http.MethodGet, "http://ots.test/", nil)
		response, err := transport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if after := <-ended; after >= 5*time.Second {
			t.Errorf("it was kept for %v", after)
		}
	})
}

func TestNoProxyForPlainHTTP(t *testing.T) {
	standard := http.DefaultTransport.(*http.Transport)
	before := standard.Proxy
	defer func() { standard.Proxy = before }()
	standard.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: "proxy.test"})
	transport := pooledTransport().(*http.Transport)
	for target, proxied := range map[string]bool{"http://ots.test": false, "https://ots.test": true} {
		request, _ := http.NewRequest(http.MethodGet, target, nil)
		if proxy, err := transport.Proxy(request); err != nil || (proxy != nil) != proxied {
			t.Errorf("%s goes through %v (%v)", target, proxy, err)
		}
	}
}
