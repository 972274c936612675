package text

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/request"
)

// Slack takes each text again when its message is changed, in every language and
// however long it gets; and of a receipt with as many people as there can be, it
// tells how each stands, one by one or in a number.
func TestEveryTextCanBeChangedInEachLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range append(Languages(), pseudo()) {
		t.Run(c.Language.String(), func(t *testing.T) {
			t.Parallel()
			p := New(c, settings())
			for _, s := range append(p.Samples(beside(t)), longest(t, p)...) {
				if s.Message == nil {
					continue
				}
				if n := len(utf16.Encode([]rune(s.Message.Text))); n == 0 || n > 4000 {
					t.Errorf("%s: a text of %d characters: %q", s.Name, n, s.Message.Text)
				}
			}
		})
	}
}

// longest are messages that say as much as they can.
func longest(t *testing.T, p *Printer) (all []Sample) {
	s := &sampler{p: p, side: beside(t), now: time.Date(2026, 9, 23, 22, 59, 59, 0, time.UTC)}
	s.expires = s.now.Add(7 * 24 * time.Hour)
	r, wordy := crowd(s, 20), map[receipt.Step]receipt.Row{}
	says := func(row receipt.Row) int { return len(p.Together(p.says(r, row)...)) }
	for _, row := range everyRow(s) {
		if most, ok := wordy[row.Step]; !ok || says(row) > says(most) {
			wordy[row.Step] = row
		}
	}
	for step, row := range wordy {
		r := r.Copy()
		for at := range r.Rows {
			row.To = r.Rows[at].To
			r.Rows[at] = row
		}
		s.message(fmt.Sprintf("receipt of 20 at step %q", step), p.Receipt(r, s.side))
		s.message(fmt.Sprintf("news of 20 at step %q", step), p.UnopenedNews(r, "burn", "again"))
	}
	return append(s.all, longestAsked(t, p)...)
}

// longestAsked are those of requests.
func longestAsked(t *testing.T, p *Printer) []Sample {
	s := &sampler{p: p, side: beside(t), now: time.Date(2026, 9, 23, 22, 59, 59, 0, time.UTC)}
	what := strings.Repeat("&", request.MaxWhat)
	for _, channel := range []string{"", "C0123456789"} {
		for _, step := range []request.Step{request.Pending, request.Failed, request.Waiting, request.Answered, request.Declined} {
			for _, over := range []bool{false, true} {
				r := request.Request{ID: "ABCDEFGHIJ", Asker: "U0123456789", What: what, Until: s.now.Unix(), Channel: channel, Several: channel != "", Over: over}
				if channel != "" {
					r.Rows, r.Earlier = append(r.Rows, request.Row{Step: request.Waiting}), 1234
				}
				for i := range request.MaxPeople {
					r.Rows = append(r.Rows, request.Row{To: fmt.Sprintf("U01234567%02d", i), Step: step, At: s.now.Unix()})
				}
				for _, at := range []time.Time{s.now.Add(-time.Hour), s.now} {
					s.message(fmt.Sprintf("card of 20 at step %q", step), p.Card(r, at, func(string) string { return "" }))
				}
				s.message("request", p.Request(r.Question("U0123456700"), true, "", ""))
			}
		}
	}
	s.message("refusal", p.DeclinedNews("U0123456789", what, strings.Repeat("&", maxWord)))
	return s.all
}

// crowd is a receipt of n people with ids as long as Slack's are.
func crowd(s *sampler, n int) receipt.Receipt {
	people := make([]string, n)
	for i := range people {
		people[i] = fmt.Sprintf("U01234567%02d", i)
	}
	r := receipt.New("U0123456789", receipt.People(people), s.expires, true)
	r.Path, r.Note = "receipt", strings.Repeat("<", MaxNote)
	return r
}

// everyRow is one of each sort that there can be.
func everyRow(s *sampler) (rows []receipt.Row) {
	whys := []string{"", receipt.Unreachable, receipt.MaybeStored, receipt.TooLong, receipt.NoPhrase, receipt.NoPhraseLive, receipt.LeftLive, receipt.NoAPI, receipt.NotAuthorized, receipt.Rejected,
		receipt.RateLimited, receipt.NotBurned, "user_not_found", "messages_tab_disabled", "missing_scope", "ratelimited"}
	for _, step := range []receipt.Step{receipt.Pending, receipt.Failed, receipt.Stored, receipt.Sent, receipt.NotSent, receipt.Perhaps} {
		for _, why := range whys {
			for _, fate := range []receipt.Fate{receipt.Unseen, receipt.NoAnswer, receipt.Strange, receipt.NotFound, receipt.Waiting, receipt.Overdue, receipt.Opened, receipt.BurnedNow,
				receipt.BurnedOnTrust, receipt.BurnNotDone, receipt.Burned, receipt.Expired, receipt.Gone} {
				for _, phrase := range []receipt.Phrase{"", receipt.PhraseSent, receipt.PhraseNotSent, receipt.PhraseUnproven, receipt.PhraseLive} {
					row := receipt.Row{Step: step, Why: why, Phrase: phrase, Until: s.expires.Unix(), Seen: receipt.Seen{Fate: fate, AsOf: s.now.Unix()}}
					if fate == receipt.Opened {
						row.Opened = s.now.Unix()
					}
					if step != receipt.Pending && step != receipt.Failed {
						row.Key = sampleKey
					}
					rows = append(rows, row)
				}
			}
		}
	}
	return rows
}

