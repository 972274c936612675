package otsclient

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// DefaultTimeout is for one call. A passphrase costs the server up to 1.1 s of
// hashing per call, more under load, so it is generous.
const DefaultTimeout = 15 * time.Second

// Config says which server to talk to and as whom.
type Config struct {
	// BaseURL is where the API is, without /api/v1: a hosted region such as
	// https://eu.onetimesecret.com, a custom domain or a server of one's own;
	// it may have a path. Required. Accounts and secrets are per region.
	BaseURL string

	// PublicURL is the base of the links that people open, where that differs
	// from BaseURL (a server reached by its name inside a cluster). Empty
	// means BaseURL.
	PublicURL string

	// Username and APIToken are sent as HTTP Basic. Both empty: anonymous.
	// SetCredentials changes them later.
	Username, APIToken string

	// ShareDomain is the custom domain to share under, as a bare host, when a
	// request names none. Links are then on that domain.
	ShareDomain string

	// AllowHTTP permits http:// to hosts other than this machine. Secrets and
	// credentials then cross that network in the clear.
	AllowHTTP bool

	// Timeout is for one call, from its start to the end of the answer's
	// body, with its repetitions. Zero means DefaultTimeout.
	Timeout time.Duration

	// Transport sends the requests. Nil means a pooled copy of
	// http.DefaultTransport, which knows HTTPS_PROXY and SSL_CERT_FILE. It
	// doesn't heed HTTP_PROXY: a proxy would read what plain http carries.
	Transport http.RoundTripper

	// UserAgent is sent with each request. Empty means "otsclient". Avoid the
	// word "bot": 0.12 servers turn such visitors away from their pages.
	UserAgent string
}

// Client calls one OneTimeSecret server. It is safe for concurrent use.
type Client struct {
	transport   http.RoundTripper
	base        string // without a slash at the end
	public      string // likewise
	shareDomain string
	timeout     time.Duration
	userAgent   string
	credentials atomic.Pointer[credentials]
	refusal     atomic.Pointer[func()]
	roads       roads
	batch       batch
}

// New checks config, all of it at once, and returns a client. It does not
// touch the network; see [Client.Status] and [Client.CheckCredentials].
func New(config Config) (*Client, error) {
	base, baseErr := checkURL("BaseURL", config.BaseURL, config.AllowHTTP)
	public, publicErr := base, error(nil)
	if config.PublicURL != "" {
		public, publicErr = checkURL("PublicURL", config.PublicURL, config.AllowHTTP)
	}
	err := errors.Join(baseErr, publicErr,
		checkCredentials(config.Username, config.APIToken),
		checkDomain(config.ShareDomain),
		checkTimeout(config.Timeout))
	if err != nil {
		return nil, fmt.Errorf("configure client: %w", err)
	}
	client := &Client{
		transport:   config.Transport,
		base:        base,
		public:      public,
		shareDomain: config.ShareDomain,
		timeout:     config.Timeout,
		userAgent:   config.UserAgent,
	}
	client.credentials.Store(&credentials{config.Username, NewPlaintext(config.APIToken)})
	if client.timeout == 0 {
		client.timeout = DefaultTimeout
	}
	if client.userAgent == "" {
		client.userAgent = "otsclient"
	}
	if config.Transport == nil {
		client.transport = pooledTransport()
	}
	return client, nil
}

// Close ends the idle connections. Calls under way are not touched, and the
// client can go on being used.
func (c *Client) Close() {
	if pool, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		pool.CloseIdleConnections()
	}
}

// pooledTransport keeps more idle connections to the one host there is than
// net/http's two, so that bursts don't pay for handshakes.
func pooledTransport() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // somebody replaced it, and meant it
		return http.DefaultTransport
	}
	transport := standard.Clone()
	transport.MaxIdleConnsPerHost = 64
	transport.IdleConnTimeout = idleTime
	transport.Proxy = func(r *http.Request) (*url.URL, error) {
		if r.URL.Scheme == "http" || standard.Proxy == nil {
			return nil, nil
		}
		return standard.Proxy(r)
	}
	transport.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
		if resp.StatusCode/100 != 2 {
			return proxyRefusal(resp.StatusCode)
		}
		return nil
	}
	return transport
}

// proxyRefusal is the status with which a proxy refuses to lead to the server.
type proxyRefusal int

func (r proxyRefusal) Error() string {
	return "the proxy refused the connection (" + strconv.Itoa(int(r)) + ")"
}

// idleTime ends a connection before a server does: a request that crosses the
// server's goodbye may have been carried out or not. It is under what servers
// and proxies are known to keep: Node 5 s, Puma 20 s, nginx 75 s,
// https://nodejs.org/api/http.html#serverkeepalivetimeout
// https://github.com/puma/puma/blob/v6.4.2/lib/puma/configuration.rb
// https://nginx.org/en/docs/http/ngx_http_core_module.html#keepalive_timeout
const idleTime = 4 * time.Second

// checkURL returns raw without a slash at the end. Its errors name the field
// and not the value, which may hold a password.
func checkURL(field, raw string, allowHTTP bool) (string, error) {
	if raw == "" {
		return "", fmt.Errorf("%s is missing", field)
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return "", fmt.Errorf("%s is not an absolute URL", field)
	case u.Scheme != "https" && u.Scheme != "http":
		return "", fmt.Errorf("%s must be https", field)
	case u.User != nil:
		return "", fmt.Errorf("%s must not hold credentials", field)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", fmt.Errorf("%s must not have a query or a fragment", field)
	case u.Scheme == "http" && !allowHTTP && !isLoopback(u.Hostname()):
		return "", fmt.Errorf("%s is plain http to another host, which must be allowed explicitly", field)
	}
	trimmed := strings.TrimRight(u.String(), "/")
	if strings.HasSuffix(trimmed, "/api") || strings.HasSuffix(trimmed, "/api/v1") {
		return "", fmt.Errorf("%s must not include /api", field)
	}
	return trimmed, nil
}

// isLoopback takes no other name's word: where app.localhost leads is for the
// resolver to say, and not all keep it here.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func checkCredentials(username, token string) error {
	switch {
	case username == "" && token == "":
		return nil
	case username == "":
		return fmt.Errorf("%s is set without %s", "APIToken", "Username")
	case token == "":
		return fmt.Errorf("%s is set without %s", "Username", "APIToken")
	case strings.Contains(username, ":"): // ends the name in HTTP Basic, RFC 7617
		return fmt.Errorf("%s must not contain a colon", "Username")
	}
	return nil
}

func checkDomain(domain string) error {
	if domain == "" {
		return nil
	}
	u, err := url.Parse("https://" + domain)
	if err != nil || u.Host != domain || u.Hostname() == "" {
		return fmt.Errorf("%s must be a bare host name", "ShareDomain")
	}
	return nil
}

func checkTimeout(timeout time.Duration) error {
	if timeout < 0 {
		return fmt.Errorf("%s is negative", "Timeout")
	}
	return nil
}
