package otsclient_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"otsbot/otsclient"
)

func TestAnAnswerIsReadHoweverTheServerSpellsIt(t *testing.T) {
	t.Parallel()
	const keys = `"secret_key":"` + shortKey + `","metadata_key":"` + shortKey + `"`
	hour, created := time.Hour, time.Unix(1795216234, 0)
	for name, c := range map[string]struct {
		body string
		want otsclient.Shared
	}{
		"integers":            {`{` + keys + `,"secret_ttl":3600,"created":1795216234,"passphrase_required":true,"recipient":["a"]}`, otsclient.Shared{TTL: hour, Created: created, PassphraseRequired: true, Recipients: []string{"a"}}},
		"strings":             {`{` + keys + `,"secret_ttl":"3600","created":" 1795216234 ","passphrase_required":"true","recipient":"a"}`, otsclient.Shared{TTL: hour, Created: created, PassphraseRequired: true, Recipients: []string{"a"}}},
		"floats":              {`{` + keys + `,"secret_ttl":3600.0,"created":1795216234.31761,"passphrase_required":1}`, otsclient.Shared{TTL: hour, Created: created, PassphraseRequired: true}},
		"nulls":               {`{` + keys + `,"secret_ttl":null,"created":null,"passphrase_required":null,"recipient":null,"metadata_url":null}`, otsclient.Shared{}},
		"nothing":             {`{` + keys + `}`, otsclient.Shared{}},
		"nonsense":            {`{` + keys + `,"secret_ttl":"soon","created":{},"passphrase_required":"no","recipient":{"a":1},"metadata_url":7}`, otsclient.Shared{}},
		"what overflows":      {`{` + keys + `,"secret_ttl":1e300,"created":-1}`, otsclient.Shared{}},
		"a negative TTL":      {`{` + keys + `,"secret_ttl":-1}`, otsclient.Shared{}},
		"empty recipients":    {`{` + keys + `,"recipient":["",""]}`, otsclient.Shared{}},
		"one recipient, \"\"": {`{` + keys + `,"recipient":""}`, otsclient.Shared{}},
		"fields of tomorrow":  {`{` + keys + `,"secret_ttl":3600,"x":{"y":[1]}}`, otsclient.Shared{TTL: hour}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := clientOf(t, &script{replies: []reply{{status: 200, body: c.body}}}).
				Share(t.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x")})
			if err != nil {
				t.Fatal(err)
			}
			if got.SecretKey.Reveal() != shortKey || got.MetadataKey.Reveal() != shortKey {
				t.Error("wrong keys")
			}
			got.SecretKey, got.MetadataKey, got.ReceiptPath = otsclient.Key{}, otsclient.Key{}, ""
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

func TestThePageOfTheReceiptIsTakenFromTheServersLink(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ key, url, want string }{
		"no link, short key":     {shortKey, "", "private"},
		"no link, long key":      {longKey, "", "receipt"},
		"the link says receipt":  {shortKey, "http://10.0.0.7:7143/receipt/" + shortKey, "receipt"},
		"the link says private":  {longKey, "http://10.0.0.7:7143/private/" + longKey, "private"},
		"a link below a path":    {shortKey, "http://10.0.0.7/base/receipt/" + shortKey, "receipt"},
		"a link without its key": {longKey, "http://10.0.0.7/receipt/", "receipt"},
		"a link to somewhere":    {shortKey, "http://10.0.0.7/admin/" + shortKey, "private"},
		"a link to another's":    {shortKey, "http://10.0.0.7/receipt/" + longKey, "private"},
		"a link that is no link": {shortKey, "http://%zz", "private"},
	} {
		body := `{"secret_key":"` + c.key + `","metadata_key":"` + c.key + `","metadata_url":"` + c.url + `"}`
		shared, err := clientOf(t, &script{replies: []reply{{status: 200, body: body}}}).
			Share(t.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x")})
		if err != nil || shared.ReceiptPath != c.want {
			t.Errorf("%s: %q, %v; want %q", name, shared.ReceiptPath, err, c.want)
		}
	}
}

func TestTheStateIsReadFromMoreThanItsWord(t *testing.T) {
	t.Parallel()
	const there, old, over = `,"passphrase_required":false`, `,"ttl":120,"created":1`, `,"ttl":60,"share_domain":"","created":1`
	for name, c := range map[string]struct {
		body string
		want otsclient.State
	}{
		"new":                               {`{"state":"new"` + there + `}`, otsclient.StateWaiting},
		"viewed, which is no opening":       {`{"state":"viewed"` + there + `}`, otsclient.StateWaiting},
		"a word of v2":                      {`{"state":"previewed"` + there + `}`, otsclient.StateWaiting},
		"a word of tomorrow":                {`{"state":"lingering"` + there + `}`, otsclient.StateWaiting},
		"a word of tomorrow, gone":          {`{"state":"lingering"}`, otsclient.StateUnknown},
		"received":                          {`{"state":"received"}`, otsclient.StateOpened},
		"revealed":                          {`{"state":"revealed"}`, otsclient.StateOpened},
		"burned":                            {`{"state":"burned"}`, otsclient.StateBurned},
		"expired":                           {`{"state":"expired"}`, otsclient.StateExpired},
		"orphaned":                          {`{"state":"orphaned"` + over + `}`, otsclient.StateGone},
		"new, but its time is over":         {`{"state":"new"` + over + `}`, otsclient.StateExpired},
		"viewed, but its time is over":      {`{"state":"viewed"` + over + `}`, otsclient.StateExpired},
		"new, its time is over, 0.12":       {`{"state":"new"` + old + `}`, otsclient.StateExpired},
		"new, but there is nothing":         {`{"state":"new"}`, otsclient.StateGone},
		"viewed, null passphrase":           {`{"state":"viewed","passphrase_required":null}`, otsclient.StateGone},
		"new, gone before its time is over": {`{"state":"new","ttl":600,"share_domain":"","created":"1795216200"}`, otsclient.StateGone},
	} {
		date := time.Unix(1795216234, 0).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
		told, err := clientOf(t, &script{replies: []reply{{status: 200, body: c.body, header: map[string][]string{"Date": {date}}}}}).
			Metadata(t.Context(), otsclient.NewKey(shortKey))
		if err != nil || told.State != c.want {
			t.Errorf("%s: %v, %v; want %v", name, told.State, err, c.want)
		}
		if told.Key.Reveal() != shortKey {
			t.Errorf("%s: another key", name)
		}
	}
}

func TestAnAnswerThatIsNoneIsAnError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		``, `null`, `[]`, `{}`, `"x"`, `{"state":`, `{"state":{}}`, `<html>`, "\x00",
		`{"status":"maintenance"}`, `{"message":"We'll be back at noon"}`, `{"success":true}`,
	} {
		if err := metadata(t.Context(), clientOf(t, &script{replies: []reply{{status: 200, body: body}}})); !errors.Is(err, otsclient.ErrUnavailable) {
			t.Errorf("metadata from %q: %v", body, err)
		}
		client := clientOf(t, &script{replies: []reply{{status: 200, body: body}}})
		if err := client.Status(t.Context()); !errors.Is(err, otsclient.ErrUnavailable) {
			t.Errorf("status from %q: %v", body, err)
		}
		if list, err := client.Recent(t.Context()); body != `[]` && body != `null` && !errors.Is(err, otsclient.ErrUnavailable) {
			t.Errorf("recent from %q: %d, %v", body, len(list), err)
		}
		if err := burn(t.Context(), client); body != `{"state":{}}` && !errors.Is(err, otsclient.ErrUnavailable) {
			t.Errorf("burn from %q: %v", body, err)
		}
		if err := retrieve(t.Context(), client); !errors.Is(err, otsclient.ErrOutcomeUnknown) {
			t.Errorf("retrieve from %q: %v", body, err)
		}
		_, err := client.Generate(t.Context(), otsclient.GenerateRequest{})
		if !errors.Is(err, otsclient.ErrOutcomeUnknown) {
			t.Errorf("generate from %q: %v", body, err)
		}
	}
	noValue := &script{replies: []reply{{status: 200, body: sharedAnswer}}}
	if _, err := clientOf(t, noValue).Generate(t.Context(), otsclient.GenerateRequest{}); !errors.Is(err, otsclient.ErrOutcomeUnknown) {
		t.Errorf("generate without a value: %v", err)
	}
}
