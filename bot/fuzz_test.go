package bot

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"otsbot/otsclient"
)

// FuzzCommandText: whatever is typed behind the command is help, the form, or
// a secret, byte for byte.
func FuzzCommandText(f *testing.F) {
	for _, text := range []string{"", " ", "help", "-h", "?", "generate", "a&amp;b", "&lt;@U1&gt;", "\x00\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		plain := typed(text)
		if isHelp(plain) && len(strings.TrimSpace(plain)) > len("--help") {
			t.Errorf("%q is taken for a call for help", text)
		}
		if strings.Count(plain, "&") > strings.Count(text, "&") {
			t.Errorf("%q gained an ampersand: %q", text, plain)
		}
		_ = curly(plain)
		parts := split(plain, partsFor(plain))
		if strings.Join(parts, "") != plain {
			t.Errorf("%q does not come back from its parts", text)
		}
		for _, part := range parts {
			if fits(part, fieldLength) != len(part) {
				t.Errorf("a part of %d bytes does not fit its field", len(part))
			}
		}
	})
}

// FuzzForm: whatever a form's payload holds, it is either refused at a field
// or becomes a share that keeps the rules.
func FuzzForm(f *testing.F) {
	f.Add(`{"secret":{"value":{"value":"hunter2"}},"ttl":{"value":{"selected_option":{"value":"3600"}}},"place":{"value":{"selected_conversation":"C1"}}}`, "C1", 1, false)
	f.Add(`{"secret":{"value":{"value":"x"}},"passphrase":{"value":{"value":"short"}},"note":{"value":{"value":"x"}}}`, "", 9, false)
	f.Add(`{"length":{"value":{"selected_option":{"value":"-1"}}},"kind":{"value":{"selected_option":{"value":"none"}}}}`, "", 1, true)
	ots, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.example.com"})
	if err != nil {
		f.Fatal(err)
	}
	b, err := New(Config{BotToken: "xoxb-1", OTS: ots, TTL: time.Hour, TTLChoices: []time.Duration{time.Hour, 2 * time.Hour}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, state, block string, parts int, generated bool) {
		var cb slack.InteractionCallback
		cb.View.State = &slack.ViewState{}
		if json.Unmarshal([]byte(state), &cb.View.State.Values) != nil {
			return
		}
		cb.ResponseURLs = []slack.ViewSubmissionCallbackResponseURL{{BlockID: block, ResponseURL: "https://hooks.example.com/x"}}
		st := formState{Parts: min(max(parts, 1), maxParts), Generate: generated}
		s, problems := b.readForm(&interaction{userID: "U1"}, cb, st)
		if s.ttl != time.Hour && s.ttl != 2*time.Hour {
			t.Errorf("lifetime %v was not offered", s.ttl)
		}
		if len(problems) > 0 {
			return
		}
		if strings.TrimSpace(s.secret.Reveal()) == "" || s.secret.Len() > maxSecret {
			t.Errorf("a secret of %d bytes is accepted", s.secret.Len())
		}
		if n := utf8.RuneCountInString(s.passphrase.Reveal()); n != 0 && (n < minPhrase || n > maxPhrase) {
			t.Errorf("a passphrase of %d characters is accepted", n)
		}
		if contains(s.note, s.secret) {
			t.Error("a note with the secret is accepted")
		}
		if shown := asTyped(s.note); strings.ContainsAny(shown, "<>\n") {
			t.Errorf("a note becomes markup: %q", shown)
		}
	})
}

// FuzzEnvelope: whatever comes in a payload, its head is read without a panic.
func FuzzEnvelope(f *testing.F) {
	f.Add(`{"type":"view_submission","view":{"blocks":[{"type":"input","block_id":"secret"}]},"user":{"id":"U1"}}`)
	f.Add(`{"type":[],"trigger_id":1,"channel":"x"}`)
	f.Fuzz(func(t *testing.T, payload string) {
		var head payloadHead
		_ = json.Unmarshal([]byte(payload), &head)
		_ = head.inputs()
		var cut messageShortcut
		if json.Unmarshal([]byte(payload), &cut) == nil {
			_ = unusable(otsclient.NewPlaintext(cut.Message.authored()), false)
		}
	})
}
