package otsclient_test

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"otsbot/otsclient"
)

var update = flag.Bool("update", false, "write testdata/decoded.txt anew; then read the difference")

// TestRecordedAnswersMeanWhatTheContractSays plays every recorded exchange
// that the client can make, and compares what the caller gets to
// testdata/decoded.txt: a line for each, with the versions that agree.
func TestRecordedAnswersMeanWhatTheContractSays(t *testing.T) {
	meanings := map[string]map[string]string{} // by name, by version
	var order []string
	for _, version := range slices.Sorted(maps.Keys(recordedVersions)) {
		file := recordedVersions[version]
		all := append(recorded(t, file), recorded(t, file+"-ratelimit")...)
		for _, e := range all {
			meaning, ok := play(t, e, all)
			if !ok {
				continue
			}
			if meanings[e.Name] == nil {
				meanings[e.Name] = map[string]string{}
				order = append(order, e.Name)
			}
			meanings[e.Name][version] = meaning
		}
	}
	if len(order) < 80 {
		t.Errorf("only %d exchanges could be played", len(order))
	}
	var text strings.Builder
	for _, name := range order {
		writeMeanings(&text, name, meanings[name])
	}
	compareGolden(t, filepath.Join("testdata", "decoded.txt"), text.String())
}

// writeMeanings writes a line for each meaning that an exchange has.
func writeMeanings(w io.Writer, name string, byVersion map[string]string) {
	versions := map[string][]string{}
	for _, version := range slices.Sorted(maps.Keys(byVersion)) {
		versions[byVersion[version]] = append(versions[byVersion[version]], version)
	}
	meanings := slices.SortedFunc(maps.Keys(versions), func(a, b string) int {
		return cmp.Compare(versions[a][0], versions[b][0])
	})
	for _, meaning := range meanings {
		fmt.Fprintf(w, "%s [%s] %s\n", name, strings.Join(versions[meaning], " "), meaning)
	}
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, have := strings.Split(string(golden), "\n"), strings.Split(got, "\n")
	for _, line := range want {
		if !slices.Contains(have, line) {
			t.Errorf("the contract says  %s", line)
		}
	}
	for _, line := range have {
		if !slices.Contains(want, line) {
			t.Errorf("the client reads  %s", line)
		}
	}
}

// play makes the call of a recorded exchange and says what came of it. It
// reports false when the client can't make that very request.
func play(t *testing.T, e exchange, all []exchange) (meaning string, ok bool) {
	if len(e.Body) > 4*otsclient.MaxSecretBytes {
		return "", false // it refuses to, so spare the parsing
	}
	tape := &tape{exchange: e, all: all}
	config := otsclient.Config{BaseURL: "https://ots.example.com", Transport: tape}
	config.Username, config.APIToken = e.credentials()
	client, err := otsclient.New(config)
	if err != nil {
		return "", false // a malformed header, as no client of ours sends it
	}
	call := e.call()
	if call == nil {
		return "", false
	}
	return fmt.Sprintf("%d %s", e.Status, call(t.Context(), client)), tape.matched
}

// tape answers the recorded request with the recorded answer. What the client
// asks next, if it does, is looked for among the other exchanges.
type tape struct {
	exchange
	all     []exchange
	matched bool
}

func (tp *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	answer := tp.exchange
	switch {
	case tp.matched:
		answer = tp.followUp(r)
	case tp.is(r, string(body)):
		tp.matched = true
	default: // the client makes another request than the recorded one
		answer = noSuchRoute()
	}
	header := http.Header{"Content-Type": {answer.AnswerType}, "Date": {answer.date().Format(http.TimeFormat)}}
	for name, value := range map[string]string{"X-Ots-Intended-Status": answer.Intended, "Location": answer.Location} {
		if value != "" {
			header.Set(name, value)
		}
	}
	return &http.Response{
		StatusCode: answer.Status, Header: header, Request: r,
		Body: io.NopCloser(strings.NewReader(answer.Answer)),
	}, nil
}

