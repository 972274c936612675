package guard

import "golang.org/x/sys/unix"

// noCoreDumps: a core holds what is being shared. The limit alone doesn't bind
// a core_pattern that is a pipe, as systemd-coredump's is; being not dumpable
// does, and keeps other processes of the same user from reading the memory,
// https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html
//
// Where the kernel refuses either, the process is no worse off than before.
func noCoreDumps() {
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}
