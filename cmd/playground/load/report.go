package load

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// usage is what a process has used so far, by /proc. Where there is none, it
// is zero and not reported.
type usage struct {
	resident, peak int // kB
	goroutines     int
	cpu            time.Duration
}

// clockTick is what /proc counts processor time in: USER_HZ is 100 on Linux.
const clockTick = 10 * time.Millisecond

func (p *process) usage() usage {
	var u usage
	dir := "/proc/" + strconv.Itoa(p.cmd.Process.Pid)
	status, _ := os.ReadFile(dir + "/status")
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		number, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
		switch name {
		case "VmRSS":
			u.resident = number
		case "VmHWM":
			u.peak = number
		}
	}
	stat, _ := os.ReadFile(dir + "/stat")
	if _, after, ok := strings.Cut(string(stat), ") "); ok { // behind the name, which may hold spaces
		if fields := strings.Fields(after); len(fields) > 12 {
			user, _ := strconv.Atoi(fields[11])
			system, _ := strconv.Atoi(fields[12])
			u.cpu = time.Duration(user+system) * clockTick
		}
	}
	u.goroutines = p.goroutines()
	return u
}

// metric asks for one of the bot's own metrics, by its name and labels.
func (p *process) metric(name string) int {
	resp, err := http.Get(p.metrics)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			n, _ := strconv.Atoi(value)
			return n
		}
	}
	return 0
}

func (p *process) goroutines() int { return p.metric("go_goroutines") }

// reportAcks tells how many acks the bot wrote within 10 ms of their envelope,
// by its own clock: what the load itself waits for its turn is not in it.
func (p *process) reportAcks(out io.Writer) {
	if all := p.metric("otsbot_ack_seconds_count"); all > 0 {
		soon := p.metric(`otsbot_ack_seconds_bucket{le="0.01"}`)
		fmt.Fprintf(out, "ack, inside the bot   %.2f %% within 10 ms\n", 100*float64(soon)/float64(all))
	}
}

// goroutinesSettled waits until there are hardly more goroutines than when
// the bot was idle: pooled connections keep two each until they time out, so
// it may take a minute and a half.
func (p *process) goroutinesSettled(ctx context.Context, idle int) int {
	n := p.goroutines()
	for deadline := time.Now().Add(2 * time.Minute); n > idle+4 && time.Now().Before(deadline) && ctx.Err() == nil; n = p.goroutines() {
		select {
		case <-time.After(2 * time.Second):
		case <-ctx.Done():
		}
	}
	return n
}

// sample writes how the process does in the middle of a long run.
func (p *process) sample(out io.Writer, began time.Time) {
	u := p.usage()
	fmt.Fprintf(out, "after %s: %s MiB resident, %s MiB at most, %d goroutines\n",
		time.Since(began).Round(time.Second), mib(u.resident), mib(u.peak), u.goroutines)
}

func (r *result) report(out io.Writer, o Options, took, connected time.Duration, idle, busy usage, s *stage) {
	done := r.done.Load()
	calls := s.slack.CallCount()
	fmt.Fprintf(out, "%d commands, %d in flight: %d shared, %d told they are too many, %d told why not, %d lost\n",
		o.Commands, o.InFlight, done, r.busy.Load(), r.failed.Load(), r.lost.Load())
	fmt.Fprintf(out, "commands per second   %.0f\n", float64(o.Commands)/took.Seconds())
	fmt.Fprintf(out, "ack                   p50 %s  p99 %s\n", percentile(r.acks, 50), percentile(r.acks, 99))
	fmt.Fprintf(out, "command to receipt    p50 %s  p99 %s\n", percentile(r.all, 50), percentile(r.all, 99))
	if done > 0 {
		fmt.Fprintf(out, "Slack calls a secret  %.2f\n", float64(calls)/float64(done))
	}
	fmt.Fprintf(out, "connected after       %s\n", connected.Round(time.Millisecond))
	if idle.resident > 0 {
		fmt.Fprintf(out, "resident memory       idle %s MiB, in the end %s MiB, at most %s MiB\n", mib(idle.resident), mib(busy.resident), mib(busy.peak))
		fmt.Fprintf(out, "processor             %.2f s per 1,000 commands\n", (busy.cpu-idle.cpu).Seconds()*1000/float64(o.Commands))
	}
}

func mib(kilobytes int) string { return strconv.FormatFloat(float64(kilobytes)/1024, 'f', 1, 64) }

func percentile(all []time.Duration, p int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[(len(sorted)-1)*p/100].Round(10 * time.Microsecond)
}
