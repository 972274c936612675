package main

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"otsbot/otsclient/otsfake"
)

// A setting that is given to the real binary does what its meaning says. The
// rows share a secret as ana and look at what OneTimeSecret was sent, or what
// people see. The timeouts are not here: to see them work would take their time.
func TestSettingsDoWhatTheySay(t *testing.T) {
	t.Parallel()
	account := func(o *otsfake.Options) {
		o.Username, o.APIToken, o.ShareDomain = "bot@example.com", "token", "links.example.com"
	}
	tests := []struct {
		name     string
		settings map[string]string
		check    func(*testing.T, *world, *process)
	}{
		{"anonymous without an account", nil, func(t *testing.T, w *world, p *process) {
			if header := w.shareCall(t, p).Header; header.Get("Authorization") != "" {
				t.Error("an Authorization header was sent")
			}
		}},
		{"OTS_USERNAME and OTS_API_TOKEN", map[string]string{"OTS_USERNAME": "bot@example.com", "OTS_API_TOKEN": "token"}, func(t *testing.T, w *world, p *process) {
			want := "Basic " + base64.StdEncoding.EncodeToString([]byte("bot@example.com:token"))
			if got := w.shareCall(t, p).Header.Get("Authorization"); got != want {
				t.Errorf("Authorization = %q, want %q", got, want)
			}
		}},
		{"OTS_SHARE_DOMAIN", map[string]string{"OTS_SHARE_DOMAIN": "links.example.com", "OTS_USERNAME": "bot@example.com", "OTS_API_TOKEN": "token"}, func(t *testing.T, w *world, p *process) {
			if link := w.sharedLink(t, p); !strings.HasPrefix(link, "https://links.example.com/secret/") {
				t.Errorf("link = %s", link)
			}
		}},
		{"OTS_PUBLIC_URL", map[string]string{"OTS_PUBLIC_URL": "https://secrets.example.com/base"}, func(t *testing.T, w *world, p *process) {
			if link := w.sharedLink(t, p); !strings.HasPrefix(link, "https://secrets.example.com/base/secret/") {
				t.Errorf("link = %s", link)
			}
		}},
		{"SECRET_TTL", map[string]string{"SECRET_TTL": "2h"}, func(t *testing.T, w *world, p *process) {
			if form, err := url.ParseQuery(w.shareCall(t, p).Body); err != nil || form.Get("ttl") != "7200" {
				t.Errorf("ttl = %q, want 7200", form.Get("ttl"))
			}
		}},
		{"SECRET_TTL_CHOICES", map[string]string{"SECRET_TTL": "1h", "SECRET_TTL_CHOICES": "3h,1h"}, func(t *testing.T, w *world, p *process) {
			w.typed(t, p, "")
			var offered []string
			for _, input := range w.slack.View(ana).Inputs {
				if input.Type == "static_select" {
					offered = input.Options
				}
			}
			if want := []string{"1 hour", "3 hours"}; !slices.Equal(offered, want) {
				t.Errorf("the form offers %q, want %q", offered, want)
			}
		}},
		{"SECRET_PASSPHRASE", map[string]string{"SECRET_PASSPHRASE": "required"}, func(t *testing.T, w *world, p *process) {
			w.typed(t, p, "")
			if phrase := w.slack.View(ana).Input("Passphrase"); phrase == nil || phrase.Optional {
				t.Errorf("the form's passphrase is %+v, want it required", phrase)
			}
		}},
		{"SECRET_INLINE", map[string]string{"SECRET_INLINE": "false"}, func(t *testing.T, w *world, p *process) {
			w.typed(t, p, "inline text")
			if w.slack.View(ana) == nil || len(w.ots.Journal()) > 0 {
				t.Error("no form opened, or the text was stored without one")
			}
		}},
		{"SLACK_CONNECTIONS", map[string]string{"SLACK_CONNECTIONS": "3"}, func(t *testing.T, w *world, p *process) {
			if err := w.slack.WaitConnected(p.ctx, 3); err != nil {
				t.Error(err)
			}
		}},
		{"OTS_ALLOW_HTTP", map[string]string{
			"OTS_URL": "the OTS_URL beyond loopback", "OTS_ALLOW_HTTP": "true", "OTS_PUBLIC_URL": "https://secrets.example.com",
		}, func(t *testing.T, w *world, p *process) {
			if link := w.sharedLink(t, p); !strings.HasPrefix(link, "https://secrets.example.com/secret/") {
				t.Errorf("link = %s", link)
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, account)
			for name, value := range test.settings {
				w.settings[name] = strings.ReplaceAll(value, "the OTS_URL beyond loopback", beyondLoopback(w.otsURL))
			}
			p, _ := w.run(t)
			test.check(t, w, p)
		})
	}
}

// beyondLoopback is another way to a server on loopback. To Go it is another
// host, to which a proxy of the environment would apply.
func beyondLoopback(url string) string { return strings.Replace(url, "127.0.0.1", "0.0.0.0", 1) }

// HTTP_PROXY would get plaintext and the account where OneTimeSecret is plain
// http inside a cluster.
func TestAProxyGetsNothingOfPlainHTTP(t *testing.T) {
	t.Parallel()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("the proxy got %s %s", r.Method, r.URL)
		http.Error(w, "not through me", http.StatusBadGateway)
	}))
	defer proxy.Close()
	w := newWorld(t)
	w.settings["OTS_URL"], w.settings["OTS_ALLOW_HTTP"] = beyondLoopback(w.otsURL), "true"
	w.settings["OTS_PUBLIC_URL"] = "https://secrets.example.com"
	for _, name := range []string{"HTTP_PROXY", "http_proxy"} {
		w.settings[name] = proxy.URL
	}
	p, _ := w.run(t)
	w.sharedLink(t, p)
}

// sharedLink has ana share something, and returns the link that bob sees.
func (w *world) sharedLink(t *testing.T, p *process) string {
	t.Helper()
	w.typed(t, p, "some text")
	return w.links(t, p.ctx, 1)[0]
}

// shareCall has ana share something, and returns the call that OneTimeSecret got.
func (w *world) shareCall(t *testing.T, p *process) otsfake.Entry {
	t.Helper()
	w.sharedLink(t, p)
	for _, call := range w.ots.Journal() {
		if strings.HasSuffix(call.Path, "/share") {
			return call
		}
	}
	t.Fatal("no secret was created")
	return otsfake.Entry{}
}
