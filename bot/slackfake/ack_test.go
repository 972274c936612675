package slackfake_test

import (
	"testing"

	"otsbot/bot/slackfake"
)

func TestACommandCarriesWhatSlackSends(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	payloads := make(chan m, 10)
	a.answer(func(p m) any { payloads <- p; return nil })
	for channel, name := range map[string]string{"CGENERAL": "general", "GPRIVATE": "privategroup", "DANABEN": "directmessage"} {
		seen := a.command(channel, `a & <b> "c"`)
		p := <-payloads
		expect(t, "channel_name", p["channel_name"], name)
		expect(t, "text", p["text"], `a &amp; &lt;b&gt; "c"`)
		expect(t, "command", p["command"], "/secret")
		expect(t, "user", p["user_id"], "UANA")
		expect(t, "trigger", p["trigger_id"], seen.TriggerID)
		expect(t, "acked", seen.Acked, true)
		expect(t, "error", seen.Error, "")
	}
}

func TestWhoMayTypeACommand(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.answer(ackAll)
	a.slack.EditUser("UBEN", func(u *slackfake.User) { u.Deactivated = true })
	for name, who := range map[string][2]string{
		"not in the channel": {"UCAL", "CGENERAL"}, "deactivated": {"UBEN", "CGENERAL"}, "no such channel": {"UANA", "CNONE"},
	} {
		if _, err := a.slack.Command(t.Context(), who[0], who[1], "/secret", "x"); err == nil {
			t.Errorf("%s: could type a command", name)
		}
	}
}

func TestWhatACommandsAckShows(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name     string
		payload  any
		ana, ben []string
		violates int
	}{
		{name: "no payload"},
		{name: "an empty one", payload: m{}},
		{name: "an empty string", payload: ""},
		{name: "a text", payload: m{"text": "psst"}, ana: []string{"psst"}},
		{name: "in_channel publishes what was typed", payload: m{"text": "shared", "response_type": "in_channel"},
			ana: []string{"/secret hunter2", "shared"}, ben: []string{"/secret hunter2", "shared"}},
		{name: "in_channel with nothing to say does so too", payload: m{"response_type": "in_channel"},
			ana: []string{"/secret hunter2"}, ben: []string{"/secret hunter2"}},
		{name: "blocks that are none", payload: m{"blocks": []m{{"type": "nonsense"}}}, violates: 1},
		{name: "no message", payload: []string{"x"}, violates: 1},
	} {
		a := start(t, slackfake.Options{})
		a.answer(func(m) any { return row.payload })
		a.command("CGENERAL", "hunter2")
		expect(t, row.name+": ana", texts(a.slack.Messages("UANA", "CGENERAL")), row.ana)
		expect(t, row.name+": ben", texts(a.slack.Messages("UBEN", "CGENERAL")), row.ben)
		expect(t, row.name+": violations", len(a.slack.Violations()), row.violates)
	}
}

func texts(all []slackfake.Message) []string {
	var texts []string
	for _, m := range all {
		texts = append(texts, m.PlainText())
	}
	return texts
}

func TestAPayloadWhereNoneIsAcceptedIsAViolation(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.answer(func(m) any { return m{"text": "x"} })
	must[*slackfake.Interaction](t)(a.slack.GlobalShortcut(t.Context(), "UANA", "new"))
	expect(t, "violations", a.slack.Violations(), []string{"acked with a payload where accepts_response_payload is false"})
}

func TestAcceptsResponsePayload(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.openForm(modal(input("secret", "Secret", m{"type": "plain_text_input", "action_id": "a", "initial_value": "x"})))
	a.call("chat.postMessage", m{"channel": "CGENERAL", "text": "t", "blocks": pressable()})
	shown := a.slack.Messages("UANA", "CGENERAL")[0]
	prepare := map[string]func() (slackfake.Envelope, error){
		"command":          func() (slackfake.Envelope, error) { return a.slack.PrepareCommand("UANA", "CGENERAL", "/secret", "") },
		"submission":       func() (slackfake.Envelope, error) { return a.slack.PrepareSubmit("UANA") },
		"button":           func() (slackfake.Envelope, error) { return a.slack.PreparePress("UANA", shown, "go") },
		"message shortcut": func() (slackfake.Envelope, error) { return a.slack.PrepareMessageShortcut("UANA", shown, "x") },
		"global shortcut":  func() (slackfake.Envelope, error) { return a.slack.PrepareGlobalShortcut("UANA", "x") },
	}
	for name, want := range map[string]bool{"command": true, "submission": true, "button": false, "message shortcut": false, "global shortcut": false} {
		env := must[slackfake.Envelope](t)(prepare[name]())
		expect(t, name, env.AcceptsResponsePayload, want)
	}
}
