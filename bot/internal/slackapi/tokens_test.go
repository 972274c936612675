package slackapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// asks is a Slack that answers each token with its workspace and user, by what
// stands behind the last dash: "xoxb-T1.U1".
func asks(t *testing.T) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		token := r.Header.Get("Authorization")
		team, user, ok := strings.Cut(token[strings.LastIndex(token, "-")+1:], ".")
		if !ok {
			fmt.Fprint(rw, `{"ok":false,"error":"invalid_auth"}`)
			return
		}
		rw.Header().Set("X-OAuth-Scopes", "commands,scope:"+user)
		fmt.Fprintf(rw, `{"ok":true,"team_id":%q,"user_id":%q}`, team, user)
	}))
	t.Cleanup(server.Close)
	c, err := New(Config{BotToken: "xoxb-T1.U1", AppToken: "xapp-1", APIURL: server.URL + "/api/"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestABotTokenOfAnotherWorkspaceIsNotTaken(t *testing.T) {
	t.Parallel()
	c := asks(t)
	if g, r := c.Grant(t.Context()); !r.OK() || g.Team != "T1" {
		t.Fatalf("%+v, %+v", g, r)
	}
	for token, says := range map[string]string{
		"xoxb-T2.U1": "it is another app's or another workspace's",
		"xoxb-T1.U2": "it is another app's or another workspace's",
		"xoxb-bad":   "refused by Slack: invalid_auth",
		"xoxb-T1.U1": "",
	} {
		err := c.SetBotToken(t.Context(), token)
		if (err == nil) != (says == "") || err != nil && err.Error() != says {
			t.Errorf("%s: %v, want %q", token, err, says)
		}
	}
	if g := c.Known(); g.Team != "T1" || !g.Has("scope:U1") {
		t.Errorf("%+v", g)
	}
}

// Whoever didn't answer before may say anything.
func TestWithoutAWordOfSlackTheTokenDecides(t *testing.T) {
	t.Parallel()
	c := asks(t)
	if err := c.SetBotToken(t.Context(), "xoxb-T2.U2"); err != nil || c.Known().Team != "T2" {
		t.Errorf("%v, %+v", err, c.Known())
	}
}

func TestTokensChangeUnderCalls(t *testing.T) {
	t.Parallel()
	c := asks(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 20 {
				if _, r := c.Grant(t.Context()); !r.OK() {
					t.Errorf("%+v", r)
				}
				c.OpenSocket(t.Context())
			}
		})
	}
	for range 20 {
		if err := c.SetBotToken(t.Context(), "xoxb-T1.U1"); err != nil {
			t.Error(err)
		}
		_ = c.SetAppToken(t.Context(), "xapp-2") // which this Slack doesn't know
	}
	all.Wait()
}
