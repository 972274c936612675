package bot_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

func following(c *bot.Config) { c.Follow, c.NotifyExpiring = true, true }

func TestAReceiptChangesByItselfWhenTheLinkIsOpened(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]otsfake.Options{"25 at once": {}, "one by one": {Version: "0.22"}} {
		t.Run(name, func(t *testing.T) {
			inWorldOf(t, slackfake.Options{}, server, func(w *world) {
				w.command(ana, general, "hunter2")
				w.settle(time.Minute)
				w.sees(w.receipt(ana), "Not opened yet")
				w.opens(w.link(w.last(ben, general)), "")
				w.settle(20 * time.Second)
				w.sees(w.receipt(ana), "Opened", "change the credential")
				if n := len(w.receipt(ana).Buttons()); n != 0 {
					t.Errorf("%d buttons are left", n)
				}
				said := w.last(ben, general)
				w.sees(said, "was opened", "no longer works")
				if len(said.Links()) != 0 {
					t.Error("the dead link is still posted")
				}
				if n := len(w.messages(ana, w.slack.AppDM(ana))); n != 1 {
					t.Errorf("%d messages in the DM, and nobody asked for news", n)
				}
				contains(t, w.logs.String(), `"event":"found"`)
			}, following)
		})
	}
}

func TestWhatExpiresIsSaid(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.settle(5*time.Minute + 10*time.Second)
		w.sees(w.receipt(ana), "Expired")
		w.sees(w.last(ben, general), "has expired")
	}, following, fiveMinutes)
}

func TestTheRowsOfAGroupAreFollowed(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(nil, ben, cid)
		w.gets(cid, "")
		w.settle(20 * time.Second)
		w.sees(w.receipt(ana), "@ben: Sent.", "@cid: Opened")
		w.sees(w.last(cid, w.slack.AppDM(cid)), "was opened", "I can't open it")
		w.press(ana, w.receipt(ana), "Burn")
		w.sees(w.receipt(ana), "@ben: :fire: Burned")
	}, following)
}

func TestNothingIsFollowedWhereItIsSwitchedOff(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.opens(w.link(w.last(ben, general)), "")
		w.settle(time.Hour)
		w.sees(w.receipt(ana), "Not opened yet")
	})
}

func TestItsCreatorHearsOnceThatItEndsUnopened(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		news := func() (n int) {
			for _, m := range w.messages(ana, w.slack.AppDM(ana)) {
				if strings.Contains(m.PlainText(), "Nobody has opened") {
					n++
				}
			}
			return n
		}
		w.settle(20 * time.Hour)
		if n := news(); n != 0 {
			t.Fatalf("told %d times, too soon", n)
		}
		w.settle(3 * time.Hour)
		if n := news(); n != 1 {
			t.Fatalf("told %d times", n)
		}
		w.settle(2 * time.Hour)
		w.sees(w.messages(ana, w.slack.AppDM(ana))[0], "Expired")
	}, following, func(c *bot.Config) { c.TTL = 24 * time.Hour })
}

// Who has opened theirs is not named as somebody who hasn't.
func TestItsCreatorHearsWhoHasNotOpenedTheirs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first func(w *world)
		want  string
	}{
		"the first did":       {func(w *world) { w.gets(ben, "") }, "@cid and @dan haven't opened the secrets you shared with them"},
		"nobody did":          {func(*world) {}, "@ben, @cid and @dan haven't opened the secrets you shared with them"},
		"the first's is lost": {func(w *world) { w.ots.Forget(w.link(w.last(ben, w.slack.AppDM(ben)))) }, "@cid and @dan haven't opened the secrets you shared with them"},
	} {
		t.Run(name, func(t *testing.T) {
			inTeam(t, func(w *world) {
				w.sendsTo(nil, ben, cid, dan)
				c.first(w)
				w.settle(22 * time.Hour)
				w.sees(w.last(ana, w.slack.AppDM(ana)), c.want, "[Burn all] [Share again]")
			}, following, func(b *bot.Config) { b.TTL = 24 * time.Hour })
		})
	}
}

// The form is for those who were named, with the note, and what was shared is typed
// again.
func TestShareAgainOfWhatNobodyOpenedFillsTheFormIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		to, want []string
		most     int // people at once, since the app was restarted
	}{
		"people":                  {[]string{ben, cid, dan}, []string{cid, dan}, bot.MaxRecipients},
		"a conversation":          {nil, nil, bot.MaxRecipients},
		"more than may be by now": {[]string{ben, cid, dan}, []string{cid}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			inTeam(t, func(w *world) {
				w.sendsTo(slackfake.Values{noteField: typedNote}, c.to...)
				if c.to != nil {
					w.gets(ben, "")
				}
				w.settle(22 * time.Hour)
				news := w.last(ana, w.slack.AppDM(ana))
				_ = w.stop()
				w.cfg.Policy.RecipientsMax = c.most
				w.restart() // which remembers nothing
				w.press(ana, news, "Share again")
				view := w.slack.View(ana)
				if got := view.Input(people).Values; !slices.Equal(got, c.want) {
					t.Errorf("the form is for %v, want %v", got, c.want)
				}
				if got := view.Input(noteField).Value; got != typedNote {
					t.Errorf("the note is %q", got)
				}
				if got := view.Input("Secret").Value; got != "" {
					t.Errorf("the secret is %q", got)
				}
			}, following, func(b *bot.Config) { b.TTL = 24 * time.Hour })
		})
	}
}

