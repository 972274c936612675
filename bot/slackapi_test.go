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
