package otsclient_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// paths are the paths that a fake was asked for.
func paths(fake *otsfake.Server) []string {
	var all []string
	for _, e := range fake.Journal() {
		all = append(all, e.Method+" "+e.Path)
	}
	return all
}

func TestWithV1ThereV2CostsNothing(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"0.12", "0.20", "0.22", "0.24", "0.26"} {
		fake := otsfake.New(otsfake.Options{Version: version})
		client := clientOf(t, served{fake})
		client.OnFallback(func() { t.Errorf("%s: fell back", version) })
		if err := share(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		if asked := paths(fake); len(asked) != 1 || asked[0] != "POST /api/v1/share" {
			t.Errorf("%s: %v", version, asked)
		}
	}
}

func TestV2IsTakenWhereV1IsGoneAndToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := otsfake.New(otsfake.Options{WithoutV1: true})
		client := clientOf(t, served{fake})
		told := 0
		client.OnFallback(func() { told++ })
		for range 3 {
			if err := share(t.Context(), client); err != nil {
				t.Fatal(err)
			}
		}
		if asked := strings.Join(paths(fake), " "); strings.Count(asked, "/api/v1/share") != 1 || strings.Count(asked, "/api/v2/secret/conceal") != 3 {
			t.Errorf("asked %s", asked)
		}
		time.Sleep(11 * time.Minute) // v1 is looked for again, once in a while
		if err := share(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		if asked := strings.Join(paths(fake), " "); strings.Count(asked, "/api/v1/share") != 2 {
			t.Errorf("asked %s", asked)
		}
		if told != 1 {
			t.Errorf("told %d times", told)
		}
	})
}

func TestV2IsNeverTakenWhenTheOutcomeOfACreateIsOpen(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]otsfake.Fault{
		"cut":         {Drop: true, AfterEffect: true},
		"502":         {Status: 502, HTML: true, AfterEffect: true},
		"a page, 404": {Status: 404, HTML: true, AfterEffect: true},
		"unexpected":  {Status: 404, Body: `{"message":"An unexpected error occurred :["}`, AfterEffect: true},
		"unreadable":  {Status: 200, Body: `{}`, AfterEffect: true},
	} {
		fake := otsfake.New(otsfake.Options{})
		fault.Path = "/api/v1/share"
		fake.Fault(fault)
		client, err := otsclient.New(otsclient.Config{BaseURL: serve(t, fake)})
		if err != nil {
			t.Fatal(err)
		}
		client.OnFallback(func() { t.Errorf("%s: fell back", name) })
		if err := share(t.Context(), client); !errors.Is(err, otsclient.ErrOutcomeUnknown) {
			t.Errorf("%s: %v", name, err)
		}
		if fake.Secrets() != 1 {
			t.Errorf("%s: %d secrets", name, fake.Secrets())
		}
		client.Close()
	}
}

func TestAServerWithNeitherRoadSaysThatOfV1(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"0.12", "0.20", "0.22"} {
		fake := otsfake.New(otsfake.Options{Version: version, WithoutV1: true})
		client := clientOf(t, served{fake})
		client.OnFallback(func() { t.Errorf("%s: fell back", version) })
		if err := share(t.Context(), client); !errors.Is(err, otsclient.ErrNoAPI) {
			t.Errorf("%s: %v", version, err)
		}
	}
}

func TestV2TellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	noRoute := reply{status: 404, body: `{"error":"Not Found"}`}
	for name, c := range map[string]struct {
		call   func(context.Context, *otsclient.Client) error
		answer reply
		want   error
		reason string
	}{
		"nothing to share":       {share, reply{status: 422, body: `{"error":"You did not provide anything to share","error_type":"missing","field":"secret"}`}, otsclient.ErrRejected, "You did not provide anything to share"},
		"0.24's way to say that": {share, reply{status: 422, body: `{"error":"FormError","message":"You did not provide anything to share"}`}, otsclient.ErrRejected, "You did not provide anything to share"},
		"credentials":            {share, reply{status: 401, body: `{"error":"Authentication Required"}`}, otsclient.ErrNotAuthorized, ""},
		"guests are shut out":    {share, reply{status: 403, body: `{"message":"Guest API access is disabled","code":"GUEST_ROUTES_DISABLED"}`}, otsclient.ErrNotAllowed, "Guest API access is disabled"},
		"a plan lacks it":        {share, reply{status: 403, body: `{"error":"Upgrade needed","error_type":"EntitlementRequired","entitlement":"api_access"}`}, otsclient.ErrNotAllowed, "Upgrade needed"},
		"a domain is not theirs": {share, reply{status: 403, body: `{"error":"Public sharing disabled for domain: s.example.com","error_type":"Forbidden"}`}, otsclient.ErrNotAllowed, "Public sharing disabled for domain: s.example.com"},
		"a firewall":             {share, reply{status: 403, body: `{"error":"blocked"}`}, otsclient.ErrOutcomeUnknown, ""},
		"another 422":            {share, reply{status: 422, body: `{"error":"x"}`}, otsclient.ErrOutcomeUnknown, ""},
		"500":                    {share, reply{status: 500, body: `{"error":"Internal Server Error"}`}, otsclient.ErrOutcomeUnknown, ""},
		"no keys":                {share, reply{status: 200, body: `{"success":true,"record":{}}`}, otsclient.ErrOutcomeUnknown, ""},
		"gone":                   {metadata, reply{status: 404, body: `{"error_type":"RecordNotFound"}`}, otsclient.ErrGone, ""},
		"gone before":            {burn, reply{status: 200, body: `{"success":true}`}, otsclient.ErrGone, ""},
		"burn: wrong":            {burn, reply{status: 422, body: `{"error":"Double check that passphrase"}`}, otsclient.ErrWrongPassphrase, ""},
		"burn: wrong, in Polish": {burn, reply{status: 422, body: `{"error":"Nie to hasło"}`}, otsclient.ErrWrongPassphrase, ""},
		"open: wrong":            {retrieve, reply{status: 422, body: `{"error":"Incorrect passphrase"}`}, otsclient.ErrWrongPassphrase, ""},
		"open: gone":             {retrieve, reply{status: 404, body: `{"error_type":"RecordNotFound"}`}, otsclient.ErrGone, ""},
		"open: only looked":      {retrieve, reply{status: 200, body: `{"record":{"state":"new"}}`}, otsclient.ErrOutcomeUnknown, ""},
		"limited":                {retrieve, reply{status: 429, body: `{"error":"Slow down","retry_after":1800}`}, otsclient.ErrRateLimited, ""},
	} {
		err := c.call(t.Context(), clientOf(t, &script{replies: []reply{noRoute, c.answer}}))
		if !errors.Is(err, c.want) || otsclient.Reason(err) != c.reason {
			t.Errorf("%s: %v, %q, want %v", name, err, otsclient.Reason(err), c.want)
		}
		if name == "limited" && otsclient.RetryAfter(err) != 30*time.Minute {
			t.Errorf("again in %v", otsclient.RetryAfter(err))
		}
	}
}

