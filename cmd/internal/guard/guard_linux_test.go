package guard

import (
	"log"
	"log/slog"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAGuardedProcessDumpsNoCoreAndItsLibrariesAreUnheard(t *testing.T) {
	Process()
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil || limit.Max != 0 {
		t.Errorf("a core may have %d bytes (%v)", limit.Max, err)
	}
	if dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || dumpable != 0 {
		t.Errorf("dumpable is %d (%v)", dumpable, err)
	}
	log.Print("of a library")
	slog.Warn("of another")
	if n := Unheard(); n != 2 {
		t.Errorf("%d lines counted, want 2", n)
	}
}
