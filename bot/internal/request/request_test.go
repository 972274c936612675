package request

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/slackapi"
)

func TestTwentyPeopleFitIntoAButton(t *testing.T) {
	t.Parallel()
	keys, err := seal.New([]byte("xoxb-1"))
	if err != nil {
		t.Fatal(err)
	}
	r := Request{ID: "ABCDEFGHIJ", Asker: "U0123456789", What: strings.Repeat(`"`, MaxWhat), Until: 1773500966, Reminded: 1773500966,
		Card: slackapi.Place{Channel: "D0123456789", TS: "1773500966.000100"}}
	for i := range MaxPeople {
		r.Rows = append(r.Rows, Row{To: fmt.Sprintf("U01234567%02d", i), Step: Answered, At: 1773500966, Place: slackapi.Place{Channel: "D0123456789", TS: "1773500966.000100"}})
	}
	// https://docs.slack.dev/reference/block-kit/block-elements/button-element
	value := keys.Sign("remind", r)
	if len(value) > 2000 {
		t.Errorf("%d characters", len(value))
	}
	var back Request
	if keys.Read("remind", value, &back) != nil || !reflect.DeepEqual(back, r) {
		t.Errorf("came back as %+v", back)
	}
}

// In a conversation anybody can answer, so there may be more answers than rows.
func TestAnswersThatHaveNoRoomAreCounted(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	r := Request{Channel: "C1", Several: true, Until: 2000, Rows: []Row{{Step: Waiting}}}
	r.Note("U100", Declined, now)
	for i := range 30 {
		r.Note(fmt.Sprintf("U%d", i), Answered, now)
	}
	r.Note("U101", Declined, now)
	if len(r.Rows) != 1+MaxPeople || r.Earlier != 10 || r.Row("") == nil || r.Row("U29") == nil || r.Row("U9") != nil || r.Count(Declined) != 0 {
		t.Errorf("%d rows and %d answers before them: %+v", len(r.Rows), r.Earlier, r.Rows)
	}
	whole := Request{Channel: "C1", Several: true, Until: 2000, Rows: []Row{{Step: Waiting}}, Earlier: 2}
	if got := whole.With(r); len(got.Rows) != 1+MaxPeople || got.Earlier != 12 {
		t.Errorf("%d rows and %d answers before them", len(got.Rows), got.Earlier)
	}
}

func TestARowThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{`""`, `"U1,w"`, `"U1,w,,x,D1,1"`} {
		var r Row
		if json.Unmarshal([]byte(s), &r) == nil {
			t.Errorf("%s is read as %+v", s, r)
		}
	}
}

func TestTheFirstAnswerInAConversationCloses(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	r := Request{Channel: "C1", Until: 2000, Rows: []Row{{Step: Waiting}}}
	r.Note("U1", Declined, now)
	if !r.Open(now) {
		t.Error("closed by somebody who doesn't have it")
	}
	r.Note("U2", Answered, now)
	if r.Open(now) || len(r.Due()) != 0 {
		t.Error("open after an answer")
	}
	r.Several = true
	if !r.Open(now) || r.Open(r.Ends()) {
		t.Error("several answers count until the end")
	}
}

func TestWhatIsKnownInPartIsAdded(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	whole := Request{ID: "R", Asker: "U0", Until: 2000, Rows: []Row{{To: "U1", Step: Waiting}, {To: "U2", Step: Declined, At: 7}}}
	part := whole.Question("U1").Request()
	part.Note("U1", Answered, now)
	got := whole.With(part)
	if got.Row("U1").Step != Answered || got.Row("U2").At != 7 || got.Partial || whole.Rows[0].Step != Waiting {
		t.Errorf("%+v from %+v", got, whole)
	}
}
