// Package redistest starts a real redis-server for tests.
package redistest

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Server is a redis-server of its own on a Unix socket, which keeps nothing on
// disk.
type Server struct {
	Socket string
	args   []string
	cmd    *exec.Cmd
}

// New starts one, which ends with the test; args are more arguments for it.
func New(t testing.TB, args ...string) *Server {
	t.Helper()
	folder, err := os.MkdirTemp("", "redis") // short: a socket's path has a limit
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	s := In(folder, args...)
	t.Cleanup(s.Kill)
	s.Start(t)
	return s
}

// In is one with its socket in a folder; it doesn't run yet.
func In(folder string, args ...string) *Server {
	socket := filepath.Join(folder, "s")
	return &Server{Socket: socket, args: append([]string{
		"--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder,
	}, args...)}
}

// Start starts it, also once more after Kill, and returns when it answers.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("these tests need redis-server: install it, on Debian by: apt-get install redis-server")
	}
	s.cmd = exec.Command(path, s.args...)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// One dial for each try: go-redis would wait for a tenth of a second after each.
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: s.Socket, DialerRetries: 1, MaxRetries: -1})
	defer func() { _ = client.Close() }()
	soon, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for err := errors.New(""); err != nil && !strings.HasPrefix(err.Error(), "NOAUTH"); err = client.Ping(soon).Err() {
		if soon.Err() != nil {
			t.Fatal("redis-server doesn't answer")
		}
		<-time.After(5 * time.Millisecond)
	}
}

// Kill ends it at once.
func (s *Server) Kill() {
	if s.cmd == nil {
		return // it never started
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// Signal sends it a signal: SIGSTOP makes it hang, SIGCONT go on.
func (s *Server) Signal(t testing.TB, signal os.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}

// Client is one for a look at what is in it.
func (s *Server) Client() *redis.Client {
	return redis.NewClient(&redis.Options{Network: "unix", Addr: s.Socket})
}

// URL is its STORE_URL for one app.
func (s *Server) URL(prefix string) string {
	return "unix://" + s.Socket + "?prefix=" + url.QueryEscape(prefix)
}

// Bytes is all that is in it, as it is and as Redis dumps it, which may be
// compressed.
func (s *Server) Bytes(t testing.TB) (stored []byte) {
	t.Helper()
	client := s.Client()
	defer func() { _ = client.Close() }()
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	keys, err := client.Keys(ctx, "*").Result()
	must(err)
	for _, k := range keys {
		dump, err := client.Dump(ctx, k).Result()
		must(err)
		stored = append(stored, k+" "+dump+" "...)
		fields, err := client.HGetAll(ctx, k).Result()
		if err == nil {
			for field, value := range fields {
				stored = append(stored, field+" "+value+" "...)
			}
			continue
		}
		members, err := client.ZRange(ctx, k, 0, -1).Result()
		must(err)
		stored = append(stored, strings.Join(members, " ")...)
	}
	return stored
}
