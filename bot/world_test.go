package bot_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/internal/redistest"
	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// world is a workspace with the bot in it and a OneTimeSecret behind it, all
// over in-memory connections, so that it runs in a synctest bubble: time
// stands still while somebody works, and jumps when all wait.
type world struct {
	*testing.T
	slack *slackfake.Workspace
	ots   *otsfake.Server
	logs  *logBuffer
	stop  func() error // SIGTERM, and what Run returned
	ended func() error // waits for Run to end by itself
	bot   *bot.Bot
	cfg   bot.Config

	objects string // part of what Slack may object to, "" for nothing

	registries []*prometheus.Registry // of the processes that run now
	wire       *wire
	redis      *redistest.Server // nil with one replica
}

// wire is the process's network, which a kill cuts.
type wire struct {
	dial func(ctx context.Context, network, addr string) (net.Conn, error)

	mu    sync.Mutex
	cut   bool
	conns []net.Conn
}

func (w *wire) open(ctx context.Context, network, addr string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("network is down")}
	}
	conn, err := w.dial(ctx, network, addr)
	if err == nil {
		w.conns = append(w.conns, conn)
	}
	return conn, err
}

// kill is SIGKILL: nothing that the process would still do reaches anybody.
func (w *world) kill() {
	w.Helper()
	w.wire.mu.Lock()
	w.wire.cut = true
	for _, conn := range w.wire.conns {
		_ = conn.Close()
	}
	w.wire.conns = nil
	w.wire.mu.Unlock()
	_ = w.stop()
	synctest.Wait() // until Slack has noticed
}

const (
	ana, ben, eve = "UANA", "UBEN", "UEVE"

	general = "CGENERAL" // public, the app is a member
	random  = "CRANDOM"  // public, the app is no member
	secrets = "CSECRETS" // private, the app is no member
	between = "DANABEN"  // the DM of ana and ben
)

// inWorld runs f in a bubble with a connected bot.
func inWorld(t *testing.T, f func(w *world), changes ...func(*bot.Config)) {
	t.Helper()
	inWorldOf(t, slackfake.Options{}, otsfake.Options{}, f, changes...)
}

// inWorldOf is inWorld with another Slack or another OneTimeSecret.
func inWorldOf(t *testing.T, so slackfake.Options, oo otsfake.Options, f func(w *world), changes ...func(*bot.Config)) {
	t.Helper()
	defer inTurn()()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, so, oo, changes...)
		if err := w.slack.WaitConnected(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		w.plays(f)
	})
}

// plays runs f, and holds what the app sent against what Slack takes.
func (w *world) plays(f func(w *world)) {
	w.Helper()
	f(w)
	synctest.Wait()
	v := slices.DeleteFunc(w.slack.Violations(), func(v string) bool { return w.objects != "" && strings.Contains(v, w.objects) })
	if len(v) > 0 {
		w.Errorf("Slack objects: %q", v)
	}
	if urls := w.slack.LinkFetches(); len(urls) > 0 {
		w.Errorf("Slack's link expander would fetch: %q", urls)
	}
}

func newWorld(t *testing.T, so slackfake.Options, oo otsfake.Options, changes ...func(*bot.Config)) *world {
	t.Helper()
	so.URL = "http://slack.test"
	w := &world{T: t, slack: slackfake.New(so), ots: otsfake.New(oo), logs: &logBuffer{}}
	for _, name := range []string{ana, ben, eve} {
		w.slack.AddUser(slackfake.User{ID: name, Name: strings.ToLower(name[1:])})
	}
	for _, c := range []slackfake.Channel{
		{ID: general, Name: "general", Members: []string{ana, ben}, AppMember: true},
		{ID: random, Name: "random", Members: []string{ana, ben}},
		{ID: secrets, Name: "secrets", Kind: slackfake.Private, Members: []string{ana, ben}},
		{ID: between, Kind: slackfake.DM, Members: []string{ana, ben}},
	} {
		w.slack.AddChannel(c)
	}
	hosts := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Host == "ots.test" {
			w.ots.ServeHTTP(rw, r)
			return
		}
		w.slack.ServeHTTP(rw, r)
	})
	dial, closeMemory := slackfake.ServeMemory(hosts)
	w.wire = &wire{dial: dial}
	dial = w.wire.open
	client, err := otsclient.New(otsclient.Config{
		Username: oo.Username, APIToken: oo.APIToken,
		BaseURL:   "http://ots.test",
		PublicURL: "https://ots.example.com",
		AllowHTTP: true,
		Transport: &http.Transport{DialContext: dial, IdleConnTimeout: 90 * time.Second}, // as the client has by itself
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg := bot.Config{
		BotToken: w.slack.BotToken(), AppToken: w.slack.AppToken(), APIURL: "http://slack.test/api/",
		OTS: client, Inline: true, TTL: 7 * 24 * time.Hour,
		TTLChoices: []time.Duration{5 * time.Minute, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour},
		Log:        w.logs.logger(), DialContext: dial,
		Policy: bot.Policy{External: bot.ExternalWarn, RecipientsMax: bot.MaxRecipients},
	}
	for _, change := range changes {
		change(&cfg)
	}
	w.cfg = cfg
	w.run()
	t.Cleanup(func() {
		_ = w.stop()
		w.slack.Close()
		closeMemory()
		client.Close()
	})
	return w
}

func (w *world) run() {
	w.Helper()
	registry := prometheus.NewRegistry()
	w.registries = []*prometheus.Registry{registry}
	w.cfg.Metrics = registry
	var b *bot.Bot
	var err error
	withoutForks(func() { b, err = bot.New(w.cfg) })
	if err != nil {
		w.Fatal(err)
	}
	w.bot = b
	ctx, cancel := context.WithCancel(w.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	wait := sync.OnceValue(func() error { defer cancel(); return <-ended })
	w.ended = wait
	w.stop = func() error { cancel(); return wait() }
}

// withoutForks opens a store while no child process is between its fork and its exec:
// until then it holds the lock of a store's file that was closed meanwhile, be it by
// the process before or in the middle of opening, and the second for which the bot
// waits is none in a bubble.
func withoutForks(open func()) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	open()
}

// scrape is what /metrics shows, one replica after the other.
func (w *world) scrape() string {
	w.Helper()
	var text bytes.Buffer
	encoder := expfmt.NewEncoder(&text, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, registry := range w.registries {
		families, err := registry.Gather()
		if err != nil {
			w.Fatal(err)
		}
		for _, family := range families {
			if err := encoder.Encode(family); err != nil {
				w.Fatal(err)
			}
		}
	}
	return text.String()
}

// restart starts as many processes as there were, which know nothing of those that
// ended.
func (w *world) restart() {
	w.Helper()
	w.wire.mu.Lock()
	w.wire.cut = false
	w.wire.mu.Unlock()
	synctest.Wait() // until Slack has noticed that the other one's sockets are gone
	w.run()
	if w.redis != nil {
		w.runAnother()
	}
	if err := w.slack.WaitConnected(w.Context(), 2); err != nil {
		w.Fatal(err)
	}
}

// logBuffer keeps what the bot logs at debug level.
type logBuffer struct {
	mu   sync.Mutex
	data bytes.Buffer
	more chan struct{} // closed at the next line, if somebody waits
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
	return l.data.Write(p)
}

// now is what was logged, and a channel that is closed when there is more.
func (l *logBuffer) now() (text string, more <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more == nil {
		l.more = make(chan struct{})
	}
	return l.data.String(), l.more
}

func (l *logBuffer) Sync() error { return nil }

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.data.String()
}

func (l *logBuffer) logger() *zap.Logger {
	return zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), l, zap.DebugLevel))
}

