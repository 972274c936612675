package load

import (
	"bytes"
	"context"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"syscall"
	"testing"
	"time"

	"otsbot/internal/redistest"
)

// TestMain is the bot as well: a load starts its own program once more.
func TestMain(m *testing.M) {
	if slices.Contains(os.Args[1:], "-bot") {
		ctx, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		if err := Bot(ctx, os.Stderr); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestALoadSharesAllOfItsSecretsAndSaysWhatThatCost(t *testing.T) {
	t.Parallel()
	var report bytes.Buffer
	if err := Run(t.Context(), Options{Commands: 20, InFlight: 1, Latency: 5 * time.Millisecond}, &report); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`20 commands, 1 in flight: 20 shared, 0 told they are too many, 0 told why not, 0 lost`,
		`ack, inside the bot   p50 [0-9.]+(µs|ms)  p99 [0-9.]+(µs|ms)`,
		`ack                   p50 [0-9.]+(µs|ms|s)`,
		// Three answers of 5 ms each before the receipt: its secret, its post and itself.
		`command to receipt    p50 (1[5-9]|[2-9][0-9]|[1-9][0-9][0-9])[0-9.]*ms`,
		`Slack calls a secret  2\.15`, // three in all are from the start: two sockets, one look at the token
	} {
		if !regexp.MustCompile(line).Match(report.Bytes()) {
			t.Errorf("no line like %q in\n%s", line, &report)
		}
	}
}

func TestASoakCountsWhatWasLostAndWhatWasDoneTwice(t *testing.T) {
	t.Parallel()
	var report bytes.Buffer
	if err := Soak(t.Context(), SoakOptions{For: time.Second, PerSecond: 20, Store: redistest.New(t).URL("soak"), Replicas: 2}, &report); err != nil {
		t.Fatal(err, &report)
	}
	for _, line := range []string{
		`20 shared, 0 told they are too many, 0 told why not, 0 lost`,
		`posted twice          0\n`,
		`kept beyond those     0 secrets`,
		`opened                2, 0 of them unnoticed, 0 messages changed twice`,
	} {
		if !regexp.MustCompile(line).Match(report.Bytes()) {
			t.Errorf("no line like %q in\n%s", line, &report)
		}
	}
}
