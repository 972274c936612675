package socketmode

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

const proxyPassword = "CANARY-password"

// proxied is a route through a proxy that does on each connection what says.
func proxied(address string, says func(net.Conn)) *route {
	via, err := url.Parse(address)
	return &route{
		dial: func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			go func() { defer far.Close(); says(far) }()
			return near, nil
		},
		proxy: func(*http.Request) (*url.URL, error) { return via, err },
	}
}

// answers reads CONNECT and answers it.
func answers(with string) func(net.Conn) {
	return func(conn net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			_, _ = io.WriteString(conn, with)
		}
	}
}

// answersSOCKS takes the greeting and then says these bytes, after each
// message of the client the next.
func answersSOCKS(with ...string) func(net.Conn) {
	return func(conn net.Conn) {
		for _, answer := range with {
			if _, err := conn.Read(make([]byte, 300)); err != nil {
				return
			}
			_, _ = io.WriteString(conn, answer)
		}
	}
}

func TestAProxyThatRefusesWithoutAReason(t *testing.T) {
	const httpProxy, socksProxy = "http://me:" + proxyPassword + "@proxy.test:3128", "socks5h://me:" + proxyPassword + "@proxy.test"
	const unread = "the proxy gave no answer that could be read"
	for name, test := range map[string]struct {
		proxy string
		says  func(net.Conn)
		want  string
	}{
		"no reason":               {httpProxy, answers("HTTP/1.1 407\r\n\r\n"), "the proxy refused the socket (407)"},
		"a reason":                {httpProxy, answers("HTTP/1.1 403 CANARY\r\n\r\nCANARY"), "the proxy refused the socket (403)"},
		"a redirect":              {httpProxy, answers("HTTP/1.1 302 Found\r\nLocation: http://CANARY/\r\n\r\n"), "the proxy refused the socket (302)"},
		"not yet":                 {httpProxy, answers("HTTP/1.1 100\r\n\r\n"), "the proxy refused the socket (100)"},
		"no HTTP":                 {httpProxy, answers("SSH-2.0-CANARY\r\n"), unread},
		"half a line":             {httpProxy, answers("HTTP/1"), unread},
		"nothing":                 {httpProxy, answers(""), unread},
		"headers without an end":  {httpProxy, answers("HTTP/1.1 200\r\n" + strings.Repeat("X-CANARY: 1\r\n", 10_000)), unread},
		"silence":                 {httpProxy, func(net.Conn) { time.Sleep(time.Hour) }, unread},
		"a tunnel that ends":      {httpProxy, answers("HTTP/1.1 200\r\n\r\n"), "no connection"},
		"TLS where there is none": {"https://proxy.test", func(conn net.Conn) { _, _ = io.Copy(io.Discard, io.LimitReader(conn, 5)) }, "no connection to the proxy: no connection"},
		"SOCKS, refused":          {socksProxy, answersSOCKS("\x05\x00", "\x05\x02\x00\x01"), "the proxy refused the socket (connection not allowed by ruleset)"},
		"SOCKS, wrong password":   {socksProxy, answersSOCKS("\x05\x02", "\x01\x01"), "the proxy refused the socket (it wants another user name or password)"},
		"SOCKS, no method":        {socksProxy, answersSOCKS("\x05\xff"), "the proxy refused the socket (it wants another user name or password)"},
		"SOCKS, not SOCKS":        {socksProxy, answersSOCKS("HTTP/1.1 400\r\n\r\n"), unread},
		"SOCKS, half":             {socksProxy, answersSOCKS("\x05"), unread},
		"of another kind":         {"ftp://me:" + proxyPassword + "@proxy.test", nil, "HTTPS_PROXY must start with http://, https://, socks5:// or socks5h://"},
		"no URL":                  {"http://me:" + proxyPassword + "@proxy.test:port", nil, "HTTPS_PROXY is not the URL of a proxy"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				started := time.Now()
				_, resp, err := proxied(test.proxy, test.says).dialer().DialContext(t.Context(), "wss://slack.test/?ticket=CANARY", nil)
				if err == nil {
					t.Fatal("the socket opened")
				}
				said := dialTrouble(err, resp)
				if said != test.want {
					t.Errorf("said %q, want %q", said, test.want)
				}
				lacksCanary(t, said)
				if took := time.Since(started); took > helloWait {
					t.Errorf("it took %v", took)
				}
				time.Sleep(2 * time.Hour) // until the proxy has done
			})
		})
	}
}

// What the proxy says is logged, and asked again after a pause.
func TestAProxyThatRefusesIsAskedAgainAfterAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.DebugLevel)
		s, stop := newScripted(zap.New(core), 1, says(helloFrame))
		defer stop()
		healthy, tries := s.sockets.dialer.NetDialContext, 0
		refuses := proxied("http://proxy.test", answers("HTTP/1.1 407\r\n\r\n"))
		s.sockets.dialer.NetDialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if tries++; tries > 3 {
				return healthy(ctx, network, addr)
			}
			return refuses.tunnel(ctx, network, addr)
		}
		started := time.Now()
		s.start()
		for range 3 {
			time.Sleep(firstPause)
			synctest.Wait()
		}
		if s.sockets.Ready() {
			t.Errorf("%d tries in %v: no pause", tries, time.Since(started))
		}
		time.Sleep(time.Minute)
		if !s.sockets.Ready() {
			t.Error("not tried again")
		}
		refusals := logs.FilterMessage("socket not opened").All()
		if len(refusals) != 3 || refusals[0].ContextMap()["error"] != "dial socket: the proxy refused the socket (407)" {
			t.Errorf("logged %v", refusals)
		}
	})
}

func TestABugInASocketsGoroutineCostsNoMoreThanThat(t *testing.T) {
	for name, breaks := range map[string]func(*Pool){
		"dial": func(s *Pool) {
			healthy, broken := s.dialer.NetDialContext, false
			s.dialer.NetDialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
				if !broken {
					broken = true
					panic(errors.New("CANARY"))
				}
				return healthy(ctx, network, addr)
			}
		},
		"reader": func(s *Pool) {
			healthy, broken := s.handle, false
			s.handle = func(e *Envelope) {
				if !broken {
					broken = true
					panic(errors.New("CANARY"))
				}
				healthy(e)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, stop := newScripted(zap.NewNop(), 1, says(helloFrame, envelopeFrame, strings.Replace(envelopeFrame, "E1", "E2", 1)))
				defer stop()
				breaks(s.sockets)
				s.start()
				<-s.taken
				if !s.sockets.Ready() || !s.sockets.Turning() {
					t.Errorf("ready %v, turning %v", s.sockets.Ready(), s.sockets.Turning())
				}
				if len(s.bugs) != 1 || !strings.HasSuffix(s.bugs[0], ": *errors.errorString") {
					t.Errorf("told of %q", s.bugs)
				}
			})
		})
	}
}
