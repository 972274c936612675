package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set when a release is built: go build -ldflags "-X main.version=v1.2.3".
// Nothing else writes it.
var version string

// shortVersion is the release, or the best that the build tells: the module's
// version, or "devel".
func shortVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// longVersion is what "otsbot version" prints: release, commit, Go, platform.
func longVersion() string {
	return fmt.Sprintf("otsbot %s%s %s %s/%s", shortVersion(), commit(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// commit is " (commit)" if the build recorded one, with "+" for a changed tree.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	recorded := map[string]string{}
	for _, setting := range info.Settings {
		recorded[setting.Key] = setting.Value
	}
	revision := recorded["vcs.revision"]
	if revision == "" {
		return ""
	}
	if recorded["vcs.modified"] == "true" {
		revision += "+"
	}
	return " (" + revision + ")"
}
