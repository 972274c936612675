package page

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"otsbot/cmd/playground/stage"
)

// call calls a method of the Web API as the app.
func (f *fixture) call(method string, args url.Values) {
	f.t.Helper()
	args.Set("token", f.stage.Slack.BotToken())
	resp, err := http.PostForm(f.stage.SlackURL+"/api/"+method, args)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		OK    bool
		Error string
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || !answer.OK {
		f.t.Fatalf("%s: %s (%v)", method, answer.Error, err)
	}
}

// opens a form for somebody, as the app does when its shortcut is used.
func (f *fixture) opens(user, view string) {
	f.t.Helper()
	env, err := f.stage.Slack.PrepareGlobalShortcut(user, "any")
	if err != nil {
		f.t.Fatal(err)
	}
	var payload struct {
		Trigger string `json:"trigger_id"`
	}
	if err := json.Unmarshal(env.Payload, &payload); err != nil {
		f.t.Fatal(err)
	}
	f.call("views.open", url.Values{"trigger_id": {payload.Trigger}, "view": {view}})
}

const peopleForm = `{"type":"modal","title":{"type":"plain_text","text":"T"},"submit":{"type":"plain_text","text":"S"},"blocks":[
	{"type":"input","block_id":"who","label":{"type":"plain_text","text":"Who"},"element":{"type":"multi_users_select","action_id":"value","max_selected_items":2}}]}`

func TestAPickerOfPeopleSaysWhoIsNoColleague(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	f.opens(ana, peopleForm)
	page := f.get("/as/" + ana + "/" + deploys)
	form := page[strings.Index(page, `<dialog class="view"`):]
	for _, offered := range []string{"Bob Okafor<", "Eva Novak (guest)", "Finn Berg (other organization)", "Statusbot (app)", "Slackbot<", "One-Time Secrets<"} {
		if !strings.Contains(form, offered) {
			t.Errorf("the picker lacks %s", offered)
		}
	}
	if strings.Contains(form, "Gus") {
		t.Error("the picker offers somebody who is deactivated")
	}
	choose := func(who ...string) string {
		chosen, _ := json.Marshal(who)
		return f.act(ana, deploys, "form", deed{Do: "submit", Values: map[string]json.RawMessage{"who/value": chosen}})
	}
	if told := choose(bob, chloe, stage.Dev); !strings.Contains(told, "at most 2") {
		t.Errorf("three of two: the page tells %q", told)
	}
	choose(bob, chloe) // nobody is connected, but both are chosen now
	page = f.get("/as/" + ana + "/" + deploys)
	if n := strings.Count(page, `checked="checked"`); n != 2 {
		t.Errorf("%d are ticked, want 2", n)
	}
}

func TestWhoCanBeAtThePage(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	for user, sees := range map[string]string{
		ana: "/as/" + ana + "/" + deploys, stage.Eva: "/as/" + stage.Eva + "/" + deploys,
		stage.Finn: "/as/" + stage.Finn + "/" + stage.Partner,
	} {
		w := f.do(httptest.NewRequest(http.MethodGet, "/as/"+user+"/"+stage.AnaBob+"x", nil))
		if at := w.Header().Get("Location"); w.Code != http.StatusSeeOther || at != sees {
			t.Errorf("%s is led to %d %s, want %s", user, w.Code, at, sees)
		}
		if page := f.get(sees); strings.Contains(page, "Gus") || strings.Contains(page, "Statusbot") {
			t.Error("the page offers to be somebody who doesn't use Slack")
		}
	}
	for _, user := range []string{stage.Gus, stage.Status, "UNOBODY"} {
		if w := f.do(httptest.NewRequest(http.MethodGet, "/as/"+user+"/"+deploys, nil)); w.Code != http.StatusNotFound {
			t.Errorf("the page of %s = %d, want 404", user, w.Code)
		}
	}
	if page := f.get("/as/" + stage.Finn + "/" + stage.Partner); strings.Contains(page, "coffee") {
		t.Error("somebody of another organization sees the workspace's channels")
	}
}

// One person can be out of the app's reach, and nobody else.
func TestDirectMessagesCanMissOnePerson(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	if !f.page.trouble.turn("unreachable", bob) {
		t.Fatal("there is no such switch")
	}
	if page := f.get("/as/" + ana + "/" + deploys); !strings.Contains(page, `<option value="U0BOB" selected>`) {
		t.Error("the page doesn't show how the switch stands")
	}
	reached := func(user string) bool { return len(f.stage.Slack.Messages(user, f.stage.Slack.AppDM(user))) > 0 }
	post := func(user string) {
		resp, err := http.PostForm(f.stage.SlackURL+"/api/chat.postMessage",
			url.Values{"token": {f.stage.Slack.BotToken()}, "channel": {user}, "text": {"hi"}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	post(bob)
	post(chloe)
	if reached(bob) || !reached(chloe) {
		t.Errorf("bob was reached: %v, chloe: %v", reached(bob), reached(chloe))
	}
	f.page.trouble.turn("unreachable", "")
	post(bob)
	if !reached(bob) {
		t.Error("the switch was turned back, and bob is still not reached")
	}
}
