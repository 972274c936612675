package bot_test

import (
	"net/http"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// fiveMinutes is short, since every ping of the days in between costs time.
func fiveMinutes(c *bot.Config) { c.TTL = 5 * time.Minute }

func TestCheckTellsTheState(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.press(ana, w.receipt(ana), "Check")
		w.sees(w.receipt(ana), "Not opened yet")

		w.opens(w.link(w.last(ben, general)), "")
		w.press(ana, w.receipt(ana), "Check")
		w.sees(w.receipt(ana), "Opened", "change the credential")
		if buttons := w.receipt(ana).Buttons(); len(buttons) != 0 {
			t.Errorf("buttons %q are left on a secret that is gone", buttons)
		}
		if n := len(w.messages(ana, w.slack.AppDM(ana))); n != 1 {
			t.Errorf("%d messages in the DM, want the one receipt, rewritten", n)
		}
	})
}

func TestCheckTellsThatItExpired(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.settle(6 * time.Minute)
		w.press(ana, w.receipt(ana), "Check")
		w.sees(w.receipt(ana), "Expired")
	}, fiveMinutes)
}

func TestBurnIsConfirmedAndChangesBothMessages(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		link := w.link(w.last(ben, general))
		seen := w.press(ana, w.receipt(ana), "Burn")
		if seen.Confirm == nil || !seen.Confirm.Danger {
			t.Error("Burn asked for no confirmation")
		}
		w.sees(w.receipt(ana), "You burned it", "before anyone opened it")
		w.sees(w.last(ben, general), "burned this secret", "no longer works")
		if len(w.last(ben, general).Links()) != 0 {
			t.Error("the dead link is still posted")
		}
		if got := w.opens(link, ""); got != "" {
			t.Errorf("it can still be opened: %q", got)
		}
	})
}

func TestBurnSaysWhatItFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		before func(w *world, receipt slackfake.Message)
		says   string
	}{
		{"opened first", func(w *world, _ slackfake.Message) { w.opens(w.link(w.last(ben, general)), "") }, "It was too late to burn it. Opened"},
		{"burned already", func(w *world, r slackfake.Message) {
			w.press(ana, r, "Burn")
			_ = w.stop()
			w.restart() // which remembers nothing
		}, "Already burned"},
		{"burned already, and a limit at first", func(w *world, r slackfake.Message) {
			w.press(ana, r, "Burn")
			_ = w.stop()
			w.restart()
			w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*/burn", Status: 429, Header: http.Header{"Retry-After": {"1"}}, Times: 1})
		}, "Already burned"},
		{"expired", func(w *world, _ slackfake.Message) { w.settle(6 * time.Minute) }, "It was too late to burn it. Expired"},
		{"forgotten by the server", func(w *world, _ slackfake.Message) { w.settle(11 * time.Minute) }, "It was too late to burn it. Gone: opened, burned or expired"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, "hunter2")
				receipt := w.receipt(ana) // as it is on the screen, also later
				c.before(w, receipt)
				w.press(ana, receipt, "Burn")
				w.settle(2 * time.Second)
				w.sees(w.receipt(ana), c.says)
				lacks(t, w.receipt(ana).PlainText(), "You burned it")
			}, fiveMinutes)
		})
	}
}

// A press on what was on the screen before shows what there is to say of it.
func TestASecondBurnTakesNothingBack(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		receipt := w.receipt(ana)
		w.press(ana, receipt, "Burn")
		calls := len(w.ots.Journal())
		w.press(ana, receipt, "Burn")
		w.sees(w.receipt(ana), "You burned it", "before anyone opened it")
		if len(w.ots.Journal()) != calls {
			t.Error("it was burned twice")
		}
	})
}

// Whoever answers 200 to everything has burned nothing.
func TestNothingIsBurnedByWhatIsNoAnswer(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"maintenance": `{"status":"maintenance"}`, "nothing": `{}`, "a message": `{"message":"We'll be back at noon"}`,
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, "hunter2")
				link := w.link(w.last(ben, general))
				back := w.ots.Fault(otsfake.Fault{Status: 200, Body: body})
				w.press(ana, w.receipt(ana), "Burn")
				w.sees(w.receipt(ana), "Unknown: OneTimeSecret", "[Burn]")
				lacks(t, w.receipt(ana).PlainText(), "urned it")
				if w.link(w.last(ben, general)) != link {
					t.Error("the message has the link no more")
				}
				lacks(t, w.logs.String(), `"event":"burned"`)
				back()
				w.press(ana, w.receipt(ana), "Burn")
				w.sees(w.receipt(ana), "You burned it", "before anyone opened it")
			})
		})
	}
}

// After a burn the metadata is read again: each row is what it then says.
func TestBurnedIsSaidOnlyOfWhatIsBurned(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		after otsfake.Fault
		says  string
		not   string
		keeps bool
	}{
		{"opened first", otsfake.Fault{Status: 200, Body: `{"state":"received","received":1795216252}`}, "It was too late to burn it. Opened", "burned it", false},
		{"still there", otsfake.Fault{Status: 200, Body: `{"state":"new","secret_key":"x","passphrase_required":false,"secret_ttl":100}`}, "Not burned", "burned it", true},
		{"no answer", otsfake.Fault{Status: 503}, "You burned it", "before anyone opened it", false},
		{"expired", otsfake.Fault{Status: 200, Body: `{"state":"expired","secret_ttl":null}`}, "It was too late to burn it. Expired", "burned it", false},
		{"a word that is new", otsfake.Fault{Status: 200, Body: `{"state":"brandnew"}`}, "", "before anyone opened it", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, "hunter2")
				c.after.Path = "/api/v1/private/*"
				w.ots.Fault(c.after)
				w.press(ana, w.receipt(ana), "Burn")
				w.settle(time.Minute)
				w.sees(w.receipt(ana), c.says)
				lacks(t, w.receipt(ana).PlainText(), c.not)
				lacks(t, w.last(ben, general).PlainText(), c.not)
				if keeps := len(w.receipt(ana).Buttons()) > 0; keeps != c.keeps && c.name != "a word that is new" {
					t.Errorf("buttons left: %v", keeps)
				}
			})
		})
	}
}

