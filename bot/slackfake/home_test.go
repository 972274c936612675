package slackfake_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"

	"otsbot/bot/slackfake"
)

// client is the real client, of the bot.
func (a *app) client() *slack.Client {
	return slack.New(a.slack.BotToken(), slack.OptionAPIURL(a.base+"/api/"), slack.OptionHTTPClient(a.http))
}

func homeView(text string, buttons ...string) slack.HomeTabViewRequest {
	blocks := []slack.Block{slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", text, false, false), nil, nil)}
	for _, name := range buttons {
		blocks = append(blocks, slack.NewActionBlock(name, slack.NewButtonBlockElement(name, "v", slack.NewTextBlockObject("plain_text", name, false, false))))
	}
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks}}
}

// withHome is an app whose manifest has a Home tab and its event.
var withHome = slackfake.Options{HomeTab: true, Events: []string{"app_home_opened"}}

func code(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestAHomeTabIsOnePersonsAlone(t *testing.T) {
	t.Parallel()
	a := start(t, withHome)
	expect(t, "before", a.slack.Home("UANA") == nil, true)
	published := must[*slack.ViewResponse](t)(a.client().PublishView("UANA", homeView("welcome"), ""))
	expect(t, "type", published.View.Type, slack.VTHomeTab)
	expect(t, "seen", strings.TrimSpace(a.slack.Home("UANA").PlainText()), "welcome")
	expect(t, "by ben", a.slack.Home("UBEN") == nil, true)
	again := must[*slack.ViewResponse](t)(a.client().PublishView("UANA", homeView("again"), published.View.Hash))
	expect(t, "the same view", again.View.ID, published.View.ID)
	_, err := a.client().PublishView("UANA", homeView("late"), published.View.Hash)
	expect(t, "with an old hash", code(err), "hash_conflict")
	_, err = a.client().PublishView("UBEN", homeView("early"), published.View.Hash)
	expect(t, "with a hash of nothing", code(err), "hash_conflict")
	expect(t, "still", strings.TrimSpace(a.slack.Home("UANA").PlainText()), "again")
}

func TestAHomeTabKeepsItsRules(t *testing.T) {
	t.Parallel()
	a := start(t, withHome)
	publish := func(change func(m)) string {
		view := m{"type": "home", "blocks": []m{section("x")}}
		change(view)
		v := a.call("views.publish", m{"user_id": "UANA", "view": view})
		reasons, _ := v["errors"].([]any)
		if len(reasons) == 0 {
			return ""
		}
		return reasons[0].(string)
	}
	many := make([]m, 101)
	for i := range many {
		many[i] = m{"type": "divider"}
	}
	for want, change := range map[string]func(m){
		"":                                    func(v m) { v["blocks"] = many[1:] },
		"no more than 100 items allowed":      func(v m) { v["blocks"] = many },
		"invalid additional property: submit": func(v m) { v["submit"] = plain("Go") },
		"invalid additional property: title":  func(v m) { v["title"] = plain("Mine") },
		"unsupported type: modal":             func(v m) { v["type"] = "modal" },
		"unsupported type: alert":             func(v m) { v["blocks"] = []m{{"type": "alert", "text": plain("x")}} },
		"`response_url_enabled` is only allowed": func(v m) {
			v["blocks"] = []m{input("c", "Place", m{"type": "conversations_select", "action_id": "a", "response_url_enabled": true})}
		},
	} {
		if got := publish(change); !strings.HasPrefix(got, want) || (got == "") != (want == "") {
			t.Errorf("%q, want %q", got, want)
		}
	}
	expect(t, "for nobody", a.call("views.publish", m{"user_id": "UNOBODY", "view": m{"type": "home", "blocks": []m{}}})["error"], "invalid_arguments")
	taken := func(user string) any {
		return a.call("views.publish", m{"user_id": user, "view": m{"type": "home", "external_id": "mine", "blocks": []m{}}})["error"]
	}
	expect(t, "an external_id", []any{taken("UANA"), taken("UANA"), taken("UBEN")}, []any{nil, nil, "duplicate_external_id"})
}

func TestAnAppWithoutAHomeTabIsToldSo(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{})
	_, err := a.client().PublishView("UANA", homeView("x"), "")
	expect(t, "published", code(err), "not_enabled")
	if _, err := a.slack.PrepareOpenApp("UANA", slackfake.HomeTab); err == nil {
		t.Error("a tab that isn't there was opened")
	}
	seen := must[*slackfake.Interaction](t)(a.slack.OpenApp(t.Context(), "UANA", slackfake.MessagesTab))
	expect(t, "not subscribed", seen.EnvelopeID, "")
}

