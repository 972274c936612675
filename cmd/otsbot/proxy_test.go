package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"otsbot/bot/slackfake"
)

// slackHost is where Slack's sockets are: no resolver knows it, so that only a
// proxy leads there. Its API is on loopback, which no proxy is asked for.
const slackHost = "slack.test"

// authority makes a certificate for loopback and slackHost, and the file that
// has otsbot trust it.
func authority(t *testing.T) (cert tls.Certificate, file string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: slackHost},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
		DNSNames: []string{slackHost}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// testProxy leads to one address, whatever it is asked for, as an HTTP proxy and
// as a SOCKS5 proxy at once. It wants the password "pw".
type testProxy struct {
	net.Listener
	to      string
	refusal atomic.Pointer[string] // what CONNECT is answered
	tunnels atomic.Int32
}

func newTestProxy(t *testing.T, to string, secured *tls.Config) *testProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if secured != nil {
		listener = tls.NewListener(listener, secured)
	}
	p := &testProxy{Listener: listener, to: to}
	t.Cleanup(func() { p.Close() })
	go func() {
		for {
			conn, err := p.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	return p
}

func (p *testProxy) serve(conn net.Conn) {
	defer conn.Close()
	said := make([]byte, 1024)
	n, err := conn.Read(said)
	if err != nil {
		return
	}
	if said[0] == 5 {
		if !p.socks(conn) {
			return
		}
	} else if !p.connect(conn, string(said[:n])) {
		return
	}
	there, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer there.Close()
	p.tunnels.Add(1)
	go func() { _, _ = io.Copy(there, conn); there.Close() }()
	_, _ = io.Copy(conn, there)
}

func (p *testProxy) connect(conn net.Conn, said string) bool {
	if refusal := p.refusal.Load(); refusal != nil {
		_, _ = io.WriteString(conn, *refusal)
		return false
	}
	if !strings.HasPrefix(said, "CONNECT "+slackHost+":443 ") || !strings.Contains(said, "Proxy-Authorization: Basic bWU6cHc=\r\n") {
		_, _ = io.WriteString(conn, "HTTP/1.1 403 No\r\n\r\n")
		return false
	}
	_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
	return err == nil
}

func (p *testProxy) socks(conn net.Conn) bool {
	said := make([]byte, 1024)
	for _, step := range []struct{ says, wants string }{
		{"\x05\x02", "\x01\x02me\x02pw"},
		{"\x01\x00", "\x05\x01\x00\x03\x0a" + slackHost + "\x01\xbb"},
	} {
		_, _ = io.WriteString(conn, step.says)
		if n, err := conn.Read(said); err != nil || !bytes.Equal(said[:n], []byte(step.wants)) {
			return false
		}
	}
	_, err := io.WriteString(conn, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
	return err == nil
}

// proxiedWorld is a world whose Slack has its sockets behind a proxy.
func proxiedWorld(t *testing.T, scheme string) (*world, *testProxy) {
	t.Helper()
	cert, file := authority(t)
	secured := &tls.Config{Certificates: []tls.Certificate{cert}}
	w := newWorld(t)
	w.slack = slackfake.New(slackfake.Options{URL: "https://" + slackHost})
	server := httptest.NewUnstartedServer(w.slack)
	server.TLS = secured
	server.Config.ErrorLog = nil
	server.StartTLS()
	t.Cleanup(server.Close)
	t.Cleanup(w.slack.Close)
	forProxy := secured
	if scheme != "https" {
		forProxy = nil
	}
	proxy := newTestProxy(t, server.Listener.Addr().String(), forProxy)
	w.settings["SLACK_BOT_TOKEN"], w.settings["SLACK_APP_TOKEN"] = w.slack.BotToken(), w.slack.AppToken()
	w.settings["SLACK_API_URL"] = server.URL + "/api/"
	w.settings["SSL_CERT_FILE"] = file
	w.settings["HTTPS_PROXY"] = fmt.Sprintf("%s://me:pw@%s", scheme, proxy.Addr())
	return w, proxy
}

func TestTheSocketTakesEachKindOfProxy(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"http", "https", "socks5", "socks5h"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			w, proxy := proxiedWorld(t, scheme)
			check := start(t, w.settings, "check")
			if status := check.wait(); status != 0 || !strings.Contains(check.stdout.String(), "Slack said hello") {
				t.Errorf("check ended with %d:\n%s", status, check.stdout.String())
			}
			w.run(t)
			if n := proxy.tunnels.Load(); n != 3 {
				t.Errorf("%d connections went through the proxy, want that of the check and two", n)
			}
		})
	}
}

