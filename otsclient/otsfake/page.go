package otsfake

import (
	_ "embed"
	"html/template"
	"net/http"
	"regexp"
	"strings"
	"time"
)

//go:embed page.html
var pageSource string

// pageTemplate is every page there is. It loads nothing and runs no script.
var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// view is what a page shows.
type view struct {
	Title, Text, Problem string
	Revealed             bool
	Secret               string
	Facts                []fact
	Form                 *form
}

type fact struct{ Name, Value string }

type form struct {
	Action, Button string
	Passphrase     bool
}

// bots are the visitors that 0.12 sends away from its pages.
var bots = regexp.MustCompile(`(?i)bot|crawl|spider|curl|wget|slurp`)

// page answers what people open in a browser. Looking never opens a secret,
// however often; that takes the button.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	looks := r.Method == http.MethodGet || r.Method == http.MethodHead
	posts := r.Method == http.MethodPost
	switch {
	case s.profile.turnsBotsAway && bots.MatchString(r.UserAgent()) && parts[0] != "":
		w.Header().Set("Location", "/")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusFound)
	case len(parts) == 1 && parts[0] == "" && looks:
		writePage(w, http.StatusOK, view{Title: "OneTimeSecret", Text: "Secrets are shared here by links that work once."})
	case len(parts) == 2 && parts[0] == "secret" && looks:
		s.secretPage(w, r, parts[1], "")
	case len(parts) == 2 && parts[0] == "secret" && posts:
		s.reveal(w, r, parts[1])
	case len(parts) == 2 && s.hasReceiptPage(parts[0]) && looks:
		s.receiptPage(w, r, parts[1], "")
	case len(parts) == 3 && s.hasReceiptPage(parts[0]) && parts[2] == "burn" && posts:
		s.burnPage(w, r, parts[1])
	default:
		s.noSuchPage(w)
	}
}

func (s *Server) hasReceiptPage(name string) bool {
	return name == "private" && s.profile.pagePrivate || name == "receipt" && s.profile.pageReceipt
}

func writePage(w http.ResponseWriter, status int, v view) {
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Cache-Control", "no-store")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	_ = pageTemplate.Execute(w, v) // into a draft, which does not fail
}

func (s *Server) noSuchPage(w http.ResponseWriter) {
	writePage(w, http.StatusNotFound, view{Title: "Not found", Text: "There is no such page."})
}

func (s *Server) goneView() view {
	return view{Title: "There is nothing here", Text: "The secret was opened already, was burned, or its time is over."}
}

// secretPage asks whether to open the secret. Looking at it is counted, as
// since 0.26.
func (s *Server) secretPage(w http.ResponseWriter, r *http.Request, key, problem string) {
	rec := s.secret(key)
	if rec == nil {
		writePage(w, s.profile.pageGone, s.goneView())
		return
	}
	if r.Method == http.MethodGet {
		rec.views = append(rec.views, s.clock())
	}
	writePage(w, http.StatusOK, view{
		Title:   "You have a secret",
		Problem: problem,
		Text:    "It can be shown once. Then it is gone, for you too.",
		Form:    &form{Action: r.URL.Path, Button: "Show the secret", Passphrase: rec.passphrase != ""},
	})
}

// reveal is the button: it opens the secret, once.
func (s *Server) reveal(w http.ResponseWriter, r *http.Request, key string) {
	rec := s.secret(key)
	if rec == nil {
		writePage(w, s.profile.pageGone, s.goneView())
		return
	}
	text, came := s.try(rec, guest, r.PostFormValue("passphrase"), "received")
	if came != done {
		s.secretPage(w, r, key, problemOf(came))
		return
	}
	writePage(w, http.StatusOK, view{
		Title:    "Your secret",
		Text:     "This is the only time that it is shown.",
		Revealed: true,
		Secret:   text,
	})
}

func problemOf(came verdict) string {
	if came == wrongPhrase {
		return "That is not the passphrase."
	}
	return "There were too many wrong passphrases. Please try again in half an hour."
}

// receiptPage shows the creator what became of the secret.
func (s *Server) receiptPage(w http.ResponseWriter, r *http.Request, key, problem string) {
	rec := s.receipt(key)
	if rec == nil {
		writePage(w, s.profile.pageGone, s.goneView())
		return
	}
	word, _ := s.look(rec)
	now := s.clock()
	v := view{Title: "Your receipt", Problem: problem, Facts: []fact{
		{"State", stateText(rec, word, now)},
		{"Created", rec.created.UTC().Format(time.RFC1123)},
	}}
	if !rec.received.IsZero() {
		v.Facts = append(v.Facts, fact{"Opened", rec.received.UTC().Format(time.RFC1123)})
	}
	if rec.exists(now) {
		v.Facts = append(v.Facts,
			fact{"Gone by itself", rec.expires.UTC().Format(time.RFC1123)},
			fact{"Passphrase", map[bool]string{true: "needed", false: "none"}[rec.passphrase != ""]})
		v.Form = &form{Action: strings.TrimSuffix(r.URL.Path, "/burn") + "/burn", Button: "Burn the secret", Passphrase: rec.passphrase != ""}
	}
	writePage(w, http.StatusOK, v)
}

func stateText(rec *record, word string, now time.Time) string {
	switch {
	case rec.exists(now):
		return "not opened yet"
	case word == "received":
		return "opened"
	case word == "burned":
		return "burned"
	case !now.Before(rec.expires):
		return "expired"
	}
	return "gone"
}

func (s *Server) burnPage(w http.ResponseWriter, r *http.Request, key string) {
	problem := ""
	if rec := s.receipt(key); rec != nil && rec.exists(s.clock()) {
		if _, came := s.try(rec, guest, r.PostFormValue("passphrase"), "burned"); came != done {
			problem = problemOf(came)
		}
	}
	s.receiptPage(w, r, key, problem)
}
