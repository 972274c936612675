package bot_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/bot"
	"otsbot/bot/internal/memory"
	"otsbot/bot/internal/seal"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

const (
	canaryWord = "CANARYword"
	canaryWhat = "the staging password"
)

// onBothStored is onBoth with a store whose bytes can be read: a file, or Redis.
// after sees them when the processes have stopped.
func onBothStored(t *testing.T, f func(w *world), after func(w *world, bytes string), changes ...func(*bot.Config)) {
	t.Helper()
	t.Run("one replica", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "otsbot.db")
		inWorldOf(t, withHome, otsfake.Options{}, func(w *world) {
			f(w)
			stored, err := os.ReadFile(path)
			if err != nil {
				w.Fatal(err)
			}
			after(w, string(stored))
		}, append(changes, func(c *bot.Config) { c.StoreURL = "file:" + path })...)
	})
	t.Run("two replicas", func(t *testing.T) {
		inReplicas(t, withHome, func(w *world) {
			f(w)
			after(w, string(w.redis.Bytes(w)))
		}, changes...)
	})
}

// remembered is all that the store holds of some people, unsealed.
func (w *world) remembered(users ...string) (payloads string) {
	w.Helper()
	keys, err := seal.New([]byte(w.cfg.BotToken))
	if err != nil {
		w.Fatal(err)
	}
	var store *memory.Memory
	withoutForks(func() {
		store, err = memory.Open(w.cfg.StoreURL, memory.Config{Sealer: keys, Timeout: 10 * time.Second})
	})
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	for _, user := range users {
		entries, err := store.List(w.Context(), user, 100)
		if err != nil {
			w.Fatal(err)
		}
		for _, e := range entries {
			payloads += string(e.Payload) + "\n"
		}
	}
	return payloads
}

// The text, its link and its keys reach nobody but the asker; what burns it is
// the answerer's alone, who has the link too where it could not be sent.
func TestAnAnswerReachesNobodyButTheAsker(t *testing.T) {
	t.Parallel()
	send := func(w *world, asked slackfake.Message) {
		w.press(ben, asked, "Send it")
		w.submit(ben, slackfake.Values{"Secret": canarySecret, "Passphrase": canaryPhrase})
	}
	refuses := func(w *world) (mend func()) {
		return w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ana, Error: "messages_tab_disabled"})
	}
	for name, c := range map[string]struct {
		play   func(*world)
		unsent bool // the link may stand on the answerer's receipt
		kept   bool // it may not have arrived, so it is remembered, sealed
	}{
		"in private":      {play: func(w *world) { send(w, w.asks(ben, eve)) }},
		"in a channel":    {play: func(w *world) { send(w, w.asksIn(general, nil)) }},
		"in their own DM": {play: func(w *world) { send(w, w.asksIn(between, nil)) }},
		"opened, listed": {play: func(w *world) {
			for _, user := range []string{ana, ben, eve} {
				w.opensHome(user)
			}
			send(w, w.asks(ben, eve))
			w.opens(w.link(w.last(ana, w.slack.AppDM(ana))), canaryPhrase)
			w.settle(time.Minute)
		}},
		"late": {play: func(w *world) {
			asked := w.asks(ben)
			w.ots.Fault(otsfake.Fault{Delay: 5 * time.Second, Times: 1})
			send(w, asked)
			w.settle(time.Minute)
		}},
		"OneTimeSecret is down": {play: func(w *world) {
			asked := w.asks(ben)
			w.ots.Fault(otsfake.Fault{Down: true})
			send(w, asked)
		}},
		"OneTimeSecret answers what it was sent": {play: func(w *world) {
			asked := w.asks(ben)
			w.ots.Fault(otsfake.Fault{Status: 404, Body: `{"message":"no ` + canarySecret + `"}`})
			send(w, asked)
		}},
		"Slack drops every call": {play: func(w *world) {
			w.press(ben, w.asks(ben), "Send it")
			w.slack.Fault(slackfake.Fault{Method: "*", Drop: true})
			w.submit(ben, slackfake.Values{"Secret": canarySecret})
			w.settle(time.Minute)
		}},
		"Slack says nothing of the link": {unsent: true, kept: true, play: func(w *world) {
			asked := w.asks(ben)
			w.openPosts(ana)
			send(w, asked)
		}},
		"withdrawn": {play: func(w *world) {
			asked := w.asks(ben)
			w.press(ben, asked, "Send it")
			w.press(ana, w.card(), "Withdraw")
			w.submit(ben, slackfake.Values{"Secret": canarySecret})
		}},
		"expired": {play: func(w *world) {
			w.command(ana, general, "ask")
			w.submit(ana, slackfake.Values{whatField: canaryWhat, askedPeople: []string{ben}, askedUntil: "5 minutes"})
			w.press(ben, w.last(ben, w.slack.AppDM(ben)), "Send it")
			w.settle(6 * time.Minute)
			w.submit(ben, slackfake.Values{"Secret": canarySecret})
		}},
		"the asker's DMs are off": {unsent: true, play: func(w *world) {
			asked := w.asks(ben)
			w.slack.EditUser(ana, func(u *slackfake.User) { u.DMsOff = true })
			send(w, asked)
			w.press(ben, w.receipt(ben), "Check all")
		}},
		"the asker has left": {play: func(w *world) {
			asked := w.asks(ben)
			w.slack.EditUser(ana, func(u *slackfake.User) { u.Deactivated = true })
			send(w, asked)
		}},
		"Slack refuses an asker who has left": {unsent: true, play: func(w *world) {
			asked := w.asks(ben)
			w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: ana, Error: "user_disabled"})
			send(w, asked)
			w.press(ben, w.receipt(ben), "Burn")
		}},
		"delivered again, everywhere": {play: func(w *world) {
			w.press(ben, w.asks(ben), "Send it")
			form := w.about(ben, slackfake.Values{"Secret": canarySecret})
			for _, number := range append(w.slack.ConnectionNumbers(), w.slack.ConnectionNumbers()...) {
				w.did(w.slack.Send(w.Context(), form, number))
			}
			if n := w.ots.Secrets(); n != 1 {
				w.Errorf("%d secrets", n)
			}
		}},
		"one is second": {play: func(w *world) {
			w.slack.EditChannel(general, func(c *slackfake.Channel) { c.Members = append(c.Members, eve) })
			asked := w.asksIn(general, nil)
			w.press(eve, asked, "Send it")
			send(w, asked)
			w.submit(eve, slackfake.Values{"Secret": canarySecret, "Passphrase": canaryPhrase})
			if n := w.ots.Secrets(); n != 1 {
				w.Errorf("%d secrets", n)
			}
		}},
		"declined with a word": {play: func(w *world) {
			w.press(ben, w.asks(ben, eve), "I don't have it")
			w.submit(ben, slackfake.Values{"Add a note": canaryWord})
		}},
		"declined with a word, too late": {play: func(w *world) {
			w.press(ben, w.asks(ben), "I don't have it")
			w.press(ana, w.card(), "Withdraw")
			w.submit(ben, slackfake.Values{"Add a note": canaryWord})
		}},
		"declined with a word that doesn't arrive": {play: func(w *world) {
			w.press(ben, w.asks(ben), "I don't have it")
			refuses(w)
			w.submit(ben, slackfake.Values{"Add a note": canaryWord})
		}},
		"sent again": {unsent: true, play: func(w *world) {
			asked := w.asks(ben)
			mend := refuses(w)
			send(w, asked)
			mend()
			w.press(ben, w.receipt(ben), "Try again for 1 person")
			w.sees(w.card(), "ben: answered")
		}},
		"not sent again, since it was withdrawn": {unsent: true, play: func(w *world) {
			asked := w.asks(ben)
			mend := refuses(w)
			send(w, asked)
			mend()
			w.press(ana, w.card(), "Withdraw")
			w.press(ben, w.receipt(ben), "Try again for 1 person")
		}},
		"stopped": {play: func(w *world) {
			w.press(ben, w.asks(ben), "Send it")
			w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Delay: time.Hour})
			_ = w.slack.Fill(ben, slackfake.Values{"Secret": canarySecret})
			go func() { _, _ = w.slack.Submit(w.Context(), ben, nil) }()
			synctest.Wait()
			_ = w.stop()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			onBothStored(t, func(w *world) {
				c.play(w)
				synctest.Wait()
				_ = w.stop()
				w.noLeakOfAnAnswer(c.unsent)
			}, func(w *world, stored string) {
				lacks(w.T, stored, "CANARY", "/secret/", canaryWhat, ana, ben)
				known := w.remembered(ana, ben, eve)
				lacks(w.T, known, "CANARY", "/secret/")
				for _, m := range w.messages(ana, w.slack.AppDM(ana)) {
					for _, link := range m.Links() {
						key := link[strings.LastIndex(link, "/")+1:]
						lacks(w.T, stored, key)
						if !c.kept {
							lacks(w.T, known, key)
						}
					}
				}
			}, following)
		})
	}
}

