package slackfake_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"otsbot/bot/slackfake"
)

func plain(text string) m { return m{"type": "plain_text", "text": text} }

func input(block, label string, element m) m {
	return m{"type": "input", "block_id": block, "label": plain(label), "element": element}
}

func modal(blocks ...m) m {
	return m{"type": "modal", "title": plain("Share"), "submit": plain("Go"), "blocks": blocks}
}

func textInput() m { return m{"type": "plain_text_input", "action_id": "a"} }

func pressable() []m {
	return []m{{"type": "actions", "block_id": "b", "elements": []m{{"type": "button", "action_id": "go", "value": "v", "text": plain("Go"),
		"style": "danger", "confirm": m{"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No"), "style": "danger"}}}}}
}

// openForm opens a view for ana in #general, over a command that nobody acks.
func (a *app) openForm(view m) m {
	a.t.Helper()
	return a.opens(must[slackfake.Envelope](a.t)(a.slack.PrepareCommand("UANA", "CGENERAL", "/secret", "")), view)
}

// openFormAs opens a view for anybody, over a global shortcut.
func (a *app) openFormAs(user string, view m) m {
	a.t.Helper()
	return a.opens(must[slackfake.Envelope](a.t)(a.slack.PrepareGlobalShortcut(user, "form")), view)
}

func (a *app) opens(env slackfake.Envelope, view m) m {
	a.t.Helper()
	v := a.call("views.open", m{"trigger_id": field(a.t, env, "trigger_id"), "view": view})
	if v["ok"] != true {
		a.t.Fatalf("views.open: %v", v)
	}
	return v["view"].(m)
}

func TestATriggerOpensOneViewWithinThreeSeconds(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := start(t, slackfake.Options{Clock: func() time.Time { return now }})
	trigger := func() any {
		return field(t, must[slackfake.Envelope](t)(a.slack.PrepareCommand("UANA", "CGENERAL", "/secret", "")), "trigger_id")
	}
	open := func(trigger any) any {
		return a.call("views.open", m{"trigger_id": trigger, "view": modal(section("x"))})["error"]
	}
	first, second := trigger(), trigger()
	expect(t, "fresh", open(first), nil)
	expect(t, "again", open(first), "exchanged_trigger_id")
	expect(t, "made up", open("1.2.3"), "invalid_trigger_id")
	expect(t, "none", open(""), "invalid_arguments")
	now = now.Add(3*time.Second + time.Millisecond)
	expect(t, "late", open(second), "expired_trigger_id")
	a.slack.ExpireTriggers(true)
	expect(t, "on demand", open(trigger()), "expired_trigger_id")
	a.slack.ExpireTriggers(false)
	expect(t, "no more", open(trigger()), nil)
}

func TestAnUpdateMindsHashAndClosedViews(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.answer(ackAll)
	view := a.openForm(modal(section("one")))
	update := func(args m) any {
		args["view"] = modal(section("two"))
		return a.call("views.update", args)["error"]
	}
	expect(t, "neither id", update(m{}), "invalid_arguments")
	expect(t, "wrong id", update(m{"view_id": "VNONE"}), "not_found")
	expect(t, "right hash", update(m{"view_id": view["id"], "hash": view["hash"]}), nil)
	expect(t, "old hash", update(m{"view_id": view["id"], "hash": view["hash"]}), "hash_conflict")
	expect(t, "no hash", update(m{"view_id": view["id"]}), nil)
	expect(t, "shown", a.slack.View("UANA").PlainText(), "Share\ntwo")
	must[*slackfake.Interaction](t)(a.slack.CloseView(t.Context(), "UANA"))
	expect(t, "closed", update(m{"view_id": view["id"]}), "not_found")
}

func TestErrorsDoNotChangeAViewsHash(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.answer(func(m) any { return m{"response_action": "errors", "errors": m{"secret": "no"}} })
	a.openForm(modal(input("secret", "Secret", textInput())))
	before := a.slack.View("UANA").Hash
	seen := must[*slackfake.Interaction](t)(a.slack.Submit(t.Context(), "UANA", slackfake.Values{"Secret": "x"}))
	expect(t, "errors", seen.Errors, map[string]string{"secret": "no"})
	after := a.slack.View("UANA")
	expect(t, "hash", after.Hash, before)
	expect(t, "at the field", after.Errors["secret"], "no")
	expect(t, "still typed", after.Input("Secret").Value, "x")
}

