package blockkit

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files of what is drawn")

// reader is who looks in all these tests.
func reader() Reader {
	return Reader{
		Names: map[string]string{"U1": "ana", "C1": "general"},
		Zone:  time.FixedZone("CET", 3600),
		Now:   time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC),
	}
}

func TestMrkdwn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rule, in, want string }{
		{"plain text", "hello", "hello"},
		{"the three entities are undone, and no others", "&lt;b&gt; &amp;amp; &copy;", "&lt;b&gt; &amp;amp; &amp;copy;"},
		{"bold, italic, struck, code", "*a* _b_ ~c~ `d`", `<strong>a</strong> <em>b</em> <del>c</del> <code class="bk-code">d</code>`},
		{"formatting nests", "*a _b_*", "<strong>a <em>b</em></strong>"},
		{"no formatting within a word", "snake_case_name 2*3*4", "snake_case_name 2*3*4"},
		{"no formatting without an end", "*a", "*a"},
		{"nothing is formatted in code", "`*a* :lock:`", `<code class="bk-code">*a* :lock:</code>`},
		{"a line break", "a\nb", "a<br/>b"},
		{"quotes, as typed and as escaped", "a\n> b\n&gt; c\nd", `a<blockquote class="bk-quote">b<br/>c</blockquote>d`},
		{"preformatted", "```a\n*b*```", `<pre class="bk-pre">a` + "\n" + `*b*</pre>`},
		{"a person and a channel", "<@U1> <#C1>", `<span class="bk-mention">@ana</span> <span class="bk-mention">#general</span>`},
		{"an unknown id stays", "<@U9>", `<span class="bk-mention">@U9</span>`},
		{"a broadcast", "<!channel>", `<span class="bk-mention">@channel</span>`},
		{"an escaped broadcast is text", "&lt;!channel&gt;", "&lt;!channel&gt;"},
		{"a link with a label", "<https://x.example/?a=1&amp;b=2|here>", `<a class="bk-link" href="https://x.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">here</a>`},
		{"a bare address, without the full stop", "see https://x.example/a.", `see <a class="bk-link" href="https://x.example/a" target="_blank" rel="noopener noreferrer">https://x.example/a</a>.`},
		{"an address in code is no link", "`https://x.example`", `<code class="bk-code">https://x.example</code>`},
		{"other schemes are no links", "<javascript:alert(1)|click>", `<span class="bk-nolink">click</span>`},
		{"emoji", ":lock: :unheard_of:", "🔒 :unheard_of:"},
		{"a date in the reader's zone", "<!date^1795302000^{date_short_pretty} at {time}|f>", `<time class="bk-date" datetime="2026-11-21T23:00:00Z" title="f">tomorrow at 12:00 AM</time>`},
		{"a date with an unknown word is its fallback", "<!date^1795302000^{century}|f>", "f"},
		{"a date that is none is its fallback", "<!date^soon^{time}|f>", "f"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			for _, n := range reader().mrkdwn(c.in) {
				n.write(&b)
			}
			if b.String() != c.want {
				t.Errorf("%q is drawn as\n%s, want\n%s", c.in, b.String(), c.want)
			}
		})
	}
}

// Each file in testdata is a message or a form, beside what is drawn of it.
func TestDrawing(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := draw(t, raw)
			golden := strings.TrimSuffix(file, ".json") + ".html"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if string(want) != got {
				t.Errorf("drawn differently; if that is meant, run go test -update\ngot  %s\nwant %s", got, want)
			}
			checkMarkup(t, got)
		})
	}
}

func draw(t *testing.T, raw []byte) string {
	t.Helper()
	if f, err := ParseView(raw); err == nil {
		f.Errors = map[string]string{"secret": "Nothing was <stored>."}
		f.Trouble = "We had some trouble connecting."
		f.Fields = map[FieldID]Field{
			{"place", "value"}: {Values: []string{"C1"}, Choices: []Choice{{"C2", "#random"}}},
			{"who", "value"}:   {Values: []string{"U1"}, Choices: []Choice{{"U1", "Ana"}, {"U2", "Ben"}}},
		}
		return broken(reader().Form(f))
	}
	var m struct {
		Text                       string
		Blocks, Attachments, Files json.RawMessage
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return broken(reader().Post(Post{Author: "<One-Time> Secrets", App: true, When: time.Unix(1795302000, 0),
		Ephemeral: true, Edited: true, Text: m.Text, Blocks: m.Blocks, Attachments: m.Attachments, Files: m.Files}))
}

// broken puts tags on lines of their own, for people who read the difference.
func broken(drawn template.HTML) string {
	return strings.ReplaceAll(string(drawn), "><", ">\n<") + "\n"
}

// checkMarkup says what must hold of everything that is drawn: it is XML, made
// of nothing but the known elements and attributes, and its links are links.
func checkMarkup(t *testing.T, drawn string) {
	t.Helper()
	decode := xml.NewDecoder(strings.NewReader(drawn))
	for {
		token, err := decode.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not well-formed: %v in %s", err, drawn)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !slices.Contains(knownElements, start.Name.Local) {
			t.Errorf("element %s in %s", start.Name.Local, drawn)
		}
		for _, a := range start.Attr {
			if !slices.Contains(knownAttributes, a.Name.Local) {
				t.Errorf("attribute %s in %s", a.Name.Local, drawn)
			}
			if a.Name.Local == "href" && !clickable(a.Value) {
				t.Errorf("link to %s", a.Value)
			}
		}
	}
}