// noLeakOfAnAnswer looks at every byte after ben answered ana.
func (w *world) noLeakOfAnAnswer(unsent bool) {
	w.Helper()
	w.noLeakInLogs()
	for _, e := range w.slack.Journal() {
		if e.Kind == slackfake.EnvelopeSent || e.Kind == slackfake.SocketEvent {
			continue
		}
		body := plainBody(e.Body)
		asker := e.Channel == ana || e.Channel == w.slack.AppDM(ana)
		answerer := e.Channel == ben || e.Channel == w.slack.AppDM(ben) || strings.Contains(body, `"user_id":"`+ben+`"`)
		if strings.Contains(body, "CANARY") && !(asker && strings.Contains(body, canaryWord)) {
			w.Errorf("%s %s holds a marked value", e.Kind, e.Method)
		}
		if strings.Contains(body, "/secret/") && !asker && !(unsent && answerer) {
			w.Errorf("%s in %s holds the link", e.Method, e.Channel)
		}
		if (strings.Contains(body, "/receipt/") || keyInButton.MatchString(body)) && !answerer {
			w.Errorf("%s in %s holds what burns it", e.Method, e.Channel)
		}
	}
	for _, user := range []string{ben, eve} {
		for _, channel := range []string{general, between, w.slack.AppDM(user)} {
			for _, m := range w.messages(user, channel) {
				if !unsent || channel != w.slack.AppDM(ben) {
					lacks(w.T, m.PlainText(), "CANARY", "/secret/")
				}
			}
		}
	}
	logs := w.logs.String()
	for _, e := range w.ots.Journal() {
		for _, part := range strings.Split(e.Path, "/") {
			if len(part) >= 20 {
				lacks(w.T, logs, part)
			}
		}
	}
	lacks(w.T, logs, "staging")
	lacks(w.T, w.scrape(), "CANARY", ana, ben, "/secret/", "staging")
}
