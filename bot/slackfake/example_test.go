package slackfake_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"otsbot/bot/slackfake"
)

// A workspace on loopback, one call of an app that is in it, and what a person
// sees of it.
func Example() {
	slack := slackfake.New(slackfake.Options{})
	defer slack.Close()
	server := httptest.NewServer(slack)
	defer server.Close()
	slack.AddUser(slackfake.User{ID: "UANA", Name: "ana"})
	slack.AddChannel(slackfake.Channel{ID: "CGENERAL", Name: "general", Members: []string{"UANA"}, AppMember: true})

	req, _ := http.NewRequestWithContext(context.Background(), "POST", server.URL+"/api/chat.postMessage",
		strings.NewReader(`{"channel":"CGENERAL","text":"*Hello*, <@UANA>"}`))
	req.Header.Set("Authorization", "Bearer "+slack.BotToken())
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	resp.Body.Close()

	for _, m := range slack.Messages("UANA", "CGENERAL") {
		fmt.Println(m.PlainText())
	}
	// A slash command needs an app that is connected.
	seen, err := slack.Command(context.Background(), "UANA", "CGENERAL", "/secret", "hunter2")
	fmt.Println(seen.Error, err)
	// Output:
	// Hello, @ana
	// dispatch_failed <nil>
}
