package slackapi

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// without is an answer as slack-go gets it.
func without(answer string) (rest string, said bool) {
	resp := &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(answer))}
	said = dropEcho(resp)
	all, _ := io.ReadAll(resp.Body)
	return string(all), said
}

func TestOfAnEchoOnlyTheThreadIsLeft(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"ok":true,"message":{"text":"}\"","blocks":[{}],"thread_ts":"1.0"},"ts":"1.2"}`:      `{"ok":true,"message":{"thread_ts":"1.0"},"ts":"1.2"}`,
		"{ \"ok\" : true ,\n\"message\" : { \"thread_ts\" : \"1.0\" } , \"ts\" : \"1.2\" }":    "{ \"ok\" : true ,\n\"message\" : {\"thread_ts\":\"1.0\"} , \"ts\" : \"1.2\" }",
		`{"message":{"root":{"thread_ts":"1.0"}},"view":{"blocks":[[1,"]"]]},"ok":true}`:       `{"message":{},"view":{},"ok":true}`,
		`{"ok":true,"message":null,"view":[{"message":1}]}`:                                    `{"ok":true,"message":{},"view":{}}`,
		`{"ok":true,"message":"ok","text":"\\","message":{"thread_ts":7},"channel":"message"}`: `{"ok":true,"message":{},"text":"\\","message":{},"channel":"message"}`,
		`{"ok":false,"error":"x","response_metadata":{"message":{"text":"kept"}}}`:             `{"ok":false,"error":"x","response_metadata":{"message":{"text":"kept"}}}`,
		// What is no JSON, or breaks off, is no better afterwards.
		`{"ok":true,"message":{"text":"`:  `{"ok":true,"message":{}`,
		`<html>{"message":{"text":"x"}}`:  `<html>{"message":{"text":"x"}}`,
		`{"ok":true "message":{"text":1}`: `{"ok":true "message":{"text":1}`,
		`{"message":}`:                    `{"message":}`,
		`{`:                               `{`,
		``:                                ``,
	} {
		if got, _ := without(answer); got != want {
			t.Errorf("%s\n is left as %s,\n want       %s", answer, got, want)
		}
	}
}

func TestAnAnswerThatBreaksOffIsNoBetterWithoutItsEcho(t *testing.T) {
	t.Parallel()
	const answer = `{"ok":true,"message":{"text":"\"","blocks":[{},1]},"view":{},"ts":"1.2"}`
	for i := range answer {
		if got, _ := without(answer[:i]); json.Valid([]byte(got)) {
			t.Errorf("%s became %s", answer[:i], got)
		}
	}
}

// Whatever Slack says, nothing else is lost or made of it.
func FuzzOnlyTheEchoIsTakenOut(f *testing.F) {
	for _, seed := range []string{`{"ok":true,"message":{"text":"x","thread_ts":"1.0"}}`, `{"ok":true,"view":{"a":[1,{}]},"b":"\"}"}`, `{"a":[],"message":7} `, `[]`, `{"":{}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		got, _ := without(answer)
		var was, is map[string]json.RawMessage
		if json.Unmarshal([]byte(answer), &was) != nil || was == nil {
			return
		}
		if err := json.Unmarshal([]byte(got), &is); err != nil {
			t.Fatalf("%q became %q: %v", answer, got, err)
		}
		for _, echo := range []string{"message", "view"} {
			if bytes.Equal(was[echo], is[echo]) { // by another spelling of its name: slack-go reads it
				continue
			}
			delete(was, echo)
			delete(is, echo)
		}
		if !maps.EqualFunc(was, is, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
			t.Errorf("%q became %q", answer, got)
		}
	})
}
