package slackfake

import "testing"

func TestTheNewestMessageIsTheLastOfThoseThatAPersonSees(t *testing.T) {
	t.Parallel()
	w := New(Options{})
	w.AddUser(User{ID: "U1"})
	w.AddUser(User{ID: "U2"})
	w.AddChannel(Channel{ID: "C1", Kind: Private, Members: []string{"U1"}})
	if ts, _ := w.Newest("U1", "C1"); ts != "" {
		t.Errorf("there is a newest message %s before there is one", ts)
	}
	all := w.add(&message{Message: Message{Channel: "C1"}})
	if ts, alone := w.Newest("U1", "C1"); ts != all.TS || alone {
		t.Errorf("%s, for one alone: %v; want %s", ts, alone, all.TS)
	}
	own := w.add(&message{Message: Message{Channel: "C1", Ephemeral: true}, only: "U1"})
	w.add(&message{Message: Message{Channel: "C1", Ephemeral: true}, only: "U2"})
	if ts, alone := w.Newest("U1", "C1"); ts != own.TS || !alone {
		t.Errorf("%s, for one alone: %v; want %s, which is", ts, alone, own.TS)
	}
	for _, c := range [][2]string{{"U2", "C1"}, {"U1", "C9"}} {
		if ts, _ := w.Newest(c[0], c[1]); ts != "" {
			t.Errorf("%s sees %s in %s", c[0], ts, c[1])
		}
	}
}
