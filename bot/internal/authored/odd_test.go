package authored

import "testing"

func TestTheNamesOfEmojiAreFoundWhereverTheyStand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		":grinning:": true, "a:+1:": true, ":-1:b": true, ":lächeln:": true, ":笑顔:": true,
		"correct :100: horse": true, ":1234:": true, // no letters: 💯 and 🔢
		"code 12:34:grinning:": true, "10:20::wave:": true, ":34:+1:": true, "::x:": true, // one colon for two
		"10:20:30": false, "10.0.0.1:80:443:": false, "::1": false, ":: :": false, "a:b": false, ":a b:": false, ":99:": false,
	} {
		if got := Odd(text) == string(Emoji); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
