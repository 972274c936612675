package text

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
)

var update = flag.Bool("update", false, "write the golden files anew")

func settings() Settings {
	return Settings{
		TTL:        7 * 24 * time.Hour,
		TTLChoices: []time.Duration{5 * time.Minute, time.Hour, 4 * time.Hour, 24 * time.Hour, 72 * time.Hour, 7 * 24 * time.Hour},
		Inline:     true, RecipientsMax: 20, WarnsOfOutside: true,
	}
}

// beside is what receipts are shown with: keys that are always the same.
func beside(t *testing.T) Beside {
	t.Helper()
	ots, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.New([]byte("xoxb-1"))
	if err != nil {
		t.Fatal(err)
	}
	return Beside{Links: ots, Keys: keys}
}

// goldenGroup has a row of each sort.
func goldenGroup(now time.Time) receipt.Receipt {
	key := "3xamp1e0metadata0key0of0a0secret0shared0here000000000000000000"
	secret := "3xamp1e0secret0key0of0a0secret0shared0here00000000000000000000"
	g := receipt.New("UANA", receipt.People([]string{"UBEN", "UCID", "UDAN", "UEVE", "UFAY", "UGUS", "UHAL"}), now.Add(7*24*time.Hour), false)
	g.ID, g.Path, g.Checked, g.At = "GOLDEN1", "receipt", now.Unix(), slackapi.Place{Channel: "DANA", TS: "1773500966.000100"}
	g.Rows[0] = receipt.Row{To: "UBEN", Step: receipt.Sent, Key: key, Channel: "DBEN", TS: "1773500966.000200", Seen: receipt.Seen{Fate: receipt.Waiting, AsOf: now.Unix()}}
	g.Rows[1] = receipt.Row{To: "UCID", Step: receipt.Sent, Key: key, Channel: "DCID", TS: "1773500966.000300"}
	g.Rows[2] = receipt.Row{To: "UDAN", Step: receipt.NotSent, Key: key, Secret: secret, Why: "channel_not_found"}
	g.Rows[3] = receipt.Row{To: "UEVE", Step: receipt.Failed, Why: receipt.Unreachable}
	g.Rows[4] = receipt.Row{To: "UFAY", Step: receipt.Sent, Key: key, Channel: "DFAY", TS: "1773500966.000400"}
	g.Rows[4].Saw(receipt.Seen{AsOf: now.Unix(), Fate: receipt.Opened, Opened: now.Add(-time.Hour).Unix()})
	g.Rows[5] = receipt.Row{To: "UGUS", Step: receipt.Sent, Key: key}
	g.Rows[5].Saw(receipt.Seen{AsOf: now.Unix(), Fate: receipt.BurnedNow})
	g.Rows[6] = receipt.Row{To: "UHAL", Step: receipt.Stored, Key: key, Secret: secret}
	return g
}

