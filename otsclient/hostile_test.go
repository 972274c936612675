package otsclient_test

import (
	"testing"
	"time"

	"otsbot/internal/hostile"
	"otsbot/otsclient"
)

// Whatever a server does, each call ends in its time, and its error holds
// nothing of what was sent.
func TestNoServerHoldsACallPastItsTime(t *testing.T) {
	t.Parallel()
	const limit = 300 * time.Millisecond
	for name, answer := range hostile.Answers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, err := hostile.Serve(answer, sharedAnswer)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			client, err := otsclient.New(otsclient.Config{BaseURL: server.URL, Username: canaryName, APIToken: canaryToken, Timeout: limit})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			ended := make(chan map[string]error, 1)
			go func() { ended <- everyCall(t.Context(), client) }()
			select {
			case errs := <-ended:
				for call, err := range errs {
					if err != nil {
						t.Run(call, func(t *testing.T) { leaks(t, err) })
					}
				}
			case <-time.After(time.Minute): // far more than all of them may take
				t.Error("a call goes on")
			}
		})
	}
}
