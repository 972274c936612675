// Package slackfake is an offline Slack workspace with one app in it.
//
// It speaks Slack's own protocols (Web API, Socket Mode, response URLs), keeps
// Slack's rules and answers with Slack's error codes, so that an app can run
// against it unchanged: only the API URL and the tokens differ. The other side
// of it is people. They type commands, press buttons, fill in forms, and see
// what the same person would see in Slack.
//
//	slack := slackfake.New(slackfake.Options{})
//	server := httptest.NewServer(slack)
//	// point the app at server.URL + "/api/", with slack.BotToken() and slack.AppToken()
//
// Then add people and channels, wait until the app is connected, and act:
//
//	slack.AddUser(slackfake.User{ID: "U1", Name: "ana"})
//	slack.AddChannel(slackfake.Channel{ID: "C1", Name: "general", Members: []string{"U1"}})
//	slack.WaitConnected(ctx, 1)
//	seen, err := slack.Command(ctx, "U1", "C1", "/secret", "hunter2")
//	for _, m := range slack.Messages("U1", "C1") { … }
//
// Any Socket Mode app can be the one, also in another language: Bolt for
// JavaScript needs its clientOptions.slackApiUrl set, and nothing else.
//
// Every byte that crosses is in the [Workspace.Journal]; what the app did that
// Slack would not have put up with is in [Workspace.Violations]; trouble is
// made with [Workspace.Fault] and its neighbours. Nothing polls: waiting is on
// channels and timers, so that all of it works inside a testing/synctest bubble
// when it is served by [ServeMemory].
//
// Where Slack doesn't document a behaviour the strict reading is taken, so that
// an app which is right here is right there.
package slackfake
