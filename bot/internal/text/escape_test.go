package text

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/request"
	"otsbot/otsclient"
)

const hostile = "<!channel> *b* <https://evil.example|x> & :smile: `c`\n\u202e"

// What people typed is plain text, byte for byte, or escaped: it never becomes a
// mention or a link.
func TestWhatPeopleTypedBecomesNoMarkup(t *testing.T) {
	t.Parallel()
	p, side := New(english(), settings()), beside(t)
	shared := Shared{Creator: "UANA", Link: "https://ots.example.com/secret/1", Expires: time.Unix(1, 0), Note: hostile}
	r := receipt.New("UANA", receipt.People([]string{"UBEN"}), time.Unix(1, 0), false)
	r.Note, r.Rows[0].Fate = hostile, receipt.Opened
	noted := map[string][]slack.Block{
		"announcement":      p.Announcement(shared).Blocks,
		"personal":          p.Personal(shared, "").Blocks,
		"announcement over": p.AnnouncementOver(r, r.Rows[0], "").Blocks,
		"opened":            p.OpenedNews(r, r.Rows[0]).Blocks,
		"unopened":          p.UnopenedNews(r, "", "").Blocks,
		"cannot open":       p.CannotOpen("UBEN", false, hostile, "").Blocks,
		"receipt":           p.Receipt(r, side).Blocks,
	}
	for name, blocks := range noted {
		if shown := plainly(blocks, "Note: "+hostile); shown != 1 {
			t.Errorf("%s shows the note in plain text %d times", name, shown)
		}
		if raw := markdown(t, blocks); strings.Contains(raw, "<!channel>") {
			t.Errorf("%s has it in markup: %s", name, raw)
		}
	}

	asked := request.Request{Asker: "UANA", What: hostile, Until: 9, Rows: []request.Row{{To: "UBEN", Step: request.Waiting}}}
	question := asked.Question("UBEN")
	said := map[string][]slack.Block{
		"a sentence":     Plain(hostile).Blocks,
		"a problem":      p.Form(Form{Shape: Shape{Parts: 1}, Problem: hostile}).Blocks.BlockSet,
		"a file's name":  p.Form(Form{Shape: Shape{Parts: 1}, Message: &authored.Facts{Files: 1, Names: [3]string{hostile}}}).Blocks.BlockSet,
		"a passphrase":   p.PhraseOnce(otsclient.NewPlaintext(hostile)).Blocks.BlockSet,
		"an outcome":     p.ShareDone(p.NotDone(hostile)).Blocks.BlockSet,
		"a command":      p.Help(hostile).Blocks,
		"a request":      p.Request(asked.Question("UBEN"), false, "", "").Blocks,
		"its card":       p.Card(asked, time.Unix(1, 0), func(string) string { return "" }).Blocks,
		"its answer":     p.Form(Form{Shape: Shape{Parts: 1}, Answers: &question}).Blocks.BlockSet,
		"a declined one": p.DeclinedNews("UBEN", hostile, hostile).Blocks,
	}
	for name, blocks := range said {
		if raw := markdown(t, blocks); strings.Contains(raw, "<!channel>") || strings.Contains(raw, "<https://evil") {
			t.Errorf("%s is markup: %s", name, raw)
		}
	}
	if heard := Plain(hostile).Text; strings.ContainsAny(heard, "<>") {
		t.Errorf("a notification has %q", heard)
	}
}

// plainly counts the sections that show exactly this in plain text.
func plainly(blocks []slack.Block, want string) (n int) {
	for _, block := range blocks {
		if s, ok := block.(*slack.SectionBlock); ok && s.Text != nil && s.Text.Type == slack.PlainTextType && s.Text.Text == want {
			n++
		}
	}
	return n
}

// markdown is all that blocks say in mrkdwn.
func markdown(t *testing.T, blocks []slack.Block) string {
	t.Helper()
	data, err := json.Marshal(blocks)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	var walk func(any)
	walk = func(node any) {
		switch node := node.(type) {
		case []any:
			for _, child := range node {
				walk(child)
			}
		case map[string]any:
			if text, ok := node["text"].(string); ok && node["type"] == slack.MarkdownType {
				all.WriteString(text + "\n")
			}
			for _, child := range node {
				walk(child)
			}
		}
	}
	walk(tree)
	return all.String()
}

// No message's text, which notifications show, holds a one-time link.
func TestANotificationHoldsNoLink(t *testing.T) {
	t.Parallel()
	p := New(english(), settings())
	shared := Shared{Creator: "UANA", Link: "https://ots.example.com/secret/1", Expires: time.Unix(1, 0), Phrase: true}
	for _, m := range []Message{p.Announcement(shared), p.Personal(shared, ""), p.PhraseLink(shared)} {
		if strings.Contains(m.Text, "ots.example.com") || !strings.Contains(markdown(t, m.Blocks), "<"+shared.Link+">") {
			t.Errorf("%q, and blocks %s", m.Text, markdown(t, m.Blocks))
		}
	}
}
