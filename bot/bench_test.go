package bot_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"otsbot/bot"
	"otsbot/bot/slackfake"
	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// benchWorld is the bot against both fakes over loopback, as in production but
// for the distance. The figures hold the fakes' own work too.
func benchWorld(b *testing.B) *slackfake.Workspace {
	b.Helper()
	slack := slackfake.New(slackfake.Options{JournalLimit: -1})
	slack.AddUser(slackfake.User{ID: ana, Name: "ana"})
	slack.AddChannel(slackfake.Channel{ID: general, Name: "general", Members: []string{ana}, AppMember: true})
	slackServer, otsServer := httptest.NewServer(slack), httptest.NewServer(otsfake.New(otsfake.Options{}))
	ots, err := otsclient.New(otsclient.Config{BaseURL: otsServer.URL})
	if err != nil {
		b.Fatal(err)
	}
	app, err := bot.New(bot.Config{BotToken: slack.BotToken(), AppToken: slack.AppToken(), APIURL: slackServer.URL + "/api/", OTS: ots, Inline: true})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- app.Run(ctx) }()
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		slack.Close()
		slackServer.Close()
		otsServer.Close()
	})
	if err := slack.WaitConnected(ctx, 2); err != nil {
		b.Fatal(err)
	}
	return slack
}

// BenchmarkAck is an envelope in, its ack out: a command that makes no call.
func BenchmarkAck(b *testing.B) {
	slack := benchWorld(b)
	b.ReportAllocs()
	for b.Loop() {
		seen, err := slack.Command(b.Context(), ana, general, "/secret", "help")
		if err != nil || !seen.Acked {
			b.Fatal(err)
		}
	}
}

// BenchmarkInlineShare is a whole secret: ack, share, post, receipt. Counting
// calls is cheap; to look at the messages would be most of the figure.
func BenchmarkInlineShare(b *testing.B) {
	slack := benchWorld(b)
	b.ReportAllocs()
	for b.Loop() {
		before := slack.CallCount()
		if _, err := slack.Command(b.Context(), ana, general, "/secret", "hunter2"); err != nil {
			b.Fatal(err)
		}
		if err := slack.Wait(b.Context(), func() bool { return slack.CallCount() >= before+2 }); err != nil {
			b.Fatal(err)
		}
	}
}
