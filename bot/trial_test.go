package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// checksWith starts a live check beside the bot that runs, and waits until ana
// is asked. What it saw comes when it has ended.
func (w *world) checksWith(user string) (seen <-chan []bot.Finding) {
	w.Helper()
	cfg := w.cfg
	cfg.Metrics, cfg.Connections = prometheus.NewRegistry(), 1
	if strings.HasPrefix(cfg.StoreURL, "file:") {
		cfg.StoreURL = "" // as "otsbot check" has it
	}
	checker, err := bot.New(cfg)
	if err != nil {
		w.Fatal(err)
	}
	found := make(chan []bot.Finding, 1)
	go func() { found <- checker.CheckWith(w.Context(), user) }()
	if err := w.slack.WaitConnected(w.Context(), 3); err != nil {
		w.Fatal(err)
	}
	w.settle(0)
	contains(w.T, w.receipt(user).PlainText(), "[Start]")
	return found
}

// numbers are the connections of the bot that runs, and of the check.
func (w *world) numbers() (running, check int) {
	all := w.slack.ConnectionNumbers()
	return all[0], all[len(all)-1]
}

func reported(findings []bot.Finding) string {
	var lines []string
	for _, f := range findings {
		lines = append(lines, f.String())
	}
	return strings.Join(lines, "\n")
}

// Slack brings a press to any process of the app: each of them can do what the
// other has begun, and what was seen stands where it was pressed.
func TestALiveCheckIsDoneByWhicheverProcessGetsThePresses(t *testing.T) {
	t.Parallel()
	watched(t, func(w *world) {
		seen := w.checksWith(ana)
		running, check := w.numbers()
		asked := w.receipt(ana)
		start, err := w.slack.PreparePress(ana, asked, "Start")
		if err != nil {
			t.Fatal(err)
		}
		w.did(w.slack.Send(w.Context(), start, check))
		w.did(w.slack.Send(w.Context(), w.filled(slackfake.Values{}), running))
		dm := w.messages(ana, w.slack.AppDM(ana))
		w.sees(dm[0], "The results", "ok       OneTimeSecret burned the text", "ok       a message can be changed", "ok       what is typed in a form arrives as it was typed")
		lacks(t, dm[0].PlainText(), "PROBLEM", "[Start]")
		contains(t, reported(<-seen), "PROBLEM  nobody pressed Start and then sent the form in time, or another otsbot that runs got it")
	})
}

// The check has an empty memory: what others do beside it is for the bot that
// runs, which gets it when Slack delivers it again.
func TestALiveCheckLeavesWhatOthersDoToTheBotThatRuns(t *testing.T) {
	t.Parallel()
	inHome(t, func(w *world) {
		w.command(ben, general, "hunter2")
		seen := w.checksWith(ana)
		_, check := w.numbers()
		for name, prepare := range map[string]func() (slackfake.Envelope, error){
			"a command":    func() (slackfake.Envelope, error) { return w.slack.PrepareCommand(ben, general, "/secret", "hunter3") },
			"the Home tab": func() (slackfake.Envelope, error) { return w.slack.PrepareOpenApp(ben, slackfake.HomeTab) },
		} {
			envelope, err := prepare()
			if err != nil {
				t.Fatal(err)
			}
			if left := w.did(w.slack.Send(w.Context(), envelope, check)); left.Acked {
				t.Errorf("%s: the check acks it", name)
			}
			w.settle(20 * time.Second)
		}
		contains(t, w.home(ben), "2 active secrets")
		<-seen
	})
}

