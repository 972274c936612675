package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"otsbot/internal/tcpproxy"
)

// SoakOptions say how long trouble comes and goes.
type SoakOptions struct {
	// For is how long people type, PerSecond how often.
	For       time.Duration
	PerSecond int
	// Store is a STORE_URL; "" is in memory. StoreProxy stands before it, if it
	// can be taken away.
	Store      string
	StoreProxy *tcpproxy.Proxy
	// Replicas share the store.
	Replicas int
}

const (
	// openedOf is how many secrets there are to one that is opened.
	openedOf = 10
	// typingAtOnce bounds the people who wait for an answer: an offline Slack that
	// looks after thousands of them gets nothing else done.
	typingAtOnce = 100
)

// Soak has people share secrets, some of which are opened, while Slack,
// OneTimeSecret and the store fail in turn. It fails if anybody was told
// nothing, if a command made two secrets or two messages, or if a secret was
// opened and its message still offers the link, or says so twice.
func Soak(ctx context.Context, o SoakOptions, out io.Writer) error {
	total := max(1, int(o.For.Seconds()*float64(o.PerSecond)))
	stage, err := newStage((total+perChannel-1)/perChannel, 0)
	if err != nil {
		return err
	}
	defer stage.close()
	w := &watch{changed: map[string]time.Time{}}
	bots, err := stage.startReplicas(ctx, w, o.Replicas, "STORE_URL="+o.Store)
	if err != nil {
		return err
	}
	for _, bot := range bots {
		defer bot.kill()
	}
	idle, began := bots[0].usage(), time.Now()
	troubled, calm := context.WithCancel(ctx)
	defer calm()
	var ended sync.WaitGroup
	ended.Go(func() { stage.trouble(troubled, storeTrouble(o.StoreProxy)...) })

	s := soak{stage: stage, within: min(o.For, time.Minute), opened: map[string]time.Time{}}
	s.play(ctx, total, o.PerSecond, func() { bots[0].sample(out, began) })
	calm()
	ended.Wait()
	w.await(ctx, s.opened)
	busy := bots[0].usage()
	left := 0 // whose creators know that they could not be burned
	for _, bot := range bots {
		left += int(bot.metricsNow()[`otsbot_secrets_total{event="undelivered"}`])
		if err := bot.stop(); err != nil && left == 0 {
			return fmt.Errorf("stop bot: %w", err)
		}
	}
	fmt.Fprintf(out, "soaked for            %s\n", time.Since(began).Round(time.Second))
	fmt.Fprintf(out, "goroutines            idle %d, in the end %d\n", idle.goroutines, busy.goroutines)
	if idle.resident > 0 {
		fmt.Fprintf(out, "resident memory       idle %s MiB, in the end %s MiB, at most %s MiB\n", mib(idle.resident), mib(busy.resident), mib(busy.peak))
	}
	return s.report(out, w, left)
}

// storeTrouble is what befalls a store.
func storeTrouble(proxy *tcpproxy.Proxy) []func() (end func()) {
	if proxy == nil {
		return nil
	}
	return []func() func(){
		func() func() { proxy.Cut(true); return func() { proxy.Cut(false) } },
		func() func() {
			proxy.Delay.Store(int64(time.Second))
			return func() { proxy.Delay.Store(0) }
		},
		func() func() { proxy.Cut(true); proxy.Cut(false); return func() {} },
	}
}

// startReplicas starts bots whose traffic w sees.
func (s *stage) startReplicas(ctx context.Context, w *watch, n int, settings ...string) (bots []*process, err error) {
	if s.slackURL, err = s.serve(w.slack(s.slack)); err != nil {
		return nil, err
	}
	if s.otsURL, err = s.serve(w.ots(s.ots)); err != nil {
		return nil, err
	}
	for range max(n, 1) {
		bot, err := s.startBot(ctx, append(settings, "SLACK_CONNECTIONS=1")...)
		if err == nil {
			bots = append(bots, bot)
			err = s.slack.WaitConnected(ctx, len(bots))
		}
		if err != nil {
			for _, bot := range bots {
				bot.kill()
			}
			return nil, fmt.Errorf("await the bot's socket: %w", err)
		}
	}
	return bots, nil
}

