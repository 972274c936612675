package slackfake

import (
	"fmt"
	"testing"
	"time"
)

func TestALongRunStaysSmall(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w := New(Options{JournalLimit: 8, MessageLimit: 8, Clock: func() time.Time { return now }})
	unacked := &envelope{Envelope: Envelope{ID: "waiting"}}
	w.unacked[unacked] = true
	w.remember(unacked)
	for i := range 3 * keptEnvelopes {
		w.remember(&envelope{Envelope: Envelope{ID: fmt.Sprint(i)}})
		w.record(Entry{Method: fmt.Sprint(i)})
		w.add(&message{Message: Message{Channel: "C1", Text: fmt.Sprint(i)}})
		w.newTrigger("U1", "C1", "")
		w.newResponseURL("commands", responseURL{channel: "C1"})
		now = now.Add(time.Second)
	}
	for what, size := range map[string][2]int{
		"envelopes": {len(w.envelopes), 2 * keptEnvelopes}, "journal": {len(w.journal), 10}, "messages": {len(w.messages["C1"]), 10},
		"triggers": {len(w.triggers), 10_000}, "response URLs": {len(w.responseURLs), 10_000},
	} {
		if size[0] == 0 || size[0] > size[1] {
			t.Errorf("%s: %d are kept, want up to %d", what, size[0], size[1])
		}
	}
	newest := fmt.Sprint(3*keptEnvelopes - 1)
	if w.envelopes["waiting"] != unacked || w.envelopes[newest] == nil || w.envelopes["0"] != nil {
		t.Error("the wrong envelopes were forgotten")
	}
	if w.journal[len(w.journal)-1].Method != newest || w.messages["C1"][len(w.messages["C1"])-1].Text != newest {
		t.Error("the wrong entries or messages were forgotten")
	}
}
