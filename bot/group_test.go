package bot

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
)

// goldenGroup has a row of each sort.
func goldenGroup(now time.Time) group {
	key := "3xamp1e0metadata0key0of0a0secret0shared0here000000000000000000"
	secret := "3xamp1e0secret0key0of0a0secret0shared0here00000000000000000000"
	g := newGroup("UANA", []string{"UBEN", "UCID", "UDAN", "UEVE", "UFAY", "UGUS", "UHAL"}, now.Add(7*24*time.Hour), false)
	g.ID, g.Path, g.Checked, g.At = "GOLDEN1", "receipt", now.Unix(), slackapi.Place{Channel: "DANA", TS: "1773500966.000100"}
	live := func(r row) row {
		r.Key, r.AsOf, r.State = key, now.Unix(), otsclient.StateWaiting.String()
		return r
	}
	g.Rows[0] = live(row{To: "UBEN", Step: stepSent, DM: "DBEN", TS: "1773500966.000200"})
	g.Rows[1] = row{To: "UCID", Step: stepSent, Key: key, DM: "DCID", TS: "1773500966.000300"}
	g.Rows[2] = row{To: "UDAN", Step: stepNotSent, Key: key, Secret: secret, Why: "channel_not_found"}
	g.Rows[3] = row{To: "UEVE", Step: stepFailed, Why: "unavailable"}
	g.Rows[4] = row{To: "UFAY", Step: stepSent, Key: key, DM: "DFAY", TS: "1773500966.000400"}
	g.Rows[4].saw(status{asOf: now, state: otsclient.StateOpened, opened: now.Add(-time.Hour)})
	g.Rows[5] = row{To: "UGUS", Step: stepSent, Key: key}
	g.Rows[5].saw(status{asOf: now, state: otsclient.StateBurned, burned: true})
	g.Rows[6] = row{To: "UHAL", Step: stepStored, Key: key, Secret: secret}
	return g
}

// A receipt of as many people as there can be fits into a message, and into
// what a form remembers, however its rows stand.
func TestAFullGroupFitsWhereverItIsKept(t *testing.T) {
	b := goldenBot(t)
	now := time.Now()
	key := func() string { return strings.ToLower(rand.Text() + rand.Text() + rand.Text())[:62] }
	id := func(prefix string) string { return prefix + rand.Text()[:10] }
	for name, fill := range map[string]func(*row){
		"pending": func(*row) {},
		"failed":  func(r *row) { r.Step, r.Why = stepFailed, "rate_limited" },
		"stored":  func(r *row) { r.Step, r.Key, r.Secret = stepStored, key(), key() },
		"not sent": func(r *row) {
			r.Step, r.Key, r.Secret, r.Why = stepNotSent, key(), key(), "invalid_user_combination"
			r.saw(status{asOf: now, state: otsclient.StateWaiting})
		},
		"sent": func(r *row) {
			r.Step, r.Key, r.DM, r.TS, r.Phrase = stepSent, key(), id("D"), fmt.Sprintf("%d.%06d", now.Unix(), len(r.To)), "messages_tab_disabled"
			r.saw(status{asOf: now, state: otsclient.StateWaiting})
		},
		"kept": func(r *row) {
			r.Step, r.Key, r.DM, r.TS = stepSent, key(), id("D"), fmt.Sprintf("%d.%06d", now.Unix(), len(r.To))
			r.saw(status{asOf: now, kept: true, state: otsclient.StateWaiting})
		},
		"opened": func(r *row) {
			r.Step = stepSent
			r.saw(status{asOf: now, state: otsclient.StateOpened, opened: now})
		},
	} {
		for _, n := range []int{roomyRows, MaxRecipients} {
			people := make([]string, n)
			for i := range people {
				people[i] = id("U")
			}
			g := newGroup(id("U"), people, now, true)
			g.Note = strings.Repeat("n", maxNote)
			g.Path, g.Asked, g.Given, g.Checked, g.At = "receipt", 1209600, 604800, now.Unix(), slackapi.Place{Channel: id("D"), TS: "1773500966.000100"}
			for i := range g.Rows {
				fill(&g.Rows[i])
			}
			m := b.groupReceipt(g)
			data, err := json.Marshal(m.Blocks)
			if err != nil || len(data) > 13_000 || len(m.Blocks) > 50 {
				t.Errorf("%d %s: %d blocks of %d characters, %v", n, name, len(m.Blocks), len(data), err)
			}
			for _, block := range m.Blocks {
				if s, ok := block.(*slack.SectionBlock); ok && len(s.BlockID) > 255 {
					t.Errorf("%d %s: a block id of %d characters", n, name, len(s.BlockID))
				}
			}
			sealed := b.seal.Wrap(sealedFor(callbackPassphrase, g.Creator), sealedReceipt{Group: g.keep()})
			if len(sealed) > 3000 {
				t.Errorf("%d %s: private_metadata of %d characters", n, name, len(sealed))
			}
			var back sealedReceipt
			if err := b.seal.Unwrap(sealedFor(callbackPassphrase, g.Creator), sealed, &back); err != nil || !reflect.DeepEqual(back.Group.group(), without(g)) {
				t.Errorf("%d %s: comes back as %+v, %v", n, name, back, err)
			}
			blocks := slack.Blocks{}
			if err := json.Unmarshal(data, &blocks); err != nil {
				t.Fatal(err)
			}
			cb := payload.Payload{Message: payload.ReadObject(slices.Concat([]byte(`{"blocks":`), data, []byte(`}`)))}
			cb.User.ID, cb.Container.ChannelID, cb.Container.MessageTS = g.Creator, g.At.Channel, g.At.TS
			for _, pressed := range pressable(blocks) {
				if read, err := readGroup(b.seal, cb, pressed); err != nil || !reflect.DeepEqual(read, g) {
					t.Errorf("%d %s: is read as %+v, %v", n, name, read, err)
				}
			}
		}
	}
}

