// Package pictures turns the bot's golden Block Kit files into pictures for
// the README: one SVG for each file in bot/internal/text/testdata/golden, and in
// the folders there, which are other languages.
//
// A picture is the HTML of package blockkit inside an SVG. So it is made by
// anybody with Go alone, the same bytes each time; it is small, follows the
// reader's light or dark theme, and a test can hold it against its golden
// file. [Write] makes them all.
package pictures

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"otsbot/cmd/playground/blockkit"
)

// width of all pictures in pixels: GitHub shows a README at up to 830.
const width = 680

// margin around what is drawn.
const margin = 12

// reader knows the people and channels of the golden files. It has no "today":
// the pictures must not change overnight.
var reader = blockkit.Reader{Names: map[string]string{
	"UANA": "ana", "UBEN": "ben", "UCID": "cid", "UDAN": "dan", "UEVE": "eve", "UFAY": "fay", "UGUS": "gus", "UHAL": "hal", "CGENERAL": "general",
}, Current: "CGENERAL"}

// posted is the time at the messages: that of the golden files.
var posted = time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)

// Write makes a picture of every golden file, and removes pictures that have
// none. It returns their names.
func Write(golden, into string) (names []string, err error) {
	files, err := filepath.Glob(filepath.Join(golden, "*.json"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("find golden files in %s: %d found", golden, len(files))
	}
	if err := os.MkdirAll(into, 0o755); err != nil {
		return nil, fmt.Errorf("make folder for pictures: %w", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read golden file: %w", err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json") + ".svg"
		picture, err := Draw(strings.TrimSuffix(name, ".svg"), raw)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(into, name), picture, 0o644); err != nil {
			return nil, fmt.Errorf("write picture: %w", err)
		}
		names = append(names, name)
	}
	if err := removeOthers(into, names); err != nil {
		return nil, err
	}
	others, err := languages(golden)
	for _, language := range others {
		drawn, err := Write(filepath.Join(golden, language), filepath.Join(into, language))
		if err != nil {
			return nil, err
		}
		for _, name := range drawn {
			names = append(names, filepath.Join(language, name))
		}
	}
	return names, err
}

// languages are the folders of a folder.
func languages(folder string) (names []string, err error) {
	all, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("find languages: %w", err)
	}
	for _, entry := range all {
		if entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

func removeOthers(folder string, names []string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.svg"))
	if err != nil {
		return fmt.Errorf("find old pictures: %w", err)
	}
	for _, file := range files {
		if !slices.Contains(names, filepath.Base(file)) {
			if err := os.Remove(file); err != nil {
				return fmt.Errorf("remove old picture: %w", err)
			}
		}
	}
	return nil
}

// Draw makes the picture of one golden file: a message or a view.
func Draw(name string, golden []byte) ([]byte, error) {
	drawn, what, err := draw(name, golden)
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", name, err)
	}
	height, err := measure(string(drawn), width-2*margin)
	if err != nil {
		return nil, fmt.Errorf("measure %s: %w", name, err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" role="img">`+"\n", width, int(math.Ceil(height))+2*margin)
	fmt.Fprintf(&b, "<title>%s</title>\n", html.EscapeString(what))
	fmt.Fprintf(&b, "<style>\n%s%s</style>\n", blockkit.Stylesheet, frame)
	fmt.Fprintf(&b, `<foreignObject width="100%%" height="100%%"><div xmlns="http://www.w3.org/1999/xhtml" class="picture">%s</div></foreignObject>`+"\n</svg>\n", drawn)
	return b.Bytes(), nil
}

// frame is the look of what stands around the message or form.
const frame = `.picture { box-sizing: border-box; padding: 12px; }
.picture > * { border: 1px solid var(--bk-line); border-radius: 8px; }
`

func draw(name string, golden []byte) (drawn template.HTML, what string, err error) {
	if form, err := blockkit.ParseView(golden); err == nil {
		return reader.Form(form), "Form: " + form.Title, nil
	}
	var m struct {
		Text   string
		Blocks json.RawMessage
	}
	if err := json.Unmarshal(golden, &m); err != nil {
		return "", "", err
	}
	what = "Message: " + m.Text
	if len(m.Blocks) == 0 || string(m.Blocks) == "null" {
		what = "Message: " + name
	}
	post := blockkit.Post{Author: "One-Time Secrets", App: true, When: posted, Text: m.Text, Blocks: m.Blocks}
	post.Ephemeral = name == "help" // an answer in the ack: only who typed the command sees it
	return reader.Post(post), what, nil
}
