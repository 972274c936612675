package otsclient_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

func TestACreateCallIsCheckedBeforeItIsSent(t *testing.T) {
	t.Parallel()
	type request = otsclient.ShareRequest
	text := otsclient.NewPlaintext
	good := text("x")
	for name, c := range map[string]struct {
		request request
		reason  string // "" where it is sent
	}{
		"nothing":                          {request{}, "empty"},
		"white space":                      {request{Secret: text(" \t\r\n\u00a0")}, "empty"},
		"10,000 bytes":                     {request{Secret: text(strings.Repeat("a", 10_000))}, ""},
		"10,001 bytes":                     {request{Secret: text(strings.Repeat("a", 10_001))}, "10,000 bytes"},
		"5,001 characters of two bytes":    {request{Secret: text(strings.Repeat("é", 5_001))}, "10,000 bytes"},
		"a passphrase of 7":                {request{Secret: good, Passphrase: text("abcdefg")}, "8 characters"},
		"a passphrase of 8":                {request{Secret: good, Passphrase: text("abcdefgh")}, ""},
		"8 characters of two bytes":        {request{Secret: good, Passphrase: text(strings.Repeat("é", 8))}, ""},
		"7 characters of two bytes":        {request{Secret: good, Passphrase: text(strings.Repeat("é", 7))}, "8 characters"},
		"a passphrase of 128":              {request{Secret: good, Passphrase: text(strings.Repeat("é", 128))}, ""},
		"a passphrase of 129":              {request{Secret: good, Passphrase: text(strings.Repeat("a", 129))}, "128 characters"},
		"a negative lifetime":              {request{Secret: good, TTL: -time.Second}, "lifetime is negative"},
		"a share domain that is no domain": {request{Secret: good, ShareDomain: "https://x.example.com"}, "not a host name"},
	} {
		t.Run(name, func(t *testing.T) {
			transport := &script{replies: []reply{{status: 200, body: sharedAnswer}}}
			_, err := clientOf(t, transport).Share(t.Context(), c.request)
			if c.reason == "" {
				if err != nil || len(transport.asked) != 1 {
					t.Errorf("%v, sent %d times", err, len(transport.asked))
				}
				return
			}
			if !errors.Is(err, otsclient.ErrRejected) || !strings.Contains(otsclient.Reason(err), c.reason) {
				t.Errorf("%v: %q", err, otsclient.Reason(err))
			}
			if len(transport.asked) != 0 {
				t.Error("it was sent")
			}
		})
	}
}

func TestGenerateIsCheckedToo(t *testing.T) {
	t.Parallel()
	for name, request := range map[string]otsclient.GenerateRequest{
		"length":     {Length: -1},
		"passphrase": {Passphrase: otsclient.NewPlaintext("short")},
		"lifetime":   {TTL: -1},
	} {
		transport := &script{replies: []reply{{}}}
		_, err := clientOf(t, transport).Generate(t.Context(), request)
		if !errors.Is(err, otsclient.ErrRejected) || len(transport.asked) != 0 {
			t.Errorf("%s: %v, sent %d times", name, err, len(transport.asked))
		}
	}
}

// Retrieve and Burn pass on any passphrase, since some server took it once;
// but what is no key is not put into a path.
func TestOnlyKeysAreSent(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "recent", "..", "../../v2/status-of-something", shortKey + "/burn", shortKey + "?x=1", strings.Repeat("a", 129), shortKey + "ż"} {
		transport := &script{replies: []reply{{status: 200, body: `{}`}}}
		client := clientOf(t, transport)
		_, retrieveErr := client.Retrieve(t.Context(), otsclient.NewKey(key), otsclient.Plaintext{})
		_, metadataErr := client.Metadata(t.Context(), otsclient.NewKey(key))
		burnErr := client.Burn(t.Context(), otsclient.NewKey(key), otsclient.Plaintext{})
		for _, err := range []error{retrieveErr, metadataErr, burnErr} {
			if !errors.Is(err, otsclient.ErrRejected) || otsclient.Reason(err) == "" {
				t.Errorf("%q: %v", key, err)
			}
		}
		if len(transport.asked) != 0 {
			t.Errorf("%q was sent", key)
		}
	}
}

func TestAShareCallSendsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	text := otsclient.NewPlaintext
	for name, c := range map[string]struct {
		domain  string // of the config
		request otsclient.ShareRequest
		want    url.Values
	}{
		"the least":                   {"", otsclient.ShareRequest{Secret: text("x")}, url.Values{"secret": {"x"}}},
		"all":                         {"", otsclient.ShareRequest{Secret: text(" x\r\n"), Passphrase: text("  spaced  "), TTL: time.Hour, Recipient: "a@example.com", ShareDomain: "s.example.com"}, url.Values{"secret": {" x\r\n"}, "passphrase": {"  spaced  "}, "ttl": {"3600"}, "recipient": {"a@example.com"}, "share_domain": {"s.example.com"}}},
		"a lifetime below a second":   {"", otsclient.ShareRequest{Secret: text("x"), TTL: time.Millisecond}, url.Values{"secret": {"x"}, "ttl": {"1"}}},
		"the configured domain":       {"c.example.com", otsclient.ShareRequest{Secret: text("x")}, url.Values{"secret": {"x"}, "share_domain": {"c.example.com"}}},
		"a domain instead of another": {"c.example.com", otsclient.ShareRequest{Secret: text("x"), ShareDomain: "s.example.com"}, url.Values{"secret": {"x"}, "share_domain": {"s.example.com"}}},
	} {
		t.Run(name, func(t *testing.T) {
			fake := otsfake.New(otsfake.Options{Version: "0.12"}) // which ignores domains
			fake.Fault(otsfake.Fault{Status: 200, Body: sharedAnswer})
			client, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.example.com", Transport: served{fake}, ShareDomain: c.domain})
			if err != nil {
				t.Fatal(err)
			}
			shared, err := client.Share(t.Context(), c.request)
			if err != nil {
				t.Fatal(err)
			}
			sent, err := url.ParseQuery(fake.Journal()[0].Body)
			if err != nil || !reflect.DeepEqual(sent, c.want) {
				t.Errorf("sent %v, want %v (%v)", sent, c.want, err)
			}
			if want := c.want.Get("share_domain"); shared.ShareDomain != want {
				t.Errorf("share domain %q, want %q", shared.ShareDomain, want)
			}
		})
	}
}

func TestTheServersReasonIsSafeToShow(t *testing.T) {
	t.Parallel()
	const secret, passphrase = "hunter2 hunter2", "correct horse"
	for says, want := range map[string]string{
		"s.example.com":                 "s.example.com",
		"x, " + secret:                  "",
		passphrase + "!":                "",
		longKey + ".":                   "…",
		"see https://ots.example.com/x": "see …",
		"two\nlines\tand\u0000 a\r\nbreak\u2028here ":                "two lines and a break here",
		strings.Repeat("long ", 100):                                 strings.Repeat("long ", 36) + "l…",
		strings.Repeat("żółć", 10) + " " + strings.Repeat("ż ", 300): "… " + strings.Repeat("ż ", 59) + "…",
	} {
		const begins = "Unknown domain: "
		body, err := json.Marshal(map[string]string{"message": begins + says})
		if err != nil {
			t.Fatal(err)
		}
		transport := &script{replies: []reply{{status: 404, body: string(body)}}}
		_, err = clientOf(t, transport).Share(t.Context(), otsclient.ShareRequest{
			Secret: otsclient.NewPlaintext(secret), Passphrase: otsclient.NewPlaintext(passphrase),
		})
		if want != "" {
			want = begins + want
		}
		got := otsclient.Reason(err)
		if !errors.Is(err, otsclient.ErrRejected) || got != want || len(got) > 200 {
			t.Errorf("%q: %v: %q, want %q", says, err, got, want)
		}
		if got != "" && strings.Contains(err.Error(), got) {
			t.Errorf("the error's text holds the server's words: %v", err)
		}
	}
	if otsclient.Reason(nil) != "" || otsclient.Reason(errors.New("x")) != "" {
		t.Error("other errors have a reason")
	}
}

