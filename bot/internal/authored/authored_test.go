package authored

import (
	"slices"
	"testing"

	"otsbot/bot/internal/payload"
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
		if got := Typed(text); got != want {
			t.Errorf("Typed(%q) = %q, want %q", text, got, want)
		}
	}
}

// A messageCase is a message as Slack sends it, what its reader reads, and what
// there is to say about it.
type messageCase struct {
	name, message, want string
	facts               Facts
}

func messageCases() []messageCase {
	rich := func(elements string) string {
		return `{"user":"UBEN","text":"not this","blocks":[{"type":"rich_text","elements":[` + elements + `]}]}`
	}
	line := func(elements string) string {
		return rich(`{"type":"rich_text_section","elements":[` + elements + `]}`)
	}
	app := func(blocks string) string {
		return `{"user":"UAPP","bot_id":"B1","text":"This content can't be displayed.","blocks":[` + blocks + `]}`
	}
	table := func(rows string) string {
		return `{"user":"UBEN","blocks":[{"type":"table","rows":` + rows + `}]}`
	}
	attached := func(attachments string) string {
		return `{"user":"UBEN","text":"","attachments":[` + attachments + `]}`
	}
	byApp, forwarded, picture, unknown := Facts{App: true}, Facts{Forwarded: true}, Facts{App: true, Picture: true}, Facts{Unknown: true}
	buttons := Facts{App: true, Buttons: true}
	return []messageCase{
		{"text alone", `{"user":"U1","text":"hunter2"}`, "hunter2", Facts{}},
		{"entities", `{"user":"U1","text":"a&amp;b &lt;c&gt; &copy;"}`, "a&b <c> &copy;", Facts{}},
		{"formatting stays in the text", "{\"user\":\"U1\",\"text\":\"*a* _b_ `c`\"}", "*a* _b_ `c`", Facts{}},
		{"mentions", `{"user":"U1","text":"<@U1> <@U2|bob> <#C1> <#C2|general> <!here> <!subteam^S1> <!subteam^S1|@ops>"}`, "@U1 @bob #C1 #general @here @S1 @ops", Facts{}},
		{"a date", `{"user":"U1","text":"<!date^1767225600^hunter2 &amp; more until {date}|soon>"}`, "hunter2 & more until 2026-01-01 UTC", Facts{}},
		{"a date and a time", `{"user":"U1","text":"<!date^1767225661^{date_short_pretty} at {time_secs}|soon>, <!date^1767225661^{ago}|soon>"}`, "2026-01-01 at 00:01:01 UTC, 2026-01-01 00:01 UTC", Facts{}},
		{"a date that Slack can't show", `{"user":"U1","text":"<!date^1^{moon}|1 Jan> <!date^x^{date}|2 Jan> <!date^1^|3 Jan>"}`, "1 Jan 2 Jan 3 Jan", Facts{}},
		{"a date without another text", `{"user":"U1","text":"<!date^1^{moon}> <!date^x^hunter2> <!date^1>"}`, "{moon} hunter2 1", Facts{}},
		{"a date with a link", `{"user":"U1","text":"<!date^1767225600^{date_num}^https://vault.example/t0ken|1 Jan>"}`, "2026-01-01 UTC (https://vault.example/t0ken)", Facts{}},
		{"an entity that looks like a link", `{"user":"U1","text":"&lt;http://x|y&gt;"}`, "<http://x|y>", Facts{}},

		{"a link that Slack made", `{"user":"U1","text":"at <http://foo.com|foo.com>"}`, "at foo.com", Facts{}},
		{"a link as it is", `{"user":"U1","text":"<https://foo.com/a?b=1&amp;c=2>"}`, "https://foo.com/a?b=1&c=2", Facts{}},
		{"a link with a label", `{"user":"U1","text":"<https://vault.example/reset?token=hunter2|reset link>"}`, "reset link (https://vault.example/reset?token=hunter2)", Facts{}},
		{"a link whose label is another's address", `{"user":"U1","text":"<https://evil.example/|https://good.example>"}`, "https://good.example (https://evil.example/)", Facts{}},
		{"a mail address that Slack made a link", `{"user":"U1","text":"<mailto:a@b.example|a@b.example>"}`, "a@b.example", Facts{}},
		{"a mail address without a label", `{"user":"U1","text":"<mailto:a@b.example>"}`, "a@b.example", Facts{}},
		{"a mail address behind a name", `{"user":"U1","text":"<mailto:a@b.example|Ana>"}`, "Ana (a@b.example)", Facts{}},
		{"a telephone number", `{"user":"U1","text":"<tel:+15550100>"}`, "+15550100", Facts{}},
		{"an address of numbers that Slack made a link", `{"user":"U1","text":"ssh root@<http://10.0.0.5|10.0.0.5> pw hunter2"}`, "ssh root@10.0.0.5 pw hunter2", Facts{}},
		{"a telephone number as it was typed", `{"user":"U1","text":"<tel:+15550100|+1 555-0100>"}`, "+1 555-0100", Facts{}},

		{"rich text is preferred", line(`{"type":"text","text":"p*ss<w>&amp;rd"}`), "p*ss<w>&amp;rd", Facts{}},
		{"rich text drops the formatting", line(`{"type":"text","text":"bold","style":{"bold":true}}`), "bold", Facts{}},
		{"rich links", line(`{"type":"link","url":"http://foo.com","text":"foo.com"},{"type":"text","text":" "},{"type":"link","url":"https://x.example/"}`), "foo.com https://x.example/", Facts{}},
		{"a rich link with a label", line(`{"type":"link","url":"https://vault.example/reset?token=hunter2","text":"reset link"}`), "reset link (https://vault.example/reset?token=hunter2)", Facts{}},
		{"rich mail and telephone", line(`{"type":"link","url":"mailto:a@b.example"},{"type":"text","text":" "},{"type":"link","url":"tel:+15550100"}`), "a@b.example +15550100", Facts{}},
		{"rich mentions", line(`{"type":"user","user_id":"U1"},{"type":"channel","channel_id":"C1"},{"type":"broadcast","range":"here"},{"type":"usergroup","usergroup_id":"S1"}`), "@U1#C1@here@S1", Facts{}},
		{"emoji as they are typed", line(`{"type":"emoji","name":"wave","skin_tone":2,"unicode":"1f44b"},{"type":"emoji","name":"x"}`), ":wave::skin-tone-2::x:", Facts{}},
		{"teams and colours", line(`{"type":"team","team_id":"T1"},{"type":"color","value":"#f00"}`), "@T1#f00", Facts{}},
		{"rich dates", line(`{"type":"date","timestamp":1767225600,"format":"hunter2 is valid until {date_long}, {time}","fallback":"soon"},{"type":"date","timestamp":1,"format":"{moon}","fallback":" today"},{"type":"date","timestamp":7}`), "hunter2 is valid until 2026-01-01, 00:00 UTC today7", Facts{}},
		{"a rich date with a link", line(`{"type":"date","timestamp":1767225600,"format":"{date}","url":"https://vault.example/t0ken"}`), "2026-01-01 UTC (https://vault.example/t0ken)", Facts{}},
		{"lines", rich(`{"type":"rich_text_section","elements":[{"type":"text","text":"one\n"}]},{"type":"rich_text_preformatted","elements":[{"type":"text","text":"two\n  three"}]},{"type":"rich_text_quote","elements":[{"type":"text","text":"four"}]}`), "one\ntwo\n  three\nfour", Facts{}},
		{"lists in lists", rich(`{"type":"rich_text_list","style":"ordered","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"a"}]},{"type":"rich_text_section","elements":[{"type":"text","text":"b"}]}]},{"type":"rich_text_list","style":"bullet","indent":1,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"c"}]}]}`), "1. a\n2. b\n    • c", Facts{}},
		{"a list that goes on from another", rich(`{"type":"rich_text_list","style":"ordered","offset":2,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"c"}]}]}`), "3. c", Facts{}},
		{"an element that is new to Slack", line(`{"type":"text","text":"a"},{"type":"hologram","text":"b"}`), "ab", unknown},

		{"an app's section and fields", app(`{"type":"section","text":{"type":"mrkdwn","text":"The password is a&amp;b"},"fields":[{"type":"mrkdwn","text":"*Host*\ndb.example"},{"type":"plain_text","text":"root"}],"accessory":{"type":"button","text":{"type":"plain_text","text":"Rotate"},"value":"x"}},{"type":"divider"}`),
			"The password is a&b\n*Host*\ndb.example\nroot", buttons},
		{"an app's header, context and buttons", app(`{"type":"header","text":{"type":"plain_text","text":"Rotated &lt;today&gt;"}},{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Acknowledge"}}]},{"type":"context","elements":[{"type":"image","image_url":"https://x","alt_text":"vault"},{"type":"mrkdwn","text":"for <@U1>"}]}`),
			"Rotated <today>\nvault\nfor @U1", Facts{App: true, Picture: true, Buttons: true}},
		{"an app's markdown", app(`{"type":"markdown","text":"**key** [page](https://vault.example/t0ken)"}`), "**key** [page](https://vault.example/t0ken)", byApp},
		{"an app's table", app(`{"type":"table","rows":[[{"type":"raw_text","text":"user"},{"type":"raw_text","text":"password"}],[{"type":"raw_text","text":"root"},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"hunter2","style":{"code":true}}]}]}]]}`),
			"user\tpassword\nroot\thunter2", byApp},
		{"buttons that lead somewhere", app(`{"type":"section","text":{"type":"mrkdwn","text":"Set your password:"},"accessory":{"type":"button","url":"https://vault.example/one?a=1&amp;b=2","text":{"type":"plain_text","text":"One &amp; all"}}},{"type":"actions","elements":[{"type":"button","url":"https://vault.example/reset?token=hunter2","text":{"type":"plain_text","text":"Reset"}},{"type":"button","url":"https://vault.example/two"}]}`),
			"Set your password:\nOne & all (https://vault.example/one?a=1&b=2)\nReset (https://vault.example/reset?token=hunter2)\nhttps://vault.example/two", byApp},
		{"a menu that leads somewhere", app(`{"type":"section","text":{"type":"mrkdwn","text":"Keys"},"accessory":{"type":"overflow","options":[{"text":{"type":"plain_text","text":"Staging"},"url":"https://vault.example/hunter2"}]}}`),
			"Keys\nStaging (https://vault.example/hunter2)", byApp},
		{"menus whose choices lead nowhere", app(`{"type":"section","text":{"type":"mrkdwn","text":"Keys"},"accessory":{"type":"radio_buttons","options":[{"text":{"type":"mrkdwn","text":"hunter2"}}]}},{"type":"actions","elements":[{"type":"overflow","options":[{"text":{"type":"plain_text","text":"Staging"},"url":"https://vault.example/t0ken"},{"text":{"type":"plain_text","text":"Delete"}}]},{"type":"static_select","option_groups":[{"options":[{"text":{"type":"plain_text","text":"x"}}]}]}]}`),
			"Keys\nStaging (https://vault.example/t0ken)", buttons},
		{"buttons below a message of an app", app(`{"type":"section","text":{"type":"mrkdwn","text":"hunter2"}},{"type":"context_actions","elements":[{"type":"feedback_buttons","positive_button":{"text":{"type":"plain_text","text":"Good"}}}]}`), "hunter2", buttons},
		{"what leads somewhere in an alert of the older kind", `{"bot_id":"B1","attachments":[{"author_name":"Vault","author_link":"https://vault.example/one","text":"Expired","actions":[{"type":"button","text":"Reset &amp; go","url":"https://vault.example/t0ken"}]}]}`,
			"Vault (https://vault.example/one)\nExpired\nReset & go (https://vault.example/t0ken)", byApp},
		{"buttons of the older kind with a fallback that nobody sees", `{"bot_id":"B1","attachments":[{"fallback":"You can't choose","actions":[{"name":"a","type":"button","text":"Choose"}]}]}`, "", buttons},
		{"a video that leads somewhere", app(`{"type":"video","title":{"type":"plain_text","text":"How to"},"title_url":"https://vault.example/t0ken","author_name":"Cal","provider_name":"Vault &amp; co","video_url":"https://x","alt_text":"video"}`), "How to (https://vault.example/t0ken)\nCal\nVault & co", picture},

		{"an app's table of data", app(`{"type":"data_table","caption":"Logins","rows":[[{"type":"raw_text","text":"user"},{"type":"raw_text","text":"port"},{"type":"raw_text","text":"more"}],[{"type":"raw_text","text":"root"},{"type":"raw_number","value":5432,"text":"port 5432"},{"type":"action_cell","element":{"type":"button","text":{"type":"plain_text","text":"Open"},"url":"https://vault.example/t0ken"}}]]}`),
			"Logins\nuser\tport\tmore\nroot\tport 5432\tOpen (https://vault.example/t0ken)", byApp},
		{"a table with empty cells", table(`[[{"type":"raw_text","text":"a"},null,{"type":"raw_number","value":54321.5}]]`), "a\t\t54321.5", Facts{}},
		{"a table with odd cells", table(`[[{"type":"raw_text","text":"a"},"b",7,{"type":"raw_text","text":"c"}],{"type":"raw_text","text":"d"},"e"]`), "a\tb\t\tc\nd\ne", unknown},
		{"an app's container", app(`{"type":"container","title":{"type":"plain_text","text":"not this"},"rich_text_title":{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Login"}]}]},"subtitle":{"type":"mrkdwn","text":"*db*"},"icon":{"type":"image","image_url":"https://x","alt_text":"x"},"child_blocks":[{"type":"section","text":{"type":"mrkdwn","text":"hunter2"}},{"type":"divider"}]}`),
			"Login\n*db*\nhunter2", picture},
		{"a container with a plain title", app(`{"type":"container","title":{"type":"plain_text","text":"Login"},"child_blocks":[{"type":"container","rich_text_title":[{"type":"text","text":"in"},{"type":"text","text":"ner"}],"child_blocks":[{"type":"hologram","text":"hunter2"}]}]}`),
			"Login\ninner\nhunter2", Facts{App: true, Unknown: true}},
		{"an app's cards", app(`{"type":"carousel","elements":[{"type":"card","hero_image":{"type":"image","image_url":"https://x"},"title":{"type":"mrkdwn","text":"db-1"},"subtitle":{"type":"plain_text","text":"staging"},"body":{"type":"mrkdwn","text":"hunter2"},"subtext":{"type":"mrkdwn","text":"small"},"actions":[{"type":"button","text":{"type":"plain_text","text":"Reset"},"url":"https://vault.example/t0ken"}]},{"type":"card","body":{"type":"mrkdwn","text":"b"},"actions":[{"type":"button","text":{"type":"plain_text","text":"Go"}}]}]}`),
			"db-1\nstaging\nhunter2\nsmall\nReset (https://vault.example/t0ken)\nb", Facts{App: true, Picture: true, Buttons: true}},
		{"an app's layout", app(`{"type":"layout","label":"Two","is_label_visible":true,"rows":[{"items":[{"block":{"type":"section","text":{"type":"mrkdwn","text":"root"}}},{"block":{"type":"markdown","text":"hunter2"}}]}],"fallback":[{"type":"markdown","text":"not this"}]},{"type":"layout","label":"not this","rows":[{"items":[{"block":{"type":"markdown","text":"b"}}]}]}`), "Two\nroot\nhunter2\nb", byApp},

		{"an app's pictures and video", app(`{"type":"image","image_url":"https://x","title":{"type":"plain_text","text":"QR code"},"alt_text":"a QR code"},{"type":"image","image_url":"https://x","alt_text":"scan me"},{"type":"video","title":{"type":"plain_text","text":"How to"},"description":{"type":"plain_text","text":"log in"},"video_url":"https://x","alt_text":"video"}`),
			"QR code\nscan me\nHow to\nlog in", picture},
		{"an app's message whose text is the only one", `{"bot_id":"B1","text":"hunter2","blocks":[{"type":"actions","elements":[]}]}`, "hunter2", byApp},
		{"Slack's own words for an app's", app(`{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Go"}}]}`), "", buttons},
		{"Slack's own words with nothing else", `{"bot_id":"B1","text":"This content can't be displayed."}`, "", byApp},
		{"Slack's own words, typed by somebody", line(`{"type":"text","text":"This content can't be displayed."}`), "This content can't be displayed.", Facts{}},
		{"a block that is new to Slack", app(`{"type":"task_card","title":"Rotate","details":{"type":"rich_text","elements":[]},"text":{"type":"mrkdwn","text":"hunter2"}}`), "Rotate\nhunter2", Facts{App: true, Unknown: true}},

		{"an alert of the older kind", `{"bot_id":"B1","subtype":"bot_message","text":"","attachments":[{"id":1,"color":"a30200","fallback":"all in one","pretext":"Alert &amp; more","author_name":"Vault","title":"db-1","title_link":"https://vault.example/t0ken","text":"down","fields":[{"title":"Password","value":"hunter2","short":true},{"value":"no title"}],"footer":"prod","actions":[{"type":"button","text":"Acknowledge"}],"ts":1718000000}]}`,
			"Alert & more\nVault\ndb-1 (https://vault.example/t0ken)\ndown\nPassword: hunter2\nno title\nprod", buttons},
		{"an alert whose title is no link", `{"bot_id":"B1","attachments":[{"title":"Login failed","text":"hunter2"}]}`, "Login failed\nhunter2", byApp},
		{"a rich link without an address", line(`{"type":"link","text":"hunter2"}`), "hunter2", Facts{}},
		{"an alert with nothing but a fallback", `{"bot_id":"B1","attachments":[{"id":1,"fallback":"hunter2"}]}`, "hunter2", byApp},
		{"a picture with a fallback that nobody sees", `{"bot_id":"B1","attachments":[{"fallback":"Required plain-text summary","image_url":"https://x/i.png"},{"fallback":"another","thumb_url":"https://x/i.png"}]}`, "", picture},
		{"an attachment of blocks", `{"bot_id":"B1","attachments":[{"id":1,"color":"a30200","fallback":"[no preview available]","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"hunter2"}}]}]}`, "hunter2", byApp},
		{"an attachment of blocks below its pretext", `{"bot_id":"B1","attachments":[{"pretext":"Rotated:","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"hunter2"}}]}]}`, "Rotated:\nhunter2", byApp},
		{"a forwarded message with a comment", `{"user":"UBEN","text":"this one","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"this one"}]}]}],"attachments":[{"ts":"1773500900.000200","author_id":"UCAL","channel_id":"C2","channel_team":"T1","is_msg_unfurl":true,"is_share":true,"message_blocks":[{"team":"T1","channel":"C2","ts":"1773500900.000200","message":{"blocks":[{"type":"rich_text","block_id":"x","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"p*ss"}]}]}]}}],"id":1,"original_url":"https://example.slack.com/archives/C2/p1773500900000200","from_url":"https://example.slack.com/archives/C2/p1773500900000200","fallback":"[March 14th, 2026 3:08 PM] cal: p*ss","text":"p*ss","author_name":"Cal","author_link":"https://example.slack.com/team/UCAL","mrkdwn_in":["text"],"footer":"Posted in #general"}]}`,
			"this one\np*ss", forwarded},
		{"a forwarded message that an app made up", attached(`{"is_share":true,"from_url":"https://example.slack.com.evil.example/archives/C2/p1","text":"x"},{"is_share":true,"from_url":"https://evil.example/.slack.com","text":"y"},{"is_share":true,"from_url":"https://a@x.slack.com/archives/C1/p1","text":"z"}`), "x\ny\nz", forwarded},
		{"a forwarded file", attached(`{"is_share":true,"is_msg_unfurl":true,"from_url":"https://x.slack.com/archives/C1/p1","author_name":"Cal","text":"","fallback":"[March 14th, 2026 3:08 PM] cal: ","files":[{"id":"F1","name":"key.pem"}]}`), "", Facts{Textless: true, Files: 1, Names: [3]string{"key.pem"}}},
		{"a forwarded file with a comment", `{"user":"U1","text":"here it is","attachments":[{"is_share":true,"fallback":"[March 14th, 2026 3:08 PM] cal:","files":[{"id":"F1","name":"key.pem"}]}]}`, "here it is", Facts{Textless: true, Files: 1, Names: [3]string{"key.pem"}}},
		{"an app's forwarded message that Slack doesn't send", attached(`{"is_share":true,"fallback":"[March 14th, 2026 3:08 PM] vault: This content can't be displayed."}`), "", Facts{Textless: true}},
		{"a forwarded message as a fallback alone", attached(`{"is_share":true,"from_url":"https://x.slack.com/archives/C1/p1","fallback":"[March 14th, 2026 3:08 PM] cal: hunter2: [the second] one"}`), "hunter2: [the second] one", Facts{Forwarded: true}},
		{"a message forwarded twice whose text is the second's", attached(`{"is_share":true,"from_url":"https://x.slack.com/archives/C1/p1","text":"","attachments":[{"is_share":true,"from_url":"https://x.slack.com/archives/C2/p2","text":"hunter2"},{"is_share":true,"from_url":"https://x.slack.com/archives/C3/p3","files":[{"name":"a"}]}]}`), "hunter2", Facts{Forwarded: true, Textless: true, Files: 1, Names: [3]string{"a"}}},
		{"a forwarded message without a comment", attached(`{"is_share":true,"from_url":"https://x","author_name":"Cal","text":"a &amp; b","footer":"Posted in #general"}`), "a & b", forwarded},
		{"an app's message, forwarded", attached(`{"is_share":true,"fallback":"[March 14th] vault: x","message_blocks":[{"message":{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"hunter2"}}]}}]}`), "hunter2", forwarded},
		{"a forwarded alert", attached(`{"is_share":true,"message_blocks":[{"message":{"text":"","attachments":[{"fields":[{"title":"Password","value":"hunter2"}]}]}}]}`), "Password: hunter2", forwarded},
		{"a message forwarded twice", attached(`{"is_share":true,"text":"one","attachments":[{"is_share":true,"text":"two","files":[{"name":"key.pem"}]}]}`), "one\ntwo", Facts{Forwarded: true, Files: 1, Names: [3]string{"key.pem"}}},
		{"a forwarded reply", attached(`{"is_reply_unfurl":true,"is_msg_unfurl":true,"text":"hunter2","footer":"Thread in #general"}`), "hunter2", forwarded},
		{"a link's preview", `{"user":"U1","text":"<https://x.example>","attachments":[{"from_url":"https://x.example","original_url":"https://x.example","service_name":"X","title":"The X page","title_link":"https://x.example","text":"About X","fallback":"X: The X page","image_url":"https://x.example/i.png"}]}`, "https://x.example", Facts{Preview: true}},

		{"a snippet with a comment", `{"user":"U1","text":"here is the pem","files":[{"id":"F1","mode":"snippet","name":"key.pem","title":"key.pem","filetype":"text","preview":"-----BEGIN"}]}`, "here is the pem", Facts{Files: 1, Names: [3]string{"key.pem"}}},
		{"many files", `{"user":"U1","text":"x","files":[{"name":"a"},{"title":"b"},{"id":"F3","mode":"hidden_by_limit"},{"name":"d"}]}`, "x", Facts{Files: 4, Names: [3]string{"a", "b", ""}}},
		{"a file goes by its title", `{"user":"U1","text":"x","files":[{"name":"image_0021.png","title":"Staging keys"}]}`, "x", Facts{Files: 1, Names: [3]string{"Staging keys"}}},
		{"a file that was deleted", `{"user":"U1","text":"x","files":[{"id":"F1","mode":"tombstone"},{"name":"b"}]}`, "x", Facts{Files: 1, Names: [3]string{"b"}}},
		{"a reply that is shown in the channel too", `{"user":"U1","subtype":"thread_broadcast","text":"hunter2","root":{"user":"U2","text":"the first message"}}`, "hunter2", Facts{}},
		{"Slackbot", `{"user":"USLACKBOT","text":"hunter2"}`, "hunter2", byApp},

		{"fields that are null", `{"user":"U1","text":"hunter2","blocks":null,"files":null,"attachments":null,"bot_profile":null,"bot_id":null,"subtype":null}`, "hunter2", Facts{}},
		{"lists for objects", `{"user":"U1","text":"hunter2","bot_profile":[],"blocks":{},"attachments":[[],null,7,"x"],"files":""}`, "hunter2", unknown},
		{"an object for a list", `{"user":"U1","blocks":{"type":"section","text":{"type":"mrkdwn","text":"hunter2"}}}`, "hunter2", Facts{}},
		{"one odd field beside good ones", `{"user":["U1"],"bot_id":"B1","text":{"a":1},"blocks":[{"type":7},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"hunter2","style":[]}]}]}]}`, "hunter2", Facts{App: true, Unknown: true}},
		{"a message that is none", `[]`, "", byApp},
		{"nothing", `{}`, "", byApp},
	}
}

