package otsclient_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"otsbot/otsclient/otsfake"
)

// TestFakeAnswersAsTheRecordedServers replays every recorded request of a
// version, in order, against the fake of that version, and compares the
// answers: status, type, message, state, which fields there are, and every
// value that doesn't differ from run to run.
func TestFakeAnswersAsTheRecordedServers(t *testing.T) {
	for version, file := range recordedVersions {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			stage := newReplay(version, false)
			for _, e := range recorded(t, file) {
				stage.play(t, e)
			}
		})
		t.Run(version+" with limits", func(t *testing.T) {
			t.Parallel()
			stage := newReplay(version, true)
			for _, e := range recorded(t, file+"-ratelimit") {
				stage.play(t, e)
			}
		})
	}
	t.Run("0.26, API v2", func(t *testing.T) {
		t.Parallel()
		stage := newReplay("0.26", false)
		for _, e := range recorded(t, "v0.26.4-v2") {
			stage.play(t, e)
		}
	})
	for version, file := range map[string]string{"0.24": "v0.24.7-batch", "0.26": "v0.26.4-batch"} {
		t.Run(version+", many at once", func(t *testing.T) {
			t.Parallel()
			stage := newReplay(version, false)
			all := recorded(t, file)
			stage.beforeMany(t, all)
			for _, e := range all {
				stage.play(t, e)
			}
		})
	}
}

// replay is a fake on which recordings are played.
type replay struct {
	version string
	fake    *otsfake.Server
	now     time.Time
	keys    map[string]string // recorded to the fake's
	made    map[string]secretKeys
	tries   map[string]int
	mutated map[string]bool // kinds of answers whose check was checked
}

type secretKeys struct {
	Secret   string `json:"secret_key"`
	Metadata string `json:"metadata_key"`
}

func newReplay(version string, limits bool) *replay {
	r := &replay{
		version: version,
		now:     time.Unix(1795216234, 0), // when the recordings begin
		keys:    map[string]string{}, made: map[string]secretKeys{}, tries: map[string]int{},
		mutated: map[string]bool{},
	}
	r.fake = otsfake.New(otsfake.Options{
		Version: version, Limits: limits,
		Clock:    func() time.Time { return r.now },
		Accounts: map[string]string{"alice@example.com": "token of alice", "bob@example.com": "token of bob"},
	})
	return r
}

// keyInPath finds the key that a request is about.
var keyInPath = regexp.MustCompile(`/(secret|private|metadata|receipt)/([a-z0-9]{20,})`)

// play replays one request and compares.
func (r *replay) play(t *testing.T, e exchange) {
	if e.Name == "v3-status" || e.Name == "v2-status" {
		return // the fake has of v3 what the client uses
	}
	r.before(t, e)
	got := r.request(e)
	for _, problem := range r.check(e, got) {
		t.Errorf("as recorded: %s: %s", e.Name, problem)
	}
	if kind := fmt.Sprint(e.Status, names(fieldsOf(e.Answer))); !r.mutated[kind] { // one of each is enough
		r.mutated[kind] = true
		for change, changed := range mutants(e) {
			if r.check(changed, got) == nil {
				t.Errorf("%s: with another %s it would pass too", e.Name, change)
			}
		}
	}
	if strings.HasPrefix(e.Name, "ratelimit-") {
		r.now = r.now.Add(21 * time.Minute) // longer than limits last
	}
}