func TestPublishingCanFail(t *testing.T) {
	t.Parallel()
	a := start(t, withHome)
	publish := func(user string) error {
		_, err := a.client().PublishView(user, homeView("x"), "")
		return err
	}
	a.slack.Fault(slackfake.Fault{Method: "views.publish", Channel: "UANA", RetryAfter: 7 * time.Second, Times: 1})
	expect(t, "ben isn't limited", code(publish("UBEN")), "")
	var limited *slack.RateLimitedError
	expect(t, "limited", errors.As(publish("UANA"), &limited) && limited.RetryAfter == 7*time.Second, true)
	a.slack.Fault(slackfake.Fault{Method: "views.publish", Error: "internal_error", Times: 1})
	expect(t, "refused", code(publish("UANA")), "internal_error")
	expect(t, "then", code(publish("UANA")), "")
}

func TestWhatIsPublishedForAnOutsiderIsNotSeen(t *testing.T) {
	t.Parallel()
	a := start(t, withHome)
	a.slack.AddUser(slackfake.User{ID: "UFAR", TeamID: "TOTHER"})
	_, err := a.client().PublishView("UFAR", homeView("x"), "")
	expect(t, "ok", code(err), "")
	expect(t, "seen", a.slack.Home("UFAR") == nil, true)
}

func TestOpeningTheAppIsAnEvent(t *testing.T) {
	t.Parallel()
	bubble(t, withHome, func(t *testing.T, a *app) {
		var events []slackevents.AppHomeOpenedEvent
		a.answer(func(p m) any {
			data, _ := json.Marshal(p)
			e, err := slackevents.ParseEvent(data, slackevents.OptionNoVerifyToken())
			if err != nil {
				t.Error(err)
				return nil
			}
			events = append(events, *e.InnerEvent.Data.(*slackevents.AppHomeOpenedEvent))
			return nil
		})
		open := func(tab string) {
			seen := must[*slackfake.Interaction](t)(a.slack.OpenApp(t.Context(), "UANA", tab))
			expect(t, "acked, and nobody is told", []any{seen.Acked, seen.Error}, []any{true, ""})
		}
		open(slackfake.HomeTab)
		published := must[*slack.ViewResponse](t)(a.client().PublishView("UANA", homeView("x"), ""))
		open(slackfake.HomeTab)
		open(slackfake.MessagesTab)
		if len(events) != 3 {
			t.Fatalf("%d events", len(events))
		}
		first, second, third := events[0], events[1], events[2]
		expect(t, "who and where", []any{first.User, first.Channel, first.Tab}, []any{"UANA", a.slack.AppDM("UANA"), "home"})
		expect(t, "the first has no view", first.View == nil, true)
		expect(t, "the second has it", []any{second.View.ID, second.View.Hash}, []any{published.View.ID, published.View.Hash})
		expect(t, "the other tab", []any{third.Tab, third.View == nil}, []any{"messages", true})
		for _, e := range a.journal(slackfake.EnvelopeSent) {
			expect(t, "takes no payload", strings.Contains(e.Body, `"accepts_response_payload":false`), true)
		}
	})
}

func TestAnEventIsRedeliveredWithItsCount(t *testing.T) {
	t.Parallel()
	bubble(t, withHome, func(t *testing.T, a *app) {
		a.ignore()
		seen := must[*slackfake.Interaction](t)(a.slack.OpenApp(t.Context(), "UANA", slackfake.HomeTab))
		expect(t, "nobody is told", []any{seen.Acked, seen.Error}, []any{false, ""})
		time.Sleep(time.Minute)
		sent := a.journal(slackfake.EnvelopeSent)
		expect(t, "deliveries", len(sent), 4)
		for i, e := range sent {
			var v m
			if err := json.Unmarshal([]byte(e.Body), &v); err != nil {
				t.Fatal(err)
			}
			reason := "timeout"
			if i == 0 {
				reason = ""
			}
			expect(t, "retry", []any{v["retry_attempt"], v["retry_reason"]}, []any{i, reason})
		}
	})
}

