package slackfake_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"otsbot/bot/slackfake"
)

// What the workspace itself costs: an envelope out and an ack in, over
// loopback. Figures of an app measured against it include this.
func BenchmarkCommand(b *testing.B) {
	w := slackfake.New(slackfake.Options{JournalLimit: -1, AckTimeout: time.Hour})
	server := httptest.NewServer(w)
	defer server.Close()
	defer w.Close()
	populate(w)
	a := &app{t: b, slack: w, base: server.URL, http: server.Client()}
	_, opened := a.post(a.base+"/api/apps.connections.open", w.AppToken(), m{})
	ws, _, err := websocket.DefaultDialer.Dial(opened["url"].(string), nil)
	if err != nil {
		b.Fatal(err)
	}
	go func() {
		for {
			var v m
			if ws.ReadJSON(&v) != nil {
				return
			}
			if v["envelope_id"] != nil {
				ws.WriteJSON(m{"envelope_id": v["envelope_id"]})
			}
		}
	}()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if seen, err := w.Command(b.Context(), "UANA", "CGENERAL", "/secret", "x"); err != nil || !seen.Acked {
				b.Error(seen, err)
			}
		}
	})
}
