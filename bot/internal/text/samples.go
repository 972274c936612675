package text

import (
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/slackapi"
	"otsbot/otsclient"
)

// Sample is one message or view as somebody sees it, of a secret that never
// was. One of the three is set.
type Sample struct {
	Name    string
	Message *Message
	View    *slack.ModalViewRequest
	Home    *slack.HomeTabViewRequest
}

// In is the same app in another language.
func (p *Printer) In(c *Catalog) *Printer { return New(c, p.set) }

// Samples is all that can be seen in this language, in every state. Golden files
// hold it, and `otsbot check -live` has Slack look at it. Keys and people are
// made up; whatever makes a message or a view must have a sample here, which a
// test sees to.
func (p *Printer) Samples(side Beside) []Sample {
	s := &sampler{p: p, side: side, now: time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)}
	s.expires = s.now.Add(7 * 24 * time.Hour)
	s.links()
	s.announcementsOver()
	s.news()
	s.sentences()
	s.receipts()
	s.receiptsOfPeople()
	s.forms()
	s.otherForms()
	s.homes()
	s.requests()
	return s.all
}

// Keys as long as those of OneTimeSecret's newest version.
const (
	sampleKey    = "3xamp1e0metadata0key0of0a0secret0shared0here000000000000000000"
	sampleSecret = "3xamp1e0secret0key0of0a0secret0shared0here00000000000000000000"
)

// sampler collects samples.
type sampler struct {
	p            *Printer
	side         Beside
	now, expires time.Time
	all          []Sample
}

func (s *sampler) message(name string, m Message) {
	s.all = append(s.all, Sample{Name: name, Message: &m})
}

func (s *sampler) view(name string, v slack.ModalViewRequest) {
	v.PrivateMetadata = "sealed"
	s.all = append(s.all, Sample{Name: name, View: &v})
}

func (s *sampler) home(name string, v slack.HomeTabViewRequest) {
	s.all = append(s.all, Sample{Name: name, Home: &v})
}

// with is a printer whose settings are others.
func (s *sampler) with(change func(*Settings)) *Printer {
	set := s.p.set
	change(&set)
	return New(s.p.c, set)
}

// sign makes the value of a button, as long as real ones are.
func (s *sampler) sign(action string, phrase bool, note string) string {
	return s.side.Keys.Sign(action, struct {
		Creator string `json:"u"`
		To      string `json:"to"`
		Expires int64  `json:"e,omitempty"`
		Phrase  bool   `json:"w,omitempty"`
		Note    string `json:"x,omitempty"`
	}{"UANA", "UBEN", s.expires.Unix(), phrase, note})
}

// reopen is the value of a button that opens the form for what is shared again.
func (s *sampler) reopen(note string, people ...string) string {
	return s.side.Keys.Sign(receipt.ActionReopen, receipt.Opener{Creator: "UANA", People: people, Note: note})
}

func (s *sampler) shared(phrase bool, note string) Shared {
	link := s.side.Links.SecretLink(otsclient.Shared{SecretKey: otsclient.NewKey(sampleSecret)})
	return Shared{Creator: "UANA", Link: link, Expires: s.expires, Phrase: phrase, Note: note}
}

func (s *sampler) links() {
	const note = "The staging database."
	p := s.p
	personal := p.Personal(s.shared(false, ""), s.sign(ActionCannot, false, ""))
	s.message("announcement", p.Announcement(s.shared(false, "")))
	s.message("announcement-passphrase", p.Announcement(s.shared(true, "")))
	s.message("announcement-note", p.Announcement(s.shared(false, note+"\n<!channel> & more")))
	s.message("personal", personal)
	s.message("personal-passphrase", p.Personal(s.shared(true, note), s.sign(ActionCannot, true, note)))
	s.message("personal-answered", p.Answered(personal, "UANA"))
	s.message("passphrase-link", p.PhraseLink(s.shared(false, note)))
	s.message("cannot-open", p.CannotOpen("UBEN", false, "", s.reopen("", "UBEN")))
	s.message("cannot-open-passphrase", p.CannotOpen("UBEN", true, note, s.reopen(note, "UBEN")))
}

// announcementsOver are what stands in place of links that work no more.
func (s *sampler) announcementsOver() {
	over := func(name string, seen receipt.Seen) {
		r := receipt.New("UANA", receipt.Conversation("CGENERAL"), s.expires, false)
		s.message(name, s.p.AnnouncementOver(r, receipt.Row{Seen: seen}, ""))
	}
	now := s.now.Unix()
	over("announcement-burned", receipt.Seen{Fate: receipt.BurnedNow, AsOf: now})
	over("announcement-burned-trusted", receipt.Seen{Fate: receipt.BurnedOnTrust, AsOf: now})
	over("announcement-burned-before", receipt.Seen{Fate: receipt.Burned, AsOf: now})
	over("announcement-opened", receipt.Seen{Fate: receipt.Opened, AsOf: now})
	over("announcement-opened-at", receipt.Seen{Fate: receipt.Opened, AsOf: now, Opened: s.now.Add(-time.Hour).Unix()})
	over("announcement-expired", receipt.Seen{Fate: receipt.Expired, AsOf: now})
	over("announcement-gone", receipt.Seen{Fate: receipt.Gone, AsOf: now})
	group := s.group()
	group.Note = "The staging database."
	yours := func(name string, fate receipt.Fate) {
		s.message(name, s.p.AnnouncementOver(group, receipt.Row{Seen: receipt.Seen{Fate: fate, AsOf: now}}, ""))
	}
	yours("personal-burned-before", receipt.Burned)
	yours("personal-expired", receipt.Expired)
	yours("personal-gone", receipt.Gone)
	s.message("personal-opened", s.p.AnnouncementOver(group, group.Rows[4], s.sign(ActionCannot, false, group.Note)))
}

