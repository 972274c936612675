package slackfake

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options set up a workspace. The zero value is a workspace that is strict
// everywhere, with the scopes and times that a real one has.
type Options struct {
	// URL is the base of the URLs in payloads (response URLs, the socket's).
	// Empty: taken from the request that opens a connection.
	URL string
	// BotToken and AppToken are what the app must show. Empty: made up.
	BotToken, AppToken string
	// Scopes of the bot token. Nil: commands, chat:write, chat:write.public.
	Scopes []string
	// HomeTab: the app's manifest turns its Home tab on (home_tab_enabled).
	// Events are those that it subscribes to, of which the fake knows
	// app_home_opened. They take no scope.
	HomeTab bool
	Events  []string
	// Enterprise makes the workspace one of an Enterprise Grid organisation.
	Enterprise bool
	// Clock tells the workspace's time: message timestamps, the age of triggers
	// and response URLs. Deadlines and pings run on real timers. Nil: time.Now.
	Clock func() time.Time

	// AckTimeout is how long the app has to acknowledge. Zero: Slack's 3 s,
	// https://docs.slack.dev/interactivity/handling-user-interaction
	AckTimeout time.Duration
	// RedeliverAfter is how long after a delivery the envelope is sent again
	// when there was no ack. Zero: AckTimeout.
	RedeliverAfter time.Duration
	// Deliveries is how often one envelope is sent at most. Zero: 4, a first
	// and the three retries that Slack documents for events.
	Deliveries int
	// PingInterval is the time between WebSocket pings. Zero: 10 s. Clients
	// take 30 s without one for a dead peer.
	PingInterval time.Duration
	// ConnectionLife is when a connection is refreshed: a warning, then ten
	// seconds later the end. Zero: 18,060 s, as in Slack's own sample.
	ConnectionLife time.Duration
	// TriggerLife is how long a trigger_id can open a view. Zero: Slack's 3 s.
	TriggerLife time.Duration
	// ForgetsUntouched empties, when a view is updated, the fields that the
	// person didn't touch: Slack documents that it keeps what was typed, and
	// not what it does with what a view came with.
	ForgetsUntouched bool
	// JournalLimit is how many entries the journal keeps, oldest dropped first.
	// Zero: 50,000. Negative: none are kept.
	JournalLimit int
	// MessageLimit is how many messages a conversation keeps, oldest dropped
	// first. Zero: 10,000.
	MessageLimit int
}

// The ids of the app in every workspace.
const (
	TeamID    = "T0FAKE001"
	AppID     = "A0FAKE001"
	BotID     = "B0FAKE001"
	BotUserID = "U0FAKEBOT"
	// EnterpriseID is the organisation's, where there is one.
	EnterpriseID = "E0FAKE001"
	// SlackbotID is who tells people that a command failed.
	SlackbotID = "USLACKBOT"
)

const teamDomain = "offline"

// Workspace is the offline Slack. All its methods may be called at any time
// from any goroutine.
type Workspace struct {
	opt Options

	mu      sync.Mutex
	changed chan struct{} // closed and replaced on every change
	closed  bool
	done    chan struct{}  // closed by Close
	wg      sync.WaitGroup // goroutines of connections and handlers

	base string // scheme and host that the app reaches us by
	seq  int    // makes ids unique
	lts  int64  // last message timestamp, in microseconds

	users    map[string]*User
	channels map[string]*Channel
	order    []string // channel ids in the order they were added
	messages map[string][]*message

	triggers     map[string]*trigger
	responseURLs map[string]*responseURL
	views        map[string][]*view // stack of each user, root first
	homes        map[string]*view

	tokens    map[string]tokenKind
	tickets   map[string]bool // not used yet
	conns     []*conn
	connSeq   int
	nextConn  int
	envelopes map[string]*envelope
	sent      []*envelope // oldest first
	unacked   map[*envelope]bool
	pending   []*envelope // waiting for a connection
	held      []*envelope // events that are kept back

	faults         []*Fault
	pingsStopped   bool
	deliverTwice   bool
	eventsHeld     bool
	triggersExpire bool
	journal        []Entry
	calls          int
	linkFetches    []string
	violations     []string
}

