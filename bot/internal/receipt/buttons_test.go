package receipt_test

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/slackapi"
)

func keys(t testing.TB) *seal.Keys {
	t.Helper()
	k, err := seal.New([]byte("1"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var key = strings.Repeat("k", 62)

func single(change func(r *receipt.Receipt, row *receipt.Row)) receipt.Receipt {
	r := receipt.New("U1", receipt.Conversation("C1"), time.Unix(5, 0), true)
	r.Path = "receipt"
	r.Rows[0] = receipt.Row{Step: receipt.Sent, Key: key, Channel: "C1", TS: "1.2"}
	change(&r, &r.Rows[0])
	return r
}

func as(*receipt.Receipt, *receipt.Row) {}

// press is a button of a message that carries all in itself.
func press(r receipt.Receipt, k receipt.Signer, action string) receipt.Press {
	return receipt.Press{User: "U1", Action: action, Value: r.Buttons(k).All(action), At: r.At}
}

// shown is a message with a receipt of several people, and its buttons.
func shown(r receipt.Receipt, k receipt.Signer, actions ...string) (blocks []slack.Block, pressed map[string]receipt.Press) {
	pressed = map[string]receipt.Press{}
	buttons, text := r.Buttons(k), slack.NewTextBlockObject(slack.PlainTextType, "x", false, false)
	for i, row := range r.Rows {
		block := slack.NewSectionBlock(text, nil, nil)
		if row.Live() {
			block.Accessory = slack.NewAccessory(slack.NewButtonBlockElement(receipt.ActionBurnRow, buttons.Row(i), text))
			pressed[row.To] = receipt.Press{Action: receipt.ActionBurnRow, Value: buttons.Row(i)}
		} else {
			block.BlockID = buttons.Ended(i)
		}
		blocks = append(blocks, block)
	}
	var all []slack.BlockElement
	for _, action := range actions {
		value := buttons.All(action)
		all = append(all, slack.NewButtonBlockElement(action, value, text))
		pressed[action] = receipt.Press{Action: action, Value: value}
	}
	blocks = append(blocks, slack.NewActionBlock(receipt.BlockButtons, all...))
	for name, p := range pressed {
		p.User, p.Blocks, p.At = r.Creator, blocks, r.At
		pressed[name] = p
	}
	return blocks, pressed
}

func team() receipt.Receipt {
	r := receipt.New("U1", receipt.People([]string{"UA", "UB", "UC"}), time.Unix(5, 0), false)
	r.Path, r.At = "receipt", slackapi.Place{Channel: "D1", TS: "1.2"}
	r.Rows[0] = receipt.Row{To: "UA", Step: receipt.Sent, Key: key, Channel: "DA", TS: "1.3"}
	r.Rows[1] = receipt.Row{To: "UB", Step: receipt.NotSent, Key: key, Secret: key, Why: "x"}
	r.Rows[2] = receipt.Row{To: "UC", Step: receipt.Sent, Seen: receipt.Seen{Fate: receipt.Opened, AsOf: 4, Opened: 3}}
	return r
}

func TestAReceiptComesBackToItsCreatorAlone(t *testing.T) {
	k, r := keys(t), single(as)
	p := press(r, k, "burn")
	if got, _, err := receipt.Read(k, p); err != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("came back as %+v, %v", got, err)
	}
	p.User = "U2"
	if _, _, err := receipt.Read(k, p); !errors.Is(err, receipt.ErrNotTheirs) {
		t.Errorf("another person gets %v", err)
	}
	p.User, p.Action = "U1", "check"
	if _, _, err := receipt.Read(k, p); !errors.Is(err, receipt.ErrNotOurs) {
		t.Errorf("another button gets %v", err)
	}
}

// Whichever button of it is pressed, all rows come back, and of a row's own
// button whose it is.
func TestAllRowsComeBackFromEachButton(t *testing.T) {
	k, r := keys(t), team()
	_, pressed := shown(r, k, "check", "burn", "send_again")
	if len(pressed) != 5 {
		t.Fatalf("%d buttons", len(pressed))
	}
	for name, p := range pressed {
		got, only, err := receipt.Read(k, p)
		if err != nil || !reflect.DeepEqual(got, r) || (only == name) != (p.Action == receipt.ActionBurnRow) {
			t.Errorf("%s: came back as %+v, %q, %v", name, got, only, err)
		}
	}
}

// No row is altered, left out, put elsewhere or brought from another receipt.
func TestRowsStayWithTheirReceipt(t *testing.T) {
	k, r := keys(t), team()
	other := team()
	other.Rows[0].Key = strings.Repeat("z", 62)
	blocks, pressed := shown(r, k, "check", "burn")
	foreign, theirs := shown(other, k, "check", "burn")
	for name, p := range pressed {
		for what, alter := range map[string]func() receipt.Press{
			"a row left out":  func() receipt.Press { p := p; p.Blocks = slices.Delete(slices.Clone(blocks), 2, 3); return p },
			"two rows put in": func() receipt.Press { p := p; p.Blocks = append(slices.Clone(blocks), blocks[2]); return p },
			"rows swapped": func() receipt.Press {
				p := p
				p.Blocks = slices.Clone(blocks)
				p.Blocks[0], p.Blocks[1] = blocks[1], blocks[0]
				return p
			},
			"other buttons":  func() receipt.Press { p := p; p.Blocks = append(slices.Clone(blocks[:3]), foreign[3]); return p },
			"no message":     func() receipt.Press { p := p; p.Blocks = nil; return p },
			"nowhere":        func() receipt.Press { p := p; p.At = slackapi.Place{}; return p },
			"another action": func() receipt.Press { p := p; p.Action = "open"; return p },
		} {
			if _, _, err := receipt.Read(k, alter()); !errors.Is(err, receipt.ErrNotOurs) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
	p := theirs["check"]
	p.Blocks = blocks
	if _, _, err := receipt.Read(k, p); !errors.Is(err, receipt.ErrNotOurs) {
		t.Errorf("a button of another receipt: %v", err)
	}
}

// What can be written can be read: whatever key otsclient takes, and a value
// that is too long is seen when it is made.
func TestAKeyThatTheClientTakesIsTakenFromAButton(t *testing.T) {
	k := keys(t)
	for _, key := range []string{strings.Repeat("k", 20), strings.Repeat("9", 128), strings.Repeat("z", 31)} {
		r, ok := single(func(_ *receipt.Receipt, row *receipt.Row) { row.Key, row.Secret = key, key }).Fit()
		if got, _, err := receipt.Read(k, press(r, k, "burn")); !ok || err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("%q: fits %v, came back as %+v, %v", key, ok, got, err)
		}
	}
	for name, change := range map[string]func(*receipt.Receipt, *receipt.Row){
		"a path as key":     func(_ *receipt.Receipt, row *receipt.Row) { row.Key = "../secret/aaaaaaaaaaaaaaa" },
		"another page":      func(r *receipt.Receipt, _ *receipt.Row) { r.Path = "../admin" },
		"another host":      func(r *receipt.Receipt, _ *receipt.Row) { r.Domain = "evil.example/x?" },
		"a host and a port": func(r *receipt.Receipt, _ *receipt.Row) { r.Domain = "evil.example:80" },
		"a user and a host": func(r *receipt.Receipt, _ *receipt.Row) { r.Domain = "a@evil.example" },
		"a path as secret":  func(_ *receipt.Receipt, row *receipt.Row) { row.Secret = "../x" },
		"nobody's":          func(r *receipt.Receipt, _ *receipt.Row) { r.Creator = "" },
		"known by nothing":  func(r *receipt.Receipt, _ *receipt.Row) { r.ID = "" },
		"for nowhere":       func(r *receipt.Receipt, _ *receipt.Row) { r.To = receipt.Destination{} },
		"for one of many":   func(_ *receipt.Receipt, row *receipt.Row) { row.To = "U3" },
		"for many":          func(r *receipt.Receipt, _ *receipt.Row) { r.Rows = append(r.Rows, r.Rows[0]) },
		"of nothing":        func(r *receipt.Receipt, _ *receipt.Row) { r.Rows = nil },
	} {
		r := single(change)
		if _, ok := r.Fit(); ok {
			t.Errorf("%s fits", name)
		}
		p := press(r, k, "burn")
		p.User = r.Creator
		if _, _, err := receipt.Read(k, p); !errors.Is(err, receipt.ErrNotOurs) {
			t.Errorf("%s is read: %v", name, err)
		}
	}
}

func TestTheLongestReceiptFitsItsButtons(t *testing.T) {
	k := keys(t)
	for _, letter := range []string{"n", "<", "&", "\U0001F511", "\""} {
		note, long := strings.Repeat(letter, 300), strings.Repeat("k", 128)
		r, ok := single(func(r *receipt.Receipt, row *receipt.Row) {
			r.Creator, r.To, r.Note, r.Remarks, r.Expires = strings.Repeat("U", 20), receipt.Thread(strings.Repeat("C", 20), "1773500966.000100"), note, "cdehm", 1<<40
			r.Original = &authored.Original{App: true, Quotes: 9, Link: strings.Repeat("l", 200), Sources: []string{strings.Repeat("s", 500)}, Files: 99}
			r.Domain = strings.Repeat("d", 63) + ".example.com"
			*row = receipt.Row{Step: receipt.Stored, Key: long, Secret: long}
		}).Fit()
		r.Rows[0].Step, r.Rows[0].Why, r.Change = receipt.NotSent, "restricted_action_non_threadable_channel", 99
		r.Rows[0].Saw(receipt.Seen{Fate: receipt.Waiting, AsOf: 1 << 40})
		if n := len(r.Buttons(k).All("check")); !ok || n > 2000 {
			t.Errorf("%q: %d bytes, fits %v", letter, n, ok)
		}
		if r.Note == "" && letter != "\U0001F511" {
			t.Errorf("a note of %q doesn't fit", letter)
		}
		many := team()
		many.Note, many.Domain, many.Remarks = note, r.Domain, r.Remarks
		if many, ok = many.Fit(); !ok || len(many.Buttons(k).All("check")) > 2000 || letter == "n" && many.Note == "" {
			t.Errorf("%q, of several people: fits %v", letter, ok)
		}
	}
	if _, ok := single(func(r *receipt.Receipt, _ *receipt.Row) { r.Creator = strings.Repeat("U", 2000) }).Fit(); ok {
		t.Error("what doesn't fit is said to")
	}
}

// Zero values stand for no outcome that was not seen, and for no place.
func TestNothingIsClaimedOfWhatNobodySaw(t *testing.T) {
	var row receipt.Row
	if row.Fate.Final() || row.Fate.IsBurned() || row.Live() || !row.Missing() || row.Out() || row.Fate.String() != "unknown" {
		t.Error("an empty row claims something")
	}
	for _, d := range []receipt.Destination{receipt.Conversation(""), receipt.Thread("", "1.2")} {
		if d.Sort != receipt.ToOneself || d.Thread != "" {
			t.Errorf("no conversation is %+v", d)
		}
	}
}

// A receipt in a form or at rest is its own JSON.
func TestAReceiptIsItsOwnJSON(t *testing.T) {
	for _, r := range []receipt.Receipt{team(), single(as)} {
		data, err := json.Marshal(r)
		var back receipt.Receipt
		if err != nil || json.Unmarshal(data, &back) != nil || !reflect.DeepEqual(back, r) {
			t.Errorf("%s came back as %+v", data, back)
		}
	}
}

// With the end of a secret goes what could burn it.
func TestARowThatIsOverHasNoKeys(t *testing.T) {
	r := team()
	r.Rows[0].Saw(receipt.Seen{Fate: receipt.BurnedNow, AsOf: 9})
	kept := r.WithoutKeys()
	if row := kept.Rows[0]; row.Key+row.Secret+row.Channel+row.TS != "" || row.Fate != receipt.BurnedNow {
		t.Errorf("is kept as %+v", row)
	}
	if kept.Rows[1].Key == "" || r.Rows[0].Key == "" {
		t.Error("a key is gone that is needed")
	}
	_, pressed := shown(r, keys(t), "check")
	for _, name := range slices.Sorted(maps.Keys(pressed)) {
		if got, _, err := receipt.Read(keys(t), pressed[name]); err != nil || !reflect.DeepEqual(got, kept) {
			t.Errorf("%s: comes back as %+v, %v", name, got, err)
		}
	}
}

// FuzzRead: whatever stands in a button, and in the message that it belongs to,
// its rows are well formed or refused, and never a path to somewhere else, also
// if it is signed.
func FuzzRead(f *testing.F) {
	k := keys(f)
	f.Add(`{"i":"G1","u":"UANA","e":1,"p":"receipt","d":{"k":"p"}}`, `{"to":"UBEN","s":"d","k":"aaaaaaaaaaaaaaaaaaaaaaaaa"}`, `{"to":"UCID","o":"b"}`, true, true)
	f.Add(`{"v":1}`, `{}`, ``, false, true)
	f.Add(`{"i":"G1","u":"UANA","p":"../x","d":{"k":"p"}}`, `{"to":"UBEN","k":"../../aaaaaaaaaaaaaaaaaa"}`, `row UCID`, true, true)
	f.Add(`{"i":"G1","u":"UANA","p":"receipt","h":"evil.example/x","d":{"k":"c","c":"C1"}}`, `{"k":"aaaaaaaaaaaaaaaaaaaaaaaaa"}`, ``, true, false)
	f.Add(`{"i":"G1","u":"UANA","p":"receipt","d":{"k":"o"}}`, `{"k":"aaaaaaaaaaaaaaaaaaaaaaaaa","l":"../x"}`, ``, true, false)
	f.Fuzz(func(t *testing.T, head, value, ended string, signed, spread bool) {
		text := slack.NewTextBlockObject(slack.PlainTextType, "x", false, false)
		mac := strings.Repeat("m", seal.MACLength)
		p := receipt.Press{User: "UANA", Action: "check", At: slackapi.Place{Channel: "DANA", TS: "1.2"}}
		if spread {
			if signed {
				mac = k.MAC("1", "check", head, value, ended)
			}
			live, done := slack.NewSectionBlock(text, nil, nil), slack.NewSectionBlock(text, nil, nil)
			live.Accessory = slack.NewAccessory(slack.NewButtonBlockElement(receipt.ActionBurnRow, value, text))
			done.BlockID = "end " + ended
			p.Value = "1" + mac + head
			p.Blocks = []slack.Block{live, done, slack.NewActionBlock(receipt.BlockButtons, slack.NewButtonBlockElement("check", p.Value, text))}
		} else {
			if signed {
				mac = k.MAC("1", "check", head, value)
			}
			p.Value = "1" + mac + head + "\n" + value
		}
		r, _, err := receipt.Read(k, p)
		if err != nil {
			return
		}
		if !signed || r.Creator != "UANA" || len(r.Rows) == 0 || strings.ContainsAny(r.Domain, "/:@?# ") {
			t.Errorf("accepted %+v", r)
		}
		for _, row := range r.Rows {
			if row.Key != "" && (!row.MetadataKey().Valid() || r.Path != "receipt" && r.Path != "private") || row.Key == "" && row.Secret != "" {
				t.Errorf("accepted the row %+v", row)
			}
		}
	})
}
