package load

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"otsbot/internal/redistest"
)

// TestMain is the bot and the bare loop as well: a load starts its own program
// once more.
func TestMain(m *testing.M) {
	ctx, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	var err error
	switch {
	case slices.Contains(os.Args[1:], "-bot"):
		err = Bot(ctx, strings.TrimPrefix(os.Args[2], "-profile="), os.Stderr)
	case slices.Contains(os.Args[1:], "-bare"):
		err = Bare(ctx)
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

func TestALoadSharesAllOfItsSecretsAndSaysWhatThatCost(t *testing.T) {
	t.Parallel()
	var report bytes.Buffer
	profile := filepath.Join(t.TempDir(), "profile")
	if err := Run(t.Context(), Options{Commands: 20, InFlight: 1, Latency: 5 * time.Millisecond, Profile: profile}, &report); err != nil {
		t.Fatal(err)
	}
	if written, err := os.ReadFile(profile); err != nil || len(written) == 0 {
		t.Errorf("a profile of %d bytes, %v", len(written), err)
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
		`second secrets        0; `,
		`kept, without a link   0 secrets, and of 0 people were told so`,
		`opened                2, 0 of them unnoticed, 0 messages changed twice`,
	} {
		if !regexp.MustCompile(line).Match(report.Bytes()) {
			t.Errorf("no line like %q in\n%s", line, &report)
		}
	}
}

func TestASoakSeesASecondSecretAndOneThatNobodyKnowsOf(t *testing.T) {
	t.Parallel()
	stage, err := newStage(1, soakKeeps, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer stage.close()
	w := newWatch()
	if stage.otsURL, err = stage.serve(w.ots(stage.ots)); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"once", "twice", "twice"} {
		resp, err := http.PostForm(stage.otsURL+"/api/v1/share", url.Values{"secret": {text}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	s := soak{stage: stage, gone: map[string]bool{w.made["once"][0].Secret: true}}
	if got := s.look(w); got != (found{shared: 1, doubled: 1, unknown: 2}) {
		t.Errorf("got %+v", got)
	}
}

func TestABareLoopTakesTurnsWithTheBot(t *testing.T) {
	t.Parallel()
	var report bytes.Buffer
	if err := Compare(t.Context(), Options{Commands: 2 * rounds, InFlight: 1}, &report); err != nil {
		t.Fatal(err, &report)
	}
	for _, line := range []string{
		`20 commands each, 1 in flight, in 10 turns`,
		`bot                   [0-9.]+ s of processor per 1,000 commands, .* command to receipt p50 [0-9.]+(µs|ms|s)`,
		`bare loop             [0-9.]+ s of processor per 1,000 commands, .* command to receipt p50 [0-9.]+(µs|ms|s)`,
		`ratio                 `,
	} {
		if !regexp.MustCompile(line).Match(report.Bytes()) {
			t.Errorf("no line like %q in\n%s", line, &report)
		}
	}
}
