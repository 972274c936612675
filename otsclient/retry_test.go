package otsclient_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/otsclient"
)

// reply is what a script does with one request. The zero value is a dial that
// fails.
type reply struct {
	status int
	body   string
	header http.Header
	lost   bool // after it was sent
	hang   bool // until the caller gives up
}

// script is a transport that answers request after request, the last reply
// for good.
type script struct {
	replies []reply
	asked   []*http.Request
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	now := s.replies[min(len(s.asked), len(s.replies)-1)]
	s.asked = append(s.asked, r)
	switch {
	case now.hang:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case now.lost:
		return nil, io.ErrUnexpectedEOF
	case now.status == 0:
		return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
	}
	if now.header == nil {
		now.header = http.Header{}
	}
	return &http.Response{StatusCode: now.status, Header: now.header, Body: io.NopCloser(strings.NewReader(now.body))}, nil
}

const (
	sharedAnswer  = `{"secret_key":"` + shortKey + `","metadata_key":"` + shortKey + `","secret_ttl":60}`
	waitingAnswer = `{"state":"new","passphrase_required":false}`
	burnedAnswer  = `{"state":"burned","secret_key":""}`
	burntAnswer   = `{"state":{"state":"new"},"secret_shortkey":"tm041b"}`
	unknownAnswer = `{"secret_key":"` + shortKey + `","message":"Unknown secret"}`
)

