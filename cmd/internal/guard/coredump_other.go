//go:build !linux

package guard

func noCoreDumps() {}