// followUp is the answer to a question that the client asks next.
func (tp *tape) followUp(r *http.Request) exchange {
	look := r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/api/v1/private/")
	for _, fits := range []func(exchange) bool{
		func(e exchange) bool { return r.Method == http.MethodGet && e.is(r, "") },
		// The metadata of one secret was not recorded; another is like it.
		func(e exchange) bool { return look && e.Name == "pp-private" },
	} {
		if i := slices.IndexFunc(tp.all, fits); i >= 0 {
			return tp.all[i]
		}
	}
	return noSuchRoute()
}

func noSuchRoute() exchange {
	return exchange{Status: http.StatusNotFound, AnswerType: "application/json", Answer: `{"error":"Not Found"}`}
}

func (e exchange) is(r *http.Request, body string) bool {
	username, token, _ := r.BasicAuth()
	hadUsername, hadToken := e.credentials()
	if r.Method != e.Method || r.URL.RequestURI() != e.Path || username != hadUsername || token != hadToken {
		return false
	}
	sent, err1 := url.ParseQuery(body)
	had, err2 := url.ParseQuery(e.Body)
	return err1 == nil && err2 == nil && sent.Encode() == had.Encode()
}

// date is when the answer was given. Dates were not recorded, but the wait
// for secrets to expire was: they were looked at after their lifetime.
func (e exchange) date() time.Time {
	var told struct{ TTL, Created, Updated int64 }
	_ = json.Unmarshal([]byte(e.Answer), &told) // lists and pages have none
	if strings.HasPrefix(e.Name, "expired") {
		return time.Unix(told.Created+told.TTL, 0).UTC()
	}
	return time.Unix(max(told.Created, told.Updated), 0).UTC()
}

func (e exchange) credentials() (username, token string) {
	if e.Auth == "raw" {
		encoded, _ := strings.CutPrefix(e.Authorization, "Basic ")
		decoded, _ := base64.StdEncoding.DecodeString(encoded)
		username, token, _ = strings.Cut(string(decoded), ":")
		return username, token
	}
	if e.Auth != "" {
		return e.Auth + "@example.com", "token of " + e.Auth
	}
	return "", ""
}

// call returns the client's call that could have made the request.
func (e exchange) call() func(context.Context, *otsclient.Client) string {
	parts := strings.Split(strings.TrimPrefix(e.Path, "/api/v1/"), "/")
	form, _ := url.ParseQuery(e.Body)
	phrase := otsclient.NewPlaintext(form.Get("passphrase"))
	seconds, _ := strconv.ParseInt(form.Get("ttl"), 10, 32)
	ttl := time.Duration(seconds) * time.Second
	switch {
	case e.Path == "/api/v1/status":
		return func(ctx context.Context, c *otsclient.Client) string { return outcome("nominal", c.Status(ctx)) }
	case e.Path == "/api/v1/authcheck":
		return func(ctx context.Context, c *otsclient.Client) string {
			return outcome("nominal", c.CheckCredentials(ctx))
		}
	case e.Path == "/api/v1/private/recent" && e.Method == http.MethodGet:
		return func(ctx context.Context, c *otsclient.Client) string { return outcomeOf(c.Recent(ctx))(sayList) }
	case e.Path == "/api/v1/share":
		return func(ctx context.Context, c *otsclient.Client) string {
			return outcomeOf(c.Share(ctx, otsclient.ShareRequest{
				Secret: otsclient.NewPlaintext(form.Get("secret")), Passphrase: phrase, TTL: ttl,
				Recipient: form.Get("recipient"), ShareDomain: form.Get("share_domain"),
			}))(e.sayShared)
		}
	case e.Path == "/api/v1/generate":
		length, _ := strconv.Atoi(form.Get("length"))
		return func(ctx context.Context, c *otsclient.Client) string {
			return outcomeOf(c.Generate(ctx, otsclient.GenerateRequest{Passphrase: phrase, TTL: ttl, Recipient: form.Get("recipient"), Length: length}))(e.sayGenerated)
		}
	case len(parts) == 2 && parts[0] == "secret":
		return func(ctx context.Context, c *otsclient.Client) string {
			return outcomeOf(c.Retrieve(ctx, otsclient.NewKey(parts[1]), phrase))(sayText)
		}
	case len(parts) == 2 && parts[0] == "private":
		return func(ctx context.Context, c *otsclient.Client) string {
			return outcomeOf(c.Metadata(ctx, otsclient.NewKey(parts[1])))(sayMetadata)
		}
	case len(parts) == 3 && parts[0] == "private" && parts[2] == "burn":
		return func(ctx context.Context, c *otsclient.Client) string {
			return outcome("burned", c.Burn(ctx, otsclient.NewKey(parts[1]), phrase))
		}
	}
	return nil
}

