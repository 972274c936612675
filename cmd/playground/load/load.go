// Package load measures the bot under load: a process of its own, against the
// offline Slack and the offline OneTimeSecret in this one, so that its memory
// and processor time are its own.
package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// Options say how much of what.
type Options struct {
	// Commands is how many are typed in all, InFlight how many at once.
	Commands, InFlight int
	// PerSecond paces them; 0 is as fast as it goes.
	PerSecond int
	// Latency is how long Slack and OneTimeSecret take for each answer: real
	// ones are not instant, and with it so many in flight don't mean that the
	// processor is all taken.
	Latency time.Duration
	// Faults lets trouble come and go meanwhile.
	Faults bool
	// Store is a STORE_URL; "" is in memory.
	Store string
	// Profile is a file for what takes the bot's processor time; "" is none.
	Profile string
}

// patience is how long one command may take until it counts as lost. With
// Faults, Slack redelivers after seconds and limits are waited for.
const patience = 90 * time.Second

// Run plays the load and writes a report. It fails if a command was lost
// without a word.
func Run(ctx context.Context, o Options, out io.Writer) error {
	stage, err := newStage(o.InFlight, perChannel, o.Latency)
	if err != nil {
		return err
	}
	defer stage.close()
	bot, err := stage.start(ctx, botWith(o.Profile), "STORE_URL="+o.Store)
	if err != nil {
		return err
	}
	defer bot.kill()
	connected, err := stage.awaitSockets(ctx, bot.started)
	if err != nil {
		return err
	}
	idle := bot.usage()
	if o.Faults {
		troubled, calm := context.WithCancel(ctx)
		defer calm()
		go stage.trouble(troubled)
	}
	began := time.Now()
	result := stage.play(ctx, o, func() { bot.sample(out, began) })
	took := time.Since(began)
	busy := bot.usage()
	bot.reportAcks(out)
	settled := bot.goroutinesSettled(ctx, idle.goroutines)
	if err := bot.stop(); err != nil {
		return fmt.Errorf("stop bot: %w", err)
	}
	result.report(out, o, took, connected, idle, busy, stage)
	fmt.Fprintf(out, "goroutines            idle %d, afterwards %d\n", idle.goroutines, settled)
	if result.lost.Load() > 0 {
		return fmt.Errorf("%d commands ended without a word", result.lost.Load())
	}
	return nil
}

// stage is what the bot runs against. Each of the people in flight has a
// channel of their own, so that their links can be told apart.
type stage struct {
	slack    *slackfake.Workspace
	ots      *otsfake.Server
	slackURL string
	otsURL   string
	servers  []*http.Server
	people   []string
	typed    atomic.Int64
}

// newStage is one whose Slack keeps the newest messages of a conversation: few, so
// that the load takes little of the processor.
func newStage(people, messages int, latency time.Duration) (*stage, error) {
	s := &stage{
		slack: slackfake.New(slackfake.Options{JournalLimit: -1, MessageLimit: messages}),
		ots:   otsfake.New(otsfake.Options{}),
	}
	for i := range people {
		user, channel := fmt.Sprintf("U%05d", i), fmt.Sprintf("C%05d", i)
		s.slack.AddUser(slackfake.User{ID: user, Name: "person" + user[1:]})
		s.slack.AddChannel(slackfake.Channel{ID: channel, Name: "channel" + channel[1:], Members: []string{user}, AppMember: true})
		s.people = append(s.people, user)
	}
	var err1, err2 error
	s.slackURL, err1 = s.serve(slowly(latency, s.slack))
	s.otsURL, err2 = s.serve(slowly(latency, s.ots))
	return s, errors.Join(err1, err2)
}

// slowly answers after that long. A socket, once it is open, is not slowed.
func slowly(latency time.Duration, handler http.Handler) http.Handler {
	if latency == 0 {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(latency):
			handler.ServeHTTP(w, r)
		case <-r.Context().Done(): // it waits no longer
		}
	})
}

func channelOf(user string) string { return "C" + user[1:] }