func TestALockedPassphraseIsToldFromAWrongOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := clientOf(t, served{otsfake.New(otsfake.Options{Version: "0.26"})})
		shared, err := client.Share(t.Context(), otsclient.ShareRequest{
			Secret: otsclient.NewPlaintext("x"), Passphrase: otsclient.NewPlaintext(phrase), TTL: time.Hour,
		})
		if err != nil {
			t.Fatal(err)
		}
		right, wrong := otsclient.NewPlaintext(phrase), otsclient.NewPlaintext("wrong")
		for range 20 {
			if err := client.Burn(t.Context(), shared.MetadataKey, wrong); !errors.Is(err, otsclient.ErrWrongPassphrase) {
				t.Fatal(err)
			}
		}
		for range 2 {
			_, retrieveErr := client.Retrieve(t.Context(), shared.SecretKey, right)
			for _, err := range []error{client.Burn(t.Context(), shared.MetadataKey, right), retrieveErr} {
				if !errors.Is(err, otsclient.ErrLocked) || !errors.Is(err, otsclient.ErrRateLimited) {
					t.Errorf("%v, want locked", err)
				}
			}
		}
		time.Sleep(30 * time.Minute)
		if err := client.Burn(t.Context(), shared.MetadataKey, right); err != nil {
			t.Errorf("half an hour later: %v", err)
		}
	})
}

