package otsclient_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// TestContract says what a caller can rely on with any server. It runs
// against the fake of every recorded version, with and without an account.
func TestContract(t *testing.T) {
	for version := range recordedVersions {
		for _, username := range []string{"", "ana@example.com"} {
			name := version + " with an account"
			if username == "" {
				name = version + " anonymous"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var ahead atomic.Int64
				fake := otsfake.New(otsfake.Options{
					Version:  version,
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
// with OTS_CONTRACT_USERNAME and OTS_CONTRACT_TOKEN for its account. Rules
// that the server can't keep are skipped, by the name of the reason.
func TestContractLive(t *testing.T) {
	url := os.Getenv("OTS_CONTRACT_URL")
	if url == "" {
		t.Skip("OTS_CONTRACT_URL is not set")
	}
	config := otsclient.Config{BaseURL: url, AllowHTTP: true}
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

func serverIsThere(p party) {
	p.wants("status", p.Status(p.Context()), nil)
	want := error(nil)
	if p.target.config.Username == "" {
		want = otsclient.ErrNotAuthorized
	}
	p.wants("credentials", p.CheckCredentials(p.Context()), want)
}

func wrongCredentialsAreRefused(p party) {
	config := p.target.config
	config.Username, config.APIToken = "nobody@example.com", "wrong"
	stranger, err := otsclient.New(config)
	if err != nil {
		p.Fatal(err)
	}
	err = stranger.Status(p.Context())
	if errors.Is(err, otsclient.ErrUnavailable) {
		p.Skip("the server has its accounts turned off")
	}
	p.wants("status", err, otsclient.ErrNotAuthorized)
	p.wants("credentials", stranger.CheckCredentials(p.Context()), otsclient.ErrNotAuthorized)
	_, err = stranger.Share(p.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x")})
	p.wants("share", err, otsclient.ErrNotAuthorized)
}

func opensOnce(p party) {
	const text = " zażółć\r\nline 2\n\tπ🔑 \"q\" & <b> + 100% \\ end\n"
	shared := p.share(text, "")
	p.opens(shared.SecretKey, "", text)
	p.wants("again", p.retrieve(shared.SecretKey, ""), otsclient.ErrGone)
	told := p.isIn(otsclient.StateOpened, shared.MetadataKey)
	if told.Received.IsZero() || told.Remaining != 0 {
		p.Errorf("opened %v, remaining %v", told.Received, told.Remaining)
	}
	p.wants("burn", p.burn(shared.MetadataKey, ""), otsclient.ErrGone)
}

func oneOfEightOpens(p party) {
	shared := p.share("for one", "")
	var opened atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			switch err := p.retrieve(shared.SecretKey, ""); {
			case err == nil:
				opened.Add(1)
			case !errors.Is(err, otsclient.ErrGone):
				p.Errorf("retrieve: %v", err)
			}
		})
	}
	all.Wait()
	if opened.Load() > 1 && p.target.advance == nil && len(shared.SecretKey.Reveal()) <= 40 {
		p.Skip("a server before 0.24, where two can open it at the same moment")
	}
	if opened.Load() != 1 {
		p.Errorf("%d opened it", opened.Load())
	}
}

func lookingChangesNothing(p party) {
	shared := p.share("still there", "")
	for range 3 {
		told := p.isIn(otsclient.StateWaiting, shared.MetadataKey)
		if told.PassphraseRequired || !told.Received.IsZero() || told.Created.IsZero() {
			p.Errorf("passphrase %v, received %v, created %v", told.PassphraseRequired, told.Received, told.Created)
		}
		if short := time.Hour - told.Remaining; short < 0 || short > time.Minute {
			p.Errorf("remaining %v of an hour", told.Remaining)
		}
	}
	p.opens(shared.SecretKey, "", "still there")
}

func followingTheLinkOpensNothing(p party) {
	shared := p.share("not yet", "")
	transport := p.target.config.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
		request, err := http.NewRequestWithContext(p.Context(), method, p.SecretLink(shared), nil)
		if err != nil {
			p.Fatal(err)
		}
		response, err := transport.RoundTrip(request)
		if err != nil {
			p.Fatal(err)
		}
		response.Body.Close()
	}
	p.isIn(otsclient.StateWaiting, shared.MetadataKey)
	p.opens(shared.SecretKey, "", "not yet")
}

func lifetimeIsGranted(p party) {
	for _, asked := range []time.Duration{0, time.Second, 5 * time.Minute, 24 * time.Hour, 365 * 24 * time.Hour} {
		shared, err := p.Share(p.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x"), TTL: asked})
		if err != nil {
			p.Fatalf("share for %v: %v", asked, err)
		}
		if (asked == 5*time.Minute || asked == 24*time.Hour) && shared.TTL != asked {
			p.Errorf("asked for %v, granted %v", asked, shared.TTL)
		}
		if shared.TTL < time.Minute || shared.TTL > 60*24*time.Hour {
			p.Errorf("asked for %v, granted %v", asked, shared.TTL)
		}
		told := p.isIn(otsclient.StateWaiting, shared.MetadataKey)
		if gap := shared.TTL - told.Remaining; gap < -time.Second || gap > time.Minute {
			p.Errorf("granted %v, remaining %v", shared.TTL, told.Remaining)
		}
		p.wants("burn", p.burn(shared.MetadataKey, ""), nil)
	}
}

func burnedIsGone(p party) {
	shared := p.share("never seen", "")
	p.wants("burn", p.burn(shared.MetadataKey, ""), nil)
	told := p.isIn(otsclient.StateBurned, shared.MetadataKey)
	if told.Remaining != 0 || !told.Received.IsZero() {
		p.Errorf("remaining %v, received %v", told.Remaining, told.Received)
	}
	p.wants("retrieve", p.retrieve(shared.SecretKey, ""), otsclient.ErrGone)
	p.wants("burn again", p.burn(shared.MetadataKey, ""), otsclient.ErrGone)
	p.isIn(otsclient.StateBurned, shared.MetadataKey)
}

const phrase = "correct horse"

func passphraseToOpen(p party) {
	shared := p.share("behind a phrase", phrase)
	if !shared.PassphraseRequired || !p.isIn(otsclient.StateWaiting, shared.MetadataKey).PassphraseRequired {
		p.Error("no passphrase was set")
	}
	// Servers with v2 tell these apart, older ones don't.
	either := []error{otsclient.ErrGone, otsclient.ErrWrongPassphrase}
	p.wants("none", p.retrieve(shared.SecretKey, ""), either...)
	p.wants("wrong", p.retrieve(shared.SecretKey, "not that"), either...)
	p.wants("trimmed", p.retrieve(shared.SecretKey, phrase+" "), either...)
	p.opens(shared.SecretKey, phrase, "behind a phrase")
	p.isIn(otsclient.StateOpened, shared.MetadataKey)
	p.wants("gone", p.retrieve(shared.SecretKey, phrase), otsclient.ErrGone)
}

func passphraseToBurn(p party) {
	shared := p.share("behind a phrase", phrase)
	either := []error{otsclient.ErrGone, otsclient.ErrWrongPassphrase} // 0.12 says the former
	p.wants("none", p.burn(shared.MetadataKey, ""), either...)
	p.wants("wrong", p.burn(shared.MetadataKey, "not that"), either...)
	p.isIn(otsclient.StateWaiting, shared.MetadataKey)
	p.wants("right", p.burn(shared.MetadataKey, phrase), nil)
	p.isIn(otsclient.StateBurned, shared.MetadataKey)
}

func generatedIsStored(p party) {
	made, err := p.Generate(p.Context(), otsclient.GenerateRequest{TTL: time.Hour, Length: 20})
	if err != nil {
		p.Fatal(err)
	}
	if made.TTL != time.Hour || made.Value.Len() < 12 {
		p.Errorf("%d characters for %v", made.Value.Len(), made.TTL)
	}
	p.isIn(otsclient.StateWaiting, made.MetadataKey)
	p.opens(made.SecretKey, "", made.Value.Reveal())
}

func unknownKeysAreGone(p party) {
	unknown := otsclient.NewKey("0123456789abcdefghijklmnopqrstu")
	p.wants("retrieve", p.retrieve(unknown, ""), otsclient.ErrGone)
	p.wants("burn", p.burn(unknown, ""), otsclient.ErrGone)
	_, err := p.Metadata(p.Context(), unknown)
	p.wants("metadata", err, otsclient.ErrGone)
}

func keysAreNotSwapped(p party) {
	shared := p.share("mine", "")
	p.wants("retrieve", p.retrieve(shared.MetadataKey, ""), otsclient.ErrGone)
	p.wants("burn", p.burn(shared.SecretKey, ""), otsclient.ErrGone)
	p.opens(shared.SecretKey, "", "mine")
}

func mailTakesAnAccount(p party) {
	if p.target.config.Username != "" {
		p.Skip("this is about anonymous calls")
	}
	_, err := p.Share(p.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("by mail"), Recipient: "someone@example.com"})
	p.wants("share", err, otsclient.ErrRejected)
	if !strings.HasPrefix(otsclient.Reason(err), "An account is required") {
		p.Errorf("the reason is %q", otsclient.Reason(err))
	}
}

func recentAreListed(p party) {
	if p.target.config.Username == "" {
		_, err := p.Recent(p.Context())
		p.wants("anonymous", err, otsclient.ErrNotAuthorized)
		return
	}
	shared := p.share("on the list", "")
	list, err := p.Recent(p.Context())
	if errors.Is(err, otsclient.ErrUnavailable) {
		p.Skip("the server can't list: 0.22 and 0.23 don't")
	}
	if err != nil {
		p.Fatal(err)
	}
	is := func(m otsclient.Metadata) bool { return m.Key.Reveal() == shared.MetadataKey.Reveal() }
	if !slices.ContainsFunc(list, is) {
		p.Errorf("it is not among the %d", len(list))
	}
	if !slices.IsSortedFunc(list, func(a, b otsclient.Metadata) int { return b.Created.Compare(a.Created) }) {
		p.Error("not sorted")
	}
	p.wants("burn", p.burn(shared.MetadataKey, ""), nil)
}

func expires(p party) {
	if p.target.advance == nil {
		p.Skip("nobody can move this server's clock")
	}
	shared := p.share("too late", "")
	p.target.advance(time.Hour + time.Second)
	p.wants("retrieve", p.retrieve(shared.SecretKey, ""), otsclient.ErrGone)
	told := p.isIn(otsclient.StateExpired, shared.MetadataKey)
	if told.Remaining != 0 || !told.Received.IsZero() {
		p.Errorf("remaining %v, received %v", told.Remaining, told.Received)
	}
	p.wants("burn", p.burn(shared.MetadataKey, ""), otsclient.ErrGone)
	p.target.advance(2 * time.Hour)
	_, err := p.Metadata(p.Context(), shared.MetadataKey)
	p.wants("metadata, twice as late", err, otsclient.ErrGone)
}
