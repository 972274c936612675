package seal_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"otsbot/bot/internal/memory"
	"otsbot/bot/internal/seal"
)

var _ memory.Sealer = (*seal.Keys)(nil)

func keys(t testing.TB, masters ...string) *seal.Keys {
	t.Helper()
	var all [][]byte
	for _, master := range masters {
		all = append(all, []byte(master))
	}
	k, err := seal.New(all...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

type thing struct {
	Name string `json:"n"`
}

func TestWhatIsWrappedIsForOnePurposeAndOneApp(t *testing.T) {
	k, other := keys(t, "1"), keys(t, "2")
	for _, name := range []string{"CANARYkey", strings.Repeat("CANARYkey", 500)} { // as it is, and compressed
		wrapped := k.Wrap("form U1", thing{name})
		if strings.Contains(wrapped, "CANARY") {
			t.Error("it can be read")
		}
		var back thing
		if err := k.Unwrap("form U1", wrapped, &back); err != nil || back.Name != name {
			t.Errorf("came back as %+v, %v", back, err)
		}
		changed := "A" + wrapped[1:]
		if changed == wrapped {
			changed = "B" + wrapped[1:]
		}
		for what, err := range map[string]error{
			"another person":    k.Unwrap("form U2", wrapped, &back),
			"another form":      k.Unwrap("form2 U1", wrapped, &back),
			"another app":       other.Unwrap("form U1", wrapped, &back),
			"changed":           k.Unwrap("form U1", changed, &back),
			"cut":               k.Unwrap("form U1", wrapped[:10], &back),
			"empty":             k.Unwrap("form U1", "", &back),
			"not base64":        k.Unwrap("form U1", "{}", &back),
			"not what it seems": k.Unwrap("form U1", k.Wrap("form U1", "a string"), &back),
		} {
			if !errors.Is(err, seal.ErrNotOurs) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
}

// The first key is used, all are read: so a key can be changed in two steps
// without a button or an open form dying.
func TestKeysCanBeChanged(t *testing.T) {
	before, after, without := keys(t, "old"), keys(t, "new", "old"), keys(t, "new")
	o, wrapped, sealed := thing{"U1"}, before.Wrap("form", thing{"U1"}), before.Seal("rest", []byte("x"))
	var got thing
	if err := after.Read("open", before.Sign("open", o), &got); err != nil || got != o {
		t.Errorf("a button of before: %+v, %v", got, err)
	}
	if err := after.Unwrap("form", wrapped, &got); err != nil {
		t.Errorf("a form of before: %v", err)
	}
	if data, err := after.Open("rest", sealed); err != nil || string(data) != "x" || after.Current("rest", sealed) {
		t.Errorf("what is at rest: %q, %v, current %v", data, err, after.Current("rest", sealed))
	}
	if !after.Current("rest", after.Seal("rest", nil)) || !before.Current("rest", sealed) {
		t.Error("what the first key sealed isn't said to be of it")
	}
	if !bytes.Equal(after.Each()[1].Mark("hunter2"), before.Mark("hunter2")) {
		t.Error("a mark of before is not known")
	}
	if err := without.Read("open", after.Sign("open", o), &got); err != nil {
		t.Errorf("the first key is not the one that is used: %v", err)
	}
	if without.Read("open", before.Sign("open", o), &got) == nil || without.Unwrap("form", wrapped, &got) == nil {
		t.Error("a key that was taken away is still read")
	}
}

func TestAButtonIsGoodForItsOwnActionAlone(t *testing.T) {
	k := keys(t, "1")
	value, got := k.Sign("burn", thing{"<&>"}), thing{}
	if err := k.Read("burn", value, &got); err != nil || got.Name != "<&>" {
		t.Errorf("came back as %+v, %v", got, err)
	}
	if !strings.HasSuffix(value, `{"n":"<&>"}`) {
		t.Errorf("a note is blown up: %q", value)
	}
	for _, wrong := range []string{"", "x", value[1:], value[:len(value)-1], strings.Replace(value, "&", "+", 1)} {
		if err := k.Read("burn", wrong, &got); !errors.Is(err, seal.ErrNotOurs) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if k.Read("check", value, &got) == nil || k.Signed(k.MAC("a", "bc"), "ab", "c") {
		t.Error("what is signed for one thing is good for another")
	}
}

func TestAMarkTellsTextsApartWithoutTellingThem(t *testing.T) {
	k, other := keys(t, "1"), keys(t, "2")
	first := k.Mark("a")
	if !bytes.Equal(first, k.Mark("a")) || bytes.Equal(first, k.Mark("b")) || bytes.Equal(first, other.Mark("a")) {
		t.Error("marks don't tell texts apart, or can be made without the key")
	}
}

func TestThereIsAKey(t *testing.T) {
	if _, err := seal.New(); err == nil {
		t.Error("keys of nothing")
	}
}
