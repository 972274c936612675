package apiserver

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// token is of the one user there is, who may do everything.
const token = "apiserver-test"

// server is a kube-apiserver on loopback with an etcd of its own: admission as it
// is by default, and nothing that would run a pod.
type server struct {
	url    string
	client *http.Client
	stops  []func()
}

// startServer starts both in dir and waits until they are ready.
func startServer(etcd, apiserver, dir string) (*server, error) {
	s := &server{client: &http.Client{}}
	store, peer, secure := freePort(), "http://127.0.0.1:"+freePort(), freePort()
	etcdURL, certificates := "http://127.0.0.1:"+store, filepath.Join(dir, "certificates")
	signing, tokens := filepath.Join(dir, "signing.pem"), filepath.Join(dir, "tokens.csv")
	if err := errors.Join(writeKey(signing), os.WriteFile(tokens, []byte(token+",admin,admin,system:masters\n"), 0o600)); err != nil {
		return nil, err
	}
	s.url = "https://127.0.0.1:" + secure
	_, err := s.start(filepath.Join(dir, "etcd.log"), etcd, "--data-dir", filepath.Join(dir, "etcd"), "--unsafe-no-fsync",
		"--listen-client-urls", etcdURL, "--advertise-client-urls", etcdURL,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "default="+peer)
	if err != nil {
		return nil, err
	}
	log := filepath.Join(dir, "apiserver.log")
	ended, err := s.start(log, apiserver, "--etcd-servers", etcdURL, "--cert-dir", certificates,
		"--bind-address", "127.0.0.1", "--secure-port", secure, "--endpoint-reconciler-type", "none", // loopback is no endpoint
		"--token-auth-file", tokens, "--service-cluster-ip-range", "10.96.0.0/16",
		"--service-account-issuer", s.url, "--service-account-key-file", signing, "--service-account-signing-key-file", signing)
	if err != nil {
		s.stop()
		return nil, err
	}
	tick, patience := time.NewTicker(200*time.Millisecond), time.After(3*time.Minute)
	defer tick.Stop()
	for err == nil {
		select {
		case <-tick.C:
			if s.ready(filepath.Join(certificates, "apiserver.crt")) {
				return s, nil
			}
		case <-ended:
			err = errors.New("the API server has ended")
		case <-patience:
			err = errors.New("the API server isn't ready")
		}
	}
	s.stop()
	said, _ := os.ReadFile(log)
	return nil, fmt.Errorf("%w; it said\n%s", err, said[max(0, len(said)-4000):])
}

func (s *server) ready(certificate string) bool {
	authority, err := os.ReadFile(certificate) // which it makes for itself
	roots := x509.NewCertPool()
	if err != nil || !roots.AppendCertsFromPEM(authority) {
		return false
	}
	s.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	r, err := s.do(http.MethodGet, "/readyz", nil)
	return err == nil && r.status == http.StatusOK
}

// start starts a program that runs until stop, and writes what it says to a file.
func (s *server) start(log, program string, args ...string) (ended <-chan error, err error) {
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	waited := make(chan error, 1)
	go func() { waited <- cmd.Wait(); close(waited) }()
	s.stops = append(s.stops, func() { _ = cmd.Process.Kill(); <-waited })
	return waited, nil
}

// stop ends both.
func (s *server) stop() {
	for _, stop := range slices.Backward(s.stops) {
		stop()
	}
}

func freePort() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "0"
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}

// writeKey writes what tokens of service accounts are signed with.
func writeKey(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600)
}

// response is what the API server says.
type response struct {
	status   int
	warnings []string
	body     []byte
}

func (s *server) do(method, path string, object any) (response, error) {
	var body io.Reader
	if object != nil {
		encoded, err := json.Marshal(object)
		if err != nil {
			return response{}, err
		}
		body = bytes.NewReader(encoded)
	}
	req, err := http.NewRequest(method, s.url+path, body)
	if err != nil {
		return response{}, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		return response{}, err
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	return response{resp.StatusCode, resp.Header.Values("Warning"), said}, err
}

// object is one of Kubernetes', as it stands in a manifest.
type object map[string]any

func (o object) text(name string) string { s, _ := o[name].(string); return s }

func (o object) object(names ...string) object {
	for _, name := range names {
		o, _ = o[name].(map[string]any)
	}
	return o
}

func (o object) String() string { return o.text("kind") + " " + o.object("metadata").text("name") }

// create creates an object in a namespace. A field that isn't known is refused.
func (s *server) create(t *testing.T, namespace string, o object) response {
	t.Helper()
	group := "/api/v1"
	if version := o.text("apiVersion"); version != "v1" {
		group = "/apis/" + version
	}
	r, err := s.do(http.MethodGet, group, nil)
	if err != nil {
		t.Fatal(err)
	}
	var known struct {
		Resources []struct {
			Name, Kind string
			Namespaced bool
		}
	}
	if err := json.Unmarshal(r.body, &known); err != nil {
		t.Fatalf("%s: %v", group, err)
	}
	for _, resource := range known.Resources {
		if resource.Kind != o.text("kind") || strings.Contains(resource.Name, "/") {
			continue
		}
		path := group
		if resource.Namespaced {
			path += "/namespaces/" + namespace
		}
		if r, err = s.do(http.MethodPost, path+"/"+resource.Name+"?fieldValidation=Strict", o); err != nil {
			t.Fatal(err)
		}
		return r
	}
	t.Fatalf("the API server knows no %s of %s", o.text("kind"), o.text("apiVersion"))
	return response{}
}