// news is what creators hear unasked.
func (s *sampler) news() {
	p, group, single := s.p, s.group(), s.single()
	burn := s.sign(ActionBurnKept, false, "")
	opened := single.Rows[0]
	opened.Saw(receipt.Seen{AsOf: s.now.Unix(), Fate: receipt.Opened})
	s.message("news-opened", p.OpenedNews(single, opened))
	s.message("news-opened-by-one", p.OpenedNews(group, group.Rows[4]))
	s.message("news-unopened", p.UnopenedNews(single, burn, s.reopen("")))
	s.message("news-unopened-by-some", p.UnopenedNews(group, burn, s.reopen("", group.People(receipt.Row.Live)...)))
	single.To, single.Phrase, single.Note = receipt.Oneself(), true, "The staging database."
	s.message("news-unopened-link", p.UnopenedNews(single, burn, s.reopen(single.Note)))
	single.To = receipt.Email("p*****@e*****.com")
	s.message("news-unopened-mail", p.UnopenedNews(single, burn, s.reopen(single.Note)))
}

// sentences are messages of one line.
func (s *sampler) sentences() {
	s.message("said", Plain(s.p.Panic))
	s.message("said-marked", Marked(s.p.PhrasePartly))
	s.message("help", s.p.Help("/secret"))
	s.message("live-ask", s.p.LiveAsk(s.sign(ActionLive, false, "")))
	s.message("live-alone", s.p.LiveAlone())
	s.message("live-seen", s.p.LiveSeen([]string{"ok       a message can be changed", "PROBLEM  a Home tab can be set: no, Slack says hash_conflict"}))
	s.message("leak-author", s.p.LeakAdvice("UANA", Written{Link: "https://example.slack.com/archives/CGENERAL/p1773500900000200"}, authored.Original{}))
	s.message("leak-author-reply", s.p.LeakAdvice("UANA",
		Written{Link: "https://example.slack.com/archives/CGENERAL/p1773500901000300?thread_ts=1773500900.000200&cid=CGENERAL"},
		authored.Original{Quotes: 1, Sources: []string{"https://example.slack.com/archives/COTHER/p1773500800000100?thread_ts=1773500700.000100&cid=COTHER"}, Files: 1}))
}

// single is a receipt of one secret that is out.
func (s *sampler) single() receipt.Receipt {
	r := receipt.New("UANA", receipt.Conversation("CGENERAL"), s.expires, false)
	r.ID, r.Path = "GOLDEN0", "receipt"
	r.Rows[0] = receipt.Row{Step: receipt.Sent, Key: sampleKey, Channel: "CGENERAL", TS: "1773500966.000100",
		Seen: receipt.Seen{Fate: receipt.Waiting, AsOf: s.now.Unix()}}
	return r
}

// group is one with a row of each sort.
func (s *sampler) group() receipt.Receipt {
	g := receipt.New("UANA", receipt.People([]string{"UBEN", "UCID", "UDAN", "UEVE", "UFAY", "UGUS", "UHAL"}), s.expires, false)
	g.ID, g.Path, g.Checked, g.At = "GOLDEN1", "receipt", s.now.Unix(), slackapi.Place{Channel: "DANA", TS: "1773500966.000100"}
	g.Rows[0] = receipt.Row{To: "UBEN", Step: receipt.Sent, Key: sampleKey, Channel: "DBEN", TS: "1773500966.000200", Seen: receipt.Seen{Fate: receipt.Waiting, AsOf: s.now.Unix()}}
	g.Rows[1] = receipt.Row{To: "UCID", Step: receipt.Sent, Key: sampleKey, Channel: "DCID", TS: "1773500966.000300"}
	g.Rows[2] = receipt.Row{To: "UDAN", Step: receipt.NotSent, Key: sampleKey, Secret: sampleSecret, Why: "channel_not_found"}
	g.Rows[3] = receipt.Row{To: "UEVE", Step: receipt.Failed, Why: receipt.Unreachable}
	g.Rows[4] = receipt.Row{To: "UFAY", Step: receipt.Sent, Key: sampleKey, Channel: "DFAY", TS: "1773500966.000400"}
	g.Rows[4].Saw(receipt.Seen{AsOf: s.now.Unix(), Fate: receipt.Opened, Opened: s.now.Add(-time.Hour).Unix()})
	g.Rows[5] = receipt.Row{To: "UGUS", Step: receipt.Sent, Key: sampleKey}
	g.Rows[5].Saw(receipt.Seen{AsOf: s.now.Unix(), Fate: receipt.BurnedNow})
	g.Rows[6] = receipt.Row{To: "UHAL", Step: receipt.Stored, Key: sampleKey, Secret: sampleSecret}
	return g
}
