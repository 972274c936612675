//go:build unix

package guard

import (
	"os"
	"os/signal"
	"syscall"
)

// endings are the signals that would end a Go program at once and may come from
// outside: a terminal that closes, Ctrl-C, Ctrl-\, a watchdog, and whoever
// stops services.
var endings = []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGABRT, syscall.SIGTERM}

// OutliveStderr makes a write to a standard error that nobody holds any more an
// error, as it is on every other file. By default it ends a Go program, in the
// middle of whatever it does.
func OutliveStderr() { signal.Ignore(syscall.SIGPIPE) }