// outcome says what a call came to: said, or which error.
func outcome(said string, err error) string {
	for _, known := range []error{
		otsclient.ErrNotAuthorized, otsclient.ErrRejected, otsclient.ErrLocked, otsclient.ErrRateLimited,
		otsclient.ErrGone, otsclient.ErrWrongPassphrase, otsclient.ErrUnavailable, otsclient.ErrOutcomeUnknown,
	} {
		if errors.Is(err, known) {
			return strings.TrimSpace("error: " + strings.SplitN(known.Error(), ":", 2)[0] + " " + strconv.Quote(otsclient.Reason(err)))
		}
	}
	if err != nil {
		return "an error that is none of the client's: " + err.Error()
	}
	return said
}

// outcomeOf is outcome for a call with a result.
func outcomeOf[T any](result T, err error) func(say func(T) string) string {
	return func(say func(T) string) string {
		if err != nil {
			return outcome("", err)
		}
		return say(result)
	}
}

// sayShared also holds what differs in each recording, such as the keys,
// against the answer.
func (e exchange) sayShared(s otsclient.Shared) string {
	var told struct {
		SecretKey   string `json:"secret_key"`
		MetadataKey string `json:"metadata_key"`
		Created     int64
	}
	if err := json.Unmarshal([]byte(e.Answer), &told); err != nil {
		return err.Error()
	}
	if s.SecretKey.Reveal() != told.SecretKey || s.MetadataKey.Reveal() != told.MetadataKey || s.Created.Unix() != told.Created {
		return "shared, with wrong keys or time"
	}
	return fmt.Sprintf("shared ttl=%v passphrase=%v recipients=%v page=%s", s.TTL, s.PassphraseRequired, s.Recipients, s.ReceiptPath)
}

func (e exchange) sayGenerated(g otsclient.Generated) string {
	return fmt.Sprintf("%s value of %d", e.sayShared(g.Shared), len([]rune(g.Value.Reveal())))
}

func sayText(text otsclient.Plaintext) string {
	said := text.Reveal()
	if len(said) > 80 {
		return fmt.Sprintf("text of %d bytes", len(said))
	}
	return fmt.Sprintf("text %q", said)
}

func sayMetadata(m otsclient.Metadata) string {
	received := "never"
	if !m.Received.IsZero() {
		received = "yes"
	}
	// The second or two that passed since it was created are not the point.
	left := (m.Remaining + 5*time.Second).Truncate(10 * time.Second)
	return fmt.Sprintf("%v, server says %q, left=%v passphrase=%v received=%s dated=%v", m.State, m.ServerState,
		left, m.PassphraseRequired, received, !m.Created.IsZero() && !m.Updated.IsZero())
}

func sayList(list []otsclient.Metadata) string {
	var states []string
	for _, m := range list {
		if m.Key.IsZero() {
			return "a list without keys"
		}
		states = append(states, m.State.String()+"/"+m.ServerState)
	}
	sorted := slices.IsSortedFunc(list, func(a, b otsclient.Metadata) int { return b.Created.Compare(a.Created) })
	return fmt.Sprintf("list %v newest first=%v", states, sorted)
}
