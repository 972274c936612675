package slackfake

import (
	"bufio"
	"net"
	"net/http"
)

// watchingWriter lets the upgrader have a connection whose incoming frames are
// watched.
type watchingWriter struct {
	http.ResponseWriter
	frames *frameWatch
}

// Hijack is http.Hijacker.
func (h *watchingWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	raw, buffered, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.frames = &frameWatch{Conn: raw}
	return h.frames, buffered, nil
}

// frameWatch notes how each message from the app was framed, which gorilla's
// reader hides and Slack minds. It is used by the reading goroutine only.
type frameWatch struct {
	net.Conn
	header  []byte
	payload uint64 // bytes of the current frame still to come
	current framing
	done    []framing
}

// framing is how one message came.
type framing struct{ frames, longest int }

func (f *frameWatch) next() framing {
	first := f.done[0]
	f.done = f.done[1:]
	return first
}

func (f *frameWatch) Read(p []byte) (int, error) {
	n, err := f.Conn.Read(p)
	f.watch(p[:n])
	return n, err
}

func (f *frameWatch) watch(p []byte) {
	for len(p) > 0 {
		if f.payload > 0 {
			skip := min(f.payload, uint64(len(p)))
			f.payload -= skip
			p = p[skip:]
			continue
		}
		f.header = append(f.header, p[0])
		p = p[1:]
		f.headerByte()
	}
}

// headerByte looks whether the header is whole: two bytes, the long forms of
// the length, and the mask (RFC 6455, 5.2).
func (f *frameWatch) headerByte() {
	if len(f.header) < 2 {
		return
	}
	size, extra := uint64(f.header[1]&0x7f), 0
	switch size {
	case 126:
		extra = 2
	case 127:
		extra = 8
	}
	mask := 4 * int(f.header[1]>>7)
	if len(f.header) < 2+extra+mask {
		return
	}
	if extra > 0 {
		size = 0
		for _, b := range f.header[2 : 2+extra] {
			size = size<<8 | uint64(b)
		}
	}
	final, opcode := f.header[0]&0x80 != 0, f.header[0]&0x0f
	f.header, f.payload = f.header[:0], size
	if opcode >= 8 { // control frames stand between those of a message
		return
	}
	f.current.frames++
	f.current.longest = max(f.current.longest, int(min(size, 1<<30)))
	if final {
		f.done = append(f.done, f.current)
		f.current = framing{}
	}
}