func TestWhatWasTypedStaysWhereIDsAreTheSame(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	view := a.openForm(modal(input("one", "One", textInput()), input("two", "Two", textInput())))
	if err := a.slack.Fill("UANA", slackfake.Values{"One": "first", "Two": "second"}); err != nil {
		t.Fatal(err)
	}
	three := m{"type": "plain_text_input", "action_id": "a", "initial_value": "fresh"}
	a.call("views.update", m{"view_id": view["id"], "view": modal(input("one", "Uno", three), input("three", "Three", three))})
	now := a.slack.View("UANA")
	expect(t, "kept in spite of an initial value", now.Input("one").Value, "first")
	expect(t, "new block id", now.Input("three").Value, "fresh")
}

func TestWhatAViewCameWithMayGoWhereNobodyTouchedIt(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{ForgetsUntouched: true})
	filled := func() m { el := textInput(); el["initial_value"] = "filled"; return el }
	v := a.openForm(modal(input("x", "X", filled()), input("y", "Y", filled())))
	if err := a.slack.Fill("UANA", slackfake.Values{"Y": "typed"}); err != nil {
		t.Fatal(err)
	}
	a.call("views.update", m{"view_id": v["id"], "view": modal(input("x", "X", textInput()), input("y", "Y", textInput()))})
	expect(t, "untouched", a.slack.View("UANA").Input("X").Value, "")
	expect(t, "typed", a.slack.View("UANA").Input("Y").Value, "typed")
}

func TestWhatASubmissionsAckDoes(t *testing.T) {
	t.Parallel()
	next := m{"type": "modal", "title": plain("Next"), "blocks": []m{section("done")}}
	for _, row := range []struct {
		name     string
		payload  any
		title    string // of the view on top afterwards
		depth    int
		err      string
		violates int
	}{
		{name: "nothing closes it"},
		{name: "an empty object closes it", payload: m{}},
		{name: "clear", payload: m{"response_action": "clear"}},
		{name: "update", payload: m{"response_action": "update", "view": next}, title: "Next", depth: 1},
		{name: "push", payload: m{"response_action": "push", "view": next}, title: "Next", depth: 2},
		{name: "errors at an input", payload: m{"response_action": "errors", "errors": m{"secret": "no"}}, title: "Share", depth: 1},
		{name: "errors at a section", payload: m{"response_action": "errors", "errors": m{"words": "no"}}, title: "Share", depth: 1, err: slackfake.TroubleConnecting, violates: 1},
		{name: "errors nowhere", payload: m{"response_action": "errors", "errors": m{}}, title: "Share", depth: 1, err: slackfake.TroubleConnecting, violates: 1},
		{name: "an invalid view", payload: m{"response_action": "update", "view": m{"type": "modal"}}, title: "Share", depth: 1, err: slackfake.TroubleConnecting, violates: 1},
		{name: "something else", payload: m{"response_action": "dance"}, title: "Share", depth: 1, err: slackfake.TroubleConnecting, violates: 1},
	} {
		a := start(t, slackfake.Options{})
		a.answer(func(m) any { return row.payload })
		words := section("words")
		words["block_id"] = "words"
		a.openForm(modal(words, input("secret", "Secret", textInput())))
		seen := must[*slackfake.Interaction](t)(a.slack.Submit(t.Context(), "UANA", slackfake.Values{"secret": "x"}))
		expect(t, row.name+": error", seen.Error, row.err)
		expect(t, row.name+": violations", len(a.slack.Violations()), row.violates)
		title, depth := "", 0
		if v := a.slack.View("UANA"); v != nil {
			title, depth = v.Title, v.Depth
		}
		expect(t, row.name+": title", title, row.title)
		expect(t, row.name+": depth", depth, row.depth)
	}
}

func TestThreeViewsAreTheMost(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.answer(ackAll)
	withButton := modal(pressable()...)
	a.openForm(withButton)
	push := func() any {
		seen := must[*slackfake.Interaction](t)(a.slack.PressInView(t.Context(), "UANA", "Go"))
		expect(t, "confirmed", seen.Confirm.Title, "Sure?")
		return a.call("views.push", m{"trigger_id": seen.TriggerID, "view": withButton})["error"]
	}
	expect(t, "second", push(), nil)
	expect(t, "third", push(), nil)
	expect(t, "fourth", push(), "push_limit_reached")
	expect(t, "depth", a.slack.View("UANA").Depth, 3)
	must[*slackfake.Interaction](t)(a.slack.CloseView(t.Context(), "UANA"))
	expect(t, "one less", a.slack.View("UANA").Depth, 2)
}

