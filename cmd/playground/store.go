package main

import (
	"fmt"
	"net"
	"net/url"

	"otsbot/internal/tcpproxy"
)

// takeable makes of a STORE_URL one by which the page can take the store away:
// for a Redis at one address, without TLS, take does. Other stores stay what they
// are, and take is nil.
func takeable(storeURL string) (to string, take func() (back func()), end func(), err error) {
	u, err := url.Parse(storeURL)
	if err != nil || u.Scheme != "redis" && u.Scheme != "unix" || u.Query().Has("addr") {
		return storeURL, nil, func() {}, nil // the bot says what is wrong with it
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
	proxy, err := tcpproxy.New(network, server, nil)
	if err != nil {
		return "", nil, nil, fmt.Errorf("stand in front of the store: %w", err)
	}
	u.Host = proxy.Addr
	take = func() func() {
		proxy.Cut(true)
		return func() { proxy.Cut(false) }
	}
	return u.String(), take, proxy.Close, nil
}
