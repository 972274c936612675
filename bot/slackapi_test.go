package bot

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
)

func TestATokenFollowsNoRedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	client := newSlackClient(Config{BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: server.URL}, newHTTPClient(nil))
	if _, err := client.AuthTestContext(t.Context()); err == nil {
		t.Error("a redirect is an answer")
	}
	if _, _, err := client.StartSocketModeContext(t.Context()); err == nil {
		t.Error("a redirect is a socket")
	}
}

func TestAnAnswerIsReadOnlySoFar(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.Copy(w, strings.NewReader(strings.Repeat("x", 2*maxAnswer)))
	}))
	defer server.Close()
	req, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL, nil)
	resp, err := exchange(newHTTPClient(nil), req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if n, _ := io.Copy(io.Discard, resp.Body); n != maxAnswer {
		t.Errorf("read %d bytes of an answer, want %d at most", n, maxAnswer)
	}
}

func TestWhatFollowsNeverOvertakesTheAck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		written := false
		late := patiently(2*time.Second, func() { time.Sleep(time.Second); written = true }) // a slow socket
		time.Sleep(2500 * time.Millisecond)
		if !late() || !written {
			t.Error("the outcome would have gone out before the ack was written")
		}
		if !late() {
			t.Error("asked again, it says something else")
		}
		early := patiently(2*time.Second, func() { t.Error("acked as late, though it was in time") })
		time.Sleep(time.Second)
		if early() {
			t.Error("in time is late")
		}
		time.Sleep(5 * time.Second)
	})
}

// Slack repeats the message in its answer, as it understood it.
func TestAPostCountsThoughItsEchoIsOfAKindThatIsNew(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("token") != "" || r.FormValue("text") != "a & b=c" || r.Header.Get("Authorization") != "Bearer xoxb-1" {
			t.Errorf("authorized by %q with the form %v", r.Header.Get("Authorization"), r.Form)
		}
		_, _ = io.WriteString(w, `{"ok":true,"channel":"C1","ts":"1.2","message":{"blocks":[{"type":"rich_text","elements":"of a kind that is new"}]}}`)
	}))
	defer server.Close()
	client := newSlackClient(Config{BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: server.URL}, newHTTPClient(nil))
	channel, ts, err := client.PostMessageContext(t.Context(), "C1", slack.MsgOptionText("a & b=c", false))
	if err != nil || channel != "C1" || ts != "1.2" {
		t.Errorf("posted in %q at %q, %v", channel, ts, err)
	}
}

func TestAnAnswerThatBreaksOffProvesNothing(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"ok":true,"channel":"C1"`)
	}))
	defer server.Close()
	client := newSlackClient(Config{BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: server.URL}, newHTTPClient(nil))
	_, _, err := client.PostMessageContext(t.Context(), "C1", slack.MsgOptionText("a", false))
	if f, code := classify(err); f != unproven {
		t.Errorf("%v is %v, %q", err, f, code)
	}
}
