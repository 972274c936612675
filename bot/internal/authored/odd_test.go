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

// What phones, word processors and web pages make of quotes and dashes is found, and
// what the keyboard of another script has for ordinary is not.
func TestQuotesAndDashesThatArentPlainAreFound(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"“a”", "„a‟", "‘a’", "‚a‛", "«a»", "‹a›", "« mot de passe »", "»a«", "a…",
		"a‐b", "a‑b", "a‒b", "a–b", "a—b", "a―b", "a−b", "a⸺b", "a﹣b",
	} {
		if got := Odd(text); got != string(Curly) {
			t.Errorf("%q: %q", text, got)
		}
	}
	for _, text := range []string{
		`"a"`, "'a'", "a-b", "a--b", "a...", "<<a>>", "`a", "a_b",
		"10〜20", "10～20", "イー゠ホー", "〰", "ラーメン", "ｱｰ", "０３－１２３４", "「パスワード」『a』〝b〟", "＂a＇",
		"בית־ספר", "մի֊քիչ",
	} {
		if got := Odd(text); got != "" {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// A selector picks the look of the character before it. Where that has none to
// choose from, nobody sees it.
func TestASelectorIsHiddenWhereItSelectsNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, odd, toType string }{
		{"correct-\uFE0Fhorse", "i", "i"},
		{"correct\uFE00horse", "i", "i"},
		{"correct\U000E0100horse", "i", "i"},
		{"\uFE0Fhorse", "i", "i"},
		{"hunter\u180B2", "i", "i"},
		{"horse ❤\uFE0F\uFE0F", "i", "i"}, // one too many
		{"horse 🐴\U000E0101", "i", "i"},
		{"horse 7\uFE0F", "i", "i"},
		{"a\u200Db", "i", "i"},
		{"a\u2800b", "i", "i"}, // the blank of Braille is a symbol
		{"a\u2800\uFE0Fb", "i", "i"},
		{"🐴\u200Dhorse", "i", "i"},
		// An emoji is picked as a whole.
		{"horse ❤\uFE0F", "", ""},
		{"❤\uFE0F☎\uFE0F‼\uFE0F↔\uFE0F", "", ""},
		{"☎\uFE0E", "", ""},
		{"7\uFE0F\u20E3", "", ""},
		{"👍🏽 👩🏽\u200D💻 ❤\uFE0F\u200D🔥", "", ""},
		// A variant of a letter is ordinary in a text, and hard to type.
		{"葛\U000E0100城市", "", "i"},
		{"葛\U000E0100\U000E0100", "i", "i"},
		{"ᠠ\u180B", "", "i"},
	} {
		if got := Odd(c.text); got != c.odd {
			t.Errorf("%q: %q, want %q", c.text, got, c.odd)
		}
		if got := OddToType(c.text); got != c.toType {
			t.Errorf("%q, to be typed: %q, want %q", c.text, got, c.toType)
		}
	}
}

// A blank that isn't the ordinary one can be seen. The wide one stands between Japanese
// words, and on that keyboard's space bar.
func TestABlankThatIsntTheOrdinaryOneIsNoHiddenCharacter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, odd, toType string }{
		{"hunter\u00a02", "s", "s"},
		{"prix\u202f: 5", "s", "s"},
		{"a\u2009b", "s", "s"},
		{"ひみつ\u3000のことば", "", "s"},
		{"ひみつ\u3000", "b", "sb"},
		{"\u00a0hunter2", "sb", "sb"},
		{"hun\u200bter\u00a02", "is", "is"},
		{"a\u2028b", "i", "i"},
		{"a b\tc\nd", "", ""},
	} {
		if got := Odd(c.text); got != c.odd {
			t.Errorf("%q: %q, want %q", c.text, got, c.odd)
		}
		if got := OddToType(c.text); got != c.toType {
			t.Errorf("%q, to be typed: %q, want %q", c.text, got, c.toType)
		}
	}
}

func TestAWordIsReadAsAnyKeyboardWritesIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Help": "help", "\u00a0help\u200b": "help", "—h": "–h", "−−help": "––help", "--help": "--help",
		"ｈｅｌｐ": "help", "ＨｅＬｐ": "help", "\u3000？\u3000": "?", "－－ｈｅｌｐ": "--help", "ーｈ": "–h",
		"！～": "!~", "￥１": "￥1", "パス": "パス", "ｈｅ\u3000ｌｐ": "he lp", "\u3000": "", "": "",
	} {
		if got := Word(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