func TestAClosedFormIsToldOnDemand(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	kinds := make(chan any, 1)
	a.answer(func(p m) any { kinds <- p["type"]; return nil })
	view := modal(section("x"))
	a.openForm(view)
	must[*slackfake.Interaction](t)(a.slack.CloseView(t.Context(), "UANA"))
	expect(t, "not told", len(kinds), 0)
	view["notify_on_close"] = true
	a.openForm(view)
	must[*slackfake.Interaction](t)(a.slack.CloseView(t.Context(), "UANA"))
	expect(t, "told", <-kinds, "view_closed")
}

func TestAnExternalIDIsUnique(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	view := modal(section("x"))
	view["external_id"] = "same"
	a.openForm(view)
	trigger := field(t, must[slackfake.Envelope](t)(a.slack.PrepareCommand("UBEN", "CGENERAL", "/secret", "")), "trigger_id")
	expect(t, "of another person", a.call("views.open", m{"trigger_id": trigger, "view": view})["error"], "duplicate_external_id")
	expect(t, "update by it", a.call("views.update", m{"external_id": "same", "view": view})["error"], nil)
}

func TestTheClientChecksBeforeItSends(t *testing.T) {
	t.Parallel()
	option := func(s string) m { return m{"text": plain(s), "value": s} }
	for _, row := range []struct {
		name    string
		element m
		value   any
		want    string
	}{
		{"required", textInput(), nil, "Please complete this required field."},
		{"too short", m{"type": "plain_text_input", "action_id": "a", "min_length": 8}, "short", "Please enter at least 8 characters."},
		{"too long", m{"type": "plain_text_input", "action_id": "a", "max_length": 3}, "long", "Please enter no more than 3 characters."},
		{"longer than a field takes", textInput(), strings.Repeat("x", 3001), "Please enter no more than 3000 characters."},
		{"no e-mail address", m{"type": "email_text_input", "action_id": "a"}, "nobody", "Please enter a valid email address."},
		{"no number", m{"type": "number_input", "action_id": "a", "is_decimal_allowed": false}, "1.5", "Please enter a valid number."},
		{"number too small", m{"type": "number_input", "action_id": "a", "is_decimal_allowed": false, "min_value": "8"}, "7", "Please enter a number of at least 8."},
		{"number too big", m{"type": "number_input", "action_id": "a", "is_decimal_allowed": false, "max_value": "64"}, "65", "Please enter a number of at most 64."},
		{"no address", m{"type": "url_text_input", "action_id": "a"}, "nowhere", "Please enter a valid URL."},
		{"no time", m{"type": "timepicker", "action_id": "a"}, "noon", "Please enter a valid time."},
		{"no date", m{"type": "datepicker", "action_id": "a"}, "tomorrow", "Please enter a valid date."},
		{"nothing chosen", m{"type": "static_select", "action_id": "a", "options": []m{option("1h")}}, nil, "Please complete this required field."},
		{"nothing ticked", m{"type": "checkboxes", "action_id": "a", "options": []m{option("1h")}}, []string{}, "Please complete this required field."},
	} {
		a := start(t, slackfake.Options{})
		a.openForm(modal(input("b", "L", row.element)))
		seen := must[*slackfake.Interaction](t)(a.slack.Submit(t.Context(), "UANA", slackfake.Values{"L": row.value}))
		expect(t, row.name, seen.Errors["b"], row.want)
		expect(t, row.name+": sent", seen.EnvelopeID, "")
	}
}

func TestASubmissionCarriesTheState(t *testing.T) {
	t.Parallel()
	option := func(s string) m { return m{"text": plain("for " + s), "value": s} }
	options := []m{option("1h"), option("4h")}
	for _, row := range []struct {
		element m
		value   any
		want    any
	}{
		{textInput(), "a&b<c>", "a&b<c>"},
		{m{"type": "static_select", "action_id": "a", "options": options}, "for 4h", "4h"},
		{m{"type": "static_select", "action_id": "a", "options": options, "initial_option": options[0]}, nil, "1h"},
		{m{"type": "static_select", "action_id": "a", "option_groups": []m{{"label": plain("g"), "options": options}}}, "4h", "4h"},
		{m{"type": "multi_static_select", "action_id": "a", "options": options, "initial_options": options[:1]}, nil, []any{"1h"}},
		{m{"type": "number_input", "action_id": "a", "is_decimal_allowed": true, "max_value": "10"}, "9.5", "9.5"},
		{m{"type": "radio_buttons", "action_id": "a", "options": options}, "4h", "4h"},
		{m{"type": "checkboxes", "action_id": "a", "options": options}, []string{"1h", "for 4h"}, []any{"1h", "4h"}},
		{m{"type": "multi_users_select", "action_id": "a"}, []string{"ben", "UCAL"}, []any{"UBEN", "UCAL"}},
		{m{"type": "users_select", "action_id": "a"}, "ben", "UBEN"},
		{m{"type": "conversations_select", "action_id": "a"}, "board", "GPRIVATE"},
		{m{"type": "datepicker", "action_id": "a"}, "2026-01-02", "2026-01-02"},
		{m{"type": "timepicker", "action_id": "a"}, "12:30", "12:30"},
	} {
		a := start(t, slackfake.Options{})
		payloads := make(chan m, 1)
		a.answer(func(p m) any { payloads <- p; return nil })
		a.openForm(modal(input("b", "L", row.element)))
		values := slackfake.Values{"L": row.value}
		if row.value == nil {
			values = nil
		}
		must[*slackfake.Interaction](t)(a.slack.Submit(t.Context(), "UANA", values))
		p := <-payloads
		state := p["view"].(m)["state"].(m)["values"].(m)["b"].(m)["a"].(m)
		expect(t, fmt.Sprint(row.element["type"]), chosen(state), row.want)
	}
}