// What people do. Each returns when all that follows from it is done.

func (w *world) command(user, channel, text string) *slackfake.Interaction {
	w.Helper()
	return w.did(w.slack.Command(w.Context(), user, channel, "/secret", text))
}

func (w *world) press(user string, m slackfake.Message, button string) *slackfake.Interaction {
	w.Helper()
	return w.did(w.slack.Press(w.Context(), user, m, button))
}

func (w *world) submit(user string, values slackfake.Values) *slackfake.Interaction {
	w.Helper()
	return w.did(w.slack.Submit(w.Context(), user, values))
}

// did waits until nothing happens any more, and fails if the person could not
// do it at all.
func (w *world) did(seen *slackfake.Interaction, err error) *slackfake.Interaction {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
	synctest.Wait()
	return seen
}

// settle lets everything that waits for time come to its end.
func (w *world) settle(d time.Duration) {
	time.Sleep(d) // the bubble's time, which passes at once
	synctest.Wait()
}

// What people see.

func (w *world) messages(user, channel string) []slackfake.Message {
	return w.slack.Messages(user, channel)
}

// last is the newest message that a person sees in a conversation.
func (w *world) last(user, channel string) slackfake.Message {
	w.Helper()
	all := w.messages(user, channel)
	if len(all) == 0 {
		w.Fatalf("%s sees nothing in %s", user, channel)
	}
	return all[len(all)-1]
}

func (w *world) receipt(user string) slackfake.Message {
	w.Helper()
	return w.last(user, w.slack.AppDM(user))
}

func (w *world) sees(m slackfake.Message, parts ...string) {
	w.Helper()
	contains(w.T, m.PlainText(), parts...)
}

// replace changes a payload, and fails if there was nothing to change.
func replace(t *testing.T, payload []byte, before, after string) []byte {
	t.Helper()
	if !bytes.Contains(payload, []byte(before)) {
		t.Fatalf("%s is not in the payload", before)
	}
	return bytes.ReplaceAll(payload, []byte(before), []byte(after))
}

var buttonValue = regexp.MustCompile(`"value":"(?:[^"\\]|\\.)*"`)

// replaceValue puts another value into a pressed button; value is JSON inside
// a string already.
func replaceValue(t *testing.T, payload []byte, value string) []byte {
	t.Helper()
	if !buttonValue.Match(payload) {
		t.Fatal("no button value in the payload")
	}
	return buttonValue.ReplaceAllLiteral(payload, []byte(`"value":"`+value+`"`))
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in:\n%s", part, text)
		}
	}
}

func lacks(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("%q is in:\n%s", part, text)
		}
	}
}

// link is the one-time link in a message.
func (w *world) link(m slackfake.Message) string {
	w.Helper()
	for _, l := range m.Links() {
		if strings.Contains(l, "/secret/") {
			return l
		}
	}
	w.Fatalf("no link in:\n%s", m.PlainText())
	return ""
}

// opens is what a person finds behind a link: the secret, once.
func (w *world) opens(link, passphrase string) string {
	w.Helper()
	text, ok := w.ots.Open(link, passphrase)
	if !ok {
		return ""
	}
	return text
}
