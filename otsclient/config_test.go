package otsclient_test

import (
	"strings"
	"testing"
	"time"

	"otsbot/otsclient"
)

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	const good = "https://ots.example.com"
	for name, c := range map[string]struct {
		config otsclient.Config
		says   []string
	}{
		"no base URL":        {otsclient.Config{}, []string{"BaseURL is missing"}},
		"no scheme":          {otsclient.Config{BaseURL: "ots.example.com"}, []string{"BaseURL is not an absolute URL"}},
		"no host":            {otsclient.Config{BaseURL: "https:///x"}, []string{"BaseURL is not an absolute URL"}},
		"no URL":             {otsclient.Config{BaseURL: "https://%zz"}, []string{"BaseURL is not an absolute URL"}},
		"another scheme":     {otsclient.Config{BaseURL: "ftp://ots.example.com"}, []string{"BaseURL must be https"}},
		"credentials in URL": {otsclient.Config{BaseURL: "https://u:CANARY@ots.example.com"}, []string{"BaseURL must not hold credentials"}},
		"a query":            {otsclient.Config{BaseURL: good + "?x=1"}, []string{"BaseURL must not have a query"}},
		"a fragment":         {otsclient.Config{BaseURL: good + "/#x"}, []string{"BaseURL must not have a query or a fragment"}},
		"the API's path":     {otsclient.Config{BaseURL: good + "/api/v1/"}, []string{"BaseURL must not include /api"}},
		"plain http":         {otsclient.Config{BaseURL: "http://ots.example.com"}, []string{"BaseURL is plain http"}},
		"http, .localhost":   {otsclient.Config{BaseURL: "http://ots.localhost"}, []string{"BaseURL is plain http"}},
		"plain http, links":  {otsclient.Config{BaseURL: good, PublicURL: "http://ots.example.com"}, []string{"PublicURL is plain http"}},
		"token alone":        {otsclient.Config{BaseURL: good, APIToken: "CANARY"}, []string{"APIToken is set without Username"}},
		"name alone":         {otsclient.Config{BaseURL: good, Username: "CANARY"}, []string{"Username is set without APIToken"}},
		"colon in the name":  {otsclient.Config{BaseURL: good, Username: "CANARY:x", APIToken: "x"}, []string{"Username must not contain a colon"}},
		"domain as URL":      {otsclient.Config{BaseURL: good, ShareDomain: "https://s.example.com"}, []string{"ShareDomain must be a bare host name"}},
		"domain with path":   {otsclient.Config{BaseURL: good, ShareDomain: "s.example.com/x"}, []string{"ShareDomain must be a bare host name"}},
		"negative timeout":   {otsclient.Config{BaseURL: good, Timeout: -1}, []string{"Timeout is negative"}},
		"all of it": {
			otsclient.Config{Username: "x", ShareDomain: "/", PublicURL: "x", Timeout: -1},
			[]string{"BaseURL", "PublicURL", "APIToken", "ShareDomain", "Timeout"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := otsclient.New(c.config)
			if err == nil || client != nil {
				t.Fatal("accepted")
			}
			for _, part := range c.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if strings.Contains(err.Error(), "CANARY") {
				t.Errorf("%q holds a value", err)
			}
		})
	}
}

func TestNewAcceptsWhatCanWork(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]otsclient.Config{
		"a region":            {BaseURL: "https://eu.onetimesecret.com"},
		"a slash at the end":  {BaseURL: "https://ots.example.com/"},
		"a path":              {BaseURL: "https://example.com/ots"},
		"a port":              {BaseURL: "https://example.com:8443"},
		"http on loopback":    {BaseURL: "http://127.0.0.1:3000"},
		"http on localhost":   {BaseURL: "http://localhost:3000"},
		"http on ::1":         {BaseURL: "http://[::1]:3000"},
		"http where allowed":  {BaseURL: "http://ots.cluster:3000", AllowHTTP: true},
		"an account":          {BaseURL: "https://ots.example.com", Username: "a@example.com", APIToken: "t"},
		"a share domain":      {BaseURL: "https://ots.example.com", ShareDomain: "s.example.com"},
		"a domain and a port": {BaseURL: "https://ots.example.com", ShareDomain: "s.example.com:8443"},
		"a timeout":           {BaseURL: "https://ots.example.com", Timeout: time.Second},
	} {
		if _, err := otsclient.New(config); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
