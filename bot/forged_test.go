package bot_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"otsbot/bot/slackfake"
)

// onEachButton presses every sort of button that the app hands out, each in a
// world of its own, as alter changes the payload.
func onEachButton(t *testing.T, f func(t *testing.T, w *world, user string, env slackfake.Envelope)) {
	single := func(w *world) slackfake.Message { w.command(ana, general, "hunter2"); return w.receipt(ana) }
	alone := func(w *world) slackfake.Message {
		w.command(ana, w.slack.AppDM(ana), "hunter2")
		return w.receipt(ana)
	}
	group := func(w *world) slackfake.Message {
		w.sendsTo(slackfake.Values{passphrase: "correct horse"}, ben, cid)
		return w.receipt(ana)
	}
	unsent := func(w *world) slackfake.Message {
		w.slack.Fault(slackfake.Fault{Method: "chat.postMessage", Channel: cid, Error: "messages_tab_disabled"})
		w.sendsTo(nil, ben, cid)
		return w.receipt(ana)
	}
	personal := func(w *world) slackfake.Message {
		w.sendsTo(nil, ben)
		return w.last(ben, w.slack.AppDM(ben))
	}
	plea := func(w *world) slackfake.Message {
		w.press(ben, personal(w), "I can't open it")
		return w.last(ana, w.slack.AppDM(ana))
	}
	request := func(w *world) slackfake.Message { return w.asks(ben, cid) }
	card := func(w *world) slackfake.Message { w.asks(ben, cid); return w.card() }
	for _, c := range []struct {
		button, user string
		on           func(w *world) slackfake.Message
	}{
		{"Check", ana, single}, {"Burn", ana, single}, {"Open the form", ana, alone},
		{"Check all", ana, group}, {"Burn all", ana, group}, {"Burn", ana, group}, {"Send the passphrase", ana, group},
		{"Try again for 1 person", ana, unsent},
		{"I can't open it", ben, personal}, {"Share again", ana, plea},
		{"Send it", ben, request}, {"I don't have it", ben, request},
		{"Remind", ana, card}, {"Withdraw", ana, card},
	} {
		t.Run(c.button, func(t *testing.T) {
			inTeam(t, func(w *world) {
				env, err := w.slack.PreparePress(c.user, c.on(w), c.button)
				if err != nil {
					t.Fatal(err)
				}
				f(t, w, c.user, env)
			})
		})
	}
}

// payloadOf decodes the payload of an envelope, and values finds everything in
// it that this app gave out: the pressed value and, of a receipt with rows, the
// values and block ids of the whole message.
func payloadOf(t *testing.T, env slackfake.Envelope) (payload map[string]any) {
	t.Helper()
	if err := json.Unmarshal(env.Payload, &payload); err != nil {
		t.Fatal(err)
	}
	return payload
}

// spot is one string of ours in a payload, and how to put another in its place.
type spot struct {
	name, value string
	set         func(string)
}

func spots(at string, v any, found []spot) []spot {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			s, isText := inner.(string)
			ended := key == "block_id" && strings.HasPrefix(s, "end ")
			if isText && (key == "value" && s != "" || ended) {
				found = append(found, spot{at + "." + key, s, func(to string) { v[key] = to }})
			}
			found = spots(at+"."+key, inner, found)
		}
	case []any:
		for i, inner := range v {
			found = spots(fmt.Sprintf("%s[%d]", at, i), inner, found)
		}
	}
	return found
}

// alterations of a value of ours: each of its fields changed, one by one, and
// the signature too.
func alterations(t *testing.T, value string) map[string]string {
	t.Helper()
	i := strings.IndexByte(value, '{')
	if i < 0 {
		return map[string]string{"the signature": value[:1] + flipped(value[1:])}
	}
	front, parts := value[:i], strings.Split(value[i:], "\n")
	changes := map[string]string{"cut": value[:len(value)-1]}
	if front != "" {
		changes["without its signature"] = value[i:]
	}
	if front != "" && !strings.HasPrefix(value, "end ") {
		changes["the version"] = flipped(front) + value[i:]
		changes["the signature"] = front[:1] + flipped(front[1:]) + value[i:]
	}
	for n, part := range parts {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal([]byte(part), &fields); err != nil {
			t.Fatalf("%q: %v", value, err)
		}
		for name, was := range fields {
			other := maps.Clone(fields)
			other[name] = changed(was)
			data, err := json.Marshal(other)
			if err != nil {
				t.Fatal(err)
			}
			altered := slices.Clone(parts)
			altered[n] = string(data)
			changes[fmt.Sprintf("the field %s of part %d", name, n)] = front + strings.Join(altered, "\n")
		}
		if len(parts) > 1 {
			changes[fmt.Sprintf("without part %d", n)] = front + strings.Join(slices.Delete(slices.Clone(parts), n, n+1), "\n")
		}
	}
	return changes
}

