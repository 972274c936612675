package otsfake_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/otsclient/otsfake"
)

func TestTheJournalHasWhatCameIn(t *testing.T) {
	t.Parallel()
	now := time.Unix(1795216234, 0)
	s := otsfake.New(otsfake.Options{Clock: func() time.Time { return now }})
	s.Fault(otsfake.Fault{Down: true})
	post(s, "/api/v1/share?locale=fr", url.Values{"secret": {"x"}})
	get(s, "/")
	journal := s.Journal()
	if len(journal) != 2 {
		t.Fatalf("%d entries", len(journal))
	}
	e := journal[0]
	if e.Method != http.MethodPost || e.Path != "/api/v1/share" || e.URL != "/api/v1/share?locale=fr" || e.Body != "secret=x" ||
		!e.Time.Equal(now) || e.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("%+v", e)
	}
	if journal[1].Path != "/" || journal[1].Body != "" {
		t.Errorf("%+v", journal[1])
	}
}

func TestTheJournalIsBounded(t *testing.T) {
	t.Parallel()
	s := otsfake.New(otsfake.Options{})
	for range 5000 {
		get(s, "/old")
	}
	get(s, "/new")
	if journal := s.Journal(); len(journal) != 5000 || journal[4999].Path != "/new" || journal[0].Path != "/old" {
		t.Errorf("%d entries, the last %q", len(journal), journal[len(journal)-1].Path)
	}
}

func TestAVersionThatWasNotRecordedIsRefused(t *testing.T) {
	t.Parallel()
	for version, refused := range map[string]bool{
		"": false, "0.12": false, "v0.12.1": false, "0.20.5": false, "0.22.11": false, "0.26.4": false,
		"0.18": true, "0.2": true, "0.260": true, "1": true,
	} {
		func() {
			defer func() {
				if got := recover() != nil; got != refused {
					t.Errorf("%q refused: %v", version, got)
				}
			}()
			otsfake.New(otsfake.Options{Version: version})
		}()
	}
}

func TestTimeIsTheClocksAndTheBubbles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := otsfake.New(otsfake.Options{})
		k := share(t, s, "x")
		time.Sleep(time.Hour - time.Second)
		if s.Secrets() != 1 || state(t, s, k.Metadata) != "new" {
			t.Error("gone too early")
		}
		time.Sleep(time.Second)
		if _, ok := s.Open(k.Secret, ""); ok || s.Secrets() != 0 || s.Look(k.Secret) || state(t, s, k.Metadata) != "expired" {
			t.Error("there too long")
		}
		time.Sleep(time.Hour)
		if got := state(t, s, k.Metadata); got != "Unknown secret" {
			t.Errorf("its metadata is still there: %s", got)
		}
		date, err := http.ParseTime(get(s, "/").Header().Get("Date"))
		if err != nil || !date.Equal(time.Now().Truncate(time.Second)) {
			t.Errorf("the date is %v, %v", date, err)
		}
	})
}

func TestWhoMayCall(t *testing.T) {
	t.Parallel()
	s := otsfake.New(otsfake.Options{Username: "ana", APIToken: "a", Accounts: map[string]string{"ben": "b"}})
	for credentials, want := range map[string]string{
		"": "anon", "ana:a": "ana", "ben:b": "ben", "ana:b": "", "ana:": "", "eve:": "", ":": "", "eve:a": "",
	} {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/share", strings.NewReader("secret=x"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if name, token, ok := strings.Cut(credentials, ":"); ok {
			r.SetBasicAuth(name, token)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		var told struct{ Custid, Message string }
		if err := json.Unmarshal(w.Body.Bytes(), &told); err != nil || told.Custid != want || (want == "") != (told.Message == "Not authorized") {
			t.Errorf("%q: %s (%v)", credentials, w.Body, err)
		}
	}
}

func TestAKnownShareDomainIsTaken(t *testing.T) {
	t.Parallel()
	s := otsfake.New(otsfake.Options{ShareDomain: "s.example.com"})
	k := share(t, s, "x", "share_domain", "s.example.com")
	if answer := post(s, "/api/v1/secret/"+k.Secret, nil); !strings.Contains(answer.Body.String(), `"share_domain":"https://s.example.com"`) {
		t.Errorf("%s", answer.Body)
	}
	if answer := post(s, "/api/v1/share", url.Values{"secret": {"x"}, "share_domain": {"t.example.com"}}); answer.Code != 404 {
		t.Errorf("%d for another domain", answer.Code)
	}
}

