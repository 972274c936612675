package service

import (
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"otsbot/cmd/internal/guard"
)

const (
	// maxBacklog is how much of the log waits to be written, some 6,000 lines,
	// before lines are dropped. Half of it is for audit events alone.
	maxBacklog = 2 << 20

	// flushTime is how long the end of the process waits for what isn't
	// written yet.
	flushTime = 2 * time.Second
)

// backlog is the log that isn't written yet. Whoever logs leaves a line and
// goes on: between storing a secret and posting its link, nothing may wait for
// whoever reads standard error, be it a stalled log driver or a full disk.
type backlog struct {
	out  io.Writer
	wake chan struct{}

	mu    sync.Mutex
	lines []line
	bytes int // of lines, and of the one that is being written

	audit, other tally
}

// tally counts the lines of one kind that were dropped; most bounds the backlog
// that they are added to.
type tally struct {
	most    int
	dropped atomic.Int64
}

// line is a line, or a mark to be told when all before it is written.
type line struct {
	text  []byte
	kind  *tally
	reach chan struct{}
}

func newBacklog(out io.Writer) *backlog {
	b := &backlog{out: out, wake: make(chan struct{}, 1)}
	b.audit.most, b.other.most = maxBacklog, maxBacklog/2
	go b.write()
	return b
}

// write writes line by line, for as long as the process lives.
func (b *backlog) write() {
	for range b.wake {
		for l, ok := b.next(); ok; l, ok = b.next() {
			if l.reach != nil {
				close(l.reach)
				continue
			}
			if _, err := b.out.Write(l.text); err != nil {
				l.kind.dropped.Add(1) // there is nowhere to say so but /metrics
			}
			b.mu.Lock()
			b.bytes -= len(l.text)
			b.mu.Unlock()
		}
	}
}

func (b *backlog) next() (line, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.lines) == 0 {
		b.lines = nil
		return line{}, false
	}
	l := b.lines[0]
	b.lines = b.lines[1:]
	return l, true
}

func (b *backlog) add(l line) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l.kind != nil && b.bytes+len(l.text) > l.kind.most {
		l.kind.dropped.Add(1)
		return
	}
	b.lines = append(b.lines, l)
	b.bytes += len(l.text)
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// flush waits until all that was logged so far is written, or for flushTime.
func (b *backlog) flush() {
	reach := make(chan struct{})
	b.add(line{reach: reach})
	select {
	case <-reach:
	case <-time.After(flushTime):
	}
}

// of is the way into the backlog for lines of a kind.
func (b *backlog) of(kind *tally) backlogWriter { return backlogWriter{b, kind} }

type backlogWriter struct {
	backlog *backlog
	kind    *tally
}

func (w backlogWriter) Write(text []byte) (int, error) {
	w.backlog.add(line{text: append([]byte(nil), text...), kind: w.kind}) // zap uses text again
	return len(text), nil
}

func (w backlogWriter) Sync() error {
	w.backlog.flush()
	return nil
}

// collectors count what is missing in the log.
func (b *backlog) collectors() []prometheus.Collector {
	var all []prometheus.Collector
	for kind, count := range map[string]func() int64{"audit": b.audit.dropped.Load, "other": b.other.dropped.Load, "library": guard.Unheard} {
		all = append(all, prometheus.NewCounterFunc(prometheus.CounterOpts{
			Namespace: "otsbot", Name: "log_lines_dropped_total",
			Help:        "Lines that are not in the log: standard error wasn't read or couldn't be written, or a library wrote them, which may quote secrets.",
			ConstLabels: prometheus.Labels{"kind": kind},
		}, func() float64 { return float64(count()) }))
	}
	return all
}
