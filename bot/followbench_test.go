package bot

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/slackfake"
	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// BenchmarkFollow looks at 25 secrets of which none was opened: one call, and
// each is remembered for the next time.
func BenchmarkFollow(b *testing.B) {
	server := otsfake.New(otsfake.Options{})
	dial, stop := slackfake.ServeMemory(server)
	defer stop()
	client, err := otsclient.New(otsclient.Config{BaseURL: "http://ots.test", AllowHTTP: true, PublicURL: "https://ots.test", Transport: &http.Transport{DialContext: dial}})
	if err != nil {
		b.Fatal(err)
	}
	app, err := New(Config{BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: "http://slack.test/api/", OTS: client, DialContext: dial})
	if err != nil {
		b.Fatal(err)
	}
	defer app.Close()
	for i := range followBatch {
		shared, err := client.Share(b.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("hunter2"), TTL: time.Hour})
		if err != nil {
			b.Fatal(err)
		}
		r := receipt.New("U1", receipt.Conversation("C1"), time.Now().Add(time.Hour), false)
		r.Stores(0, shared, time.Hour)
		r.Change, r.Note = 1, fmt.Sprint("note ", i)
		app.ledger.remember(b.Context(), r)
	}
	due, err := app.memory.List(b.Context(), "U1", followBatch)
	if err != nil || len(due) != followBatch {
		b.Fatal(len(due), err)
	}
	f := app.follower
	f.atOnce = true
	b.ResetTimer()
	b.ReportAllocs()
	for b.Loop() {
		if err := f.look(b.Context(), due, time.Now(), followLease); err != nil {
			b.Fatal(err)
		}
	}
}
