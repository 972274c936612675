package otsclient_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// says is an answer of v1 with a message.
func says(message string) reply {
	body, _ := json.Marshal(map[string]string{"message": message, "shrimp": "x"})
	return reply{status: 404, body: string(body)}
}

func TestAnAnswerThatIsNoKnownRefusalLeavesTheOutcomeOpen(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]reply{
		"a database that went away":  says("An error occurred :["),
		"a value it can't store":     says("We're sorry, but we can't process your request at this time."),
		"could not store":            says("Could not store your secret"),
		"unexpected":                 says("An unexpected error occurred :["),
		"gone, which a create isn't": says("Unknown secret"),
		"nothing":                    says(""),
		"a page":                     {status: 404, body: "<h1>Not Found</h1>"},
		"a page of a firewall":       {status: 403, body: "<h1>Forbidden</h1>"},
		"another JSON":               {status: 404, body: `{"detail":"Not Found"}`},
		"a gateway without a route":  {status: 404, body: `{"message":"Not Found"}`},
		"hapi without a route":       {status: 404, body: `{"statusCode":404,"error":"Not Found","message":"Not Found"}`},
		"a list":                     {status: 404, body: `[]`},
		"400 without a word":         {status: 400},
		"409":                        {status: 409, body: `{"error":"Conflict"}`},
	} {
		client := clientOf(t, &script{replies: []reply{answer}})
		if err := share(t.Context(), client); !errors.Is(err, otsclient.ErrOutcomeUnknown) || errors.Is(err, otsclient.ErrRejected) {
			t.Errorf("share, %s: %v", name, err)
		}
		if err := metadata(t.Context(), client); !errors.Is(err, otsclient.ErrUnavailable) && name != "gone, which a create isn't" {
			t.Errorf("metadata, %s: %v", name, err)
		}
		if err := burn(t.Context(), client); !errors.Is(err, otsclient.ErrUnavailable) && name != "gone, which a create isn't" {
			t.Errorf("burn, %s: %v", name, err)
		}
	}
}

func TestAKnownRefusalNamesItsField(t *testing.T) {
	t.Parallel()
	for message, c := range map[string]struct {
		field   string
		min     int
		allowed bool // it is the request that is wrong
	}{
		"You did not provide anything to share":                       {otsclient.FieldSecret, 0, true},
		"Secret value exceeds the maximum size of 10000 characters":   {otsclient.FieldSecret, 0, true},
		"Secret value exceeds the maximum size of 10000 bytes":        {otsclient.FieldSecret, 0, true},
		"Incorrect payload format":                                    {"", 0, true},
		"Passphrase must be at least 20 characters long":              {otsclient.FieldPassphrase, 20, true},
		"Passphrase must be no more than 128 characters long":         {otsclient.FieldPassphrase, 0, true},
		"A passphrase is required for all secrets":                    {otsclient.FieldPassphrase, 0, true},
		"An account is required to send emails.":                      {otsclient.FieldRecipient, 0, true},
		"An account is required to send emails. Signup here: http://": {otsclient.FieldRecipient, 0, true},
		"Undeliverable email address: x":                              {otsclient.FieldRecipient, 0, true},
		"Unknown domain: s.example.com":                               {otsclient.FieldDomain, 0, false},
		"Domain not found s.example.com":                              {otsclient.FieldDomain, 0, false},
		"Public sharing disabled for domain: s.example.com":           {otsclient.FieldDomain, 0, false},
		"You do not have permission to use domain: s.example.com":     {otsclient.FieldDomain, 0, false},
	} {
		err := share(t.Context(), clientOf(t, &script{replies: []reply{says(message)}}))
		if !errors.Is(err, otsclient.ErrRejected) || errors.Is(err, otsclient.ErrNotAllowed) == c.allowed {
			t.Errorf("%s: %v", message, err)
		}
		if otsclient.Field(err) != c.field || otsclient.MinPassphrase(err) != c.min {
			t.Errorf("%s: field %q, at least %d", message, otsclient.Field(err), otsclient.MinPassphrase(err))
		}
	}
	if otsclient.Field(nil) != "" || otsclient.MinPassphrase(errors.New("x")) != 0 {
		t.Error("other errors have a field")
	}
}

