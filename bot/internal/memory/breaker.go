package memory

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// breaker sees to it that a Redis that is down or slow costs one operation its
// time, not each: from the first that fails until a probe succeeds, all fail at
// once.
type breaker struct {
	probe func(context.Context) error
	ctx   context.Context
	stop  func()
	done  sync.WaitGroup

	mu    sync.Mutex
	why   error // nil while Redis is up
	since time.Time
	up    chan struct{} // closed when it is up again
}

// down is ErrDown, with why.
type down struct{ why error }

func (d down) Error() string   { return ErrDown.Error() + ": " + d.why.Error() }
func (d down) Unwrap() []error { return []error{ErrDown, d.why} }

// probeEvery is how often a Redis that is down is tried.
const probeEvery = time.Second

func (b *breaker) start(probe func(context.Context) error) {
	b.probe = probe
	b.ctx, b.stop = context.WithCancel(context.Background())
}

// trip makes operations fail until a probe succeeds, and returns what they say.
func (b *breaker) trip(why error) error {
	why = down{why}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.why == nil && b.ctx.Err() == nil {
		b.since, b.up = time.Now(), make(chan struct{})
		b.done.Go(b.heal)
	}
	b.why = why
	return why
}

// heal probes until Redis is up again.
func (b *breaker) heal() {
	tick := time.NewTicker(probeEvery)
	defer tick.Stop()
	for {
		why := b.probe(b.ctx)
		b.mu.Lock()
		if why == nil {
			b.why, b.since = nil, time.Time{}
			close(b.up)
			b.mu.Unlock()
			return
		}
		if b.ctx.Err() == nil {
			b.why = down{why}
		}
		b.mu.Unlock()
		select {
		case <-b.ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// moment is for how long a Redis that went down may be up again at once: one answer
// that was late, perhaps since this machine was busy, is no outage.
const moment = 100 * time.Millisecond

// await waits for a Redis that went down just now.
func (b *breaker) await(ctx context.Context) {
	b.mu.Lock()
	why, since, up := b.why, b.since, b.up
	b.mu.Unlock()
	if why == nil {
		return
	}
	timer := time.NewTimer(moment - time.Since(since))
	defer timer.Stop()
	select {
	case <-up:
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (b *breaker) health() (since time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.since, b.why
}

func (b *breaker) end() {
	b.mu.Lock()
	b.stop()
	b.mu.Unlock()
	b.done.Wait()
}

// redisWords says what went wrong, without an address, a URL or what somebody
// else's server said.
func redisWords(err error) error {
	var said redis.Error
	var cert *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	var name *net.DNSError
	var timeout net.Error
	switch {
	case errors.Is(err, ErrDamaged):
		return err
	case errors.As(err, &said):
		return replyWords(said.Error())
	case errors.As(err, &cert), errors.As(err, &unknown):
		return fmt.Errorf("%w: Redis's certificate isn't trusted", ErrRefused)
	case errors.As(err, &record):
		return fmt.Errorf("%w: Redis doesn't speak TLS there", ErrRefused)
	case errors.As(err, &name):
		return errors.New("the name of Redis isn't found")
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		return errors.New("nothing listens where Redis should be")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return errors.New("no answer from Redis in time")
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return errors.New("the connection to Redis was closed")
	}
	return errors.New("no connection to Redis")
}

// errorInScript has the code of what a command in a script was refused with: before
// version 7, Redis answers "ERR Error running script (call to f_…): @user_script:40:
// @user_script: 40: -OOM command not allowed …".
var errorInScript = regexp.MustCompile(`^ERR Error running script .*: -([A-Z]+) `)

// replyWords says it for an error that Redis itself answered, by its code.
func replyWords(said string) error {
	code, _, _ := strings.Cut(said, " ")
	if inScript := errorInScript.FindStringSubmatch(said); inScript != nil {
		code = inScript[1]
	}
	switch {
	case code == "OOM":
		return fmt.Errorf("%w: Redis has no memory left", ErrFull)
	case code == "WRONGPASS", code == "NOAUTH", strings.Contains(said, "AUTH"), strings.Contains(said, "invalid password"):
		return fmt.Errorf("%w: Redis doesn't take this user and password", ErrRefused)
	case code == "NOPERM", strings.Contains(said, "user executing the script can't run"):
		return fmt.Errorf("%w: this user of Redis may not do what is needed: TIME, EVALSHA, EVAL, and in scripts "+
			"all that reads, writes and expires hashes and sorted sets", ErrRefused)
	case strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && len(code) <= 20:
		return fmt.Errorf("an error from Redis: %s", code)
	}
	return errors.New("an error from Redis")
}