func TestASecretIsLockedAfterTwentyWrongPassphrases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := otsfake.New(otsfake.Options{})
		k := share(t, s, "x", "passphrase", "correct horse")
		for range 20 {
			if _, ok := s.Open(k.Secret, "wrong"); ok {
				t.Fatal("opened")
			}
		}
		if page := post(s, "/secret/"+k.Secret, url.Values{"passphrase": {"correct horse"}}); !strings.Contains(page.Body.String(), "too many") {
			t.Errorf("not locked: %s", page.Body)
		}
		time.Sleep(30*time.Minute - time.Second)
		if _, ok := s.Open(k.Secret, "correct horse"); ok {
			t.Error("opened too early")
		}
		time.Sleep(time.Second)
		if _, ok := s.Open(k.Secret, "correct horse"); !ok {
			t.Error("locked too long")
		}
	})
}

// What follows a limit was recorded; how many calls it takes was counted.
func TestLimitsAreCountedIn20Minutes(t *testing.T) {
	for version, c := range map[string]struct {
		path    string
		allowed int
	}{
		"0.12": {"share", 250}, "0.20": {"status", 25}, "0.22": {"share", 1000}, "0.26": {"share", 1000},
	} {
		t.Run(version, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := otsfake.New(otsfake.Options{Version: version, Limits: true})
				call := func() int {
					if c.path == "status" {
						return get(s, "/api/v1/status").Code
					}
					return post(s, "/api/v1/share", url.Values{"secret": {"x"}}).Code
				}
				for n := range c.allowed {
					if got := call(); got != 200 {
						t.Fatalf("call %d: %d", n+1, got)
					}
				}
				if got := call(); got == 200 {
					t.Errorf("call %d is allowed", c.allowed+1)
				}
				time.Sleep(20 * time.Minute)
				if got := call(); got != 200 {
					t.Errorf("20 minutes later: %d", got)
				}
			})
		})
	}
}

func TestWithoutLimitsThereAreNone(t *testing.T) {
	t.Parallel()
	s := otsfake.New(otsfake.Options{Version: "0.20"})
	for range 1001 {
		if got := get(s, "/api/v1/status"); got.Code != 200 {
			t.Fatal(got.Code)
		}
	}
}

func TestTheStatusOfASecretThatIsGoneIsUnknown(t *testing.T) {
	t.Parallel()
	s := otsfake.New(otsfake.Options{})
	k := share(t, s, "x")
	there := get(s, "/api/v2/secret/"+k.Secret+"/status")
	s.Open(k.Secret, "")
	gone := get(s, "/api/v2/secret/"+k.Secret+"/status")
	if !strings.Contains(there.Body.String(), `"state":"new"`) || gone.Code != 200 || !strings.Contains(gone.Body.String(), `"state":"unknown"`) {
		t.Errorf("%s, then %d %s", there.Body, gone.Code, gone.Body)
	}
	for path, want := range map[string]int{
		"/api/v2/receipt/nothing": 404, "/api/v2/nope": 404, "/api/v3/status": 404, "/api/v2/receipt/" + k.Metadata: 200,
	} {
		if got := get(s, path).Code; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
}

func TestWrongCredentialsAreUnauthorizedInV2(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/api/v2/receipt/x", nil)
	r.SetBasicAuth("eve", "x")
	w := httptest.NewRecorder()
	otsfake.New(otsfake.Options{}).ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "CREDENTIALS_INVALID") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAGeneratedSecretIsToldWithItsMetadataOnceWithinAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := otsfake.New(otsfake.Options{})
		for _, late := range []time.Duration{0, time.Minute} {
			var made struct {
				keys
				Value string `json:"value"`
			}
			answer := post(s, "/api/v1/generate", url.Values{"length": {"1000"}, "ttl": {"3600"}})
			if err := json.Unmarshal(answer.Body.Bytes(), &made); err != nil || len(made.Value) != 128 {
				t.Fatalf("%s (%v)", answer.Body, err)
			}
			time.Sleep(late)
			first, second := get(s, "/api/v1/private/"+made.Metadata), get(s, "/api/v1/private/"+made.Metadata)
			told := strings.Contains(first.Body.String(), `"secret_value"`)
			if told != (late == 0) || strings.Contains(second.Body.String(), `"value"`) {
				t.Errorf("after %v: %s, then %s", late, first.Body, second.Body)
			}
		}
	})
}
