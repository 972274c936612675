package slackfake

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// ServeMemory serves a handler in memory. The returned dial fits
// http.Transport.DialContext and websocket.Dialer.NetDialContext; the address is
// not looked at. Everything waits on channels only, so it can run inside a
// testing/synctest bubble, where time is simulated. A handler that looks at
// r.Host can serve several hosts.
func ServeMemory(h http.Handler) (dial func(ctx context.Context, network, addr string) (net.Conn, error), stop func()) {
	l := &memoryListener{incoming: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: h}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		server.Serve(l)
	}()
	return l.dial, func() {
		server.Close()
		<-stopped
	}
}

type memoryListener struct {
	incoming chan net.Conn
	done     chan struct{}
	once     sync.Once
}

func (l *memoryListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.incoming <- server:
		return client, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept is net.Listener.
func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.incoming:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close is net.Listener.
func (l *memoryListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr is net.Listener.
func (l *memoryListener) Addr() net.Addr { return memoryAddr{} }

type memoryAddr struct{}

// Network is net.Addr.
func (memoryAddr) Network() string { return "memory" }

// String is net.Addr.
func (memoryAddr) String() string { return "memory" }