// check compares the fake's answer to the recorded one.
func (r *replay) check(e exchange, got *httptest.ResponseRecorder) (problems []string) {
	if got.Code != e.Status {
		return []string{fmt.Sprintf("status %d, want %d: %.200s", got.Code, e.Status, got.Body)}
	}
	for header, want := range map[string]string{
		"Content-Type": e.AnswerType, "X-Ots-Intended-Status": e.Intended, "Location": e.Location,
	} {
		if have := got.Header().Get(header); mediaType(have) != mediaType(want) {
			problems = append(problems, fmt.Sprintf("%s is %q, want %q", header, have, want))
		}
	}
	var want, have any
	if err := json.Unmarshal([]byte(e.Answer), &want); err != nil {
		if mediaType(e.AnswerType) == "application/json" {
			return append(problems, "the recording: "+err.Error())
		}
		if mediaType(e.AnswerType) == "text/plain" && got.Body.String() != e.Answer {
			problems = append(problems, fmt.Sprintf("%q, want %q", got.Body, e.Answer))
		}
		return problems // or a page
	}
	if err := json.Unmarshal(got.Body.Bytes(), &have); err != nil {
		return append(problems, fmt.Sprintf("%v in %.200s", err, got.Body))
	}
	r.learn(want, have)
	return append(problems, r.compare("answer", want, have)...)
}

// fieldsOf returns the fields of an answer that is an object.
func fieldsOf(answer string) map[string]any {
	var fields map[string]any
	if len(answer) < 10_000 { // a long secret is not worth the parsing
		_ = json.Unmarshal([]byte(answer), &fields) // lists and pages have none
	}
	return fields
}

// mutants are what a recording must not be changed to without being noticed.
func mutants(e exchange) map[string]exchange {
	all := map[string]exchange{}
	add := func(name string, change func(*exchange)) {
		mutant := e
		change(&mutant)
		all[name] = mutant
	}
	add("status", func(m *exchange) { m.Status++ })
	add("type", func(m *exchange) { m.AnswerType = "image/png" })
	add("intended status", func(m *exchange) { m.Intended = "418" })
	fields := fieldsOf(e.Answer)
	set := func(name string, fields map[string]any) {
		text, _ := json.Marshal(fields)
		add(name, func(m *exchange) { m.Answer = string(text) })
	}
	for field, value := range fields {
		without := maps.Clone(fields)
		delete(without, field)
		set("set of fields, lacking "+field, without)
		if _, isText := value.(string); isText && slices.Contains([]string{"message", "error", "state", "status"}, field) {
			other := maps.Clone(fields)
			other[field] = "something else"
			set(field, other)
		}
	}
	return all
}

func mediaType(header string) string {
	kind, _, err := mime.ParseMediaType(header)
	if err != nil {
		return header
	}
	return kind
}

// request sends the recorded request, with the fake's keys, to the fake.
func (r *replay) request(e exchange) *httptest.ResponseRecorder {
	path := keyInPath.ReplaceAllStringFunc(e.Path, func(part string) string {
		kind, key := part[:strings.LastIndex(part, "/")+1], part[strings.LastIndex(part, "/")+1:]
		if known, ok := r.keys[key]; ok {
			key = known
		}
		return kind + key
	})
	body := e.Body
	if strings.Contains(body, "identifiers") {
		for recorded, own := range r.keys {
			body = strings.ReplaceAll(body, recorded, own)
		}
	}
	request := httptest.NewRequest(e.Method, path, strings.NewReader(body))
	request.Host = recordedHost(e.Answer)
	if e.Type != "" {
		request.Header.Set("Content-Type", e.Type)
	}
	if e.Agent != "" {
		request.Header.Set("User-Agent", e.Agent)
	}
	switch e.Auth {
	case "":
	case "raw":
		request.Header.Set("Authorization", e.Authorization)
	default:
		request.SetBasicAuth(e.credentials())
	}
	answer := httptest.NewRecorder()
	r.fake.ServeHTTP(answer, request)
	return answer
}

var localServer = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// recordedHost is the address of the server that was recorded.
func recordedHost(answer string) string {
	if host := localServer.FindString(answer); host != "" {
		return host
	}
	return "127.0.0.1"
}

