package bot

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// testBot has settings and no Slack.
func testBot(t *testing.T) *Bot {
	t.Helper()
	return testBotIn(t, "")
}

// testBotIn is testBot in a language.
func testBotIn(t *testing.T, language string) *Bot {
	t.Helper()
	ots, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(Config{BotToken: "xoxb-1", AppToken: "xapp-1", OTS: ots, DefaultLanguage: language, Policy: Policy{RecipientsMax: MaxRecipients}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A receipt of as many people as there can be fits into a message, and into
// what a form remembers, however its rows stand.
func TestAFullGroupFitsWhereverItIsKept(t *testing.T) {
	t.Parallel()
	for _, language := range Languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			fullGroups(t, testBotIn(t, language))
		})
	}
}

func fullGroups(t *testing.T, b *Bot) {
	now := time.Now()
	key := func() string { return strings.ToLower(rand.Text() + rand.Text() + rand.Text())[:62] }
	id := func(prefix string) string { return prefix + rand.Text()[:10] }
	note := func() string { // which no form can make shorter
		var b strings.Builder
		for b.Len() < text.MaxNote {
			b.WriteString(rand.Text())
		}
		return b.String()[:text.MaxNote]
	}
	waiting := receipt.Seen{AsOf: now.Unix(), Fate: receipt.Waiting}
	sent := func(r *receipt.Row, seen receipt.Seen) {
		r.Step, r.Key, r.Channel, r.TS = receipt.Sent, key(), id("D"), fmt.Sprintf("%d.%06d", now.Unix(), len(r.To))
		r.Saw(seen)
	}
	for name, fill := range map[string]func(*receipt.Row){
		"pending": func(*receipt.Row) {},
		"failed":  func(r *receipt.Row) { r.Step, r.Why = receipt.Failed, receipt.RateLimited },
		"stored":  func(r *receipt.Row) { r.Step, r.Key, r.Secret = receipt.Stored, key(), key() },
		"not sent": func(r *receipt.Row) {
			r.Step, r.Key, r.Secret, r.Why = receipt.NotSent, key(), key(), "invalid_user_combination"
			r.Saw(waiting)
		},
		"sent": func(r *receipt.Row) { sent(r, waiting); r.Phrase, r.Until = receipt.PhraseLive, now.Unix() },
		"overdue": func(r *receipt.Row) {
			sent(r, receipt.Seen{AsOf: now.Unix(), Fate: receipt.Overdue})
			r.Phrase, r.Until = receipt.PhraseLive, now.Unix()
		},
		"forgotten": func(r *receipt.Row) {
			sent(r, receipt.Seen{AsOf: now.Unix(), Fate: receipt.Overdue})
			r.Saw(receipt.Seen{AsOf: now.Unix(), Fate: receipt.NotFound})
			r.Phrase, r.Until = receipt.PhraseLive, now.Unix()
		},
		"perhaps, and checked": func(r *receipt.Row) {
			r.Step, r.Key, r.Secret, r.Why = receipt.Perhaps, key(), key(), receipt.Unproven
			r.Saw(waiting)
			r.Phrase = receipt.PhraseUnproven
		},
		"not found": func(r *receipt.Row) {
			sent(r, receipt.Seen{AsOf: now.Unix(), Fate: receipt.NotFound})
			r.Phrase, r.Until = receipt.PhraseLive, now.Unix()
		},
		"kept": func(r *receipt.Row) { sent(r, receipt.Seen{AsOf: now.Unix(), Fate: receipt.BurnNotDone}) },
		"opened": func(r *receipt.Row) {
			sent(r, receipt.Seen{AsOf: now.Unix(), Fate: receipt.Opened, Opened: now.Unix()})
		},
	} {
		for _, n := range []int{receipt.Roomy, MaxRecipients} {
			people := make([]string, n)
			for i := range people {
				people[i] = id("U")
			}
			g := receipt.New(id("U"), receipt.People(people), now, true)
			g.Note = note()
			g.Path, g.Asked, g.Given, g.Checked, g.At = "receipt", 1209600, 604800, now.Unix(), slackapi.Place{Channel: id("D"), TS: "1773500966.000100"}
			for i := range g.Rows {
				fill(&g.Rows[i])
			}
			m := b.ledger.receipt(g)
			data, err := json.Marshal(m.Blocks)
			if size := utf8.RuneCount(data); err != nil || size > 13_000 || len(m.Blocks) > 50 {
				t.Errorf("%d %s: %d blocks of %d characters, %v", n, name, len(m.Blocks), size, err)
			}
			for _, block := range m.Blocks {
				if s, ok := block.(*slack.SectionBlock); ok && len(s.BlockID) > 255 {
					t.Errorf("%d %s: a block id of %d characters", n, name, len(s.BlockID))
				}
			}
			sealed, whole := sealReceipt(b.seal, sealedFor(text.CallbackBurn, g.Creator), g, func(r receipt.Receipt) any { return burnForm{Receipt: r} })
			if len(sealed) > 3000 {
				t.Errorf("%d %s: private_metadata of %d characters", n, name, len(sealed))
			}
			if whole != (n == receipt.Roomy || g.Rows[0].Secret == "") {
				t.Errorf("%d %s: it is %v that the note is there", n, name, whole)
			}
			var back burnForm
			want := g
			if !whole {
				want.Note = ""
			}
			if err := b.seal.Unwrap(sealedFor(text.CallbackBurn, g.Creator), sealed, &back); err != nil || !reflect.DeepEqual(back.Receipt, want) {
				t.Errorf("%d %s: comes back as %+v, %v", n, name, back, err)
			}
			blocks := slack.Blocks{}
			if err := json.Unmarshal(data, &blocks); err != nil {
				t.Fatal(err)
			}
			for _, pressed := range pressable(blocks) {
				pressed.User, pressed.Blocks, pressed.At = g.Creator, blocks.BlockSet, g.At
				if read, only, err := receipt.Read(b.seal, pressed); err != nil || !reflect.DeepEqual(read, g.WithoutKeys()) || (only != "") != (pressed.Action == receipt.ActionBurnRow) {
					t.Errorf("%d %s: is read as %+v, %v", n, name, read, err)
				}
			}
		}
	}
}

// pressable are the buttons of a message, as they would be pressed.
func pressable(blocks slack.Blocks) (pressed []receipt.Press) {
	add := func(button *slack.ButtonBlockElement) {
		pressed = append(pressed, receipt.Press{Action: button.ActionID, Value: button.Value})
	}
	for _, block := range blocks.BlockSet {
		switch block := block.(type) {
		case *slack.ActionBlock:
			for _, element := range block.Elements.ElementSet {
				add(element.(*slack.ButtonBlockElement))
			}
		case *slack.SectionBlock:
			if block.Accessory != nil {
				add(block.Accessory.ButtonElement)
			}
		}
	}
	return pressed
}
