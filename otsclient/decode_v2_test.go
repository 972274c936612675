package otsclient_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otsbot/otsclient"
)

// TestRecordedAnswersOfV2MeanWhatTheContractSays has the client read every
// recorded answer of v2, and of many at once, that it can ask for, and compares
// what the caller gets to testdata/decoded-v2.txt.
func TestRecordedAnswersOfV2MeanWhatTheContractSays(t *testing.T) {
	var text strings.Builder
	for _, file := range []string{"v0.26.4-v2", "v0.24.7-batch", "v0.26.4-batch"} {
		for _, e := range recorded(t, file) {
			meaning, ok := playV2(t, e)
			if ok {
				fmt.Fprintf(&text, "%s [%s] %d %s\n", e.Name, file, e.Status, meaning)
			}
		}
	}
	compareGolden(t, filepath.Join("testdata", "decoded-v2.txt"), text.String())
}

// tapeV2 answers the recorded path with the recorded answer, and nothing else.
type tapeV2 struct {
	exchange
	matched bool
}

func (tp *tapeV2) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := noSuchRoute()
	if r.Method == tp.Method && r.URL.Path == tp.Path {
		answer, tp.matched = tp.exchange, true
	}
	var dated struct {
		Record  struct{ Created float64 }
		Records []struct{ Created float64 }
	}
	_ = json.Unmarshal([]byte(answer.Answer), &dated) // what has no date needs none
	now := dated.Record.Created
	if len(dated.Records) > 0 {
		now = dated.Records[0].Created
	}
	header := http.Header{"Content-Type": {answer.AnswerType}}
	if now > 0 { // as it was when it was recorded
		header.Set("Date", time.Unix(int64(now)+1, 0).UTC().Format(http.TimeFormat))
	}
	return &http.Response{StatusCode: answer.Status, Header: header, Request: r, Body: io.NopCloser(strings.NewReader(answer.Answer))}, nil
}

// playV2 makes a call that asks for the recorded path. It reports false where
// the client never does.
func playV2(t *testing.T, e exchange) (meaning string, ok bool) {
	tape := &tapeV2{exchange: e}
	config := otsclient.Config{BaseURL: "https://ots.example.com", Transport: tape}
	if config.Username, config.APIToken = e.credentials(); e.Auth == "raw" {
		config.Username, config.APIToken = "alice@example.com", "wrong"
	}
	client, err := otsclient.New(config)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(strings.TrimPrefix(e.Path, "/api/v2/"), "/")
	phrase := otsclient.NewPlaintext("correct horse")
	ctx := t.Context()
	switch route := e.Method + " " + parts[0] + " " + parts[len(parts)-1]; {
	case e.Method == http.MethodPost && e.Path == "/api/v3/guest/receipts":
		meaning = outcomeOf(client.States(ctx, identifiers(e)))(sayMany)
	case route == "POST secret conceal":
		meaning = outcomeOf(client.Share(ctx, otsclient.ShareRequest{Secret: phrase, Passphrase: phrase}))(sayConcealed)
	case route == "POST secret reveal":
		meaning = outcomeOf(client.Retrieve(ctx, otsclient.NewKey(parts[1]), phrase))(sayText)
	case route == "POST receipt burn":
		meaning = outcome("burned", client.Burn(ctx, otsclient.NewKey(parts[1]), phrase))
	case route == "GET receipt recent":
		meaning = outcomeOf(client.Recent(ctx))(sayList)
	case e.Method == http.MethodGet && parts[0] == "receipt":
		meaning = outcomeOf(client.Metadata(ctx, otsclient.NewKey(parts[1])))(sayShown)
	case e.Method == http.MethodPatch:
		meaning = outcome("noted", client.SetMemo(ctx, otsclient.NewKey(parts[1]), "staging db"))
	}
	return meaning, tape.matched
}

// identifiers are the keys that were asked for at once.
func identifiers(e exchange) (keys []otsclient.Key) {
	var sent struct{ Identifiers []string }
	if json.Unmarshal([]byte(e.Body), &sent) != nil {
		form, _ := url.ParseQuery(e.Body)
		sent.Identifiers = form["identifiers[]"]
	}
	for _, key := range sent.Identifiers {
		keys = append(keys, otsclient.NewKey(key))
	}
	return keys
}

func sayConcealed(s otsclient.Shared) string {
	return fmt.Sprintf("shared ttl=%v passphrase=%v recipients=%v page=%s keys=%v dated=%v", s.TTL, s.PassphraseRequired, s.Recipients,
		s.ReceiptPath, s.SecretKey.Valid() && s.MetadataKey.Valid(), !s.Created.IsZero())
}

func sayShown(m otsclient.Metadata) string {
	return fmt.Sprintf("%s previewed=%v burned=%v views=%d/%v", sayMetadata(m), !m.Previewed.IsZero(), !m.Burned.IsZero(), m.Views, m.HasViews)
}

func sayMany(list []otsclient.Metadata) string {
	said := fmt.Sprintf("%d told:", len(list))
	for i, m := range list {
		if i < 8 {
			said += fmt.Sprintf(" %v/%s(previewed=%v passphrase=%v)", m.State, m.ServerState, !m.Previewed.IsZero(), m.PassphraseRequired)
		}
	}
	return said
}
