package test

import (
	"bytes"
	"errors"
	"os/exec"
	"testing"
)

// start runs the bot with this environment until it ends, which must be at
// once, and returns its exit status and what it said.
func start(t *testing.T, env []string) (status int, said string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tools.otsbot)
	cmd.Env = env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stderr.String()
}
