package slackfake_test

import (
	"testing"
	"time"

	"otsbot/bot/slackfake"
)

func TestWhatIsNotAckedIsRedelivered(t *testing.T) {
	t.Parallel()
	bubble(t, slackfake.Options{}, func(t *testing.T, a *app) {
		a.ignore()
		a.ignore()
		began := time.Now()
		seen := a.command("CGENERAL", "x")
		expect(t, "told after", time.Since(began), 3*time.Second)
		expect(t, "error", seen.Error, "operation_timeout")
		time.Sleep(time.Minute)
		sent := a.journal(slackfake.EnvelopeSent)
		expect(t, "deliveries", len(sent), 4)
		for i, e := range sent[1:] {
			expect(t, "id", e.EnvelopeID, seen.EnvelopeID)
			expect(t, "attempt", e.Attempt, i+2)
			expect(t, "on another connection", e.Conn != sent[i].Conn, true)
		}
	})
}

func TestALateAckEndsRedeliveryAndShowsNothing(t *testing.T) {
	t.Parallel()
	bubble(t, slackfake.Options{}, func(t *testing.T, a *app) {
		s, _ := a.connect()
		go func() {
			v, err := s.read()
			if err != nil {
				return
			}
			time.Sleep(4 * time.Second)
			s.ack(v, m{"text": "late"})
			for err == nil {
				_, err = s.read()
			}
		}()
		expect(t, "error", a.command("CGENERAL", "x").Error, "operation_timeout")
		time.Sleep(time.Minute)
		expect(t, "deliveries", len(a.journal(slackfake.EnvelopeSent)), 2)
		expect(t, "seen", texts(a.slack.Messages("UANA", "CGENERAL")), []string{`/secret failed with the error "operation_timeout"`})
	})
}

func TestAFormThatIsNotAnsweredSaysSo(t *testing.T) {
	t.Parallel()
	bubble(t, slackfake.Options{}, func(t *testing.T, a *app) {
		a.ignore()
		a.openForm(modal(input("secret", "Secret", textInput())))
		seen := must[*slackfake.Interaction](t)(a.slack.Submit(t.Context(), "UANA", slackfake.Values{"Secret": "hunter2"}))
		expect(t, "error", seen.Error, slackfake.TroubleConnecting)
		v := a.slack.View("UANA")
		expect(t, "shown", v.Trouble, slackfake.TroubleConnecting)
		expect(t, "still typed", v.Input("Secret").Value, "hunter2")
	})
}

func TestAKilledConnectionsEnvelopesGoToAnother(t *testing.T) {
	t.Parallel()
	bubble(t, slackfake.Options{}, func(t *testing.T, a *app) {
		s, _ := a.connect()
		go func() {
			if _, err := s.read(); err == nil {
				a.answer(ackAll)
				a.slack.KillConnections(1)
			}
		}()
		seen := a.command("CGENERAL", "x")
		expect(t, "acked", seen.Acked, true)
		expect(t, "at once", seen.AckAfter, 0*time.Second)
		expect(t, "deliveries", len(a.journal(slackfake.EnvelopeSent)), 2)
	})
}

func TestAnEnvelopeWaitsForTheNextConnection(t *testing.T) {
	t.Parallel()
	bubble(t, slackfake.Options{}, func(t *testing.T, a *app) {
		s, _ := a.connect()
		go func() {
			if _, err := s.read(); err == nil {
				a.slack.KillConnections()
				time.Sleep(time.Second)
				a.answer(ackAll)
			}
		}()
		seen := a.command("CGENERAL", "x")
		expect(t, "acked", seen.Acked, true)
		expect(t, "after", seen.AckAfter, time.Second)
	})
}

func TestAHungConnectionLosesWhatIsPutOnIt(t *testing.T) {
	t.Parallel()
	bubble(t, slackfake.Options{}, func(t *testing.T, a *app) {
		hung := a.answer(ackAll)
		a.slack.HangConnections(1)
		a.answer(ackAll)
		env := must[slackfake.Envelope](t)(a.slack.PrepareCommand("UANA", "CGENERAL", "/secret", "x"))
		seen := must[*slackfake.Interaction](t)(a.slack.Send(t.Context(), env, 1))
		expect(t, "error", seen.Error, "operation_timeout")
		time.Sleep(time.Minute)
		expect(t, "deliveries", len(a.journal(slackfake.EnvelopeSent)), 2)
		expect(t, "pings", hung.count(), 0)
	})
}

func TestDeliveredTwice(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	payloads := make(chan m, 10)
	a.answer(func(p m) any { payloads <- p; return nil })
	a.answer(func(p m) any { payloads <- p; return nil })
	a.slack.DeliverTwice(true)
	a.command("CGENERAL", "x")
	first, second := <-payloads, <-payloads
	expect(t, "trigger", first["trigger_id"], second["trigger_id"])
	a.wait(func() bool { return len(a.journal(slackfake.AckReceived)) == 2 })
	expect(t, "violations", len(a.slack.Violations()), 0)
	a.slack.DeliverTwice(false)
	expect(t, "connections", a.slack.ConnectionNumbers(), []int{1, 2})

	seen := a.command("CGENERAL", "y")
	again := must[*slackfake.Interaction](t)(a.slack.Redeliver(t.Context(), seen.EnvelopeID))
	expect(t, "redelivered on demand", again.Acked, true)
	<-payloads
	expect(t, "text", (<-payloads)["text"], "y")
}
