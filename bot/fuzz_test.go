package bot

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/payload"
	"otsbot/bot/internal/socketmode"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// FuzzCommandText: whatever is typed behind the command is help, the form, or
// a secret, byte for byte.
func FuzzCommandText(f *testing.F) {
	w := text.New(text.Languages()[0], text.Settings{})
	for _, typed := range []string{"", " ", "help", "-h", "?", "generate", "a&amp;b", "&lt;@U1&gt;", "\x00\xff", "—help", "–h", "HELP\u200b", "\u00a0Generate", "“x”:+1:", "*x*\n"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		plain := authored.Typed(typed)
		if isHelp(authored.Word(plain)) && utf8.RuneCountInString(authored.Word(plain)) > len("--help") {
			t.Errorf("%q is taken for a call for help", typed)
		}
		if strings.Count(plain, "&") > strings.Count(typed, "&") {
			t.Errorf("%q gained an ampersand: %q", typed, plain)
		}
		if codes := remarksOn(otsclient.NewPlaintext(plain), text.WayForm); (codes == "") != (w.Odd(codes) == "") {
			t.Errorf("%q is remarked on without a word", plain)
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
	for _, odd := range []string{`[]`, `null`, `"x"`, `{"secret":[]}`, `{"secret":null}`, `{"secret":{"value":[]}}`, `{"secret":{"value":null}}`, `{"secret":{"value":{}}}`,
		`{"secret":{"value":{"value":"hunter2"}},"passphrase":{"other":{}}}`, `{"secret":{"value":{"value":"hunter2"}},"passphrase":{}}`,
		`{"secret":{"value":{"value":"hunter2"}},"passphrase":{"value":{"value":["x"]}},"place":{"value":{"selected_conversation":{}}},"people":{"value":{"selected_users":{"0":"U1"}}},"ttl":{"value":{"selected_option":[]}}}`} {
		f.Add(odd, "place", 2, false)
	}
	f.Fuzz(func(t *testing.T, state, block string, parts int, generated bool) {
		p := payload.Read([]byte(`{"type":"view_submission","view":{"state":{"values":` + state + `}}}`))
		if _, unread := p.View.Unread(); unread {
			return // its field says so
		}
		p.ResponseURLs = []payload.ResponseURL{{BlockID: block, ResponseURL: "https://hooks.example.com/x"}}
		if block, _ := b.forms.forged("U1", p); block != "" {
			return
		}
		st := formState{Shape: text.Shape{Parts: min(max(parts, 1), text.MaxParts), Generate: generated}}
		s, problems := b.forms.read(&interaction{userID: "U1"}, p, st)
		if s.ttl != time.Hour && s.ttl != 2*time.Hour {
			t.Errorf("lifetime %v was not offered", s.ttl)
		}
		if len(problems) > 0 {
			return
		}
		if strings.TrimSpace(s.secret.Reveal()) == "" || s.secret.Len() > otsclient.MaxSecretBytes {
			t.Errorf("a secret of %d bytes is accepted", s.secret.Len())
		}
		if n := utf8.RuneCountInString(s.passphrase.Reveal()); n != 0 && (n < otsclient.MinPassphraseChars || n > otsclient.MaxPassphraseChars) {
			t.Errorf("a passphrase of %d characters is accepted", n)
		}
		if s.to.Channel != "" && !idLike(s.to.Channel, "CGD") || slices.ContainsFunc(s.to.People, func(u string) bool { return !idLike(u, "UW") }) {
			t.Errorf("a link goes to %q, %q", s.to.Channel, s.to.People)
		}
		if contains(s.note, s.secret) {
			t.Error("a note with the secret is accepted")
		}
	})
}

// FuzzEnvelope: whatever comes in an envelope, nothing panics, no command is passed
// over, and nothing that may be a form is closed without a word, or taken for empty.
func FuzzEnvelope(f *testing.F) {
	for _, payload := range []string{
		`{"type":"view_submission","user":{"id":"U1"},"view":{"callback_id":"secret_form","blocks":[{"type":"input","block_id":"secret"}],"state":{"values":{"secret":{"value":{"value":"x"}}}}}}`,
		`{"type":"view_submission","user":{"id":"U1"},"view":{"callback_id":"secret_form","blocks":[{"type":"input","block_id":"secret"}]}}`,
		`{"type":"view_submission","user":{"id":"U1"},"view":{"callback_id":"burn_passphrase","state":null}}`,
		`{"type":"view_submission","user":[],"view":{"callback_id":"send_passphrase","state":[],"blocks":{}}}`,
		`{"type":"view_submission","view":[]}`,
		`{"type":[],"trigger_id":1,"channel":"x"}`,
		`{"type":"block_actions","user":{"id":"U1"},"actions":[{"action_id":"more_room"}],"view":{"callback_id":"secret_form"}}`,
		`{"type":"block_actions","user":{"id":"U1"},"actions":[{"action_id":"check"}],"message":{"blocks":[{"type":"actions","block_id":"receipt","elements":[{"type":"new"}]},null,[]]}}`,
		`{"type":"block_actions","actions":[null]}`,
		`{"type":"block_actions","actions":{}}`,
		`{"type":"message_action","callback_id":"share_message","team":null,"message":{"text":"x","blocks":{},"files":{}}}`,
		`{"type":"message_action","callback_id":"share_message","message":[]}`,
		`{"type":"shortcut","callback_id":"share_secret","user":{"id":"U1","team_id":null}}`,
		`{"command":[],"text":"hunter2","user_id":"U1"}`,
		`{"command":"/secret","text":["hunter2"],"user_id":"U1"}`,
		`{"type":"view_submission","user":{"id":"U1"},"view":null}`,
		`{"type":"view_submission","user":{"id":"U1"},"view":{"callback_id":"secret_form"}}`,
		`{"type":"view_submission","user":{"id":"U1"},"view":{"callback_id":"decline","blocks":[null],"state":{"values":{"word":{"other":{}}}}}}`,
		`{"type":null,"user":null,"view":{"callback_id":"burn_passphrase","blocks":[{"type":"section"}]}}`,
		`{"type":"block_actions","callback_id":"check","user":{"id":"U1"},"actions":[]}`,
		`{"type":"block_actions","callback_id":"burn_row","user":{"id":"U1"},"actions":[7],"view":{"type":"home"}}`,
		`{"type":"block_actions","user":{"id":"U1"},"container":{"message_ts":"1.2","channel_id":"C1"},"actions":[{"action_id":"check","value":"{}"}],"message":{"blocks":[{"type":"actions","block_id":"receipt"},{"type":"actions","block_id":"receipt","elements":null},{"type":"section","accessory":[]}]}}`,
		`{"type":"slash_commands","user":{"id":"U1"}}`,
		`{"type":"shortcut","callback_id":"share_secret","trigger_id":"1.2","user":null}`,
		`{"type":"message_action","callback_id":"share_message","trigger_id":"1.2","user":[],"response_url":"https://hooks.slack.com/x","message":{"text":"x"}}`,
		`null`, `[]`, `"x"`,
	} {
		for _, odd := range []string{`"slash_commands"`, `"interactive"`, `null`, `[]`} {
			f.Add(`{"envelope_id":"E1","type":` + odd + `,"accepts_response_payload":true,"payload":` + payload + `}`)
		}
		f.Add(`{"envelope_id":"E1","type":"interactive","accepts_response_payload":[],"payload":` + payload + `}`)
		f.Add(`{"envelope_id":"E1","payload":` + payload + `}`)
	}
	ots, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.example.com", Transport: offline{}})
	if err != nil {
		f.Fatal(err)
	}
	b, err := New(Config{BotToken: "xoxb-1", APIURL: "https://slack.example.com/api/", OTS: ots, Inline: true, Policy: Policy{External: ExternalWarn, RecipientsMax: 3},
		DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("offline") }})
	if err != nil {
		f.Fatal(err)
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	f.Fuzz(func(t *testing.T, data string) {
		e := socketmode.ReadEnvelope([]byte(data))
		p := payload.Read(e.Payload)
		in := b.interactionOf(e, p)
		in.reack = func(any) {}
		var acks []any
		ack := func(payload any) error {
			acks = append(acks, payload)
			if payload != nil && !e.Accepts {
				return socketmode.ErrNoPayload
			}
			return nil
		}
		out, _ := b.route(gone, in, p, ack).of()
		if e.Type == socketmode.Commands && out == outcomeIgnored {
			t.Error("a command is passed over")
		}
		if !e.Accepts || e.Type != socketmode.Interactive || p.View.AsksNothing() {
			return
		}
		switch payload.ReadObject(e.Payload).Text("type") {
		case "block_actions", "shortcut", "message_action", "block_suggestion", "view_closed":
			return
		}
		if len(acks) == 0 || acks[0] == nil {
			t.Errorf("a form ends %q, and is closed without a word", out)
		}
		if _, unread := p.View.Unread(); unread && out != outcomeUnreadable && out != outcomeRefused {
			t.Errorf("a form that can't be read ends %q", out)
		}
	})
}

// offline is a network that isn't there.
type offline struct{}

func (offline) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("offline") }

func FuzzTypedGivesBackWhatWasEscaped(f *testing.F) {
	f.Add("a&b<c>&amp;&lt;")
	f.Fuzz(func(t *testing.T, typed string) {
		if got := authored.Typed(text.Escape(typed)); got != typed {
			t.Errorf("Typed(Escape(%q)) = %q", typed, got)
		}
	})
}
