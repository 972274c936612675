package bot

import (
	"slices"
	"strings"
	"testing"

	"otsbot/bot/internal/authored"
	"otsbot/bot/internal/receipt"
	"otsbot/bot/internal/seal"
	"otsbot/bot/internal/text"
	"otsbot/otsclient"
)

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

func TestTheLongestPleaFitsAButton(t *testing.T) {
	t.Parallel()
	s := testSealer(t, "1")
	for _, note := range []string{strings.Repeat("n", text.MaxNote), strings.Repeat("<", text.MaxNote), strings.Repeat("\U0001F511", text.MaxNote)} {
		if n := len(s.Sign(text.ActionCannot, plea{strings.Repeat("U", 20), strings.Repeat("W", 20), 1 << 40, true, note})); n > 2000 {
			t.Errorf("a plea of %d bytes", n)
		}
		again := receipt.Opener{Creator: strings.Repeat("U", 20), People: slices.Repeat([]string{strings.Repeat("W", 20)}, MaxRecipients), Note: note}
		if n := len(s.Sign(receipt.ActionReopen, again)); n > 2000 {
			t.Errorf("what is shared again has %d bytes", n)
		}
	}
}

func TestAMessageIsKnownAfterAChangeOfTheKey(t *testing.T) {
	t.Parallel()
	before, after, text := testSealer(t, "old"), testSealer(t, "new", "old"), otsclient.NewPlaintext("hunter2")
	for name, o := range map[string]*origin{
		"all of it": {Mark: markOf(before, text)},
		"cut out":   {Pieces: marksOf(before, authored.Message{Own: otsclient.NewPlaintext("it is hunter2.")})},
	} {
		if !o.leak(after, text).known() || o.leak(testSealer(t, "new"), text).known() {
			t.Errorf("%s: a mark of before is not known, or without its key", name)
		}
	}
}
