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
	others, err := filepath.Glob(filepath.Join(committed, "*", "*.svg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(old, others...) {
		if name, err := filepath.Rel(committed, file); err != nil || !slices.Contains(names, name) {
			t.Errorf("%s has no golden file any more; %s", file, remedy)
		}
	}
}

func TestALanguageWithAFolderIsDrawnToo(t *testing.T) {
	t.Parallel()
	folder, into := t.TempDir(), t.TempDir()
	for file, title := range map[string]string{"form.json": "Share a secret", "de/form.json": "Geheimnis teilen"} {
		file = filepath.Join(folder, file)
		view := `{"type":"modal","title":{"type":"plain_text","text":"` + title + `"},"blocks":[]}`
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(view), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	names, err := Write(folder, into)
	if err != nil || !slices.Equal(names, []string{"form.svg", filepath.Join("de", "form.svg")}) {
		t.Fatalf("drawn are %q, %v", names, err)
	}
	if picture, err := os.ReadFile(filepath.Join(into, "de", "form.svg")); err != nil || !strings.Contains(string(picture), "Geheimnis teilen") {
		t.Errorf("the German form is %v, %s", err, picture)
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