// changed is another value of the same kind.
func changed(was json.RawMessage) json.RawMessage {
	switch was[0] {
	case '"':
		return json.RawMessage(`"Uother"`)
	case 't', 'f':
		return json.RawMessage("false")
	case '{':
		return json.RawMessage(`{"k":"o"}`)
	}
	return json.RawMessage("7")
}

func flipped(s string) string {
	if s[0] == 'A' {
		return "B" + s[1:]
	}
	return "A" + s[1:]
}

// Whatever of a button's value is altered on its way, the button does nothing,
// says so, and a security team can see it.
func TestEveryFieldOfEveryButtonIsSigned(t *testing.T) {
	t.Parallel()
	onEachButton(t, func(t *testing.T, w *world, user string, env slackfake.Envelope) {
		n := len(w.ots.Journal())
		stored, events, tried := w.ots.Secrets(), 0, 0
		original := string(env.Payload)
		for _, place := range spots("", payloadOf(t, env), nil) {
			grouped := strings.Contains(original, `"action_id":"burn_one"`)
			if !grouped && !strings.HasPrefix(place.name, ".actions") {
				continue // what the message shows is not read
			}
			for name, to := range alterations(t, place.value) {
				payload := payloadOf(t, env)
				for _, again := range spots("", payload, nil) {
					if again.name == place.name {
						again.set(to)
					}
				}
				data, err := json.Marshal(payload)
				if err != nil {
					t.Fatal(err)
				}
				if !matters(place.name) {
					continue
				}
				altered := env
				altered.Payload = data
				altered.ID = fmt.Sprintf("%s-%d", env.ID, tried)
				altered.Payload = []byte(strings.ReplaceAll(string(data), triggerOf(payload), fmt.Sprintf("%d.%s", tried, triggerOf(payload))))
				w.did(w.slack.Send(w.Context(), altered))
				tried++
				if now := strings.Count(w.logs.String(), `"event":"tampering_refused"`); now != events+1 {
					t.Errorf("%s, %s: %d audit events, want one", place.name, name, now-events)
					events = now
				} else {
					events++
				}
			}
		}
		if tried < 3 {
			t.Errorf("only %d alterations", tried)
		}
		if len(w.ots.Journal()) != n || w.ots.Secrets() != stored || w.slack.View(user) != nil {
			t.Error("something was done")
		}
		w.sees(w.last(user, w.slack.AppDM(user)), "This button doesn't work anymore", "Nothing was done")
	})
}

// matters leaves out what isn't read: the values of other buttons for all than
// the first, which has the group, and the pressed one.
func matters(at string) bool {
	return strings.HasPrefix(at, ".actions") || strings.Contains(at, ".accessory.") || strings.HasSuffix(at, "block_id")
}

func triggerOf(payload map[string]any) string {
	trigger, _ := payload["trigger_id"].(string)
	return trigger
}