// 0.18 says "unexpected error" to a wrong passphrase.
func TestAnUnexpectedErrorOfABurnIsExplainedByTheMetadata(t *testing.T) {
	t.Parallel()
	unexpected := reply{status: 404, body: `{"message":"An unexpected error occurred :["}`}
	needed := reply{status: 200, body: `{"state":"viewed","passphrase_required":true}`}
	for name, c := range map[string]struct {
		then []reply
		want error
	}{
		"a passphrase is needed, 0.18": {[]reply{needed, {status: 200, body: `{"version":["0","18","5"]}`}}, otsclient.ErrWrongPassphrase},
		"a passphrase is needed, 0.20": {[]reply{needed, {status: 200, body: `{"version":["0","20","4"]}`}}, otsclient.ErrUnavailable},
		"a passphrase is needed, 0.12": {[]reply{needed, {status: 404, body: "Not Found"}}, otsclient.ErrUnavailable},
		"none is needed":               {[]reply{{status: 200, body: waitingAnswer}}, otsclient.ErrUnavailable},
		"it is gone":                   {[]reply{{status: 200, body: burnedAnswer}}, otsclient.ErrUnavailable},
		"the server is not well":       {[]reply{unexpected}, otsclient.ErrUnavailable},
	} {
		if err := burn(t.Context(), clientOf(t, &script{replies: append([]reply{unexpected}, c.then...)})); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestViewsAreToldWhereTheServerCountsThem(t *testing.T) {
	t.Parallel()
	for version, counts := range map[string]bool{"0.12": false, "0.20": false, "0.22": false, "0.26": true} {
		fake := otsfake.New(otsfake.Options{Version: version})
		client := clientOf(t, served{fake})
		shared, err := client.Share(t.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x")})
		if err != nil {
			t.Fatal(err)
		}
		link := client.SecretLink(shared)
		for looks, act := range []func(){
			func() {},
			func() { fake.Look(link) },
			func() { fake.Look(link) },
			func() { fake.Open(link, "") },
		} {
			act()
			told, err := client.Metadata(t.Context(), shared.MetadataKey)
			if err != nil || told.HasViews != counts || counts && told.Views != looks || !counts && told.Views != 0 {
				t.Errorf("%s: %d views (%v), want %d: %v", version, told.Views, told.HasViews, looks, err)
			}
		}
	}
}

func TestWithoutAnAnswerAboutViewsTheMetadataIsToldAllTheSame(t *testing.T) {
	for name, fault := range map[string]otsfake.Fault{
		"down": {Down: true}, "hang": {Hang: true}, "not authorized": {Status: 401, Body: `{"error":"no"}`},
		"page": {Status: 200, HTML: true}, "null": {Status: 200, Body: `{"details":{"view_count":null}}`},
		"negative": {Status: 200, Body: `{"details":{"view_count":-1}}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fake := otsfake.New(otsfake.Options{})
				fault.Path = "/api/v2/receipt/*"
				fake.Fault(fault)
				client := clientOf(t, served{fake})
				shared, err := client.Share(t.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x")})
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				told, err := client.Metadata(t.Context(), shared.MetadataKey)
				if err != nil || told.State != otsclient.StateWaiting || told.HasViews || told.Views != 0 {
					t.Errorf("%+v, %v", told, err)
				}
				if took := time.Since(start); took > 2*time.Second {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

func TestAWrongPassphraseIsToldWhereTheServerHasV2(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]error{
		"0.12": otsclient.ErrGone, "0.20": otsclient.ErrGone,
		"0.22": otsclient.ErrWrongPassphrase, "0.26": otsclient.ErrWrongPassphrase,
	} {
		client := clientOf(t, served{otsfake.New(otsfake.Options{Version: version})})
		shared, err := client.Share(t.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x"), Passphrase: otsclient.NewPlaintext(phrase)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Retrieve(t.Context(), shared.SecretKey, otsclient.NewPlaintext("wrong")); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", version, err, want)
		}
	}
}

func TestTheServersVersionIsToldWhereItTells(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"0.20": "0.20.4", "0.22": "0.22.11", "0.26": "0.26.4"} {
		got, err := clientOf(t, served{otsfake.New(otsfake.Options{Version: version})}).ServerVersion(t.Context())
		if err != nil || got != want {
			t.Errorf("%s: %q, %v", version, got, err)
		}
	}
	for name, c := range map[string]struct {
		reply reply
		want  error
	}{
		"0.12 has no such route":      {reply{status: 404, body: "Not Found"}, otsclient.ErrUnavailable},
		"0.26.5 wants credentials":    {reply{status: 401, body: `{"error":"Authentication Required"}`}, otsclient.ErrNotAuthorized},
		"a page":                      {reply{status: 200, body: "<html>"}, otsclient.ErrUnavailable},
		"an answer without a version": {reply{status: 200, body: "{}"}, nil},
	} {
		got, err := clientOf(t, &script{replies: []reply{c.reply}}).ServerVersion(t.Context())
		if got != "" || !errors.Is(err, c.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestCredentialsAreNotSentToWhereARedirectPoints(t *testing.T) {
	t.Parallel()
	elsewhere := otsfake.New(otsfake.Options{})
	there := serve(t, elsewhere)
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, target := range []string{there + "/api/v1/share", "/elsewhere"} {
			fake := otsfake.New(otsfake.Options{})
			fake.Fault(otsfake.Fault{Status: status, Header: http.Header{"Location": {target}}})
			client, err := otsclient.New(otsclient.Config{BaseURL: serve(t, fake), Username: canaryName, APIToken: canaryToken})
			if err != nil {
				t.Fatal(err)
			}
			if err := share(t.Context(), client); !errors.Is(err, otsclient.ErrUnavailable) {
				t.Errorf("%d: %v", status, err)
			}
			if n := len(fake.Journal()) + len(elsewhere.Journal()); n != 1 {
				t.Errorf("%d to %s: %d requests", status, target, n)
			}
			client.Close()
		}
	}
}

func TestTheClientIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	fake := otsfake.New(otsfake.Options{})
	client, err := otsclient.New(otsclient.Config{BaseURL: serve(t, fake)})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	failed := make(chan error)
	for range 16 {
		go func() { failed <- roundTrip(t.Context(), client) }()
	}
	for range 16 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if fake.Secrets() != 0 {
		t.Errorf("%d secrets are left", fake.Secrets())
	}
}

func roundTrip(ctx context.Context, client *otsclient.Client) error {
	shared, err := client.Share(ctx, otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x")})
	if err != nil {
		return err
	}
	if _, err := client.Metadata(ctx, shared.MetadataKey); err != nil {
		return err
	}
	_, err = client.Retrieve(ctx, shared.SecretKey, otsclient.Plaintext{})
	return err
}
