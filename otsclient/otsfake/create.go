package otsfake

import (
	"fmt"
	"net/http"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// passwordLength is that of a generated secret when none is asked for.
const passwordLength = 12

// maxPasswordLength is the most that is generated; 0.26 has it.
const maxPasswordLength = 128

func (s *Server) share(w http.ResponseWriter, r request, _ string) {
	s.create(w, r, r.params["secret"], false)
}

func (s *Server) generate(w http.ResponseWriter, r request, _ string) {
	length := passwordLength
	if asked := r.params.integer("length"); asked > 0 && s.profile.length {
		length = int(min(asked, maxPasswordLength))
	}
	s.create(w, r, random(passwordLetters, length), true)
}

// create checks in the order of the service, stores and answers.
func (s *Server) create(w http.ResponseWriter, r request, text string, generated bool) {
	if s.isLimited("create", r.caller, s.profile.limit.create) {
		s.tooMany(w)
		return
	}
	if problem := s.checkCreate(r, text); problem != "" {
		s.refuseCreate(w, r, problem)
		return
	}
	rec := &record{
		owner:       r.caller,
		text:        s.cut(text, r.caller),
		passphrase:  r.params["passphrase"],
		lifetime:    s.lifetime(r),
		recipients:  s.recipients(r.params["recipient"]),
		shareDomain: s.shareDomainOf(r),
		generated:   generated,
	}
	if s.dropsPhrase {
		rec.passphrase = ""
	}
	s.add(rec)
	if r.v2 {
		s.createdV2(w, rec)
		return
	}
	said := s.describe(rec, r.caller, rec.state)
	s.addURLs(said, rec, r.Request)
	if generated {
		said["value"] = text
		if s.profile.urls {
			said["secret_value"] = text
		}
		if s.profile.lookShows { // its creator has seen it
			rec.state = "viewed"
		}
	}
	writeJSON(w, http.StatusOK, said)
}

// nothingGiven is said to a secret that is none.
const nothingGiven = "You did not provide anything to share"

func (s *Server) refuseCreate(w http.ResponseWriter, r request, problem string) {
	switch {
	case !r.v2:
		s.refuse(w, problem)
	case problem == nothingGiven:
		s.refuseV2(w, problem, fields{"error_type": "missing", "field": "secret"})
	default:
		s.refuseV2(w, problem, nil)
	}
}

// checkCreate returns what the service says against it, or "".
func (s *Server) checkCreate(r request, text string) string {
	p := s.profile
	phrase, recipient := r.params["passphrase"], r.params["recipient"]
	domain := r.params["share_domain"]
	switch chars := utf8.RuneCountInString(phrase); {
	case r.v2 && !r.params.has(nested):
		return "Incorrect payload format"
	case p.nestedBreaks && r.params.has(nested):
		return unexpectedError
	case text == "":
		return nothingGiven
	case p.maxBytes > 0 && len(text) > p.maxBytes:
		return fmt.Sprintf("Secret value exceeds the maximum size of %d bytes", p.maxBytes)
	case phrase == "" && p.needsPassphrase:
		return "A passphrase is required for all secrets"
	case phrase != "" && chars < p.minPassphrase:
		return fmt.Sprintf("Passphrase must be at least %d characters long", p.minPassphrase)
	case p.maxPassphrase > 0 && chars > p.maxPassphrase:
		return fmt.Sprintf("Passphrase must be no more than %d characters long", p.maxPassphrase)
	case recipient != "" && r.caller == guest:
		return "An account is required to send emails." + s.signup(r)
	case p.checksRecipient && recipient != "" && !isAddress(recipient):
		return "Undeliverable email address: " + recipient
	case p.mailFails && isAddress(recipient):
		return unexpectedError
	case p.shareDomains && isDomain(domain) && domain != s.shareDomain:
		return "Unknown domain: " + domain
	}
	return ""
}

func (s *Server) signup(r request) string {
	if !s.profile.signup {
		return ""
	}
	return " Signup here: " + origin(r.Request)
}

// cut is what 0.23 and older do, without a word, to a text that is too long.
func (s *Server) cut(text, caller string) string {
	most := s.profile.cutAccount
	if caller == guest {
		most = s.profile.cutGuest
	}
	if most == 0 || utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most])
}

// lifetime turns what was asked for into what is granted, without a word.
func (s *Server) lifetime(r request) time.Duration {
	p := s.profile
	longest := p.longest
	if r.caller == guest {
		longest = p.longestGuest
		if r.v2 {
			longest = week
		}
	}
	// Bounded before it is multiplied; 30 days are far below.
	asked := time.Duration(min(r.params.integer("ttl"), int64(365*day/time.Second))) * time.Second
	switch {
	case !r.params.has("ttl"):
		asked = p.defaultTTL
	case asked <= 0:
		asked = p.zeroTTL
	case asked < p.shortest:
		asked = p.raised
	}
	if asked == 0 || asked > longest {
		return longest
	}
	return asked
}

func (s *Server) recipients(recipient string) []string {
	if !isAddress(recipient) {
		return []string{}
	}
	local, domain, _ := strings.Cut(recipient, "@")
	dot := strings.LastIndex(domain, ".")
	return []string{local[:min(2, len(local))] + s.profile.stars + "@" + domain[:1] + s.profile.stars + domain[dot:]}
}

func isAddress(text string) bool {
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text {
		return false
	}
	_, domain, _ := strings.Cut(text, "@")
	return strings.Contains(domain, ".")
}

var domainName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+$`)

func isDomain(text string) bool { return domainName.MatchString(text) }

// shareDomainOf is the one asked for, where it is known and understood.
func (s *Server) shareDomainOf(r request) string {
	if domain := r.params["share_domain"]; s.profile.shareDomains && isDomain(domain) {
		return domain
	}
	return ""
}

// origin is the server's own address, as the request had it.
func origin(r *http.Request) string {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + r.Host
}
