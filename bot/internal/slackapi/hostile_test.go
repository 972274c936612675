package slackapi

import (
	"context"
	"net/http"
	neturl "net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"otsbot/internal/hostile"
)

// Whatever answers in Slack's place, each call ends in its time, and what is
// logged of it is a word. Nothing counts as a call that was done but what says so.
func TestNothingInSlacksPlaceHoldsACallPastItsTime(t *testing.T) {
	t.Parallel()
	word := regexp.MustCompile(`^[a-z_]+$`)
	good := map[string]bool{ // what a response_url answers is its own matter, see TestWhatAResponseURLMayAnswer
		"says more than it announced": true,
	}
	for name, answer := range hostile.Answers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, err := hostile.Serve(answer, `{"ok":true}`)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			client := newHTTPClient(nil)
			client.Timeout = 300 * time.Millisecond
			defer client.CloseIdleConnections()
			for call, err := range callSlack(t, client, server.URL) {
				code := sort(err).Code
				if done := good[name] || call == "response_url"; !word.MatchString(string(code)) && !(done && code == "") {
					t.Errorf("%s: the code is %q", call, code)
				}
				if err != nil && strings.Contains(err.Error(), server.URL) {
					t.Errorf("%s: %v holds the URL", call, err)
				}
			}
		})
	}
}

// callSlack calls in all ways that there are.
func callSlack(t *testing.T, client *http.Client, url string) map[string]error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	api := newSlackClient(Config{BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: url}, &webAPI{client, newLimits()})
	base, _ := neturl.Parse(url)
	hooks := newResponseURLs(client, base)
	calls := map[string]func() error{
		"chat.postMessage": func() error {
			_, _, err := api.PostMessageContext(ctx, "C1", slack.MsgOptionText("text", false))
			return err
		},
		"views.open":            func() error { _, err := api.OpenViewContext(ctx, "1.2", slack.ModalViewRequest{}); return err },
		"apps.connections.open": func() error { _, _, err := api.StartSocketModeContext(ctx); return err },
		"response_url":          func() error { return hooks.post(ctx, url, Answer{Text: "text"}) },
	}
	type result struct {
		call string
		err  error
	}
	results, errs := make(chan result, len(calls)), map[string]error{}
	for name, call := range calls {
		go func() { results <- result{name, call()} }()
	}
	for range calls {
		select {
		case r := <-results:
			errs[r.call] = r.err
		case <-time.After(time.Minute): // far more than any of them may take
			t.Fatal("a call goes on")
		}
	}
	return errs
}
