package memory

import (
	"context"
	_ "embed"
	"errors"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

//go:embed redis.lua
var redisLua string

// redisStore is a store in Redis 6 or newer, or Valkey. All that it does is one
// script. It keeps its five keys in one slot: a Cluster makes it safer, not
// larger.
type redisStore struct {
	client  redis.UniversalClient
	script  *redis.Script
	keys    []string
	max     limits
	timeout time.Duration
	theirs  bool // the time that counts is Redis's
	ahead   atomic.Int64
	breaker
}

// Retries go on within the operation's timeout.
const (
	retries    = 2
	retryAfter = 8 * time.Millisecond
	// dials is how often a try dials: go-redis dials five times, half a second
	// that the operation doesn't have, and then it is unknown why none worked.
	dials = 1
	// connecting is what a new connection may take, with TLS and the login.
	connecting = 2 * time.Second
)

// openRedis opens redis://user:password@host:port/db, rediss:// with TLS, or
// unix://user:password@/path. With ?addr=host:port, once or more, it is a
// Cluster; with ?master_name=…&addr=…, the addresses are those of Sentinels, and
// username= and password= the login to Redis itself. ?prefix= is what all keys
// begin with, "otsbot" if it is missing: each bot needs one of its own. All else
// is as go-redis reads it.
func openRedis(rawURL string, max limits, timeout time.Duration, theirs bool) (*redisStore, error) {
	client, prefix, err := dialRedis(rawURL)
	if err != nil {
		return nil, err
	}
	s := &redisStore{client: client, script: redis.NewScript(redisLua), max: max, timeout: timeout, theirs: theirs}
	for _, name := range []string{"records", "due", "until", "owners", "counters"} {
		s.keys = append(s.keys, "{"+prefix+"}:"+name)
	}
	s.breaker.start(s.probe)
	if err := s.probe(context.Background()); err != nil {
		if errors.Is(err, ErrRefused) {
			_ = s.close()
			return nil, err
		}
		s.trip(err)
	}
	return s, nil
}

// dialRedis makes a client. It hides what is wrong with a URL: that may be part
// of a password.
func dialRedis(rawURL string) (client redis.UniversalClient, prefix string, err error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, "", ErrURL
	}
	q := u.Query()
	if prefix = q.Get("prefix"); prefix == "" {
		prefix = "otsbot"
	}
	q.Del("prefix")
	u.RawQuery = q.Encode()
	logging.Disable() // it would write to standard error; Health says what is wrong
	quiet := &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	switch {
	case q.Has("master_name"):
		o, err := redis.ParseFailoverURL(u.String())
		if err != nil {
			return nil, "", ErrURL
		}
		o.ContextTimeoutEnabled, o.DisableIdentity = true, true
		o.MaxRetries, o.MinRetryBackoff, o.DialTimeout, o.DialerRetries = retries, retryAfter, connecting, dials
		return redis.NewFailoverClient(o), prefix, nil
	case q.Has("addr"):
		o, err := redis.ParseClusterURL(u.String())
		if err != nil {
			return nil, "", ErrURL
		}
		o.ContextTimeoutEnabled, o.DisableIdentity, o.MaintNotificationsConfig = true, true, quiet
		o.MaxRetries, o.MinRetryBackoff, o.DialTimeout, o.DialerRetries = retries, retryAfter, connecting, dials
		return redis.NewClusterClient(o), prefix, nil
	}
	o, err := redis.ParseURL(u.String())
	if err != nil {
		return nil, "", ErrURL
	}
	o.ContextTimeoutEnabled, o.DisableIdentity, o.MaintNotificationsConfig = true, true, quiet
	o.MaxRetries, o.MinRetryBackoff, o.DialTimeout, o.DialerRetries = retries, retryAfter, connecting, dials
	return redis.NewClient(o), prefix, nil
}

var errTime = errors.New("no answer in the time that was left")

// run runs one of the script's functions, in time, unless Redis is down.
func (s *redisStore) run(ctx context.Context, args ...any) ([]any, error) {
	if _, err := s.health(); err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var answer []any
	err := guarded(func() (err error) {
		answer, err = s.script.Run(limited, s.client, s.keys, args...).Slice()
		return err
	})
	if err == nil {
		return answer, nil
	}
	if ctx.Err() != nil { // whoever asked gave up, which says nothing of Redis
		return nil, down{errTime}
	}
	err = redisWords(err)
	if errors.Is(err, ErrFull) {
		return nil, err
	}
	return nil, s.trip(err)
}