func TestAnEventWaitsForAConnection(t *testing.T) {
	t.Parallel()
	bubble(t, withHome, func(t *testing.T, a *app) {
		seen := must[*slackfake.Interaction](t)(a.slack.OpenApp(t.Context(), "UANA", slackfake.HomeTab))
		expect(t, "nobody waits", []any{seen.Acked, seen.Error}, []any{false, ""})
		time.Sleep(time.Minute)
		came := make(chan m, 1)
		a.answer(func(p m) any { came <- p; return nil })
		expect(t, "it came", (<-came)["type"], "event_callback")
	})
}

func TestEventsComeLateAndTheNewestFirst(t *testing.T) {
	t.Parallel()
	bubble(t, withHome, func(t *testing.T, a *app) {
		came := make(chan any, 2)
		a.answer(func(p m) any {
			if event, ok := p["event"].(m); ok {
				came <- event["user"]
			}
			return nil
		})
		a.slack.HoldEvents(true)
		for _, user := range []string{"UANA", "UBEN"} {
			seen := must[*slackfake.Interaction](t)(a.slack.OpenApp(t.Context(), user, slackfake.HomeTab))
			expect(t, "held", seen.Acked, false)
		}
		expect(t, "a command goes by", a.command("CGENERAL", "x").Acked, true)
		time.Sleep(time.Hour)
		a.slack.HoldEvents(false)
		expect(t, "order", []any{<-came, <-came}, []any{"UBEN", "UANA"})
	})
}

func TestAButtonInAHomeTab(t *testing.T) {
	t.Parallel()
	a := start(t, withHome)
	published := must[*slack.ViewResponse](t)(a.client().PublishView("UANA", homeView("x", "Burn"), ""))
	if _, err := a.slack.PreparePressInHome("UBEN", "Burn"); err == nil {
		t.Error("ben presses in a Home tab that he doesn't see")
	}
	env := must[slackfake.Envelope](t)(a.slack.PreparePressInHome("UANA", "Burn"))
	var cb slack.InteractionCallback
	if err := json.Unmarshal(env.Payload, &cb); err != nil {
		t.Fatal(err)
	}
	expect(t, "container", []any{cb.Container.Type, cb.Container.ViewID}, []any{"view", published.View.ID})
	expect(t, "view", []any{cb.View.ID, cb.View.Hash, cb.View.Type}, []any{published.View.ID, published.View.Hash, "home"})
	expect(t, "button", []any{cb.ActionCallback.BlockActions[0].ActionID, cb.ActionCallback.BlockActions[0].Value}, []any{"Burn", "v"})
	for _, absent := range []string{"message", "channel", "response_url"} {
		expect(t, absent, field(t, env, absent), nil)
	}
	push := a.call("views.push", m{"trigger_id": cb.TriggerID, "view": modal(section("x"))})
	expect(t, "no modal to push onto", push["ok"], false)
	env = must[slackfake.Envelope](t)(a.slack.PreparePressInHome("UANA", "Burn"))
	open := a.call("views.open", m{"trigger_id": field(t, env, "trigger_id"), "view": modal(section("really?"))})
	expect(t, "a form over it", open["ok"], true)
	expect(t, "both are there", a.slack.View("UANA") != nil && a.slack.Home("UANA") != nil, true)
}

func TestALanguageIsToldToWhoAsksAndMay(t *testing.T) {
	t.Parallel()
	a := start(t, slackfake.Options{Scopes: []string{"users:read"}})
	locale := func() string { return must[*slack.User](t)(a.client().GetUserInfo("UANA")).Locale }
	expect(t, "to begin with", locale(), "en-US")
	a.slack.EditUser("UANA", func(u *slackfake.User) { u.Locale = "de-DE" })
	expect(t, "German", locale(), "de-DE")
	quiet := must[*slack.User](t)(a.client().GetUserInfoContext(t.Context(), "UANA", slack.GetUserInfoOptionIncludeLocale(false)))
	expect(t, "not asked for", quiet.Locale, "")
	_, err := start(t, slackfake.Options{}).client().GetUserInfo("UANA")
	expect(t, "without the scope", code(err), "missing_scope")
}