func TestAMessageIsReadAsItsReaderSeesIt(t *testing.T) {
	for _, c := range messageCases() {
		t.Run(c.name, func(t *testing.T) {
			read := Read(payload.ReadObject([]byte(c.message)))
			if got := read.Text.Reveal(); got != c.want {
				t.Errorf("read %q, want %q", got, c.want)
			}
			if read.Facts != c.facts {
				t.Errorf("noted %+v, want %+v", read.Facts, c.facts)
			}
			if read.Facts.App != (read.Author == "") {
				t.Errorf("the author is %q", read.Author)
			}
		})
	}
}

func TestQuotedMessagesAreReadApart(t *testing.T) {
	const one, two = "https://x.slack.com/archives/C1/p1", "https://x.slack.com/archives/C2/p2"
	quote := func(from, text, more string) string {
		return `{"is_share":true,"from_url":"` + from + `","text":"` + text + `"` + more + `}`
	}
	for name, c := range map[string]struct {
		attached, own string
		quotes        []string // text and source
	}{
		"none":                          {`{"text":"an alert"}`, "hello\nan alert", nil},
		"one":                           {quote(one, "a", ""), "hello", []string{"a", one}},
		"one of nowhere":                {quote("https://evil.example/archives/C1/p1", "a", ""), "hello", []string{"a", ""}},
		"without a text":                {quote(one, "", ""), "hello", nil},
		"two, and others":               {`{"text":"b"},` + quote(one, "a", "") + `,{"text":"c"},` + quote(two, "d", "") + `,{"text":"e"}`, "hello\nb\nc\ne", []string{"a", one, "d", two}},
		"one in another without a text": {quote(one, "", `,"attachments":[`+quote(two, "a", "")+`]`), "hello", []string{"a", one, "a", two}},
		"one in another":                {quote(one, "a", `,"attachments":[{"text":"b"},`+quote(two, "c", "")+`]`), "hello", []string{"a\nb\nc", one, "c", two}},
	} {
		t.Run(name, func(t *testing.T) {
			read := Read(payload.ReadObject([]byte(`{"user":"U1","text":"hello","attachments":[` + c.attached + `]}`)))
			var quotes []string
			for _, q := range read.Quotes {
				quotes = append(quotes, q.Text.Reveal(), q.Source)
			}
			if own := read.Own.Reveal(); own != c.own || !slices.Equal(quotes, c.quotes) {
				t.Errorf("read %q and %q, want %q and %q", own, quotes, c.own, c.quotes)
			}
		})
	}
}
