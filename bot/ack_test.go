package bot

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"otsbot/otsclient"
)

func TestAnAckIsAsLongAsSlackReads(t *testing.T) {
	t.Parallel()
	frame := len(`{"envelope_id":"","payload":}`) + len("00000000-0000-0000-0000-000000000000")
	// What Go would escape, five bytes more for each, counts as it is.
	fits, err := encodeAck(strings.Repeat("<", maxAckPayload-len(`""`)-len("\n")))
	if err != nil || len(fits)+frame > 20_480 {
		t.Errorf("%d bytes, %v", len(fits)+frame, err)
	}
	if tooLong, err := encodeAck(strings.Repeat("x", maxAckPayload)); !errors.Is(err, errAckTooLarge) || tooLong != nil {
		t.Errorf("%d bytes, %v", len(tooLong), err)
	}
	if empty, err := encodeAck(nil); empty != nil || err != nil {
		t.Errorf("nothing is %q, %v", empty, err)
	}
}

// An envelope is acked whatever its handler does, and one that takes no
// payload gets none: its handler is told so, to say it by another road.
func TestEveryEnvelopeIsAckedOnceInItsOwnTerms(t *testing.T) {
	for name, c := range map[string]struct {
		envelope, want string
	}{
		"nothing to say, and none is subscribed to": {`{"type":"events_api","envelope_id":"E1","payload":{}}`, `{"envelope_id":"E1"}`},
		"help": {`{"type":"slash_commands","envelope_id":"E1","payload":{"text":"help","command":"/secret"}}`, `{"envelope_id":"E1","payload":`},
		"help, where no payload is taken": {
			`{"type":"slash_commands","envelope_id":"E1","accepts_response_payload":false,"payload":{"text":"help","command":"/secret"}}`, `{"envelope_id":"E1"}`},
	} {
		t.Run(name, func(t *testing.T) {
			inScript(t, 1, func(ws *websocket.Conn, _ int) { says(helloFrame, envelopeFrame)(ws, 0) }, func(s *scripted) {
				b := &Bot{slack: slackClient(t, Config{}), log: zap.NewNop(), once: newOnce(), work: newWorkload(1)}
				b.metrics = newMetrics(b)
				var f frame
				if err := json.Unmarshal([]byte(c.envelope), &f); err != nil {
					t.Fatal(err)
				}
				b.take(<-s.taken, f)
				said, _, _ := s.all()
				if len(said) != 1 || !strings.HasPrefix(said[0], c.want) {
					t.Errorf("acked with %q, want %q…", said, c.want)
				}
				if !b.work.waitIdle(time.Second) {
					t.Error("it is still being worked on")
				}
			})
		})
	}
}

// Slack then says itself that the app failed, and delivers it again, perhaps
// to a replica that has room.
func TestWhatNobodyCanBeToldOfMayComeAgain(t *testing.T) {
	inScript(t, 1, func(ws *websocket.Conn, _ int) { says(helloFrame, envelopeFrame)(ws, 0) }, func(s *scripted) {
		conn := <-s.taken
		b := &Bot{slack: slackClient(t, Config{}), log: zap.NewNop(), once: newOnce(), work: newWorkload(1), apologies: make(chan struct{})}
		b.metrics = newMetrics(b)
		first := b.work.begin("UANA")
		if first == nil {
			t.Fatal("no room for the first")
		}
		press := frame{Type: "interactive", EnvelopeID: "E1", Payload: json.RawMessage(`{"type":"block_actions","trigger_id":"1.2"}`)}
		b.take(conn, press)
		b.work.end(first)
		if said, _, _ := s.all(); len(said) > 0 {
			t.Errorf("acked, and nobody was told: %q", said)
		}
		b.take(conn, press)
		synctest.Wait()
		if said, _, _ := s.all(); len(said) != 1 {
			t.Errorf("when there is room again it is acked with %q", said)
		}
	})
}

func TestAnAckSpendsNothingOnEscapesAndLosesNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`<>&`, `\u003c`, `\\u003c`, `a\`, `\`, "\n\"\t\u2028é🔑", `\\`, `<\u0026>\u003e`, "\\<\\\\<"} {
		view := slack.ModalViewRequest{Blocks: slack.Blocks{BlockSet: secretInputs(1, otsclient.NewPlaintext(text))}}
		encoded, err := encodeAck(updateView(view))
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
		if err := json.Unmarshal(encoded, &back); err != nil || back.View.Blocks[0].Element.InitialValue != text {
			t.Errorf("%q came back as %+v, %v", text, back, err)
		}
		if text == `<>&` && !strings.Contains(string(encoded), `"<>&"`) {
			t.Errorf("escaped: %s", encoded)
		}
	}
}
