package page

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"otsbot/bot/slackfake"
	"otsbot/cmd/playground/stage"
)

const (
	ana, bob, chloe = stage.Ana, stage.Bob, stage.Chloe
	deploys         = stage.Deploys
)

// fixture is a page on a stage without a bot.
type fixture struct {
	t     *testing.T
	stage *stage.Stage
	page  *Page
}

func newFixture(t *testing.T, options Options) *fixture {
	t.Helper()
	if options.App.Name == "" {
		options.App = stage.OwnApp()
	}
	s, err := stage.Open("127.0.0.1:0", "127.0.0.1:0", stage.Options{App: options.App})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &fixture{t, s, New(s, options)}
}

func (f *fixture) do(r *http.Request) *httptest.ResponseRecorder {
	r.Host = "127.0.0.1:8070"
	w := httptest.NewRecorder()
	f.page.ServeHTTP(w, r)
	return w
}

func (f *fixture) get(path string) string {
	f.t.Helper()
	w := f.do(httptest.NewRequest(http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		f.t.Fatalf("GET %s = %d", path, w.Code)
	}
	return w.Body.String()
}

// act does something as a person and returns what the page tells.
func (f *fixture) act(user, channel, what string, d deed) (told string) {
	f.t.Helper()
	body, err := json.Marshal(d)
	if err != nil {
		f.t.Fatal(err)
	}
	w := f.do(httptest.NewRequest(http.MethodPost, "/as/"+user+"/"+channel+"/"+what, strings.NewReader(string(body))))
	if w.Code != http.StatusOK {
		f.t.Fatalf("POST %s = %d %s", what, w.Code, w.Body.String())
	}
	var answer struct{ Error string }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		f.t.Fatal(err)
	}
	return answer.Error
}

func (f *fixture) post(p slackfake.Post) slackfake.Message {
	f.t.Helper()
	m, err := f.stage.Slack.PostMessage(p)
	if err != nil {
		f.t.Fatal(err)
	}
	return m
}

// A person's page holds nothing that this person may not see.
func TestAPersonsPageHoldsNothingOfOthers(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	f.post(slackfake.Post{User: ana, Channel: stage.Payroll, Text: "salaries"})
	f.post(slackfake.Post{User: ana, Channel: stage.AnaBob, Text: "between the two of us"})
	f.act(ana, deploys, "send", deed{Text: "/secret x"}) // nobody is connected: an ephemeral message tells ana
	for _, path := range []string{"/as/" + chloe + "/" + deploys, "/as/" + chloe + "/" + stage.Payroll, "/as/" + chloe + "/" + stage.AnaBob,
		"/as/" + chloe + "/" + f.stage.Slack.AppDM(ana)} {
		page := f.do(httptest.NewRequest(http.MethodGet, path, nil)).Body.String()
		for _, private := range []string{"salaries", "payroll", stage.Payroll, "between the two", "dispatch_failed", "xoxb-", "xapp-"} {
			if strings.Contains(page, private) {
				t.Errorf("chloe's %s holds %q", path, private)
			}
		}
	}
	if page := f.get("/as/" + ana + "/" + deploys); !strings.Contains(page, "dispatch_failed") || !strings.Contains(page, "payroll") {
		t.Error("ana's page lacks what is hers")
	}
}

func TestNobodyActsWhereTheyAreNot(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	for _, path := range []string{"/as/" + chloe + "/" + stage.Payroll + "/send", "/as/UNOBODY/" + deploys + "/send"} {
		w := f.do(httptest.NewRequest(http.MethodPost, path, strings.NewReader(`{"Text":"hello"}`)))
		if w.Code != http.StatusBadRequest {
			t.Errorf("POST %s = %d, want 400", path, w.Code)
		}
	}
	if n := len(f.stage.Slack.Messages(ana, stage.Payroll)); n != 0 {
		t.Errorf("%d messages were posted", n)
	}
}

func TestThePageIsReachedFromItselfAlone(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{Host: "playground.example"})
	for _, c := range []struct {
		why, host, origin, site string
		want                    int
	}{
		{"loopback", "127.0.0.1:8070", "http://127.0.0.1:8070", "same-origin", http.StatusNoContent},
		{"loopback, version 6", "[::1]:8070", "http://[::1]:8070", "same-origin", http.StatusNoContent},
		{"its own name", "playground.example:8070", "", "", http.StatusNoContent},
		{"another site", "127.0.0.1:8070", "http://evil.example", "cross-site", http.StatusForbidden},
		{"another name for this machine", "evil.example:8070", "http://evil.example:8070", "same-origin", http.StatusForbidden},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, "/trouble", strings.NewReader("switch=ots&to="))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Host = c.host
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
				r.Header.Set("Sec-Fetch-Site", c.site)
			}
			w := httptest.NewRecorder()
			f.page.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("status %d, want %d", w.Code, c.want)
			}
			if c.want == http.StatusNoContent && !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
				t.Error("the page may load anything")
			}
		})
	}
}

func TestWhatTheComposerRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	m := f.post(slackfake.Post{User: bob, Channel: deploys, Text: "hello"})
	for _, c := range []struct {
		rule, channel string
		deed          deed
		want          string
	}{
		{"commands of nobody", deploys, deed{Text: "/nothing"}, "is not a valid command"},
		{"commands in threads", deploys, deed{Text: "/secret x", Thread: m.TS}, "not supported in threads"},
		{"messages to the app", f.stage.Slack.AppDM(ana), deed{Text: "hello"}, "turned off"},
		{"replies to nothing", deploys, deed{Text: "hello", Thread: "1.0"}, "no such thread"},
		{"nothing is nothing", deploys, deed{Text: " "}, ""},
		{"a reply", deploys, deed{Text: "hello", Thread: m.TS}, ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			if told := f.act(ana, c.channel, "send", c.deed); !strings.Contains(told, c.want) || c.want == "" && told != "" {
				t.Errorf("told %q, want %q", told, c.want)
			}
		})
	}
	if page := f.get("/as/" + ana + "/" + deploys + "?thread=" + m.TS); strings.Count(page, "hello") != 3 {
		t.Errorf("the page and its thread say hello %d times, want the message twice and its reply", strings.Count(page, "hello"))
	}
}

func TestAnotherAppGetsEveryCommand(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{App: stage.App{Name: "Polls"}, AnyCommand: true})
	if told := f.act(ana, deploys, "send", deed{Text: "/anything at all"}); told != "" {
		t.Errorf("told %q", told)
	}
	if page := f.get("/as/" + ana + "/" + deploys); !strings.Contains(page, "/anything failed") || strings.Contains(page, "secret") {
		t.Error("the command wasn't sent, or the page still talks of our app")
	}
}

func TestADeletedMessageLeavesItsThread(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	m := f.post(slackfake.Post{User: bob, Channel: deploys, Text: "leaked"})
	f.post(slackfake.Post{User: ana, Channel: deploys, ThreadTS: m.TS, Text: "delete it!"})
	if told := f.act(ana, deploys, "delete", deed{TS: m.TS}); told == "" {
		t.Error("ana deleted what bob wrote")
	}
	if told := f.act(bob, deploys, "delete", deed{TS: m.TS}); told != "" {
		t.Error(told)
	}
	page := f.get("/as/" + ana + "/" + deploys)
	if strings.Contains(page, "leaked") || !strings.Contains(page, "This message was deleted") || !strings.Contains(page, "1 reply") {
		t.Error("the page lacks the rest of the thread")
	}
}

func TestTheMessagesToTryTheShortcutOnAreDrawnAsTheyRead(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	if err := f.stage.Seed(); err != nil {
		t.Fatal(err)
	}
	page := f.get("/as/" + ana + "/" + stage.OnCall)
	for _, words := range []string{"The VPN key is k3y-between-us", "Bob Okafor", "From a direct message", "1 reply", "Password rotated", "r0tated-by-an-app", "Statusbot", "svc_deploy", "Reset your password here", "key.pem"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page lacks %q", words)
		}
	}
	for _, m := range f.stage.Slack.Messages(ana, stage.OnCall) {
		if _, err := f.stage.Slack.PrepareMessageShortcut(ana, m, stage.MessageShortcut); err != nil {
			t.Errorf("no shortcut on %q: %v", m.PlainText(), err)
		}
	}
	if strings.Contains(page, "Not drawn here") || strings.Contains(page, slackfake.Placeholder) {
		t.Error("a message is not drawn")
	}
}

func TestDatesAreInTheReadersTime(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	f.post(slackfake.Post{User: bob, Channel: deploys, RawText: "<!date^1795302000^{date_num} {time}|f>"})
	for user, want := range map[string]string{ana: "2026-11-22 12:00 AM", bob: "2026-11-21 6:00 PM", chloe: "2026-11-22 8:00 AM"} {
		if page := f.get("/as/" + user + "/" + deploys); !strings.Contains(page, want) {
			t.Errorf("%s doesn't read %s", user, want)
		}
	}
}