func (s *stage) serve(h http.Handler) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: h}
	s.servers = append(s.servers, server)
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), nil
}

func (s *stage) close() {
	s.slack.Close()
	for _, server := range s.servers {
		server.Close()
	}
}

func (s *stage) awaitSockets(ctx context.Context, started time.Time) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := s.slack.WaitConnected(ctx, 1); err != nil {
		return 0, fmt.Errorf("await the bot's socket: %w", err)
	}
	took := time.Since(started)
	return took, s.slack.WaitConnected(ctx, 2)
}

// result collects what became of the commands.
type result struct {
	done, busy, failed, lost atomic.Int64

	mu        sync.Mutex
	acks, all []time.Duration
}

// play types the commands, each person the next one when the last has ended.
func (s *stage) play(ctx context.Context, o Options, sample func()) *result {
	var r result
	var left atomic.Int64
	left.Store(int64(o.Commands))
	pace := make(<-chan time.Time)
	if o.PerSecond > 0 {
		ticker := time.NewTicker(time.Second / time.Duration(o.PerSecond))
		defer ticker.Stop()
		pace = ticker.C
	}
	var wg sync.WaitGroup
	for _, user := range s.people {
		wg.Go(func() {
			for left.Add(-1) >= 0 && ctx.Err() == nil {
				if o.PerSecond > 0 {
					<-pace
				}
				s.one(ctx, user, &r)
			}
		})
	}
	stop := make(chan struct{})
	go func() { wg.Wait(); close(stop) }()
	for {
		select {
		case <-stop:
			return &r
		case <-time.After(time.Minute):
			sample()
		}
	}
}

// one types a command and waits for what its person is told: the receipt, or
// a sentence. Nothing at all is a lost command.
func (s *stage) one(ctx context.Context, user string, r *result) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	channel, dm := channelOf(user), s.slack.AppDM(user)
	before, _ := s.slack.Newest(user, dm)
	last, _ := s.slack.Newest(user, channel)
	receipt := func() bool { ts, _ := s.slack.Newest(user, dm); return ts != before }
	sentence := func() bool { ts, alone := s.slack.Newest(user, channel); return alone && ts != last }
	began := time.Now()
	seen, err := s.slack.Command(ctx, user, channel, "/secret", fmt.Sprintf("hunter2 of %s, %d", user, s.typed.Add(1)))
	switch {
	case err != nil:
		r.lost.Add(1)
		return
	case len(seen.AckPayload) > 0:
		r.busy.Add(1)
		return
	}
	switch err := s.slack.Wait(ctx, func() bool { return receipt() || sentence() }); {
	case err != nil:
		r.lost.Add(1)
		return
	case !receipt():
		r.failed.Add(1)
		return
	}
	r.done.Add(1)
	r.mu.Lock()
	r.acks, r.all = append(r.acks, seen.AckAfter), append(r.all, time.Since(began))
	r.mu.Unlock()
}

// trouble lets faults come and go, one after the other.
func (s *stage) trouble(ctx context.Context, others ...func() (end func())) {
	faults := append([]func() (end func()){
		func() func() { s.slack.Disconnect("warning"); return func() {} },
		func() func() { return s.ots.Fault(otsfake.Fault{Delay: 3 * time.Second}) },
		func() func() { s.slack.KillConnections(); return func() {} },
		func() func() {
			return s.slack.Fault(slackfake.Fault{Method: "chat.postMessage", RetryAfter: 2 * time.Second})
		},
		func() func() { return s.ots.Fault(otsfake.Fault{Down: true}) },
		func() func() { s.slack.Disconnect("refresh_requested"); return func() {} },
		func() func() { return s.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Status: 503}) },
		func() func() { return s.ots.Fault(otsfake.Fault{HTML: true, Status: 502}) },
	}, others...)
	for i := 0; ; i++ {
		end := faults[i%len(faults)]()
		for _, pause := range []time.Duration{5 * time.Second, 10 * time.Second} {
			select {
			case <-time.After(pause):
				end()
			case <-ctx.Done():
				end()
				return
			}
		}
	}
}
