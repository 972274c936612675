package text

import (
	"fmt"
	"time"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/receipt"
)

// receipts are those of one secret.
func (s *sampler) receipts() {
	with := func(name string, change func(r *receipt.Receipt, row *receipt.Row)) {
		r := s.single()
		change(&r, &r.Rows[0])
		s.message(name, s.p.Receipt(r, s.side))
	}
	with("receipt", func(*receipt.Receipt, *receipt.Row) {})
	with("receipt-mailed", func(r *receipt.Receipt, row *receipt.Row) {
		r.To, row.Channel, row.TS = receipt.Email("p*****@e*****.com"), "", ""
	})
	with("receipt-passphrase", func(r *receipt.Receipt, _ *receipt.Row) { r.Phrase = true })
	with("receipt-by-response-url", func(r *receipt.Receipt, row *receipt.Row) { r.To.Channel, row.Channel, row.TS = "DANABEN", "", "" })
	with("receipt-thread", func(r *receipt.Receipt, row *receipt.Row) {
		r.To.Thread, row.InThread, r.Original = "1773500900.000200", true, &authored.Original{}
	})
	with("receipt-curly", func(r *receipt.Receipt, _ *receipt.Row) { r.Remarks = "Cq" })
	with("receipt-app-original", func(r *receipt.Receipt, _ *receipt.Row) {
		r.Original = &authored.Original{App: true, Quotes: 1, Files: 1}
	})
	with("receipt-quoting-original", func(r *receipt.Receipt, _ *receipt.Row) {
		r.Original = &authored.Original{Quotes: 2, Sources: []string{
			"https://example.slack.com/archives/COTHER/p1773500800000100", "https://example.slack.com/archives/COTHER/p1773500800000200"}}
	})
	with("receipt-perhaps-original", func(r *receipt.Receipt, _ *receipt.Row) {
		r.Original = &authored.Original{Perhaps: true, Link: "https://example.slack.com/archives/CGENERAL/p1773500900000200"}
	})
	with("receipt-shorter", func(r *receipt.Receipt, _ *receipt.Row) { r.Asked, r.Given = 14*24*60*60, 7*24*60*60 })
	with("receipt-alone", func(r *receipt.Receipt, row *receipt.Row) { r.To.Channel, row.Channel = "DANA", "DANA" })
	s.side.Followed = true
	with("receipt-followed", func(r *receipt.Receipt, _ *receipt.Row) { r.Note = "The staging database." })
	with("receipt-followed-tells", func(r *receipt.Receipt, _ *receipt.Row) { r.Tell = true })
	s.side.Followed = false
	s.receiptsEnded(with)

	// kept is one whose link its creator has.
	kept := func(name string, to receipt.Destination, step receipt.Step, why string) {
		with(name, func(r *receipt.Receipt, row *receipt.Row) {
			r.To, row.Step, row.Why, row.Channel, row.TS, row.Secret = to, step, why, "", "", sampleSecret
		})
	}
	kept("private-link", receipt.Oneself(), receipt.NotSent, "")
	kept("private-link-archived", receipt.Conversation("CGENERAL"), receipt.NotSent, "is_archived")
	kept("private-link-unproven", receipt.Conversation("CGENERAL"), receipt.Perhaps, receipt.Unproven)
	kept("private-link-not-mailed", receipt.Email("p*****@e*****.com"), receipt.NotSent, receipt.NotMailed)
}

// receiptsEnded are those of a secret of which something was learned.
func (s *sampler) receiptsEnded(with func(string, func(*receipt.Receipt, *receipt.Row))) {
	late := func(seen *receipt.Seen) { seen.Late = true }
	after := func(seen *receipt.Seen) { seen.AsOf = s.expires.Add(time.Minute).Unix() }
	at := func(seen *receipt.Seen) { seen.Opened = s.now.Add(-time.Hour).Unix() }
	for _, is := range []struct {
		name  string
		fate  receipt.Fate
		being func(*receipt.Seen)
	}{
		{"opened", receipt.Opened, at},
		{"expired", receipt.Expired, nil},
		{"gone", receipt.Gone, nil},
		{"overdue", receipt.Overdue, after},
		{"forgotten", receipt.NotFound, func(seen *receipt.Seen) { after(seen); seen.Outlived = true }},
		{"burned", receipt.Burned, nil},
		{"burned-now", receipt.BurnedNow, nil},
		{"burned-already", receipt.Burned, late},
		{"opened-first", receipt.Opened, late},
		{"burn-kept", receipt.BurnNotDone, nil},
		{"burn-trusted", receipt.BurnedOnTrust, nil},
		{"unknown", receipt.Strange, nil},
		{"unreachable", receipt.NoAnswer, nil},
		{"not-found", receipt.NotFound, nil},
	} {
		with("receipt-"+is.name, func(_ *receipt.Receipt, row *receipt.Row) {
			row.Fate = is.fate
			if is.being != nil {
				is.being(&row.Seen)
			}
		})
	}
}

// receiptsOfPeople have a row for each, up to as many as there can be.
func (s *sampler) receiptsOfPeople() {
	s.message("group-pending", s.p.Receipt(s.pending(), s.side))
	s.message("group", s.p.Receipt(s.group(), s.side))
	s.message("group-passphrase", s.p.Receipt(s.phrased(), s.side))

	over := s.group()
	for i := range over.Rows {
		over.Rows[i].Step, over.Rows[i].Key, over.Rows[i].Seen = receipt.Sent, sampleKey, receipt.Seen{}
		over.Rows[i].Saw(receipt.Seen{AsOf: s.now.Unix(), Fate: receipt.Expired})
	}
	s.message("group-expired", s.p.Receipt(over, s.side))

	most := make([]string, max(s.p.set.RecipientsMax, 2))
	for i := range most {
		most[i] = fmt.Sprintf("U0SAMPLE%02d", i)
	}
	full := receipt.New("UANA", receipt.People(most), s.expires, false)
	full.ID, full.Path = "GOLDEN3", "receipt"
	for i := range full.Rows {
		row := &full.Rows[i]
		row.Step, row.Key, row.Channel, row.TS = receipt.Sent, sampleKey, fmt.Sprintf("D0SAMPLE%02d", i), "1773500966.000200"
		row.Saw(receipt.Seen{AsOf: s.now.Unix(), Fate: receipt.Waiting})
	}
	s.message("group-full", s.p.Receipt(full, s.side))
}

func (s *sampler) pending() receipt.Receipt {
	r := receipt.New("UANA", receipt.People([]string{"UBEN", "UCID"}), s.expires, false)
	r.ID = "GOLDEN2"
	return r
}

// phrased is the group, with a passphrase that went to some.
func (s *sampler) phrased() receipt.Receipt {
	r := s.group()
	r.Phrase, r.Rows[0].Phrase, r.Rows[1].Phrase = true, receipt.PhraseSent, receipt.PhraseNotSent
	return r
}
