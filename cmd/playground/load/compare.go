package load

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"
)

// rounds is how often the two take turns, so that what else the machine does
// befalls both.
const rounds = 10

// Compare plays the load to the bot and to a bare loop, in turns, and writes what
// a command takes of the processor with each. It fails as Run does.
func Compare(ctx context.Context, o Options, out io.Writer) error {
	bot, err := newContender(ctx, o, botWith(""), "STORE_URL="+o.Store)
	if err != nil {
		return err
	}
	defer bot.end()
	loop, err := newContender(ctx, o, []string{"-bare"})
	if err != nil {
		return err
	}
	defer loop.end()
	var ratios []float64
	for range rounds {
		ratios = append(ratios, bot.round(ctx, o).Seconds()/loop.round(ctx, o).Seconds())
	}
	slices.Sort(ratios)
	fmt.Fprintf(out, "%d commands each, %d in flight, in %d turns\n", o.Commands/rounds*rounds, o.InFlight, rounds)
	bot.report(out, o, "bot")
	loop.report(out, o, "bare loop")
	fmt.Fprintf(out, "ratio                 %.2f; in single turns %.2f to %.2f\n", bot.cpu.Seconds()/loop.cpu.Seconds(), ratios[0], ratios[rounds-1])
	if lost := bot.lost + loop.lost; lost > 0 {
		return fmt.Errorf("%d commands ended without a word", lost)
	}
	return ctx.Err()
}

// contender is a process with a stage of its own, and what it has done so far.
type contender struct {
	*stage
	*process
	acks, all []time.Duration
	lost      int64
	cpu       time.Duration
}

func newContender(ctx context.Context, o Options, role []string, settings ...string) (*contender, error) {
	stage, err := newStage(o.InFlight, perChannel, o.Latency)
	if err != nil {
		return nil, err
	}
	process, err := stage.start(ctx, role, settings...)
	if err != nil {
		stage.close()
		return nil, err
	}
	c := &contender{stage: stage, process: process}
	if _, err := stage.awaitSockets(ctx, process.started); err != nil {
		c.end()
		return nil, err
	}
	return c, nil
}

func (c *contender) end() {
	c.kill()
	c.close()
}

// round plays a part of the load, and returns the processor time that it took.
func (c *contender) round(ctx context.Context, o Options) time.Duration {
	o.Commands /= rounds
	before := c.used().cpu
	r := c.play(ctx, o, func() {})
	took := c.used().cpu - before
	c.cpu += took
	c.lost += r.lost.Load() + r.failed.Load() + r.busy.Load()
	c.acks, c.all = append(c.acks, r.acks...), append(c.all, r.all...)
	return took
}

func (c *contender) report(out io.Writer, o Options, who string) {
	fmt.Fprintf(out, "%-20s  %.3f s of processor per 1,000 commands, at most %s MiB; ack p50 %s  p99 %s; command to receipt p50 %s  p99 %s\n",
		who, c.cpu.Seconds()*1000/float64(o.Commands/rounds*rounds), mib(c.used().peak),
		percentile(c.acks, 50), percentile(c.acks, 99), percentile(c.all, 50), percentile(c.all, 99))
}
