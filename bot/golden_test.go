package bot

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
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldenBot has fixed settings and seals nothing, so that its messages and
// views come out the same each time.
func goldenBot(t *testing.T, change ...func(*Config)) *Bot {
	t.Helper()
	ots, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		BotToken: "xoxb-1", AppToken: "xapp-1", OTS: ots, Inline: true, TTL: 7 * 24 * time.Hour,
		TTLChoices: []time.Duration{5 * time.Minute, time.Hour, 4 * time.Hour, 24 * time.Hour, 72 * time.Hour, 7 * 24 * time.Hour},
		Policy:     Policy{External: ExternalWarn, RecipientsMax: MaxRecipients},
	}
	for _, c := range change {
		c(&cfg)
	}
	b, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestMessagesAndViews holds every message and view that people see against
// its golden file. `go test ./bot -run MessagesAndViews -update` writes them.
// The pictures in the README are made from these files.
func TestMessagesAndViews(t *testing.T) {
	b := goldenBot(t)
	now := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	expires := now.Add(7 * 24 * time.Hour)
	secret := "3xamp1e0secret0key0of0a0secret0shared0here00000000000000000000"
	link := "https://ots.example.com/secret/" + secret
	single := receipt.New("UANA", receipt.Conversation("CGENERAL"), expires, false)
	single.ID, single.Path = "GOLDEN0", "receipt"
	single.Rows[0] = receipt.Row{Step: receipt.Sent, Key: "3xamp1e0metadata0key0of0a0secret0shared0here000000000000000000",
		Channel: "CGENERAL", TS: "1773500966.000100", Seen: receipt.Seen{Fate: receipt.Waiting, AsOf: now.Unix()}}
	with := func(change func(r *receipt.Receipt, row *receipt.Row)) text.Message {
		r := single.Copy()
		change(&r, &r.Rows[0])
		return b.receipt(r)
	}
	is := func(fate receipt.Fate, change ...func(*receipt.Seen)) text.Message {
		return with(func(r *receipt.Receipt, row *receipt.Row) {
			row.Fate = fate
			for _, c := range change {
				c(&row.Seen)
			}
		})
	}
	// kept is one whose link its creator has.
	kept := func(to receipt.Destination, step receipt.Step, why string) text.Message {
		return with(func(r *receipt.Receipt, row *receipt.Row) {
			r.To, row.Step, row.Why, row.Channel, row.TS, row.Secret = to, step, why, "", "", secret
		})
	}
	late := func(s *receipt.Seen) { s.Late = true }
	none := otsclient.Plaintext{}
	st := formState{Parts: 1, Here: "CGENERAL"}

	g := goldenGroup(now)
	pending := receipt.New("UANA", receipt.People([]string{"UBEN", "UCID"}), expires, false)
	pending.ID = "GOLDEN2"
	phrased := g.Copy()
	phrased.Phrase, phrased.Rows[0].Phrase, phrased.Rows[1].Phrase = true, receipt.PhraseSent, receipt.PhraseNotSent
	p := plea{"UANA", "UBEN", expires.Unix(), true, ""}
	madeUp := otsclient.NewPlaintext("EXAMPLEphrase234")

	messages := map[string]text.Message{
		"group-pending":           b.receipt(pending),
		"group":                   b.receipt(g),
		"group-passphrase":        b.receipt(phrased),
		"personal":                b.personal(g, "UBEN", link, ""),
		"personal-passphrase":     b.personal(phrased, "UBEN", link, "The staging database."),
		"passphrase-link":         phraseMessage("UANA", link, expires),
		"cannot-open":             b.cantOpen(p),
		"announcement":            announcement("UANA", link, expires, false, ""),
		"announcement-passphrase": announcement("UANA", link, expires, true, ""),
		"announcement-note":       announcement("UANA", link, expires, false, "The staging database.\n<!channel> & more"),
		"announcement-burned":     announcementOver(receipt.Receipt{Creator: "UANA"}, receipt.Row{Seen: receipt.Seen{Fate: receipt.BurnedNow, AsOf: now.Unix()}}, nil),
		"receipt":                 b.receipt(single),
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
		"leak-author":            b.printer.LeakAdvice("UANA", (&leak{origin{Channel: "CGENERAL", Thread: "1773500900.000200", TS: "1773500900.000200", Host: "example.slack.com"}}).written(), authored.Facts{}),
		"leak-author-reply":      b.printer.LeakAdvice("UANA", (&leak{origin{Channel: "CGENERAL", Thread: "1773500900.000200", TS: "1773500901.000300", Host: "example.slack.com"}}).written(), authored.Facts{Forwarded: true, Source: "https://example.slack.com/archives/COTHER/p1773500800000100?thread_ts=1773500700.000100&cid=COTHER", Files: 1}),
		"help":                   {Text: help("/secret", b.cfg)},
	}
	mailForm := goldenBot(t, func(c *Config) { c.Email = true })
	views := map[string]slack.ModalViewRequest{
		"form-mail":           mailForm.formView("UANA", formState{Parts: 1, Mail: true}, none, ""),
		"form-again":          b.formView("UANA", formState{Parts: 1, Receipt: pending.ForForm()}, none, ""),
		"form-afresh":         b.formView("UANA", formState{Parts: 1, To: []string{"UBEN"}}, none, ""),
		"form-passphrase":     b.formView("UANA", formState{Parts: 1, MakePhrase: true}, none, ""),
		"form-warned":         b.formView("UANA", formState{Parts: 1, Warned: "CNORTH"}, none, "That conversation is shared with another organisation, whose people could open the link. Nothing was stored yet: press Share if that is what you want."),
		"passphrase-once":     b.printer.PhraseOnce(madeUp),
		"send-passphrase":     b.printer.PhraseForm("sealed", phrased.People(phrased.DueForPhrase()), ""),
		"burn-confirm":        b.printer.BurnForm("sealed", "", false),
		"form":                b.formView("UANA", st, none, ""),
		"form-filled":         b.formView("UANA", formState{Parts: 2}, otsclient.NewPlaintext(strings.Repeat("p", 3001)), ""),
		"form-generate":       b.formView("UANA", formState{Parts: 1, Generate: true}, none, ""),
		"form-from-message":   b.formView("UANA", formState{Parts: 1, Origin: &origin{Channel: "CGENERAL"}}, otsclient.NewPlaintext("hunter2"), ""),
		"form-from-forwarded": b.formView("UANA", formState{Parts: 1, Origin: &origin{Channel: "CGENERAL", Facts: authored.Facts{Forwarded: true, Files: 2, Names: [3]string{"key.pem", "my_notes.txt"}}}}, otsclient.NewPlaintext("hunter2"), ""),
		"form-failed":         b.formView("UANA", st, none, sentence(otsclient.ErrUnavailable, time.Hour, now)),
		"form-working":        b.workingView("UANA", st, now),
		"form-done":           b.printer.ShareDone(sayDone(delivery{outcome: outcomePosted, told: viaDM})),
		"burn-passphrase":     b.printer.BurnForm("sealed", "", true),
		"burn-passphrase-no":  b.printer.BurnForm("sealed", b.printer.StillThere, true),
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
func within(t *testing.T, m text.Message) {
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
		t.Errorf("%s differs; if it should, run: go test ./bot -run MessagesAndViews -update\n%s", file, data.String())
	}
}

func TestLifetimesReadAsPeopleSayThem(t *testing.T) {
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
		if got := lifetime(d); got != want {
			t.Errorf("lifetime(%v) = %q, want %q", d, got, want)
		}
	}
}