// Whether it was this press that burned it, nobody can say; that it is burned
// is read.
func TestABurnWhoseAnswerIsLostIsSaidAsItIs(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]otsfake.Fault{
		"a web page":       {HTML: true, Times: 3},
		"a web page, once": {HTML: true, Times: 1}, // so the burn, repeated, finds nothing
		"cut off, once":    {Drop: true, Times: 1},
		"an error":         {Status: 404, Body: `{"message":"An error occurred :[","shrimp":"x"}`},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, "hunter2")
				lost.Path, lost.AfterEffect = "/api/v1/private/*/burn", true
				w.ots.Fault(lost)
				w.press(ana, w.receipt(ana), "Burn")
				w.settle(time.Minute)
				w.sees(w.receipt(ana), "Burned: nobody can open it anymore")
				lacks(t, w.receipt(ana).PlainText(), "Already", "You burned it", "It was too late", "passphrase for")
				if n := len(w.receipt(ana).Buttons()); n != 0 {
					t.Errorf("%d buttons are left", n)
				}
				w.sees(w.last(ben, general), "was burned", "no longer works")
				lacks(t, w.last(ben, general).PlainText(), "before anyone", "It opens once, for whoever here")
				contains(t, w.logs.String(), `"outcome":"burned","event":"burned"`)
				lacks(t, w.logs.String(), "burn_refused")
			})
		})
	}
}

func TestAStateThatIsNewKeepsTheButtons(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.ots.Fault(otsfake.Fault{Path: "/api/v1/private/*", Status: 200, Body: `{"state":"brandnew","metadata_key":"x","passphrase_required":false}`})
		w.press(ana, w.receipt(ana), "Check")
		if len(w.receipt(ana).Buttons()) != 2 {
			t.Errorf("no buttons are left:\n%s", w.receipt(ana).PlainText())
		}
	})
}

func TestOnlyTheCreatorCanUseAButton(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		env, err := w.slack.PreparePress(ana, w.receipt(ana), "Burn")
		if err != nil {
			t.Fatal(err)
		}
		env.Payload = replace(t, env.Payload, `"id":"`+ana+`"`, `"id":"`+eve+`"`)
		w.did(w.slack.Send(w.Context(), env))
		w.sees(w.receipt(ana), "Only the person who shared this secret can do that") // by the message's response_url
		if w.ots.Secrets() != 1 {
			t.Error("it was burned")
		}
	})
}

func TestAButtonThatIsNotOursDoesNothingButSaySo(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"empty":            ``,
		"not JSON":         `x`,
		"an older version": `{\"v\":0,\"k\":\"aaaaaaaaaaaaaaaaaaaaaaaa\",\"p\":\"receipt\",\"u\":\"` + ana + `\"}`,
		"a path as key":    `{\"v\":1,\"k\":\"../../../../../secret/xxxxxxx\",\"p\":\"receipt\",\"u\":\"` + ana + `\"}`,
		"another page":     `{\"v\":1,\"k\":\"aaaaaaaaaaaaaaaaaaaaaaaa\",\"p\":\"../admin\",\"u\":\"` + ana + `\"}`,
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, "hunter2")
				asked := len(w.ots.Journal())
				env, err := w.slack.PreparePress(ana, w.receipt(ana), "Check")
				if err != nil {
					t.Fatal(err)
				}
				env.Payload = replaceValue(t, env.Payload, value)
				seen := w.did(w.slack.Send(w.Context(), env))
				if !seen.Acked {
					t.Error("not acked")
				}
				all := w.messages(ana, w.slack.AppDM(ana))
				text := all[len(all)-1].PlainText()
				if len(all) < 2 {
					t.Fatal("nothing was said")
				}
				contains(t, text, "This button doesn't work anymore")
				if len(w.ots.Journal()) != asked {
					t.Error("OneTimeSecret was asked")
				}
			})
		})
	}
}

// Keys are changed in two steps: the new one goes first, and the old one goes
// when no button of its time matters any more.
func TestButtonsOutliveAChangeOfTheKey(t *testing.T) {
	t.Parallel()
	first, second := []byte("0123456789abcdef0123456789abcdef"), []byte("fedcba9876543210fedcba9876543210")
	restartWith := func(w *world, keys ...[]byte) {
		w.Helper()
		if err := w.stop(); err != nil {
			w.Fatal(err)
		}
		w.cfg.EncryptionKeys = keys
		w.restart()
	}
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		old := w.receipt(ana)
		restartWith(w, second, first)
		w.press(ana, old, "Check")
		w.sees(w.receipt(ana), "Not opened yet")
		restartWith(w, second)
		w.press(ana, old, "Burn")
		w.sees(w.receipt(ana), "This button doesn't work anymore")
		w.press(ana, w.messages(ana, w.slack.AppDM(ana))[0], "Burn")
		if n := w.ots.Secrets(); n != 0 {
			t.Error("a button of the new key doesn't burn")
		}
	}, func(c *bot.Config) { c.EncryptionKeys = [][]byte{first} })
}

func TestButtonsWorkAfterARestart(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		if err := w.stop(); err != nil {
			t.Fatal(err)
		}
		w.restart()
		w.press(ana, w.receipt(ana), "Burn")
		w.sees(w.receipt(ana), "You burned it")
		w.sees(w.last(ben, general), "burned this secret")
	})
}
