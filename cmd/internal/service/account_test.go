package service

import (
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/zap"

	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

// account is one at an offline OneTimeSecret, with its token in a file.
type account struct {
	*rotating
	ots    *otsfake.Server
	client *otsclient.Client
}

func newAccount(t *testing.T) *account {
	t.Helper()
	ots := otsfake.New(otsfake.Options{Username: "me@example.com", APIToken: "good"})
	server := httptest.NewServer(ots)
	t.Cleanup(server.Close)
	path := inFile(t, "good")
	cfg, err := loadWith(t, map[string]string{"OTS_URL": server.URL, "OTS_PUBLIC_URL": "https://ots.example.com", "OTS_USERNAME": "me@example.com",
		"OTS_API_TOKEN_FILE": path})
	if err != nil {
		t.Fatal(err)
	}
	client, err := newClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	r, _ := rotations(cfg, client, nil, zap.NewNop())
	client.OnRefusal(func() { r.insist(t.Context()) })
	return &account{&rotating{t: t, path: path, rotation: r}, ots, client}
}

func (a *account) shares() error {
	_, err := a.client.Share(a.t.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("hunter2"), TTL: time.Hour})
	return err
}

// Whether an account is good only OneTimeSecret can say: as long as it doesn't, the
// one that was good stays.
func TestAnAccountIsNotGivenUpForOneThatOneTimeSecretDidNotAccept(t *testing.T) {
	for name, fault := range map[string]otsfake.Fault{
		"it is away":   {Down: true},
		"it fails":     {Status: 500},
		"it limits":    {Status: 429},
		"no answer":    {Drop: true},
		"another page": {HTML: true},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t)
			mend := a.ots.Fault(fault)
			a.holds("mistyped")
			mend()
			if err := a.shares(); err != nil {
				t.Errorf("the good account was given up: %v", err)
			}
		})
	}
}

// What couldn't be asked about is asked about again: in a while, or as soon as the
// account from before is refused.
func TestAnAccountThatCouldNotBeAskedAboutIsTakenWhenItIsNeeded(t *testing.T) {
	a := newAccount(t)
	mend := a.ots.Fault(otsfake.Fault{Down: true})
	a.holds("generated")
	mend()
	a.ots.SetToken("me@example.com", "generated")
	if err := a.shares(); err != nil {
		t.Errorf("nothing is shared with the account of now: %v", err)
	}
}