// What somebody has out is known to the bot that runs and, where they share a
// store, to the check.
func TestALiveCheckLeavesAHomeTabThatItDoesntKnow(t *testing.T) {
	t.Parallel()
	const wasSet, wasLeft = "ok       a Home tab can be set", "ok       a Home tab wasn't set"
	checks := func(says, lacking string) func(*world) {
		return func(w *world) {
			w.command(ana, general, "hunter2")
			w.opensHome(ana)
			seen := w.checksWith(ana)
			_, check := w.numbers()
			w.did(w.slack.Send(w.Context(), w.pressing(ana, w.receipt(ana), "Start"), check))
			w.did(w.slack.Send(w.Context(), w.filled(slackfake.Values{}), check))
			said := reported(<-seen)
			contains(w.T, said, says)
			lacks(w.T, said, lacking)
			w.settle(time.Minute)
			contains(w.T, w.home(ana), "1 active secret")
		}
	}
	file := "file:" + t.TempDir() + "/otsbot.db"
	t.Run("a file", func(t *testing.T) {
		inWorldOf(t, withHome, otsfake.Options{}, checks(wasLeft, wasSet), following, func(c *bot.Config) { c.StoreURL = file })
	})
	t.Run("none", func(t *testing.T) { inWorldOf(t, withHome, otsfake.Options{}, checks(wasLeft, wasSet), following) })
	t.Run("a Redis", func(t *testing.T) { inReplicas(t, withHome, checks(wasSet, wasLeft), following) })
}

func TestALiveCheckSaysWhatItDoesntSee(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		slack slackfake.Fault
		ots   otsfake.Fault
		says  string
	}{
		"no form":             {slack: slackfake.Fault{Method: "views.open", Error: "expired_trigger_id"}, says: "a button's trigger opens a form: no, Slack says expired_trigger_id"},
		"no message":          {slack: slackfake.Fault{Method: "chat.postMessage", Error: "restricted_action"}, says: "a message reaches somebody by their id: no, Slack says restricted_action"},
		"no secret":           {ots: otsfake.Fault{Path: "/api/v1/share", Status: 500}, says: "OneTimeSecret didn't store a text"},
		"a secret that stays": {ots: otsfake.Fault{Status: 500, Path: "/api/v1/private/*/burn"}, says: "OneTimeSecret didn't burn the text"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				seen := w.checksWith(ana)
				_, check := w.numbers()
				start, err := w.slack.PreparePress(ana, w.receipt(ana), "Start")
				if err != nil {
					t.Fatal(err)
				}
				if c.slack.Method != "" {
					w.slack.Fault(c.slack)
				} else {
					w.ots.Fault(c.ots)
				}
				w.did(w.slack.Send(w.Context(), start, check))
				if w.slack.View(ana) != nil {
					w.did(w.slack.Send(w.Context(), w.filled(slackfake.Values{}), check))
				}
				said := reported(<-seen)
				contains(t, said, "PROBLEM  "+c.says)
				contains(t, w.messages(ana, w.slack.AppDM(ana))[0].PlainText(), said)
			})
		})
	}
}

// Who isn't asked, or too late, does nothing by it.
func TestALiveCheckIsOfOnePersonAndShort(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		seen := w.checksWith(ana)
		asked := w.receipt(ana)
		start, err := w.slack.PreparePress(ana, asked, "Start")
		if err != nil {
			t.Fatal(err)
		}
		foreign := start
		foreign.Payload = replace(t, start.Payload, `"id":"`+ana+`"`, `"id":"`+eve+`"`)
		w.did(w.slack.Send(w.Context(), foreign))
		if w.slack.View(ana) != nil || w.slack.View(eve) != nil {
			t.Error("another's press opened a form")
		}
		w.press(ana, asked, "Start")
		contains(t, reported(<-seen), "nobody pressed Start and then sent the form in time")
		w.settle(time.Second)
		if at := w.submit(ana, slackfake.Values{}); !strings.Contains(at.Errors["live_check"], "too late for this check") {
			t.Errorf("a late form: %+v", at)
		}
		w.press(ana, asked, "Start")
		w.sees(w.receipt(ana), "too late for this check")
		if n := w.ots.Secrets(); n > 0 {
			t.Errorf("%d secrets were made", n)
		}
	})
}

// What others have out, in the store that the check shares with the bot that
// runs, is not the check's to follow.
func TestALiveCheckFollowsNothing(t *testing.T) {
	t.Parallel()
	inReplicas(t, slackfake.Options{}, func(w *world) {
		w.command(ana, general, "hunter2")
		link := w.link(w.last(ben, general))
		w.cfg.Follow = true // of the check: those that run don't
		seen := w.checksWith(ben)
		w.opens(link, "")
		<-seen
		lacks(t, w.logs.String(), `"event":"found"`)
		w.sees(w.receipt(ana), "Not opened yet")
	})
}