// probe says whether Redis can be used, and sets the clock by it. The first
// answer may take long, since it may need a connection; the second is what
// operations would get.
func (s *redisStore) probe(ctx context.Context) error {
	for _, limit := range []time.Duration{connecting, s.timeout} {
		limited, cancel := context.WithTimeout(ctx, limit)
		before := time.Now()
		var at time.Time
		err := guarded(func() (err error) {
			at, err = s.client.Time(limited).Result()
			return err
		})
		cancel()
		if err != nil {
			return redisWords(err)
		}
		if took := time.Since(before); s.theirs {
			s.ahead.Store(int64(at.Sub(before.Add(took / 2))))
		}
	}
	return nil
}

func (s *redisStore) get(ctx context.Context, k key) (record, error) {
	answer, err := s.run(ctx, "get", k[:])
	if err != nil || len(answer) == 0 {
		return record{}, err
	}
	return decode(k, text(answer[0]))
}

func (s *redisStore) write(ctx context.Context, now int64, ws []write) (int64, error) {
	args := []any{"write", now, s.max.records, s.max.bytes, sweepAtOnce}
	for _, w := range ws {
		args = append(args, w.key[:], w.was, w.drop, w.at, w.due, w.until, w.owner[:], w.value, w.own)
	}
	answer, err := s.run(ctx, args...)
	if err != nil {
		return 0, err
	}
	if len(answer) > 0 {
		switch string(text(answer[0])) {
		case "changed":
			return 0, ErrChanged
		case "full":
			return 0, ErrFull
		case "ok":
			ns, err := numbers(answer[1:], 1)
			return ns[0], err
		}
	}
	return 0, ErrDamaged
}

func (s *redisStore) due(ctx context.Context, now, then int64, n int) ([]record, error) {
	return s.records(ctx, "due", now, then, n)
}

func (s *redisStore) later(ctx context.Context, now int64, rs []record) error {
	args := []any{"later", now}
	for _, r := range rs {
		args = append(args, r.key[:], r.version, r.due)
	}
	_, err := s.run(ctx, args...)
	return err
}

func (s *redisStore) list(ctx context.Context, now int64, o owner, n int) ([]record, error) {
	return s.records(ctx, "list", now, o[:], n)
}

// records runs what answers with keys and records in turn.
func (s *redisStore) records(ctx context.Context, args ...any) ([]record, error) {
	answer, err := s.run(ctx, args...)
	if err != nil {
		return nil, err
	}
	if len(answer)%2 != 0 {
		return nil, ErrDamaged
	}
	var rs []record
	for i := 0; i < len(answer); i += 2 {
		k := text(answer[i])
		if len(k) != len(key{}) {
			return nil, ErrDamaged
		}
		r, err := decode(key(k), text(answer[i+1]))
		if err != nil {
			return nil, err
		}
		rs = append(rs, r)
	}
	return rs, nil
}

func (s *redisStore) sweep(ctx context.Context, now int64) (more bool, err error) {
	answer, err := s.run(ctx, "sweep", now, sweepAtOnce)
	if err != nil {
		return false, err
	}
	dropped, err := numbers(answer, 1)
	return dropped[0] == sweepAtOnce, err
}

func (s *redisStore) size(ctx context.Context) (n sizes, err error) {
	answer, err := s.run(ctx, "size")
	if err != nil {
		return n, err
	}
	ns, err := numbers(answer, 2*len(n))
	for c := range n {
		n[c] = size{records: int(ns[2*c]), bytes: ns[2*c+1]}
	}
	return n, err
}

// numbers reads an answer of n numbers; of any other, it returns zeros and
// ErrDamaged.
func numbers(answer []any, n int) ([]int64, error) {
	ns := make([]int64, n)
	if len(answer) != n {
		return ns, ErrDamaged
	}
	for i, v := range answer {
		number, ok := v.(int64)
		if !ok {
			return make([]int64, n), ErrDamaged
		}
		ns[i] = number
	}
	return ns, nil
}

func text(v any) []byte {
	s, _ := v.(string)
	return []byte(s)
}

func (s *redisStore) limits() limits      { return s.max }
func (s *redisStore) skew() time.Duration { return time.Duration(s.ahead.Load()) }

func (s *redisStore) close() error {
	s.breaker.end()
	return s.client.Close()
}
