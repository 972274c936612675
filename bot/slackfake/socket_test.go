package slackfake_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"otsbot/bot/slackfake"
)

func TestHelloSaysHowManyConnectionsThereAre(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	_, first := a.connect()
	_, second := a.connect()
	expect(t, "first", first["num_connections"], 1)
	expect(t, "second", second["num_connections"], 2)
	expect(t, "life", first["debug_info"].(m)["approximate_connection_time"], 18060)
	expect(t, "open", a.slack.Connections(), 2)
}

func TestATicketIsGoodForOneConnection(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	u := a.ticket()
	ws, _, err := websocket.DefaultDialer.Dial(u, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	_, resp, err := websocket.DefaultDialer.Dial(u, nil)
	if err == nil || resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("second use: %v, %v", resp, err)
	}
}

func TestTenConnectionsAreTheMost(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	for range 10 {
		a.connect()
	}
	s, refused := a.connect()
	expect(t, "eleventh", []any{refused["type"], refused["reason"]}, []any{"disconnect", "too_many_websockets"})
	_, err := s.read()
	expect(t, "closed", websocket.IsCloseError(err, websocket.CloseNormalClosure), true)
	expect(t, "open", a.slack.Connections(), 10)
	expect(t, "violations", len(a.slack.Violations()), 1)
}

func TestAnEnvelopeGoesToOneConnection(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.answer(ackAll)
	a.answer(ackAll)
	for range 20 {
		a.command("CGENERAL", "x")
	}
	on := map[int]int{}
	for _, e := range a.journal(slackfake.EnvelopeSent) {
		on[e.Conn]++
	}
	expect(t, "spread", on, map[int]int{1: 10, 2: 10})
}

func TestWithoutAConnectionACommandFailsAtOnce(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	seen := a.command("CGENERAL", "x")
	expect(t, "error", seen.Error, "dispatch_failed")
	expect(t, "told", texts(a.slack.Messages("UANA", "CGENERAL")), []string{`/secret failed with the error "dispatch_failed"`})
	expect(t, "ben isn't", len(a.slack.Messages("UBEN", "CGENERAL")), 0)
}

func TestAnAckOnAnotherConnectionDoesNotCount(t *testing.T) {
	t.Parallel()
	bubble(t, slackfake.Options{Deliveries: 1}, func(t *testing.T, a *app) {
		first, _ := a.connect()
		second, _ := a.connect()
		go func() {
			if envelope, err := first.read(); err == nil {
				second.ack(envelope, nil)
			}
		}()
		env := must[slackfake.Envelope](t)(a.slack.PrepareCommand("UANA", "CGENERAL", "/secret", "x"))
		seen := must[*slackfake.Interaction](t)(a.slack.Send(t.Context(), env, 1))
		expect(t, "acked", seen.Acked, false)
		expect(t, "violations", a.slack.Violations(), []string{"acked on another connection than the one that delivered"})
	})
}

func TestWhatIsNoAck(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		`{"envelope_id":"unknown"}`: "acked an unknown envelope",
		`{}`:                        "sent something that is not an ack",
		`nonsense`:                  "sent something that is not an ack",
	} {
		a := start(t, slackfake.Options{})
		s, _ := a.connect()
		s.ws.WriteMessage(websocket.TextMessage, []byte(sent))
		a.wait(func() bool { return len(a.slack.Violations()) > 0 })
		expect(t, sent, a.slack.Violations(), []string{want})
	}
}

// wait waits until something is so.
func (a *app) wait(cond func() bool) {
	a.t.Helper()
	if err := a.slack.Wait(a.t.Context(), cond); err != nil {
		a.t.Fatal(err)
	}
}

func TestALongFrameClosesTheSocket(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		size int
		code int // of the close; 0: none
	}{{20_480, 0}, {20_481, websocket.CloseMessageTooBig}} {
		a := start(t, slackfake.Options{})
		s, _ := a.connect()
		frame := `{"envelope_id":"` + strings.Repeat("x", row.size-len(`{"envelope_id":""}`)) + `"}`
		s.ws.WriteMessage(websocket.TextMessage, []byte(frame))
		a.wait(func() bool { return len(a.slack.Violations()) == 1 })
		if row.code == 0 {
			expect(t, "at the limit", a.slack.Violations()[0], "acked an unknown envelope")
			continue
		}
		_, err := s.read()
		var closed *websocket.CloseError
		if !errors.As(err, &closed) {
			t.Fatal(err)
		}
		expect(t, "code", closed.Code, row.code)
		expect(t, "text", closed.Text, "Max frame length of 20480 has been exceeded.")
	}
}

