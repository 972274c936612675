package bot_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/internal/memory"
	"otsbot/bot/internal/seal"
	"otsbot/bot/slackfake"
	"otsbot/internal/redistest"
	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// two are two replicas with one Redis, in real time: a real server has no part
// in a bubble.
type two struct {
	*testing.T
	slack *slackfake.Workspace
	ots   *otsfake.Server
	redis *redistest.Server
	cfg   bot.Config
	ends  []func()
}

func newTwo(t *testing.T, changes ...func(*bot.Config)) *two {
	t.Helper()
	w := &two{T: t, slack: slackfake.New(slackfake.Options{}), ots: otsfake.New(otsfake.Options{}), redis: redistest.New(t)}
	web, ots := httptest.NewServer(w.slack), httptest.NewServer(w.ots)
	client, err := otsclient.New(otsclient.Config{BaseURL: ots.URL, PublicURL: "https://ots.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{ana, ben} {
		w.slack.AddUser(slackfake.User{ID: user, Name: user})
	}
	w.slack.AddChannel(slackfake.Channel{ID: general, Name: "general", Members: []string{ana, ben}, AppMember: true})
	w.cfg = bot.Config{BotToken: w.slack.BotToken(), AppToken: w.slack.AppToken(), APIURL: web.URL + "/api/", OTS: client,
		Connections: 1, Inline: true, TTL: time.Hour, StoreURL: w.redis.URL("otsbot"), StoreTimeout: 10 * time.Second, Follow: true, Policy: bot.Policy{External: bot.ExternalWarn}}
	for _, change := range changes {
		change(&w.cfg)
	}
	t.Cleanup(func() {
		for _, end := range w.ends {
			end()
		}
		w.slack.Close()
		web.Close()
		ots.Close()
	})
	for n := range 2 {
		w.start(n + 1)
	}
	return w
}

// start starts a replica and waits until so many sockets are open.
func (w *two) start(sockets int) {
	w.Helper()
	b, err := bot.New(w.cfg)
	if err != nil {
		w.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = b.Run(ctx) }()
	w.ends = append(w.ends, func() { cancel(); <-ended })
	soon, done := context.WithTimeout(context.Background(), 20*time.Second)
	defer done()
	if err := w.slack.WaitConnected(soon, sockets); err != nil {
		w.Fatal(err)
	}
}

// until waits for what follows by itself.
func (w *two) until(what string, is func() bool) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 2*time.Minute)
	defer cancel()
	if w.slack.Wait(ctx, is) != nil {
		w.Fatalf("still not: %s", what)
	}
}

// stop ends the replicas when all that they work on is done.
func (w *two) stop() {
	for _, end := range w.ends {
		end()
	}
	w.ends = nil
}

// lastDM is the newest direct message of the app; "" if there is none.
func (w *two) lastDM(user string) string {
	all := w.slack.Messages(user, w.slack.AppDM(user))
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1].PlainText()
}

func (w *two) command() slackfake.Envelope {
	w.Helper()
	e, err := w.slack.PrepareCommand(ana, general, "/secret", "hunter2")
	if err != nil {
		w.Fatal(err)
	}
	return e
}

func (w *two) sent(e slackfake.Envelope, numbers ...int) {
	w.Helper()
	if seen, err := w.slack.Send(w.Context(), e, numbers...); err != nil || !seen.Acked {
		w.Fatalf("%+v, %v", seen, err)
	}
}

func TestOverReplicasOneEnvelopeMakesOneSecret(t *testing.T) {
	t.Parallel()
	newTwo(t).makesOne()
}

// What can't be followed any more is still made once.
func TestOverReplicasWithAFullStoreOneEnvelopeMakesOneSecret(t *testing.T) {
	t.Parallel()
	w := newTwo(t)
	client := w.redis.Client()
	defer client.Close()
	if err := client.HSet(t.Context(), "{otsbot}:counters", "entries", 1_000_000).Err(); err != nil {
		t.Fatal(err)
	}
	w.makesOne()
}

// makesOne brings a command to both replicas.
func (w *two) makesOne() {
	w.Helper()
	e := w.command()
	for _, number := range w.slack.ConnectionNumbers() { // the ack of the first was lost, say
		w.sent(e, number)
	}
	w.stop()
	if n := w.ots.Secrets(); n != 1 {
		w.Errorf("%d secrets of one command", n)
	}
	if n := len(w.slack.Calls("chat.postMessage")); n != 2 {
		w.Errorf("%d messages, want the link and the receipt", n)
	}
}

