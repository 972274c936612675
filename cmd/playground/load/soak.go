package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
	"unicode"

	"otsbot/bot/slackfake"
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
	// soakKeeps is more messages than a conversation gets, so that all can be read in
	// the end.
	soakKeeps = 10 * perChannel
)

// Soak has people share secrets, some of which are opened, while Slack,
// OneTimeSecret and the store fail in turn. It fails if anybody was told
// nothing, if a command made two secrets or two messages, or if a secret was
// opened and its message still offers the link, or says so twice.
func Soak(ctx context.Context, o SoakOptions, out io.Writer) error {
	total := max(1, int(o.For.Seconds()*float64(o.PerSecond)))
	stage, err := newStage((total+perChannel-1)/perChannel, soakKeeps, 0)
	if err != nil {
		return err
	}
	defer stage.close()
	w := newWatch()
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

	s := soak{stage: stage, within: min(o.For, time.Minute), gone: map[string]bool{}, opened: map[string]time.Time{}}
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

	within  time.Duration // of its being shared, a secret is opened, if at all
	opening sync.WaitGroup
	openMu  sync.Mutex
	gone    map[string]bool      // the keys of opened secrets
	opened  map[string]time.Time // of these, what message can be changed, by channel and ts
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

// share types a command, and may have the link opened that it made.
func (s *soak) share(ctx context.Context, user string, isOpened bool) {
	last, _ := s.slack.Newest(user, channelOf(user))
	s.one(ctx, user, &s.result)
	if !isOpened {
		return
	}
	for _, m := range s.slack.Messages(user, channelOf(user)) {
		if links := m.Links(); m.TS > last && !m.Ephemeral && len(links) > 0 {
			s.opening.Go(func() { s.open(ctx, m, links[0]) })
			return
		}
	}
}

// open has a link opened, after a while.
func (s *soak) open(ctx context.Context, m slackfake.Message, link string) {
	select {
	case <-time.After(rand.N(s.within)):
	case <-ctx.Done():
		return
	}
	s.openMu.Lock()
	defer s.openMu.Unlock()
	if _, ok := s.ots.Open(link, ""); !ok {
		return
	}
	s.gone[link[strings.LastIndex(link, "/")+1:]] = true
	if m.ResponseType == "" { // by a response URL, which can't be changed
		s.opened[m.Channel+" "+m.TS] = time.Now()
	}
}

// found is what there is when all is over.
type found struct {
	shared   int // commands whose person knows of a secret
	doubled  int // second secrets of one command
	repeated int // second messages with one link: the answer to the first was lost
	unknown  int // secrets that can be opened, and that nobody knows of
}

// look reads all messages, and holds what was made against them.
func (s *soak) look(w *watch) (f found) {
	var all strings.Builder
	for _, user := range s.people {
		links := map[string]bool{}
		for _, m := range s.slack.Messages(user, channelOf(user)) {
			for _, link := range m.Links() {
				if links[link] {
					f.repeated++
				}
				links[link] = true
			}
			all.WriteString(m.PlainText() + "\n")
		}
		for _, m := range s.slack.Messages(user, s.slack.AppDM(user)) {
			all.WriteString(m.PlainText() + "\n") // a receipt has the metadata link
		}
	}
	said := map[string]bool{}
	for _, word := range strings.FieldsFunc(all.String(), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		said[word] = true
	}
	f.unknown = s.ots.Secrets() // also of those that came by another way
	for _, secrets := range w.made {
		f.doubled += len(secrets) - 1
		known := false
		for _, k := range secrets {
			if s.gone[k.Secret] || said[k.Secret] || said[k.Metadata] {
				known = true
				if s.ots.Look(k.Secret) {
					f.unknown--
				}
			}
		}
		if known {
			f.shared++
		}
	}
	return f
}

// report takes each secret that could not be delivered nor burned for one of those
// without a link: its creator was told. One whose link arrived all the same would
// hide another.
func (s *soak) report(out io.Writer, w *watch, left int) error {
	f, missing := s.look(w), w.missing(s.opened)
	fmt.Fprintf(out, "%d shared, %d told they are too many, %d told why not, %d lost\n",
		f.shared, s.busy.Load(), s.done.Load()+s.failed.Load()-int64(f.shared), s.lost.Load())
	fmt.Fprintf(out, "second secrets        %d; second messages with the same link, which are allowed, %d\n", f.doubled, f.repeated)
	fmt.Fprintf(out, "kept, without a link   %d secrets, and of %d people were told so\n", f.unknown, left)
	fmt.Fprintf(out, "opened                %d, %d of them unnoticed, %d messages changed twice\n", len(s.opened), missing, w.changedTwice())
	all := w.delays(s.opened)
	fmt.Fprintf(out, "opened to changed     p50 %s  p95 %s\n", percentile(all, 50), percentile(all, 95))
	if s.lost.Load() > 0 || f.doubled > 0 || f.unknown > left || missing > 0 || w.changedTwice() > 0 {
		return errors.New("something was lost, or done twice")
	}
	return nil
}
