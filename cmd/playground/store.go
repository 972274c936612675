package main

import (
	"fmt"
	"net"
	"net/url"

	"otsbot/internal/tcpproxy"
)

// takeable makes of a STORE_URL one by which the store can be taken away: a Redis
// at one address, without TLS, is behind a proxy then. Other stores stay what they
// are, and there is none.
func takeable(storeURL string) (to string, proxy *tcpproxy.Proxy, err error) {
	u, err := url.Parse(storeURL)
	if err != nil || u.Scheme != "redis" && u.Scheme != "unix" || u.Query().Has("addr") {
		return storeURL, nil, nil // the bot says what is wrong with it
	}
	network, server := "unix", u.Path
	if u.Scheme == "redis" {
		network, server = "tcp", u.Host
		if u.Port() == "" {
			server = net.JoinHostPort(u.Hostname(), "6379")
		}
	} else {
		u.Scheme, u.Path = "redis", ""
	}
	proxy, err = tcpproxy.New(network, server, nil)
	if err != nil {
		return "", nil, fmt.Errorf("stand in front of the store: %w", err)
	}
	u.Host = proxy.Addr
	return u.String(), proxy, nil
}
