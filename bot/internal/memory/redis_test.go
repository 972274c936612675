package memory

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"otsbot/internal/redistest"
	"otsbot/internal/tcpproxy"
)

// shared is one Redis for all the tests that only need one.
var shared struct {
	sync.Once
	*redistest.Server
	prefix atomic.Int64
}

func sharedRedis(t testing.TB) (prefixed string) {
	t.Helper()
	shared.Do(func() {
		folder, err := os.MkdirTemp("", "redis")
		must(t, err)
		shared.Server = redistest.In(folder)
		shared.Start(t)
	})
	if shared.Server == nil {
		t.Fatal("no Redis")
	}
	return shared.URL(fmt.Sprint("test", shared.prefix.Add(1)))
}

// forMany is a store for many replicas.
func forMany(url string) *world {
	w := &world{clock: newClock()}
	w.open = func(t testing.TB, change ...func(*Config)) *Memory { return open(t, url, w.clock, change...) }
	return w
}

func newProxy(t testing.TB, socket string, wrap func(net.Listener) net.Listener) *tcpproxy.Proxy {
	t.Helper()
	p, err := tcpproxy.New("unix", socket, wrap)
	must(t, err)
	t.Cleanup(p.Close)
	return p
}

// today is a store whose time is the true one, and quick one that is in a hurry,
// too, as all are outside of tests.
func today(c *Config) { c.Now = nil }
func quick(c *Config) { c.Timeout, c.Now = 0, nil }

// eventually waits for a store to heal.
func eventually(t testing.TB, f func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !f(); {
		if time.Now().After(end) {
			t.Fatal("never")
		}
		runtime.Gosched()
	}
}

func TestARedisThatIsGoneOrSlowCostsOneCallItsTime(t *testing.T) {
	t.Parallel()
	for name, break_ := range map[string]func(p *tcpproxy.Proxy, gone bool){
		"gone": func(p *tcpproxy.Proxy, gone bool) { p.Cut(gone) },
		"slow": func(p *tcpproxy.Proxy, slow bool) {
			p.Delay.Store(0)
			if slow {
				p.Delay.Store(int64(time.Second))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProxy(t, redistest.New(t).Socket, nil)
			w := forMany("redis://" + p.Addr)
			m := w.open(t, quick)
			eventually(t, func() bool { return m.Put(ctx, &Entry{ID: "R1", Until: w.in(time.Hour)}) == nil })
			break_(p, true)
			start := time.Now()
			for range 1000 {
				_, err := m.Get(ctx, "R1")
				want(t, err, ErrDown)
				_, err = m.Claim(ctx, time.Minute, "envelope")
				want(t, err, ErrDown)
			}
			if took := time.Since(start); took > 2*time.Second { // and not a hundred
				t.Fatalf("it took %v", took)
			}
			if h := m.Health(); !errors.Is(h.Err, ErrDown) || h.Since.IsZero() || h.Store != "redis" {
				t.Fatalf("got %+v", h)
			}
			m.Stats(ctx)
			break_(p, false)
			eventually(t, func() bool { return m.Health() == Health{Store: "redis"} })
			eventually(t, func() bool { _, err := m.Get(ctx, "R1"); return err == nil })
		})
	}
}

func TestARedisThatIsNotThereYetIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := redistest.New(t)
	s.Kill()
	w := forMany(s.URL("otsbot"))
	m := w.open(t, today)
	want(t, m.Put(ctx, &Entry{ID: "R1", Until: w.in(time.Hour)}), ErrDown)
	if got := m.Health().Err.Error(); got != "the store is down: nothing listens where Redis should be" {
		t.Fatalf("got %q", got)
	}
	s.Start(t)
	eventually(t, func() bool { return m.Put(ctx, &Entry{ID: "R1", Creator: "U1", Until: w.in(time.Hour)}) == nil })

	// It comes back with nothing, and two replicas still understand each other.
	other := w.open(t, today)
	s.Kill()
	s.Start(t)
	third := w.open(t, today)
	for _, m := range []*Memory{m, other, third} {
		eventually(t, func() bool { _ = m.Stats(ctx); return m.Health().Err == nil })
		m.sweep(ctx)
	}
	must(t, m.Put(ctx, &Entry{ID: "R2", Creator: "U1", At: time.Now(), Until: w.in(time.Hour)}))
	for _, m := range []*Memory{m, other, third} {
		es, err := m.List(ctx, "U1", 10)
		must(t, err)
		wantIDs(t, es, "R2")
	}
}

