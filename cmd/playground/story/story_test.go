package story

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"otsbot/cmd/playground/stage"
)

func TestTheStoryComesOutRight(t *testing.T) {
	var told bytes.Buffer
	if err := Tell(t.Context(), &told); err != nil {
		t.Fatalf("%v\nso far:\n%s", err, told.String())
	}
	for _, words := range []string{"1. A password for the team", "11. Where nobody else reads", "14. The passphrase on another road", "15. “Send me the staging password”", "16. My secrets", "Dev sees in the app's Home tab", "17. Messages of all kinds", "A file in this message isn't included: key.pem.", "(https://vault.example.com/reset?token=t0ken-in-a-link)", "The text of a forwarded or linked message is included.", "Password: 0ld-in-an-alert", "[st4ging-in-a-thread]", "r0tated-by-an-app", "left nothing behind"} {
		if !strings.Contains(told.String(), words) {
			t.Errorf("the transcript lacks %q", words)
		}
	}
	if names := regexp.MustCompile(`:[a-z_]+:`).FindAllString(told.String(), -1); names != nil {
		t.Errorf("the transcript has emoji by their names: %q", names)
	}
}

// onStage is a teller on a stage without a bot, who soon loses patience.
func onStage(t *testing.T) *teller {
	t.Helper()
	s, err := stage.Open("127.0.0.1:0", "127.0.0.1:0", stage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	told := newTeller(t.Context(), io.Discard, s, new(safeBuffer))
	told.patience = 10 * time.Millisecond
	return told
}

func TestWhatComesOutDifferentlyIsSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wrong string
		tell  func(*teller)
		want  []string
	}{
		{"a message that doesn't come", func(t *teller) { t.sees(bob, deploys, "a link") }, []string{"Bob, in #deploys", "expected: a link", "got:      no new message"}},
		{"another message than expected", func(t *teller) {
			t.writes(ana, deploys, "good morning")
			t.sees(bob, deploys, "a link")
		}, []string{"expected: a link", "got:      good morning"}},
		{"a message with words that must not be there", func(t *teller) {
			t.lacks(t.writes(ana, deploys, "hunter2"), "hunter2")
		}, []string{"nothing of hunter2"}},
		{"a message with two links", func(t *teller) {
			t.oneLink(t.writes(ana, deploys, "https://a.example https://b.example"))
		}, []string{"expected: one link", "https://b.example"}},
		{"a message where a person must see none", func(t *teller) {
			t.writes(ana, deploys, "x")
			t.seesNothing(bob, deploys)
		}, []string{"got:      1 messages"}},
		{"a message that doesn't change", func(t *teller) {
			t.becomes(bob, t.writes(ana, deploys, "as it was"), "burned")
		}, []string{"expected: burned", "got:      as it was"}},
		{"a form that doesn't open", func(t *teller) { t.looksAt(ana, "Share") }, []string{"got:      no form"}},
		{"a command that nobody acknowledges", func(t *teller) { t.types(ana, deploys, "x") }, []string{"dispatch_failed"}},
	} {
		t.Run(c.wrong, func(t *testing.T) {
			t.Parallel()
			told := onStage(t)
			c.tell(told)
			checkError(t, told.err, c.want)
		})
	}
}

func checkError(t *testing.T, err error, words []string) {
	t.Helper()
	if err == nil {
		t.Fatal("no difference was found")
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q lacks %q", err, w)
		}
	}
}

func TestSecretsAreFoundWhereTheyMustNotBe(t *testing.T) {
	t.Parallel()
	const secret = `s3cret & "more"`
	for _, c := range []struct {
		place string
		leak  func(t *testing.T, told *teller)
		want  string
	}{
		{"a message to Slack", func(t *testing.T, told *teller) {
			post(t, told, "/api/chat.postMessage", url.Values{"channel": {deploys}, "text": {secret}})
		}, "what the app sent to Slack (api chat.postMessage)"},
		{"the blocks of a message", func(t *testing.T, told *teller) {
			words, err := json.Marshal(strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(secret))
			if err != nil {
				t.Fatal(err)
			}
			post(t, told, "/api/chat.postMessage", url.Values{"channel": {deploys}, "blocks": {`[{"type":"section","text":{"type":"mrkdwn","text":` + string(words) + `}}]`}})
		}, "what the app sent to Slack"},
		{"an address at OneTimeSecret", func(t *testing.T, told *teller) {
			resp, err := http.Get(told.stage.OTSURL + "/secret/" + url.PathEscape(secret))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		}, "the address of a call"},
		{"the log", func(_ *testing.T, told *teller) { io.WriteString(told.log, `{"text":"s3cret & \"more\""}`) }, "log"},
		{"somebody else's direct messages", func(t *testing.T, told *teller) {
			told.audit.belongs("https://ots.example/secret/bobs", bob)
			post(t, told, "/api/chat.postMessage", url.Values{"channel": {bob}, "text": {"<https://ots.example/secret/bobs>"},
				"unfurl_links": {"false"}, "unfurl_media": {"false"}})
			post(t, told, "/api/chat.postMessage", url.Values{"channel": {chloe}, "text": {"<https://ots.example/secret/bobs|open>"},
				"unfurl_links": {"false"}, "unfurl_media": {"false"}})
		}, "a link for Bob alone"},
		{"a message, after the form that shows it once", func(t *testing.T, told *teller) {
			told.audit.shownOnce("made-for-you")
			post(t, told, "/api/chat.postMessage", url.Values{"channel": {bob}, "text": {"made-for-you"}})
		}, "where the app showed made-for-you"},
		{"a link that Slack fetches", func(t *testing.T, told *teller) {
			post(t, told, "/api/chat.postMessage", url.Values{"channel": {deploys}, "text": {"https://ots.example/secret/x"}})
		}, "link expander"},
	} {
		t.Run(c.place, func(t *testing.T) {
			t.Parallel()
			told := onStage(t)
			told.keeps(secret)
			c.leak(t, told)
			told.audits()
			checkError(t, told.err, []string{c.want})
		})
	}
}

func post(t *testing.T, told *teller, method string, form url.Values) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, told.stage.SlackURL+method, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+told.stage.Slack.BotToken())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

func TestOnlyChangesAreShownOfAChangedMessage(t *testing.T) {
	t.Parallel()
	if got := changes("a\nb\nc\nd", "a\nb\nX\nd"); got != "…\nX\n…" {
		t.Errorf("got %q", got)
	}
}
