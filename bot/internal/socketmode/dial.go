package socketmode

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gorilla/websocket"
	"golang.org/x/net/proxy"
)

// route is how a socket gets to Slack: straight, or through the proxy of the
// environment, like every call. It is ours because gorilla/websocket's own
// knows http:// proxies alone, and panics at a status line without a reason.
type route struct {
	dial  dialFunc
	proxy func(*http.Request) (*url.URL, error) // nil: there is none
	tls   *tls.Config                           // nil: the system's authorities
}

// newDialer opens sockets over dial or, if that is nil, as the environment
// says.
func newDialer(dial dialFunc) *websocket.Dialer {
	r := &route{dial: dial}
	if r.dial == nil {
		r.dial, r.proxy = new(net.Dialer).DialContext, http.ProxyFromEnvironment
	}
	return r.dialer()
}

func (r *route) dialer() *websocket.Dialer {
	return &websocket.Dialer{
		// Plain sockets are for a Slack on this machine: no proxy leads there.
		NetDialContext:    wiping(r.dial),
		NetDialTLSContext: wiping(r.secure),
		HandshakeTimeout:  helloWait,
		// Slack drops continuation frames, so an ack must fit the buffer.
		WriteBufferSize: 32 << 10,
	}
}

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// wiping opens connections that leave nothing behind in their reader's buffer,
// and on which an upgrade is answered in short.
func wiping(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		u := &upgrading{Conn: wiped{conn}}
		u.left.Store(maxUpgradeAnswer)
		return u, nil
	}
}

// wiped clears the buffer that it is to read into, as an io.Reader may: while
// the socket waits for the next frame, what the last one held is gone.
type wiped struct{ net.Conn }

func (w wiped) Read(p []byte) (int, error) {
	clear(p)
	return w.Conn.Read(p)
}

// proxyError says what a proxy did, without its address, which may hold a
// password.
type proxyError string

func (e proxyError) Error() string { return string(e) }

const errProxyUnread = proxyError("the proxy gave no answer that could be read")

// secure opens a TLS connection to addr.
func (r *route) secure(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := r.tunnel(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return r.encrypt(ctx, conn, addr)
}

func (r *route) encrypt(ctx context.Context, conn net.Conn, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		conn.Close()
		return nil, err
	}
	cfg := &tls.Config{}
	if r.tls != nil {
		cfg = r.tls.Clone()
	}
	cfg.ServerName = host
	secured := tls.Client(wiped{conn}, cfg) // TLS decrypts in the buffer that it reads into
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secured, nil
}

// tunnel opens a connection to addr, through the proxy if there is one.
func (r *route) tunnel(ctx context.Context, network, addr string) (net.Conn, error) {
	if r.proxy == nil {
		return r.dial(ctx, network, addr)
	}
	via, err := r.proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: addr}})
	switch {
	case err != nil: // its text holds the value
		return nil, proxyError("HTTPS_PROXY is not the URL of a proxy")
	case via == nil:
		return r.dial(ctx, network, addr)
	}
	switch via.Scheme {
	case "http", "https":
		return r.connect(ctx, network, via, addr)
	case "socks5", "socks5h":
		return r.socks(ctx, network, via, addr)
	}
	return nil, proxyError("HTTPS_PROXY must start with http://, https://, socks5:// or socks5h://")
}

// reach opens a connection to the proxy itself.
func (r *route) reach(ctx context.Context, network string, via *url.URL) (net.Conn, error) {
	port := via.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[via.Scheme]
	}
	addr := net.JoinHostPort(via.Hostname(), port)
	conn, err := r.dial(ctx, network, addr)
	if err == nil && via.Scheme == "https" {
		conn, err = r.encrypt(ctx, conn, addr)
	}
	if err != nil {
		return nil, proxyError("no connection to the proxy: " + dialTrouble(err, nil))
	}
	return conn, nil
}

// maxConnectAnswer bounds what a proxy may say to CONNECT.
const maxConnectAnswer = 64 << 10

// connect asks an HTTP proxy for a tunnel (RFC 9110, 9.3.6).
func (r *route) connect(ctx context.Context, network string, via *url.URL, addr string) (net.Conn, error) {
	conn, err := r.reach(ctx, network, via)
	if err != nil {
		return nil, err
	}
	giveUp := context.AfterFunc(ctx, func() { conn.Close() })
	defer giveUp()
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	if user := via.User; user != nil {
		password, _ := user.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	resp, err := exchangeConnect(conn, req)
	switch {
	case err != nil:
		conn.Close()
		return nil, errProxyUnread
	case resp.StatusCode/100 != 2:
		conn.Close()
		return nil, proxyError("the proxy refused the socket (" + strconv.Itoa(resp.StatusCode) + ")")
	}
	return conn, nil
}

// exchangeConnect may drop what it has buffered: through a tunnel that was just
// opened nothing comes before the client has spoken.
func exchangeConnect(conn net.Conn, req *http.Request) (*http.Response, error) {
	if err := req.Write(conn); err != nil {
		return nil, err
	}
	return http.ReadResponse(bufio.NewReader(io.LimitReader(conn, maxConnectAnswer)), req)
}

// socks asks a SOCKS5 proxy, which looks the host up itself: socks5 and socks5h
// are the same here, as they are to net/http.
func (r *route) socks(ctx context.Context, network string, via *url.URL, addr string) (net.Conn, error) {
	var auth *proxy.Auth
	if user := via.User; user != nil {
		password, _ := user.Password()
		auth = &proxy.Auth{User: user.Username(), Password: password}
	}
	dialer, err := proxy.SOCKS5(network, "proxy", auth, towards(func(ctx context.Context) (net.Conn, error) {
		return r.reach(ctx, network, via)
	}))
	if err != nil {
		return nil, proxyError("HTTPS_PROXY can't be used")
	}
	conn, err := dialer.(proxy.ContextDialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, socksTrouble(err)
	}
	return conn, nil
}

// socksTrouble takes from the library's errors its words for the protocol's
// codes, and nothing else: others hold addresses.
func socksTrouble(err error) error {
	var own proxyError
	if errors.As(err, &own) {
		return own
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		said := op.Err.Error()
		if code, ok := strings.CutPrefix(said, "unknown error "); ok {
			return proxyError("the proxy refused the socket (" + code + ")")
		}
		if strings.Contains(said, "username/password") || strings.Contains(said, "authentication method") {
			return proxyError("the proxy refused the socket (it wants another user name or password)")
		}
	}
	return errProxyUnread
}

// towards is a dialer that leads to one place.
type towards func(ctx context.Context) (net.Conn, error)

func (f towards) Dial(string, string) (net.Conn, error) { return f(context.Background()) }

func (f towards) DialContext(ctx context.Context, _, _ string) (net.Conn, error) { return f(ctx) }

// dialTrouble says why there is no connection, in words of ours: the error may
// hold the socket's URL, and so its ticket.
func dialTrouble(err error, resp *http.Response) string {
	var own proxyError
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var timeout interface{ Timeout() bool }
	switch {
	case resp != nil:
		return "status " + strconv.Itoa(resp.StatusCode)
	case errors.As(err, &own):
		return own.Error()
	case errors.Is(err, errUpgradeTooLong):
		return errUpgradeTooLong.Error()
	case errors.As(err, &dns):
		return "host not found"
	case errors.As(err, &cert):
		return "certificate not trusted"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timed out"
	}
	return "no connection"
}
