package story

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"otsbot/bot/slackfake"
	"otsbot/otsclient/otsfake"
)

// auditor knows what is secret in a chapter, and where it may be.
type auditor struct {
	plain   []string // secrets and passphrases
	links   []string // one-time links
	inForms bool     // a form may hold the text that Slack just sent
	slack   int      // entries of the journals that earlier chapters left
	ots     int
}

func (a *auditor) link(url string) { a.links = append(a.links, url) }

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
}

// auditOTS: plaintext is in the bodies of calls, never in an address.
func (t *teller) auditOTS(e otsfake.Entry) {
	if found := holds(e.URL, t.audit.plain); found != "" {
		t.difference("the address of a call to OneTimeSecret", "nothing secret", found)
	}
}

// auditLog: at the debug level, too, the log holds nothing of it.
func (t *teller) auditLog() {
	log := t.log.String()
	never := append([]string{t.stage.Slack.BotToken(), t.stage.Slack.AppToken()}, t.audit.plain...)
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