// New makes a workspace that is empty but for the app.
func New(opt Options) *Workspace {
	setDefault(&opt.BotToken, "xoxb-1-offline-bot")
	setDefault(&opt.AppToken, "xapp-1-A0FAKE001-1-offline")
	setDefault(&opt.AckTimeout, 3*time.Second)
	setDefault(&opt.RedeliverAfter, opt.AckTimeout)
	setDefault(&opt.Deliveries, 4)
	setDefault(&opt.PingInterval, 10*time.Second)
	setDefault(&opt.ConnectionLife, 18060*time.Second)
	setDefault(&opt.TriggerLife, 3*time.Second)
	setDefault(&opt.JournalLimit, 50_000)
	setDefault(&opt.MessageLimit, 10_000)
	if opt.Scopes == nil {
		opt.Scopes = []string{"commands", "chat:write", "chat:write.public"}
	}
	if opt.Clock == nil {
		opt.Clock = time.Now
	}
	return &Workspace{
		opt:          opt,
		base:         strings.TrimSuffix(opt.URL, "/"),
		changed:      make(chan struct{}),
		done:         make(chan struct{}),
		users:        map[string]*User{},
		channels:     map[string]*Channel{},
		messages:     map[string][]*message{},
		triggers:     map[string]*trigger{},
		responseURLs: map[string]*responseURL{},
		views:        map[string][]*view{},
		homes:        map[string]*view{},
		tokens:       map[string]tokenKind{opt.BotToken: botToken, opt.AppToken: appToken},
		tickets:      map[string]bool{},
		envelopes:    map[string]*envelope{},
		unacked:      map[*envelope]bool{},
	}
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// BotToken is the xoxb token that the Web API accepts to begin with.
func (w *Workspace) BotToken() string { return w.opt.BotToken }

// AppToken is the xapp token that opens connections to begin with.
func (w *Workspace) AppToken() string { return w.opt.AppToken }

// ServeHTTP is Slack as the app sees it: /api/METHOD, the socket at /link/, and
// the response URLs.
func (w *Workspace) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/"):
		w.serveAPI(rw, r, strings.TrimPrefix(r.URL.Path, "/api/"))
	case strings.HasPrefix(r.URL.Path, "/link/"):
		w.serveSocket(rw, r)
	case hasAnyPrefix(r.URL.Path, "/commands/", "/actions/", "/views/"):
		w.serveResponseURL(rw, r)
	default:
		http.NotFound(rw, r)
	}
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// Close ends all connections and waits until they are gone. Nothing is
// delivered afterwards.
func (w *Workspace) Close() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.done)
	}
	for _, e := range w.envelopes {
		e.stop()
	}
	for _, c := range w.conns {
		c.kill()
	}
	w.broadcast()
	w.mu.Unlock()
	w.wg.Wait()
}

// Wait returns when cond is true. It is evaluated now and after every change of
// the workspace: a message, a view, an ack, a connection, a journal entry.
func (w *Workspace) Wait(ctx context.Context, cond func() bool) error {
	for {
		w.mu.Lock()
		changed := w.changed
		w.mu.Unlock()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Changed returns a channel that is closed at the next change of the
// workspace, for who follows along: take it, look, and then wait for it.
func (w *Workspace) Changed() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changed
}

// broadcast wakes whoever waits. Called with the lock held.
func (w *Workspace) broadcast() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// newID makes an id such as C00000A1. Called with the lock held.
func (w *Workspace) newID(prefix string) string {
	w.seq++
	if w.seq%10_000 == 0 {
		w.prune()
	}
	return fmt.Sprintf("%s0%07X", prefix, w.seq)
}

// prune forgets triggers and response URLs that are long dead, so that a long
// run stays small.
func (w *Workspace) prune() {
	dead := w.opt.Clock().Add(-2 * responseURLLife)
	maps.DeleteFunc(w.triggers, func(_ string, t *trigger) bool { return t.made.Before(dead) })
	maps.DeleteFunc(w.responseURLs, func(_ string, r *responseURL) bool { return r.made.Before(dead) })
}

// newTS makes a message timestamp, which is also the message's id in its
// channel: later than any before. Called with the lock held.
func (w *Workspace) newTS() string {
	us := w.opt.Clock().UnixMicro()
	if us <= w.lts {
		us = w.lts + 1
	}
	w.lts = us
	return fmt.Sprintf("%d.%06d", us/1e6, us%1e6)
}

// random makes the unguessable part of tickets, triggers and response URLs.
func random() string {
	var b [12]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func uuid() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
