package bot

import (
	"errors"
	"strings"
	"testing"

	"otsbot/otsclient"
)

func lacksCanary(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(text, "CANARY") {
		t.Errorf("leaks: %s", text)
	}
}

func TestAHandleComesBackToItsCreatorAlone(t *testing.T) {
	h := handle{Version: handleVersion, Key: strings.Repeat("k", 62), Path: "receipt", Creator: "U1", Channel: "C1", TS: "1.2", Road: roadPost, Expires: 5, Phrase: true}
	if got, err := readHandle(h.encode(), "U1"); err != nil || got != h {
		t.Errorf("came back as %+v, %v", got, err)
	}
	if _, err := readHandle(h.encode(), "U2"); !errors.Is(err, errNotTheirs) {
		t.Errorf("another person gets %v", err)
	}
}

func TestTheLongestHandleFitsAButton(t *testing.T) {
	h := handle{Key: strings.Repeat("k", 128), Path: "receipt", Creator: strings.Repeat("U", 20), Channel: strings.Repeat("C", 20), TS: "1773500966.000100",
		Road: roadPrivate, Expires: 1 << 40, Phrase: true, Thread: true, Alone: true, Link: "https://" + strings.Repeat("l", 250) + "/secret/" + strings.Repeat("k", 128)}
	if n := len(h.encode()); n == 0 || n > maxValue {
		t.Errorf("%d bytes", n)
	}
}

func FuzzReadHandle(f *testing.F) {
	f.Add(handle{Key: strings.Repeat("k", 31), Path: "private", Creator: "U1"}.encode(), "U1")
	f.Add(`{"v":1,"k":"../../secret/aaaaaaaaaaaaaa","p":"receipt","u":"U1"}`, "U1")
	f.Fuzz(func(t *testing.T, value, user string) {
		h, err := readHandle(value, user)
		if err != nil {
			return
		}
		if h.Creator != user || !h.key().Valid() || (h.Path != "receipt" && h.Path != "private") {
			t.Errorf("accepted %+v", h)
		}
		if again, err := readHandle(h.encode(), user); err != nil || again != h {
			t.Errorf("%+v came back as %+v, %v", h, again, err)
		}
	})
}

func TestSealedStateIsForOnePersonAndOneApp(t *testing.T) {
	s, err := newSealer("xoxb-1")
	if err != nil {
		t.Fatal(err)
	}
	sealed := s.seal(handle{Key: "CANARYkey"}, "U1")
	lacksCanary(t, sealed)
	var h handle
	if err := s.open(sealed, "U1", &h); err != nil || h.Key != "CANARYkey" {
		t.Errorf("came back as %+v, %v", h, err)
	}
	other, _ := newSealer("xoxb-2")
	changed := "A" + sealed[1:]
	if changed == sealed {
		changed = "B" + sealed[1:]
	}
	for name, err := range map[string]error{
		"another person":    s.open(sealed, "U2", &h),
		"another app":       other.open(sealed, "U1", &h),
		"changed":           s.open(changed, "U1", &h),
		"cut":               s.open(sealed[:10], "U1", &h),
		"empty":             s.open("", "U1", &h),
		"not base64":        s.open("{}", "U1", &h),
		"not what it seems": s.open(s.seal("a string", "U1"), "U1", &h),
	} {
		if !errors.Is(err, errNotOurs) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAMarkTellsTextsApartWithoutTellingThem(t *testing.T) {
	s, _ := newSealer("xoxb-1")
	other, _ := newSealer("xoxb-2")
	mark := func(s *sealer, text string) string { return s.markOf(otsclient.NewPlaintext(text)) }
	first, again := mark(s, "a"), mark(s, "a")
	if first != again || first == mark(s, "b") || first == mark(other, "a") {
		t.Error("marks don't tell texts apart, or can be made without the token")
	}
}
