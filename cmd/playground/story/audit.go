package story

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// auditor knows what is secret in a chapter, and where it may be.
type auditor struct {
	plain   []string // secrets and passphrases
	links   []string // one-time links
	once    []string // what one form may show, once
	owned   []owned
	inForms bool // a form may hold the text that Slack just sent
	slack   int  // entries of the journals that earlier chapters left
	ots     int
}

// owned is a link that only one person may get, besides its creator as code.
type owned struct{ link, owner string }

func (a *auditor) link(url string) { a.links = append(a.links, url) }

// belongs says whom a link is for.
func (a *auditor) belongs(url, owner string) { a.owned = append(a.owned, owned{url, owner}) }

// shownOnce is a secret that its creator's form shows, and nothing else does.
func (a *auditor) shownOnce(secret string) {
	if secret != "" {
		a.once = append(a.once, secret)
	}
}

// keeps makes the auditor look for these wherever they must not be.
func (t *teller) keeps(secret ...string) { t.audit.plain = append(t.audit.plain, secret...) }

// audits what crossed since the last time: nothing that was secret may have
// been anywhere but where it belongs, and Slack's rules were kept.
func (t *teller) audits() {
	if t.err != nil {
		return
	}
	slack, ots := t.stage.Slack.Journal(), t.stage.OTS.Journal()
	for _, e := range slack[t.audit.slack:] {
		t.auditSlack(e)
	}
	for _, e := range ots[t.audit.ots:] {
		t.auditOTS(e)
	}
	t.auditOnce(slack[t.audit.slack:])
	t.auditLog()
	if broken := t.stage.Slack.Violations(); len(broken) > 0 {
		t.difference("the app kept Slack's rules", "no violation", strings.Join(broken, "; "))
	}
	if fetched := t.stage.Slack.LinkFetches(); len(fetched) > 0 {
		t.difference("Slack's link expander", "fetches nothing", strings.Join(fetched, " "))
	}
	t.audit = auditor{slack: len(slack), ots: len(ots)}
}

// auditSlack: whatever the app sent to Slack holds no plaintext.
func (t *teller) auditSlack(e slackfake.Entry) {
	if e.Kind == slackfake.EnvelopeSent {
		return // that is people typing
	}
	if t.audit.inForms && e.Method == "views.open" {
		return
	}
	if found := holds(e.URL+" "+e.Body, t.audit.plain); found != "" {
		t.difference(fmt.Sprintf("what the app sent to Slack (%s %s)", e.Kind, e.Method), "nothing secret", found)
	}
	for _, o := range t.audit.owned {
		theirs := e.Channel == o.owner || e.Channel == t.appDM(o.owner)
		if e.Kind == slackfake.APICall && !theirs && holds(e.Body, []string{lastPart(o.link) + ">", lastPart(o.link) + "|"}) != "" {
			t.difference("a link for "+name(o.owner)+" alone", "in their direct messages", e.Channel)
		}
	}
}

// auditOnce: what a form shows once is in one ack or update of a form, and in
// nothing else that the app sent.
func (t *teller) auditOnce(entries []slackfake.Entry) {
	for _, secret := range t.audit.once {
		var in []string
		for _, e := range entries {
			if e.Kind != slackfake.EnvelopeSent && holds(e.URL+" "+e.Body, []string{secret}) != "" {
				in = append(in, fmt.Sprint(e.Kind, " ", e.Method))
			}
		}
		if len(in) != 1 || in[0] != string(slackfake.AckReceived)+" " && in[0] != "api views.update" {
			t.difference("where the app showed "+secret, "one form", strings.Join(in, ", "))
		}
	}
}

// auditOTS: plaintext is in the bodies of calls, never in an address.
func (t *teller) auditOTS(e otsfake.Entry) {
	if found := holds(e.URL, slices.Concat(t.audit.plain, t.audit.once)); found != "" {
		t.difference("the address of a call to OneTimeSecret", "nothing secret", found)
	}
}

// auditLog: at the debug level, too, the log holds nothing of it.
func (t *teller) auditLog() {
	log := t.log.String()
	never := slices.Concat([]string{t.stage.Slack.BotToken(), t.stage.Slack.AppToken()}, t.audit.plain, t.audit.once)
	for _, link := range t.audit.links {
		never = append(never, link[strings.LastIndex(link, "/")+1:])
	}
	if found := holds(log, never); found != "" {
		t.difference("the bot's log at the debug level", "nothing secret", found)
	}
}

// holds returns the first of secrets that text holds, however it is wrapped:
// a form holds JSON, that holds Slack's entities.
func holds(text string, secrets []string) string {
	for range wrappings {
		for _, s := range secrets {
			if strings.Contains(text, s) {
				return s
			}
		}
		text = unwrap(text)
	}
	return ""
}

// wrappings is how many layers there may be around a text, and one.
const wrappings = 5

// unwrap takes one layer of escapes off.
func unwrap(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil && plain != text {
		return plain
	}
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\u0026`, "&", `\u003c`, "<", `\u003e`, ">", "&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(text)
}

// safeBuffer is a buffer that the bot writes its log to while it is read.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
