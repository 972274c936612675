package service

import (
	"cmp"
	"net/url"
	"os"
	"slices"
	"strings"
)

// proxyVariable is no setting of ours: Go's HTTP client reads it, and so does
// the bot for its sockets.
const proxyVariable = "HTTPS_PROXY"

// checkProxy refuses at the start what would show only as a Slack or a
// OneTimeSecret that can't be reached.
func checkProxy(found problems) {
	value := cmp.Or(os.Getenv(proxyVariable), os.Getenv(strings.ToLower(proxyVariable)))
	if value == "" {
		return
	}
	if !strings.Contains(value, "://") {
		value = "http://" + value // as Go reads it
	}
	proxy, err := url.Parse(value)
	switch {
	case err != nil || proxy.Hostname() == "":
		found.add(proxyVariable, "must be the URL of a proxy such as http://proxy.example.com:3128")
	case !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, proxy.Scheme):
		found.add(proxyVariable, "must start with http://, https://, socks5:// or socks5h://")
	}
}
