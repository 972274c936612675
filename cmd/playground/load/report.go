package load

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reportAcks tells how soon the bot wrote its acks by its own clock, from the
// envelope to the ack: how long either of them waits for the load itself to
// get its turn is not in it.
func (p *process) reportAcks(out io.Writer) {
	var acks histogram
	for name, count := range p.metricsNow() {
		label, ok := strings.CutPrefix(name, `otsbot_ack_seconds_bucket{le="`)
		if most, err := strconv.ParseFloat(strings.TrimSuffix(label, `"}`), 64); ok && err == nil {
			acks = append(acks, bucket{most, count})
		}
	}
	slices.SortFunc(acks, func(a, b bucket) int { return cmp.Compare(a.most, b.most) })
	fmt.Fprintf(out, "ack, inside the bot   p50 %s  p99 %s\n", acks.quantile(.5), acks.quantile(.99))
}

// histogram is one of Prometheus', its buckets in order.
type histogram []bucket

// bucket counts what took so many seconds at most.
type bucket struct{ most, count float64 }

// quantile is estimated as Prometheus does it, evenly within the bucket.
func (h histogram) quantile(q float64) time.Duration {
	var below bucket
	for _, b := range h {
		if rank := q * h[len(h)-1].count; b.count >= rank && b.count > 0 {
			share := (rank - below.count) / (b.count - below.count)
			seconds := below.most + share*(b.most-below.most)
			if math.IsInf(b.most, 1) {
				seconds = below.most // it is known no better
			}
			return time.Duration(seconds * float64(time.Second)).Round(10 * time.Microsecond)
		}
		below = b
	}
	return 0
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
