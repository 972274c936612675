package bot

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The tour in doc.go leads through every file and every room, and nowhere else: a
// file of a room is named with it.
func TestTheTourLeadsEverywhere(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	tour, rooms, _ := strings.Cut(string(doc), "\n// # Rooms\n")
	rooms, _, _ = strings.Cut(rooms, "\n// # ")
	files, _ := filepath.Glob("*.go")
	files = slices.DeleteFunc(files, func(name string) bool { return name == "doc.go" || strings.HasSuffix(name, "_test.go") })
	inside, err := filepath.Glob("internal/*")
	if err != nil || len(files) < 20 || len(inside) < 5 {
		t.Fatalf("%d files, %d rooms, %v", len(files), len(inside), err)
	}
	for i, room := range inside {
		inside[i] = filepath.Base(room)
	}
	var here []string
	for _, name := range regexp.MustCompile(`[\w/*]+\.go\b`).FindAllString(tour, -1) {
		if !strings.Contains(name, "/") {
			here = append(here, name)
		} else if there, err := filepath.Glob(filepath.Join("internal", name)); err != nil || len(there) == 0 {
			t.Errorf("doc.go names %s, which isn't there", name)
		}
	}
	leadsTo(t, "file", here, files)
	var named []string
	for _, room := range regexp.MustCompile(`(?m)^//\t(\w+) `).FindAllStringSubmatch(rooms, -1) {
		named = append(named, room[1])
	}
	leadsTo(t, "room", named, inside)
}

// What docs/faults.md quotes, people read, word for word.
func TestWhatTheFaultsQuoteIsSaid(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../docs/faults.md")
	if err != nil {
		t.Fatal(err)
	}
	english, err := os.ReadFile(filepath.Join("internal", "text", "english.go"))
	if err != nil {
		t.Fatal(err)
	}
	said := strings.ToLower(string(english))
	words := regexp.MustCompile("`[^`]*`").ReplaceAll(doc, nil) // without what is code
	quotes := regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(string(words), -1)
	if len(quotes) < 10 {
		t.Errorf("only %d quotations were found", len(quotes))
	}
	for _, quote := range quotes {
		for part := range strings.SplitSeq(quote[1], "…") {
			if part = strings.ToLower(strings.Trim(part, " .,")); !strings.Contains(said, part) {
				t.Errorf("docs/faults.md quotes %q, which the app doesn't say", part)
			}
		}
	}
}

func leadsTo(t *testing.T, what string, named, there []string) {
	t.Helper()
	for _, name := range named {
		if !slices.Contains(there, name) {
			t.Errorf("doc.go names the %s %s, which isn't there", what, name)
		}
	}
	for _, name := range there {
		if !slices.Contains(named, name) {
			t.Errorf("doc.go lacks the %s %s", what, name)
		}
	}
}

// docs/faults.md names the test that plays each fault.
func TestTheFaultsThatAreDocumentedArePlayed(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../docs/faults.md")
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob("*_test.go")
	rooms, err := filepath.Glob("internal/*/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	ends, _ := filepath.Glob("../cmd/otsbot/*_test.go")
	var tests strings.Builder
	for _, file := range slices.Concat(files, rooms, ends) {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(source)
	}
	names := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(string(doc), -1)
	if len(names) < 30 {
		t.Errorf("only %d tests are named", len(names))
	}
	for _, name := range names {
		if !strings.Contains(tests.String(), "func "+name[1]+"(") {
			t.Errorf("there is no %s", name[1])
		}
	}
}