// A button is good for what it says and nothing else, and rows stay with their
// receipt: none is taken out or brought from another one.
func TestAButtonIsGoodForItsOwnReceiptAlone(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.sendsTo(nil, ben, cid)
		first := w.receipt(ana)
		w.sendsTo(nil, ben, cid)
		one, err := w.slack.PreparePress(ana, first, "Burn")
		if err != nil {
			t.Fatal(err)
		}
		two, err := w.slack.PreparePress(ana, w.receipt(ana), "Burn")
		if err != nil {
			t.Fatal(err)
		}
		mine, other := payloadOf(t, one), payloadOf(t, two)
		blocks := func(p map[string]any) []any { return p["message"].(map[string]any)["blocks"].([]any) }
		stored := w.ots.Secrets()
		send := func(name string, payload map[string]any) {
			data, err := json.Marshal(payload)
			if err != nil {
				t.Fatal(err)
			}
			env := one
			env.ID += name
			env.Payload = []byte(strings.ReplaceAll(string(data), triggerOf(payload), name+triggerOf(payload)))
			before := strings.Count(w.logs.String(), `"event":"tampering_refused"`)
			w.did(w.slack.Send(w.Context(), env))
			if w.ots.Secrets() != stored {
				t.Fatalf("%s: a secret was burned", name)
			}
			if n := strings.Count(w.logs.String(), `"event":"tampering_refused"`); n == before {
				t.Errorf("%s: no audit event", name)
			}
		}
		swapped := payloadOf(t, one)
		for i := range blocks(swapped) {
			if strings.Contains(fmt.Sprint(blocks(swapped)[i]), "burn_one") {
				blocks(swapped)[i] = blocks(other)[i]
				break
			}
		}
		swapped["actions"] = other["actions"]
		send("1", swapped)
		out := payloadOf(t, one)
		m := out["message"].(map[string]any)
		for i, block := range blocks(out) {
			if strings.Contains(fmt.Sprint(block), "burn_one") {
				m["blocks"] = append(append([]any{}, blocks(out)[:i]...), blocks(out)[i+1:]...)
				break
			}
		}
		send("2", out)
		foreign := payloadOf(t, one)
		foreign["actions"] = other["actions"]
		send("3", foreign)
		send("4", func() map[string]any {
			mine["actions"].([]any)[0].(map[string]any)["action_id"] = "burn"
			return mine
		}())
	})
}

// A receipt is changed where it stands, and that is a DM: a payload that names
// a message in a conversation can't have that overwritten.
func TestAReceiptOverwritesNoMessageInAConversation(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.command(ana, general, "hunter2")
		posted := w.last(ben, general)
		env, err := w.slack.PreparePress(ana, w.receipt(ana), "Check")
		if err != nil {
			t.Fatal(err)
		}
		env.Payload = replace(t, env.Payload, w.receipt(ana).TS, posted.TS)
		env.Payload = replace(t, env.Payload, w.slack.AppDM(ana), general)
		w.did(w.slack.Send(w.Context(), env))
		if got := w.last(ben, general); got.PlainText() != posted.PlainText() {
			t.Errorf("it was overwritten:\n%s", got.PlainText())
		}
	})
}

// Forms carry their memory sealed: no altered one is taken, nor that of another
// form or person.
func TestAnAlteredFormIsRefusedAndSaysSo(t *testing.T) {
	t.Parallel()
	inTeam(t, func(w *world) {
		w.command(ana, general, "")
		_ = w.slack.Fill(ana, slackfake.Values{"Secret": "hunter2"})
		env, err := w.slack.PrepareSubmit(ana)
		if err != nil {
			t.Fatal(err)
		}
		sealed := payloadOf(t, env)["view"].(map[string]any)["private_metadata"].(string)
		raw, err := base64.RawURLEncoding.DecodeString(sealed)
		if err != nil {
			t.Fatal(err)
		}
		tried := 0
		for i := 0; i < len(raw); i += 7 {
			raw[i] ^= 1
			altered := env
			altered.ID = fmt.Sprintf("%s-%d", env.ID, i)
			altered.Payload = replace(t, env.Payload, sealed, base64.RawURLEncoding.EncodeToString(raw))
			altered.Payload = replace(t, altered.Payload, triggerOf(payloadOf(t, env)), fmt.Sprintf("%d.t", i))
			raw[i] ^= 1
			seen := w.did(w.slack.Send(w.Context(), altered))
			contains(t, seen.Errors["secret"], "This form doesn't work anymore", "Nothing was stored")
			tried++
		}
		if n := strings.Count(w.logs.String(), `"event":"tampering_refused"`); n != tried || w.ots.Secrets() != 0 {
			t.Errorf("%d events of %d, %d secrets", n, tried, w.ots.Secrets())
		}
	})
}
