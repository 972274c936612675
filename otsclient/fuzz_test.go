package otsclient_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"otsbot/otsclient"
)

// answers is a server that answers everything the same.
type answers struct {
	status    int
	body      string
	withoutV1 bool
}

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.withoutV1 && strings.HasPrefix(r.URL.Path, "/api/v1/") {
		a.status, a.body = http.StatusNotFound, `{"error":"Not Found"}`
	}
	return &http.Response{
		StatusCode: a.status, Header: http.Header{"Date": {"Sat, 21 Nov 2026 02:00:00 GMT"}},
		Body: io.NopCloser(strings.NewReader(a.body)), Request: r,
	}, nil
}

// FuzzAnswers: whatever a server answers, no call panics, no result is
// impossible, every error is one of the client's, and neither its text nor
// its reason holds what is confidential.
func FuzzAnswers(f *testing.F) {
	for _, file := range recordedVersions {
		for i, e := range recorded(f, file) {
			if i%5 == 0 && len(e.Answer) < 2000 {
				f.Add(e.Status, e.Answer)
			}
		}
	}
	for _, file := range []string{"v0.26.4-v2", "v0.24.7-batch", "v0.26.4-batch"} {
		for _, e := range recorded(f, file) {
			f.Add(e.Status, e.Answer)
		}
	}
	f.Add(200, `{"secret_key":0,"metadata_key":[],"secret_ttl":"-1","created":1e300}`)
	f.Add(404, `{"message":"no the-canary-text at https://host/secret/0123456789abcdefghijklmnopqrstu\n`+"\u2028"+`"}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 501 {
			return // no answer, or one after which the client waits and repeats
		}
		checkAnswers(t, answers{status, body, false})
		checkAnswers(t, answers{status, body, true})
	})
}

func checkAnswers(t *testing.T, transport answers) {
	t.Helper()
	client, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.example.com", Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	key := otsclient.NewKey("0123456789abcdefghijklmnopqrstu")
	text, unsent := otsclient.NewPlaintext("the-canary-text"), otsclient.Plaintext{}

	shared, err := client.Share(t.Context(), otsclient.ShareRequest{Secret: text, Passphrase: text})
	checkError(t, err, key, text)
	if err == nil && (shared.SecretKey.IsZero() || shared.MetadataKey.IsZero() || shared.TTL < 0) {
		t.Errorf("shared without keys, or for %v", shared.TTL)
	}
	_, err = client.Generate(t.Context(), otsclient.GenerateRequest{Passphrase: text})
	checkError(t, err, key, text)
	told, err := client.Metadata(t.Context(), key)
	checkError(t, err, key, unsent)
	checkMetadata(t, told, err)
	list, err := client.Recent(t.Context())
	checkError(t, err, key, unsent)
	many, err := client.States(t.Context(), []otsclient.Key{key})
	checkError(t, err, key, unsent)
	for _, told := range append(list, many...) {
		checkMetadata(t, told, nil)
	}
	checkError(t, client.SetMemo(t.Context(), key, "x"), key, unsent)
	_, err = client.Retrieve(t.Context(), key, text)
	checkError(t, err, key, text)
	checkError(t, client.Burn(t.Context(), key, text), key, text)
	checkError(t, client.Status(t.Context()), key, unsent)
}

func checkMetadata(t *testing.T, told otsclient.Metadata, err error) {
	t.Helper()
	if err != nil {
		return
	}
	if told.State != otsclient.StateWaiting && (told.Remaining != 0 || told.PassphraseRequired) {
		t.Errorf("%v, and %v remain", told.State, told.Remaining)
	}
	if told.Remaining < 0 || told.Views < 0 {
		t.Errorf("%v remain, %d views", told.Remaining, told.Views)
	}
}

func checkError(t *testing.T, err error, key otsclient.Key, text otsclient.Plaintext) {
	t.Helper()
	if err == nil {
		return
	}
	if strings.HasPrefix(outcome("", err), "an error that") {
		t.Error(outcome("", err))
	}
	reason := otsclient.Reason(err)
	for _, secret := range []string{key.Reveal(), text.Reveal(), "://"} {
		if secret != "" && strings.Contains(err.Error()+reason, secret) {
			t.Errorf("%q, reason %q holds %q", err, reason, secret)
		}
	}
	if len(reason) > 200 || !utf8.ValidString(reason) || strings.ContainsFunc(reason, unicode.IsControl) {
		t.Errorf("the reason is %q", reason)
	}
	if reason != "" && !errors.Is(err, otsclient.ErrRejected) {
		t.Errorf("%v has the reason %q", err, reason)
	}
}

// FuzzParseKey: a key that is found in a text is in that text, can be one,
// and is found again in the links made of it.
func FuzzParseKey(f *testing.F) {
	const key = "dk68lius5wyopnhxmiblqpsy47deff4z76fc0jv7ej1e1qj8npg4yo7vexilj5"
	for _, input := range []string{
		key, " " + key + "\n", "https://eu.onetimesecret.com/secret/" + key, "https://ots.example.com/de/private/" + key + "/",
		"/receipt/" + key + "/burn?x#y", "https://h/api/v1/metadata/" + key, "secret/" + key, "", "recent", "https://h/other/" + key, "%zz",
	} {
		f.Add(input)
	}
	client, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.example.com/path"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, input string) {
		found, kind, err := otsclient.ParseKey(input)
		if err != nil {
			if !found.IsZero() || len(input) >= 20 && strings.Contains(err.Error(), input) {
				t.Errorf("%v, with a key %v", err, !found.IsZero())
			}
			return
		}
		if text := found.Reveal(); len(text) < 20 || len(text) > 128 {
			t.Errorf("a key of %d", len(text))
		}
		again, kindOfLink, err := otsclient.ParseKey(client.SecretLink(otsclient.Shared{SecretKey: found}))
		if err != nil || again.Reveal() != found.Reveal() || kindOfLink != otsclient.KindSecret {
			t.Errorf("%v, %v in the share link of %v", err, kindOfLink, kind)
		}
		again, kindOfLink, err = otsclient.ParseKey(client.ReceiptLink(found, ""))
		if err != nil || again.Reveal() != found.Reveal() || kindOfLink != otsclient.KindMetadata {
			t.Errorf("%v, %v in the private link of %v", err, kindOfLink, kind)
		}
	})
}
