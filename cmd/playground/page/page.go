// Package page is the playground's page: a workspace that looks and works
// like Slack, in a browser, on top of the stage's offline Slack.
//
// The server draws everything, each time for one person, from what that
// person sees in slackfake (workspace.go). The script in assets/page.js sends
// what the person does (act.go) and, told of every change (events.go), fetches
// the page anew and puts the parts in place that are different. The app's tabs
// and people's languages are in home.go, trouble on demand in trouble.go.
//
// A person's page holds nothing that this person may not see: people are
// switched by going to another page. The inspector (inspector.go), which shows
// everything, is a page of its own, and is fetched when it is unfolded.
package page

import (
	"embed"
	"html/template"
	"net"
	"net/http"
	"sync"

	"otsbot/bot/slackfake"
	"otsbot/cmd/playground/blockkit"
	"otsbot/cmd/playground/stage"
)

//go:embed assets
var assets embed.FS

// Options are how the page differs from the usual one.
type Options struct {
	// App is what people see of the app. With AnyCommand every command is sent
	// to it, since nothing is known of its own.
	App        stage.App
	AnyCommand bool
	// TakeStore takes the app's store away and returns what gives it back; nil:
	// it has none that can be taken.
	TakeStore func() (back func())
	// Host is a host name, besides the loopback ones, under which the page may
	// be opened.
	Host string
}

// Page serves the page of one stage.
type Page struct {
	options   Options
	stage     *stage.Stage
	trouble   *trouble
	templates *template.Template
	handler   http.Handler

	mu   sync.Mutex
	read map[string]int // messages that a person has seen, by person and conversation
}

// New makes the page of a stage.
func New(s *stage.Stage, options Options) *Page {
	p := &Page{
		options:   options,
		stage:     s,
		trouble:   newTrouble(s, options.TakeStore),
		read:      map[string]int{},
		templates: template.Must(template.New("").Funcs(template.FuncMap{"pair": makePair}).ParseFS(assets, "assets/*.html")),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, p.home(stage.Ana), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /as/{user}/{channel}", p.workspace)
	mux.HandleFunc("POST /as/{user}/{channel}/{act}", p.act)
	mux.HandleFunc("POST /trouble", p.makeTrouble)
	mux.HandleFunc("GET /inspector", p.inspector)
	mux.HandleFunc("GET /events", p.events)
	mux.HandleFunc("GET /assets/page.css", asset("text/css; charset=utf-8", []byte(blockkit.Stylesheet), "assets/page.css"))
	mux.HandleFunc("GET /assets/page.js", asset("text/javascript; charset=utf-8", nil, "assets/page.js"))
	p.handler = p.guard(http.NewCrossOriginProtection().Handler(mux))
	return p
}

func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

// guard answers only under the names that the page has: a site that makes its
// own name point to this machine gets nothing. And it tells the browser to
// load and run nothing but the page's own.
func (p *Page) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip := net.ParseIP(host); host != "localhost" && host != p.options.Host && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "The playground is not known under this name.", http.StatusForbidden)
			return
		}
		head := w.Header()
		head.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "+
			"img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'")
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// asset serves an embedded file behind what comes before it.
func asset(contentType string, before []byte, name string) http.HandlerFunc {
	content, err := assets.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Write(before)
		w.Write(content)
	}
}

// pair gives a template two things.
type pair struct{ One, Other any }

func makePair(one, other any) pair { return pair{one, other} }

// person is who a path is about, if it is somebody who uses Slack.
func (p *Page) person(r *http.Request) (slackfake.User, bool) {
	for _, u := range p.stage.Slack.Users() {
		if u.ID == r.PathValue("user") && !u.Bot && !u.Deactivated {
			return u, true
		}
	}
	return slackfake.User{}, false
}

// home is where somebody's page begins: the first conversation that they see,
// and the app's direct messages where there is none.
func (p *Page) home(user string) string {
	channel := p.stage.Slack.AppDM(user)
	if seen := p.stage.Slack.Channels(user); len(seen) > 0 {
		channel = seen[0].ID
	}
	return "/as/" + user + "/" + channel
}

// place is the conversation that a path is about, if the person sees it.
func (p *Page) place(r *http.Request, u slackfake.User) (slackfake.Channel, bool) {
	for _, c := range p.stage.Slack.Channels(u.ID) {
		if c.ID == r.PathValue("channel") {
			return c, true
		}
	}
	return slackfake.Channel{}, false
}