// Previewed and opened are two things, where the server tells them apart.
func TestALookAtTheLinkIsToldFromAnOpening(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version   string
		withoutV1 bool
		tells     bool
	}{
		{"0.12", false, false}, {"0.22", false, false}, {"0.24", false, false}, {"0.24", true, false},
		{"0.26", false, true}, {"0.26", true, true},
	} {
		fake := otsfake.New(otsfake.Options{Version: c.version, WithoutV1: c.withoutV1})
		client := clientOf(t, served{fake})
		shared, err := client.Share(t.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x"), TTL: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		for step, act := range []func(){func() {}, func() { fake.Look(client.SecretLink(shared)) }, func() { fake.Open(client.SecretLink(shared), "") }} {
			act()
			told, err := client.Metadata(t.Context(), shared.MetadataKey)
			many, errMany := client.States(t.Context(), []otsclient.Key{shared.MetadataKey})
			if err != nil || errMany != nil || len(many) != 1 {
				t.Fatal(err, errMany, len(many))
			}
			for _, told := range []otsclient.Metadata{told, many[0]} {
				if previewed := !told.Previewed.IsZero(); previewed != (c.tells && step > 0) {
					t.Errorf("%+v, step %d: previewed %v", c, step, told.Previewed)
				}
				if opened := !told.Received.IsZero(); opened != (step == 2) || opened != (told.State == otsclient.StateOpened) {
					t.Errorf("%+v, step %d: %v, received %v", c, step, told.State, told.Received)
				}
			}
		}
	}
}

func TestAMemoIsForTheOwner(t *testing.T) {
	t.Parallel()
	fake := otsfake.New(otsfake.Options{Username: "ana@example.com", APIToken: "a token"})
	owner, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.example.com", Transport: served{fake}, Username: "ana@example.com", APIToken: "a token"})
	if err != nil {
		t.Fatal(err)
	}
	shared, err := owner.Share(t.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x")})
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.SetMemo(t.Context(), shared.MetadataKey, "staging db"); err != nil {
		t.Error(err)
	}
	if err := owner.SetMemo(t.Context(), shared.MetadataKey, strings.Repeat("ż", 501)); !errors.Is(err, otsclient.ErrRejected) {
		t.Error(err)
	}
	if err := clientOf(t, served{fake}).SetMemo(t.Context(), shared.MetadataKey, "x"); !errors.Is(err, otsclient.ErrNotAuthorized) {
		t.Error(err)
	}
	old := clientOf(t, served{otsfake.New(otsfake.Options{Version: "0.22"})})
	if err := old.SetMemo(t.Context(), shared.MetadataKey, "x"); !errors.Is(err, otsclient.ErrNoAPI) {
		t.Error(err)
	}
}

func TestAPageInPlaceOfV2IsNoReasonToStayThere(t *testing.T) {
	t.Parallel()
	fake := otsfake.New(otsfake.Options{})
	fake.Fault(otsfake.Fault{Path: "/api/v1/share", Status: 404, Body: `{"error":"Not Found"}`, Times: 1})
	fake.Fault(otsfake.Fault{Path: "/api/v2/secret/conceal", Status: 403, HTML: true})
	client, err := otsclient.New(otsclient.Config{BaseURL: serve(t, fake)})
	if err != nil {
		t.Fatal(err)
	}
	client.OnFallback(func() { t.Error("told of a fallback that none answered") })
	if err := share(t.Context(), client); err == nil {
		t.Fatal("a page counts as shared")
	}
	if err := share(t.Context(), client); err != nil {
		t.Errorf("v1 is back, and isn't asked: %v", err)
	}
}
