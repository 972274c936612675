// Package hostile is servers that break HTTP, in the ways that a client has to
// survive: it gives up in time, and nothing of what it was sent or told ends
// up in an error or a log. It is for tests.
package hostile

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
)

// Answer writes what a server answers to one request, which has been read. The
// connection is closed behind it. good is the body of the answer that would be
// right.
type Answer func(conn net.Conn, good string)

// Server answers every request in the same way. Use [Serve].
type Server struct {
	URL string

	listener net.Listener
	mu       sync.Mutex
	open     map[net.Conn]struct{}
	closed   bool
	serving  sync.WaitGroup
}

// Serve listens on loopback until Close.
func Serve(answer Answer, good string) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{URL: "http://" + listener.Addr().String(), listener: listener, open: map[net.Conn]struct{}{}}
	s.serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if s.keep(conn) {
				s.serving.Go(func() { s.talk(conn, answer, good) })
			}
		}
	})
	return s, nil
}

func (s *Server) keep(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		conn.Close()
		return false
	}
	s.open[conn] = struct{}{}
	return true
}

func (s *Server) talk(conn net.Conn, answer Answer, good string) {
	defer func() {
		conn.Close()
		s.mu.Lock()
		delete(s.open, conn)
		s.mu.Unlock()
	}()
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	if _, err := io.Copy(io.Discard, request.Body); err != nil {
		return
	}
	answer(conn, good)
}

// Close ends every connection, and waits for that.
func (s *Server) Close() {
	s.listener.Close()
	s.mu.Lock()
	s.closed = true
	for conn := range s.open {
		conn.Close()
	}
	s.mu.Unlock()
	s.serving.Wait()
}
