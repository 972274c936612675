// Package guard is what a command does before anything else if secrets pass
// through it: no core dump, nothing on standard error that isn't meant to be
// there, and an orderly end on every signal that asks for an end.
package guard

import (
	"context"
	"log"
	"os/signal"
	"sync/atomic"
)

// Process readies the process. Call it first in main.
func Process() {
	noCoreDumps()
	log.SetFlags(0)
	log.SetOutput(new(unheard))
}

// Context ends with the first signal that asks the process to end. From stop
// on, a signal has its default effect again.
//
// A signal that is ignored when the process starts stays ignored, as nohup has
// it.
func Context() (ctx context.Context, stop context.CancelFunc) {
	asked := endings[:0:0]
	for _, s := range endings {
		if !signal.Ignored(s) {
			asked = append(asked, s)
		}
	}
	return signal.NotifyContext(context.Background(), asked...)
}

// unheard is where the standard logger leads, with which libraries write what
// they like: net/http quotes what a server said out of turn, which can be a key
// or a secret. Lines are counted and not kept.
type unheard struct{ lines atomic.Int64 }

func (u *unheard) Write(line []byte) (int, error) {
	u.lines.Add(1)
	return len(line), nil
}

// Unheard is how many lines libraries wrote to the standard logger since Process.
func Unheard() int64 {
	if u, ok := log.Writer().(*unheard); ok {
		return u.lines.Load()
	}
	return 0
}