func share(ctx context.Context, c *otsclient.Client) error {
	_, err := c.Share(ctx, otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x"), TTL: time.Minute})
	return err
}

func retrieve(ctx context.Context, c *otsclient.Client) error {
	_, err := c.Retrieve(ctx, otsclient.NewKey(shortKey), otsclient.Plaintext{})
	return err
}

func metadata(ctx context.Context, c *otsclient.Client) error {
	_, err := c.Metadata(ctx, otsclient.NewKey(shortKey))
	return err
}

func burn(ctx context.Context, c *otsclient.Client) error {
	return c.Burn(ctx, otsclient.NewKey(shortKey), otsclient.Plaintext{})
}

func TestACallIsRepeatedWhereThatIsSafeAndMayHelp(t *testing.T) {
	var (
		noDial     = reply{}
		lost       = reply{lost: true}
		hang       = reply{hang: true}
		ok         = func(body string) reply { return reply{status: 200, body: body} }
		status     = func(n int) reply { return reply{status: n} }
		message    = func(says string) reply { return reply{status: 404, body: `{"message":"` + says + `"}`} }
		wait       = func(n int, after string) reply { return reply{status: n, header: http.Header{"Retry-After": {after}}} }
		limitedFor = func(after string) reply {
			return reply{status: 404, body: `{"message":"Rate limit exceeded. Please try again later."}`, header: http.Header{"Retry-After": {after}}}
		}
		gone        = reply{status: 404, body: unknownAnswer}
		unexpected  = message("An unexpected error occurred :[")
		none        error
		unavailable = otsclient.ErrUnavailable
		unknown     = otsclient.ErrOutcomeUnknown
		limited     = otsclient.ErrRateLimited
	)
	for name, c := range map[string]struct {
		call    func(context.Context, *otsclient.Client) error
		replies []reply
		asked   int
		want    error
		took    time.Duration
	}{
		"share: the server can't be reached at first": {share, []reply{noDial, noDial, ok(sharedAnswer)}, 3, none, 300 * time.Millisecond},
		"share: the server can't be reached":          {share, []reply{noDial}, 3, unavailable, 300 * time.Millisecond},
		"share: the answer is lost":                   {share, []reply{lost}, 1, unknown, 0},
		"share: no answer":                            {share, []reply{hang}, 1, unknown, 15 * time.Second},
		"share: no answer after a failed dial":        {share, []reply{noDial, hang}, 2, unknown, 15 * time.Second},
		"share: 500":                                  {share, []reply{status(500)}, 1, unknown, 0},
		"share: a proxy lost the server":              {share, []reply{status(502)}, 1, unknown, 0},
		"share: a proxy gave up on the server":        {share, []reply{status(504)}, 1, unknown, 0},
		"share: a proxy has no server for now":        {share, []reply{status(503), ok(sharedAnswer)}, 1, unknown, 0}, // or lost it just now
		"share: unexpected error":                     {share, []reply{unexpected}, 1, unknown, 0},
		"share: the database is away":                 {share, []reply{message("We'll be back shortly!")}, 1, unavailable, 0},
		"share: too many calls":                       {share, []reply{message("Cripes! You have been rate limited.")}, 1, limited, 0},
		"share: too many calls, newer":                {share, []reply{message("Rate limit exceeded. Please try again later.")}, 1, limited, 0},
		"share: a proxy says too many":                {share, []reply{wait(429, "7")}, 1, limited, 0},
		"share: a proxy says too many, and when not":  {share, []reply{wait(429, "2"), ok(sharedAnswer)}, 2, none, 2 * time.Second},
		"share: the same, as OneTimeSecret says it":   {share, []reply{limitedFor("1"), ok(sharedAnswer)}, 2, none, time.Second},
		"share: too many when it was time, too":       {share, []reply{wait(429, "1")}, 2, limited, time.Second},
		"share: too many for longer than people wait": {share, []reply{wait(429, "3")}, 1, limited, 0},
		"share: lost when it was time":                {share, []reply{wait(429, "1"), lost}, 2, unknown, time.Second},
		"share: no connection, too many, then taken":  {share, []reply{noDial, wait(429, "1"), ok(sharedAnswer)}, 3, none, 1100 * time.Millisecond},
		"share: a server's own error names a wait":    {share, []reply{wait(500, "1")}, 1, unknown, 0},
		"share: told when to come back":               {share, []reply{wait(503, "1"), ok(sharedAnswer)}, 1, unknown, 0},
		"metadata: a proxy has no server for now":     {metadata, []reply{status(503), ok(waitingAnswer)}, 2, none, 100 * time.Millisecond},
		"metadata: told when to come back":            {metadata, []reply{wait(503, "1"), ok(waitingAnswer)}, 2, none, time.Second},
		"metadata: told to come back much later":      {metadata, []reply{wait(503, "7")}, 1, unavailable, 0},
		"metadata: the database is away for a moment": {metadata, []reply{message("We'll be back shortly!"), ok(waitingAnswer)}, 2, none, 100 * time.Millisecond},
		"burn: too many calls for a moment":           {burn, []reply{wait(429, "1"), ok(burntAnswer)}, 2, none, time.Second},
		"metadata: too many calls for a moment":       {metadata, []reply{wait(429, "1"), ok(waitingAnswer)}, 2, none, time.Second},
		"retrieve: too many calls for a moment":       {retrieve, []reply{wait(429, "1"), ok(`{"value":"x"}`)}, 2, none, time.Second},
		"share: keys missing":                         {share, []reply{ok(`{"secret_ttl":60}`)}, 1, unknown, 0},
		"share: too large for a proxy":                {share, []reply{status(413)}, 1, otsclient.ErrRejected, 0},
		"share: 401 of a proxy":                       {share, []reply{status(401)}, 1, otsclient.ErrNotAuthorized, 0},
		"share: 403 of a firewall":                    {share, []reply{status(403)}, 1, unknown, 0}, // which may look at answers, too
		"share: accounts are off":                     {share, []reply{message("/api/v1/share is not available")}, 1, unavailable, 0},
		"retrieve: the answer is lost":                {retrieve, []reply{lost}, 1, unknown, 0},
		"retrieve: an answer without a value":         {retrieve, []reply{ok(`{}`)}, 1, unknown, 0},
		"retrieve: an empty value":                    {retrieve, []reply{ok(`{"value":""}`)}, 1, none, 0},
		"metadata: the answer is lost, twice":         {metadata, []reply{lost, lost, ok(waitingAnswer)}, 3, none, 300 * time.Millisecond},
		"metadata: the answer is always lost":         {metadata, []reply{lost}, 3, unavailable, 300 * time.Millisecond},
		"metadata: no answer":                         {metadata, []reply{hang}, 1, unavailable, 15 * time.Second},
		"metadata: 502 at first":                      {metadata, []reply{status(502), ok(waitingAnswer)}, 2, none, 100 * time.Millisecond},
		"metadata: 500, which won't get better":       {metadata, []reply{status(500)}, 1, unavailable, 0},
		"metadata: unexpected error":                  {metadata, []reply{unexpected}, 1, unavailable, 0},
		"burn: done":                                  {burn, []reply{ok(burntAnswer)}, 1, none, 0},
		"burn: 200 from somebody else":                {burn, []reply{ok("<html>Welcome to our hotel")}, 1, unavailable, 0},
		"burn: lost, and it is burned":                {burn, []reply{lost, gone, ok(burnedAnswer)}, 3, otsclient.ErrBurned, 100 * time.Millisecond},
		"burn: a proxy lost it, and it is burned":     {burn, []reply{status(502), gone, ok(burnedAnswer)}, 3, otsclient.ErrBurned, 100 * time.Millisecond},
		"burn: burned before, and the dial failed":    {burn, []reply{noDial, gone}, 2, otsclient.ErrGone, 100 * time.Millisecond},
		"burn: burned before, and there was a limit":  {burn, []reply{wait(429, "1"), gone}, 2, otsclient.ErrGone, time.Second},
		"burn: lost, and somebody had opened it":      {burn, []reply{lost, gone, ok(`{"state":"received","received":1}`)}, 3, otsclient.ErrGone, 100 * time.Millisecond},
		"burn: gone, told at once":                    {burn, []reply{gone}, 1, otsclient.ErrGone, 0},
		"burn: unexpected error, no passphrase":       {burn, []reply{unexpected, ok(waitingAnswer)}, 2, unavailable, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				transport := &script{replies: c.replies}
				client := clientOf(t, transport)
				start := time.Now()
				err := c.call(t.Context(), client)
				if c.want == nil && err != nil || c.want != nil && !errors.Is(err, c.want) {
					t.Errorf("%v, want %v", err, c.want)
				}
				if len(transport.asked) != c.asked {
					t.Errorf("asked %d times, want %d", len(transport.asked), c.asked)
				}
				if took := time.Since(start); took != c.took {
					t.Errorf("took %v, want %v", took, c.took)
				}
			})
		})
	}
}

