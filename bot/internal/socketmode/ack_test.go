package socketmode

import (
	"errors"
	"strings"
	"testing"
)

func TestAnAckIsAsLongAsSlackReads(t *testing.T) {
	t.Parallel()
	frame := len(`{"envelope_id":"","payload":}`) + len("00000000-0000-0000-0000-000000000000")
	// What Go would escape, five bytes more for each, counts as it is.
	fits, err := EncodeAck(strings.Repeat("<", MaxAckPayload-len(`""`)-len("\n")))
	if err != nil || len(fits)+frame > 20_480 {
		t.Errorf("%d bytes, %v", len(fits)+frame, err)
	}
	if tooLong, err := EncodeAck(strings.Repeat("x", MaxAckPayload)); !errors.Is(err, ErrTooLarge) || tooLong != nil {
		t.Errorf("%d bytes, %v", len(tooLong), err)
	}
	if empty, err := EncodeAck(nil); empty != nil || err != nil {
		t.Errorf("nothing is %q, %v", empty, err)
	}
}

// An envelope that takes no payload gets none: whoever acks is told so, to say
// it by another road.
func TestAnEnvelopeIsAckedInItsOwnTerms(t *testing.T) {
	for envelope, want := range map[string]struct {
		said string
		err  error
	}{
		`{"type":"slash_commands","envelope_id":"E1","payload":{}}`:                                       {`{"envelope_id":"E1","payload":"yes"}`, nil},
		`{"type":"slash_commands","envelope_id":"E1","accepts_response_payload":false,"payload":{}}`:      {`{"envelope_id":"E1"}`, ErrNoPayload},
		`{"type":"interactive","envelope_id":"E1","payload":{"type":"view_submission"}}`:                  {`{"envelope_id":"E1","payload":"yes"}`, nil},
		`{"type":"interactive","envelope_id":"E1","payload":{"type":"block_actions","trigger_id":["1"]}}`: {`{"envelope_id":"E1"}`, ErrNoPayload},
		`{"type":"events_api","envelope_id":"E1","payload":7}`:                                            {`{"envelope_id":"E1"}`, ErrNoPayload},
	} {
		inScript(t, 1, says(helloFrame, envelope), func(s *scripted) {
			e := <-s.envelopes
			if err := e.Ack("yes"); !errors.Is(err, want.err) {
				t.Errorf("%s: %v", envelope, err)
			}
			if said, _, _ := s.all(); len(said) != 1 || said[0] != want.said {
				t.Errorf("%s: acked with %q, want %q", envelope, said, want.said)
			}
		})
	}
}

// What nobody could be told of may come again: Slack says itself that the app
// failed, and delivers it once more, perhaps to a replica that has room.
func TestWhatIsForgottenMayComeAgain(t *testing.T) {
	const press = `{"type":"interactive","envelope_id":"E1","payload":{"type":"block_actions","trigger_id":"1.2"}}`
	inScript(t, 1, says(helloFrame, press), func(s *scripted) {
		e := <-s.envelopes
		e.Forget()
		s.sockets.take(e.first, readFrame([]byte(press)))
		if again := <-s.envelopes; again.Ack(nil) != nil {
			t.Error("not acked when it came again")
		}
		s.sockets.take(e.first, readFrame([]byte(strings.Replace(press, "E1", "E2", 1))))
		if said, _, _ := s.all(); len(said) != 2 || len(s.envelopes) > 0 {
			t.Errorf("the trigger's second envelope was taken; the app said %q", said)
		}
	})
}
