package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWrongArgumentsAreTold(t *testing.T) {
	for _, args := range [][]string{{"-nothing"}, {"demo"}} {
		var told bytes.Buffer
		if status := run(t.Context(), args, io.Discard, &told); status != exitUsage || !strings.Contains(told.String(), "-demo") {
			t.Errorf("%v = %d, told %q", args, status, told.String())
		}
	}
}

func TestAnAddressInUseIsTold(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	var told bytes.Buffer
	if status := run(t.Context(), []string{"-listen", taken.Addr().String()}, io.Discard, &told); status != exitError || !strings.Contains(told.String(), "-listen") {
		t.Errorf("status %d, told %q", status, told.String())
	}
}

func TestAnotherAppsManifestIsReadFirst(t *testing.T) {
	var told bytes.Buffer
	args := []string{"-no-bot", "-manifest", filepath.Join(t.TempDir(), "none.yaml"), "-listen", "127.0.0.1:0"}
	if status := run(t.Context(), args, io.Discard, &told); status != exitError || !strings.Contains(told.String(), "read manifest") {
		t.Errorf("status %d, told %q", status, told.String())
	}
}

// Served until it is told to stop, for another app to connect.
func TestItServesUntilItIsStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	done := make(chan int)
	go func() { done <- run(ctx, []string{"-no-bot", "-listen", "127.0.0.1:0"}, in, io.Discard); in.Close() }()
	buffer := make([]byte, 4096)
	n, err := out.Read(buffer)
	if err != nil || !strings.Contains(string(buffer[:n]), "Open  http://127.0.0.1:") {
		t.Errorf("greeted with %q, %v", buffer[:n], err)
	}
	go io.Copy(io.Discard, out)
	stop()
	if status := <-done; status != exitOK {
		t.Errorf("status %d after the stop, want 0", status)
	}
}

// The settings that lead the bot here are not those of the environment.
func TestAWrongSettingOfTheBotIsTold(t *testing.T) {
	t.Setenv("SECRET_TTL", "for ever")
	var told bytes.Buffer
	if status := run(t.Context(), []string{"-listen", "127.0.0.1:0"}, io.Discard, &told); status != exitError || !strings.Contains(told.String(), "SECRET_TTL") {
		t.Errorf("status %d, told %q", status, told.String())
	}
}
