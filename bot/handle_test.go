package bot

import (
	"errors"
	"strings"
	"testing"
	"time"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/seal"
	"otsbot/otsclient"
)

func lacksCanary(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(text, "CANARY") {
		t.Errorf("leaks: %s", text)
	}
}

func testSealer(t testing.TB, keys ...string) *seal.Keys {
	t.Helper()
	var masters [][]byte
	for _, key := range keys {
		masters = append(masters, []byte(key))
	}
	s, err := seal.New(masters...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAHandleComesBackToItsCreatorAlone(t *testing.T) {
	s := testSealer(t, "1")
	h := handle{Key: strings.Repeat("k", 62), Path: "receipt", Creator: "U1", Channel: "C1", TS: "1.2", Road: roadPost, Expires: 5, Phrase: true}
	value := s.Sign(actionBurn, h)
	if got, err := readHandle(s, actionBurn, value, "U1"); err != nil || got != h {
		t.Errorf("came back as %+v, %v", got, err)
	}
	if _, err := readHandle(s, actionBurn, value, "U2"); !errors.Is(err, errNotTheirs) {
		t.Errorf("another person gets %v", err)
	}
	if _, err := readHandle(s, actionCheck, value, "U1"); !errors.Is(err, errNotOurs) {
		t.Errorf("another button gets %v", err)
	}
}

// What can be written can be read: whatever key otsclient takes, and a value
// that is too long is seen when it is made.
func TestAKeyThatTheClientTakesIsTakenFromAButton(t *testing.T) {
	s := testSealer(t, "1")
	for _, key := range []string{strings.Repeat("k", 20), strings.Repeat("9", 128), strings.Repeat("z", 31)} {
		h, ok := handle{Key: key, Path: "receipt", Creator: "U1", Secret: key, Road: roadPrivate}.fitted()
		if got, err := readHandle(s, actionBurn, s.Sign(actionBurn, h), "U1"); !ok || err != nil || got != h {
			t.Errorf("%q: fits %v, came back as %+v, %v", key, ok, got, err)
		}
	}
	for name, h := range map[string]handle{
		"a path as key":     {Key: "../secret/aaaaaaaaaaaaaaa", Path: "receipt", Creator: "U1"},
		"another page":      {Key: strings.Repeat("k", 31), Path: "../admin", Creator: "U1"},
		"another host":      {Key: strings.Repeat("k", 31), Path: "receipt", Creator: "U1", Domain: "evil.example/x?"},
		"a host and a port": {Key: strings.Repeat("k", 31), Path: "receipt", Creator: "U1", Domain: "evil.example:80"},
		"a user and a host": {Key: strings.Repeat("k", 31), Path: "receipt", Creator: "U1", Domain: "a@evil.example"},
		"a path as secret":  {Key: strings.Repeat("k", 31), Path: "receipt", Creator: "U1", Secret: "../x"},
		"nobody's":          {Key: strings.Repeat("k", 31), Path: "receipt"},
	} {
		if _, ok := h.fitted(); ok {
			t.Errorf("%s fits", name)
		}
		if _, err := readHandle(s, actionBurn, s.Sign(actionBurn, h), h.Creator); !errors.Is(err, errNotOurs) {
			t.Errorf("%s is read: %v", name, err)
		}
	}
}

func TestTheLongestHandleFitsAButton(t *testing.T) {
	s := testSealer(t, "1")
	for _, note := range []string{strings.Repeat("n", maxNote), strings.Repeat("<", maxNote), strings.Repeat("\U0001F511", maxNote)} {
		h, ok := handle{Key: strings.Repeat("k", 128), Path: "receipt", Creator: strings.Repeat("U", 20), Channel: strings.Repeat("C", 20), Note: note, Remarks: "cdehm",
			Leak: true, Original: authored.Facts{App: true, Forwarded: true, Source: strings.Repeat("s", authored.MaxAddress), Files: 99},
			Road: roadPrivate, Expires: 1 << 40, Phrase: true, Secret: strings.Repeat("k", 128), Domain: strings.Repeat("d", 63) + ".example.com"}.fitted()
		h.TS, h.Thread, h.Alone, h.Why = "1773500966.000100", true, true, "restricted_action_non_threadable_channel"
		if n := len(s.Sign(actionCheck, h)); !ok || n > maxValue {
			t.Errorf("%d bytes, fits %v", n, ok)
		}
		if n := len(s.Sign(actionCannot, plea{strings.Repeat("U", 20), strings.Repeat("W", 20), 1 << 40, true, note})); n > maxValue {
			t.Errorf("a plea of %d bytes", n)
		}
		g := newGroup(strings.Repeat("U", 20), []string{"UBEN"}, time.Unix(1<<40, 0), true)
		g.Path, g.Domain, g.Note, g.Remarks = "receipt", strings.Repeat("d", 63)+".example.com", fittingNote(note), "cdehm"
		if n := seal.MACLength + len(seal.Encode(g)); n > maxValue {
			t.Errorf("a group of %d bytes", n)
		}
		if note[0] == 'n' && h.Note == "" {
			t.Error("an ordinary note doesn't fit")
		}
	}
	if _, ok := (handle{Key: strings.Repeat("k", 31), Path: "receipt", Creator: strings.Repeat("U", 2000)}).fitted(); ok {
		t.Error("what doesn't fit is said to")
	}
}

func FuzzReadHandle(f *testing.F) {
	s := testSealer(f, "1")
	f.Add(seal.Encode(handle{Key: strings.Repeat("k", 31), Path: "private", Creator: "U1"}), "U1", true)
	f.Add(`{"k":"../../secret/aaaaaaaaaaaaaa","p":"receipt","u":"U1"}`, "U1", true)
	f.Add(`{"k":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa","p":"receipt","u":"U1"}`, "U1", false)
	f.Fuzz(func(t *testing.T, data, user string, signed bool) {
		value := data
		if signed {
			value = s.MAC(actionBurn, data) + data
		}
		h, err := readHandle(s, actionBurn, value, user)
		if err != nil {
			return
		}
		if !signed || h.Creator != user || !h.key().Valid() || (h.Path != "receipt" && h.Path != "private") || !domainLike(h.Domain) {
			t.Errorf("accepted %+v", h)
		}
	})
}

func TestAMessageIsKnownAfterAChangeOfTheKey(t *testing.T) {
	before, after, text := testSealer(t, "old"), testSealer(t, "new", "old"), otsclient.NewPlaintext("hunter2")
	for name, o := range map[string]*origin{
		"all of it": {Mark: markOf(before, text)},
		"cut out":   {Words: wordsOf(before, otsclient.NewPlaintext("it is hunter2."))},
	} {
		if o.leak(after, text) == nil || o.leak(testSealer(t, "new"), text) != nil {
			t.Errorf("%s: a mark of before is not known, or without its key", name)
		}
	}
}