func clientOf(t testing.TB, transport http.RoundTripper) *otsclient.Client {
	t.Helper()
	client, err := otsclient.New(otsclient.Config{BaseURL: "https://ots.example.com", Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestAServerThatStumblesIsToldFromOneThatIsAway(t *testing.T) {
	for name, c := range map[string]struct {
		says     reply
		stumbled bool
	}{
		"an exception":   {reply{status: 500}, true},
		"a page":         {reply{status: 404, body: "<html>"}, true},
		"away":           {reply{status: 503}, false},
		"its database":   {reply{status: 404, body: `{"message":"We'll be back shortly!"}`}, false},
		"behind a proxy": {reply{status: 502, body: "<html>"}, false},
		"no connection":  {reply{}, false},
		"cut off":        {reply{lost: true}, false},
		"silent":         {reply{hang: true}, false},
		"limits":         {reply{status: 429}, false},
		"refuses":        {reply{status: 401, body: `{"message":"Not authorized"}`}, false},
		"no such route":  {reply{status: 404, body: `{"error":"Not Found"}`}, false},
		"gone":           {reply{status: 404, body: unknownAnswer}, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			client := clientOf(t, &script{replies: []reply{c.says}})
			if err := metadata(t.Context(), client); err == nil || otsclient.Stumbled(err) != c.stumbled {
				t.Errorf("%s: %v; stumbled: %v", name, err, otsclient.Stumbled(err))
			}
		})
	}
}

func TestTheServersWaitIsTold(t *testing.T) {
	t.Parallel()
	date := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                           0,
		"120":                        2 * time.Minute,
		"0":                          0,
		"-5":                         0,
		"soon":                       0,
		"99999999999999":             24 * time.Hour,
		"9999999999999999999999":     0,
		date.Format(http.TimeFormat): 0,
		date.Add(90 * time.Second).Format(http.TimeFormat):  90 * time.Second,
		date.Add(-90 * time.Second).Format(http.TimeFormat): 0,
		date.Add(10000 * time.Hour).Format(http.TimeFormat): 24 * time.Hour,
	} {
		header := http.Header{"Retry-After": {value}, "Date": {date.Format(http.TimeFormat)}}
		err := share(t.Context(), clientOf(t, &script{replies: []reply{{status: 429, header: header}}}))
		if got := otsclient.RetryAfter(err); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
	if otsclient.RetryAfter(errors.New("another")) != 0 || otsclient.RetryAfter(nil) != 0 {
		t.Error("other errors have a wait")
	}
}

func TestTheCallersContextEndsACall(t *testing.T) {
	for name, c := range map[string]struct {
		reply reply
		call  func(context.Context, *otsclient.Client) error
		want  error
		took  time.Duration
	}{
		"share waits for an answer":            {reply{hang: true}, share, otsclient.ErrOutcomeUnknown, 50 * time.Millisecond},
		"metadata waits for an answer":         {reply{hang: true}, metadata, otsclient.ErrUnavailable, 50 * time.Millisecond},
		"share has no time left to try again":  {reply{}, share, otsclient.ErrUnavailable, 0},
		"share has no time left for the limit": {reply{status: 429, header: http.Header{"Retry-After": {"1"}}}, share, otsclient.ErrRateLimited, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				defer cancel()
				start := time.Now()
				err := c.call(ctx, clientOf(t, &script{replies: []reply{c.reply}}))
				if !errors.Is(err, c.want) {
					t.Errorf("%v, want %v", err, c.want)
				}
				if c.reply.hang && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v is no timeout", err)
				}
				if took := time.Since(start); took != c.took {
					t.Errorf("took %v, want %v", took, c.took)
				}
			})
		})
	}
	t.Run("a wait for the server's limit ends with it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(300*time.Millisecond, cancel)
			limited := &script{replies: []reply{{status: 429, header: http.Header{"Retry-After": {"1"}}}}}
			start := time.Now()
			if err := share(ctx, clientOf(t, limited)); !errors.Is(err, otsclient.ErrRateLimited) {
				t.Errorf("%v, want the limit", err)
			}
			if took := time.Since(start); took != 300*time.Millisecond || len(limited.asked) != 1 {
				t.Errorf("took %v and asked %d times", took, len(limited.asked))
			}
		})
	})
	t.Run("a call that was canceled says so", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := metadata(ctx, clientOf(t, &script{replies: []reply{{hang: true}}}))
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "canceled") {
			t.Errorf("%v", err)
		}
	})
}