// before does what was done before an exchange without being recorded.
func (r *replay) before(t *testing.T, e exchange) {
	if e.Name == "expired-secret" { // then the recorder waited
		for _, name := range slices.Sorted(maps.Keys(unseenSecrets)) {
			if strings.HasPrefix(name, "expired") && unseenSecrets[name].same == "" {
				r.make(t, name)
			}
		}
		r.now = r.now.Add(68 * time.Second)
		if r.version == "0.20" { // whose shortest life is five minutes
			r.now = r.now.Add(4 * time.Minute)
		}
	}
	if key := keyInPath.FindStringSubmatch(e.Path); key != nil && r.keys[key[2]] == "" {
		if secret, ok := unseenSecrets[e.Name]; ok {
			name := e.Name
			if secret.same != "" {
				name = secret.same
			}
			made := r.make(t, name)
			r.keys[key[2]] = made.Metadata
			if key[1] == "secret" && e.Name != "metadata-key-as-secret" || e.Name == "burn-by-secret-key" {
				r.keys[key[2]] = made.Secret
			}
		}
	}
	r.act(t, e)
}

// make creates an unseen secret, once.
func (r *replay) make(t *testing.T, name string) secretKeys {
	if made, ok := r.made[name]; ok {
		return made
	}
	secret := unseenSecrets[name]
	form := url.Values{"secret": {secret.text}, "ttl": {"3600"}}
	if secret.ttl != "" {
		form.Set("ttl", secret.ttl)
	}
	if secret.passphrase != "" {
		form.Set("passphrase", secret.passphrase)
	}
	answer := r.post("/api/v1/share", secret.by, form)
	var made secretKeys
	if err := json.Unmarshal(answer.Body.Bytes(), &made); err != nil || made.Secret == "" {
		t.Fatalf("before %s: %d %s", name, answer.Code, answer.Body)
	}
	r.made[name] = made
	return made
}

func (r *replay) post(path, by string, form url.Values) *httptest.ResponseRecorder {
	return r.request(exchange{Method: http.MethodPost, Path: path, Auth: by, Type: "application/x-www-form-urlencoded", Body: form.Encode()})
}

// act does what the recorder did before an exchange, apart from sharing.
func (r *replay) act(t *testing.T, e exchange) {
	made := r.made[e.Name]
	wrong := url.Values{"passphrase": {"nope"}}
	switch {
	case e.Name == "orphan-private":
		r.fake.Lose(made.Secret)
	case e.Name == "ttl-drift-after-wrong-passphrase":
		r.post("/api/v1/secret/"+made.Secret, "", wrong)
	case e.Name == "ttl-drift-after-page-view":
		r.request(exchange{Method: http.MethodGet, Path: "/secret/" + made.Secret})
	case e.Name == "expired-metadata-gone":
		r.now = r.now.Add(time.Minute)
	case strings.HasPrefix(e.Name, "wrong-passphrase-attempt-"):
		secret := "/api/v1/secret/" + r.made["wrong-passphrase-attempt-2"].Secret
		var attempt int
		_, _ = fmt.Sscanf(e.Name, "wrong-passphrase-attempt-%d", &attempt)
		for ; r.tries[secret] < attempt-1; r.tries[secret]++ {
			r.post(secret, "", wrong)
		}
		r.tries[secret]++ // the exchange itself
	case e.Name == "burn-after-many-wrong":
		for range 27 {
			r.post("/api/v1/private/"+made.Metadata+"/burn", "alice", wrong)
		}
	case strings.HasPrefix(e.Name, "ratelimit-"):
		r.exhaust(t, e)
	}
}

// exhaust makes the call of the exchange until it is refused, which has to
// come as late as it was recorded to.
func (r *replay) exhaust(t *testing.T, e exchange) {
	limit := 1000
	switch {
	case e.Name == "ratelimit-status":
		limit = 25
	case r.version == "0.12":
		limit = 250
	}
	allowed := 0
	for allowed <= limit && r.request(e).Code == http.StatusOK {
		allowed++
	}
	// The calls that prepared this one count too.
	if allowed > limit || allowed < limit-10 {
		t.Errorf("%s: refused after %d calls, want %d", e.Name, allowed, limit)
	}
}