// chosen reads a value out of an element's state.
func chosen(state m) any {
	for key, v := range state {
		switch key {
		case "value", "selected_user", "selected_users", "selected_conversation", "selected_date", "selected_time":
			return v
		case "selected_option":
			return v.(m)["value"]
		case "selected_options":
			var all []any
			for _, o := range v.([]any) {
				all = append(all, o.(m)["value"])
			}
			return all
		}
	}
	return nil
}

func TestAPickerGivesAResponseURL(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	payloads := make(chan m, 1)
	a.answer(func(p m) any { payloads <- p; return nil })
	a.slack.EditChannel("CRANDOM", func(c *slackfake.Channel) { c.ExternallyShared = true })
	picker := m{"type": "conversations_select", "action_id": "to", "response_url_enabled": true, "default_to_current_conversation": true,
		"filter": m{"exclude_external_shared_channels": true}}
	a.openForm(modal(input("where", "Where", picker)))
	expect(t, "preselected", a.slack.View("UANA").Input("Where").Value, "CGENERAL")
	if err := a.slack.Fill("UANA", slackfake.Values{"Where": "random"}); err == nil {
		t.Error("a shared channel was offered")
	}
	must[*slackfake.Interaction](t)(a.slack.Submit(t.Context(), "UANA", slackfake.Values{"Where": "DANABEN"}))
	urls := (<-payloads)["response_urls"].([]any)
	expect(t, "one", len(urls), 1)
	to := urls[0].(m)
	expect(t, "ids", []any{to["block_id"], to["action_id"], to["channel_id"]}, []any{"where", "to", "DANABEN"})
	status, _ := a.respond(to["response_url"].(string), m{"text": "hi", "response_type": "in_channel"})
	expect(t, "posted", status, 200)
	expect(t, "ben sees", texts(a.slack.Messages("UBEN", "DANABEN")), []string{"hi"})
}

func TestWhatIsNotOfferedCannotBeChosen(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	option := m{"text": plain("one"), "value": "1"}
	a.openForm(modal(
		input("s", "Select", m{"type": "static_select", "action_id": "a", "options": []m{option}}),
		input("p", "People", m{"type": "multi_users_select", "action_id": "a", "max_selected_items": 1}),
		input("c", "Place", m{"type": "conversations_select", "action_id": "a", "filter": m{"include": []string{"im"}}}),
	))
	for key, value := range map[string]any{"Select": "two", "People": []string{"ana", "ben"}, "Place": "general", "Nothing": "x"} {
		if a.slack.Fill("UANA", slackfake.Values{key: value}) == nil {
			t.Errorf("%s: could enter %v", key, value)
		}
	}
	if err := a.slack.Fill("UANA", slackfake.Values{"Select": "one", "People": []string{"ben"}, "Place": "DANABEN"}); err != nil {
		t.Error(err)
	}
	shown := a.slack.View("UANA")
	expect(t, "select", shown.Input("Select").Value, "1")
	expect(t, "options", shown.Input("Select").Options, []string{"one"})
	expect(t, "people", shown.Input("People").Values, []string{"UBEN"})
	expect(t, "place", shown.Input("Place").Value, "DANABEN")
}

func TestAFieldCanBeNamedExactly(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	a.connect()
	a.openForm(modal(input("one", "two/a", textInput()), input("two", "one/a", textInput())))
	if err := a.slack.Fill("UANA", slackfake.Values{"one/a": "first", "two/a": "second"}); err != nil {
		t.Fatal(err)
	}
	inputs := a.slack.View("UANA").Inputs
	if inputs[0].Value != "first" || inputs[1].Value != "second" {
		t.Errorf("the fields hold %q and %q: a label went before the exact name", inputs[0].Value, inputs[1].Value)
	}
}
