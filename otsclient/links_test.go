package otsclient_test

import (
	"strings"
	"testing"

	"otsbot/otsclient"
)

const (
	shortKey = "tm041by3jd6vnj6lo7vvr32i8sgm8a9"
	longKey  = "dk68lius5wyopnhxmiblqpsy47deff4z76fc0jv7ej1e1qj8npg4yo7vexilj5"
)

func TestLinksLeadToTheServerForPeople(t *testing.T) {
	t.Parallel()
	short, long := otsclient.NewKey(shortKey), otsclient.NewKey(longKey)
	for name, c := range map[string]struct {
		config          otsclient.Config
		shared          otsclient.Shared
		secret, receipt string
	}{
		"the API's own": {
			otsclient.Config{BaseURL: "https://ots.example.com/"},
			otsclient.Shared{SecretKey: long, MetadataKey: long, ReceiptPath: "receipt"},
			"https://ots.example.com/secret/" + longKey, "https://ots.example.com/receipt/" + longKey,
		},
		"a public one": {
			otsclient.Config{BaseURL: "http://ots.cluster", AllowHTTP: true, PublicURL: "https://ots.example.com/base/"},
			otsclient.Shared{SecretKey: short, MetadataKey: short, ReceiptPath: "private"},
			"https://ots.example.com/base/secret/" + shortKey, "https://ots.example.com/base/private/" + shortKey,
		},
		"a share domain": {
			otsclient.Config{BaseURL: "https://ots.example.com"},
			otsclient.Shared{SecretKey: long, MetadataKey: long, ShareDomain: "s.example.com"},
			"https://s.example.com/secret/" + longKey, "https://ots.example.com/receipt/" + longKey,
		},
		"a page that nobody named, short key": {
			otsclient.Config{BaseURL: "https://ots.example.com"},
			otsclient.Shared{SecretKey: short, MetadataKey: short},
			"https://ots.example.com/secret/" + shortKey, "https://ots.example.com/private/" + shortKey,
		},
		"a page that does not exist": {
			otsclient.Config{BaseURL: "https://ots.example.com"},
			otsclient.Shared{SecretKey: long, MetadataKey: long, ReceiptPath: "../admin"},
			"https://ots.example.com/secret/" + longKey, "https://ots.example.com/receipt/" + longKey,
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := otsclient.New(c.config)
			if err != nil {
				t.Fatal(err)
			}
			if got := client.SecretLink(c.shared); got != c.secret {
				t.Errorf("secret link %s, want %s", got, c.secret)
			}
			if got := client.ReceiptLink(c.shared.MetadataKey, c.shared.ReceiptPath); got != c.receipt {
				t.Errorf("receipt link %s, want %s", got, c.receipt)
			}
		})
	}
}

func TestAKeyIsFoundInWhatPeoplePaste(t *testing.T) {
	t.Parallel()
	for input, want := range map[string]otsclient.KeyKind{
		longKey:                                otsclient.KindUnknown,
		"  " + shortKey + "\n":                 otsclient.KindUnknown,
		"https://eu.example/secret/" + longKey: otsclient.KindSecret,
		"https://ots.example/base/secret/" + longKey + "/":  otsclient.KindSecret,
		"https://ots.example/private/" + longKey:            otsclient.KindMetadata,
		"https://ots.example/receipt/" + longKey:            otsclient.KindMetadata,
		"https://ots.example/receipt/" + longKey + "?x=1#y": otsclient.KindMetadata,
		"https://ots.example/receipt/" + longKey + "/burn":  otsclient.KindMetadata,
		"https://ots.example/api/v1/private/" + longKey:     otsclient.KindMetadata,
		"https://ots.example/api/v1/metadata/" + longKey:    otsclient.KindMetadata,
		"https://ots.example/api/v1/secret/" + longKey:      otsclient.KindSecret,
		"ots.example/secret/" + longKey:                     otsclient.KindSecret,
		"secret/" + longKey:                                 otsclient.KindSecret,
	} {
		key, kind, err := otsclient.ParseKey(input)
		if err != nil || kind != want || !strings.Contains(input, key.Reveal()) || key.IsZero() {
			t.Errorf("%q: a %v, %v", input, kind, err)
		}
	}
}

func TestNoKeyIsFoundInAnythingElse(t *testing.T) {
	t.Parallel()
	for _, input := range []string{
		"", " ", "hello", "abc", "/", "https://ots.example", "https://ots.example/secret/",
		"https://ots.example/secret/short", "https://ots.example/private/recent",
		"https://ots.example/about/" + longKey, "https://ots.example/" + longKey + "/secret",
		"https://ots.example/secret/" + longKey + "%2F..", longKey + longKey + longKey,
		"https://ots.example/secret/" + strings.ToUpper(shortKey) + "!", "https://%zz/secret/" + longKey,
	} {
		key, _, err := otsclient.ParseKey(input)
		if err == nil || !key.IsZero() {
			t.Errorf("%q: found a key", input)
			continue
		}
		if strings.Contains(err.Error(), longKey) {
			t.Errorf("%q: the error holds the key: %v", input, err)
		}
	}
}

func TestKindsAndStatesHaveNames(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		otsclient.KindSecret.String(): "secret key", otsclient.KindMetadata.String(): "metadata key", otsclient.KindUnknown.String(): "key",
		otsclient.StateWaiting.String(): "waiting", otsclient.StateOpened.String(): "opened", otsclient.StateBurned.String(): "burned",
		otsclient.StateExpired.String(): "expired", otsclient.StateGone.String(): "gone", otsclient.StateUnknown.String(): "unknown",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
