package page

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"otsbot/bot/slackfake"
	"otsbot/cmd/playground/stage"
)

// withHome is an app that has a Home tab and wants to know when it is opened.
var withHome = Options{App: stage.App{Name: "Polls", HomeTab: true, Events: []string{"app_home_opened"}}}

func TestTheHomeTabShowsWhatWasPublishedForThePerson(t *testing.T) {
	t.Parallel()
	f := newFixture(t, withHome)
	at := func(user string) string { return f.get("/as/" + user + "/" + f.stage.Slack.AppDM(user) + "?tab=home") }
	for _, want := range []string{"This is still a work in progress.", `role="tablist"`, `id="tab-home"`, `aria-selected="true"`} {
		if page := at(ana); !strings.Contains(page, want) {
			t.Errorf("before anything was published the page lacks %q", want)
		}
	}
	f.call("views.publish", url.Values{"user_id": {ana}, "view": {`{"type":"home","blocks":[
		{"type":"section","text":{"type":"mrkdwn","text":"*Two secrets* are out"}},
		{"type":"actions","elements":[{"type":"button","action_id":"burn","text":{"type":"plain_text","text":"Burn all"}}]}]}`}})
	page := at(ana)
	for _, want := range []string{"Two secrets", "Burn all", `role="tabpanel"`, "data-home"} {
		if !strings.Contains(page, want) {
			t.Errorf("ana's Home tab lacks %q", want)
		}
	}
	if strings.Contains(page, "composer-text") {
		t.Error("there is a message field in the Home tab")
	}
	if strings.Contains(at(bob), "Two secrets") {
		t.Error("bob sees ana's Home tab")
	}
	if strings.Contains(f.get("/as/"+ana+"/"+deploys+"?tab=home"), `role="tab"`) {
		t.Error("a channel has the app's tabs")
	}
}

func TestAnAppWithoutAHomeTabHasNoTabs(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{App: stage.App{Name: "Polls"}})
	if page := f.get("/as/" + ana + "/" + f.stage.Slack.AppDM(ana) + "?tab=home"); strings.Contains(page, `role="tab"`) || !strings.Contains(page, "composer-text") {
		t.Error("there are tabs")
	}
}

func TestMessagesThatCameWhileSomebodyIsAtHomeAreNew(t *testing.T) {
	t.Parallel()
	f := newFixture(t, withHome)
	dm := f.stage.Slack.AppDM(ana)
	f.call("chat.postMessage", url.Values{"channel": {ana}, "text": {"a receipt"}})
	if !strings.Contains(f.get("/as/"+ana+"/"+dm+"?tab=home"), `aria-label="1 new"`) {
		t.Error("nothing is new")
	}
	f.get("/as/" + ana + "/" + dm)
	if strings.Contains(f.get("/as/"+ana+"/"+dm+"?tab=home"), `aria-label="1 new"`) {
		t.Error("it is new after it was read")
	}
}

// opensTab tells the page that a tab was opened, as its script does.
func (f *fixture) opensTab(user, tab string) {
	f.t.Helper()
	path := "/as/" + user + "/" + f.stage.Slack.AppDM(user) + "/open?tab=" + tab
	if w := f.do(httptest.NewRequest(http.MethodPost, path, strings.NewReader("{}"))); w.Code != http.StatusOK {
		f.t.Fatalf("POST %s = %d", path, w.Code)
	}
}

// connects the smallest app there is, which acks everything; it returns the
// tabs that it is told of.
func (f *fixture) connects() <-chan string {
	f.t.Helper()
	resp, err := http.PostForm(f.stage.SlackURL+"/api/apps.connections.open", url.Values{"token": {f.stage.Slack.AppToken()}})
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	var opened struct{ URL string }
	if err := json.NewDecoder(resp.Body).Decode(&opened); err != nil {
		f.t.Fatal(err)
	}
	ws, _, err := websocket.DefaultDialer.Dial(opened.URL, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { ws.Close() })
	tabs := make(chan string, 10)
	go func() {
		for {
			var e struct {
				ID      string `json:"envelope_id"`
				Payload struct{ Event struct{ Tab string } }
			}
			if ws.ReadJSON(&e) != nil {
				return
			}
			if e.ID != "" && ws.WriteJSON(map[string]string{"envelope_id": e.ID}) == nil {
				tabs <- e.Payload.Event.Tab
			}
		}
	}()
	return tabs
}

func TestTheAppIsToldOfATabThatIsOpened(t *testing.T) {
	t.Parallel()
	f := newFixture(t, withHome)
	told := f.connects()
	for _, tab := range []string{slackfake.HomeTab, slackfake.MessagesTab} {
		f.opensTab(ana, tab)
		if got := <-told; got != tab {
			t.Errorf("the app is told of %q, want %q", got, tab)
		}
	}
}

func TestAPersonsLanguageIsSetInSlack(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	if told := f.act(ana, deploys, "language", deed{Locale: "de-DE"}); told != "" {
		t.Error(told)
	}
	for _, u := range f.stage.Slack.Users() {
		if want := map[string]string{ana: "de-DE"}[u.ID]; u.Locale != want {
			t.Errorf("%s has %q, want %q", u.ID, u.Locale, want)
		}
	}
	if page := f.get("/as/" + ana + "/" + deploys); !strings.Contains(page, `<option value="de-DE" selected>Deutsch`) {
		t.Error("the page doesn't show it")
	}
	if told := f.act(ana, deploys, "language", deed{Locale: "tlh"}); told == "" {
		t.Error("any word is a language")
	}
}

func TestTheStoreIsTakenAwayAndGivenBack(t *testing.T) {
	t.Parallel()
	gone := false
	f := newFixture(t, Options{TakeStore: func() func() { gone = true; return func() { gone = false } }})
	for _, want := range []struct {
		to   string
		gone bool
	}{{"gone", true}, {"", false}} {
		if code := f.turn("store", want.to); code != http.StatusNoContent || gone != want.gone {
			t.Errorf("%q: %d, gone %v", want.to, code, gone)
		}
	}
	if f.turn("store", "elsewhere") != http.StatusBadRequest {
		t.Error("the store can be somewhere else")
	}
	without := newFixture(t, Options{})
	if without.turn("store", "gone") != http.StatusBadRequest || strings.Contains(without.get("/as/"+ana+"/"+deploys), "store") {
		t.Error("a store that isn't there can be taken away")
	}
}