// A replica that died while it worked loses its lease, and the work is done.
func TestWhatAReplicaDiedAtIsDoneByAnother(t *testing.T) {
	t.Parallel()
	w := newTwo(t)
	keys, err := seal.New([]byte(w.cfg.BotToken))
	if err != nil {
		t.Fatal(err)
	}
	dead, err := memory.Open(w.cfg.StoreURL, memory.Config{Sealer: keys, Timeout: w.cfg.StoreTimeout})
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	e := w.command()
	if c, err := dead.Claim(t.Context(), 2*time.Second, "envelope "+e.ID); err != nil || !c.Won {
		t.Fatal(c, err)
	}
	w.sent(e)
	w.until("done by another", func() bool { return strings.Contains(w.lastDM(ana), "Not opened yet") })
	if n := w.ots.Secrets(); n != 1 {
		t.Errorf("%d secrets", n)
	}
}

// A store that is away holds up nobody: each process knows what it took itself.
func TestWithoutItsStoreEverythingGoesOn(t *testing.T) {
	t.Parallel()
	w := newTwo(t)
	w.redis.Kill()
	w.sent(w.command())
	w.until("a receipt", func() bool { return strings.Contains(w.lastDM(ana), "Not opened yet") })
	receipts := w.slack.Messages(ana, w.slack.AppDM(ana))
	if _, err := w.slack.Press(t.Context(), ana, receipts[0], "Burn"); err != nil {
		t.Fatal(err)
	}
	w.until("burned", func() bool { return strings.Contains(w.lastDM(ana), "You burned it") })
	w.sent(w.command())
	w.until("another receipt", func() bool { return len(w.slack.Messages(ana, w.slack.AppDM(ana))) == 2 })
	opened := w.slack.Messages(ben, general)
	w.redis.Start(t)
	w.ots.Open(opened[len(opened)-1].Links()[0], "")
	w.until("followed, since the store is back", func() bool { return strings.Contains(w.lastDM(ana), "Opened") })
}

// Two replicas with one store share the work, and each does its part once.
func TestOverReplicasEachFindingIsWrittenOnce(t *testing.T) {
	t.Parallel()
	w := newTwo(t)
	for range 8 {
		w.sent(w.command())
	}
	w.until("receipts", func() bool { return len(w.slack.Messages(ana, w.slack.AppDM(ana))) == 8 })
	for _, m := range w.slack.Messages(ben, general) {
		w.ots.Open(m.Links()[0], "")
	}
	w.until("all followed", func() bool {
		for _, m := range w.slack.Messages(ana, w.slack.AppDM(ana)) {
			if !strings.Contains(m.PlainText(), "Opened") {
				return false
			}
		}
		return true
	})
	w.stop()
	if n := len(w.slack.Calls("chat.update")); n != 16 {
		t.Errorf("%d changes for eight receipts and eight messages", n)
	}
}

func TestTheHourlyLimitIsThatOfAllReplicasTogether(t *testing.T) {
	t.Parallel()
	w := newTwo(t, func(c *bot.Config) { c.Policy.SecretsPerHour = 3 })
	for _, number := range w.slack.ConnectionNumbers() {
		for range 2 {
			w.sent(w.command(), number)
		}
	}
	w.stop()
	if n := w.ots.Secrets(); n != 3 {
		t.Errorf("%d secrets, and three an hour are allowed", n)
	}
}

// However long somebody works under a lock, nobody else gets it meanwhile.
func TestALockIsKeptAsLongAsItsHolderWorks(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		release, ok := w.bot.Hold(w.Context(), "receipt", time.Second)
		if !ok {
			w.Fatal("nobody has it")
		}
		for range 5 {
			<-time.After(bot.LockLease)
			if _, ok := w.bot.Hold(w.Context(), "receipt", time.Second); ok {
				w.Fatal("two have it")
			}
		}
		release()
		release, ok = w.bot.Hold(w.Context(), "receipt", time.Second)
		if !ok {
			w.Fatal("it was given back")
		}
		release()
	})
}