func TestAProxyThatRefusesWithoutAReason(t *testing.T) {
	t.Parallel()
	w, proxy := proxiedWorld(t, "http")
	refusal := "HTTP/1.1 407\r\n\r\n"
	proxy.refusal.Store(&refusal)
	check := start(t, w.settings, "check")
	if status := check.wait(); status != 1 || !strings.Contains(check.stdout.String(), "PROBLEM  no socket to Slack: dial socket: the proxy refused the socket (407)") {
		t.Errorf("check ended with %d:\n%s%s", status, check.stdout.String(), check.output())
	}
	p := start(t, w.settings)
	if line := p.logged("socket not opened"); line["error"] != "dial socket: the proxy refused the socket (407)" {
		t.Errorf("logged %v", line)
	}
	proxy.refusal.Store(nil)
	if err := w.slack.WaitConnected(p.ctx, 2); err != nil {
		t.Errorf("it doesn't connect once the proxy lets it: %v\n%s", err, p.output())
	}
}

// A proxy that wants another password leads nowhere, not even to Slack's API.
func TestAProxyThatRefusesEverythingIsNamedOnEachRoad(t *testing.T) {
	t.Parallel()
	w, proxy := proxiedWorld(t, "http")
	w.settings["SLACK_API_URL"], w.settings["OTS_URL"] = "https://"+slackHost+"/api/", "https://ots.test"
	refusal := "HTTP/1.1 407 CANARY\r\n\r\n"
	proxy.refusal.Store(&refusal)
	check := start(t, w.settings, "check")
	status := check.wait()
	for _, line := range []string{
		"PROBLEM  SLACK_BOT_TOKEN: no connection to Slack: the proxy refused it (407)",
		"PROBLEM  no socket to Slack: ask for a socket: no connection to Slack: the proxy refused it (407)",
		"the proxy refused the connection (407)", // to OneTimeSecret
	} {
		if status != 1 || !strings.Contains(check.stdout.String(), line) {
			t.Errorf("check ended with %d, without %q:\n%s%s", status, line, check.stdout.String(), check.output())
		}
	}
	p := start(t, w.settings)
	if line := p.logged("socket not opened"); line["error"] != "ask for a socket: no connection to Slack: the proxy refused it (407)" {
		t.Errorf("logged %v", line)
	}
	for _, said := range []string{check.stdout.String(), check.output(), p.output()} {
		if strings.Contains(said, "CANARY") || strings.Contains(said, "me:pw") {
			t.Errorf("the proxy's words, or its password:\n%s", said)
		}
	}
	proxy.refusal.Store(nil)
	if err := w.slack.WaitConnected(p.ctx, 2); err != nil {
		t.Errorf("it doesn't connect once the proxy lets it: %v\n%s", err, p.output())
	}
}

func TestAProxyThatIsNoneIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for value, want := range map[string]string{
		"ftp://me:CANARY@proxy.test:21": "HTTPS_PROXY must start with http://, https://, socks5:// or socks5h://",
		"http://me:CANARY@proxy:port":   "HTTPS_PROXY must be the URL of a proxy",
		"http://":                       "HTTPS_PROXY must be the URL of a proxy",
		"socks4://CANARY":               "HTTPS_PROXY must start with",
	} {
		for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
			delete(w.settings, "HTTPS_PROXY")
			delete(w.settings, "https_proxy")
			w.settings[name] = value
			p := start(t, w.settings)
			if status := p.wait(); status != 2 || !strings.Contains(p.output(), want) || strings.Contains(p.output(), "CANARY") {
				t.Errorf("%s=%s: exit status %d, stderr:\n%s", name, value, status, p.output())
			}
		}
	}
}
