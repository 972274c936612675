package bot

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"otsbot/bot/internal/socketmode"
	"otsbot/bot/internal/text"
	"otsbot/bot/slackfake"
	"otsbot/otsclient"
)

// deliver has Slack deliver one envelope to a bot, and returns what it is acked
// with.
func deliver(t *testing.T, envelope string) (ack string) {
	t.Helper()
	acks := make(chan string, 1)
	dial, stop := slackfake.ServeMemory(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/socket" {
			_, _ = io.WriteString(w, `{"ok":true,"url":"ws://slack.test/socket"}`)
			return
		}
		ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		for _, frame := range []string{`{"type":"hello"}`, envelope} {
			_ = ws.WriteMessage(websocket.TextMessage, []byte(frame))
		}
		for {
			_, said, err := ws.ReadMessage()
			if err != nil {
				return
			}
			acks <- string(said)
		}
	}))
	defer stop()
	client, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.test"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(Config{BotToken: "xoxb-1", AppToken: "xapp-1", APIURL: "http://slack.test/api/", OTS: client, Connections: 1, DialContext: dial})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	ack = <-acks
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	return ack
}

func TestEveryEnvelopeIsAcked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ envelope, want string }{
		"nothing to say, and of a kind that nobody asked for": {`{"type":"events_api","envelope_id":"E1","payload":{}}`, `{"envelope_id":"E1"}`},
		"help": {`{"type":"slash_commands","envelope_id":"E1","payload":{"text":"help","command":"/secret","user_id":"U1"}}`, `{"envelope_id":"E1","payload":`},
		"help, where no payload is taken": {
			`{"type":"slash_commands","envelope_id":"E1","accepts_response_payload":false,"payload":{"text":"help","command":"/secret","user_id":"U1"}}`, `{"envelope_id":"E1"}`},
	} {
		if ack := deliver(t, c.envelope); !strings.HasPrefix(ack, c.want) {
			t.Errorf("%s: acked with %q, want %q…", name, ack, c.want)
		}
	}
}

func TestAnAckSpendsNothingOnEscapesAndLosesNothing(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{`<>&`, `\u003c`, `\\u003c`, `a\`, `\`, "\n\"\t\u2028é🔑", `\\`, `<\u0026>\u003e`, "\\<\\\\<"} {
		view := text.New(text.Languages()[0], text.Settings{}).Form(text.Form{Shape: text.Shape{Parts: 1}, Secret: otsclient.NewPlaintext(typed)})
		encoded, err := socketmode.EncodeAck(updateView(view))
		if err != nil {
			t.Fatal(err)
		}
		var back struct {
			View struct {
				Blocks []struct {
					Element struct {
						InitialValue string `json:"initial_value"`
					} `json:"element"`
				} `json:"blocks"`
			} `json:"view"`
		}
		if err := json.Unmarshal(encoded, &back); err != nil || back.View.Blocks[0].Element.InitialValue != typed {
			t.Errorf("%q came back as %+v, %v", typed, back, err)
		}
		if typed == `<>&` && !strings.Contains(string(encoded), `"<>&"`) {
			t.Errorf("escaped: %s", encoded)
		}
	}
}