func TestARedisThatRefusesIsRefused(t *testing.T) {
	t.Parallel()
	const user = "open store: the connection is refused: Redis doesn't take this user and password"
	s := redistest.New(t)
	admin := s.Client()
	defer func() { _ = admin.Close() }()
	must(t, admin.Do(ctx, "acl", "setuser", "bot", "on", ">canary", "~{otsbot}:*", "-@all",
		"+time", "+eval", "+evalsha", "+@hash", "+@sortedset", "+pexpireat").Err())
	must(t, admin.Do(ctx, "acl", "setuser", "little", "on", ">canary", "~*", "-@all", "+time").Err())
	must(t, admin.Do(ctx, "acl", "setuser", "default", "off").Err())
	must(t, newMemoryFor(t, "unix://bot:canary@"+s.Socket).Put(ctx, &Entry{ID: "R1", Until: time.Now().Add(time.Hour)}))
	tcp := newProxy(t, s.Socket, nil)
	tlsOnly := newProxy(t, s.Socket, selfSigned(t))
	for rawURL, words := range map[string]string{
		"unix://bot:wrong-canary@" + s.Socket:  user,
		"unix://" + s.Socket:                   user,
		"redis://who:canary@" + tcp.Addr:       user,
		"rediss://bot:canary@" + tlsOnly.Addr:  "open store: the connection is refused: Redis's certificate isn't trusted",
		"rediss://bot:canary@" + tcp.Addr:      "",
		"unix://little:canary@" + s.Socket:     "open store: the connection is refused: this user of Redis may not do what is needed: TIME, EVALSHA, EVAL, and in scripts all that reads, writes and expires hashes and sorted sets",
		"redis://bot:canary@host:port":         "open store: " + ErrURL.Error(),
		"redis://bot:canary@host/canary":       "open store: " + ErrURL.Error(),
		"redis://host/?canary=canary":          "open store: " + ErrURL.Error(),
		"redis://host/?addr=canary":            "open store: " + ErrURL.Error(),
		"redis://host/?master_name=m&addr=can": "open store: " + ErrURL.Error(),
		"rediss://\x01canary":                  "open store: " + ErrURL.Error(),
		"postgres://canary":                    "open store: " + ErrURL.Error(),
	} {
		m, err := Open(rawURL, config(t, newClock(), today))
		if err == nil {
			err = m.Health().Err
			_ = m.Close()
		}
		if err == nil || words != "" && err.Error() != words || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %v", rawURL, err)
		}
	}
	must(t, newMemoryFor(t, "rediss://bot:canary@"+tlsOnly.Addr+"?skip_verify=true").
		Put(ctx, &Entry{ID: "R2", Until: time.Now().Add(time.Hour)}))
}

func newMemoryFor(t testing.TB, url string) *Memory {
	return open(t, url, newClock(), today)
}

// selfSigned speaks TLS with a certificate that nobody trusts.
func selfSigned(t testing.TB) func(net.Listener) net.Listener {
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	return func(l net.Listener) net.Listener { return tls.NewListener(l, server.TLS) }
}

// A new store that has no room yet is waited for, as one that isn't up.
func TestARedisWithoutMemoryAtTheStartIsOpened(t *testing.T) {
	t.Parallel()
	s := redistest.New(t, "--maxmemory", "1")
	w := forMany(s.URL("otsbot"))
	m := w.open(t)
	e := &Entry{ID: "R1", Creator: "U1", Until: w.in(time.Hour)}
	want(t, m.Put(ctx, e), ErrFull)
	client := s.Client()
	defer func() { _ = client.Close() }()
	must(t, client.ConfigSet(ctx, "maxmemory", "0").Err())
	must(t, m.Put(ctx, e))
}

func TestARedisWithoutMemoryIsFull(t *testing.T) {
	t.Parallel()
	s := redistest.New(t, "--maxmemory", "3mb")
	w := forMany(s.URL("otsbot"))
	m := w.open(t)
	var err error
	for i := 0; err == nil && i < 10_000; i++ {
		e := &Entry{ID: fmt.Sprint(i), Payload: make([]byte, 1000), Until: w.in(time.Hour)}
		if i == 0 {
			e.Next = w.now()
		}
		err = m.Put(ctx, e)
	}
	want(t, err, ErrFull)
	if err := m.Health().Err; err != nil {
		t.Fatal(err)
	}
	_, err = m.Get(ctx, "0")
	must(t, err)
	must(t, m.Update(ctx, "1", func(e *Entry) error { e.End([]byte("opened"), w.now()); return nil }))
	es, err := m.Due(ctx, 1, time.Minute)
	must(t, err)
	wantIDs(t, es, "0")
	must(t, m.Drop(ctx, "0"))
	before := m.Stats(ctx)
	w.pass(time.Hour)
	m.sweep(ctx)
	if after := m.Stats(ctx); after.Entries != 1 || after.Bytes >= before.Bytes || after.Bytes < headerSize {
		t.Fatalf("got %+v after %+v", after, before)
	}
}

// Whoever has less time than an operation may take says nothing of Redis.
func TestACallerInAHurryDoesntMakeRedisDown(t *testing.T) {
	t.Parallel()
	p := newProxy(t, redistest.New(t).Socket, nil)
	m := open(t, "redis://"+p.Addr, newClock())
	p.Delay.Store(int64(time.Second))
	soon, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	_, err := m.Get(soon, "R1")
	want(t, err, ErrDown)
	if err := m.Health().Err; err != nil {
		t.Fatal(err)
	}
}

