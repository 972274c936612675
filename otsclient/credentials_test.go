package otsclient_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// account returns a server with an account, and a client of it.
func account(t *testing.T, options otsfake.Options) (*otsfake.Server, *otsclient.Client) {
	t.Helper()
	options.Username, options.APIToken = "me@example.com", "old"
	server := otsfake.New(options)
	client, err := otsclient.New(otsclient.Config{
		BaseURL: "https://ots.example.com", Transport: served{server}, Username: "me@example.com", APIToken: "old",
	})
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

func shares(t *testing.T, client *otsclient.Client) error {
	_, err := client.Share(t.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x")})
	return err
}

func TestCredentialsChangeWhileTheClientIsInUse(t *testing.T) {
	t.Parallel()
	for _, options := range []otsfake.Options{{Version: "0.12"}, {Version: "0.20"}, {Version: "0.22"}, {}, {WithoutV1: true}} {
		server, client := account(t, options)
		server.SetToken("me@example.com", "new")
		if err := shares(t, client); !errors.Is(err, otsclient.ErrNotAuthorized) {
			t.Errorf("%+v: with the token that ended: %v", options, err)
		}
		if err := client.SetCredentials("me@example.com", "new"); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(shares(t, client), client.Status(t.Context()), client.CheckCredentials(t.Context())); err != nil {
			t.Errorf("%+v: with the new token: %v", options, err)
		}
		if err := client.SetCredentials("", ""); err != nil {
			t.Fatal(err)
		}
		if err := client.CheckCredentials(t.Context()); !errors.Is(err, otsclient.ErrNotAuthorized) {
			t.Errorf("%+v: anonymous: %v", options, err)
		}
	}
}

func TestARefusedCallIsMadeOnceMoreWithNewCredentials(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set          string // what is set when the server refuses
		good         bool
		calls, asked int
	}{
		"the good ones":  {"new", true, 2, 1},
		"others, as bad": {"bad", false, 2, 1},
		"none":           {"", false, 1, 1},
	} {
		server, client := account(t, otsfake.Options{})
		server.SetToken("me@example.com", "new")
		asked := 0
		client.OnRefusal(func() {
			asked++
			if c.set != "" {
				_ = client.SetCredentials("me@example.com", c.set)
			}
		})
		err := shares(t, client)
		if (err == nil) != c.good || !c.good && !errors.Is(err, otsclient.ErrNotAuthorized) {
			t.Errorf("%s: %v", name, err)
		}
		if calls := len(server.Journal()); calls != c.calls || asked != c.asked {
			t.Errorf("%s: %d calls, asked %d times; want %d and %d", name, calls, asked, c.calls, c.asked)
		}
	}
}

func TestARefusedCallWaitsForNewCredentialsNoLongerThanItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client := account(t, otsfake.Options{})
		if err := client.SetCredentials("me@example.com", "bad"); err != nil {
			t.Fatal(err)
		}
		over := make(chan struct{})
		defer close(over)
		client.OnRefusal(func() { <-over })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		started := time.Now()
		_, err := client.Share(ctx, otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x")})
		if took := time.Since(started); took != time.Second || !errors.Is(err, otsclient.ErrNotAuthorized) {
			t.Errorf("after %v: %v", took, err)
		}
	})
}

// Whoever calls recovers from what its server's answers may do to a parser; nobody
// could from another goroutine.
func TestAPanicOverNewCredentialsIsTheCallers(t *testing.T) {
	t.Parallel()
	_, client := account(t, otsfake.Options{})
	if err := client.SetCredentials("me@example.com", "bad"); err != nil {
		t.Fatal(err)
	}
	client.OnRefusal(func() { panic("a bug") })
	defer func() {
		if bug := recover(); bug != "a bug" {
			t.Errorf("got %v", bug)
		}
	}()
	t.Error("no panic, but", shares(t, client))
}

// ... and who has gone by then isn't reached.
func TestAPanicOverNewCredentialsThatComesLateEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client := account(t, otsfake.Options{})
		if err := client.SetCredentials("me@example.com", "bad"); err != nil {
			t.Fatal(err)
		}
		client.OnRefusal(func() {
			time.Sleep(time.Minute)
			panic("a bug")
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := client.Share(ctx, otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x")}); !errors.Is(err, otsclient.ErrNotAuthorized) {
			t.Error(err)
		}
		<-time.After(2 * time.Minute)
	})
}

func TestNoCallIsLostWhenATokenIsRenewedUnderLoad(t *testing.T) {
	t.Parallel()
	server, client := account(t, otsfake.Options{})
	client.OnRefusal(func() { _ = client.SetCredentials("me@example.com", "new") })
	const callers, calls = 8, 50
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			for n := range calls {
				if caller == 0 && n == calls/2 {
					server.SetToken("me@example.com", "new")
				}
				if err := shares(t, client); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := server.Secrets(); n != callers*calls {
		t.Errorf("%d secrets, want %d", n, callers*calls)
	}
}

func TestUnusableCredentialsChangeNothing(t *testing.T) {
	t.Parallel()
	_, client := account(t, otsfake.Options{})
	for _, bad := range [][2]string{{"CANARY", ""}, {"", "CANARY"}, {"CANARY:x", "CANARY"}} {
		leaks(t, client.SetCredentials(bad[0], bad[1]))
	}
	if err := shares(t, client); err != nil {
		t.Errorf("with the old ones: %v", err)
	}
}
