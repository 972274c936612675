package bot

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"otsbot/bot/internal/text"
)

// Each character is as likely as every other: of some 2,000 that are expected
// of each, a quarter more or less is more than ten standard deviations.
func TestAGeneratedPasswordHasEachCharacterOfItsKindAlike(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		made, seen, alphabet := 0, map[rune]int{}, strings.Join(kind.classes, "")
		for made < 2000*len(alphabet) {
			for _, r := range generate("64", kind.name).Reveal() {
				seen[r]++
				made++
			}
		}
		for _, r := range alphabet {
			if n := seen[r]; n < 1500 || n > 2500 {
				t.Errorf("%s: %q came %d times, want about 2000", kind.name, r, n)
			}
		}
		if len(seen) != len(alphabet) {
			t.Errorf("%s: %d different characters, want %d", kind.name, len(seen), len(alphabet))
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
		if len(phrase) != 16 || strings.Trim(phrase, letters+digits) != "" {
			t.Errorf("%q is no passphrase of 16 letters and digits", phrase)
		}
	}
}

func TestAKindThatIsNotOfferedIsTheDefault(t *testing.T) {
	t.Parallel()
	if made := generate(strconv.Itoa(text.UsualLength), "emoji").Reveal(); strings.Trim(made, letters+digits) != "" {
		t.Errorf("%q", made)
	}
}

func TestAGeneratedPasswordHasOneOfEachClassThatItsLabelNames(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		for range 2000 {
			text := generate("12", kind.name).Reveal()
			for _, class := range kind.classes {
				if !strings.ContainsAny(text, class) {
					t.Fatalf("%s: %q has nothing of %q", kind.name, text, class)
				}
			}
		}
	}
	for range 2000 {
		strong := strongPhrase(phraseLength).Reveal()
		for _, class := range []string{lower, upper, digits, "-+="} {
			if !strings.ContainsAny(strong, class) {
				t.Fatalf("passphrase: %q has nothing of %q", strong, class)
			}
		}
		if text := generatePhrase().Reveal(); !strings.ContainsAny(text, letters) || !strings.ContainsAny(text, digits) {
			t.Fatalf("passphrase: %q", text)
		}
	}
}

// What has one of each class is as likely as everything else that has: so one
// digit alone is as frequent as chance has it, and stands anywhere. Putting a
// digit in where one is missing would make it nearly three halves as frequent.
func TestWhatIsGeneratedIsUniformAmongWhatHasEachClass(t *testing.T) {
	t.Parallel()
	const n, made = 12, 40_000
	p := float64(len(digits)) / float64(len(letters+digits))
	one := n * p * math.Pow(1-p, n-1) / (1 - math.Pow(1-p, n))
	alone, places := 0, [n]int{}
	for range made {
		text := generate("12", "letters").Reveal()
		if strings.Count(strings.Map(func(r rune) rune {
			if strings.ContainsRune(digits, r) {
				return '0'
			}
			return r
		}, text), "0") == 1 {
			alone++
			places[strings.IndexAny(text, digits)]++
		}
	}
	// Ten standard deviations and more.
	if got := float64(alone) / made; math.Abs(got-one) > 0.03 {
		t.Errorf("one digit alone in %.3f, want %.3f", got, one)
	}
	for at, count := range places {
		if want := float64(alone) / n; math.Abs(float64(count)-want) > want/3 {
			t.Errorf("it stands at %d in %d, want %.0f", at, count, want)
		}
	}
}
