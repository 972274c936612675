package otsclient_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"otsbot/otsclient"
)

const canary = "CANARY3secret3CANARY3secret3CANARY"

// hidden hides the canary in each type that does, in exported and unexported
// fields, where fmt does not ask for methods.
type hidden struct {
	Text otsclient.Plaintext
	Key  otsclient.Key
	text otsclient.Plaintext
	key  otsclient.Key
	sent otsclient.ShareRequest
}

func hide() hidden {
	text, key := otsclient.NewPlaintext(canary), otsclient.NewKey(canary)
	return hidden{text, key, text, key, otsclient.ShareRequest{Secret: text, Passphrase: text}}
}

func TestNoPrintFormShowsWhatIsHidden(t *testing.T) {
	t.Parallel()
	h := hide()
	values := map[string]any{
		"plaintext": h.Text, "key": h.Key, "struct": h, "pointer": &h,
		"slice": []any{h.Text, h.Key}, "map": map[string]any{"text": h.Text, "key": h.Key},
		"request": h.sent, "shared": otsclient.Shared{SecretKey: h.key, MetadataKey: h.key},
		"generated": otsclient.Generated{Value: h.text}, "metadata": otsclient.Metadata{Key: h.key},
	}
	for name, value := range values {
		for form, printed := range printForms(t, value) {
			if strings.Contains(printed, "CANARY") || strings.Contains(strings.ToUpper(printed), fmt.Sprintf("%X", "CANARY")) {
				t.Errorf("%s as %s: %s", name, form, printed)
			}
		}
	}
}

func printForms(t *testing.T, value any) map[string]string {
	forms := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10.3v"} {
		forms[verb] = fmt.Sprintf(verb, value)
	}
	var out bytes.Buffer
	if data, err := json.Marshal(value); err == nil {
		forms["json"] = string(data)
	}
	if data, err := xml.Marshal(value); err == nil {
		forms["xml"] = string(data)
	}
	if gob.NewEncoder(&out).Encode(value) == nil {
		forms["gob"] = out.String()
	}
	forms["error"] = fmt.Errorf("wrapped: %v", value).Error()
	forms["template"] = execute(t, value)
	for name, handler := range map[string]slog.Handler{
		"slog text": slog.NewTextHandler(&out, nil), "slog json": slog.NewJSONHandler(&out, nil),
	} {
		out.Reset()
		slog.New(handler).Info("x", "value", value, slog.Any("any", value))
		forms[name] = out.String()
	}
	core, logs := observer.New(zap.DebugLevel)
	zap.New(core).Info("x", zap.Any("any", value), zap.Reflect("reflect", value))
	zap.New(core).Sugar().Infow("x", "value", value)
	entries := logs.All()
	for i := range entries {
		encoded, err := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()).EncodeEntry(entries[i].Entry, entries[i].Context)
		if err != nil {
			t.Fatal(err)
		}
		forms[fmt.Sprint("zap ", i)] = encoded.String()
	}
	return forms
}

func execute(t *testing.T, value any) string {
	t.Helper()
	var out strings.Builder
	if err := template.Must(template.New("").Parse("{{.}} {{printf `%#v` .}}")).Execute(&out, value); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWhatIsHiddenCanBeRevealed(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "x", "zażółć \x00\r\n\t🔑"} {
		plain, key := otsclient.NewPlaintext(text), otsclient.NewKey(text)
		if plain.Reveal() != text || key.Reveal() != text {
			t.Errorf("%q came back as %q and %q", text, plain.Reveal(), key.Reveal())
		}
		if plain.Len() != len(text) {
			t.Errorf("%q has %d bytes, not %d", text, len(text), plain.Len())
		}
		if plain.IsZero() != (text == "") || key.IsZero() != (text == "") {
			t.Errorf("%q is zero: %v, %v", text, plain.IsZero(), key.IsZero())
		}
	}
	var none otsclient.Plaintext
	if !none.IsZero() || none.Reveal() != "" || none.String() != "[redacted]" {
		t.Error("the zero value is not no text")
	}
}

// The fingerprint is a contract with whoever searches logs for a key:
// printf %s KEY | sha256sum | cut -c1-12
func TestAFingerprintIsTheBeginningOfTheSHA256OfTheKey(t *testing.T) {
	t.Parallel()
	if got := otsclient.NewKey("0123456789abcdefghijklmnopqrstu").Fingerprint(); got != "9f719d64979a" {
		t.Errorf("fingerprint is %q", got)
	}
}
