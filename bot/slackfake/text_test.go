package slackfake_test

import (
	"testing"
	"time"

	"otsbot/bot/slackfake"
)

func TestPlainTextIsWhatThePersonReads(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 22, 30, 0, 0, time.UTC)
	a := start(t, slackfake.Options{Clock: func() time.Time { return now }})
	a.slack.EditUser("UBEN", func(u *slackfake.User) { u.TZ = time.FixedZone("east", 2*3600) })
	for _, row := range []struct{ text, ana, ben string }{
		{"a &amp; b &lt;c&gt; &amp;amp;", "a & b <c> &amp;", ""},
		{"<https://example.com|here>, <https://example.com>", "here, https://example.com", ""},
		{"<@UBEN> in <#CGENERAL>, <!here>", "@ben in #general, @here", ""},
		{"&lt;!channel&gt; stays text", "<!channel> stays text", ""},
		{"*bold* _and_ `code *as is*` 2*3*4", "bold and code *as is* 2*3*4", ""},
		{"<!date^1767393000^until {date_short_pretty} at {time}|later>", "until today at 10:30 PM", "until today at 12:30 AM"},
		{"<!date^1767393000^{date_num}|later>", "2026-01-02", "2026-01-03"},
		{"<!date^1767393000^{date} {date_short} {time_secs} {date_slash}|later>", "January 2nd, 2026 Jan 2, 2026 10:30:00 PM 01/02/2026",
			"January 3rd, 2026 Jan 3, 2026 12:30:00 AM 01/03/2026"},
		{"<!date^1768170600^{date_pretty}, {date_long_pretty}|later>", "January 11th, 2026, Sunday, January 11th, 2026", "January 12th, 2026, Monday, January 12th, 2026"},
		{"<!date^nonsense^{date}|later>", "later", ""},
		{"<!date^1767393000^{date_long}|later>", "Friday, January 2nd, 2026", "Saturday, January 3rd, 2026"},
		{"<!date^1767393000^{moon_phase}|later>", "later", ""},
	} {
		v := a.call("chat.postMessage", m{"channel": "CGENERAL", "text": "x", "blocks": []m{section(row.text)}})
		if row.ben == "" {
			row.ben = row.ana
		}
		expect(t, row.text, last(a.slack.Messages("UANA", "CGENERAL")).PlainText(), row.ana)
		expect(t, row.text+" at ben's", last(a.slack.Messages("UBEN", "CGENERAL")).PlainText(), row.ben)
		expect(t, "posted", v["ok"], true)
	}
}

func last(all []slackfake.Message) slackfake.Message { return all[len(all)-1] }

func TestPlainTextOfEachBlock(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.call("chat.postMessage", m{"channel": "CGENERAL", "text": "fallback", "blocks": []m{
		{"type": "header", "text": plain("Title")},
		{"type": "section", "text": m{"type": "mrkdwn", "text": "body"}, "fields": []m{plain("one"), plain("two")}},
		{"type": "divider"},
		{"type": "context", "elements": []m{plain("small"), {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a lock"}}},
		actions(with(button("a"), "text", plain("Check")), with(button("b"), "text", plain("Burn"))),
		{"type": "rich_text", "elements": []m{{"type": "rich_text_section", "elements": []m{
			{"type": "text", "text": "see "}, {"type": "link", "url": "https://example.com/", "text": "this"}, {"type": "user", "user_id": "UBEN"}}}}},
	}})
	seen := last(a.slack.Messages("UANA", "CGENERAL"))
	expect(t, "text", seen.PlainText(), "Title\nbody\none\ntwo\nsmall a lock\n[Check] [Burn]\nsee this@ben")
	expect(t, "buttons", seen.Buttons(), []string{"Check", "Burn"})
	expect(t, "links", seen.Links(), []string{"https://example.com/"})
}

func TestLinksAreWhatCanBeClicked(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	for _, row := range []struct {
		text string
		want []string
	}{
		{"<https://example.com/?a=1&amp;b=2|here>", []string{"https://example.com/?a=1&b=2"}},
		{"bare https://example.com/x.", []string{"https://example.com/x"}},
		{"in code `https://example.com/x`", nil},
		{"marked up in code `<https://example.com/x>`", []string{"https://example.com/x"}},
		{"<@UBEN> none", nil},
	} {
		a.call("chat.postMessage", m{"channel": "CGENERAL", "text": row.text})
		expect(t, row.text, last(a.slack.Messages("UANA", "CGENERAL")).Links(), row.want)
	}
}

func TestWhatSlackMakesOfTyping(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	for typed, want := range map[string]string{
		"a<b>&c":                 "a&lt;b&gt;&amp;c",
		"foo.com":                "<http://foo.com|foo.com>",
		"ask ana@example.com":    "ask <mailto:ana@example.com|ana@example.com>",
		"https://example.com/a?": "<https://example.com/a?>",
	} {
		posted := must[slackfake.Message](t)(a.slack.PostAs("UANA", "CGENERAL", typed))
		expect(t, typed, posted.Text, want)
		expect(t, typed+" is read as typed", posted.PlainText(), typed)
	}
}
