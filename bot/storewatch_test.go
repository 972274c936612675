package bot_test

import (
	"context"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/internal/redistest"
	"otsbot/otsclient"
)

func TestWhatAStoreIsAndHowItFollowsIsMeasured(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.opens(w.link(w.last(ben, general)), "")
		w.settle(time.Minute)
		contains(t, w.scrape(), "otsbot_store_up 1", "otsbot_store_entries 1", "otsbot_store_marks 1", "otsbot_store_used_ratio ", "otsbot_store_unreadable_total 0",
			"otsbot_store_waiting_receipts 0", `otsbot_follow_found_total{state="opened"} 1`, "otsbot_follow_lag_seconds_count 1")
	}, following)
}

func TestAStoreThatGoesAndComesBackIsSaidOnceAndTakesWhatWaited(t *testing.T) {
	t.Parallel()
	logs, metrics := &logBuffer{}, prometheus.NewRegistry()
	w := newTwo(t, func(c *bot.Config) { c.Log = logs.logger() })
	w.redis.Kill()
	const down = `"msg":"the store is down: sharing, Check and Burn go on, following waits"`
	w.said(logs, down, 2)
	for range 2 {
		w.sent(w.command())
	}
	w.cfg.Metrics = metrics
	w.start(3)
	w.said(logs, down, 3)
	served, err := testutil.GatherAndCount(metrics, "otsbot_store_up", "otsbot_store_waiting_receipts", "otsbot_store_used_ratio")
	if err != nil || served != 3 {
		t.Errorf("%d metrics, %v", served, err)
	}
	if err := testutil.GatherAndCompare(metrics, strings.NewReader("# HELP otsbot_store_up Whether the store of what is out can be used.\n# TYPE otsbot_store_up gauge\notsbot_store_up 0\n"), "otsbot_store_up"); err != nil {
		t.Error(err)
	}
	w.redis.Start(t)
	w.said(logs, `"msg":"the store is back"`, 3)
	w.until("two receipts", func() bool { return len(w.slack.Messages(ana, w.slack.AppDM(ana))) == 2 })
	for _, m := range w.slack.Messages(ben, general) {
		w.opens(m)
	}
	w.until("followed", func() bool {
		all := w.slack.Messages(ana, w.slack.AppDM(ana))
		return strings.Contains(all[0].PlainText(), "Opened") && strings.Contains(all[1].PlainText(), "Opened")
	})
	w.stop()
	if n := strings.Count(logs.String(), `"event":"found"`); n != 2 {
		t.Errorf("found %d times", n)
	}
	if n := strings.Count(logs.String(), down); n != 3 {
		t.Errorf("three replicas said it %d times", n)
	}
}

func TestAStoreThatIsFullIsSaidOnce(t *testing.T) {
	t.Parallel()
	logs := &logBuffer{}
	w := newTwo(t, func(c *bot.Config) { c.Log = logs.logger() })
	const full = `"msg":"the store is full: `
	client := w.redis.Client()
	defer client.Close()
	if err := client.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	w.sent(w.command())
	w.until("a receipt", func() bool { return strings.Contains(w.lastDM(ana), "Not opened yet") })
	w.said(logs, full, 1)
	if err := client.ConfigSet(t.Context(), "maxmemory", "0").Err(); err != nil {
		t.Fatal(err)
	}
	w.said(logs, `"msg":"the store is back"`, 1)
	w.stop()
	if n := strings.Count(logs.String(), full); n != 1 {
		t.Errorf("said %d times", n)
	}
}

// One second for each answer is a pause of the whole server, too.
func TestAStoreThatIsSlowKeepsPeopleWaitingOnceAndShortly(t *testing.T) {
	t.Parallel()
	w := newTwo(t, func(c *bot.Config) { c.StoreTimeout = 0 })
	w.redis.Signal(t, syscall.SIGSTOP)
	for i := range 5 {
		e := w.command()
		seen, err := w.slack.Send(w.Context(), e)
		if err != nil || !seen.Acked || seen.AckAfter > 3*time.Second { // Slack's limit: 100 ms, and the busiest machine
			t.Errorf("command %d: %+v, %v", i, seen, err)
		}
	}
	w.until("five receipts", func() bool { return len(w.slack.Messages(ana, w.slack.AppDM(ana))) == 5 })
	w.redis.Signal(t, syscall.SIGCONT)
	w.stop()
}

func TestCheckSaysWhichStoreItIs(t *testing.T) {
	t.Parallel()
	redis := redistest.New(t)
	client, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	file := "file:" + filepath.Join(t.TempDir(), "otsbot.db")
	for url, want := range map[string]string{
		"":                     "in memory",
		file:                   "a file that can be read and written",
		redis.URL("check"):     "a Redis that answers; it holds",
		"unix:///nowhere/sock": "nothing listens where Redis should be",
	} {
		b, err := bot.New(bot.Config{BotToken: "xoxb-1", AppToken: "xapp-1", OTS: client, StoreURL: url, StoreTimeout: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		found := b.CheckStore(context.Background())
		b.Close()
		if len(found) != 1 || !strings.Contains(found[0].Text, want) || found[0].OK == strings.Contains(url, "nowhere") {
			t.Errorf("%+v, want %q", found, want)
		}
	}
}

// said waits until it was logged so often.
func (w *two) said(logs *logBuffer, what string, times int) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 40*time.Second)
	defer cancel()
	for {
		text, more := logs.now()
		if strings.Count(text, what) >= times {
			return
		}
		select {
		case <-more:
		case <-ctx.Done():
			w.Fatalf("%q isn't said:\n%s", what, text)
		}
	}
}

func (w *two) opens(m slackfake.Message) {
	w.Helper()
	for _, link := range m.Links() {
		if _, ok := w.ots.Open(link[strings.LastIndex(link, "/")+1:], ""); !ok {
			w.Fatal("the link opens nothing")
		}
	}
}
