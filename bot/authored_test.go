package bot

import (
	"encoding/json"
	"testing"
)

func TestTypedUndoesSlacksThreeEntitiesAndNoOther(t *testing.T) {
	for text, want := range map[string]string{
		"a&amp;b&lt;c&gt;d":   "a&b<c>d",
		"&amp;lt;":            "&lt;",
		"&amp;amp;":           "&amp;",
		"&copy; &#39; &nbsp;": "&copy; &#39; &nbsp;",
		"  two  spaces ":      "  two  spaces ",
		"tab\tnew\nline":      "tab\tnew\nline",
		"<@U1> <http://x>":    "<@U1> <http://x>", // should_escape is false: somebody typed that
		"pä$$wörd🔑":           "pä$$wörd🔑",
	} {
		if got := typed(text); got != want {
			t.Errorf("typed(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestAuthoredIsWhatTheAuthorSaw(t *testing.T) {
	rich := func(elements string) string {
		return `{"text":"not this","blocks":[{"type":"rich_text","elements":[` + elements + `]}]}`
	}
	line := func(elements string) string {
		return rich(`{"type":"rich_text_section","elements":[` + elements + `]}`)
	}
	for _, c := range []struct{ name, message, want string }{
		{"text alone", `{"text":"hunter2"}`, "hunter2"},
		{"entities", `{"text":"a&amp;b &lt;c&gt; &copy;"}`, "a&b <c> &copy;"},
		{"an auto-made link", `{"text":"at <http://foo.com|foo.com>"}`, "at foo.com"},
		{"a link as it is", `{"text":"<https://foo.com/a?b=1&amp;c=2>"}`, "https://foo.com/a?b=1&c=2"},
		{"an auto-made mail address", `{"text":"<mailto:a@b.example|a@b.example>"}`, "a@b.example"},
		{"a mail address without label", `{"text":"<mailto:a@b.example>"}`, "a@b.example"},
		{"mentions", `{"text":"<@U1> <@U2|bob> <#C1> <#C2|general> <!here> <!subteam^S1> <!subteam^S1|@ops>"}`, "@U1 @bob #C1 #general @here @S1 @ops"},
		{"a date", `{"text":"<!date^1^{date}|1 Jan>"}`, "1 Jan"},
		{"formatting stays in the text", "{\"text\":\"*a* _b_ `c`\"}", "*a* _b_ `c`"},
		{"an entity that looks like a link", `{"text":"&lt;http://x|y&gt;"}`, "<http://x|y>"},
		{"rich text is preferred", line(`{"type":"text","text":"p*ss<w>&amp;rd"}`), "p*ss<w>&amp;rd"},
		{"rich text drops the formatting", line(`{"type":"text","text":"bold","style":{"bold":true}}`), "bold"},
		{"rich links", line(`{"type":"link","url":"http://foo.com","text":"foo.com"},{"type":"text","text":" "},{"type":"link","url":"https://x.example/"}`), "foo.com https://x.example/"},
		{"rich mail", line(`{"type":"link","url":"mailto:a@b.example"}`), "a@b.example"},
		{"rich mentions", line(`{"type":"user","user_id":"U1"},{"type":"channel","channel_id":"C1"},{"type":"broadcast","range":"here"},{"type":"usergroup","usergroup_id":"S1"}`), "@U1#C1@here@S1"},
		{"emoji as they are typed", line(`{"type":"emoji","name":"wave","skin_tone":2,"unicode":"1f44b"},{"type":"emoji","name":"x"}`), ":wave::skin-tone-2::x:"},
		{"lines", rich(`{"type":"rich_text_section","elements":[{"type":"text","text":"one\n"}]},{"type":"rich_text_preformatted","elements":[{"type":"text","text":"two\n  three"}]},{"type":"rich_text_quote","elements":[{"type":"text","text":"four"}]}`), "one\ntwo\n  three\nfour"},
		{"a list that goes on from another", rich(`{"type":"rich_text_list","style":"ordered","offset":2,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"c"}]}]}`), "3. c"},
		{"an app's message", `{"text":"a","blocks":[{"type":"context","elements":[{"type":"mrkdwn","text":"b"}]}]}`, "a"},
		{"lists", rich(`{"type":"rich_text_list","style":"ordered","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"a"}]},{"type":"rich_text_section","elements":[{"type":"text","text":"b"}]}]},{"type":"rich_text_list","style":"bullet","indent":1,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"c"}]}]}`), "1. a\n2. b\n    • c"},
		{"teams, colours, and what has only a fallback", line(`{"type":"team","team_id":"T1"},{"type":"color","value":"#f00"},{"type":"date","timestamp":1,"format":"{date}","fallback":" today"}`), "@T1#f00 today"},
		{"an element that is new to Slack", line(`{"type":"text","text":"a"},{"type":"hologram","text":"b"}`), "ab"},
		{"another app's blocks", `{"text":"fallback &amp; more","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"x"}}]}`, "fallback & more"},
		{"a block that is new to Slack", `{"text":"t","blocks":[{"type":"rich_text","elements":"?"}]}`, "t"},
		{"nothing", `{}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m sourceMessage
			if err := json.Unmarshal([]byte(c.message), &m); err != nil {
				t.Fatal(err)
			}
			if got := m.authored(); got != c.want {
				t.Errorf("authored() = %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzAuthored(f *testing.F) {
	f.Add(`{"text":"a <b|c> &amp; <@U1>"}`)
	f.Add(`{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_list","indent":-1,"elements":[{"type":"text"}]}]}]}`)
	f.Fuzz(func(t *testing.T, message string) {
		var m sourceMessage
		if json.Unmarshal([]byte(message), &m) == nil {
			_ = m.authored()
		}
	})
}

func FuzzTypedGivesBackWhatWasEscaped(f *testing.F) {
	f.Add("a&b<c>&amp;&lt;")
	f.Fuzz(func(t *testing.T, text string) {
		if got := typed(escape(text)); got != text {
			t.Errorf("typed(escape(%q)) = %q", text, got)
		}
	})
}
