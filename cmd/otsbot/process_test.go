package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// asOtsbot makes the test binary the command itself, so that the tests start a
// process of its own, with its own signals and exit status.
const asOtsbot = "TEST_BINARY_IS_OTSBOT"

func TestMain(m *testing.M) {
	if os.Getenv(asOtsbot) != "" {
		main()
	}
	flag.Parse()
	// They wait for processes, which have tests of their own to wait for.
	_ = flag.Set("test.parallel", strconv.Itoa(max(8, runtime.GOMAXPROCS(0))))
	os.Exit(m.Run())
}

// patience is far more than anything here takes: when it is used up, what was
// waited for never comes. The longest is what a killed process was looking at:
// others leave it alone for three minutes.
const patience = 5 * time.Minute

// process is a running otsbot.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	ctx    context.Context
	stdout bytes.Buffer
	lines  chan string // of stderr; closed at its end

	mu     sync.Mutex
	stderr strings.Builder
}

// start runs otsbot with these arguments and nothing in its environment but
// these settings.
func start(t *testing.T, settings map[string]string, args ...string) *process {
	t.Helper()
	p := prepare(t, settings, args...)
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.read(stderr)
	return p
}

// startUnread runs otsbot with a standard error that is a pipe, and returns the
// end that could be read.
func startUnread(t *testing.T, settings map[string]string) (p *process, stderr *os.File) {
	t.Helper()
	p = prepare(t, settings)
	stderr, end, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stderr.Close() })
	p.cmd.Stderr = end
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end.Close()
	close(p.lines)
	return p, stderr
}

func prepare(t *testing.T, settings map[string]string, args ...string) *process {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	p := &process{t: t, ctx: ctx, cmd: exec.CommandContext(ctx, exe, args...), lines: make(chan string, 10_000)}
	p.cmd.Env = []string{asOtsbot + "=1", "GORACE=atexit_sleep_ms=0"} // by itself the race detector waits a second at exit
	for name, value := range settings {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	p.cmd.Stdout = &p.stdout
	return p
}

// freeAddress is one that nobody listened on a moment ago.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func (p *process) read(stderr io.Reader) {
	defer close(p.lines)
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		p.mu.Lock()
		p.stderr.WriteString(lines.Text() + "\n")
		p.mu.Unlock()
		p.lines <- lines.Text()
	}
}

// output is what it has written to stderr by now.
func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stderr.String()
}

// logged waits for the log line with this message.
func (p *process) logged(message string) map[string]any {
	p.t.Helper()
	for line := range p.lines {
		var fields map[string]any
		if json.Unmarshal([]byte(line), &fields) == nil && fields["msg"] == message {
			return fields
		}
	}
	p.t.Fatalf("it ended without logging %q; stderr:\n%s", message, p.output())
	return nil
}

// signal sends sig, which must find the process running.
func (p *process) signal(sig os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Fatalf("signal %v: %v", sig, err)
	}
}

// wait returns the exit status once it has ended; -1 if a signal ended it.
func (p *process) wait() int {
	p.t.Helper()
	for range p.lines { // the pipe must be empty before Wait closes it
	}
	err := p.cmd.Wait()
	if p.ctx.Err() != nil {
		p.t.Fatalf("it didn't end; stderr:\n%s", p.output())
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode()
}
