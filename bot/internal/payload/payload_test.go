package payload

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// odd are the shapes that a field may have instead of its own.
var odd = []string{`null`, `[]`, `{}`, `7`, `true`, `"x"`, `[[null]]`, `{"id":7}`}

func TestOneOddFieldLosesNothingElse(t *testing.T) {
	const whole = `{"type":"block_actions","callback_id":"c","trigger_id":"t","response_url":"u","team":{"id":"T1"},"channel":{"id":"C1"},"user":{"id":"U1"},` +
		`"container":{"message_ts":"1.2"},"message":{"text":"m"},"view":{"id":"V1"},"response_urls":[{"block_id":"b"}],"actions":[{"action_id":"a"}]}`
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(whole), &fields); err != nil {
		t.Fatal(err)
	}
	// What is read of each field, in one string.
	read := func(data []byte) map[string]string {
		p := Read(data)
		said := map[string]string{"type": p.Type, "callback_id": p.CallbackID, "trigger_id": p.TriggerID, "response_url": p.ResponseURL,
			"team": p.Team.ID, "channel": p.Channel.ID, "user": p.User.ID, "container": p.Container.MessageTS, "message": p.Message.Text("text"), "view": p.View.ID}
		for _, u := range p.ResponseURLs {
			said["response_urls"] += u.BlockID
		}
		for _, a := range p.Actions {
			said["actions"] += a.ActionID
		}
		return said
	}
	want := read([]byte(whole))
	for name, sent := range fields {
		for _, shape := range odd {
			fields[name] = json.RawMessage(shape)
			data, err := json.Marshal(fields)
			if err != nil {
				t.Fatal(err)
			}
			for other, got := range read(data) {
				if other != name && got != want[other] {
					t.Errorf("%s as %s: %s is read as %q", name, shape, other, got)
				}
			}
		}
		fields[name] = sent
	}
}

func TestWhatStandsInAFormIsUnreadRatherThanEmpty(t *testing.T) {
	for state, want := range map[string][]string{
		`{"values":{"a":{"value":{"value":"x"}}}}`:           nil,
		`{"values":{"a":{"value":{"value":null}}}}`:          nil,
		`{"values":{"a":{"value":null}}}`:                    nil,
		`{"values":{"a":{"other":{}}}}`:                      {"a"},
		`{"values":{"a":{"value":{"value":7}}}}`:             {"a"},
		`{"values":{"a":{"value":{"selected_users":"U1"}}}}`: {"a"},
		`{"values":{"a":{"value":{"selected_option":[]}}}}`:  {"a"},
		`{"values":{"a":{"value":[]}}}`:                      {"a"},
		`{"values":{"a":{}}}`:                                {"a"},
		`{"values":{"a":null,"b":{"value":{"value":"x"}}}}`:  {"a"},
		`{"values":{}}`: {"a", "b"},
		`{"values":[]}`: {"a", "b"},
		`null`:          {"a", "b"},
		`[]`:            {"a", "b"},
		`{"values":{"b":[],"a":"x","c":{"value":{"selected_options":7}}}}`: {"a", "b", "c"},
	} {
		p := Read([]byte(`{"view":{"blocks":[{"type":"input","block_id":"a"},{"type":"section","block_id":"s"},{"type":"input","block_id":"b"}],"state":` + state + `}}`))
		if got, unread := p.View.Unread(); !slices.Equal(got, want) || unread != (want != nil) {
			t.Errorf("%s: %q, %v, want %q", state, got, unread, want)
		}
	}
}

// Which fields a form has is in its blocks, which may be odd as well.
func TestAFormWithoutItsStateIsUnreadUnlessItAsksForNothing(t *testing.T) {
	for view, asksNothing := range map[string]bool{
		`{}`:             false,
		`{"blocks":[]}`:  false,
		`{"blocks":{}}`:  false,
		`{"blocks":"x"}`: false,
		`{"blocks":[{"type":"input","block_id":"a"}]}`:                             false,
		`{"blocks":[{"type":"section"},{"type":null,"block_id":"a"}]}`:             false,
		`{"blocks":[{"type":"section"},null]}`:                                     false,
		`{"blocks":[{"type":"section"},[{"type":"input"}]]}`:                       false,
		`{"blocks":[{"type":"section"}],"state":{"values":{"a":[]}}}`:              false,
		`{"blocks":[{"type":"section"}]}`:                                          true,
		`{"blocks":[{"type":"section"},{"type":"divider"}],"state":{"values":{}}}`: true,
		`{"blocks":[{"type":"section"}],"state":null}`:                             true,
	} {
		p := Read([]byte(`{"view":` + view + `}`))
		if _, unread := p.View.Unread(); unread == asksNothing || p.View.AsksNothing() != asksNothing {
			t.Errorf("%s: unread %v, asks nothing %v", view, unread, p.View.AsksNothing())
		}
	}
	for _, view := range []string{`null`, `[]`, `"x"`, `7`} {
		p := Read([]byte(`{"view":` + view + `}`))
		if _, unread := p.View.Unread(); !unread {
			t.Errorf("%s is read", view)
		}
	}
}

// What slack-go doesn't know stays in a message as it was.
func TestABlockThatIsNewIsKept(t *testing.T) {
	const sent = `[{"type":"hologram","depth":3},{"type":"divider"}]`
	blocks := Blocks(ReadObject([]byte(`{"blocks":` + sent + `}`)))
	again, err := json.Marshal(blocks)
	if err != nil || len(blocks) != 2 || !strings.Contains(string(again), `"depth":3`) {
		t.Errorf("%s, %v", again, err)
	}
}

func TestAnEventsUserIsAnIDOrHasOne(t *testing.T) {
	for sent, want := range map[string]ID{
		`"U1"`: "U1", `{"id":"U1","profile":{}}`: "U1", `{"id":7}`: "", `null`: "", `[]`: "", `7`: "",
	} {
		p := Read([]byte(`{"event":{"user":` + sent + `,"type":"user_change"}}`))
		if p.Event.User != want || p.Event.Type != "user_change" {
			t.Errorf("%s is read as %q, of a %q", sent, p.Event.User, p.Event.Type)
		}
	}
}