func TestWhatIsCheckedHereNamesItsFieldToo(t *testing.T) {
	t.Parallel()
	client := clientOf(t, &script{replies: []reply{{}}})
	for field, request := range map[string]otsclient.ShareRequest{
		otsclient.FieldSecret:     {},
		otsclient.FieldPassphrase: {Secret: otsclient.NewPlaintext("x"), Passphrase: otsclient.NewPlaintext("short")},
		otsclient.FieldDomain:     {Secret: otsclient.NewPlaintext("x"), ShareDomain: "https://x"},
	} {
		if _, err := client.Share(t.Context(), request); otsclient.Field(err) != field {
			t.Errorf("%s: %q", field, otsclient.Field(err))
		}
	}
}

func TestAServerThatHasNoSuchRouteStoredNothing(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]reply{
		"since 0.18": {status: 404, body: `{"error":"Not Found"}`},
		"0.12":       {status: 404, body: "Not Found"},
	} {
		for call, do := range map[string]func(context.Context, *otsclient.Client) error{"share": share, "burn": burn, "retrieve": retrieve, "metadata": metadata} {
			transport := &script{replies: []reply{answer}}
			if err := do(t.Context(), clientOf(t, transport)); !errors.Is(err, otsclient.ErrNoAPI) || !errors.Is(err, otsclient.ErrUnavailable) {
				t.Errorf("%s, %s: %v", name, call, err)
			}
		}
	}
}

// A burn is refused for its passphrase in the server's language.
func TestAWrongPassphraseIsKnownByWhatRealServersSay(t *testing.T) {
	t.Parallel()
	marked := says("Une phrase que personne ne connaît")
	marked.header = http.Header{"X-Ots-Intended-Status": {"400"}}
	unmarked := says("Une phrase que personne ne connaît")
	for name, c := range map[string]struct {
		answer reply
		want   error
	}{
		"English":                      {says("Double check that passphrase"), otsclient.ErrWrongPassphrase},
		"German":                       {says("Überprüfe die Passphrase erneut"), otsclient.ErrWrongPassphrase},
		"marked as the caller's fault": {marked, otsclient.ErrWrongPassphrase},
		"anything else":                {unmarked, otsclient.ErrUnavailable},
	} {
		err := burn(t.Context(), clientOf(t, &script{replies: []reply{c.answer}}))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestKeysThatNothingCouldUseAreRefused(t *testing.T) {
	t.Parallel()
	for key, valid := range map[string]bool{
		"": false, "short": false, "recent": false,
		strings.Repeat("a", 19): false, strings.Repeat("a", 20): true,
		strings.Repeat("a", 128): true, strings.Repeat("a", 129): false,
		strings.Repeat("A", 31): false, strings.Repeat("a", 30) + "-": false,
		strings.Repeat("a", 30) + "/../" + strings.Repeat("a", 30): false,
		shortKey: true, longKey: true,
	} {
		if otsclient.NewKey(key).Valid() != valid {
			t.Errorf("%q: %v", key, !valid)
		}
		if _, _, err := otsclient.ParseKey(key); (err == nil) != valid {
			t.Errorf("parse %q: %v", key, err)
		}
		if valid {
			continue
		}
		for _, keys := range [][2]string{{key, longKey}, {longKey, key}} {
			fake := otsfake.New(otsfake.Options{})
			body, _ := json.Marshal(map[string]any{"secret_key": keys[0], "metadata_key": keys[1], "secret_ttl": 60})
			fake.Fault(otsfake.Fault{Status: 200, Body: string(body)})
			if err := share(t.Context(), clientOf(t, served{fake})); !errors.Is(err, otsclient.ErrOutcomeUnknown) {
				t.Errorf("shared under %q: %v", key, err)
			}
		}
	}
}

// Anybody with the link can open such a secret. What v2 says before 0.26 isn't
// known, so v1 alone is believed.
func TestASecretWithoutThePassphraseItWasSharedWithIsTold(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"0.12", "0.20", "0.22", "0.24", "0.26"} {
		for _, withoutV1 := range []bool{false, true} {
			for _, dropped := range []bool{false, true} {
				if withoutV1 && version < "0.24" {
					continue // which has no API then
				}
				client := clientOf(t, served{otsfake.New(otsfake.Options{Version: version, WithoutV1: withoutV1, PassphrasesDropped: dropped})})
				shared, err := client.Share(t.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x"), Passphrase: otsclient.NewPlaintext(phrase)})
				if err != nil || shared.Unprotected != (dropped && !withoutV1) {
					t.Errorf("%s, without v1 %v, dropped %v: unprotected %v, %v", version, withoutV1, dropped, shared.Unprotected, err)
				}
				made, err := client.Share(t.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x")})
				if err != nil || made.Unprotected {
					t.Errorf("%s, without a passphrase: unprotected %v, %v", version, made.Unprotected, err)
				}
			}
		}
	}
}
