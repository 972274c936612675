package otsclient_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// contractRoads are the versions that the fake plays, by each API that they
// have.
var contractRoads = []struct {
	version string
	v2      bool
}{
	{"0.12", false}, {"0.20", false}, {"0.22", false}, {"0.24", false}, {"0.26", false},
	{"0.24", true}, {"0.26", true},
}

// TestContract says what a caller can rely on with any server. It runs
// against the fake of every version, by v1 and, where v1 is gone, by v2, with
// and without an account.
func TestContract(t *testing.T) {
	for _, road := range contractRoads {
		for _, username := range []string{"", "ana@example.com"} {
			name := road.version + " with an account"
			if username == "" {
				name = road.version + " anonymous"
			}
			if road.v2 {
				name += " by v2"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var ahead atomic.Int64
				fake := otsfake.New(otsfake.Options{
					Version: road.version, WithoutV1: road.v2,
					Clock:    func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) },
					Accounts: map[string]string{"ana@example.com": "a token"},
				})
				config := otsclient.Config{BaseURL: "https://ots.example.com", Transport: served{fake}}
				if config.Username = username; username != "" {
					config.APIToken = "a token"
				}
				contract(t, target{config: config, advance: func(d time.Duration) { ahead.Add(int64(d)) }})
			})
		}
	}
}

// TestContractLive runs the same against a real server, when there is one:
//
//	OTS_CONTRACT_URL=http://127.0.0.1:7143 go test -run Live ./otsclient
//
// with OTS_CONTRACT_USERNAME and OTS_CONTRACT_TOKEN for its account, and
// OTS_CONTRACT_API=v2 to go by v2, as if the server had no v1. Rules that the
// server can't keep are skipped, by the name of the reason.
func TestContractLive(t *testing.T) {
	url := os.Getenv("OTS_CONTRACT_URL")
	if url == "" {
		t.Skip("OTS_CONTRACT_URL is not set")
	}
	config := otsclient.Config{BaseURL: url, AllowHTTP: true}
	if os.Getenv("OTS_CONTRACT_API") == "v2" {
		config.Transport = withoutV1{}
	}
	t.Run("anonymous", func(t *testing.T) { contract(t, target{config: config}) })
	t.Run("with an account", func(t *testing.T) {
		config.Username, config.APIToken = os.Getenv("OTS_CONTRACT_USERNAME"), os.Getenv("OTS_CONTRACT_TOKEN")
		if config.Username == "" {
			t.Skip("OTS_CONTRACT_USERNAME is not set")
		}
		contract(t, target{config: config})
	})
}

// served sends requests to a handler, without a network.
type served struct{ http.Handler }

func (s served) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil { // as servers see it
		r = r.Clone(r.Context())
		r.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, r)
	return answer.Result(), nil
}

// withoutV1 is the network to a server, on which v1 is gone.
type withoutV1 struct{}

func (withoutV1) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.Path, "/api/v1/") {
		return http.DefaultTransport.RoundTrip(r)
	}
	answer := httptest.NewRecorder()
	answer.WriteHeader(http.StatusNotFound)
	_, _ = answer.WriteString(`{"error":"Not Found"}`)
	return answer.Result(), nil
}

// target is a server under the contract.
type target struct {
	config  otsclient.Config
	advance func(time.Duration) // moves its clock on; nil where nobody can
}

// party is a client of the target, in one rule.
type party struct {
	*testing.T
	*otsclient.Client
	target target
}

func contract(t *testing.T, target target) {
	for _, rule := range []struct {
		name  string
		holds func(party)
	}{
		{"the server is there", serverIsThere},
		{"wrong credentials are refused", wrongCredentialsAreRefused},
		{"a secret opens once, byte for byte", opensOnce},
		{"of eight at once, one opens it", oneOfEightOpens},
		{"looking changes nothing", lookingChangesNothing},
		{"following the link opens nothing", followingTheLinkOpensNothing},
		{"the lifetime is what was granted", lifetimeIsGranted},
		{"a burned secret is gone, and says so", burnedIsGone},
		{"a passphrase is needed to open", passphraseToOpen},
		{"a passphrase is needed to burn", passphraseToBurn},
		{"a generated secret is the one that is stored", generatedIsStored},
		{"unknown keys are gone", unknownKeysAreGone},
		{"a metadata key opens nothing, a secret key burns nothing", keysAreNotSwapped},
		{"mail takes an account", mailTakesAnAccount},
		{"recent secrets are listed, newest first", recentAreListed},
		{"many are told at once", manyAreTold},
		{"a secret expires", expires},
	} {
		t.Run(rule.name, func(t *testing.T) {
			client, err := otsclient.New(target.config)
			if err != nil {
				t.Fatal(err)
			}
			rule.holds(party{t, client, target})
		})
	}
}

// share stores a text for an hour.
func (p party) share(text, passphrase string) otsclient.Shared {
	p.Helper()
	shared, err := p.Share(p.Context(), otsclient.ShareRequest{
		Secret: otsclient.NewPlaintext(text), Passphrase: otsclient.NewPlaintext(passphrase), TTL: time.Hour,
	})
	if err != nil {
		p.Fatalf("share: %v", err)
	}
	return shared
}

// wants fails unless the error is one of those, nil being no error.
func (p party) wants(what string, err error, any ...error) {
	p.Helper()
	if !slices.ContainsFunc(any, func(want error) bool { return err == want || want != nil && errors.Is(err, want) }) {
		p.Errorf("%s: %v, want one of %v", what, err, any)
	}
}

// isIn fails unless the secret is in the state.
func (p party) isIn(state otsclient.State, metadata otsclient.Key) otsclient.Metadata {
	p.Helper()
	told, err := p.Metadata(p.Context(), metadata)
	if err != nil || told.State != state {
		p.Fatalf("metadata: %v (%q), %v; want %v", told.State, told.ServerState, err, state)
	}
	return told
}

// opens fails unless the key opens to the text.
func (p party) opens(key otsclient.Key, passphrase, text string) {
	p.Helper()
	got, err := p.Retrieve(p.Context(), key, otsclient.NewPlaintext(passphrase))
	if err != nil || got.Reveal() != text {
		p.Errorf("opened to %q, %v; want %q", got.Reveal(), err, text)
	}
}

func (p party) burn(metadata otsclient.Key, passphrase string) error {
	return p.Burn(p.Context(), metadata, otsclient.NewPlaintext(passphrase))
}

func (p party) retrieve(key otsclient.Key, passphrase string) error {
	_, err := p.Retrieve(p.Context(), key, otsclient.NewPlaintext(passphrase))
	return err
}