// without is a group as a form keeps it.
func without(g group) group {
	if g.crowded() {
		g.Note = ""
	}
	return g
}

// pressable are the buttons of a message, as they would be pressed.
func pressable(blocks slack.Blocks) (pressed []payload.Action) {
	add := func(button *slack.ButtonBlockElement) {
		pressed = append(pressed, payload.Action{ActionID: button.ActionID, Value: button.Value})
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

// FuzzGroup: whatever stands in the message that a button belongs to, its rows
// are well formed or refused, and never a path to somewhere else, also if it is
// signed.
func FuzzGroup(f *testing.F) {
	f.Add(`{"i":"G1","u":"UANA","e":1,"p":"receipt"}`, `{"to":"UBEN","s":"d","k":"aaaaaaaaaaaaaaaaaaaaaaaaa"}`, `{"to":"UCID","o":"burned"}`, true)
	f.Add(`{"v":1}`, `{}`, ``, false)
	f.Add(`{"i":"G1","u":"UANA","p":"../x"}`, `{"to":"UBEN","k":"../../aaaaaaaaaaaaaaaaaa"}`, `row UCID`, true)
	f.Add(`{"i":"G1","u":"UANA","p":"receipt","h":"evil.example/x"}`, `{"to":"UBEN","k":"aaaaaaaaaaaaaaaaaaaaaaaaa"}`, `{"to":"UCID"}`, true)
	s, err := seal.New([]byte("key"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, head, value, ended string, signed bool) {
		live := section("x")
		live.Accessory = slack.NewAccessory(slack.NewButtonBlockElement(actionBurnOne, value, plainText("Burn")))
		done := section("x")
		done.BlockID = blockEnd + ended
		mac := strings.Repeat("m", seal.MACLength)
		if signed {
			mac = s.MAC(actionCheckAll, head, value, ended)
		}
		pressed := payload.Action{ActionID: actionCheckAll, Value: mac + head}
		all := slack.NewActionBlock(blockAll, slack.NewButtonBlockElement(actionCheckAll, mac+head, plainText("Check all")))
		blocks, err := json.Marshal(map[string]any{"blocks": []slack.Block{live, done, all}})
		if err != nil {
			t.Fatal(err)
		}
		cb := payload.Payload{Message: payload.ReadObject(blocks)}
		cb.User.ID, cb.Container.ChannelID, cb.Container.MessageTS = "UANA", "DANA", "1.2"
		g, err := readGroup(s, cb, pressed)
		if err != nil {
			return
		}
		if !signed || g.Creator != "UANA" || len(g.Rows) == 0 || !domainLike(g.Domain) {
			t.Errorf("accepted %+v", g)
		}
		for _, r := range g.Rows {
			if r.To == "" || r.live() && !g.handle(r).key().Valid() {
				t.Errorf("accepted the row %+v", r)
			}
			_ = r.status().short()
		}
	})
}