func TestTheCreatorHearsThatItWasOpenedIfTheyWish(t *testing.T) {
	t.Parallel()
	told := func(w *world) (n int) {
		for _, m := range w.messages(ana, w.slack.AppDM(ana)) {
			if strings.Contains(m.PlainText(), "The secret you shared in #general was opened") {
				n++
			}
		}
		return n
	}
	for name, c := range map[string]struct {
		presses  []string
		byItself bool
		want     int
	}{
		"not by itself":           {nil, false, 0},
		"by itself, so set":       {nil, true, 1},
		"wished on the receipt":   {[]string{"Tell me when it's opened"}, false, 1},
		"and not wished any more": {[]string{"Tell me when it's opened", "Don't tell me when it's opened"}, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, "hunter2")
				for _, button := range c.presses {
					w.press(ana, w.receipt(ana), button)
				}
				w.opens(w.link(w.last(ben, general)), "")
				w.settle(time.Hour)
				if n := told(w); n != c.want {
					t.Errorf("told %d times, want %d", n, c.want)
				}
			}, following, func(b *bot.Config) { b.NotifyOpened = c.byItself })
		})
	}
}

func TestASecretIsBurnedFromTheMessageThatItEnds(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.settle(22 * time.Hour)
		news := w.last(ana, w.slack.AppDM(ana))
		w.sees(news, "Nobody has opened the secret you shared in #general", "[Burn] [Share again]")
		w.press(ana, news, "Burn")
		w.sees(w.messages(ana, w.slack.AppDM(ana))[0], "You burned it", "before anyone opened it")
		w.sees(w.last(ben, general), "burned this secret")
		w.press(ana, news, "Burn")
		if w.ots.Secrets() != 0 {
			t.Error("not burned")
		}
	}, following, func(c *bot.Config) { c.TTL = 24 * time.Hour })
}

func TestARestartGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	store := "file:" + filepath.Join(t.TempDir(), "otsbot.db")
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		link := w.link(w.last(ben, general))
		w.kill()
		w.opens(link, "")
		w.restart()
		w.settle(20 * time.Second)
		w.sees(w.receipt(ana), "Opened")
		w.sees(w.last(ben, general), "was opened")
	}, following, func(c *bot.Config) { c.StoreURL = store })
}

// The form for another try doesn't ask for the wish that the receipt holds.
func TestTheWishToHearOutlivesAnotherTry(t *testing.T) {
	t.Parallel()
	const wish = "When it's opened"
	inWorld(t, func(w *world) {
		full := w.ots.Fault(otsfake.Fault{Path: "/api/v1/share", Status: 500})
		w.sendsTo(slackfake.Values{wish: []string{"Tell me in a direct message"}}, ben, eve)
		full()
		if v := w.slack.View(ana); v == nil || strings.Contains(v.PlainText(), wish) {
			w.Fatal("the form didn't stay, or asks whether to tell")
		}
		w.submit(ana, slackfake.Values{"Secret": "hunter2"})
		w.gets(eve, "")
		w.settle(time.Minute)
		w.sees(w.last(ana, w.slack.AppDM(ana)), "@eve", "was opened")
	}, following)
}

func TestTheFormAsksWhetherToTell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ticked bool
		want   int
	}{"ticked": {true, 1}, "not ticked": {false, 0}} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.command(ana, general, "")
				values := slackfake.Values{"Secret": "hunter2"}
				if c.ticked {
					values["When it's opened"] = []string{"Tell me in a direct message"}
				}
				w.submit(ana, values)
				w.opens(w.link(w.last(ben, general)), "")
				w.settle(time.Minute)
				told := 0
				for _, m := range w.messages(ana, w.slack.AppDM(ana)) {
					if strings.Contains(m.PlainText(), "was opened") {
						told++
					}
				}
				if told != c.want {
					t.Errorf("told %d times, want %d", told, c.want)
				}
			}, following)
		})
	}
}

// What nobody was asked about is not called unopened.
func TestNobodyIsToldThatItEndsUnopenedBeforeItIsKnown(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		w.settle(20*time.Hour + 30*time.Minute)
		w.opens(w.link(w.last(ben, general)), "")
		mend := w.ots.Fault(otsfake.Fault{Down: true})
		w.settle(time.Hour) // the time for it comes
		mend()
		w.settle(time.Hour)
		for _, m := range w.messages(ana, w.slack.AppDM(ana)) {
			lacks(t, m.PlainText(), "Nobody has opened")
		}
		w.sees(w.receipt(ana), "Opened")
	}, following, func(c *bot.Config) { c.TTL = 24 * time.Hour })
}

// A server that tells one secret at a time is slow with twenty, and all the same
// each is followed.
func TestTwentyPeopleAreFollowedOneByOne(t *testing.T) {
	t.Parallel()
	inWorldOf(t, slackfake.Options{}, otsfake.Options{Version: "0.22"}, func(w *world) {
		var all []string
		for i := range 20 {
			id := fmt.Sprintf("UP%02d", i)
			w.slack.AddUser(slackfake.User{ID: id, Name: strings.ToLower(id)})
			all = append(all, id)
		}
		w.sendsTo(nil, all...)
		w.settle(time.Minute)
		w.ots.Fault(otsfake.Fault{Delay: 500 * time.Millisecond})
		w.gets(all[7], "")
		w.settle(3 * time.Minute)
		w.sees(w.receipt(ana), "@up07: Opened")
	}, following)
}