func TestAMessageInSeveralFramesIsDropped(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	dialer := websocket.Dialer{WriteBufferSize: 1024} // so gorilla cuts at 1,024 bytes
	ws, _, err := dialer.Dial(a.ticket(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	w, _ := ws.NextWriter(websocket.TextMessage)
	for range 4 {
		w.Write([]byte(strings.Repeat("x", 1000)))
	}
	w.Close()
	a.wait(func() bool { return len(a.slack.Violations()) == 1 })
	if !strings.Contains(a.slack.Violations()[0], "in 4 frames") {
		t.Error(a.slack.Violations())
	}
}

func TestPings(t *testing.T) {
	t.Parallel()
	bubble(t, slackfake.Options{}, func(t *testing.T, a *app) {
		s := a.answer(ackAll)
		time.Sleep(35 * time.Second)
		expect(t, "pings", s.count(), 3)
		a.slack.StopPings(true)
		time.Sleep(time.Minute)
		expect(t, "stopped", s.count(), 3)
	})
}

func TestADisconnect(t *testing.T) {
	t.Parallel()
	for reason, after := range map[string]time.Duration{
		"warning": 10 * time.Second, "refresh_requested": 10 * time.Second, "link_disabled": 0, "too_many_websockets": 0,
	} {
		bubble(t, slackfake.Options{}, func(t *testing.T, a *app) {
			s, _ := a.connect()
			a.slack.Disconnect(reason)
			v, err := s.read()
			if err != nil {
				t.Fatal(err)
			}
			expect(t, "reason", v["reason"], reason)
			began := time.Now()
			_, err = s.read()
			expect(t, reason+" closes", websocket.IsCloseError(err, websocket.CloseNormalClosure), true)
			expect(t, reason+" after", time.Since(began), after)
		})
	}
}

func TestAWarnedConnectionStillDelivers(t *testing.T) {
	t.Parallel()
	bubble(t, slackfake.Options{}, func(t *testing.T, a *app) {
		a.answer(ackAll)
		a.slack.Disconnect("warning")
		time.Sleep(9 * time.Second)
		expect(t, "acked", a.command("CGENERAL", "x").Acked, true)
		time.Sleep(2 * time.Second)
		expect(t, "error", a.command("CGENERAL", "x").Error, "dispatch_failed")
	})
}

func TestAConnectionIsRefreshedInItsTime(t *testing.T) {
	t.Parallel()
	bubble(t, slackfake.Options{ConnectionLife: time.Hour}, func(t *testing.T, a *app) {
		a.answer(ackAll)
		time.Sleep(time.Hour + 11*time.Second)
		expect(t, "open", a.slack.Connections(), 0)
		events := a.journal(slackfake.SocketEvent)
		expect(t, "told", []string{events[2].Method, events[3].Method}, []string{"disconnect", "closed"})
	})
}

func TestAnEnvelopeMadeByHand(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	raws := make(chan m, 1)
	s, _ := a.connect()
	go func() {
		v, _ := s.read()
		raws <- v
		s.ack(v, nil)
	}()
	env := slackfake.Envelope{ID: "by-hand", Raw: []byte(`{"envelope_id":"by-hand","type":"interactive","payload":{"type":"from the future"}}`)}
	seen := must[*slackfake.Interaction](t)(a.slack.Send(t.Context(), env))
	expect(t, "acked", seen.Acked, true)
	expect(t, "payload", (<-raws)["payload"].(m)["type"], "from the future")
}

func TestTheSameTriggerInANewEnvelope(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	payloads := make(chan m, 2)
	a.answer(func(p m) any { payloads <- p; return nil })
	env := must[slackfake.Envelope](t)(a.slack.PrepareCommand("UANA", "CGENERAL", "/secret", "x"))
	must[*slackfake.Interaction](t)(a.slack.Send(t.Context(), env))
	env.ID = "another"
	must[*slackfake.Interaction](t)(a.slack.Send(t.Context(), env))
	expect(t, "trigger", (<-payloads)["trigger_id"], (<-payloads)["trigger_id"])
}

func TestTheJournalHoldsEveryByte(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.answer(func(m) any { return m{"text": "canary-ack"} })
	url := a.command("CGENERAL", "canary-command").ResponseURL
	a.call("chat.postMessage", m{"channel": "CGENERAL", "text": "canary-post"})
	a.respond(url, m{"text": "canary-response"})
	all, err := json.Marshal(a.slack.Journal())
	if err != nil {
		t.Fatal(err)
	}
	for _, canary := range []string{"canary-command", "canary-ack", "canary-post", "canary-response", a.slack.AppToken(), a.slack.BotToken()} {
		if !strings.Contains(string(all), canary) {
			t.Errorf("%s is not in the journal", canary)
		}
	}
}

func TestSlackLeavesClosingTheConnectionToTheApp(t *testing.T) {
	t.Parallel()
	bubble(t, slackfake.Options{}, func(t *testing.T, a *app) {
		s, _ := a.connect()
		s.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
		_, err := s.read()
		expect(t, "the handshake is answered", websocket.IsCloseError(err, websocket.CloseNormalClosure), true)
		a.wait(func() bool { return a.slack.Connections() == 0 })
		began := time.Now()
		s.ws.NetConn().Read(make([]byte, 1))
		expect(t, "cut after", time.Since(began), 30*time.Second)
	})
}

func TestServeMemoryServesManyHosts(t *testing.T) {
	t.Parallel()
	hosts := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(r.Host)) })
	dial, stop := slackfake.ServeMemory(hosts)
	client := &http.Client{Transport: &http.Transport{DialContext: dial}}
	for _, host := range []string{"slack.test", "ots.test"} {
		resp, err := client.Get("http://" + host + "/")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		expect(t, "host", string(body), host)
	}
	stop()
	stop() // once is enough, twice does no harm
	if _, err := client.Get("http://slack.test/"); err == nil {
		t.Error("served after it was stopped")
	}
}