func TestWhatIsNewIsCountedUntilItIsSeen(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	f.get("/as/" + ana + "/" + deploys)
	f.post(slackfake.Post{User: bob, Channel: stage.Coffee, Text: "tea?"})
	if page := f.get("/as/" + ana + "/" + deploys); strings.Count(page, `class="unread"`) != 1 {
		t.Error("the message in #coffee is not counted")
	}
	f.get("/as/" + ana + "/" + stage.Coffee)
	if page := f.get("/as/" + ana + "/" + deploys); strings.Contains(page, `class="unread"`) {
		t.Error("a message that was seen is still counted")
	}
	if page := f.get("/as/" + chloe + "/" + deploys); !strings.Contains(page, `class="unread"`) {
		t.Error("what ana has seen counts as seen by chloe")
	}
}

// turn turns a switch as the page does.
func (f *fixture) turn(name, to string) int {
	r := httptest.NewRequest(http.MethodPost, "/trouble", strings.NewReader(url.Values{"switch": {name}, "to": {to}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return f.do(r).Code
}

// share calls OneTimeSecret as the bot does, and returns the status.
// share is what OneTimeSecret answers to a secret.
func (f *fixture) share() string {
	f.t.Helper()
	resp, err := http.PostForm(f.stage.OTSURL+"/api/v1/share", url.Values{"secret": {"x"}})
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(body)
}

func TestSwitchesMakeTroubleAndEndIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	for _, c := range []struct {
		to, want string
	}{{"down", "back shortly"}, {"limited", "Rate limit exceeded"}, {"", "secret_key"}} {
		if code := f.turn("ots", c.to); code != http.StatusNoContent {
			t.Fatalf("switch to %q = %d", c.to, code)
		}
		if got := f.share(); !strings.Contains(got, c.want) {
			t.Errorf("OneTimeSecret answers %s with the switch at %q, want %s", got, c.to, c.want)
		}
	}
	f.turn("clock", "24")
	f.turn("clock", "1")
	if ahead := f.stage.Clock.Ahead(); ahead != 25*time.Hour {
		t.Errorf("the clock is %v ahead, want 25h", ahead)
	}
	f.turn("archive", deploys)
	if page := f.get("/as/" + ana + "/" + deploys); !strings.Contains(page, "archived") {
		t.Error("the channel is not archived")
	}
	for _, bad := range [][2]string{{"ots", "on fire"}, {"slack", "x"}, {"disconnect", "x"}, {"clock", "-1"}, {"volume", "11"}} {
		if code := f.turn(bad[0], bad[1]); code != http.StatusBadRequest {
			t.Errorf("switch %v = %d, want 400", bad, code)
		}
	}
}

func TestTheInspectorShowsWhatCrossed(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	f.share()
	page := f.get("/inspector")
	for _, want := range []string{f.stage.SlackURL + "/api/", f.stage.Slack.BotToken(), f.stage.Slack.AppToken(), "POST /api/v1/share · 200", "secret = x"} {
		if !strings.Contains(page, want) {
			t.Errorf("the inspector lacks %q", want)
		}
	}
}

// The events say that something changed, at once and at every change, and
// never what.
func TestEventsTellOfChangesAndNothingElse(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	server := httptest.NewServer(f.page)
	defer server.Close()
	resp, err := http.Get(server.URL + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	next := func() {
		for _, want := range []string{"data: changed\n", "\n"} {
			if got, err := lines.ReadString('\n'); got != want {
				t.Fatalf("event line %q (%v), want %q", got, err, want)
			}
		}
	}
	next() // to begin with
	f.post(slackfake.Post{User: ana, Channel: stage.Payroll, Text: "hunter2"})
	next()
	f.share()
	next()
	f.turn("clock", "1")
	next()
}

func TestNothingIsLoadedFromElsewhere(t *testing.T) {
	t.Parallel()
	f := newFixture(t, Options{})
	for _, path := range []string{"/as/" + ana + "/" + deploys, "/assets/page.css", "/assets/page.js"} {
		page := f.get(path)
		for _, foreign := range []string{"https://", "//cdn", "@import", "url("} {
			if strings.Contains(page, foreign) {
				t.Errorf("%s holds %s", path, foreign)
			}
		}
	}
	w := f.do(httptest.NewRequest(http.MethodGet, "/assets/page.html", nil))
	if body, _ := io.ReadAll(w.Body); w.Code != http.StatusNotFound {
		t.Errorf("the template itself is served: %s", body)
	}
}
