package bot

import (
	"strconv"
	"strings"
	"testing"
)

// Each character is as likely as every other: of some 2,000 that are expected
// of each, a quarter more or less is more than ten standard deviations.
func TestAGeneratedPasswordHasEachCharacterOfItsKindAlike(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		made, seen := 0, map[rune]int{}
		for made < 2000*len(kind.alphabet) {
			for _, r := range generate("64", kind.value).Reveal() {
				seen[r]++
				made++
			}
		}
		for _, r := range kind.alphabet {
			if n := seen[r]; n < 1500 || n > 2500 {
				t.Errorf("%s: %q came %d times, want about 2000", kind.value, r, n)
			}
		}
		if len(seen) != len(kind.alphabet) {
			t.Errorf("%s: %d different characters, want %d", kind.value, len(seen), len(kind.alphabet))
		}
	}
}

func TestAGeneratedPasswordIsAsLongAsWasChosen(t *testing.T) {
	t.Parallel()
	for length, want := range map[string]int{
		"12": 12, "16": 16, "24": 24, "32": 32, "48": 48, "64": 64,
		"": 24, "1": 24, "1000000": 24, "-12": 24, // what the form doesn't offer
	} {
		if n := generate(length, "letters").Len(); n != want {
			t.Errorf("%q: %d characters, want %d", length, n, want)
		}
	}
}

func TestWhatPeopleMayReadAloudHasNothingThatLooksAlike(t *testing.T) {
	t.Parallel()
	for range 200 {
		for _, text := range []string{generate("64", "letters").Reveal(), generate("64", "symbols").Reveal(), generatePhrase().Reveal()} {
			if strings.ContainsAny(text, "0O1lI") {
				t.Errorf("%q has characters that look alike", text)
			}
		}
		phrase := generatePhrase().Reveal()
		if len(phrase) != 16 || strings.Trim(phrase, letters) != "" {
			t.Errorf("%q is no passphrase of 16 letters and digits", phrase)
		}
	}
}

func TestAKindThatIsNotOfferedIsTheDefault(t *testing.T) {
	t.Parallel()
	if text := generate(strconv.Itoa(defaultLength), "emoji").Reveal(); strings.Trim(text, letters) != "" {
		t.Errorf("%q", text)
	}
}