// TestMessagesAndViews holds every message and view that people see against
// its golden file. `go test ./bot/internal/text -run MessagesAndViews -update`
// writes them. The pictures in the README are made from these files.
func TestMessagesAndViews(t *testing.T) {
	p, side := New(english(), settings()), beside(t)
	now := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	expires := now.Add(7 * 24 * time.Hour)
	secret := "3xamp1e0secret0key0of0a0secret0shared0here00000000000000000000"
	link := "https://ots.example.com/secret/" + secret
	single := receipt.New("UANA", receipt.Conversation("CGENERAL"), expires, false)
	single.ID, single.Path = "GOLDEN0", "receipt"
	single.Rows[0] = receipt.Row{Step: receipt.Sent, Key: "3xamp1e0metadata0key0of0a0secret0shared0here000000000000000000",
		Channel: "CGENERAL", TS: "1773500966.000100", Seen: receipt.Seen{Fate: receipt.Waiting, AsOf: now.Unix()}}
	with := func(change func(r *receipt.Receipt, row *receipt.Row)) Message {
		r := single.Copy()
		change(&r, &r.Rows[0])
		return p.Receipt(r, side)
	}
	is := func(fate receipt.Fate, change ...func(*receipt.Seen)) Message {
		return with(func(r *receipt.Receipt, row *receipt.Row) {
			row.Fate = fate
			for _, c := range change {
				c(&row.Seen)
			}
		})
	}
	// kept is one whose link its creator has.
	kept := func(to receipt.Destination, step receipt.Step, why string) Message {
		return with(func(r *receipt.Receipt, row *receipt.Row) {
			r.To, row.Step, row.Why, row.Channel, row.TS, row.Secret = to, step, why, "", "", secret
		})
	}
	late := func(s *receipt.Seen) { s.Late = true }

	g := goldenGroup(now)
	pending := receipt.New("UANA", receipt.People([]string{"UBEN", "UCID"}), expires, false)
	pending.ID = "GOLDEN2"
	phrased := g.Copy()
	phrased.Phrase, phrased.Rows[0].Phrase, phrased.Rows[1].Phrase = true, receipt.PhraseSent, receipt.PhraseNotSent
	type plea struct { // what the buttons of the real thing hold
		Creator string `json:"u"`
		To      string `json:"to"`
		Expires int64  `json:"e,omitempty"`
		Phrase  bool   `json:"w,omitempty"`
		Note    string `json:"x,omitempty"`
	}
	sign := func(action string, phrase bool, note string) string {
		return side.Keys.Sign(action, plea{"UANA", "UBEN", expires.Unix(), phrase, note})
	}
	shared := func(phrase bool, note string) Shared {
		return Shared{Creator: "UANA", Link: link, Expires: expires, Phrase: phrase, Note: note}
	}
	madeUp := otsclient.NewPlaintext("EXAMPLEphrase234")

	messages := map[string]Message{
		"group-pending":           p.Receipt(pending, side),
		"group":                   p.Receipt(g, side),
		"group-passphrase":        p.Receipt(phrased, side),
		"personal":                p.Personal(shared(false, ""), sign(ActionCannot, false, "")),
		"personal-passphrase":     p.Personal(shared(true, "The staging database."), sign(ActionCannot, true, "The staging database.")),
		"passphrase-link":         p.PhraseLink(shared(false, "")),
		"cannot-open":             p.CannotOpen("UBEN", false, "", sign(ActionAfresh, true, "")),
		"announcement":            p.Announcement(shared(false, "")),
		"announcement-passphrase": p.Announcement(shared(true, "")),
		"announcement-note":       p.Announcement(shared(false, "The staging database.\n<!channel> & more")),
		"announcement-burned":     p.AnnouncementOver(receipt.Receipt{Creator: "UANA"}, receipt.Row{Seen: receipt.Seen{Fate: receipt.BurnedNow, AsOf: now.Unix()}}, ""),
		"receipt":                 p.Receipt(single, side),
		"receipt-mailed": with(func(r *receipt.Receipt, row *receipt.Row) {
			r.To, row.Channel, row.TS = receipt.Email("p*****@e*****.com"), "", ""
		}),
		"receipt-passphrase":      with(func(r *receipt.Receipt, _ *receipt.Row) { r.Phrase = true }),
		"receipt-by-response-url": with(func(r *receipt.Receipt, row *receipt.Row) { r.To.Channel, row.Channel, row.TS = "DANABEN", "", "" }),
		"receipt-thread": with(func(r *receipt.Receipt, row *receipt.Row) {
			r.To.Thread, row.InThread, r.Original = "1773500900.000200", true, &authored.Facts{}
		}),
		"receipt-curly": with(func(r *receipt.Receipt, _ *receipt.Row) { r.Remarks = "Cq" }),
		"receipt-app-original": with(func(r *receipt.Receipt, _ *receipt.Row) {
			r.Original = &authored.Facts{App: true, Forwarded: true, Files: 1}
		}),
		"receipt-shorter":        with(func(r *receipt.Receipt, _ *receipt.Row) { r.Asked, r.Given = 14*24*60*60, 7*24*60*60 }),
		"receipt-alone":          with(func(r *receipt.Receipt, row *receipt.Row) { r.To.Channel, row.Channel = "DANA", "DANA" }),
		"receipt-opened":         is(receipt.Opened, func(s *receipt.Seen) { s.Opened = now.Add(-time.Hour).Unix() }),
		"receipt-expired":        is(receipt.Expired),
		"receipt-gone":           is(receipt.Gone),
		"receipt-burned":         is(receipt.Burned),
		"receipt-burned-now":     is(receipt.BurnedNow),
		"receipt-burned-already": is(receipt.Burned, late),
		"receipt-opened-first":   is(receipt.Opened, late),
		"receipt-burn-kept":      is(receipt.BurnNotDone),
		"receipt-burn-trusted":   is(receipt.BurnedOnTrust),
		"receipt-unknown":        is(receipt.Strange),
		"receipt-unreachable":    is(receipt.NoAnswer),
		"private-link":           kept(receipt.Oneself(), receipt.NotSent, ""),
		"private-link-archived":  kept(receipt.Conversation("CGENERAL"), receipt.NotSent, "is_archived"),
		"private-link-unproven":  kept(receipt.Conversation("CGENERAL"), receipt.Perhaps, receipt.Unproven),
		"leak-author":            p.LeakAdvice("UANA", Written{Link: "https://example.slack.com/archives/CGENERAL/p1773500900000200"}, authored.Facts{}),
		"leak-author-reply":      p.LeakAdvice("UANA", Written{Link: "https://example.slack.com/archives/CGENERAL/p1773500901000300?thread_ts=1773500900.000200&cid=CGENERAL"}, authored.Facts{Forwarded: true, Source: "https://example.slack.com/archives/COTHER/p1773500800000100?thread_ts=1773500700.000100&cid=COTHER", Files: 1}),
		"help":                   {Text: p.Help("/secret").Text},
	}
	withMail := settings()
	withMail.OffersMail = true
	mailForm := New(english(), withMail)
	views := map[string]slack.ModalViewRequest{
		"form-mail":           mailForm.Form(Form{Parts: 1, Mail: true}),
		"form-again":          p.Form(Form{Parts: 1, Rest: pending.People(receipt.Row.Due)}),
		"form-afresh":         p.Form(Form{Parts: 1, People: []string{"UBEN"}}),
		"form-passphrase":     p.Form(Form{Parts: 1, MakePhrase: true}),
		"form-warned":         p.Form(Form{Parts: 1, External: true, Problem: "That conversation is shared with another organisation, whose people could open the link. Nothing was stored yet: press Share if that is what you want."}),
		"passphrase-once":     p.PhraseOnce(madeUp),
		"send-passphrase":     p.PhraseForm("sealed", phrased.People(phrased.DueForPhrase()), ""),
		"burn-confirm":        p.BurnForm("sealed", "", false),
		"form":                p.Form(Form{Parts: 1, Here: true}),
		"form-filled":         p.Form(Form{Parts: 2, Secret: otsclient.NewPlaintext(strings.Repeat("p", 3001))}),
		"form-generate":       p.Form(Form{Parts: 1, Generate: true}),
		"form-from-message":   p.Form(Form{Parts: 1, Message: &authored.Facts{}, Secret: otsclient.NewPlaintext("hunter2")}),
		"form-from-forwarded": p.Form(Form{Parts: 1, Message: &authored.Facts{Forwarded: true, Files: 2, Names: [3]string{"key.pem", "my_notes.txt"}}, Secret: otsclient.NewPlaintext("hunter2")}),
		"form-failed":         p.Form(Form{Parts: 1, Here: true, Problem: p.NotConcealed(otsclient.ErrUnavailable, Attempt{Asked: time.Hour, Now: now})}),
		"form-working":        p.Form(Form{Parts: 1, Here: true, Working: true}),
		"form-done":           p.ShareDone(p.Done(Posted, ToldInDM)),
		"burn-passphrase":     p.BurnForm("sealed", "", true),
		"burn-passphrase-no":  p.BurnForm("sealed", p.StillThere, true),
	}
	for name, m := range messages {
		t.Run(name, func(t *testing.T) {
			golden(t, name, map[string]any{"text": m.Text, "blocks": m.Blocks})
			within(t, m)
		})
	}
	for name, v := range views {
		v.PrivateMetadata = "sealed"
		t.Run(name, func(t *testing.T) { golden(t, name, v) })
	}
	files, err := filepath.Glob("testdata/golden/*.json")
	if err != nil || len(files) != len(messages)+len(views) {
		t.Errorf("%d golden files for %d messages and %d views: remove what is left over", len(files), len(messages), len(views))
	}
}