func TestWhatNoReplicaDropsGoesByItself(t *testing.T) {
	t.Parallel()
	s := redistest.New(t)
	w := forMany(s.URL("otsbot"))
	w.put(t, w.open(t), "R1", "U1")
	client := s.Client()
	defer func() { _ = client.Close() }()
	keys, err := client.Keys(ctx, "*").Result()
	must(t, err)
	for _, k := range keys {
		ttl, err := client.PTTL(ctx, k).Result()
		must(t, err)
		if ttl <= 0 || ttl > 24*time.Hour {
			t.Errorf("%s is kept for %v", k, ttl)
		}
	}
	if len(keys) != 5 {
		t.Errorf("keys %v", keys)
	}
}

// A write whose answer is lost is made again by the client, and was one.
func TestARepeatedWriteIsOne(t *testing.T) {
	t.Parallel()
	m := open(t, sharedRedis(t), newClock())
	k, err := m.key(ctx, kindClaim, "envelope")
	must(t, err)
	w := write{record: record{key: k, until: m.in(time.Hour), value: m.seal(k, nil)}}
	first, err := m.store.write(ctx, m.now(), []write{w})
	must(t, err)
	again, err := m.store.write(ctx, m.now(), []write{w})
	must(t, err)
	if first != again {
		t.Fatalf("versions %d and %d", first, again)
	}
	w.value = m.seal(k, nil)
	_, err = m.store.write(ctx, m.now(), []write{w})
	want(t, err, ErrChanged)
}

// Redis says it otherwise before version 7, and about scripts.
func TestWhatRedisSaysOfItselfIsUnderstoodInAllVersions(t *testing.T) {
	t.Parallel()
	const inScript = "ERR Error running script (call to f_7e1a): @user_script:40: @user_script: 40: "
	for said, is := range map[string]error{
		"OOM command not allowed when used memory > 'maxmemory'.":                                                 ErrFull,
		"OOM command not allowed when used memory > 'maxmemory'. script: 7e1a, on @user_script:40.":               ErrFull,
		inScript + "-OOM command not allowed when used memory > 'maxmemory'.":                                     ErrFull,
		"NOPERM this user has no permissions to run the 'time' command":                                           ErrRefused,
		inScript + "The user executing the script can't run this command or subcommand":                           ErrRefused,
		"ERR The user executing the script can't run this command or subcommand script: 7e1a, on @user_script:1.": ErrRefused,
		inScript + "-NOPERM this user has no permissions to run the 'zadd' command":                               ErrRefused,
		"WRONGPASS invalid username-password pair or user is disabled.":                                           ErrRefused,
		"ERR invalid password": ErrRefused,
	} {
		if got := replyWords(said); !errors.Is(got, is) {
			t.Errorf("%s: got %v", said, got)
		}
	}
	for said, words := range map[string]string{
		"LOADING Redis is loading the dataset in memory":  "an error from Redis: LOADING",
		inScript + "-MISCONF Redis is configured to save": "an error from Redis: MISCONF",
		"canary: something": "an error from Redis",
	} {
		if got := replyWords(said).Error(); got != words {
			t.Errorf("%s: got %q", said, got)
		}
	}
}

func TestAClusterKeepsEverythingInOneSlot(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	s := redistest.New(t, "--cluster-enabled", "yes", "--port", port, "--bind", "127.0.0.1")
	admin := s.Client()
	defer func() { _ = admin.Close() }()
	must(t, admin.ClusterAddSlotsRange(ctx, 0, 16383).Err())
	eventually(t, func() bool { return strings.Contains(admin.ClusterInfo(ctx).Val(), "cluster_state:ok") })
	w := forMany("redis://127.0.0.1:" + port + "?addr=127.0.0.1:" + port)
	m := w.open(t)
	w.put(t, m, "R1", "U1")
	w.pass(time.Minute)
	es, err := m.Due(ctx, 1, time.Minute)
	must(t, err)
	wantIDs(t, es, "R1")
	c, err := m.Claim(ctx, time.Minute, "envelope", "trigger")
	must(t, err)
	if !c.Won {
		t.Fatal("a claim was lost to nobody")
	}
}

func TestSentinelsSayWhichRedis(t *testing.T) {
	t.Parallel()
	port, watch := freePort(t), freePort(t)
	redistest.New(t, "--port", port, "--bind", "127.0.0.1", "--requirepass", "canary")
	conf := filepath.Join(t.TempDir(), "sentinel.conf")
	must(t, os.WriteFile(conf, fmt.Appendf(nil, "port %s\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 %s 1\n"+
		"sentinel auth-pass main canary\n", watch, port), 0o600))
	sentinel := exec.Command("redis-server", conf, "--sentinel")
	must(t, sentinel.Start())
	t.Cleanup(func() { _ = sentinel.Process.Kill(); _ = sentinel.Wait() })
	w := forMany("redis://127.0.0.1:" + watch + "?master_name=main&password=canary")
	m := w.open(t)
	eventually(t, func() bool { return m.Put(ctx, &Entry{ID: "R1", Until: w.in(time.Hour)}) == nil })
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	must(t, errors.Join(err, l.Close()))
	return port
}