// soak is what people did, and what came of it.
type soak struct {
	*stage
	result
	doubled  atomic.Int64 // second secrets of one command
	repeated atomic.Int64 // second messages with one link: the answer to the first was lost
	told     atomic.Int64 // commands whose person knows of a secret
	unkept   atomic.Int64 // of these, the secrets that were opened

	within  time.Duration // of its being shared, a secret is opened, if at all
	opening sync.WaitGroup
	openMu  sync.Mutex
	opened  map[string]time.Time // by channel and ts
}

// play types the commands, one person after the other, whether or not the last
// one has its answer.
func (s *soak) play(ctx context.Context, total, perSecond int, sample func()) {
	pace := time.NewTicker(time.Second / time.Duration(perSecond))
	defer pace.Stop()
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	var typing sync.WaitGroup
	atOnce := make(chan struct{}, typingAtOnce)
	for i := 0; i < total && ctx.Err() == nil; {
		select {
		case <-pace.C:
			user := s.people[i%len(s.people)]
			i++
			isOpened := i%openedOf == 0
			atOnce <- struct{}{}
			typing.Go(func() {
				defer func() { <-atOnce }()
				s.share(ctx, user, isOpened)
			})
		case <-minute.C:
			sample()
		case <-ctx.Done():
		}
	}
	typing.Wait()
	s.opening.Wait()
}

// share types a command, looks at what it made, and may have the link opened.
func (s *soak) share(ctx context.Context, user string, isOpened bool) {
	channel, dm := channelOf(user), s.slack.AppDM(user)
	last, _ := s.slack.Newest(user, channel)
	lastDM, _ := s.slack.Newest(user, dm)
	s.one(ctx, user, &s.result)
	var links []posted
	told := false     // of a secret: by its link, which may be no link to press, or by a receipt, which has the metadata link
	editable := false // which a message by a response URL isn't
	for _, m := range append(s.slack.Messages(user, channel), s.slack.Messages(user, dm)...) {
		if m.Channel == channel && m.TS <= last || m.Channel == dm && m.TS <= lastDM {
			continue
		}
		all := m.Links()
		told = told || len(all) > 0 || strings.Contains(m.PlainText(), "/secret/")
		if m.Channel == channel && !m.Ephemeral && len(all) > 0 {
			links = append(links, posted{channel + " " + m.TS, all[0]})
			editable = m.ResponseType == ""
		}
	}
	if told {
		s.told.Add(1)
	}
	for i := 1; i < len(links); i++ {
		if links[i].link == links[0].link {
			s.repeated.Add(1)
		} else {
			s.doubled.Add(1)
		}
	}
	if len(links) == 0 || !isOpened {
		return
	}
	s.opening.Go(func() {
		select {
		case <-time.After(rand.N(s.within)):
		case <-ctx.Done():
			return
		}
		if _, ok := s.ots.Open(links[0].link, ""); !ok {
			return
		}
		s.unkept.Add(1)
		s.openMu.Lock()
		defer s.openMu.Unlock()
		if editable {
			s.opened[links[0].place] = time.Now()
		}
	})
}

func (s *soak) report(out io.Writer, w *watch, left int) error {
	opened := len(s.opened)
	untold := s.ots.Secrets() - left - int(s.told.Load()-s.unkept.Load())
	fmt.Fprintf(out, "%d shared, %d told they are too many, %d told why not, %d lost\n",
		s.told.Load(), s.busy.Load(), s.done.Load()+s.failed.Load()-s.told.Load(), s.lost.Load())
	fmt.Fprintf(out, "second secrets        %d; second messages with the same link, which are allowed, %d\n", s.doubled.Load(), s.repeated.Load())
	fmt.Fprintf(out, "undelivered, unburned %d secrets, as their creators were told\n", left)
	fmt.Fprintf(out, "kept, and nobody knows %d secrets\n", untold)
	missing := w.missing(s.opened)
	fmt.Fprintf(out, "opened                %d, %d of them unnoticed, %d messages changed twice\n", opened, missing, w.changedTwice())
	all := w.delays(s.opened)
	fmt.Fprintf(out, "opened to changed     p50 %s  p95 %s\n", percentile(all, 50), percentile(all, 95))
	if s.lost.Load() > 0 || s.doubled.Load() > 0 || untold != 0 || missing > 0 || w.changedTwice() > 0 {
		return errors.New("something was lost, or done twice")
	}
	return nil
}