// within: a section takes 3,000 characters,
// https://docs.slack.dev/reference/block-kit/blocks/section-block
func within(t *testing.T, m Message) {
	t.Helper()
	for _, block := range m.Blocks {
		if s, ok := block.(*slack.SectionBlock); ok && s.Text != nil && len(s.Text.Text) > 3000 {
			t.Errorf("a section of %d characters", len(s.Text.Text))
		}
	}
}

func golden(t *testing.T, name string, v any) {
	t.Helper()
	var data bytes.Buffer
	encode := json.NewEncoder(&data)
	encode.SetEscapeHTML(false)
	encode.SetIndent("", "  ")
	if err := encode.Encode(v); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "golden", name+".json")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data.Bytes(), want) {
		t.Errorf("%s differs; if it should, run: go test ./bot/internal/text -run MessagesAndViews -update\n%s", file, data.String())
	}
}

func TestLifetimesReadAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	p := New(english(), settings())
	for d, want := range map[time.Duration]string{
		45 * time.Second:             "45 seconds",
		time.Minute:                  "1 minute",
		5 * time.Minute:              "5 minutes",
		90 * time.Minute:             "1 hour and 30 minutes",
		4 * time.Hour:                "4 hours",
		24 * time.Hour:               "1 day",
		25 * time.Hour:               "1 day and 1 hour",
		24*time.Hour + time.Minute:   "1 day",
		7 * 24 * time.Hour:           "7 days",
		time.Hour + 20*time.Second:   "1 hour",
		10*time.Minute + time.Second: "10 minutes",
	} {
		if got := p.lifetime(d); got != want {
			t.Errorf("lifetime(%v) = %q, want %q", d, got, want)
		}
	}
}