var knownElements = []string{"div", "span", "time", "a", "strong", "em", "del", "code", "pre", "blockquote", "br", "hr",
	"ul", "ol", "li", "h2", "h3", "p", "label", "input", "textarea", "select", "option", "button"}

var knownAttributes = []string{"class", "href", "target", "rel", "datetime", "title", "type", "name", "value", "placeholder",
	"autocomplete", "spellcheck", "inputmode", "rows", "multiple", "selected", "checked", "role",
	"aria-label", "aria-hidden", "aria-invalid", "data-max", "data-focus", "data-close", "data-dispatch",
	"data-block", "data-action", "data-option", "data-url",
	"data-confirm-title", "data-confirm-text", "data-confirm-yes", "data-confirm-no", "data-confirm-style"}

func FuzzPost(f *testing.F) {
	f.Add("*a* <https://x|y> `c` > q ```p```", `[{"type":"section","text":{"type":"mrkdwn","text":"<!date^1^{time}|f>"}}]`)
	f.Add("<<<>>>|&amp;lt;\x00\xff", `[{"type":"<script>"},{"type":"actions","elements":[{"type":"button","url":"javascript:x"}]}]`)
	f.Add("", `[null,{"type":"input","element":{"type":"checkboxes","options":[{"value":"\"'>"}]}}]`)
	f.Add("", `{"type":"modal","title":{"text":"</h2>"},"blocks":[]}`)
	f.Add("", `[{"author_name":"<","text":"&","message_blocks":[{"message":{"blocks":[null]}},[]],"fields":[{"title":"</b>"},7],"files":[{"name":"\"'>"}]}]`)
	f.Fuzz(func(t *testing.T, words, blocks string) {
		checkMarkup(t, string(reader().Post(Post{Author: words, Text: words})))
		checkMarkup(t, string(reader().Post(Post{Text: words, Blocks: json.RawMessage(blocks)})))
		checkMarkup(t, string(reader().Post(Post{App: true, Other: true, Attachments: json.RawMessage(blocks), Files: json.RawMessage(blocks)})))
		if form, err := ParseView([]byte(blocks)); err == nil {
			checkMarkup(t, string(reader().Form(form)))
		}
		checkMarkup(t, string(reader().Form(Form{Title: words, Submit: words, Blocks: json.RawMessage(blocks)})))
	})
}

// Whatever an app sends can be seen: by its words, or as a labelled box.
func TestNothingIsDrawnAsNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, blocks, want string }{
		{"an unknown block", `[{"type":"video"}]`, "Not drawn here: block video"},
		{"an unknown element", `[{"type":"actions","elements":[{"type":"workflow_button"}]}]`, "Not drawn here: element workflow_button"},
		{"an unknown input", `[{"type":"input","label":{"text":"L"},"element":{"type":"file_input"}}]`, "Not drawn here: element file_input"},
		{"an unknown text", `[{"type":"section","text":{"type":"html","text":"x"}}]`, "Not drawn here: text html"},
		{"an unknown leaf", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"hologram"}]}]}]`, "Not drawn here: rich text hologram"},
		{"a block without a type", `[{}]`, "Not drawn here: block without a type"},
		{"a block that is no object", `[7]`, "Not drawn here"},
		{"blocks that are no list", `"x"`, "Not drawn here: blocks that can&#39;t be read"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			if got := string(reader().Post(Post{Blocks: json.RawMessage(c.blocks)})); !strings.Contains(got, c.want) {
				t.Errorf("drawn as %s, want %q in it", got, c.want)
			}
		})
	}
}