// Whom a text has no room for is in a number, and nobody is in both.
func TestATextCountsThoseItHasNoRoomFor(t *testing.T) {
	t.Parallel()
	p := New(english(), settings())
	s := &sampler{p: p, side: beside(t), now: time.Date(2026, 9, 23, 22, 59, 59, 0, time.UTC)}
	s.expires = s.now.Add(time.Hour)
	r := crowd(s, 20)
	for i := range r.Rows {
		r.Rows[i].Step, r.Rows[i].Why = receipt.Failed, receipt.LeftLive
	}
	r.Rows[19].Step, r.Rows[19].Key, r.Rows[19].Seen = receipt.Sent, sampleKey, receipt.Seen{Fate: receipt.Waiting, AsOf: s.now.Unix()}
	got := p.Receipt(r, s.side).Text
	named := strings.Count(got, "<@U0")
	if want := fmt.Sprintf(" And %d more: 1 not opened yet, %d without a link.", 20-named, 19-named); named < 15 || named > 18 || !strings.HasSuffix(got, want) {
		t.Errorf("names %d, and ends in %q, want %q", named, got[len(got)-80:], want)
	}
	r.Rows = r.Rows[:10]
	if got := p.Receipt(r, s.side).Text; strings.Count(got, "<@U0") != 10 || strings.Contains(got, " more") {
		t.Errorf("ten people: %q", got)
	}
}

// Buttons of one name are told apart by those who hear them, where there is room.
func TestButtonsThatBurnARowSayWhich(t *testing.T) {
	t.Parallel()
	p := New(english(), settings())
	heard := map[string][]string{}
	for _, s := range p.Samples(beside(t)) {
		for _, is := range said(t, s) {
			if is.where == "button accessibility_label" && strings.HasPrefix(is.text, "Burn, row ") {
				heard[s.Name] = append(heard[s.Name], is.text)
			}
		}
	}
	if got := strings.Join(heard["group"], "; "); got != "Burn, row 1 of 7; Burn, row 2 of 7; Burn, row 3 of 7; Burn, row 7 of 7" {
		t.Errorf("a receipt has %s", got)
	}
	full := heard["home-full"]
	if len(full) != livePage || full[0] != "Burn, row 1 of 25" || full[24] != "Burn, row 25 of 25" {
		t.Errorf("the Home tab has %q", full)
	}
}

// What no row has room for is counted, and that something is left out is said.
func TestACrowdsReceiptSaysThatItLeavesOut(t *testing.T) {
	t.Parallel()
	for _, c := range Languages() {
		p := New(c, settings())
		s := &sampler{p: p, side: beside(t), now: time.Date(2026, 9, 23, 22, 59, 59, 0, time.UTC)}
		s.expires = s.now.Add(time.Hour)
		r := crowd(s, 20)
		said := func() string { return spoken(p.Receipt(r, s.side).Blocks) }
		if got := said(); strings.Contains(got, c.Receipt.LeftOut) || !strings.Contains(got, mention(r.Rows[19].To)) {
			t.Errorf("%s: left out though there is room:\n%s", c.Language, got)
		}
		for i := range r.Rows {
			r.Rows[i] = receipt.Row{To: r.Rows[i].To, Step: receipt.Perhaps, Why: receipt.Unproven, Phrase: receipt.PhraseUnproven,
				Key: strings.Repeat(rand.Text(), 3)[:62], Secret: strings.Repeat(rand.Text(), 3)[:62], Seen: receipt.Seen{Fate: receipt.Waiting, AsOf: s.now.Unix()}}
		}
		got := said()
		for _, want := range []string{c.Receipt.LeftOut, p.count(20, c.Home.SomeWaiting), mention(r.Rows[19].To)} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q isn't in:\n%s", c.Language, want, got)
			}
		}
	}
}

// spoken is all text of blocks.
func spoken(blocks []slack.Block) string {
	data, _ := json.Marshal(blocks)
	var read []map[string]any
	_ = json.Unmarshal(data, &read)
	return fmt.Sprint(read)
}
