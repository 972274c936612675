package text

import (
	"iter"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/receipt"
	"otsbot/otsclient"
)

// forms are those for a secret.
func (s *sampler) forms() {
	one := func(name string, f Form) {
		f.Parts = max(f.Parts, 1)
		s.view(name, s.p.Form(f))
	}
	message := otsclient.NewPlaintext("hunter2")
	one("form", Form{Shape: Shape{Here: "CGENERAL"}})
	one("form-filled", Form{Shape: Shape{Parts: 2}, Secret: otsclient.NewPlaintext(strings.Repeat("p", 3001))})
	one("form-generate", Form{Shape: Shape{Generate: true}})
	one("form-passphrase", Form{Shape: Shape{MakePhrase: true}})
	one("form-afresh", Form{Shape: Shape{People: []string{"UBEN"}}})
	one("form-again", Form{Rest: s.pending().People(receipt.Row.Due)})
	one("form-again-like-others", Form{Shape: Shape{Note: "The staging database."}, Rest: []string{"UBEN"}, Continues: s.expires})
	one("form-from-message", Form{Message: &authored.Facts{}, Secret: message})
	one("form-from-forwarded", Form{Message: &authored.Facts{Forwarded: true, Files: 2, Names: [3]string{"key.pem", "my_notes.txt"}}, Secret: message})
	one("form-warned", Form{Shape: Shape{External: true}, Problem: s.p.Together(s.p.c.Refusals.WarnPlace, s.p.NotYetShared)})
	one("form-failed", Form{Shape: Shape{Here: "CGENERAL"}, Problem: s.unavailable()})
	one("form-working", Form{Shape: Shape{Here: "CGENERAL"}, Working: true})
	one("form-working-passphrase", Form{Shape: Shape{MakePhrase: true}, Working: true})
	s.view("form-mail", s.with(func(set *Settings) { set.OffersMail = true }).Form(Form{Shape: Shape{Parts: 1, Mail: true}}))
	s.view("form-strict", s.with(func(set *Settings) { set.Required, set.RecipientsMax = []string{BlockPhrase}, 0 }).Form(Form{Shape: Shape{Parts: 1}}))
}

// unavailable is why nothing was stored.
func (s *sampler) unavailable() string {
	return s.p.NotConcealed(otsclient.ErrUnavailable, Attempt{Asked: time.Hour, Now: s.now})
}

// otherForms ask for a passphrase, or say how it ended.
func (s *sampler) otherForms() {
	p := s.p
	people, unavailable := s.phrased(), s.unavailable()
	s.view("form-done", p.ShareDone(p.Done(Posted, ToldInDM)))
	s.view("form-not-done", p.ShareDone(p.NotDone(p.Undone(Undone{Fate: receipt.BurnedNow}))))
	s.view("passphrase-once", p.PhraseOnce(otsclient.NewPlaintext("EXAMPLEphrase234")))
	s.view("burn-confirm", p.BurnForm("sealed", "", false))
	s.view("burn-passphrase", p.BurnForm("sealed", "", true))
	s.view("burn-passphrase-no", p.BurnForm("sealed", p.StillThere, true))
	s.view("burn-passphrase-working", p.BurnForm("sealed", p.Working, true))
	burned := s.single()
	burned.Rows[0].Saw(receipt.Seen{AsOf: s.now.Unix(), Fate: receipt.BurnedNow})
	s.view("burn-done", p.BurnDone(p.BurnEnded(burned, true)))
	s.view("send-passphrase", p.PhraseForm("sealed", people.People(people.DueForPhrase()), ""))
	s.view("send-passphrase-no", p.PhraseForm("sealed", people.People(people.DueForPhrase()), unavailable))
	s.view("send-passphrase-working", p.PhraseForm("sealed", people.People(people.DueForPhrase()), p.Working))
	s.view("send-passphrase-done", p.PhraseDone(p.PhrasePartly))
	s.view("live-form", p.LiveForm("sealed", "otsbot check"))
	s.view("live-sent", p.LiveSent())
}

// homes are Home tabs.
func (s *sampler) homes() {
	h := Home{
		Link:        func(receipt.Receipt) string { return "https://example.slack.com/archives/CGENERAL/p1773500966000100" },
		Share:       s.reopen(""),
		ActionShare: receipt.ActionReopen,
		BurnAll:     s.sign(ActionHomeBurnAll, false, ""),
		ActionBurn:  ActionBurnKept,
		Burn:        func(r receipt.Receipt) string { return s.sign(ActionBurnKept, false, r.ID) },
	}
	empty, some, unseen, full, unsure := h, h, h, h, h
	empty.Since, unsure.Unsure = s.now, true
	s.home("home-empty", s.p.HomeView(empty))
	s.home("home-unsure", s.p.HomeView(unsure))
	s.home("home-nothing", NoHome())

	noted := s.single()
	noted.Note, noted.Phrase = "The staging database.", true
	ended := s.single()
	ended.Rows[0].Saw(receipt.Seen{AsOf: s.now.Unix(), Fate: receipt.Opened, Opened: s.now.Unix()})
	some.Live, some.Ended = []receipt.Receipt{s.single(), noted, s.group()}, []receipt.Receipt{ended}
	s.home("home", s.p.HomeView(some))

	// Of these nobody has looked at one, or at some, or could not.
	one, none, few := s.single(), s.group(), s.group()
	one.Rows[0].Seen = receipt.Seen{}
	none.Rows = []receipt.Row{none.Rows[1], none.Rows[1]}
	few.Rows = []receipt.Row{few.Rows[0], few.Rows[1], few.Rows[1]}
	few.Rows[1].Saw(receipt.Seen{AsOf: s.now.Unix(), Fate: receipt.BurnNotDone})
	few.Rows[2].Saw(receipt.Seen{AsOf: s.now.Unix(), Fate: receipt.NoAnswer})
	unseen.Live = []receipt.Receipt{one, none, few}
	unseen.Ended = []receipt.Receipt{s.single(), few} // nor by their end
	s.home("home-unseen", s.p.HomeView(unseen))

	// The fullest page: it has another before it and one behind.
	for range 3 * livePage {
		full.Live, full.Ended = append(full.Live, noted), append(full.Ended, ended)
	}
	full.Page, full.Since = 1, s.now
	s.home("home-full", s.p.HomeView(full))
}

// Limits are forms with something that Slack's documents give no limit for, or
// two. They say what is in question, and no form of this app has it.
func Limits() iter.Seq2[string, slack.ModalViewRequest] {
	form := func(label string, element slack.BlockElement) slack.ModalViewRequest {
		return slack.ModalViewRequest{Type: slack.VTModal, Title: plainText("Limits"), Submit: plainText("Send"),
			Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewInputBlock("limit", plainText(label), nil, element)}}}
	}
	choice := func(length int) slack.ModalViewRequest {
		option := slack.NewOptionBlockObject(strings.Repeat("x", length), plainText("One"), nil)
		return form("Choose", slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, actionValue, option))
	}
	return func(yield func(string, slack.ModalViewRequest) bool) {
		_ = yield("a label of 2,000 characters", form(strings.Repeat("x", 2000), slack.NewPlainTextInputBlockElement(nil, actionValue))) &&
			yield("an option whose value has 76 characters", choice(76)) &&
			yield("an option whose value has 150 characters", choice(150))
	}
}
