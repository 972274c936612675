package slackfake_test

import (
	"fmt"
	"strings"
	"testing"

	"otsbot/bot/slackfake"
)

func x(n int) string { return strings.Repeat("x", n) }

// times makes n blocks or elements.
func times(n int, make func(i int) m) []m {
	var all []m
	for i := range n {
		all = append(all, make(i))
	}
	return all
}

func button(id string) m { return m{"type": "button", "action_id": id, "text": plain("b")} }

func actions(elements ...m) m { return m{"type": "actions", "elements": elements} }

func with(base m, key string, value any) m {
	v := m{}
	for k, x := range base {
		v[k] = x
	}
	v[key] = value
	return v
}

func TestBlocksInAMessage(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	mrkdwn := func(s string) m { return m{"type": "mrkdwn", "text": s} }
	confirm := pressable()[0]["elements"].([]m)[0]["confirm"].(m)
	for _, row := range []struct {
		name   string
		blocks any
		want   string // part of what Slack says; empty: accepted
	}{
		{"fifty blocks", times(50, func(int) m { return m{"type": "divider"} }), ""},
		{"fifty-one blocks", times(51, func(int) m { return m{"type": "divider"} }), "no more than 50 items allowed [json-pointer:/blocks]"},
		{"unknown block", []m{{"type": "banner"}}, "unsupported type: banner [json-pointer:/blocks/0/type]"},
		{"no type", []m{{}}, "missing required field: type"},
		{"unknown property", []m{with(section("x"), "color", "red")}, "invalid additional property: color [json-pointer:/blocks/0]"},
		{"section of 3000", []m{section(x(3000))}, ""},
		{"section of 3001", []m{section(x(3001))}, "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		{"characters, not bytes", []m{section(strings.Repeat("ü", 3000))}, ""},
		{"empty section", []m{section("")}, "must be more than 0 characters"},
		{"section of nothing", []m{{"type": "section"}}, "missing required field: text"},
		{"section with fields only", []m{{"type": "section", "fields": []m{mrkdwn("a")}}}, ""},
		{"eleven fields", []m{{"type": "section", "fields": times(11, func(int) m { return mrkdwn("a") })}}, "no more than 10 items allowed"},
		{"field of 2001", []m{{"type": "section", "fields": []m{mrkdwn(x(2001))}}}, "must be less than 2001 characters"},
		{"text of no kind", []m{{"type": "section", "text": m{"type": "html", "text": "x"}}}, "must be one of: plain_text, mrkdwn"},
		{"header of 150", []m{{"type": "header", "text": plain(x(150))}}, ""},
		{"header of 151", []m{{"type": "header", "text": plain(x(151))}}, "must be less than 151 characters"},
		{"header in mrkdwn", []m{{"type": "header", "text": mrkdwn("x")}}, "must be one of: plain_text"},
		{"emoji in mrkdwn", []m{{"type": "section", "text": with(mrkdwn("x"), "emoji", true)}}, "invalid additional property: emoji"},
		{"ten in a context", []m{{"type": "context", "elements": times(10, func(int) m { return mrkdwn("a") })}}, ""},
		{"eleven in a context", []m{{"type": "context", "elements": times(11, func(int) m { return mrkdwn("a") })}}, "no more than 10 items allowed"},
		{"button in a context", []m{{"type": "context", "elements": []m{button("a")}}}, "unsupported type: button"},
		{"image without words", []m{{"type": "image", "image_url": "https://example.com/a.png"}}, "missing required field: alt_text"},
		{"image with no words", []m{{"type": "image", "image_url": "https://example.com/a.png", "alt_text": ""}}, "must be more than 0 characters"},
		{"twenty-five buttons", []m{actions(times(25, func(i int) m { return button(fmt.Sprint(i)) })...)}, ""},
		{"twenty-six buttons", []m{actions(times(26, func(i int) m { return button(fmt.Sprint(i)) })...)}, "no more than 25 items allowed"},
		{"no buttons", []m{{"type": "actions", "elements": []m{}}}, "no fewer than 1 items allowed"},
		{"button label of 76", []m{actions(with(button("a"), "text", plain(x(76))))}, "must be less than 76 characters"},
		{"button label in mrkdwn", []m{actions(with(button("a"), "text", mrkdwn("x")))}, "must be one of: plain_text"},
		{"button value of 2001", []m{actions(with(button("a"), "value", x(2001)))}, "must be less than 2001 characters"},
		{"button url of 3001", []m{actions(with(button("a"), "url", x(3001)))}, "must be less than 3001 characters"},
		{"button label for screen readers of 76", []m{actions(with(button("a"), "accessibility_label", x(76)))}, "must be less than 76 characters"},
		{"disabled button", []m{actions(with(button("a"), "disabled", true))}, "invalid additional property: disabled"},
		{"button in another style", []m{actions(with(button("a"), "style", "warning"))}, "must be one of: primary, danger"},
		{"action id of 256", []m{actions(button(x(256)))}, "must be less than 256 characters"},
		{"confirm", []m{actions(with(button("a"), "confirm", confirm))}, ""},
		{"confirm title of 101", []m{actions(with(button("a"), "confirm", with(confirm, "title", plain(x(101)))))}, "must be less than 101 characters"},
		{"confirm text of 301", []m{actions(with(button("a"), "confirm", with(confirm, "text", plain(x(301)))))}, "must be less than 301 characters"},
		{"confirm button of 31", []m{actions(with(button("a"), "confirm", with(confirm, "confirm", plain(x(31)))))}, "must be less than 31 characters"},
		{"same action id twice", []m{actions(button("a"), button("a"))}, "`action_id` must be unique in a block: a"},
		{"same action id in two blocks", []m{actions(button("a")), actions(button("a"))}, ""},
		{"same block id twice", []m{with(section("x"), "block_id", "a"), with(section("y"), "block_id", "a")}, "`block_id` must be unique: a"},
		{"block id of 256", []m{with(section("x"), "block_id", x(256))}, "must be less than 256 characters"},
		{"accessory", []m{with(section("x"), "accessory", button("a"))}, ""},
		{"text input outside an input", []m{actions(textInput())}, "unsupported type: plain_text_input"},
		{"alert", []m{{"type": "alert", "text": mrkdwn("x")}}, "unsupported type: alert"},
		{"six in an overflow", []m{actions(m{"type": "overflow", "options": times(6, func(i int) m { return m{"text": plain("a"), "value": fmt.Sprint(i)} })})}, "no more than 5 items allowed"},
		{"rich text", []m{{"type": "rich_text", "elements": []m{{"type": "rich_text_section", "elements": []m{{"type": "text", "text": "x"}}}}}}, ""},
		{"rich text of an unknown leaf", []m{{"type": "rich_text", "elements": []m{{"type": "rich_text_section", "elements": []m{{"type": "blink"}}}}}}, "unsupported type: blink"},
	} {
		v := a.call("chat.postMessage", m{"channel": "CGENERAL", "text": "t", "blocks": row.blocks})
		if row.want == "" {
			expect(t, row.name, v["error"], nil)
			continue
		}
		expect(t, row.name, v["error"], "invalid_blocks")
		meta, _ := v["response_metadata"].(m)
		if reasons := fmt.Sprint(meta["messages"]); !strings.Contains(reasons, row.want) || !strings.Contains(reasons, "[ERROR] ") {
			t.Errorf("%s:\n got %s\nwant %s", row.name, reasons, row.want)
		}
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	option := func(s string) m { return m{"text": plain(s), "value": s} }
	pick := func(more m) m {
		v := m{"type": "static_select", "options": []m{option("a")}}
		for k, x := range more {
			v[k] = x
		}
		return v
	}
	one := func(element m) m { return modal(input("b", "L", element)) }
	noSubmit := one(textInput())
	delete(noSubmit, "submit")
	for _, row := range []struct {
		name string
		view m
		want string
	}{
		{"a form", one(textInput()), ""},
		{"a hundred blocks", modal(times(100, func(int) m { return section("x") })...), ""},
		{"a hundred and one", modal(times(101, func(int) m { return section("x") })...), "no more than 100 items allowed [json-pointer:/view/blocks]"},
		{"blocks null", with(modal(), "blocks", nil), "must provide an array [json-pointer:/view/blocks]"},
		{"inputs without submit", noSubmit, "`submit` is required"},
		{"title of 25", with(modal(), "title", plain(x(25))), "must be less than 25 characters [json-pointer:/view/title/text]"},
		{"no title", with(modal(), "title", nil), "must provide an object [json-pointer:/view/title]"},
		{"submit of 25", with(modal(), "submit", plain(x(25))), "must be less than 25 characters"},
		{"close of 25", with(modal(), "close", plain(x(25))), "must be less than 25 characters"},
		{"private_metadata of 3001", with(modal(), "private_metadata", x(3001)), "must be less than 3001 characters"},
		{"callback_id of 256", with(modal(), "callback_id", x(256)), "must be less than 256 characters"},
		{"external_id of 256", with(modal(), "external_id", x(256)), "must be less than 256 characters"},
		{"a home tab", m{"type": "home", "blocks": []m{}}, "unsupported type: home"},
		{"unknown property", with(modal(), "size", "big"), "invalid additional property: size"},
		{"max_length of 3001", one(with(textInput(), "max_length", 3001)), "must be less than 3001"},
		{"max_length of 0", one(with(textInput(), "max_length", 0)), "must be more than 0"},
		{"min_length of 3001", one(with(textInput(), "min_length", 3001)), "must be less than 3001"},
		{"initial value of 3001", one(with(textInput(), "initial_value", x(3001))), "must be less than 3001 characters"},
		{"placeholder of 151", one(with(textInput(), "placeholder", plain(x(151)))), "must be less than 151 characters"},
		{"label of 2001", modal(input("b", x(2001), textInput())), "must be less than 2001 characters"},
		{"no options", one(m{"type": "static_select"}), "must provide either `options` or `option_groups`"},
		{"a hundred and one options", one(pick(m{"options": times(101, func(i int) m { return option(fmt.Sprint(i)) })})), "no more than 100 items allowed"},
		{"option text of 76", one(pick(m{"options": []m{{"text": plain(x(76)), "value": "a"}}})), "must be less than 76 characters"},
		{"option value of 76", one(pick(m{"options": []m{{"text": plain("a"), "value": x(76)}}})), "must be less than 76 characters"},
		{"initial option", one(pick(m{"initial_option": option("a")})), ""},
		{"initial option that is none", one(pick(m{"initial_option": option("b")})), "initial option must be one of the options"},
		{"initial option in other words", one(pick(m{"initial_option": m{"text": plain("b"), "value": "a"}})), "initial option must be one of the options"},
		{"eleven checkboxes", one(m{"type": "checkboxes", "options": times(11, func(i int) m { return option(fmt.Sprint(i)) })}), "no more than 10 items allowed"},
		{"eleven radio buttons", one(m{"type": "radio_buttons", "options": times(11, func(i int) m { return option(fmt.Sprint(i)) })}), "no more than 10 items allowed"},
		{"number input without decimals said", one(m{"type": "number_input"}), "missing required field: is_decimal_allowed"},
		{"button in an input", one(button("a")), "unsupported type: button"},
		{"response_url_enabled in an input", one(m{"type": "conversations_select", "response_url_enabled": true}), ""},
		{"response_url_enabled elsewhere", modal(actions(m{"type": "conversations_select", "response_url_enabled": true})), "`response_url_enabled` is only allowed in input blocks"},
		{"filter of nothing", one(m{"type": "conversations_select", "filter": m{"include": []string{"everything"}}}), "must be one of: im, mpim, private, public"},
		{"focus on two", modal(input("b", "L", with(textInput(), "focus_on_load", true)), input("c", "L", with(textInput(), "focus_on_load", true))), "only one element may have `focus_on_load`"},
		{"alert", modal(m{"type": "alert", "level": "warning", "text": m{"type": "mrkdwn", "text": "x"}}), ""},
		{"alert of 201", modal(m{"type": "alert", "text": m{"type": "mrkdwn", "text": x(201)}}), "must be less than 201 characters"},
	} {
		trigger := field(t, must[slackfake.Envelope](t)(a.slack.PrepareCommand("UANA", "CGENERAL", "/secret", "")), "trigger_id")
		v := a.call("views.open", m{"trigger_id": trigger, "view": row.view})
		if row.want == "" {
			expect(t, row.name, v["error"], nil)
			continue
		}
		expect(t, row.name, v["error"], "invalid_arguments")
		meta, _ := v["response_metadata"].(m)
		if reasons := fmt.Sprint(meta["messages"]); !strings.Contains(reasons, row.want) {
			t.Errorf("%s:\n got %s\nwant %s", row.name, reasons, row.want)
		}
	}
}

func TestTheBlocksOfAMessageAreNotTooLongTogether(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	post := func(method string, n int, more m) any {
		args := m{"channel": "CGENERAL", "user": "UANA", "text": "t", "blocks": times(20, func(int) m { return section(x(n)) })}
		for k, v := range more {
			args[k] = v
		}
		return a.call(method, args)["error"]
	}
	ts := a.call("chat.postMessage", m{"channel": "CGENERAL", "text": "t"})["ts"]
	for method, more := range map[string]m{"chat.postMessage": nil, "chat.postEphemeral": nil, "chat.update": {"ts": ts}} {
		expect(t, method+" of 20 rows of 500", post(method, 500, more), nil)
		expect(t, method+" of 20 rows of 600", post(method, 600, more), "msg_blocks_too_long")
	}
}

func TestAViewIsNotTooLarge(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	trigger := field(t, must[slackfake.Envelope](t)(a.slack.PrepareCommand("UANA", "CGENERAL", "/secret", "")), "trigger_id")
	v := a.call("views.open", m{"trigger_id": trigger, "view": modal(times(90, func(int) m { return section(x(3000)) })...)})
	expect(t, "error", v["error"], "view_too_large")
}

func TestIDsAreMadeUpWhereThereAreNone(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	v := a.call("chat.postMessage", m{"channel": "CGENERAL", "text": "t", "blocks": []m{actions(m{"type": "button", "text": plain("x")})}})
	block := v["message"].(m)["blocks"].([]any)[0].(m)
	if block["block_id"] == nil || block["elements"].([]any)[0].(m)["action_id"] == nil {
		t.Errorf("no ids: %v", block)
	}
}