func TestWhatEveryRequestIsLike(t *testing.T) {
	t.Parallel()
	transport := &script{replies: []reply{{status: 404, body: `{}`}}}
	for _, config := range []otsclient.Config{
		{BaseURL: "https://ots.example.com/base", Transport: transport},
		{BaseURL: "https://ots.example.com/base/", Transport: transport, Username: canaryName, APIToken: canaryToken, UserAgent: "mine"},
	} {
		client, err := otsclient.New(config)
		if err != nil {
			t.Fatal(err)
		}
		transport.asked = nil
		_ = share(t.Context(), client)
		_ = metadata(t.Context(), client)
		_ = burn(t.Context(), client)
		for _, r := range transport.asked {
			checkRequest(t, config, r)
		}
	}
}

func checkRequest(t *testing.T, config otsclient.Config, r *http.Request) {
	t.Helper()
	if !strings.HasPrefix(r.URL.Path, "/base/api/v1/") || r.URL.RawQuery != "" {
		t.Errorf("%s has another path or a query", r.URL)
	}
	_, hasAuth := r.Header["Authorization"]
	username, token, _ := r.BasicAuth()
	if hasAuth != (config.Username != "") || username != config.Username || token != config.APIToken {
		t.Errorf("authorization %v as %q", hasAuth, username)
	}
	kind := r.Header.Get("Content-Type")
	if r.Method == http.MethodPost && kind != "application/x-www-form-urlencoded" || r.Method == http.MethodGet && kind != "" {
		t.Errorf("%s of type %q", r.Method, kind)
	}
	if agent := r.UserAgent(); agent != config.UserAgent && agent != "otsclient" {
		t.Errorf("user agent %q", agent)
	}
}
