package pictures

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var (
	golden    = filepath.Join("..", "..", "..", "bot", "internal", "text", "testdata", "golden")
	committed = filepath.Join("..", "..", "..", "docs", "pictures")
)

// A picture that no longer belongs to its golden file, or none, or one of a
// file that is gone: each is a reason to draw them anew.
func TestPicturesBelongToTheGoldenFiles(t *testing.T) {
	t.Parallel()
	fresh := t.TempDir()
	names, err := Write(golden, fresh)
	if err != nil {
		t.Fatal(err)
	}
	const remedy = "run: go run ./cmd/playground -pictures docs/pictures"
	for _, name := range names {
		want, err := os.ReadFile(filepath.Join(fresh, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(committed, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("docs/pictures/%s is missing or not of today's golden file; %s", name, remedy)
		}
	}
	old, err := filepath.Glob(filepath.Join(committed, "*.svg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range old {
		if !slices.Contains(names, filepath.Base(file)) {
			t.Errorf("%s has no golden file any more; %s", file, remedy)
		}
	}
}

func TestPicturesAreXMLAndLoadNothing(t *testing.T) {
	t.Parallel()
	picture, err := Draw("hostile", []byte(`{"text":"","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"</style><script>x</script>]]>"}},{"type":"image","image_url":"https://tracker.example/x.png","alt_text":"\u0000&<"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	decode := xml.NewDecoder(bytes.NewReader(picture))
	for {
		token, err := decode.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not XML: %v\n%s", err, picture)
		}
		if start, ok := token.(xml.StartElement); ok && slices.Contains([]string{"script", "image", "img", "link", "use"}, start.Name.Local) {
			t.Errorf("the picture holds %s", start.Name.Local)
		}
	}
}

func TestNothingOfTheAppIsUnknownToTheRenderer(t *testing.T) {
	t.Parallel()
	into := t.TempDir()
	names, err := Write(golden, into)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		picture, err := os.ReadFile(filepath.Join(into, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(picture), "Not drawn here") {
			t.Errorf("%s has a part that can't be drawn", name)
		}
	}
}

func TestPicturesWithoutAGoldenFileAreRemoved(t *testing.T) {
	t.Parallel()
	into := t.TempDir()
	stale := filepath.Join(into, "stale.svg")
	if err := os.WriteFile(stale, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(golden, into); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(stale); !errors.Is(err, os.ErrNotExist) {
		t.Error("the picture of a file that is gone is still there")
	}
}

func TestMoreTextNeedsMoreRoom(t *testing.T) {
	t.Parallel()
	height := func(text string) float64 {
		h, err := measure(`<div class="bk-section"><div class="bk-words">`+text+`</div></div>`, 600)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	one := height("one line")
	for _, longer := range []string{"two<br/>lines", strings.Repeat("words that wrap ", 12), strings.Repeat("x", 120), "<blockquote>a quote</blockquote>"} {
		if height(longer) <= one {
			t.Errorf("%q gets no more room than one line", longer)
		}
	}
}
