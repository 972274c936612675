// Package tcpproxy stands between a client and its server, and can be slow, or
// gone: for tests, and for the playground's troubles.
package tcpproxy

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Proxy passes on what it is sent.
type Proxy struct {
	Addr  string       // where it listens, on loopback
	Delay atomic.Int64 // nanoseconds before each piece of an answer
	Lose  atomic.Bool  // breaks off where an answer should be passed on

	network, server string
	listener        net.Listener
	done            sync.WaitGroup

	mu    sync.Mutex
	gone  bool
	conns map[net.Conn]bool
}

// New starts one in front of a server, which need not be there yet. wrap may
// put TLS around what it accepts; nil is plain.
func New(network, server string, wrap func(net.Listener) net.Listener) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{Addr: listener.Addr().String(), network: network, server: server, listener: listener, conns: map[net.Conn]bool{}}
	if wrap != nil {
		p.listener = wrap(listener)
	}
	p.done.Go(func() {
		for {
			conn, err := p.listener.Accept()
			if err != nil {
				return
			}
			p.done.Go(func() { p.serve(conn) })
		}
	})
	return p, nil
}

// Close ends it and its connections.
func (p *Proxy) Close() {
	_ = p.listener.Close()
	p.Cut(true)
	p.done.Wait()
}

// Cut breaks all connections off; while gone, new ones are, too.
func (p *Proxy) Cut(gone bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = gone
	for c := range p.conns {
		_ = c.Close()
	}
}

func (p *Proxy) serve(near net.Conn) {
	defer p.drop(near)
	if !p.keep(near) {
		return
	}
	far, err := net.Dial(p.network, p.server)
	if err != nil {
		return
	}
	defer p.drop(far)
	if !p.keep(far) {
		return
	}
	go func() {
		_, _ = io.Copy(far, near)
		_ = far.Close()
	}()
	for piece := make([]byte, 64<<10); ; {
		n, err := far.Read(piece)
		if err != nil || p.Lose.Load() {
			return
		}
		<-time.After(time.Duration(p.Delay.Load()))
		if _, err := near.Write(piece[:n]); err != nil {
			return
		}
	}
}

// keep notes a connection that can be cut, unless all are.
func (p *Proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = true
	return !p.gone
}

func (p *Proxy) drop(c net.Conn) {
	_ = c.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}
