package otsclient_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"otsbot/otsclient"
)

// The rules of the contract, in the order of the list in contract.

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

// unlimited gives up on a server that has had its five wrong passphrases in
// 20 minutes (0.12 to 0.23). One run needs three.
func (p party) unlimited(err error) error {
	p.Helper()
	if p.target.advance == nil && errors.Is(err, otsclient.ErrRateLimited) {
		p.Skip("the server takes no more wrong passphrases for now")
	}
	return err
}

func passphraseToOpen(p party) {
	shared := p.share("behind a phrase", phrase)
	if !shared.PassphraseRequired || !p.isIn(otsclient.StateWaiting, shared.MetadataKey).PassphraseRequired {
		p.Error("no passphrase was set")
	}
	// Servers with v2 tell these apart, older ones don't.
	either := []error{otsclient.ErrGone, otsclient.ErrWrongPassphrase}
	p.wants("none", p.unlimited(p.retrieve(shared.SecretKey, "")), either...)
	p.wants("almost", p.unlimited(p.retrieve(shared.SecretKey, phrase+" ")), either...)
	p.opens(shared.SecretKey, phrase, "behind a phrase")
	p.isIn(otsclient.StateOpened, shared.MetadataKey)
	p.wants("gone", p.retrieve(shared.SecretKey, phrase), otsclient.ErrGone)
}

func passphraseToBurn(p party) {
	shared := p.share("behind a phrase", phrase)
	either := []error{otsclient.ErrGone, otsclient.ErrWrongPassphrase} // 0.12 says the former
	p.wants("wrong", p.unlimited(p.burn(shared.MetadataKey, "not that")), either...)
	p.isIn(otsclient.StateWaiting, shared.MetadataKey)
	p.wants("right", p.burn(shared.MetadataKey, phrase), nil)
	p.isIn(otsclient.StateBurned, shared.MetadataKey)
}

func generatedIsStored(p party) {
	made, err := p.Generate(p.Context(), otsclient.GenerateRequest{TTL: time.Hour, Length: 20})
	if errors.Is(err, otsclient.ErrOutcomeUnknown) {
		p.Skip("v2 of 0.24 doesn't tell what it made, so the client has burned it")
	}
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

func manyAreTold(p party) {
	opened, burned, waiting, locked := p.share("a", ""), p.share("b", ""), p.share("c", ""), p.share("d", phrase)
	p.opens(opened.SecretKey, "", "a")
	p.wants("burn", p.burn(burned.MetadataKey, ""), nil)
	unknown := otsclient.NewKey("0123456789abcdefghijklmnopqrstu")
	told, err := p.States(p.Context(), []otsclient.Key{
		locked.MetadataKey, unknown, opened.MetadataKey, otsclient.NewKey("no key"), burned.MetadataKey, waiting.MetadataKey, waiting.SecretKey,
	})
	if err != nil || len(told) != 4 {
		p.Fatalf("%d told, %v", len(told), err)
	}
	for i, want := range []struct {
		key   otsclient.Key
		state otsclient.State
	}{
		{locked.MetadataKey, otsclient.StateWaiting}, {opened.MetadataKey, otsclient.StateOpened},
		{burned.MetadataKey, otsclient.StateBurned}, {waiting.MetadataKey, otsclient.StateWaiting},
	} {
		if told[i].Key.Reveal() != want.key.Reveal() || told[i].State != want.state || told[i].Created.IsZero() {
			p.Errorf("%d: %v (%q), want %v", i, told[i].State, told[i].ServerState, want.state)
		}
	}
	if !told[0].PassphraseRequired || told[3].PassphraseRequired || told[1].Received.IsZero() {
		p.Error("what is told of a passphrase or an opening is wrong")
	}
	if short := time.Hour - told[3].Remaining; short < 0 || short > time.Minute {
		p.Errorf("remaining %v of an hour", told[3].Remaining)
	}
	p.opens(waiting.SecretKey, "", "c")
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
