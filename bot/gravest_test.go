package bot

import (
	"errors"
	"strings"
	"testing"
	"time"

	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

// Of several failures the creator hears the one after which most may be stored.
func TestOfSeveralFailuresTheGravestIsSaid(t *testing.T) {
	t.Parallel()
	live, burned := &termsError{}, &termsError{undone: text.Undone{Fate: receipt.BurnedNow}}
	order := []error{nil, otsclient.ErrRateLimited, burned, otsclient.ErrOutcomeUnknown, live}
	for i, worse := range order {
		for _, err := range order[:i] {
			for _, failures := range [][]error{{err, worse}, {worse, err}} {
				if got := gravest(failures); !errors.Is(got, worse) {
					t.Errorf("of %v: %v", failures, got)
				}
			}
		}
	}
}

func TestARowNeverSaysBurnedOfWhatIsLeftLive(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{receipt.LeftLive: &termsError{}, receipt.NoPhraseLive: &termsError{open: true}} {
		if code := reasonOf(err); code != want {
			t.Errorf("the row remembers %q, want %q", code, want)
		}
	}
}

func TestARowNamesWhoeverRunsTheAppWhereOnlyTheyCanHelp(t *testing.T) {
	t.Parallel()
	b := testBot(t)
	for _, err := range []error{otsclient.ErrNoAPI, otsclient.ErrNotAuthorized, &termsError{}, &termsError{open: true}} {
		r := receipt.New("UANA", receipt.People([]string{"UBEN"}), time.Now(), false)
		r.Rows[0].Step, r.Rows[0].Why = receipt.Failed, reasonOf(err)
		say := b.ledger.receipt(r).Text
		if want := "whoever runs this app"; !strings.Contains(say, want) {
			t.Errorf("%v: %s", err, say)
		}
	}
}
