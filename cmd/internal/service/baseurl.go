package service

import (
	"net"
	"net/url"
	"regexp"
	"strings"
)

// apiPath ends a URL that was copied from API documentation.
var apiPath = regexp.MustCompile(`/api(/v[0-9]+)?/?$`)

// hostName: what a custom domain may look like. A scheme, port or path is a
// mistake, since links are built as https://DOMAIN/secret/KEY.
var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)

// parseBase parses a base URL, or says what is wrong with it. The parser's own
// error is dropped, because it quotes the value.
func parseBase(raw string) (base *url.URL, problem string) {
	base, err := url.Parse(raw)
	switch {
	case err != nil || base.Opaque != "":
		return nil, "must be a URL such as https://eu.onetimesecret.com"
	case base.Scheme != "https" && base.Scheme != "http":
		return nil, "must start with https://"
	case base.Hostname() == "":
		return nil, "must name a host"
	case base.User != nil:
		return nil, "must not contain a user name or password"
	case strings.ContainsAny(raw, "?#"):
		return nil, "must end with the host or the path, without ? or #"
	}
	return base, ""
}

// isPlainRemote reports whether calls to base might cross a network unencrypted:
// somebody's DNS may know a name under .localhost.
func isPlainRemote(base *url.URL) bool {
	host := base.Hostname()
	if base.Scheme == "https" || host == "localhost" {
		return false
	}
	ip := net.ParseIP(host)
	return ip == nil || !ip.IsLoopback()
}
