package otsclient_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"otsbot/otsclient"
	"otsbot/otsclient/otsfake"
)

func shareMany(t testing.TB, client *otsclient.Client, n int) []otsclient.Key {
	t.Helper()
	keys := make([]otsclient.Key, n)
	for i := range keys {
		shared, err := client.Share(t.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x"), TTL: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = shared.MetadataKey
	}
	return keys
}

func TestAThousandStatesTakeFortyCalls(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"0.24", "0.26"} {
		fake := otsfake.New(otsfake.Options{Version: version})
		client := clientOf(t, served{fake})
		keys := shareMany(t, client, 1000)
		before := len(fake.Journal())
		told, err := client.States(t.Context(), keys)
		if err != nil || len(told) != 1000 {
			t.Fatalf("%d told, %v", len(told), err)
		}
		for i := range told {
			if told[i].Key.Reveal() != keys[i].Reveal() {
				t.Fatalf("%d is another one", i)
			}
		}
		if calls := len(fake.Journal()) - before; calls > 40 {
			t.Errorf("%s: %d calls", version, calls)
		}
	}
}

// Where guests are shut out, or the server is older, each is asked for alone,
// and the question for all is not asked again for a while.
func TestStatesAreAskedForOneByOneWhereThatIsMissing(t *testing.T) {
	for name, options := range map[string]otsfake.Options{
		"0.12": {Version: "0.12"}, "0.22": {Version: "0.22"}, "guests off": {GuestsOff: true},
	} {
		synctest.Test(t, func(t *testing.T) {
			fake := otsfake.New(options)
			client := clientOf(t, served{fake})
			keys := shareMany(t, client, 3)
			for _, calls := range []int{4, 3, 3} {
				before := len(fake.Journal())
				told, err := client.States(t.Context(), keys)
				if err != nil || len(told) != 3 {
					t.Fatalf("%s: %d told, %v", name, len(told), err)
				}
				if n := len(fake.Journal()) - before; n != calls {
					t.Errorf("%s: %d calls, want %d", name, n, calls)
				}
			}
			time.Sleep(61 * time.Minute)
			before := len(fake.Journal())
			if _, err := client.States(t.Context(), keys); err != nil {
				t.Fatal(err)
			}
			if n := len(fake.Journal()) - before; n != 4 {
				t.Errorf("%s: an hour later: %d calls", name, n)
			}
		})
	}
}

func TestWhatWasToldBeforeAnErrorIsReturnedWithIt(t *testing.T) {
	t.Parallel()
	fake := otsfake.New(otsfake.Options{})
	client := clientOf(t, served{fake})
	keys := shareMany(t, client, 60)
	fake.Fault(otsfake.Fault{Path: "/api/v3/guest/receipts", Delay: 0, Times: 1}) // the first passes
	fake.Fault(otsfake.Fault{Path: "/api/v3/guest/receipts", Status: 429})
	told, err := client.States(t.Context(), keys)
	if !errors.Is(err, otsclient.ErrRateLimited) || len(told) != 25 {
		t.Errorf("%d told, %v", len(told), err)
	}
}

// A state that is stale doesn't outlive the lifetime.
func TestTheTimeDecidesAboutTheEndOfALifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := clientOf(t, served{otsfake.New(otsfake.Options{})})
		keys := shareMany(t, client, 1)
		time.Sleep(time.Hour + time.Second)
		told, err := client.States(t.Context(), keys)
		if err != nil || len(told) != 1 || told[0].State != otsclient.StateExpired || told[0].ServerState != "new" || told[0].Remaining != 0 {
			t.Errorf("%+v, %v", told, err)
		}
	})
}

// 0.24 and 0.25 give a secret a week anew when somebody looks at its link, and
// don't say so when they are asked for many.
func TestALifeThatWasExtendedIsNotCalledOver(t *testing.T) {
	for _, withoutV1 := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			fake := otsfake.New(otsfake.Options{Version: "0.24", WithoutV1: withoutV1})
			client := clientOf(t, served{fake})
			var keys []otsclient.Key
			for _, looked := range []bool{true, false} {
				shared, err := client.Share(t.Context(), otsclient.ShareRequest{Secret: otsclient.NewPlaintext("x"), TTL: time.Hour})
				if err != nil {
					t.Fatal(err)
				}
				if looked {
					fake.Look(client.SecretLink(shared))
				}
				keys = append(keys, shared.MetadataKey)
			}
			time.Sleep(time.Hour + time.Minute)
			told, err := client.States(t.Context(), keys)
			if err != nil || len(told) != 2 || told[0].State != otsclient.StateWaiting || told[1].State != otsclient.StateExpired {
				t.Errorf("without v1 %v: %+v, %v", withoutV1, told, err)
			}
			for i, key := range keys {
				alone, err := client.Metadata(t.Context(), key)
				if looked := i == 0; err != nil || told[i].Overdue != looked || alone.Overdue != looked {
					t.Errorf("without v1 %v: overdue at once %v, alone %v; it is %v: %v", withoutV1, told[i].Overdue, alone.Overdue, looked, err)
				}
			}
		})
	}
}
