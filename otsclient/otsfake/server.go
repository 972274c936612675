package otsfake

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options are how a server is. The zero value is a recent server that takes
// anonymous calls and has no accounts.
type Options struct {
	// Version is the server to be: "0.12", "0.20", "0.22", "0.24" or "0.26", the
	// recorded ones; of 0.24 it was mainly v2 and what it tells of many at once. Empty means "0.26".
	Version string

	// Clock tells the time. Nil means time.Now.
	Clock func() time.Time

	// Username and APIToken are an account that is let in. Accounts holds
	// more of them, tokens by name. Anybody else is "Not authorized".
	Username, APIToken string
	Accounts           map[string]string

	// ShareDomain is a custom domain that accounts may share under.
	ShareDomain string

	// PassphraseMin, if not 0, is the length that a passphrase must have, and
	// PassphraseRequired refuses secrets without one: an operator may set both.
	PassphraseMin      int
	PassphraseRequired bool

	// PassphrasesDropped stores every secret without its passphrase, and says so.
	// No recorded server does.
	PassphrasesDropped bool

	// Limits turns the rate limits on. The lock after too many wrong
	// passphrases is always on, where the version has it.
	Limits bool

	// WithoutV1 is a server on which v1 is not there (any more), as it was not
	// for days after the release of 0.24.0.
	WithoutV1 bool

	// GuestsOff is a server whose operator turned the guest routes off.
	GuestsOff bool
}

// maxRequest bounds a request's body. Secrets of a million characters were
// recorded; percent-encoded they triple.
const maxRequest = 8 << 20

// Server is the service. It is safe for concurrent use.
type Server struct {
	profile     profile
	clock       func() time.Time
	shareDomain string
	limits      bool
	withoutV1   bool
	guestsOff   bool
	dropsPhrase bool

	mu        sync.Mutex // over all below
	accounts  map[string]string
	bySecret  map[string]*record
	byReceipt map[string]*record
	order     []*record // as created
	calls     map[string][]time.Time
	faults    []*Fault
	journal   []Entry
}

// New returns a server with nothing in it. It panics on a version that was
// not recorded.
func New(options Options) *Server {
	s := &Server{
		profile:     profileOf(options.Version),
		clock:       options.Clock,
		accounts:    map[string]string{},
		shareDomain: options.ShareDomain,
		limits:      options.Limits,
		withoutV1:   options.WithoutV1,
		guestsOff:   options.GuestsOff,
		dropsPhrase: options.PassphrasesDropped,
		bySecret:    map[string]*record{},
		byReceipt:   map[string]*record{},
		calls:       map[string][]time.Time{},
	}
	if options.PassphraseMin > 0 {
		s.profile.minPassphrase = options.PassphraseMin
	}
	s.profile.needsPassphrase = options.PassphraseRequired
	if s.clock == nil {
		s.clock = time.Now
	}
	for name, token := range options.Accounts {
		s.accounts[name] = token
	}
	if options.Username != "" {
		s.accounts[options.Username] = options.APIToken
	}
	return s
}

// SetToken gives an account another API token, as its page does: the old one
// ends at once.
func (s *Server) SetToken(username, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[username] = token
}

// ServeHTTP notes the request in the journal, lets a fault befall it, or
// answers it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	if err != nil {
		return // the client went away
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	now := s.clock()
	s.note(now, r, body)
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	fault, ok := s.befalls(r.URL.Path)
	if !ok {
		s.answer(w, r)
		return
	}
	s.fail(fault, w, r)
}

// answer is the service without faults.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	s.draft(r).send(w)
}

// draft does what is asked for. The answer is sent later, so that nobody
// waits for the slowest client.
func (s *Server) draft(r *http.Request) *draft {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &draft{header: http.Header{}, status: http.StatusOK}
	if isAPI(r.URL.Path) {
		s.api(w, r)
	} else {
		s.page(w, r)
	}
	return w
}

// draft is an answer that is not sent yet.
type draft struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (d *draft) Header() http.Header         { return d.header }
func (d *draft) WriteHeader(status int)      { d.status = status }
func (d *draft) Write(p []byte) (int, error) { return d.body.Write(p) }

func (d *draft) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), d.header)
	w.WriteHeader(d.status)
	_, _ = d.body.WriteTo(w) // a client that is gone is not our business
}

func isAPI(path string) bool { return strings.HasPrefix(path, "/api/") }
